#include <string>
#include <unordered_map>

#include "redraft/base/assets.h"
#include "redraft/base/check.h"
#include "redraft/base/toml.h"
#include "redraft/edit/rules.h"
#include "redraft/text/words.h"

namespace redraft::edit {
namespace {

enum class Tense : unsigned char { kNone, kPresent, kPast };

constexpr std::size_t kMinVerbs = 8;
constexpr double kDominant = 0.85;

/// How a verb form tells the tense behind "I, you, we, they" and behind "he, she, it".
struct Reading {
  Tense plural = Tense::kNone;
  Tense singular = Tense::kNone;
};

class VerbForms {
 public:
  static const VerbForms& Builtin() {
    static const VerbForms forms;
    return forms;
  }

  Reading Of(std::string_view form) const {
    const auto found = forms_.find(std::string(form));
    return found == forms_.end() ? Reading{} : found->second;
  }

 private:
  VerbForms() {
    const auto bytes = FindAsset("data/edit/verbs.toml");
    REDRAFT_CHECK(bytes);
    const auto json = ParseToml(*bytes, "data/edit/verbs.toml");
    REDRAFT_CHECK(json);
    const std::string list = json->value("verbs", "");
    const auto words = text::Words(list);  // "|" is none
    for (std::size_t i = 0; i + 2 < words.size(); i += 3) {
      forms_[std::string(words[i])].plural = Tense::kPresent;
      forms_[std::string(words[i + 1])].singular = Tense::kPresent;
      forms_[std::string(words[i + 2])] = {Tense::kPast, Tense::kPast};
    }
    forms_["be"] = {};
    forms_["am"] = {Tense::kPresent, Tense::kNone};
    forms_["are"] = {Tense::kPresent, Tense::kNone};
    forms_["were"] = {Tense::kPast, Tense::kNone};
  }

  std::unordered_map<std::string, Reading> forms_;
};

bool IsSingular(std::string_view word) { return word == "he" || word == "she" || word == "it"; }
bool IsPlural(std::string_view word) { return word == "i" || word == "we" || word == "they"; }

/// The tense of the verb `at`, if a pronoun stands right before it.
Tense TenseAt(const Prose& prose, std::size_t at) {
  const auto& words = prose.words();
  if (at == 0 || words[at].spoken || words[at].gap != Gap::kSpace) return Tense::kNone;
  const std::string_view subject = words[at - 1].form;
  const bool singular = IsSingular(subject);
  if (!singular && !IsPlural(subject)) return Tense::kNone;
  // "made him see they are": only what opens a clause is a subject for certain; "did he go" is a
  // question whose verb tells nothing.
  const Reading reading = VerbForms::Builtin().Of(words[at].form);
  return singular ? reading.singular : reading.plural;
}

}  // namespace

void FindTenseSlips(const Prose& prose, Found& found) {
  const auto& words = prose.words();
  std::vector<std::pair<std::size_t, Tense>> verbs;
  std::size_t past = 0;
  for (std::size_t i = 1; i < words.size(); ++i) {
    const Tense tense = TenseAt(prose, i);
    if (tense == Tense::kNone) continue;
    verbs.emplace_back(i, tense);
    past += tense == Tense::kPast ? 1 : 0;
  }
  if (verbs.size() < kMinVerbs) return;
  const double share = static_cast<double>(past) / static_cast<double>(verbs.size());
  if (share < kDominant && share > 1 - kDominant) return;
  const Tense story = share >= kDominant ? Tense::kPast : Tense::kPresent;
  for (const auto& [at, tense] : verbs) {
    if (tense == story) continue;
    found.push_back(SpanOf(prose, at, at + 1, "tense_inconsistency",
                           story == Tense::kPast ? "Present tense in a story told in the past."
                                                 : "Past tense in a story told in the present.",
                           0.45));
  }
}

}  // namespace redraft::edit
