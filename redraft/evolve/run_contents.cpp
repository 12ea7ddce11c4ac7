#include "redraft/evolve/run_contents.h"

#include <utility>

namespace redraft::evolve {
namespace {

bool WritesText(core::Role role) {
  return role == core::Role::kDraft || role == core::Role::kVariant || role == core::Role::kRepair;
}

/// A repair is its first request with a note behind the last message: gives it the messages of the
/// longest first request that it begins with.
void UndoRepair(std::vector<core::Message>& repair,
                const std::vector<std::vector<core::Message>>& firsts) {
  const std::vector<core::Message>* best = nullptr;
  for (const auto& first : firsts) {
    const bool begins = first.size() == repair.size() && !first.empty() &&
                        repair.back().content.starts_with(first.back().content + "\n\n");
    if (begins && (best == nullptr || best->back().content.size() < first.back().content.size())) {
      best = &first;
    }
  }
  if (best != nullptr) repair = *best;
}

}  // namespace

std::string RunContents::Mark() const {
  return Option("accept_judge", false) ? "judge not qualified: it was used without a check" : "";
}

std::string RunContents::Task() const {
  const auto brief = run.manifest.find("brief");
  return brief == run.manifest.end() || !brief->is_object() ? ""
                                                            : brief->value("task", std::string());
}

Result<RunContents> ReadRun(store::Ledger& ledger, std::string_view run) {
  RunContents contents;
  REDRAFT_ASSIGN(contents.run, ledger.FindRun(run));
  const std::string& id = contents.run.id;
  REDRAFT_ASSIGN(contents.drafts, ledger.Drafts(id));
  REDRAFT_ASSIGN(contents.verdicts, ledger.Verdicts(id));
  REDRAFT_ASSIGN(contents.ratings, ledger.Ratings(id));
  REDRAFT_ASSIGN(const std::vector<store::Event> events, ledger.Events(id));
  for (const store::Event& event : events) contents.events.push_back(event.json);
  REDRAFT_ASSIGN(contents.counts, ledger.Count(id));

  std::vector<std::vector<core::Message>> firsts;
  std::vector<std::string> repairs;
  const auto each = [&](const store::RequestRecord& record) -> Status {
    if (WritesText(record.request.role)) {
      contents.prompts[record.key] = record.request.messages;
      if (record.request.role == core::Role::kRepair) {
        repairs.push_back(record.key);
      } else {
        firsts.push_back(record.request.messages);
      }
    }
    return Ok{};
  };
  REDRAFT_RETURN_IF_ERROR(ledger.Requests(id, {}, each));
  for (const std::string& key : repairs) UndoRepair(contents.prompts[key], firsts);
  return contents;
}

}  // namespace redraft::evolve
