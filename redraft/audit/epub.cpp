#include "redraft/audit/epub.h"

#include <fmt/format.h>

#include <map>
#include <set>
#include <vector>

#include "redraft/audit/xhtml_text.h"
#include "redraft/base/file.h"
#include "redraft/base/xml.h"
#include "redraft/base/zip.h"

namespace redraft::audit {
namespace {

constexpr const char* kContainer = "META-INF/container.xml";
constexpr const char* kEncryption = "META-INF/encryption.xml";
constexpr std::string_view kXhtml = "application/xhtml+xml";
constexpr std::size_t kMaxDocuments = 10'000;

/// META-INF/container.xml: where the package file is.
struct Container final : XmlHandler {
  std::string package;
  void Start(std::string_view name, const XmlAttributes& attributes) override {
    if (name == "rootfile" && package.empty()) package = AttributeOf(attributes, "full-path");
  }
  void End(std::string_view) override {}
  void Text(std::string_view) override {}
};

/// META-INF/encryption.xml: the members that only a reader with a key can read.
struct Encryption final : XmlHandler {
  std::set<std::string, std::less<>> members;
  void Start(std::string_view name, const XmlAttributes& attributes) override {
    if (name == "CipherReference") members.emplace(AttributeOf(attributes, "URI"));
  }
  void End(std::string_view) override {}
  void Text(std::string_view) override {}
};

/// The package file: title, author, and the documents in reading order.
struct Package final : XmlHandler {
  struct Item {
    std::string href, type;
    bool navigation = false;
  };
  std::string title, author;
  std::map<std::string, Item, std::less<>> items;  // by id
  std::vector<std::string> spine;                  // ids

  void Start(std::string_view name, const XmlAttributes& attributes) override {
    const auto value = [&](std::string_view key) {
      return std::string(AttributeOf(attributes, key));
    };
    into_ = name == "title" && title.empty()      ? &title
            : name == "creator" && author.empty() ? &author
                                                  : nullptr;
    if (name == "item") {
      const std::string properties = " " + value("properties") + " ";
      items[value("id")] = {value("href"), value("media-type"),
                            properties.find(" nav ") != std::string::npos};
    } else if (name == "itemref") {
      spine.push_back(value("idref"));
    }
  }
  void End(std::string_view) override { into_ = nullptr; }
  void Text(std::string_view text) override {
    if (into_ != nullptr) *into_ += text;
  }

 private:
  std::string* into_ = nullptr;
};

class Reader {
 public:
  Reader(const ZipArchive& archive, const std::string& name) : archive_(archive), name_(name) {}

  Result<EpubText> Read() {
    REDRAFT_RETURN_IF_ERROR(ReadStructure());
    XhtmlText text;
    std::set<std::string> seen;
    if (package_.spine.size() > kMaxDocuments) {
      return Wrong(folder_, fmt::format("its spine lists {} documents; at most {} are read",
                                        package_.spine.size(), kMaxDocuments));
    }
    for (const std::string& id : package_.spine) {
      const auto item = package_.items.find(id);
      if (item == package_.items.end())
        return Wrong("spine", fmt::format("names '{}', which the manifest does not have", id));
      if (item->second.navigation || item->second.type != kXhtml) continue;
      const auto member = MemberNamed(folder_, item->second.href);
      if (!member) return Wrong("spine", OutsideOf(item->second.href));
      if (!seen.insert(*member).second) return Wrong("spine", "names " + *member + " twice");
      if (encryption_.members.contains(*member))
        return Wrong(*member, "is encrypted (DRM); give the text without");
      REDRAFT_RETURN_IF_ERROR(ReadInto(*member, text));
      text.EndDocument();
    }
    if (text.text().empty()) return Wrong("spine", "no document in it holds any text");
    return EpubText{package_.title, package_.author, text.text() + "\n"};
  }

 private:
  tl::unexpected<Error> Wrong(const std::string& member, const std::string& what) const {
    return Fail(ErrorCode::kInvalidArgument, fmt::format("{}: {}: {}", name_, member, what));
  }
  static std::string OutsideOf(const std::string& reference) {
    return fmt::format("names '{}', which is not inside the book", reference);
  }

  Status ReadInto(const std::string& member, XmlHandler& handler) {
    REDRAFT_ASSIGN(const std::string bytes, archive_.Read(member, left_));
    left_ -= bytes.size();
    return ReadXml(bytes, name_ + ": " + member, handler);
  }

  Status ReadStructure() {
    if (!archive_.Has(kContainer)) {
      return Wrong(kContainer, "missing, so this zip is no EPUB");
    }
    Container container;
    REDRAFT_RETURN_IF_ERROR(ReadInto(kContainer, container));
    const auto package = MemberNamed("", container.package);
    if (!package) return Wrong(kContainer, OutsideOf(container.package));
    if (archive_.Has(kEncryption)) REDRAFT_RETURN_IF_ERROR(ReadInto(kEncryption, encryption_));
    REDRAFT_RETURN_IF_ERROR(ReadInto(*package, package_));
    folder_ = package->substr(0, package->rfind('/') + 1);
    if (package_.spine.empty()) return Wrong(*package, "has no spine");
    return Ok{};
  }

  const ZipArchive& archive_;
  const std::string& name_;
  std::uint64_t left_ = kMaxInputBytes;  ///< bytes that may yet be unpacked
  Encryption encryption_;
  Package package_;
  std::string folder_;  ///< of the package file, with its slash; empty: the top
};

}  // namespace

Result<EpubText> ReadEpub(std::string_view bytes, const std::string& name) {
  REDRAFT_ASSIGN(const ZipArchive archive, ZipArchive::OpenBytes(bytes, name));
  return Reader(archive, name).Read();
}

}  // namespace redraft::audit
