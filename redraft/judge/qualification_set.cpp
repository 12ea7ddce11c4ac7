#include "redraft/judge/qualification_set.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <set>
#include <utility>

#include "redraft/base/assets.h"
#include "redraft/base/json.h"
#include "redraft/base/random.h"
#include "redraft/judge/twins.h"
#include "redraft/text/codepoint.h"
#include "redraft/text/words.h"

namespace redraft::judge {
namespace {

constexpr std::string_view kFolder = "data/qualification/passages/";
constexpr const char* kRewrites = "data/qualification/rewrites.jsonl";
constexpr int kBlocks = 5;
constexpr int kExtras = 7;            ///< in a block, beside every kind in every grade
constexpr int kRewritesPerBlock = 4;  ///< of the extras, where there are rewrites enough

using Passages = std::vector<QualificationPassage>;

std::string_view CutLine(std::string_view& text) {
  const std::size_t end = std::min(text.find('\n'), text.size());
  const std::string_view line = text.substr(0, end);
  text.remove_prefix(std::min(end + 1, text.size()));
  return line;
}

/// A text that a model wrote in a passage's place.
struct Rewrite {
  const QualificationPassage* passage = nullptr;
  std::string text;
  std::string made;      ///< task and model
  double log_ratio = 0;  ///< of its words to the passage's
};

Result<std::vector<Rewrite>> ReadRewrites(const Passages& passages) {
  std::map<std::string_view, const QualificationPassage*> by_id;
  for (const QualificationPassage& passage : passages) by_id.emplace(passage.id, &passage);
  REDRAFT_ASSIGN(std::string_view lines, FindAsset(kRewrites));
  std::vector<Rewrite> rewrites;
  while (!lines.empty()) {
    REDRAFT_ASSIGN(const Json line, ParseJson(CutLine(lines)));
    const std::string id = line.value("passage", ""), text = line.value("text", "");
    const auto found = by_id.find(id);
    if (found == by_id.end() || text.empty()) {
      return Fail(ErrorCode::kInvalidArgument,
                  fmt::format("{}: '{}' is no passage, or its text is empty", kRewrites, id));
    }
    const double ratio = static_cast<double>(text::CountWords(text)) /
                         std::max(1, text::CountWords(found->second->text));
    rewrites.push_back({found->second, text, line.value("task", "") + "/" + line.value("model", ""),
                        std::log(ratio)});
  }
  return rewrites;
}

/// As many rewrites as the blocks take, longer and shorter ones in turn, nearest in length first;
/// then by their passages' places, so that forms mix.
std::vector<Rewrite> ChooseRewrites(std::vector<Rewrite> rewrites) {
  std::stable_sort(rewrites.begin(), rewrites.end(), [](const Rewrite& x, const Rewrite& y) {
    return std::abs(x.log_ratio) < std::abs(y.log_ratio);
  });
  std::vector<Rewrite> longer, shorter;
  for (Rewrite& rewrite : rewrites) {
    auto& side = rewrite.log_ratio > 0 ? longer : shorter;
    if (side.size() < kBlocks * kRewritesPerBlock / 2) side.push_back(std::move(rewrite));
  }
  const auto by_place = [](const Rewrite& x, const Rewrite& y) { return x.passage < y.passage; };
  std::sort(longer.begin(), longer.end(), by_place);
  std::sort(shorter.begin(), shorter.end(), by_place);
  std::vector<Rewrite> chosen;
  for (std::size_t i = 0; i < std::min(longer.size(), shorter.size()); ++i) {
    chosen.push_back(std::move(longer[i]));
    chosen.push_back(std::move(shorter[i]));
  }
  return chosen;
}

/// A passage as which the twins' foreign sentences come: far away in the order, of another form.
const QualificationPassage& Stranger(const Passages& passages, std::size_t at) {
  std::size_t other = (at + passages.size() / 2) % passages.size();
  while (passages[other].form == passages[at].form) other = (other + 1) % passages.size();
  return passages[other];
}

/// Builds the blocks, dealing passages in their order, over and over.
class Dealer {
 public:
  Dealer(const Passages& passages, std::vector<Rewrite> rewrites)
      : passages_(passages), rewrites_(std::move(rewrites)) {
    if (rewrites_.size() < kBlocks * kRewritesPerBlock) rewrites_.clear();
    triads_ = kExtras - (rewrites_.empty() ? 0 : kRewritesPerBlock);
  }

  std::vector<QualificationPair> Block(int block) {
    std::vector<QualificationPair> pairs;
    int better_a = 0;
    const auto add = [&](QualificationPair pair, const std::string& better,
                         const std::string& worse, bool a_wins) {
      pair.label = a_wins ? Label::kA : Label::kB;
      pair.a = a_wins ? better : worse;
      pair.b = a_wins ? worse : better;
      better_a += a_wins ? 1 : 0;
      pairs.push_back(std::move(pair));
    };
    const auto twin = [&](std::size_t at, int kind, int grade) {
      const QualificationPassage& passage = passages_[at];
      return DamagedTwin(static_cast<Damage>(kind), grade, passage.id, passage.text,
                         Stranger(passages_, at).text);
    };
    for (int k = 0; k < kDamages; ++k) {
      const int kind = (k + triads_ * block) % kDamages;  // the first of them make triads
      std::size_t first = 0;
      for (int grade = 1; grade <= kGrades; ++grade) {
        const bool again = k < triads_ && grade == kGrades;
        const std::size_t at = again ? first : Next(kind);
        if (grade == 1) first = at;
        add(Named(passages_[at], NameOf(static_cast<Damage>(kind)), grade), passages_[at].text,
            twin(at, kind, grade), (block + k + grade) % 2 == 0);
      }
      if (k < triads_) {
        QualificationPair pair =
            Named(passages_[first], NameOf(static_cast<Damage>(kind)), kGrades);
        pair.id += "-1";
        pair.of_twins = true;
        add(std::move(pair), twin(first, kind, 1), twin(first, kind, kGrades), k % 2 == block % 2);
      }
    }
    for (int i = 0; i < kRewritesPerBlock && next_rewrite_ < rewrites_.size(); ++i) {
      const Rewrite& rewrite = rewrites_[next_rewrite_++];
      QualificationPair pair = Named(*rewrite.passage, "rewrite", 0);
      pair.id += "/" + rewrite.made;
      add(std::move(pair), rewrite.passage->text, rewrite.text, (i / 2 + block) % 2 == 0);
    }
    Rng(1).Fork(fmt::format("qualification/block/{}", block)).Shuffle(pairs);
    return pairs;
  }

 private:
  static QualificationPair Named(const QualificationPassage& passage, std::string_view kind,
                                 int grade) {
    QualificationPair pair;
    pair.id = fmt::format("{}/{}", passage.id, kind);
    if (grade > 0) pair.id += fmt::format("/{}", grade);
    pair.kind = kind;
    pair.grade = grade;
    pair.form = passage.form;
    pair.brief = passage.brief;
    return pair;
  }

  /// The next passage that was not damaged in this way yet.
  std::size_t Next(int kind) {
    while (used_.contains({next_passage_ % passages_.size(), kind})) ++next_passage_;
    const std::size_t at = next_passage_++ % passages_.size();
    used_.insert({at, kind});
    return at;
  }

  const Passages& passages_;
  std::vector<Rewrite> rewrites_;
  int triads_ = 0;                              ///< in a block
  std::set<std::pair<std::size_t, int>> used_;  ///< passage and kind
  std::size_t next_passage_ = 0, next_rewrite_ = 0;
};

}  // namespace

Result<std::vector<QualificationPassage>> ParsePassages(std::string_view form,
                                                        std::string_view markdown) {
  Passages passages;
  std::vector<std::string_view> parts;
  for (std::size_t at = markdown.find("\n## "); at != std::string_view::npos;) {
    const std::size_t next = markdown.find("\n## ", at + 1);
    parts.push_back(markdown.substr(at + 4, next == std::string_view::npos ? next : next - at - 4));
    at = next;
  }
  for (std::string_view part : parts) {
    QualificationPassage passage;
    passage.id = text::TrimSpace(CutLine(part));
    passage.form = form;
    std::string_view brief = text::TrimSpace(CutLine(part));
    constexpr std::string_view kBrief = "Brief: ";
    passage.text = text::TrimSpace(part);
    if (passage.id.empty() || !brief.starts_with(kBrief) || passage.text.empty()) {
      return Fail(ErrorCode::kInvalidArgument,
                  fmt::format("the passage '{}' of {} needs a line \"Brief: …\" and a text",
                              passage.id, form));
    }
    passage.brief = brief.substr(kBrief.size());
    passages.push_back(std::move(passage));
  }
  return passages;
}

Result<std::vector<QualificationPassage>> BuiltInPassages() {
  std::vector<std::pair<double, QualificationPassage>> placed;
  for (const Asset& asset : Assets()) {
    if (!asset.name.starts_with(kFolder) || !asset.name.ends_with(".md")) continue;
    const std::string_view form =
        asset.name.substr(kFolder.size(), asset.name.size() - kFolder.size() - 3);
    REDRAFT_ASSIGN(Passages of_form, ParsePassages(form, asset.bytes));
    const auto count = static_cast<double>(of_form.size());
    for (std::size_t i = 0; i < of_form.size(); ++i)
      placed.emplace_back((static_cast<double>(i) + 0.5) / count, std::move(of_form[i]));
  }
  std::stable_sort(placed.begin(), placed.end(),
                   [](const auto& x, const auto& y) { return x.first < y.first; });
  Passages passages;
  for (auto& [place, passage] : placed) passages.push_back(std::move(passage));
  return passages;
}

Result<std::vector<QualificationPair>> DefaultPairs() {
  REDRAFT_ASSIGN(const Passages passages, BuiltInPassages());
  REDRAFT_ASSIGN(std::vector<Rewrite> rewrites, ReadRewrites(passages));
  Dealer dealer(passages, ChooseRewrites(std::move(rewrites)));
  std::vector<QualificationPair> pairs;
  for (int block = 0; block < kBlocks; ++block) {
    for (QualificationPair& pair : dealer.Block(block)) pairs.push_back(std::move(pair));
  }
  return pairs;
}

}  // namespace redraft::judge
