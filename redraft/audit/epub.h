#pragma once

// The text of an EPUB 2 or 3: the documents of its spine in their order.
//
// Text     paragraphs, headings and other blocks are parted by an empty line; white space is
//          collapsed; emphasis leaves no mark; pictures, scripts, ruby readings and the numbers of
//          notes are left out, and so are soft hyphens, joiners and zero-width spaces, which would
//          part words. Left out too: the navigation document, and what the book itself calls title
//          page, cover, copyright page, imprint, colophon, table of contents or list.
// Safety   a book unpacks to at most kMaxInputBytes, whatever its archive says; entities are not
//          expanded (base/xml.h); nothing outside the archive is read.

#include <string>
#include <string_view>

#include "redraft/base/result.h"

namespace redraft::audit {

struct EpubText {
  std::string title, author;  ///< empty: not given
  std::string text;
};

/// Errors: kInvalidArgument naming the book and the member at fault: no zip, damaged, encrypted, no
/// package file, a spine that names what is not there or is outside, a document twice, XML that is
/// not well-formed or declares entities, no text, too large.
Result<EpubText> ReadEpub(std::string_view bytes, const std::string& name);

}  // namespace redraft::audit
