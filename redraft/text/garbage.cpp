#include "redraft/text/garbage.h"

#include <unicode/uchar.h>
#include <unicode/uscript.h>

#include <algorithm>
#include <array>
#include <map>
#include <string>
#include <vector>

#include "redraft/text/codepoint.h"
#include "redraft/text/function_words.h"
#include "redraft/text/words.h"

namespace redraft::text {
namespace {

double Share(std::size_t part, std::size_t whole) {
  return whole == 0 ? 0.0 : static_cast<double>(part) / static_cast<double>(whole);
}

/// The text without what is not prose by intention: fenced and inline code, table rows, URLs.
std::string ProseOf(std::string_view text) {
  std::string prose;
  bool fenced = false;
  for (std::size_t begin = 0; begin < text.size();) {
    const std::size_t end = std::min(text.find('\n', begin), text.size());
    const std::string_view line = text.substr(begin, end - begin);
    const std::string_view bare = TrimSpace(line);
    begin = end + 1;
    const bool fence = bare.starts_with("```") || bare.starts_with("~~~");
    fenced ^= fence;
    if (fence || fenced || bare.starts_with('|')) continue;
    bool code = false;
    for (std::size_t i = 0; i < line.size(); ++i) {
      if (line[i] == '`') {
        code = !code;
      } else if (!code && line.substr(i, 4) == "http") {
        i = std::min(line.find_first_of(" )>\"", i), line.size()) - 1;
      } else if (!code) {
        prose += line[i];
      }
    }
    prose += '\n';
  }
  return prose;
}

/// Writing systems that one text mixes by itself; Han, Kana and Hangul count as one.
int ScriptOf(UChar32 c) {
  UErrorCode status = U_ZERO_ERROR;
  const UScriptCode script = uscript_getScript(c, &status);
  switch (script) {
    case USCRIPT_COMMON:
    case USCRIPT_INHERITED:
      return -1;
    case USCRIPT_HIRAGANA:
    case USCRIPT_KATAKANA:
    case USCRIPT_HANGUL:
    case USCRIPT_BOPOMOFO:
      return USCRIPT_HAN;
    default:
      return script;
  }
}

/// What the characters of a text say, letters above all.
struct Characters {
  std::size_t all = 0;  ///< without white space
  std::size_t letters = 0;
  std::size_t upper = 0, lower = 0;
  std::size_t brackets = 0;  ///< the symbols that code, markup and data are full of
  std::size_t bad = 0;       ///< bytes that are not UTF-8, U+FFFD, control characters
  std::map<int, std::size_t> scripts;
};

Characters CountCharacters(std::string_view text) {
  Characters count;
  for (std::size_t at = 0; at < text.size();) {
    const std::int32_t c = NextCodePoint(text, at);
    if (c >= 0 && (c == ' ' || (c >= '\t' && c <= '\r'))) continue;
    ++count.all;
    if (c < 0x20 || c == 0x7F || c == 0xFFFD) {
      ++count.bad;
    } else if (c < 0x80) {
      const bool upper = c >= 'A' && c <= 'Z', lower = c >= 'a' && c <= 'z';
      count.upper += upper;
      count.lower += lower;
      count.brackets += std::string_view("{}[]<>=;|\\/@#$%^&_~+").find(static_cast<char>(c)) !=
                        std::string_view::npos;
      if (upper || lower) {
        ++count.letters;
        ++count.scripts[USCRIPT_LATIN];
      }
    } else if (u_isalpha(c)) {
      ++count.letters;
      count.upper += u_isupper(c) != 0;
      count.lower += u_islower(c) != 0;
      if (const int script = ScriptOf(c); script >= 0) ++count.scripts[script];
    }
  }
  return count;
}

int MainScript(const Characters& count) {
  int main = USCRIPT_LATIN;
  std::size_t most = 0;
  for (const auto& [script, letters] : count.scripts) {
    if (letters > most) main = script, most = letters;
  }
  return main;
}

/// Mixed scripts: foreign words are no crime in a Latin text, but words of two scripts glued
/// together, three scripts at once, or a tenth of the letters are.
bool MixesScripts(const Characters& count, std::string_view text) {
  if (MainScript(count) != USCRIPT_LATIN) return false;
  std::size_t foreign = 0, systems = 0;
  for (const auto& [script, letters] : count.scripts) {
    if (script == USCRIPT_LATIN || script == USCRIPT_GREEK) continue;
    foreign += letters;
    ++systems;
  }
  if (foreign == 0) return false;
  if (systems >= 3 || Share(foreign, count.letters) > 0.25) return true;
  int last = -1;  // script of the letter just before, within one word
  for (std::size_t at = 0; at < text.size();) {
    const std::int32_t c = NextCodePoint(text, at);
    const int script = c >= 0 && u_isalpha(c) ? ScriptOf(c) : -1;
    const bool known = script >= 0 && last >= 0 && script != USCRIPT_GREEK && last != USCRIPT_GREEK;
    if (known && script != last) return true;
    last = script;
  }
  return false;
}

bool IsVowel(char c) { return std::string_view("aeiouyAEIOUY").find(c) != std::string_view::npos; }
bool IsUpper(char c) { return c >= 'A' && c <= 'Z'; }
bool IsLower(char c) { return c >= 'a' && c <= 'z'; }
bool IsDigit(char c) { return c >= '0' && c <= '9'; }

/// A word that no language would spell: no vowels, long rows of consonants, capitals in the middle,
/// digits among letters, or of endless length. Only for words in ASCII letters.
bool IsOddWord(std::string_view word) {
  std::size_t letters = 0, vowels = 0, row = 0, longest = 0, humps = 0, switches = 0;
  char last = ' ';
  for (const char c : word) {
    if (static_cast<unsigned char>(c) >= 0x80) return false;
    const bool letter = IsUpper(c) || IsLower(c);
    letters += letter;
    vowels += IsVowel(c);
    row = letter && !IsVowel(c) ? row + 1 : 0;
    longest = std::max(longest, row);
    humps += IsUpper(c) && IsLower(last);
    const bool last_letter = IsUpper(last) || IsLower(last);
    switches += (IsDigit(c) && last_letter) || (letter && IsDigit(last));
    last = c;
  }
  const bool capitals = std::ranges::none_of(word, IsLower);
  if (letters > 28 && word.find('-') == std::string_view::npos) return true;
  if (humps >= 2 || switches >= 2) return true;
  if (capitals || letters < 4) return false;
  return (vowels == 0 && letters >= 5) || longest >= 6 || (longest == 5 && vowels <= 1);
}

/// Spellings that mark a word as English whatever it means, so that salad can be told from an
/// unknown language.
bool LooksEnglish(std::string_view word) {
  static constexpr auto kEnds = std::to_array<std::string_view>(
      {"ing", "ed", "ly", "ness", "ful", "less", "tion", "tions", "ment", "ous", "ity", "ible"});
  static constexpr auto kParts = std::to_array<std::string_view>(
      {"th", "wh", "sh", "ght", "ck", "oo", "ee", "ow", "ea", "ai", "ch", "ss", "ll", "gh", "tt"});
  return std::ranges::any_of(kEnds,
                             [&](auto end) { return word.size() > 4 && word.ends_with(end); }) ||
         std::ranges::any_of(kParts,
                             [&](auto part) { return word.find(part) != std::string_view::npos; });
}

/// One normalised word of the prose.
struct Token {
  unsigned languages = 0;  ///< in which it is a function word
  bool odd = false;
  bool english = false;  ///< by its spelling
};

std::vector<Token> Tokenise(std::string_view prose) {
  std::vector<Token> tokens;
  for (const std::string_view word : Words(prose)) {
    const std::string normal = Normalise(word);
    Token token;
    token.languages = FunctionWordLanguages(normal);
    token.odd = IsOddWord(word);
    token.english = LooksEnglish(normal);
    tokens.push_back(token);
  }
  return tokens;
}

/// Counts over a stretch of words, kept while it slides.
struct Stretch {
  std::array<int, kLanguages> functions{};
  int odd = 0, english = 0, words = 0;

  void Add(const Token& token, int sign) {
    for (std::size_t i = 0; i < functions.size(); ++i) {
      if ((token.languages >> i) & 1U) functions[i] += sign;
    }
    odd += sign * token.odd;
    english += sign * token.english;
    words += sign;
  }
  double Of(int count) const { return words == 0 ? 0.0 : static_cast<double>(count) / words; }
};

/// Salad: a stretch without function words, in a text that is English elsewhere or by its spelling.
/// Prose of the data sets has .4 to .5 in a stretch of 60 words; 1 in 1,000 texts has one below .2.
bool IsSalad(const std::vector<Token>& tokens) {
  constexpr std::size_t kStretch = 60;
  constexpr std::size_t kLeast = 25;
  constexpr double kFewFunctionWords = 0.2, kEnglishText = 0.3, kEnglishSpelling = 0.3;
  if (tokens.size() < kLeast) return false;
  const std::size_t size = std::min(kStretch, tokens.size());
  Stretch stretch;
  double most_english = 0.0;
  bool bare = false, bare_english = false, odd = false;
  for (std::size_t i = 0; i < tokens.size(); ++i) {
    stretch.Add(tokens[i], 1);
    if (i >= size) stretch.Add(tokens[i - size], -1);
    if (i + 1 < size) continue;
    most_english = std::max(most_english, stretch.Of(stretch.functions[kEnglish]));
    const int best = *std::ranges::max_element(stretch.functions);
    if (stretch.Of(best) < kFewFunctionWords) {
      bare = true;
      bare_english |= stretch.Of(stretch.english) > kEnglishSpelling;
    }
    odd |= stretch.Of(stretch.odd) > 0.2;
  }
  if (odd || (bare && (bare_english || most_english > kEnglishText))) return true;
  // Longer texts: rows of seven and more words without a function word add up.
  std::size_t row = 0, in_rows = 0, english = 0;
  for (std::size_t i = 0; i <= tokens.size(); ++i) {
    if (i < tokens.size() && ((tokens[i].languages >> kEnglish) & 1U) == 0) {
      ++row;
      continue;
    }
    if (row >= 7) in_rows += row;
    row = 0;
    english += i < tokens.size();
  }
  return tokens.size() >= 300 && Share(english, tokens.size()) > 0.25 &&
         Share(in_rows, tokens.size()) > 0.14;
}

bool HasTemplateToken(std::string_view text) {
  for (const auto& [open, close] : {std::pair{"<|", "|>"}, {"[INST", "]"}, {"<<SYS", ">>"}}) {
    const auto at = text.find(open);
    if (at != std::string_view::npos && text.substr(at, 48).find(close) != std::string_view::npos) {
      return true;
    }
  }
  return false;
}

}  // namespace

bool IsGarbage(std::string_view text) {
  std::string prose = ProseOf(text);
  // A text that is mostly code is judged as what it is.
  if (3 * CountWords(prose) < CountWords(text)) prose = text;
  if (HasTemplateToken(prose)) return true;
  const Characters count = CountCharacters(prose);
  if (count.all == 0) return false;
  if (Share(count.bad, count.all) > 0.001) return true;
  if (Share(count.letters, count.all) < 0.6) return true;
  if (Share(count.brackets, count.all) > 0.06) return true;
  if (count.letters >= 80 && count.upper > 4 * count.lower && count.upper + count.lower > 0) {
    return true;
  }
  if (MixesScripts(count, prose)) return true;
  const auto tokens = Tokenise(prose);
  std::size_t odd = 0, odd_letters = 0;
  for (const std::string_view word : Words(prose)) {
    if (!IsOddWord(word)) continue;
    ++odd;
    odd_letters += word.size();
  }
  if (odd >= 3 && Share(odd, tokens.size()) > 0.1) return true;
  if (Share(odd_letters, count.all) > 0.3) return true;
  if (prose.find("orem ipsum dolor sit amet, consectetur") != std::string::npos) return true;
  return IsSalad(tokens);
}

}  // namespace redraft::text
