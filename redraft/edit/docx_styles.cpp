#include "redraft/edit/docx_styles.h"

#include <algorithm>
#include <optional>
#include <vector>

#include "redraft/base/xml.h"

namespace redraft::edit {
namespace {

using Kind = DocxStyle::Kind;

constexpr int kDeepestHeading = 6;
constexpr int kMostAncestors = 64;

std::string Folded(std::string_view name) {
  std::string folded;
  for (const char c : name) {
    if (c != ' ' && c != '-') folded += c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  }
  return folded;
}

/// What a style's name says; none: nothing.
std::optional<DocxStyle> Named(std::string_view name) {
  const std::string folded = Folded(name);
  if (folded == "title") return DocxStyle{Kind::kHeading, 1};
  if (folded == "subtitle") return DocxStyle{Kind::kHeading, 2};
  if (folded.starts_with("heading") && folded.size() == 8 && folded[7] >= '1' && folded[7] <= '9') {
    return DocxStyle{Kind::kHeading, std::min(folded[7] - '0', kDeepestHeading)};
  }
  for (const std::string_view quotation : {"quote", "intensequote", "quotations", "blocktext"}) {
    if (folded == quotation) return DocxStyle{Kind::kQuotation};
  }
  for (const std::string_view code :
       {"htmlpreformatted", "sourcecode", "preformattedtext", "plaintext", "macro", "macrotext"}) {
    if (folded == code) return DocxStyle{Kind::kCode};
  }
  if (folded.starts_with("listbullet") || folded.starts_with("listnumber")) {
    return DocxStyle{Kind::kText, 0, true};
  }
  return std::nullopt;
}

struct Styles final : XmlHandler {
  struct Style {
    std::string based_on;
    std::optional<DocxStyle> own;
  };
  std::map<std::string, Style, std::less<>> styles;

  void Start(std::string_view name, const XmlAttributes& attributes) override {
    const std::string_view value = Value(attributes, "val");
    if (name == "style") {
      const std::string_view type = Value(attributes, "type");
      const bool of_paragraphs = type.empty() || type == "paragraph";
      style_ = of_paragraphs ? &styles[std::string(Value(attributes, "styleId"))] : nullptr;
    } else if (style_ == nullptr) {
      return;
    } else if (name == "basedOn") {
      style_->based_on = value;
    } else if (name == "name" && !style_->own) {
      style_->own = Named(value);
    } else if (name == "outlineLvl" && !style_->own && value.size() == 1 && value[0] >= '0' &&
               value[0] <= '8') {
      style_->own = DocxStyle{Kind::kHeading, std::min(value[0] - '0' + 1, kDeepestHeading)};
    } else if (name == "numPr" && !style_->own) {
      style_->own = DocxStyle{Kind::kText, 0, true};
    }
  }
  void End(std::string_view name) override {
    if (name == "style") style_ = nullptr;
  }
  void Text(std::string_view) override {}

 private:
  /// By the local name: the prefix of WordprocessingML is the file's choice.
  static std::string_view Value(const XmlAttributes& attributes, std::string_view local) {
    for (const auto& [key, value] : attributes) {
      if (std::string_view(key).substr(key.find(':') + 1) == local) return value;
    }
    return {};
  }

  Style* style_ = nullptr;
};

}  // namespace

Result<std::map<std::string, DocxStyle, std::less<>>> ReadDocxStyles(std::string_view styles_xml,
                                                                     const std::string& name) {
  std::map<std::string, DocxStyle, std::less<>> read;
  if (styles_xml.empty()) return read;
  Styles all;
  REDRAFT_RETURN_IF_ERROR(ReadXml(styles_xml, name, all));
  for (const auto& [id, style] : all.styles) {
    const Styles::Style* at = &style;
    for (int i = 0; i < kMostAncestors && !at->own; ++i) {
      const auto parent = all.styles.find(at->based_on);
      if (parent == all.styles.end()) break;
      at = &parent->second;
    }
    if (at->own) read[id] = *at->own;
  }
  return read;
}

}  // namespace redraft::edit
