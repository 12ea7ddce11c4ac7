#include "redraft/cli/edit_scorer.h"

#include <fmt/format.h>

#include <algorithm>
#include <future>
#include <map>
#include <mutex>

#include "redraft/cli/judge_opening.h"
#include "redraft/edit/sections.h"
#include "redraft/reward/lm_model.h"
#include "redraft/reward/model.h"
#include "redraft/text/words.h"

namespace redraft::cli {
namespace {

/// A part of a text that is read at once: no text has more tokens than bytes, so it fits a context.
constexpr std::size_t kPartBytes = 4000;
constexpr int kPartWords = 450;

std::vector<std::string_view> Parts(std::string_view text) {
  std::vector<std::string_view> parts;
  for (const edit::Section& section : edit::Sections(text, kPartWords)) {
    std::string_view rest = text.substr(section.start, section.end - section.start);
    while (!rest.empty()) {
      std::size_t size = std::min(rest.size(), kPartBytes);
      while (size < rest.size() && (static_cast<unsigned char>(rest[size]) & 0xC0) == 0x80) --size;
      if (text::CountWords(rest.substr(0, size)) > 0) parts.push_back(rest.substr(0, size));
      rest.remove_prefix(size);
    }
  }
  return parts;
}

class LmScorer final : public core::Scorer {
 public:
  LmScorer(reward::LmReward model, std::shared_ptr<llm::Endpoint> reader)
      : model_(std::move(model)), reader_(std::move(reader)) {}

  std::string id() const override { return model_.id(); }

  double Score(std::string_view text) const override {
    const std::scoped_lock lock(mutex_);
    return Value(model_.Score(text, Read(text)));
  }

  double Compare(std::string_view a, std::string_view b) const override {
    if (!model_.NeedsReadings(a, b)) return model_.CompareUnread(a, b);
    const std::scoped_lock lock(mutex_);
    const reward::LmReading first = Read(a), second = Read(b);
    return Value(model_.Compare(a, first, b, second));
  }

  Status status() const {
    const std::scoped_lock lock(mutex_);
    return status_;
  }

 private:
  double Value(const Result<double>& value) const {
    if (!value && status_) status_ = Fail(value.error());
    return value.value_or(0);
  }

  core::Reply Ask(const core::Request& request) const {
    std::promise<Result<core::Reply>> answer;
    reader_->Send(request,
                  [&answer](Result<core::Reply> reply) { answer.set_value(std::move(reply)); });
    Result<core::Reply> reply = answer.get_future().get();
    if (!reply && status_) status_ = Fail(reply.error());
    return reply.value_or(core::Reply());
  }

  /// Parts together: log-probabilities in a row, states weighed by tokens.
  reward::LmReading Read(std::string_view text) const {
    const auto known = readings_.find(text);
    if (known != readings_.end()) return known->second;
    reward::LmReading whole{{}, std::vector<float>(model_.data().state.size())};
    for (const std::string_view part : Parts(text)) {
      const std::string& reader = model_.data().reader_id;
      const core::Reply likelihood = Ask(reward::LikelihoodRequest(reader, part));
      const core::Reply state = Ask(reward::StateRequest(reader, part));
      if (!status_) break;
      const auto read = reward::ReadingFrom(likelihood, state);
      if (!read || read->state.size() != whole.state.size()) {
        status_ = read ? Fail(ErrorCode::kFailed, "a reading of another size") : Fail(read.error());
        break;
      }
      const auto before = static_cast<float>(whole.logprobs.size());
      whole.logprobs.insert(whole.logprobs.end(), read->logprobs.begin(), read->logprobs.end());
      const auto after = static_cast<float>(whole.logprobs.size());
      for (std::size_t i = 0; i < whole.state.size(); ++i) {
        whole.state[i] += (read->state[i] - whole.state[i]) * (after - before) / after;
      }
    }
    return readings_.emplace(text, std::move(whole)).first->second;
  }

  const reward::LmReward model_;
  const std::shared_ptr<llm::Endpoint> reader_;
  mutable std::mutex mutex_;
  mutable std::map<std::string, reward::LmReading, std::less<>> readings_;
  mutable Status status_ = Ok{};
};

}  // namespace

bool IsScorer(const std::string& spec) {
  return spec == "reward" || (spec.starts_with("reward:") && spec.find("://") == std::string::npos);
}

Result<OpenedScorer> OpenScorer(const std::string& spec) {
  if (!IsScorer(spec)) {
    return Fail(ErrorCode::kInvalidArgument,
                fmt::format("{} does not score one text at a time; use reward, reward:FILE, "
                            "reward:lm or reward:lm:FILE",
                            spec));
  }
  if (!IsLmReward(spec)) {
    REDRAFT_ASSIGN(auto model, reward::OpenRewardModel(spec));
    return OpenedScorer{std::make_shared<reward::RewardModel>(std::move(model)),
                        [] { return Status(Ok{}); }};
  }
  REDRAFT_ASSIGN(auto model, reward::OpenLmReward(spec));
  REDRAFT_ASSIGN(auto reader, OpenReader(model));
  const auto scorer = std::make_shared<LmScorer>(std::move(model), std::move(reader));
  return OpenedScorer{scorer, [scorer] { return scorer->status(); }};
}

}  // namespace redraft::cli
