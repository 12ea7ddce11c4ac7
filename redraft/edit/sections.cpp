#include "redraft/edit/sections.h"

#include "redraft/edit/protect.h"
#include "redraft/text/codepoint.h"
#include "redraft/text/words.h"

namespace redraft::edit {
namespace {

/// Adds pieces up to the limit and closes a section where the next would not fit.
class Filler {
 public:
  Filler(std::vector<Section>& sections, int max_words) : sections_(sections), max_(max_words) {}

  /// The next piece ends at `end`.
  void Add(std::size_t end, int words) {
    if (words_ > 0 && words_ + words > max_) Close();
    words_ += words;
    end_ = end;
  }
  void Close() {
    if (end_ > start_) sections_.push_back({start_, end_});
    start_ = end_;
    words_ = 0;
  }

 private:
  std::vector<Section>& sections_;
  int max_;
  int words_ = 0;
  std::size_t start_ = 0, end_ = 0;
};

}  // namespace

std::vector<Section> Sections(std::string_view text, int max_words) {
  std::vector<Section> sections;
  Filler filler(sections, max_words);
  const auto ranges = ProtectedRanges(text);
  const auto offset = [text](std::string_view part) {
    return static_cast<std::size_t>(part.data() + part.size() - text.data());
  };
  // A piece takes the white space behind it along.
  const auto behind_space = [text](std::size_t at) {
    while (at < text.size() && text::IsSpace(text[at])) ++at;
    return at;
  };
  int waiting = 0;  // words of paragraphs that must not be parted from the next
  for (const std::string_view paragraph : text::Paragraphs(text)) {
    const int words = text::CountWords(paragraph) + waiting;
    const std::size_t end = behind_space(offset(paragraph));
    if (end < text.size() && Touches(ranges, end - 1, end) && Touches(ranges, end, end + 1)) {
      waiting = words;
      continue;
    }
    if (words <= max_words || waiting > 0) {
      filler.Add(end, words);
    } else {
      for (const std::string_view sentence : text::Sentences(paragraph)) {
        filler.Add(behind_space(offset(sentence)), text::CountWords(sentence));
      }
    }
    waiting = 0;
  }
  filler.Add(text.size(), 0);
  filler.Close();
  return sections;
}

}  // namespace redraft::edit
