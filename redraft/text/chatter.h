#pragma once

// Telling talk about a text from the text: the phrases in which chat models announce, annotate,
// end or decline what they were asked to write. All functions look at one line, sentence or
// paragraph.

#include <string_view>

namespace redraft::text {

/// "Here is the revised story:", "Sure! I'd be happy to …", "Below is a 130-word version".
bool IsAnnouncement(std::string_view sentence, std::string_view noun);

/// An announcement made of nothing but announcing words ("Here is a short story about 130 words"),
/// so that even on one line with the text it cannot be the text.
bool IsPureAnnouncement(std::string_view sentence, std::string_view noun);

/// "Note: …", "(Word count: 130)", "I hope you like it", "This revised version aims to …", "The
/// End".
bool IsNote(std::string_view paragraph, std::string_view noun);

/// "I'm sorry, but I can't help with that", "As an AI language model, I …"; never inside quotes.
bool IsRefusal(std::string_view sentence);

}  // namespace redraft::text
