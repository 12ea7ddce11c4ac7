#include "redraft/edit/docx_package.h"

#include <fmt/format.h>

#include <algorithm>
#include <functional>
#include <optional>
#include <set>

#include "redraft/base/file.h"
#include "redraft/base/xml_scan.h"
#include "redraft/base/zip.h"

namespace redraft::edit {
namespace {

constexpr const char* kTypes = "[Content_Types].xml";
constexpr const char* kTopRelations = "_rels/.rels";
constexpr std::string_view kCommentsType =
    "application/vnd.openxmlformats-officedocument.wordprocessingml.comments+xml";
constexpr std::string_view kRelationTypes =
    "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
constexpr std::string_view kStrictRelationTypes =
    "http://purl.oclc.org/ooxml/officeDocument/relationships";
constexpr std::string_view kMacroEnabled = "macroEnabled";

std::string Lower(std::string_view text) {
  std::string lower(text);
  for (char& c : lower) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  return lower;
}

std::string_view LastPart(std::string_view path) { return path.substr(path.rfind('/') + 1); }

std::string FolderOf(std::string_view member) {
  return std::string(member.substr(0, member.rfind('/') + 1));
}

/// "word/document.xml" -> "word/_rels/document.xml.rels".
std::string RelationsOf(std::string_view member) {
  return FolderOf(member) + "_rels/" + std::string(LastPart(member)) + ".rels";
}

/// Macros by the name that every writer gives them, whether or not anything refers to them.
bool HoldsMacros(std::string_view member) {
  const std::string file = Lower(LastPart(member));
  return file.starts_with("vbaproject") || file.starts_with("vbadata");
}

bool IsMacroType(std::string_view content_type) {
  const std::string type = Lower(content_type);
  return type.find("vbaproject") != std::string::npos || type.find("vbadata") != std::string::npos;
}

/// Walks the tags of a document that open an element.
void EachTag(std::string_view xml,
             const std::function<void(const XmlPiece&, std::string_view tag)>& see) {
  XmlScanner scanner(xml);
  for (XmlPiece piece; scanner.Next(piece);) {
    if (piece.kind == XmlKind::kStart || piece.kind == XmlKind::kEmpty) {
      see(piece, xml.substr(piece.start, piece.end - piece.start));
    }
  }
}

struct Relation {
  std::string kind;    ///< the last part of its type: "comments"
  std::string target;  ///< member
};

/// Relationships to members of the package; `base` is the folder of the member they belong to.
std::vector<Relation> RelationsIn(std::string_view xml, const std::string& base) {
  std::vector<Relation> relations;
  EachTag(xml, [&](const XmlPiece& piece, std::string_view tag) {
    if (piece.local() != "Relationship" || XmlAttribute(tag, "TargetMode") == "External") return;
    const std::string target = XmlAttribute(tag, "Target");
    const bool absolute = target.starts_with('/');
    auto member = MemberNamed(absolute ? "" : base, std::string_view(target).substr(absolute));
    relations.push_back({std::string(LastPart(XmlAttribute(tag, "Type"))),
                         member ? *std::move(member) : std::string()});
  });
  return relations;
}

const Relation* Find(const std::vector<Relation>& relations, std::string_view kind) {
  const auto found = std::find_if(relations.begin(), relations.end(),
                                  [&](const Relation& relation) { return relation.kind == kind; });
  return found == relations.end() ? nullptr : &*found;
}

/// What a file that is no package is, and what to do; nothing when it may be one.
std::optional<std::string> WhatElse(std::string_view bytes) {
  // "EncryptedPackage", the stream of [MS-OFFCRYPTO], in UTF-16.
  std::string encrypted;
  for (const char c : std::string_view("EncryptedPackage")) encrypted += {c, '\0'};
  if (bytes.starts_with("\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1")) {
    return bytes.find(encrypted) != std::string_view::npos
               ? "is encrypted; open it with its password in Word or LibreOffice and save it "
                 "without one"
               : "is a Word document of the old kind (.doc); open it in Word or LibreOffice and "
                 "save it as .docx";
  }
  if (bytes.starts_with("{\\rtf")) {
    return "is RTF; open it in Word or LibreOffice and save it as .docx";
  }
  if (!bytes.starts_with("PK")) {
    return bytes.empty() ? "is empty" : "is no DOCX, or a damaged one; get it again";
  }
  return std::nullopt;
}

class Opening {
 public:
  Opening(const ZipArchive& archive, DocxPackage& package) : archive_(archive), package_(package) {}

  Status Read() {
    REDRAFT_RETURN_IF_ERROR(CheckNames());
    REDRAFT_ASSIGN(package_.types, Part(kTypes));
    REDRAFT_RETURN_IF_ERROR(FindMain());
    REDRAFT_ASSIGN(package_.document, Part(package_.main));
    REDRAFT_RETURN_IF_ERROR(ReadRelated());
    package_.macro_enabled = package_.types.find(kMacroEnabled) != std::string::npos;
    return Ok{};
  }

 private:
  tl::unexpected<Error> Wrong(const std::string& what) const {
    return Fail(ErrorCode::kInvalidArgument, package_.name + " " + what);
  }

  Status CheckNames() {
    std::set<std::string> seen;
    for (const std::string& member : archive_.Names()) {
      if (!seen.insert(Lower(member)).second) {
        return Wrong(
            fmt::format("holds '{}' twice, so that programs may see different texts in "
                        "it; get it again",
                        member));
      }
      if (HoldsMacros(member)) package_.macros.push_back(member);
    }
    if (!archive_.Has(kTypes)) {
      return Wrong(archive_.Has("mimetype")
                       ? "is a zip file but no DOCX (an OpenDocument text or a book?); open it in "
                         "its program and save it as .docx"
                       : "is a zip file but no DOCX");
    }
    return Ok{};
  }

  Status FindMain() {
    if (!archive_.Has(kTopRelations)) return Wrong("is a zip file but no DOCX: no _rels/.rels");
    REDRAFT_ASSIGN(const std::string xml, Part(kTopRelations));
    const auto relations = RelationsIn(xml, "");
    const Relation* const main = Find(relations, "officeDocument");
    if (main == nullptr) return Wrong("names no main document; it is damaged, get it again");
    if (main->target.empty()) return Wrong("names a main document outside of itself");
    package_.main = main->target;
    package_.is_signed = Find(relations, "origin") != nullptr;
    return Ok{};
  }

  Status ReadRelated() {
    const std::string folder = FolderOf(package_.main);
    package_.comments_member = folder + "comments.xml";
    const std::string member = RelationsOf(package_.main);
    if (archive_.Has(member)) {
      REDRAFT_ASSIGN(package_.relations, Part(member));
      const auto relations = RelationsIn(package_.relations, folder);
      const Relation* const styles = Find(relations, "styles");
      if (styles != nullptr && archive_.Has(styles->target)) {
        REDRAFT_ASSIGN(package_.styles, Part(styles->target));
      }
      NoteMacros(relations);
      const Relation* const comments = Find(relations, "comments");
      if (comments != nullptr && archive_.Has(comments->target)) {
        package_.comments_member = comments->target;
        REDRAFT_ASSIGN(package_.comments, Part(comments->target));
        return Ok{};
      }
    }
    for (int i = 2; archive_.Has(package_.comments_member); ++i) {
      package_.comments_member = fmt::format("{}comments{}.xml", folder, i);
    }
    return Ok{};
  }

  /// Macros under names of their own.
  void NoteMacros(const std::vector<Relation>& relations) {
    for (const Relation& relation : relations) {
      const bool known =
          std::count(package_.macros.begin(), package_.macros.end(), relation.target) != 0;
      if (IsMacroType(relation.kind) && archive_.Has(relation.target) && !known) {
        package_.macros.push_back(relation.target);
      }
    }
  }

  static tl::unexpected<Error> Unusable(const Error& error) {
    return Fail(error.code,
                error.message +
                    "; get it again, or open it in Word or LibreOffice, which may repair it, and "
                    "save it anew");
  }

  /// A member of XML, within what may yet be unpacked.
  Result<std::string> Part(const std::string& member) {
    auto bytes = archive_.Read(member, left_);
    if (!bytes) return Unusable(bytes.error());
    left_ -= bytes->size();
    const Status sound = CheckScannable(*bytes, package_.name + ": " + member);
    if (!sound) return Unusable(sound.error());
    return bytes;
  }

  const ZipArchive& archive_;
  DocxPackage& package_;
  std::uint64_t left_ = kMaxInputBytes;
};

/// The document without the elements that `drop` picks by their tag.
std::string Without(std::string_view xml, const std::function<bool(std::string_view tag)>& drop) {
  std::string kept;
  XmlScanner scanner(xml);
  int dropped = 0;  // open elements inside of one that is left out, and itself
  for (XmlPiece piece; scanner.Next(piece);) {
    const std::string_view bytes = xml.substr(piece.start, piece.end - piece.start);
    const bool starts = piece.kind == XmlKind::kStart;
    if (dropped > 0) {
      dropped += starts ? 1 : piece.kind == XmlKind::kEnd ? -1 : 0;
    } else if ((starts || piece.kind == XmlKind::kEmpty) && drop(bytes)) {
      dropped += starts ? 1 : 0;
    } else {
      kept += bytes;
    }
  }
  return kept;
}

/// The prefix of the root element with its colon, or nothing.
std::string RootPrefix(std::string_view xml) {
  XmlScanner scanner(xml);
  for (XmlPiece piece; scanner.Next(piece);) {
    if (piece.kind != XmlKind::kStart && piece.kind != XmlKind::kEmpty) continue;
    return piece.prefix().empty() ? "" : std::string(piece.prefix()) + ":";
  }
  return {};
}

std::string TypesWithoutMacros(const DocxPackage& package, const std::set<std::string>& others) {
  const bool has_bin = std::any_of(others.begin(), others.end(), [](const std::string& member) {
    return Lower(member).ends_with(".bin");
  });
  std::string types = Without(package.types, [&](std::string_view tag) {
    if (!IsMacroType(XmlAttribute(tag, "ContentType"))) return false;
    return !has_bin || XmlAttribute(tag, "PartName").starts_with('/');
  });
  constexpr std::string_view kMacros = "application/vnd.ms-office.vbaProject";
  const std::size_t at = types.find(kMacros);
  if (at != std::string::npos) types.replace(at, kMacros.size(), "application/octet-stream");
  return types;
}

/// Calls a template, or what had macros, a plain document: Word goes by that, and by ".docx".
std::string WithPlainType(std::string types) {
  constexpr std::string_view kPlain =
      "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml";
  for (const std::string_view other :
       {"application/vnd.ms-word.document.macroEnabled.main+xml",
        "application/vnd.ms-word.template.macroEnabledTemplate.main+xml",
        "application/vnd.openxmlformats-officedocument.wordprocessingml.template.main+xml"}) {
    const std::size_t at = types.find(other);
    if (at != std::string::npos) types.replace(at, other.size(), kPlain);
  }
  return types;
}

std::string RelationsWithComments(const DocxPackage& package, std::string relations) {
  if (relations.empty()) {
    relations =
        R"(<?xml version="1.0" encoding="UTF-8" standalone="yes"?>)"
        "\n"
        R"(<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"/>)";
  }
  std::set<std::string> ids;
  EachTag(relations,
          [&](const XmlPiece&, std::string_view tag) { ids.insert(XmlAttribute(tag, "Id")); });
  int number = 1;
  while (ids.contains(fmt::format("rId{}", number))) ++number;
  const bool strict = package.document.find("purl.oclc.org/ooxml") != std::string::npos;
  return XmlWithLast(
      relations,
      fmt::format(R"(<{}Relationship Id="rId{}" Type="{}/comments" Target="{}"/>)",
                  RootPrefix(relations), number, strict ? kStrictRelationTypes : kRelationTypes,
                  XmlEscaped(LastPart(package.comments_member))));
}

}  // namespace

Result<DocxPackage> OpenDocx(std::string bytes, const std::string& name) {
  if (const auto other = WhatElse(bytes)) {
    return Fail(ErrorCode::kInvalidArgument, name + " " + *other);
  }
  DocxPackage package;
  package.name = name;
  package.archive = std::move(bytes);
  REDRAFT_ASSIGN(const ZipArchive archive, ZipArchive::OpenBytes(package.archive, name));
  REDRAFT_RETURN_IF_ERROR(Opening(archive, package).Read());
  return package;
}

Result<std::string> ChangedDocx(const DocxPackage& package, const std::string& document,
                                const std::string& comments) {
  REDRAFT_ASSIGN(const ZipArchive archive, ZipArchive::OpenBytes(package.archive, package.name));
  ZipChanges changes;
  std::set<std::string> others;
  for (const std::string& member : archive.Names()) others.insert(member);
  for (const std::string& member : package.macros) {
    changes[member] = std::nullopt;
    if (others.contains(RelationsOf(member))) changes[RelationsOf(member)] = std::nullopt;
    others.erase(member);
  }
  if (document != package.document) changes[package.main] = document;
  std::string types = package.types, relations = package.relations;
  if (!package.macros.empty() || package.macro_enabled) {
    types = TypesWithoutMacros(package, others);
    relations = Without(relations, [](std::string_view tag) {
      return HoldsMacros(XmlAttribute(tag, "Target")) || IsMacroType(XmlAttribute(tag, "Type"));
    });
  }
  if (!comments.empty()) {
    changes[package.comments_member] = comments;
    if (package.comments.empty()) {
      types = XmlWithLast(
          types, fmt::format(R"(<{}Override PartName="/{}" ContentType="{}"/>)", RootPrefix(types),
                             XmlEscaped(package.comments_member), kCommentsType));
      relations = RelationsWithComments(package, std::move(relations));
    }
  }
  types = WithPlainType(std::move(types));
  if (types != package.types) changes[kTypes] = types;
  if (relations != package.relations) changes[RelationsOf(package.main)] = relations;
  return ChangedZip(package.archive, package.name, changes);
}

}  // namespace redraft::edit
