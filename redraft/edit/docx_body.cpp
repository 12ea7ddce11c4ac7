#include "redraft/edit/docx_body.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "redraft/base/xml_scan.h"
#include "redraft/text/codepoint.h"

namespace redraft::edit {
namespace {

constexpr std::string_view kSpaces[] = {
    "http://schemas.openxmlformats.org/wordprocessingml/2006/main",
    "http://purl.oclc.org/ooxml/wordprocessingml/main"};

template <std::size_t N>
bool IsOneOf(std::string_view name, const std::string_view (&names)[N]) {
  return std::find(std::begin(names), std::end(names), name) != std::end(names);
}

/// What an element is to the reader.
enum class Role {
  kContainer,  ///< its children count as if they stood in its place
  kTracked,    ///< an earlier insertion
  kLocked,     ///< a link, or a field in one element
  kParagraph,
  kParagraphProperties,
  kListProperties,
  kMarkProperties,  ///< of the paragraph's end
  kRun,
  kRunProperties,
  kText,
  kInstruction,
  kOpaque,  ///< nothing in it is text of the body
};

struct Frame {
  Role role = Role::kOpaque;
  DocxBytes tag;
  bool fallback = false;
};

/// A field that has begun and not ended.
struct Field {
  std::string instruction;
  bool in_result = false;
  bool contents = false;  ///< a table of contents or the like
};

class BodyReader {
 public:
  BodyReader(std::string_view xml, const std::map<std::string, DocxStyle, std::less<>>& styles,
             DocxBody& body)
      : xml_(xml), styles_(styles), body_(body) {}

  void Read() {
    XmlScanner scanner(xml_);
    bool root = true;
    for (XmlPiece piece; scanner.Next(piece);) {
      switch (piece.kind) {
        case XmlKind::kStart:
        case XmlKind::kEmpty:
          if (root) {
            stack_.push_back({Role::kContainer, {piece.start, piece.end}});
            root = false;
          } else {
            Start(piece);
            if (piece.kind == XmlKind::kEmpty) End({piece.start, piece.end}, piece.end);
          }
          break;
        case XmlKind::kEnd:
          End({piece.start, piece.end}, piece.end);
          break;
        case XmlKind::kText:
          Text(XmlDecoded(Bytes(piece.start, piece.end)));
          break;
        case XmlKind::kRaw:
          Text(std::string(Bytes(piece.start + std::string_view("<![CDATA[").size(),
                                 piece.end - std::string_view("]]>").size())));
          break;
        case XmlKind::kOther:
          break;
      }
    }
  }

 private:
  std::string_view Bytes(std::size_t start, std::size_t end) const {
    return xml_.substr(start, end - start);
  }
  std::string Attribute(std::string_view tag, std::string_view name) const {
    return XmlAttribute(tag, body_.prefix + ":" + std::string(name));
  }

  void Start(const XmlPiece& piece) {
    const std::string_view tag = Bytes(piece.start, piece.end);
    const Role parent = stack_.empty() ? Role::kOpaque : stack_.back().role;
    if (tag.find(":id") != std::string_view::npos) NoteId(tag);
    Frame frame{Role::kOpaque, {piece.start, piece.end}};
    if (parent == Role::kOpaque) {
      frame.fallback = piece.local() == "Fallback";
      fallbacks_ += frame.fallback ? 1 : 0;
      if (fallbacks_ == 0) CountInside(piece);
    } else if (piece.prefix() != body_.prefix) {
      // A formula, or alternatives of which programs show one.
      object_ |= parent == Role::kRun || parent == Role::kParagraph || parent == Role::kTracked;
    } else {
      frame.role = RoleIn(parent, piece.local(), tag);
    }
    stack_.push_back(frame);
    Begin(frame, parent);
  }

  void CountInside(const XmlPiece& piece) {
    if (piece.local() == "txbxContent") ++body_.left_out.text_boxes;
    if (piece.name == "pic:pic" || piece.local() == "imagedata") ++body_.left_out.pictures;
  }

  void NoteId(std::string_view tag) {
    const std::string id = Attribute(tag, "id");
    long number = 0;
    const auto [end, error] = std::from_chars(id.data(), id.data() + id.size(), number);
    if (error == std::errc() && end == id.data() + id.size()) body_.ids.insert(number);
  }

  /// What an element of WordprocessingML is where it stands; what needs no frame of its own is
  /// done at once.
  Role RoleIn(Role parent, std::string_view name, std::string_view tag) {
    switch (parent) {
      case Role::kContainer:
      case Role::kTracked:
      case Role::kLocked:
        return RoleInFlow(name);
      case Role::kParagraph:
        return name == "pPr" ? Role::kParagraphProperties : RoleInFlow(name);
      case Role::kParagraphProperties:
        if (name == "pStyle") {
          const auto style = styles_.find(Attribute(tag, "val"));
          if (style != styles_.end()) style_ = style->second;
        } else if (name == "outlineLvl") {
          const std::string level = Attribute(tag, "val");
          if (level.size() == 1 && level[0] >= '0' && level[0] <= '8') {
            style_ = {DocxStyle::Kind::kHeading, std::min(level[0] - '0' + 1, 6)};
          }
        }
        return name == "numPr" ? Role::kListProperties
               : name == "rPr" ? Role::kMarkProperties
                               : Role::kOpaque;
      case Role::kListProperties:
        if (name == "numId") style_.listed = Attribute(tag, "val") != "0";
        return Role::kOpaque;
      case Role::kMarkProperties:
        if (name == "del" || name == "moveFrom") mark_deleted_ = true;
        return Role::kOpaque;
      case Role::kRun:
        return RoleInRun(name, tag);
      case Role::kRunProperties:
        if (name == "vanish") {
          const std::string value = Attribute(tag, "val");
          hidden_ = value != "0" && value != "false" && value != "off";
        }
        return Role::kOpaque;
      default:
        return Role::kOpaque;
    }
  }

  Role RoleInFlow(std::string_view name) {
    static constexpr std::string_view kContainers[] = {
        "body", "tbl", "tr", "tc", "sdt", "sdtContent", "customXml", "smartTag", "dir", "bdo"};
    if (IsOneOf(name, kContainers)) {
      if (name == "tbl" || name == "tc") join_next_ = false;
      return Role::kContainer;
    }
    if (name == "p") return in_paragraph_ ? Role::kOpaque : Role::kParagraph;
    if (name == "r") return in_paragraph_ && !in_run_ ? Role::kRun : Role::kOpaque;
    if (name == "hyperlink" || name == "fldSimple") return Role::kLocked;
    if (name == "ins" || name == "moveTo") {
      ++body_.left_out.tracked_changes;
      return Role::kTracked;
    }
    if (name == "del" || name == "moveFrom") ++body_.left_out.tracked_changes;
    return Role::kOpaque;
  }

  Role RoleInRun(std::string_view name, std::string_view tag) {
    static constexpr std::string_view kUnseen[] = {
        "lastRenderedPageBreak", "softHyphen", "annotationRef",
        "commentReference",      "delText",    "delInstrText",
        "footnoteRef",           "endnoteRef", "separator",
        "continuationSeparator"};
    static constexpr std::string_view kLineBreaks[] = {"", "textWrapping"};
    if (name == "t") return Role::kText;
    if (name == "instrText") return Role::kInstruction;
    if (name == "rPr") return may_have_properties_ ? Role::kRunProperties : Role::kOpaque;
    if (name == "fldChar") {
      MoveField(Attribute(tag, "fldCharType"));
    } else if (name == "tab") {
      character_ = "\t";
    } else if (name == "noBreakHyphen") {
      character_ = "\u2011";
    } else if (name == "cr" || (name == "br" && IsOneOf(Attribute(tag, "type"), kLineBreaks))) {
      character_ = "\n";
    } else if (!IsOneOf(name, kUnseen)) {
      if (name == "footnoteReference" || name == "endnoteReference") ++body_.left_out.notes;
      object_ = true;
    }
    return Role::kOpaque;
  }

  void Begin(const Frame& frame, Role parent) {
    if (parent == Role::kRun && frame.role != Role::kRunProperties) may_have_properties_ = false;
    switch (frame.role) {
      case Role::kLocked:
        ++locks_;
        break;
      case Role::kParagraph:
        in_paragraph_ = true;
        opened_ = mark_deleted_ = object_ = false;
        style_ = {};
        paragraph_ = {};
        paragraph_.first_atom = body_.atoms.size();
        break;
      case Role::kRun:
        in_run_ = may_have_properties_ = true;
        hidden_ = false;
        run_ = {};
        run_.tag = frame.tag;
        run_.first_atom = body_.atoms.size();
        if (parent == Role::kTracked) run_.tracked = stack_[stack_.size() - 2].tag;
        break;
      case Role::kText:
        characters_.clear();
        preserved_ = XmlAttribute(Bytes(frame.tag.start, frame.tag.end), "xml:space") == "preserve";
        break;
      default:
        break;
    }
  }

  void Text(std::string text) {
    const Role role = stack_.empty() ? Role::kOpaque : stack_.back().role;
    constexpr std::size_t kLongestInstruction = 4096;
    if (role == Role::kInstruction && !fields_.empty() &&
        fields_.back().instruction.size() < kLongestInstruction) {
      fields_.back().instruction += text;
    }
    if (role != Role::kText) return;
    // White space of the XML: Word shows each as a space.
    for (std::size_t i = 0; i < text.size(); ++i) {
      if (text[i] == '\r' && i + 1 < text.size() && text[i + 1] == '\n') continue;
      characters_ += text::IsSpace(text[i]) ? ' ' : text[i];
    }
  }

  void End(const DocxBytes& closing, std::size_t end) {
    if (stack_.empty()) return;
    const Frame frame = stack_.back();
    stack_.pop_back();
    const DocxBytes source{frame.tag.start, end};
    switch (frame.role) {
      case Role::kLocked:
        --locks_;
        break;
      case Role::kText:
        AddAtom(preserved_ ? std::string_view(characters_) : text::TrimSpace(characters_), source,
                true);
        break;
      case Role::kRunProperties:
        run_.properties = source;
        break;
      case Role::kRun:
        in_run_ = false;
        run_.source = source;
        run_.end_atom = body_.atoms.size();
        if (run_.end_atom > run_.first_atom) body_.runs.push_back(run_);
        break;
      case Role::kParagraph:
        EndParagraph(closing);
        break;
      case Role::kOpaque:
        fallbacks_ -= frame.fallback ? 1 : 0;
        if (!character_.empty() && !stack_.empty() && stack_.back().role == Role::kRun) {
          AddAtom(character_, source, false);
          character_ = {};
        }
        break;
      default:
        break;
    }
  }

  void AddAtom(std::string_view text, const DocxBytes& source, bool plain) {
    if (text.empty() || unresolved_ > 0 || contents_ > 0) return;
    if (hidden_) {
      ++body_.left_out.hidden;
      return;
    }
    OpenParagraph();
    const std::size_t start = body_.text.size();
    body_.text += text;
    body_.atoms.push_back({start, body_.text.size(), source, body_.runs.size(), plain,
                           locks_ > 0 || !fields_.empty(), object_});
    object_ = false;
  }

  /// The paragraph's text begins: behind an empty line and its mark, unless the end of the one
  /// before is deleted.
  void OpenParagraph() {
    if (opened_) return;
    opened_ = true;
    if (!join_next_) {
      if (!body_.paragraphs.empty()) body_.text += "\n\n";
      switch (style_.kind) {
        case DocxStyle::Kind::kHeading:
          body_.text += std::string(static_cast<std::size_t>(style_.level), '#') + " ";
          break;
        case DocxStyle::Kind::kQuotation:
          body_.text += "> ";
          break;
        case DocxStyle::Kind::kCode:
          break;
        case DocxStyle::Kind::kText:
          if (style_.listed) body_.text += "- ";
      }
    }
    paragraph_.start = body_.text.size();
  }

  void EndParagraph(const DocxBytes& closing) {
    OpenParagraph();
    in_paragraph_ = false;
    paragraph_.end = body_.text.size();
    paragraph_.closing = closing;
    paragraph_.end_atom = body_.atoms.size();
    paragraph_.locked = style_.kind == DocxStyle::Kind::kCode || !fields_.empty();
    body_.paragraphs.push_back(paragraph_);
    join_next_ = mark_deleted_;
  }

  void MoveField(std::string_view type) {
    if (type == "begin") {
      fields_.emplace_back();
      ++unresolved_;
    } else if (fields_.empty()) {
      return;
    } else if (type == "separate" && !fields_.back().in_result) {
      Field& field = fields_.back();
      field.in_result = true;
      --unresolved_;
      const std::string_view name = text::TrimSpace(field.instruction);
      for (const std::string_view listing : {"TOC", "TOA", "INDEX", "BIBLIOGRAPHY"}) {
        field.contents |= name.starts_with(listing);
      }
      contents_ += field.contents ? 1 : 0;
      body_.left_out.contents += field.contents ? 1 : 0;
    } else if (type == "end") {
      unresolved_ -= fields_.back().in_result ? 0 : 1;
      contents_ -= fields_.back().contents ? 1 : 0;
      fields_.pop_back();
    }
  }

  std::string_view xml_;
  const std::map<std::string, DocxStyle, std::less<>>& styles_;
  DocxBody& body_;
  std::vector<Frame> stack_;
  std::vector<Field> fields_;
  int unresolved_ = 0, contents_ = 0;  ///< fields before their result; tables of contents in it
  int locks_ = 0, fallbacks_ = 0;
  bool in_paragraph_ = false, in_run_ = false, opened_ = false, join_next_ = false;
  bool mark_deleted_ = false, object_ = false, hidden_ = false, preserved_ = false;
  bool may_have_properties_ = false;  ///< nothing but them has been seen in the run
  DocxStyle style_;
  DocxParagraph paragraph_;
  DocxRun run_;
  std::string characters_;      ///< of the open w:t
  std::string_view character_;  ///< of the element that is just being read
};

}  // namespace

Result<DocxBody> ReadDocxBody(std::string_view xml,
                              const std::map<std::string, DocxStyle, std::less<>>& styles,
                              const std::string& name) {
  DocxBody body;
  XmlScanner scanner(xml);
  for (XmlPiece piece; scanner.Next(piece);) {
    if (piece.kind != XmlKind::kStart && piece.kind != XmlKind::kEmpty) continue;
    body.prefix = piece.prefix();
    const std::string_view tag = xml.substr(piece.start, piece.end - piece.start);
    body.space = XmlAttribute(tag, body.prefix.empty() ? "xmlns" : "xmlns:" + body.prefix);
    if (piece.local() != "document" || !IsOneOf(body.space, kSpaces)) {
      return Fail(ErrorCode::kInvalidArgument,
                  fmt::format("{}: its main part is <{}>, so it is no text document; give a .docx",
                              name, piece.name));
    }
    if (body.prefix.empty()) {
      return Fail(ErrorCode::kInvalidArgument,
                  name +
                      ": is written in a way that Word does not write; open it in Word or "
                      "LibreOffice and save it again");
    }
    break;
  }
  BodyReader(xml, styles, body).Read();
  return body;
}

}  // namespace redraft::edit
