#pragma once

// What the tests of the audit's commands share: a book of words that occur once, and what a ledger
// has answered.

#include <set>
#include <string>

#include "redraft/store/ledger.h"
#include "tests/integration/program.h"

namespace redraft::testing {

inline constexpr int kExcerpts = 8, kWordsEach = 150;

/// Words that occur once: syllables that spell a number, so that no run of a book is there by
/// chance.
inline std::string Word(int number, char mark) {
  constexpr const char* kSyllables[] = {"ba", "de", "fi", "go", "lu", "ma", "ne", "ri", "so", "tu"};
  std::string word(1, mark);
  for (const char digit : std::to_string(number)) word += kSyllables[digit - '0'];
  return word;
}

/// A book of eight excerpts: paragraphs of 150 words in sentences of ten.
inline std::string BookText(char mark) {
  std::string text;
  for (int i = 0; i < kExcerpts * kWordsEach; ++i) {
    std::string word = Word(i, mark);
    if (i % 10 == 0) word[0] = static_cast<char>(word[0] - 'a' + 'A');
    text += word + (i % 10 == 9 ? "." : "");
    text += i % kWordsEach == kWordsEach - 1 ? "\n\n" : " ";
  }
  return text;
}

/// The keys that the latest run of a ledger has replies to.
inline std::set<std::string> Answered(const std::string& db) {
  std::set<std::string> keys;
  auto ledger = store::Ledger::Open(db);
  EXPECT_TRUE(ledger);
  const auto run = ledger->FindRun("latest");
  EXPECT_TRUE(run);
  EXPECT_TRUE(
      ledger->Requests(run->id, {.answered = true}, [&](const store::RequestRecord& record) {
        keys.insert(record.key);
        return Status(Ok{});
      }));
  return keys;
}

}  // namespace redraft::testing
