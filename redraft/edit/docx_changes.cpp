#include "redraft/edit/docx_changes.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <optional>
#include <utility>

#include "redraft/base/printable.h"
#include "redraft/base/xml_scan.h"
#include "redraft/edit/taxonomy.h"
#include "redraft/text/codepoint.h"

namespace redraft::edit {
namespace {

using text::IsSpace;

/// The paragraph that holds all of [start, end); null: none.
const DocxParagraph* ParagraphOf(const DocxBody& body, std::size_t start, std::size_t end) {
  const auto at = std::partition_point(body.paragraphs.begin(), body.paragraphs.end(),
                                       [end](const auto& p) { return p.end < end; });
  return at == body.paragraphs.end() || at->start > start ? nullptr : &*at;
}

/// The atoms of a paragraph that share a byte with [start, end).
std::pair<std::size_t, std::size_t> AtomsOf(const DocxBody& body, const DocxParagraph& paragraph,
                                            std::size_t start, std::size_t end) {
  std::size_t first = paragraph.first_atom;
  const auto begin = body.atoms.begin();
  first = static_cast<std::size_t>(
      std::partition_point(begin + static_cast<std::ptrdiff_t>(first),
                           begin + static_cast<std::ptrdiff_t>(paragraph.end_atom),
                           [start](const auto& atom) { return atom.end <= start; }) -
      begin);
  std::size_t last = first;
  while (last < paragraph.end_atom && body.atoms[last].start < end) ++last;
  return {first, last};
}

/// The atom that an insertion at `at` joins: the one before, else the one behind, unless locked.
std::optional<std::size_t> AnchorOf(const DocxBody& body, const DocxParagraph& paragraph,
                                    std::size_t at) {
  const std::size_t behind = AtomsOf(body, paragraph, at, at).first;   // the first that ends later
  if (behind < paragraph.end_atom && body.atoms[behind].start < at) {  // in the middle of it
    return body.atoms[behind].locked ? std::nullopt : std::optional(behind);
  }
  if (behind > paragraph.first_atom && !body.atoms[behind - 1].locked) return behind - 1;
  if (behind < paragraph.end_atom && !body.atoms[behind].locked) return behind;
  return std::nullopt;
}

/// The part of an edit that changes something, cut to whole words: people accept and reject less.
struct Change {
  std::size_t start = 0, end = 0;  ///< bytes of the text
  std::string_view replacement;
};

Change ChangeOf(std::string_view text, const core::Edit& edit) {
  std::string_view was = text.substr(edit.span.start, edit.span.end - edit.span.start);
  std::string_view is = edit.replacement;
  if (was == is) return {edit.span.end, edit.span.end, {}};
  const auto space_at = [](std::string_view s, std::size_t i) {
    return i >= s.size() || IsSpace(s[i]);
  };
  std::size_t common = 0, whole = 0;
  while (common < std::min(was.size(), is.size()) && was[common] == is[common]) {
    ++common;
    const bool behind_space = IsSpace(was[common - 1]);
    if (behind_space || (space_at(was, common) && space_at(is, common))) whole = common;
  }
  Change change{edit.span.start + whole, edit.span.end, is.substr(whole)};
  was.remove_prefix(whole);
  is.remove_prefix(whole);
  common = whole = 0;
  while (common < std::min(was.size(), is.size()) &&
         was[was.size() - common - 1] == is[is.size() - common - 1]) {
    ++common;
    const bool before_space = IsSpace(was[was.size() - common]);
    const auto ends_word = [&](std::string_view s) {
      return common == s.size() || IsSpace(s[s.size() - common - 1]);
    };
    if (before_space || (ends_word(was) && ends_word(is))) whole = common;
  }
  change.end -= whole;
  change.replacement.remove_suffix(whole);
  return change;
}

/// What is to happen inside of an atom.
struct Step {
  enum class Kind { kMark, kInsert, kCut };
  Kind kind = Kind::kMark;
  std::size_t atom = 0;
  std::size_t start = 0, end = 0;  ///< bytes of the text; only kCut has an end
  std::string xml;                 ///< what is put there; of kCut: the tag of its w:del
};

/// Bytes of the document and what takes their place.
struct Splice {
  DocxBytes at;
  std::string bytes;
};

/// Rewrites one run: pieces that stay are put into copies of the run.
class RunWriter {
 public:
  RunWriter(std::string_view xml, const DocxBody& body, const DocxRun& run)
      : xml_(xml), body_(body), run_(run) {}

  std::string Write(const Step*& step, const Step* end) {
    // Nothing stands before the properties (docx_body.cpp).
    std::size_t copied = std::max(run_.tag.end, run_.properties.end);
    for (std::size_t i = run_.first_atom; i < run_.end_atom; ++i) {
      const DocxAtom& atom = body_.atoms[i];
      KeepBytes(copied, atom.source.start);
      copied = atom.source.end;
      std::size_t done = atom.start;
      for (; step != end && step->atom == i; ++step) {
        Keep(atom, done, step->start);
        done = std::max(done, step->start);
        if (step->kind == Step::Kind::kCut) {
          Cut(atom, *step);
          done = step->end;
        } else {
          Put(*step);
        }
      }
      Keep(atom, done, atom.end);
    }
    KeepBytes(copied, xml_.rfind("</", run_.source.end - 1));
    Close();
    return std::move(out_);
  }

 private:
  std::string_view Bytes(const DocxBytes& range) const {
    return xml_.substr(range.start, range.end - range.start);
  }

  void Open() {
    if (!open_) out_.append(Bytes(run_.tag)).append(Bytes(run_.properties));
    open_ = true;
  }
  void Close() {
    if (open_) out_ += "</" + body_.prefix + ":r>";
    open_ = false;
  }

  void KeepBytes(std::size_t start, std::size_t end) {
    const std::string_view bytes = xml_.substr(start, end - start);
    if (text::TrimSpace(bytes).empty()) return;
    Open();
    out_ += bytes;
  }

  void Keep(const DocxAtom& atom, std::size_t start, std::size_t end) {
    if (start >= end) return;
    Open();
    if (start == atom.start && end == atom.end) {
      out_ += Bytes(atom.source);
    } else {
      out_ += Spelled("t", start, end);
    }
  }

  void Cut(const DocxAtom& atom, const Step& step) {
    Close();
    out_ += step.xml;
    Open();
    if (atom.plain) {
      out_ += Spelled("delText", step.start, step.end);
    } else {
      out_ += Bytes(atom.source);
    }
    Close();
    out_ += "</" + body_.prefix + ":del>";
  }

  std::string Spelled(std::string_view element, std::size_t start, std::size_t end) const {
    return fmt::format(R"(<{0}:{1} xml:space="preserve">{2}</{0}:{1}>)", body_.prefix, element,
                       XmlEscaped(std::string_view(body_.text).substr(start, end - start)));
  }

  void Put(const Step& step) {
    Close();
    const bool apart = step.kind == Step::Kind::kInsert && run_.tracked.end > 0;
    if (apart) {  // an insertion is not put into another one, but between two halves of it
      std::string_view name = Bytes(run_.tracked).substr(1);
      name = name.substr(0, name.find_first_of(" \t\r\n/>"));
      out_.append("</").append(name).append(">");
    }
    out_ += step.xml;
    if (apart) out_ += Bytes(run_.tracked);
  }

  std::string_view xml_;
  const DocxBody& body_;
  const DocxRun& run_;
  std::string out_;
  bool open_ = false;
};

class Tracker {
 public:
  Tracker(std::string_view xml, std::string_view comments, const DocxBody& body,
          const Authorship& by)
      : xml_(xml), body_(body), by_(by), ids_(body.ids) {
    XmlScanner scanner(comments);
    for (XmlPiece piece; scanner.Next(piece);) {
      if (piece.local() != "comment" || piece.kind == XmlKind::kEnd) continue;
      const std::string id = XmlAttribute(comments.substr(piece.start, piece.end - piece.start),
                                          std::string(piece.prefix()) + ":id");
      long number = 0;
      const auto [end, error] = std::from_chars(id.data(), id.data() + id.size(), number);
      if (error == std::errc() && end == id.data() + id.size()) ids_.insert(number);
    }
  }

  void Add(const core::Edit& edit) {
    const long id = NextId();
    AddComment(edit, id);
    const std::string opening =
        fmt::format(R"(<{0}:commentRangeStart {0}:id="{1}"/>)", body_.prefix, id);
    const std::string closing = fmt::format(
        R"(<{0}:commentRangeEnd {0}:id="{1}"/><{0}:r><{0}:commentReference {0}:id="{1}"/></{0}:r>)",
        body_.prefix, id);
    const DocxParagraph& paragraph = *ParagraphOf(body_, edit.span.start, edit.span.end);
    if (paragraph.first_atom == paragraph.end_atom) {
      AddToEmpty(paragraph, opening + Inserted(edit.replacement, {}) + closing);
      return;
    }
    auto [first, last] = AtomsOf(body_, paragraph, edit.span.start, edit.span.end);
    if (first == last || edit.span.start == edit.span.end) {
      first = *AnchorOf(body_, paragraph, edit.span.start);
      last = first + 1;
    }
    steps_.push_back({Step::Kind::kMark, first, edit.span.start, 0, opening});
    AddChange(ChangeOf(body_.text, edit), first, last);
    steps_.push_back({Step::Kind::kMark, last - 1, edit.span.end, 0, closing});
  }

  DocxChanges Finish(std::string_view old_comments) {
    WriteRuns();
    DocxChanges changes;
    std::size_t copied = 0;
    for (const Splice& splice : splices_) {
      changes.document.append(xml_.substr(copied, splice.at.start - copied)).append(splice.bytes);
      copied = splice.at.end;
    }
    changes.document += xml_.substr(copied);
    if (comments_.empty()) {
      changes.comments = old_comments;
    } else if (!old_comments.empty()) {
      changes.comments = XmlWithLast(old_comments, comments_);
    } else {
      changes.comments = fmt::format(
          "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\n"
          "<{0}:comments xmlns:{0}=\"{1}\">{2}</{0}:comments>",
          body_.prefix, body_.space, comments_);
    }
    return changes;
  }

 private:
  long NextId() {
    while (!ids_.insert(next_id_).second) ++next_id_;
    return next_id_;
  }

  /// `w:id="…" w:author="…" w:date="…"`.
  std::string Marks(long id) const {
    std::string marks =
        fmt::format(R"({0}:id="{1}" {0}:author="{2}")", body_.prefix, id, XmlEscaped(by_.author));
    if (!by_.date.empty())
      marks += fmt::format(R"( {0}:date="{1}")", body_.prefix, XmlEscaped(by_.date));
    return marks;
  }

  std::string_view Initial() const {
    std::size_t end = 0;
    if (!by_.author.empty()) text::NextCodePoint(by_.author, end);
    return std::string_view(by_.author).substr(0, end);
  }

  void AddComment(const core::Edit& edit, long id) {
    const Category* const category = Taxonomy::Builtin().Find(edit.span.category);
    std::string said = category != nullptr ? category->name : edit.span.category;
    if (!said.empty() && !edit.span.reason.empty()) said += ": ";
    said += Printable(edit.span.reason);
    // Declares its prefix itself: comments that are there already may have chosen another.
    comments_ +=
        fmt::format(R"(<{0}:comment xmlns:{0}="{1}" {2} {0}:initials="R"><{0}:p><{0}:r>)"
                    R"(<{0}:t xml:space="preserve">{3}</{0}:t></{0}:r></{0}:p></{0}:comment>)",
                    body_.prefix, body_.space, Marks(id), XmlEscaped(said));
  }

  std::string Inserted(std::string_view text, std::string_view properties) {
    if (text.empty()) return {};
    std::string xml =
        fmt::format("<{0}:ins {1}><{0}:r>{2}", body_.prefix, Marks(NextId()), properties);
    for (std::size_t at = 0; at < text.size();) {
      const std::size_t end = std::min(text.find_first_of("\t\n", at), text.size());
      if (end > at) {
        xml += fmt::format(R"(<{0}:t xml:space="preserve">{1}</{0}:t>)", body_.prefix,
                           XmlEscaped(text.substr(at, end - at)));
      }
      if (end < text.size()) {
        xml += fmt::format("<{}:{}/>", body_.prefix, text[end] == '\t' ? "tab" : "br");
      }
      at = end + 1;
    }
    return xml + fmt::format("</{0}:r></{0}:ins>", body_.prefix);
  }

  std::string PropertiesOf(std::size_t atom) const {
    const DocxBytes& range = body_.runs[body_.atoms[atom].run].properties;
    return std::string(xml_.substr(range.start, range.end - range.start));
  }

  /// Marks what goes as deleted and puts what comes behind it, but before a picture or a note in
  /// the midst of it, which stays.
  void AddChange(const Change& change, std::size_t first, std::size_t last) {
    while (first + 1 < last && body_.atoms[first].end <= change.start &&
           (change.start < change.end || body_.atoms[first].end < change.start)) {
      ++first;
    }
    bool inserted = false;
    const auto insert = [&](std::size_t atom, std::size_t at) {
      if (!change.replacement.empty() && !std::exchange(inserted, true)) {
        steps_.push_back(
            {Step::Kind::kInsert, atom, at, 0, Inserted(change.replacement, PropertiesOf(first))});
      }
    };
    if (change.start == change.end) {
      insert(first, change.start);
      return;
    }
    std::size_t atom = first;
    for (; atom < last && body_.atoms[atom].start < change.end; ++atom) {
      const DocxAtom& at = body_.atoms[atom];
      if (atom > first && at.after_object) insert(atom - 1, body_.atoms[atom - 1].end);
      steps_.push_back({Step::Kind::kCut, atom, std::max(at.start, change.start),
                        std::min(at.end, change.end),
                        fmt::format("<{}:del {}>", body_.prefix, Marks(NextId()))});
    }
    insert(atom - 1, change.end);
  }

  void AddToEmpty(const DocxParagraph& paragraph, const std::string& xml) {
    WriteRuns();
    const auto [start, end] = paragraph.closing;
    const std::string_view tag = xml_.substr(start, end - start);
    if (tag.starts_with("</")) {
      splices_.push_back({{start, start}, xml});
    } else {  // <w:p/>
      splices_.push_back({{end - 2, end}, ">" + xml + "</" + body_.prefix + ":p>"});
    }
  }

  void WriteRuns() {
    const Step* step = steps_.data();
    const Step* const end = step + steps_.size();
    while (step != end) {
      const DocxRun& run = body_.runs[body_.atoms[step->atom].run];
      splices_.push_back({run.source, RunWriter(xml_, body_, run).Write(step, end)});
    }
    steps_.clear();
  }

  std::string_view xml_;
  const DocxBody& body_;
  const Authorship& by_;
  std::set<long> ids_;
  long next_id_ = 1;
  std::vector<Step> steps_;      ///< in the order of the document
  std::vector<Splice> splices_;  ///< likewise
  std::string comments_;
};

Status CheckXmlText(std::string_view text, const std::string& what) {
  if (IsXmlText(text) && text.find('\r') == std::string_view::npos) return Ok{};
  return Fail(ErrorCode::kInvalidArgument,
              what +
                  " holds bytes that are not UTF-8, or control characters, which a DOCX cannot "
                  "hold; take them out");
}

}  // namespace

bool CanEditDocx(const DocxBody& body, std::size_t start, std::size_t end) {
  if (start > end || end > body.text.size()) return false;
  const DocxParagraph* const paragraph = ParagraphOf(body, start, end);
  if (paragraph == nullptr || paragraph->locked) return false;
  if (paragraph->first_atom == paragraph->end_atom) return true;
  if (start == end) return AnchorOf(body, *paragraph, start).has_value();
  const auto [first, last] = AtomsOf(body, *paragraph, start, end);
  return std::none_of(body.atoms.begin() + static_cast<std::ptrdiff_t>(first),
                      body.atoms.begin() + static_cast<std::ptrdiff_t>(last),
                      [](const auto& atom) { return atom.locked; });
}

Result<DocxChanges> TrackChanges(std::string_view document, std::string_view comments,
                                 const DocxBody& body, const std::vector<core::Edit>& edits,
                                 const Authorship& by) {
  REDRAFT_RETURN_IF_ERROR(CheckXmlText(by.author + by.date, "the author's name or the date"));
  Tracker tracker(document, comments, body, by);
  for (const core::Edit& edit : edits) {
    const std::string place = fmt::format("the edit of [{}, {})", edit.span.start, edit.span.end);
    REDRAFT_RETURN_IF_ERROR(CheckXmlText(edit.replacement, "the replacement of " + place));
    REDRAFT_RETURN_IF_ERROR(
        CheckXmlText(Printable(edit.span.category + edit.span.reason), "the reason of " + place));
    tracker.Add(edit);
  }
  return tracker.Finish(comments);
}

}  // namespace redraft::edit
