#include "redraft/cli/audit_probes.h"

#include "redraft/audit/excerpts.h"
#include "redraft/cli/progress.h"
#include "redraft/llm/prompt.h"

namespace redraft::cli {

std::string OneParagraph(std::string_view text) {
  std::string out;
  bool blank = false;
  for (const char c : text) {
    if (c == ' ' || (c >= '\t' && c <= '\r')) {
      blank = !out.empty();
      continue;
    }
    if (blank) out += ' ';
    blank = false;
    out += c;
  }
  return out;
}

Result<std::string> ExcerptInstruction(const audit::Book& book, const audit::Excerpt& excerpt) {
  REDRAFT_ASSIGN(
      const auto messages,
      llm::RenderPrompt(kExcerptPrompt, {{"words", audit::CountBlankParted(book.TextOf(excerpt))},
                                         {"author", book.author},
                                         {"summary", excerpt.summary}}));
  return messages.front().content;
}

Result<std::vector<audit::Probe>> SummaryProbes(const audit::Book& book) {
  std::vector<audit::Probe> probes;
  for (std::uint32_t e = 0; e < book.excerpts.size(); ++e) {
    const audit::Excerpt& excerpt = book.excerpts[e];
    audit::Probe probe{e, excerpt.id, excerpt.instruction,
                       audit::CountBlankParted(book.TextOf(excerpt))};
    if (probe.instruction.empty() && !excerpt.summary.empty()) {
      REDRAFT_ASSIGN(probe.instruction, ExcerptInstruction(book, excerpt));
    }
    if (!probe.instruction.empty()) probes.push_back(std::move(probe));
  }
  return probes;
}

Result<std::vector<audit::Probe>> PrefixProbes(const audit::Book& book, std::size_t prefix_words,
                                               std::size_t continuation_words) {
  std::vector<audit::Probe> probes;
  for (std::uint32_t e = 0; e < book.excerpts.size(); ++e) {
    const audit::Excerpt& excerpt = book.excerpts[e];
    const std::string_view text = book.TextOf(excerpt);
    const audit::PrefixCut cut = audit::CutPrefix(text, prefix_words, continuation_words);
    if (cut.continuation.empty()) continue;
    const std::size_t words = audit::CountBlankParted(text.substr(cut.prefix.size()));
    REDRAFT_ASSIGN(const auto messages,
                   llm::RenderPrompt(kContinuePrompt, {{"prefix", cut.prefix},
                                                       {"words", words},
                                                       {"title", book.title},
                                                       {"author", book.author}}));
    probes.push_back({e, excerpt.id, messages.front().content, words});
  }
  return probes;
}

Status RunWithProgress(llm::Client& client, std::span<core::Job* const> jobs, const char* stage) {
  Progress progress(Progress::Style::kAuto);
  progress.On(Json{{"event", "stage"}, {"stage", stage}, {"generation", 0}, {"jobs", jobs.size()}});
  return client.Run(jobs, [&progress](const llm::Progress& p) { progress.On(p); });
}

}  // namespace redraft::cli
