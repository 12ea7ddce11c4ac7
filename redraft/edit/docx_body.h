#pragma once

// The main document of a DOCX as text, and where each piece of the text stands in its XML.
// ISO/IEC 29500-1, WordprocessingML (section 17).
//
// Text   The paragraphs, joined by an empty line; an empty paragraph is an empty string. Headings
//        begin with "# ", items of lists with "- ", block quotations with "> ". Tabs and line
//        breaks are characters. Earlier tracked changes are read as accepted. Left out: pictures,
//        text boxes, formulas, marks of notes, hidden text, tables of contents.
// Cost   linear.

#include <cstddef>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "redraft/base/result.h"
#include "redraft/edit/docx_styles.h"

namespace redraft::edit {

/// A half-open range of bytes of the XML.
struct DocxBytes {
  std::size_t start = 0, end = 0;
};

/// A stretch of text that comes from one element: w:t, or a tab, a break, a hyphen.
struct DocxAtom {
  std::size_t start = 0, end = 0;  ///< bytes of the text; never empty
  DocxBytes source;
  std::size_t run = 0;        ///< index
  bool plain = false;         ///< a w:t
  bool locked = false;        ///< in a link or a field: it stays as it is
  bool after_object = false;  ///< something that is no text stands before it in its paragraph
};

struct DocxRun {
  DocxBytes source;      ///< <w:r> to </w:r>
  DocxBytes tag;         ///< <w:r>
  DocxBytes properties;  ///< <w:rPr>…</w:rPr>; empty: has none
  DocxBytes tracked;     ///< the tag of the w:ins or w:moveTo that it stands right in; or empty
  std::size_t first_atom = 0, end_atom = 0;
};

struct DocxParagraph {
  std::size_t start = 0, end = 0;  ///< bytes of the text, without the mark of a heading or list
  DocxBytes closing;               ///< </w:p>, or the whole of an empty tag
  std::size_t first_atom = 0, end_atom = 0;
  bool locked = false;  ///< code
};

/// What was found that is not in the text.
struct DocxLeftOut {
  int text_boxes = 0, pictures = 0, notes = 0, hidden = 0, tracked_changes = 0, contents = 0;
};

struct DocxBody {
  std::string text;
  std::string prefix;  ///< of WordprocessingML in this document: "w"
  std::string space;   ///< its namespace
  std::vector<DocxAtom> atoms;
  std::vector<DocxRun> runs;
  std::vector<DocxParagraph> paragraphs;
  DocxLeftOut left_out;
  std::set<long> ids;  ///< w:id of marks and comments that are taken
};

/// Reads what CheckScannable accepts; `name` stands in messages.
/// Errors  kInvalidArgument: not a WordprocessingML document.
Result<DocxBody> ReadDocxBody(std::string_view xml,
                              const std::map<std::string, DocxStyle, std::less<>>& styles,
                              const std::string& name);

}  // namespace redraft::edit
