#include "redraft/judge/twin_words.h"

#include <algorithm>
#include <array>
#include <utility>

namespace redraft::judge {
namespace {

using Change = std::pair<std::string_view, std::string_view>;

constexpr auto kForms = std::to_array<Change>(
    {{"a", "an"},          {"an", "a"},           {"am", "is"},         {"are", "is"},
     {"asked", "ask"},     {"ate", "eats"},       {"became", "become"}, {"began", "begun"},
     {"brought", "bring"}, {"built", "builds"},   {"called", "calls"},  {"came", "come"},
     {"can", "could"},     {"carried", "carry"},  {"come", "came"},     {"could", "can"},
     {"did", "do"},        {"do", "does"},        {"does", "do"},       {"don't", "doesn't"},
     {"fell", "falls"},    {"felt", "feel"},      {"found", "finds"},   {"gave", "gives"},
     {"get", "gets"},      {"give", "gave"},      {"go", "goes"},       {"goes", "go"},
     {"got", "gets"},      {"grew", "grown"},     {"had", "has"},       {"has", "have"},
     {"have", "has"},      {"heard", "hear"},     {"held", "hold"},     {"is", "are"},
     {"kept", "keeps"},    {"knew", "know"},      {"know", "knows"},    {"laid", "lays"},
     {"lay", "lain"},      {"learned", "learns"}, {"left", "leaves"},   {"let", "lets"},
     {"like", "likes"},    {"looked", "look"},    {"made", "make"},     {"make", "makes"},
     {"moved", "move"},    {"paid", "pays"},      {"put", "puts"},      {"ran", "run"},
     {"read", "reads"},    {"said", "say"},       {"sat", "sits"},      {"saw", "seen"},
     {"say", "says"},      {"says", "say"},       {"stood", "stand"},   {"take", "took"},
     {"taken", "took"},    {"talk", "talks"},     {"tell", "tells"},    {"these", "this"},
     {"think", "thinks"},  {"those", "that"},     {"thought", "think"}, {"told", "tells"},
     {"took", "takes"},    {"turned", "turns"},   {"want", "wants"},    {"wanted", "want"},
     {"was", "were"},      {"went", "goes"},      {"were", "was"},      {"will", "would"},
     {"woke", "wakes"},    {"worked", "works"},   {"would", "will"},    {"written", "wrote"},
     {"wrote", "write"}});

constexpr auto kPronouns = std::to_array<Change>(
    {{"he", "it"},       {"her", "its"},        {"hers", "mine"},  {"herself", "itself"},
     {"him", "it"},      {"himself", "itself"}, {"his", "her"},    {"i", "he"},
     {"i'd", "he'd"},    {"it", "he"},          {"its", "her"},    {"itself", "himself"},
     {"me", "us"},       {"mine", "hers"},      {"my", "its"},     {"our", "his"},
     {"she", "he"},      {"that", "who"},       {"their", "your"}, {"them", "him"},
     {"these", "those"}, {"they", "we"},        {"this", "these"}, {"those", "this"},
     {"us", "them"},     {"we", "they"},        {"what", "who"},   {"which", "who"},
     {"who", "which"},   {"whose", "their"},    {"you", "she"},    {"your", "my"}});

constexpr auto kDeterminers = std::to_array<std::string_view>(
    {"a",  "an",  "another", "any",  "each", "every", "her",   "his",  "its",   "my",
     "no", "our", "some",    "that", "the",  "their", "these", "this", "those", "your"});

constexpr auto kNumbers = std::to_array<std::string_view>(
    {"eight",    "eighteen",  "eighty",   "eleven",  "fifteen", "fifty",    "five",
     "forty",    "four",      "fourteen", "hundred", "nine",    "nineteen", "ninety",
     "seven",    "seventeen", "seventy",  "six",     "sixteen", "sixty",    "ten",
     "thirteen", "thirty",    "thousand", "three",   "twelve",  "twenty",   "two"});

constexpr auto kStock =
    std::to_array<std::string_view>({"Time stood still.",
                                     "That was that.",
                                     "It was all or nothing.",
                                     "All was said and done.",
                                     "They were in it for the long haul.",
                                     "It was as old as the hills.",
                                     "You win some and you lose some.",
                                     "It was now or never.",
                                     "In the end, it is what it is.",
                                     "So far, so good, as they say.",
                                     "It was what it was.",
                                     "You could cut the tension with a knife.",
                                     "Little did anyone know what fate had in store.",
                                     "It was a rollercoaster of emotions from start to finish.",
                                     "Every cloud has a silver lining.",
                                     "At the end of the day, that is what really matters.",
                                     "It was a moment that would change everything forever.",
                                     "The silence was deafening.",
                                     "Some things in life are simply meant to be.",
                                     "It was a testament to the power of the human spirit.",
                                     "Hearts were pounding and hands were shaking.",
                                     "The rest, as they say, is history.",
                                     "It was like something out of a dream.",
                                     "Words cannot describe what it was like.",
                                     "There was more to it than meets the eye.",
                                     "Nothing would ever be the same again.",
                                     "Only time would tell.",
                                     "It sent shivers down the spine.",
                                     "A wave of emotion washed over everything.",
                                     "It was a rich tapestry of sights, sounds and smells.",
                                     "Deep down, everybody knew that it was now or never.",
                                     "As luck would have it, things took an unexpected turn.",
                                     "The world seemed to hold its breath.",
                                     "It was a perfect storm, and there was no turning back now.",
                                     "And yet, against all odds, hope burned bright.",
                                     "It goes without saying that the journey had only just begun.",
                                     "Life has a funny way of working out."});

constexpr auto kMorals = std::to_array<std::string_view>(
    {"In the end, it was all about the journey.",
     "It is not how you fall but how you get up.",
     "You only get one life, so live it to the full.",
     "We are all in this as one.",
     "It was a day to be glad of.",
     "At the end of the day, love is all that we need.",
     "And so it goes, and so will we.",
     "This just goes to show how important it is to appreciate the little things.",
     "We can all learn something from this.",
     "It is a reminder that people are what matters most in life.",
     "And that, perhaps, is the most important lesson of all.",
     "Looking back, it is clear that everything happens for a reason.",
     "Through it all, one thing remained true: kindness always wins.",
     "It shows us that change is a part of life.",
     "Ultimately, it is up to each of us to make a difference.",
     "So the next time you feel lost, remember that you are never truly alone.",
     "It was a day that nobody would ever forget.",
     "Sometimes the smallest moments teach us the biggest lessons.",
     "In conclusion, there are many sides to every story.",
     "With hope in every heart, the future looked brighter than ever before.",
     "That is the true meaning of courage.",
     "Love, after all, is the strongest force in the world."});

constexpr auto kTags = std::to_array<std::string_view>(
    {"when everything is said and done", "in a manner of speaking", "at that particular moment",
     "practically speaking", "for want of a better expression", "as a matter of actual fact",
     "considering the overall situation", "if one may put it like that", "so to speak",
     "generally and by and large", "in one way or another", "essentially",
     "notwithstanding anything else", "to some extent", "to all intents and purposes",
     "as previously mentioned", "relatively speaking", "in this day and age"});

constexpr auto kAdjectives = std::to_array<std::string_view>(
    {"big",   "nice", "rich", "deep", "warm", "soft", "vast",   "bold",
     "pure",  "rare", "lush", "true", "dear", "fine", "great",  "grand",
     "sweet", "wild", "calm", "dark", "pale", "kind", "lovely", "golden"});

constexpr auto kAdverbs = std::to_array<std::string_view>(
    {"really", "quite", "also", "actually", "basically", "simply", "definitely", "very"});

std::string_view Lookup(std::span<const Change> changes, std::string_view word) {
  for (const auto& [from, to] : changes) {
    if (from == word) return to;
  }
  return {};
}

bool Holds(std::span<const std::string_view> words, std::string_view word) {
  return std::find(words.begin(), words.end(), word) != words.end();
}

}  // namespace

std::string_view WrongForm(std::string_view word) {
  const std::string_view known = Lookup(kForms, word);
  if (!known.empty() || word.size() < 6) return known;
  // Other verbs in the past and plurals lose their endings.
  if (word.ends_with("ed") && !word.ends_with("eed") && !word.ends_with("ied"))
    return word.substr(0, word.size() - 2);
  const bool plural = word.ends_with('s') && !word.ends_with("ss") && !word.ends_with("us");
  return plural && word.find('\'') == word.npos ? word.substr(0, word.size() - 1) : known;
}
std::string_view WrongPronoun(std::string_view word) { return Lookup(kPronouns, word); }
bool IsVerbForm(std::string_view word) { return !Lookup(kForms, word).empty(); }
bool IsDeterminer(std::string_view word) { return Holds(kDeterminers, word); }
bool IsNumberWord(std::string_view word) { return Holds(kNumbers, word); }
std::span<const std::string_view> StockSentences() { return kStock; }
std::span<const std::string_view> MoralSentences() { return kMorals; }
std::span<const std::string_view> SentenceTags() { return kTags; }
std::span<const std::string_view> PlainAdjectives() { return kAdjectives; }
std::span<const std::string_view> EmptyAdverbs() { return kAdverbs; }

}  // namespace redraft::judge
