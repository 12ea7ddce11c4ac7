#include "redraft/audit/score.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <mutex>
#include <set>
#include <thread>

#include "redraft/audit/generation_stream.h"
#include "redraft/base/file.h"
#include "redraft/base/parallel.h"
#include "redraft/text/chatter.h"
#include "redraft/text/codepoint.h"
#include "redraft/text/words.h"

namespace redraft::audit {
namespace {

constexpr std::size_t kLongestRefusal = 600;  // bytes: a refusal is short, and checking is slow

std::string BareName(const std::string& path) {
  return path == "-" ? "standard input" : std::filesystem::path(path).filename().string();
}

bool IsRefusal(std::string_view text) {
  if (text.size() > kLongestRefusal) return false;
  const auto sentences = text::Sentences(text);
  return !sentences.empty() && text::IsRefusal(sentences.front());
}

/// One worker's turn: a record, and which excerpt of the book it answers.
struct Task {
  GenerationRecord record;
  std::uint32_t excerpt = 0;
  std::uint32_t first = 0;  ///< number of the first generation among all of its excerpt
  std::string file;
  std::size_t order = 0;  ///< of the task among all
};

/// Hands out the records of all files, one after another. Takes turns by its own lock.
class Records {
 public:
  Records(const IndexedBook& book, const std::vector<std::string>& files)
      : book_(book), files_(files), given_(book.tokens.excerpts()) {}

  /// The next record; false when there is none, or nothing more is wanted.
  bool Next(Task& task) {
    const std::lock_guard lock(mutex_);
    if (error_) return false;
    const Result<bool> more = Take(task);
    if (!more) FailLocked(orders_, more.error());
    return more && *more;
  }

  /// The error of a task; of several the first counts.
  void Fail(std::size_t order, const Error& error) {
    const std::lock_guard lock(mutex_);
    FailLocked(order, error);
  }

  const std::optional<Error>& error() const { return error_; }
  std::vector<InputFile> inputs() const { return inputs_; }
  std::uint64_t lone_surrogates() const { return lone_surrogates_; }

 private:
  void FailLocked(std::size_t order, const Error& error) {
    if (error_ && order >= error_order_) return;
    error_ = error;
    error_order_ = order;
  }

  Result<bool> Take(Task& task) {
    for (;;) {
      if (!stream_) {
        if (file_ == files_.size()) return false;
        REDRAFT_ASSIGN(ByteSource source, OpenBytes(files_[file_]));
        stream_.emplace(BareName(files_[file_]), std::move(source));
        seen_.clear();
      }
      task.record.number = record_;
      REDRAFT_ASSIGN(const bool more, stream_->Next(task.record));
      record_ = task.record.number;
      if (more) break;
      inputs_.push_back({BareName(files_[file_]), stream_->Digest()});
      lone_surrogates_ += stream_->lone_surrogates();
      stream_.reset();
      record_ = 0;
      ++file_;
    }
    task.order = orders_++;
    task.file = BareName(files_[file_]);
    return Place(task);
  }

  Result<bool> Place(Task& task) {
    const GenerationRecord& record = task.record;
    const auto found = book_.number_of_id.find(record.id);
    if (found == book_.number_of_id.end()) {
      return redraft::Fail(
          ErrorCode::kInvalidArgument,
          fmt::format("{}, record {}: the book {} has no excerpt \"{}\"; are these generations of "
                      "another book?",
                      task.file, record.number, book_.shape.name, record.id));
    }
    task.excerpt = found->second;
    if (record.first == 0) {
      if (!seen_.insert(task.excerpt).second) {
        return redraft::Fail(ErrorCode::kInvalidArgument,
                             fmt::format("{}, record {}: excerpt \"{}\" is there twice; join its "
                                         "generations into one record",
                                         task.file, record.number, record.id));
      }
    }
    task.first = given_[task.excerpt];
    given_[task.excerpt] += static_cast<std::uint32_t>(record.ends.size());
    return true;
  }

  const IndexedBook& book_;
  const std::vector<std::string>& files_;
  std::mutex mutex_;
  std::size_t file_ = 0, record_ = 0, orders_ = 0;
  std::optional<GenerationStream> stream_;
  std::set<std::uint32_t> seen_;      ///< excerpts of this file
  std::vector<std::uint32_t> given_;  ///< generations of each excerpt so far
  std::vector<InputFile> inputs_;
  std::uint64_t lone_surrogates_ = 0;
  std::optional<Error> error_;
  std::size_t error_order_ = 0;
};

/// Everything one thread needs.
class Worker {
 public:
  Worker(const IndexedBook& book, const std::vector<IndexedBook>& decoys,
         const Parameters& parameters, const Mask& exempt)
      : book_(book),
        tokeniser_(parameters.profile),
        collector_(book.tokens, *book.grams, book.trim(), parameters, exempt) {
    for (const IndexedBook& decoy : decoys) {
      decoys_.push_back(
          std::make_unique<Collector>(decoy.tokens, *decoy.grams, decoy.trim(), parameters));
    }
  }

  Status Do(const Task& task) {
    const GenerationRecord& record = task.record;
    if (record.first == 0) REDRAFT_RETURN_IF_ERROR(CheckText(task));
    keys_.clear();
    tokeniser_.AppendKeys(record.instruction, keys_);
    collector_.Begin(task.excerpt, keys_);
    for (auto& decoy : decoys_) decoy->Begin(0, keys_);
    ExcerptTally& counts = collector_.tally().excerpts[task.excerpt];
    for (std::size_t i = 0; i < record.ends.size(); ++i) {
      const std::string_view text = record.text(i);
      keys_.clear();
      tokeniser_.AppendKeys(text, keys_);
      const std::uint32_t number = task.first + static_cast<std::uint32_t>(i);
      collector_.AddGeneration(keys_, number);
      for (auto& decoy : decoys_) decoy->AddGeneration(keys_, number);
      if (keys_.empty() && text::TrimSpace(text).empty()) {
        ++counts.empty;
      } else if (IsRefusal(text)) {
        ++counts.refused;
      }
    }
    collector_.End();
    for (auto& decoy : decoys_) decoy->End();
    return Ok{};
  }

  /// What is left to do when there are no more tasks, and can be done beside the other workers.
  void Settle() {
    collector_.tally().Settle();
    for (auto& decoy : decoys_) decoy->tally().Settle();
  }

  Tally& tally() { return collector_.tally(); }
  Tally& decoy(std::size_t i) { return decoys_[i]->tally(); }

 private:
  /// The record's own copy of the excerpt must have the book's words.
  Status CheckText(const Task& task) {
    if (task.record.excerpt_text.empty()) return Ok{};
    keys_.clear();
    tokeniser_.AppendKeys(task.record.excerpt_text, keys_);
    const Range own = book_.tokens.excerpt(task.excerpt);
    const auto begin = book_.tokens.keys.begin() + own.start;
    const auto end = book_.tokens.keys.begin() + own.end;
    const auto [theirs, ours] = std::mismatch(keys_.begin(), keys_.end(), begin, end);
    if (theirs == keys_.end() && ours == end) return Ok{};
    return Fail(
        ErrorCode::kInvalidArgument,
        fmt::format("{}, record {}: the text of excerpt \"{}\" is not the book's (word {} "
                    "differs); are these generations of another book or edition?",
                    task.file, task.record.number, task.record.id, theirs - keys_.begin() + 1));
  }

  const IndexedBook& book_;
  Tokeniser tokeniser_;
  Collector collector_;
  std::vector<std::unique_ptr<Collector>> decoys_;
  std::vector<std::uint64_t> keys_;
};

}  // namespace

Result<std::vector<Exemption>> ReadExemptions(const std::string& path) {
  REDRAFT_ASSIGN(const std::string bytes, ReadTextFile(path));
  Result<Json> json = ParseJson(bytes);
  if (!json) return Fail(std::move(json).error().Within(path));
  const auto list = json->is_object() ? json->find("exemptions") : json->end();
  if (!json->is_object() || list == json->end() || !list->is_array()) {
    return Fail(ErrorCode::kInvalidArgument, path + ": needs a list \"exemptions\"");
  }
  std::vector<Exemption> exemptions;
  for (const Json& item : *list) {
    Exemption exemption;
    for (const auto& [key, target] :
         {std::pair("text", &exemption.text), std::pair("reason", &exemption.reason)}) {
      if (!item.is_object() || !item.contains(key) || !item[key].is_string() ||
          item[key].get<std::string>().empty()) {
        return Fail(
            ErrorCode::kInvalidArgument,
            fmt::format("{}: exemption {} needs \"{}\", a text", path, exemptions.size() + 1, key));
      }
      *target = item[key].get<std::string>();
    }
    exemptions.push_back(std::move(exemption));
  }
  return exemptions;
}

Mask ExemptTokens(const IndexedBook& book, const Parameters& parameters,
                  const std::vector<Exemption>& exemptions, std::vector<std::uint32_t>& found) {
  Mask all(book.tokens.size());
  Matcher matcher(book.tokens, *book.grams);
  Tokeniser tokeniser(parameters.profile);
  std::vector<std::uint64_t> keys;
  std::vector<Run> runs;
  found.clear();
  for (const Exemption& exemption : exemptions) {
    Mask one(book.tokens.size());
    Mask repeated(book.grams->size());
    keys.clear();
    tokeniser.AppendKeys(exemption.text, keys);
    matcher.Find(keys, runs, repeated);
    for (const Run& run : runs) one.Add(run.range());
    ForEachRepeated(*book.grams, repeated,
                    [&](std::uint32_t i) { one.Add({i, i + book.grams->k()}); });
    found.push_back(one.Count());
    all.Add(one);
  }
  return all;
}

Result<Scored> ScoreGenerations(const IndexedBook& book, const std::vector<IndexedBook>& decoys,
                                const Parameters& parameters, const std::vector<std::string>& files,
                                const ScoreOptions& options) {
  const unsigned threads = options.threads > 0 ? options.threads : AvailableCores();
  Records records(book, files);
  std::vector<std::unique_ptr<Worker>> workers(threads);
  ParallelFor(
      threads,
      [&](std::size_t i) {
        workers[i] = std::make_unique<Worker>(book, decoys, parameters, options.exempt);
        Task task;
        while (records.Next(task)) {
          if (const Status done = workers[i]->Do(task); !done) {
            records.Fail(task.order, done.error());
          }
        }
        workers[i]->Settle();
      },
      threads);
  if (records.error()) return Fail(*records.error());
  Scored scored;
  scored.tally = std::move(workers[0]->tally());
  for (std::size_t i = 1; i < threads; ++i) scored.tally.Add(workers[i]->tally());
  for (std::size_t d = 0; d < decoys.size(); ++d) {
    scored.decoys.push_back(std::move(workers[0]->decoy(d)));
    for (std::size_t i = 1; i < threads; ++i) scored.decoys.back().Add(workers[i]->decoy(d));
  }
  scored.inputs = records.inputs();
  scored.tally.lone_surrogates = records.lone_surrogates();
  return scored;
}

}  // namespace redraft::audit
