#pragma once

// What plain text files of books carry beside the book: line ends of all kinds, lines wrapped at a
// fixed width, and what Project Gutenberg puts around a text.

#include <string>
#include <string_view>

namespace redraft::audit {

/// "\r\n" and "\r" become "\n"; blanks at the end of lines go.
std::string NormaliseLines(std::string_view text);

/// A Project Gutenberg file taken apart; of any other text only `text`.
struct GutenbergText {
  std::string title, author;  ///< of the header; empty: not given
  std::string_view text;      ///< without header, licence and "Produced by …"
};
/// Finds the lines "*** START OF … PROJECT GUTENBERG …" and "*** END OF …", and the older
/// "*END*THE SMALL PRINT!" and "End of Project Gutenberg's …". `text` has \n as line end.
GutenbergText StripGutenberg(std::string_view text);

/// Joins the lines of each paragraph where the text is wrapped at a fixed width: where the next
/// word would not have fitted into the line. Verse, headings and texts that are not wrapped stay as
/// they are.
std::string JoinWrappedLines(std::string_view text);

}  // namespace redraft::audit
