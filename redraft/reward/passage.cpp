#include "redraft/reward/passage.h"

#include <algorithm>
#include <string>
#include <unordered_set>
#include <utility>

#include "redraft/base/hash.h"
#include "redraft/reward/features.h"
#include "redraft/text/codepoint.h"

namespace redraft::reward {
namespace {

using WordList = std::unordered_set<std::string_view>;

/// The space-separated words of a constant.
WordList List(std::string_view words) {
  WordList list;
  for (std::size_t at = 0; at < words.size();) {
    const std::size_t end = std::min(words.find(' ', at), words.size());
    list.insert(words.substr(at, end - at));
    at = end + 1;
  }
  return list;
}

const WordList& FunctionWords() {
  static const WordList kList = List(
      "a an the and or but nor so yet if than then as of in on at by to from for with about into "
      "over "
      "under after before between through without within upon toward towards against among across "
      "behind beneath beyond during since around along away near above below i you he she it we "
      "they "
      "me him her us them my your his its our their mine yours hers ours theirs this that these "
      "those "
      "who whom whose which what when where why how is am are was were be been being do does did "
      "done "
      "have has had having will would shall should can could may might must cannot no not there "
      "here "
      "all any some every each both either neither only just up down out off again more most much "
      "many other another such own same too very because while until till though although unless "
      "whether like one once also even still never ever always now himself herself itself myself "
      "yourself themselves ourselves nothing something everything anything someone anyone everyone "
      "i'm it's don't didn't wasn't couldn't wouldn't isn't aren't weren't won't can't doesn't "
      "hadn't "
      "hasn't haven't shouldn't i'd he'd she'd they'd we'd you'd i'll he'll she'll they'll we'll "
      "you'll i've we've they've you've that's there's he's she's they're we're you're what's "
      "let's "
      "back however perhaps almost already soon later first last next finally suddenly meanwhile "
      "instead maybe seemed felt said asked");
  return kList;
}

const std::array<WordList, kPersons>& PersonForms() {
  static const std::array<WordList, kPersons> kForms = {
      List("i me my mine myself i'm i'd i've i'll"),
      List("we us our ours ourselves we're we'd we've"),
      List("you your yours yourself you're you'd you'll you've"),
      List("he him his himself he'd he's he'll"),
      List("she her hers herself she'd she's she'll"),
      List("they them their theirs themselves they'd they're")};
  return kForms;
}

const WordList& PastForms() {
  static const WordList kList = List(
      "was were had did said felt seemed could would went came took made saw knew thought looked "
      "stood "
      "began left sat told kept held wasn't weren't hadn't didn't couldn't wouldn't");
  return kList;
}

const WordList& PresentForms() {
  static const WordList kList = List(
      "is are am has have do does can will says feels seems i'm it's don't doesn't isn't aren't "
      "can't "
      "won't i've you're they're we're");
  return kList;
}

bool IsLetter(std::int32_t c) {
  return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') ||
         (c >= 0xC0 && c != 0xD7 && c != 0xF7 && !(c >= 0x2000 && c <= 0x206F) &&
          !(c >= 0x3000 && c <= 0x303F));
}

/// One token of a sentence, folded.
struct Token {
  std::string text;
  bool word = false;
  bool capital = false;
  std::size_t letters = 0;
  std::size_t begin = 0, end = 0;  ///< in the sentence
};

/// The tokens of one sentence. Equal punctuation marks in a row are one token.
std::vector<Token> Tokenise(std::string_view sentence) {
  std::vector<Token> tokens;
  bool open = false;  // the last token may go on
  for (std::size_t at = 0; at < sentence.size();) {
    const std::size_t begin = at;
    const std::int32_t original = text::NextCodePoint(sentence, at);
    const std::int32_t c = original == text::kBadByte ? 0xFFFD : FoldCodePoint(original);
    if (c == kDropped) continue;
    if (c == ' ') {
      open = false;
      continue;
    }
    const bool inside = open && tokens.back().word && (c == '\'' || c == '-');
    if (IsLetter(c) || inside) {
      if (!open || !tokens.back().word) {
        tokens.push_back({"", true, c != original && c != 0xFFFD, 0, begin});
        open = true;
      }
      text::AppendCodePoint(tokens.back().text, c);
      ++tokens.back().letters;
      tokens.back().end = at;
      continue;
    }
    std::string mark;
    text::AppendCodePoint(mark, c);
    if (!open || tokens.back().word || tokens.back().text != mark) tokens.push_back({mark});
    open = true;
  }
  for (Token& token : tokens) {  // an apostrophe or hyphen at the end of a word is a mark
    while (token.word && token.text.size() > 1 &&
           (token.text.back() == '\'' || token.text.back() == '-')) {
      token.text.pop_back();
      --token.letters;
    }
  }
  return tokens;
}

/// What a token stands for in patterns: itself, or its ending and capital.
std::uint64_t ClassOf(const Token& token, bool opens) {
  if (!token.word || FunctionWords().contains(token.text)) return StableHash(token.text);
  if (token.text[0] >= '0' && token.text[0] <= '9') return StableHash("#0");
  static constexpr std::string_view kEndings[] = {"ing", "ed",   "ly",  "tion", "ness", "ous",
                                                  "ful", "able", "ive", "al",   "er",   "est",
                                                  "ies", "es",   "s",   "y"};
  std::string name = "#";
  for (const std::string_view ending : kEndings) {
    if (token.text.size() > ending.size() + 2 && token.text.ends_with(ending)) {
      name += ending;
      break;
    }
  }
  if (token.capital && !opens) name += '^';
  return StableHash(name);
}

std::uint64_t StemOf(std::string_view word) {
  constexpr std::size_t kStemLength = 5;
  std::size_t end = 0;
  for (std::size_t i = 0; i < kStemLength && end < word.size(); ++i) text::NextCodePoint(word, end);
  return StableHash(word.substr(0, end));
}

void SortDistinct(std::vector<std::uint64_t>& values) {
  std::sort(values.begin(), values.end());
  values.erase(std::unique(values.begin(), values.end()), values.end());
}

Sentence Describe(std::string_view sentence) {
  static const WordList kPronouns =
      List("he she they it his her their him them its this that these those");
  static const WordList kLinks = List(
      "but and so then yet still instead however also or because though finally later meanwhile");
  static const WordList kInstructions = List(
      "write describe compose rewrite continue imagine create paragraph paragraphs story essay "
      "scene "
      "passage piece prompt words word style tone narrator reader readers instruction about");
  static const WordList kArticles = List("the this that");
  Sentence result;
  result.text = sentence;
  std::string identity;
  bool after_article = false;
  for (const Token& token : Tokenise(sentence)) {
    const bool opens = result.words.empty();
    const std::uint64_t kind = ClassOf(token, opens);
    result.classes.push_back(kind);
    if (!token.word) {
      result.quotes += token.text == "\"" ? 1 : 0;
      continue;
    }
    const bool function = FunctionWords().contains(token.text);
    if (opens) {
      result.first = kind;
      result.opens_with_pronoun = kPronouns.contains(token.text);
      result.opens_with_link = kLinks.contains(token.text);
    } else if (result.words.size() == 1) {
      result.second = kind;
    }
    result.last = kind;
    result.forms.push_back(sentence.substr(token.begin, token.end - token.begin));
    result.words.push_back(StableHash(token.text));
    result.letters += token.letters;
    identity += token.text;
    identity += ' ';
    for (std::size_t person = 0; person < kPersons; ++person) {
      if (PersonForms()[person].contains(token.text)) ++result.persons[person];
    }
    if (PastForms().contains(token.text) || (token.letters > 4 && token.text.ends_with("ed"))) {
      ++result.past;
    }
    if (PresentForms().contains(token.text)) ++result.present;
    if (kInstructions.contains(token.text)) ++result.instructions;
    if (function) ++result.function_words;
    if (!function && token.letters > 2) {
      const std::uint64_t stem = StemOf(token.text);
      result.stems.push_back(stem);
      if (token.capital && !opens) result.names.push_back(stem);
      if (after_article) result.definite.push_back(stem);
    }
    after_article = kArticles.contains(token.text);
  }
  SortDistinct(result.stems);
  SortDistinct(result.names);
  result.identity = StableHash(identity);
  return result;
}

/// Whether the '.' at `at` closes a title or an initial.
bool Abbreviates(std::string_view text, std::size_t at) {
  static const WordList kTitles = List("Mr Mrs Ms Dr St Prof Rev Capt Col Gen Lt Sgt Jr Sr vs");
  std::size_t begin = at;
  while (begin > 0 && ((text[begin - 1] | 0x20) >= 'a' && (text[begin - 1] | 0x20) <= 'z')) --begin;
  const std::string_view word = text.substr(begin, at - begin);
  if (begin > 0 && !text::IsSpace(text[begin - 1])) return false;
  const bool initial = word.size() == 1 && word[0] >= 'A' && word[0] <= 'Z' && word[0] != 'I';
  return initial || kTitles.contains(word);
}

/// Code points that may stand between the end of a sentence and the white space behind it.
bool Closes(std::int32_t c) {
  return c == '.' || c == '!' || c == '?' || c == 0x2026 || c == '"' || c == '\'' || c == ')' ||
         c == ']' || c == 0x201D || c == 0x2019 || c == 0xBB;
}

/// Calls `add` with each sentence, trimmed and not empty.
template <class Add>
void Cut(std::string_view text, const Add& add) {
  std::size_t start = 0;
  const auto push = [&](std::size_t end) {
    const std::string_view sentence = text::TrimSpace(text.substr(start, end - start));
    if (!sentence.empty()) add(sentence);
    start = end;
  };
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t here = at;
    const std::int32_t c = text::NextCodePoint(text, at);
    if (c == '\n') {
      push(here);
      continue;
    }
    if (c != '.' && c != '!' && c != '?' && c != 0x2026) continue;
    std::size_t end = at;
    for (std::size_t next = end; next < text.size(); end = next) {
      if (!Closes(text::NextCodePoint(text, next))) break;
    }
    at = end;
    if (end == text.size() || !text::IsSpace(text[end])) continue;
    std::size_t next = end;
    while (next < text.size() && text::IsSpace(text[next]) && text[next] != '\n') ++next;
    const bool small_letter = next < text.size() && text[next] >= 'a' && text[next] <= 'z';
    if (small_letter || (c == '.' && Abbreviates(text, here))) continue;
    push(end);
  }
  push(text.size());
}

bool IsFinished(std::string_view sentence) {
  std::int32_t last = 0;
  for (std::size_t at = 0; at < sentence.size();) last = text::NextCodePoint(sentence, at);
  return Closes(last) || last == ':';
}

}  // namespace

Passage::Passage(std::string_view text) {
  Cut(text, [&](std::string_view sentence) {
    Sentence described = Describe(sentence);
    if (described.words.empty()) return;
    described.finished = IsFinished(sentence);
    words_ += described.words.size();
    sentences_.push_back(std::move(described));
  });
}

}  // namespace redraft::reward
