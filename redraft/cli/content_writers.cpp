#include "redraft/cli/content_writers.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <utility>

#include "redraft/base/hash.h"
#include "redraft/base/random.h"
#include "redraft/cli/ledger_run.h"
#include "redraft/llm/prompt.h"
#include "redraft/text/gates.h"

namespace redraft::cli {
namespace {

constexpr const char* kPrompt = "write/content";
constexpr judge::Condition kWordings[] = {judge::Condition::kShort, judge::Condition::kDetailed};

/// What is asked, and what the answer will be called.
struct Asked {
  std::vector<core::Request> requests;
  std::vector<SourceText> slots;  ///< without their texts
};

Result<Asked> RequestsFor(const std::vector<ContentWriter>& writers,
                          const std::vector<ContentBrief>& briefs, const WritingOptions& options) {
  Asked asked;
  for (const ContentWriter& writer : writers) {
    for (std::size_t b = 0; b < briefs.size(); ++b) {
      for (const judge::Condition wording : kWordings) {
        const bool detailed = wording == judge::Condition::kDetailed;
        core::Request request;
        request.role = core::Role::kDraft;
        request.model = RequestModel(writer.model);
        REDRAFT_ASSIGN(request.messages,
                       llm::RenderPrompt(kPrompt, {{"brief", detailed ? briefs[b].detailed_text
                                                                      : briefs[b].short_text}}));
        request.sampling.temperature = options.temperature;
        request.max_tokens = options.reply_tokens;
        for (int sample = 0; sample < options.samples; ++sample) {
          request.seed =
              Rng(options.seed)
                  .Fork(fmt::format("content/{}/{}/{}", briefs[b].id, ToString(wording), sample))
                  .seed();
          request.replicate = sample;
          asked.requests.push_back(request);
          asked.slots.push_back({writer.name, b, wording, ""});
        }
      }
    }
  }
  return asked;
}

/// Everything that decides what is asked.
Result<Json> Manifest(const std::vector<ContentWriter>& writers,
                      const std::vector<ContentBrief>& briefs, const WritingOptions& options) {
  Json brief_list = Json::array(), writer_list = Json::array();
  for (const ContentBrief& brief : briefs)
    brief_list.push_back({brief.id, brief.short_text, brief.detailed_text});
  for (const ContentWriter& writer : writers) writer_list.push_back(RequestModel(writer.model));
  REDRAFT_ASSIGN(const std::string prompt, llm::PromptSha256(kPrompt));
  return Json{{"schema", "redraft.content/1"},
              {"brief", {{"sha256", Sha256Hex(DumpJson(brief_list))}}},
              {"writers", writer_list},
              {"samples", options.samples},
              {"temperature", options.temperature},
              {"reply_tokens", options.reply_tokens},
              {"seed", options.seed},
              {"prompts", {{kPrompt, prompt}}}};
}

Result<std::vector<core::Reply>> Ask(core::ReplyLog& log, std::vector<core::Request> requests,
                                     const std::vector<ContentWriter>& writers,
                                     const WritingOptions& options) {
  ModelChoice widest = writers.front().model;
  for (const ContentWriter& writer : writers)
    widest.concurrency = std::max(widest.concurrency, writer.model.concurrency);
  REDRAFT_ASSIGN(const llm::ClientOptions client_options,
                 ClientOptionsFor(options.flags, widest, options.seed));
  llm::Client client(log, client_options);
  for (const ContentWriter& writer : writers) {
    REDRAFT_ASSIGN(auto endpoint, OpenEndpoint(writer.model, options.flags));
    client.AddEndpoint(std::move(endpoint));
  }
  return client.Ask(std::move(requests));
}

struct Answers {
  std::vector<core::Reply> replies;
  core::Spent spent;
};

Result<Answers> AskIn(core::ReplyLog& log, std::vector<core::Request> requests,
                      const std::vector<ContentWriter>& writers, const WritingOptions& options) {
  Answers answers;
  REDRAFT_ASSIGN(answers.replies, Ask(log, std::move(requests), writers, options));
  REDRAFT_ASSIGN(answers.spent, log.Total());
  return answers;
}

Result<Answers> AskInLedger(const Json& manifest, const std::vector<core::Request>& requests,
                            const std::vector<ContentWriter>& writers,
                            const WritingOptions& options) {
  Answers answers;
  const auto ask = [&](core::ReplyLog& log) -> Status {
    REDRAFT_ASSIGN(answers, AskIn(log, requests, writers, options));
    return Ok{};
  };
  REDRAFT_ASSIGN([[maybe_unused]] const std::string run,
                 WorkInLedger(options.db, manifest, options.name, ask));
  return answers;
}

}  // namespace

Result<ContentWriter> ParseWriter(const std::string& argument, const ModelFlags& flags,
                                  const Config& config) {
  const std::size_t equals = argument.find('=');
  if (equals == std::string::npos || equals == 0 || equals + 1 == argument.size()) {
    return Fail(ErrorCode::kInvalidArgument,
                fmt::format("--writer '{}' must be NAME=MODEL or NAME=MODEL@ENDPOINT", argument));
  }
  ModelFlags own = flags;
  own.llm = argument.substr(equals + 1);
  // A model's name may hold an @ itself; what follows the right one is an endpoint.
  for (auto at = own.llm.find('@', 1); at != std::string::npos; at = own.llm.find('@', at + 1)) {
    const std::string endpoint = own.llm.substr(at + 1);
    if (endpoint.starts_with("http://") || endpoint.starts_with("https://") ||
        config.endpoints.contains(endpoint)) {
      own.endpoint = endpoint;
      own.llm.resize(at);
      break;
    }
  }
  ContentWriter writer;
  writer.name = argument.substr(0, equals);
  REDRAFT_ASSIGN(writer.model, ChooseModel(own, config));
  return writer;
}

Result<Written> AskWriters(const std::vector<ContentWriter>& writers,
                           const std::vector<ContentBrief>& briefs, const WritingOptions& options) {
  Written written;
  if (writers.empty()) return written;
  std::set<std::string> models;
  for (const ContentWriter& writer : writers) {
    if (!models.insert(RequestModel(writer.model)).second) {
      return Fail(ErrorCode::kInvalidArgument,
                  fmt::format("two writers have the model '{}'; ask them in two commands",
                              RequestModel(writer.model)));
    }
  }
  REDRAFT_ASSIGN(Asked asked, RequestsFor(writers, briefs, options));
  core::MemoryReplyLog memory;
  REDRAFT_ASSIGN(const Json manifest, Manifest(writers, briefs, options));
  REDRAFT_ASSIGN(const Answers answers,
                 options.db.empty() ? AskIn(memory, std::move(asked.requests), writers, options)
                                    : AskInLedger(manifest, asked.requests, writers, options));
  written.spent = answers.spent;
  for (std::size_t i = 0; i < answers.replies.size(); ++i) {
    SourceText text = std::move(asked.slots[i]);
    text.text = text::CleanDraft(answers.replies[i].text);
    if (text.text.find_first_not_of(" \t\r\n") == std::string::npos) {
      ++written.empty;
    } else {
      written.texts.push_back(std::move(text));
    }
  }
  return written;
}

}  // namespace redraft::cli
