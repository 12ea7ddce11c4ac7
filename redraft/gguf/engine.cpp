#include "redraft/gguf/engine.h"

#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <cmath>
#include <condition_variable>
#include <deque>
#include <thread>

#include "redraft/base/clock.h"
#include "redraft/base/parallel.h"
#include "redraft/gguf/batch.h"
#include "redraft/gguf/llama_log.h"
#include "redraft/gguf/streams.h"

namespace redraft::gguf {

class Engine::Worker {
 public:
  Worker(std::shared_ptr<const Model> model, const ContextShape& shape, KvSettings kv,
         ContextPtr context)
      : model_(std::move(model)),
        shape_(shape),
        kv_(kv),
        context_(std::move(context)),
        batch_(shape.batch),
        streams_(context_.get(), WholeGroups(shape.sequences), model_->can_share_prefix()) {
    llama_set_abort_callback(
        context_.get(), [](void* flag) { return static_cast<std::atomic<bool>*>(flag)->load(); },
        &abort_);
    thread_ = std::thread([this] { Run(); });
  }

  ~Worker() {
    {
      const std::lock_guard lock(mutex_);
      stop_ = true;
      abort_ = true;
    }
    wake_.notify_one();
    thread_.join();
  }

  void Submit(core::Request request, Done done) {
    auto task = std::make_unique<Task>();
    task->request = std::move(request);
    task->done = std::move(done);
    task->submitted = SystemClock().Now();
    {
      const std::lock_guard lock(mutex_);
      inbox_.push_back(std::move(task));
    }
    wake_.notify_one();
  }

  void Cancel() {
    {
      const std::lock_guard lock(mutex_);
      std::move(inbox_.begin(), inbox_.end(), std::back_inserter(cancelled_));
      inbox_.clear();
      cancel_ = true;
      abort_ = true;
    }
    wake_.notify_one();
  }

  EngineStats stats() const {
    const std::lock_guard lock(mutex_);
    return stats_;
  }
  const Model& model() const { return *model_; }
  const ContextShape& shape() const { return shape_; }
  const KvSettings& kv() const { return kv_; }

 private:
  void Run() {
    while (true) {
      std::vector<TaskPtr> fresh, cancelled;
      bool stop = false, cancel = false;
      {
        std::unique_lock lock(mutex_);
        wake_.wait(lock, [&] {
          return stop_ || cancel_ || !inbox_.empty() || !waiting_.empty() || streams_.active() > 0;
        });
        stop = stop_;
        cancel = cancel_;
        cancel_ = false;
        if (!stop) abort_ = false;
        fresh.swap(inbox_);
        cancelled.swap(cancelled_);
      }
      if (stop || cancel) {
        FailEverything(Cancelled());
        for (TaskPtr& task : cancelled) Answer(*task, Fail(Cancelled()));
      }
      if (stop) {
        for (TaskPtr& task : fresh) Answer(*task, Fail(Cancelled()));
        return;
      }
      for (TaskPtr& task : fresh) Accept(std::move(task));
      Admit();
      Compute();
    }
  }

  static Error Cancelled() { return {ErrorCode::kCancelled, "the request was cancelled"}; }

  // Adds to the statistics under their lock.
  template <class Change>
  void Count(Change change) {
    const std::lock_guard lock(mutex_);
    change(stats_);
  }

  void Answer(Task& task, Result<core::Reply> reply) {
    if (reply) {
      const auto latency = SystemClock().Now() - task.submitted;
      reply->latency_s = std::chrono::duration<double>(latency).count();
      reply->model = model_->id();
      reply->usage.tokens_in = static_cast<std::int64_t>(task.prompt.size());
    }
    Count([](EngineStats& stats) { ++stats.requests; });
    task.done(std::move(reply));
  }

  void FailEverything(const Error& error) {
    std::vector<TaskPtr> failed = streams_.TakeTasks();
    std::move(waiting_.begin(), waiting_.end(), std::back_inserter(failed));
    waiting_.clear();
    for (TaskPtr& task : failed) Answer(*task, Fail(error));
  }

  void Accept(TaskPtr task) {
    if (Status ready = Prepare(*model_, shape_.context, task.get()); !ready) {
      Answer(*task, Fail(std::move(ready).error()));
      return;
    }
    const auto tokens = static_cast<std::int64_t>(task->prompt.size());
    Count([&](EngineStats& stats) { stats.prompt_tokens += tokens; });
    waiting_.push_back(std::move(task));
  }

  // Gives streams to waiting tasks, in order; those that can share more by waiting wait.
  void Admit() {
    // By index: a computation that fails empties the queue.
    for (std::size_t i = 0; i < waiting_.size() && streams_.active() < shape_.sequences;) {
      TaskPtr task = std::move(waiting_[i]);
      if (!task->IsScoring() && !streams_.Place(&task)) {
        waiting_[i++] = std::move(task);
        continue;
      }
      waiting_.erase(waiting_.begin() + static_cast<std::ptrdiff_t>(i));
      if (task) Score(*task);
    }
  }

  bool Decode() {
    const LlamaErrors errors;
    const int status = llama_decode(context_.get(), batch_.raw());
    if (status == 0) return true;
    streams_.Clear();  // part of the batch may be in the streams: start afresh
    if (!abort_) {     // Cancel and the destructor answer for themselves
      FailEverything({ErrorCode::kFailed, fmt::format("llama.cpp could not compute (status {}): {}",
                                                      status, errors.text())});
    }
    return false;
  }

  struct Output {
    Stream* stream;
    int index;  // of its row of logits
  };

  void Compute() {
    batch_.Clear();
    const std::vector<Output> outputs =
        streams_.AnyInPrompt() ? ComputePrompts() : ComputeReplies();
    for (const Output& output : outputs) {
      const std::span<float> logits = Logits(output.index);
      Task& running = *output.stream->task;
      if (running.generation && running.generation->Step(logits)) continue;
      const TaskPtr task = std::move(output.stream->task);
      Answer(*task, task->generation ? Written(*task) : Chosen(*task, logits));
    }
  }

  // The next tokens of all prompts, as many as fit; returns where prompts are complete. Groups are
  // filled up with tokens behind a stream's own, which nothing before them sees and which are cut
  // off again.
  std::vector<Output> ComputePrompts() {
    std::vector<Output> outputs;
    std::vector<int> computed(static_cast<std::size_t>(streams_.size()), 0);
    for (int s = 0; s < streams_.size(); ++s) {
      Stream& stream = streams_[s];
      if (!stream.InPrompt() || batch_.room() < kRowGroup) continue;
      const std::vector<Token>& prompt = stream.task->prompt;
      const int begin = static_cast<int>(stream.cached.size());
      const int left = static_cast<int>(prompt.size()) - begin;
      const int count = std::min(left, batch_.room() / kRowGroup * kRowGroup);
      const int filled = FillsGroups() ? WholeGroups(count) : count;
      for (int i = 0; i < filled; ++i) {
        const Token token = prompt[static_cast<std::size_t>(begin + std::min(i, count - 1))];
        // A group of outputs, too: the last layers compute nothing else.
        const bool output = count == left && i >= std::min(filled - kRowGroup, count - 1);
        const int index = batch_.Add(token, begin + i, s, output);
        if (count == left && i == count - 1) outputs.push_back({&stream, index});
      }
      computed[static_cast<std::size_t>(s)] = count;
    }
    if (batch_.size() == 0 || !Decode()) return {};
    std::int64_t total = 0;
    for (int s = 0; s < streams_.size(); ++s) {
      const int count = computed[static_cast<std::size_t>(s)];
      if (count == 0) continue;
      Stream& stream = streams_[s];
      const auto from =
          stream.task->prompt.begin() + static_cast<std::ptrdiff_t>(stream.cached.size());
      stream.cached.insert(stream.cached.end(), from, from + count);
      if (FillsGroups()) streams_.Trim(s, stream.cached.size());
      total += count;
    }
    Count([&](EngineStats& stats) { stats.computed_tokens += total; });
    return outputs;
  }

  // One token for every reply. Groups are filled up with free streams.
  std::vector<Output> ComputeReplies() {
    const Streams::Window window = streams_.CloseGaps();
    std::vector<Output> outputs;
    for (int s = window.begin; s < window.end; ++s) {
      Stream& stream = streams_[s];
      if (!stream.task && !FillsGroups()) continue;
      const int position = static_cast<int>(stream.cached.size());
      const Token token = stream.task ? stream.task->generation->token() : 0;
      const int index = batch_.Add(token, position, s, /*output=*/true);
      if (stream.task) outputs.push_back({&stream, index});
    }
    if (batch_.size() == 0 || !Decode()) return {};
    for (int s = window.begin; s < window.end; ++s) {
      Stream& stream = streams_[s];
      if (stream.task) {
        stream.cached.push_back(stream.task->generation->token());
      } else if (FillsGroups()) {
        streams_.Trim(s, stream.cached.size());
      }
    }
    Count([](EngineStats& stats) { ++stats.steps; });
    return outputs;
  }

  // What fills a group has to be cut off again, which recurrent states do not allow.
  bool FillsGroups() const { return model_->can_share_prefix(); }

  std::span<float> Logits(int index) const {
    return {llama_get_logits_ith(context_.get(), index),
            static_cast<std::size_t>(model_->vocab_size())};
  }

  core::Reply Written(const Task& task) {
    core::Reply reply;
    reply.text = task.generation->text();
    reply.finish = task.generation->finish();
    reply.usage.tokens_out = task.generation->tokens();
    Count([&](EngineStats& stats) { stats.reply_tokens += reply.usage.tokens_out; });
    return reply;
  }

  static core::Reply Chosen(const Task& task, std::span<const float> logits) {
    core::Reply reply;
    reply.probs = task.labels->Probabilities(logits);
    const auto best = std::max_element(reply.probs.begin(), reply.probs.end());
    reply.text = task.request.labels[static_cast<std::size_t>(best - reply.probs.begin())];
    reply.finish = "stop";
    reply.usage.tokens_out = 1;
    return reply;
  }

  // What was last computed of a text: usually both are asked for, one after the other.
  struct Scored {
    std::vector<Token> tokens;
    std::vector<double> logprobs;
    std::vector<float> state;  // mean of the last hidden states
  };

  void Score(Task& task) {
    if (task.prompt != scored_.tokens) {
      std::optional<Scored> scored = ComputeScores(task.prompt);
      if (!scored) {
        Error error = Cancelled();
        if (!abort_) error = {ErrorCode::kFailed, "llama.cpp could not compute the text"};
        Answer(task, Fail(std::move(error)));
        return;
      }
      scored_ = *std::move(scored);
    }
    core::Reply reply;
    if (task.request.kind == core::RequestKind::kEmbedding) {
      reply.embedding = scored_.state;
    } else {
      reply.logprobs = scored_.logprobs;
    }
    reply.finish = "stop";
    Answer(task, std::move(reply));
  }

  // The output of every token of a text, at once; nothing when llama.cpp could not.
  std::optional<Scored> ComputeScores(const std::vector<Token>& tokens) {
    const int index = streams_.TakeForScoring();
    Scored scored{.tokens = tokens, .logprobs = {0.0}, .state = {}};
    std::vector<double> sum(static_cast<std::size_t>(model_->embedding_size()), 0.0);
    llama_set_embeddings(context_.get(), true);
    bool computed = true;
    for (std::size_t begin = 0; computed && begin < tokens.size();) {
      const auto end = std::min(tokens.size(), begin + static_cast<std::size_t>(shape_.outputs));
      batch_.Clear();
      for (std::size_t i = begin; i < end; ++i) {
        batch_.Add(tokens[i], static_cast<int>(i), index, /*output=*/true);
      }
      while (FillsGroups() && batch_.size() % kRowGroup != 0) {
        batch_.Add(tokens[end - 1], static_cast<int>(begin) + batch_.size(), index,
                   /*output=*/true);
      }
      computed = Decode();
      for (std::size_t i = begin; computed && i < end; ++i) {
        const int row = static_cast<int>(i - begin);
        const float* state = llama_get_embeddings_ith(context_.get(), row);
        for (double& dimension : sum) dimension += static_cast<double>(*state++);
        if (i + 1 < tokens.size()) {
          scored.logprobs.push_back(LogProbability(Logits(row), tokens[i + 1]));
        }
      }
      begin = end;
    }
    llama_set_embeddings(context_.get(), false);
    if (!computed) return std::nullopt;
    streams_.Trim(index, 0);
    for (const double value : sum) {
      scored.state.push_back(static_cast<float>(value / static_cast<double>(tokens.size())));
    }
    Count([&](EngineStats& stats) {
      stats.computed_tokens += static_cast<std::int64_t>(tokens.size());
    });
    return scored;
  }

  static double LogProbability(std::span<const float> logits, Token token) {
    const float max = MaxLogit(logits);
    return static_cast<double>(logits[static_cast<std::size_t>(token)] - max) -
           std::log(SumExp(logits, max));
  }

  const std::shared_ptr<const Model> model_;
  const ContextShape shape_;
  const KvSettings kv_;
  const ContextPtr context_;

  // The engine thread's own.
  Batch batch_;
  Streams streams_;
  std::deque<TaskPtr> waiting_;
  Scored scored_;

  std::atomic<bool> abort_{false};  ///< read inside llama_decode
  mutable std::mutex mutex_;        ///< guards what follows
  std::condition_variable wake_;
  std::vector<TaskPtr> inbox_, cancelled_;
  EngineStats stats_;
  bool stop_ = false, cancel_ = false;
  std::thread thread_;
};

Engine::Engine(std::unique_ptr<Worker> worker) : worker_(std::move(worker)) {}
Engine::~Engine() = default;

Result<std::unique_ptr<Engine>> Engine::Start(std::shared_ptr<const Model> model,
                                              const EngineOptions& options) {
  constexpr int kMaxSequences = 64;
  if (options.sequences < 1 || options.sequences > kMaxSequences) {
    return Fail(ErrorCode::kInvalidArgument, fmt::format("{} sequences at once: choose 1 to {}",
                                                         options.sequences, kMaxSequences));
  }
  if (options.context < 1) {
    return Fail(ErrorCode::kInvalidArgument,
                fmt::format("a context of {} tokens: choose at least 1", options.context));
  }
  ContextShape shape;
  shape.sequences = options.sequences;
  shape.context = std::min(options.context, model->context_length());
  shape.threads = options.threads > 0 ? options.threads : static_cast<int>(AvailableCores());
  KvSettings kv;
  if (options.kv) {
    kv = *options.kv;
  } else {
    REDRAFT_ASSIGN(kv, FastestKvSettings(*model, shape, options.cache_folder));
  }
  REDRAFT_ASSIGN(ContextPtr context, MakeContext(*model, shape, kv));
  return std::unique_ptr<Engine>(
      new Engine(std::make_unique<Worker>(std::move(model), shape, kv, std::move(context))));
}

void Engine::Submit(core::Request request, Done done) {
  worker_->Submit(std::move(request), std::move(done));
}
void Engine::Cancel() { worker_->Cancel(); }
EngineStats Engine::stats() const { return worker_->stats(); }
const Model& Engine::model() const { return worker_->model(); }
int Engine::context() const { return worker_->shape().context; }
const KvSettings& Engine::kv() const { return worker_->kv(); }

}  // namespace redraft::gguf
