#include "redraft/gguf/engine.h"

#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <deque>
#include <thread>

#include "redraft/base/clock.h"
#include "redraft/base/parallel.h"
#include "redraft/gguf/batch.h"
#include "redraft/gguf/generation.h"
#include "redraft/gguf/labels.h"
#include "redraft/gguf/llama_log.h"

namespace redraft::gguf {
namespace {

// Copying a stream costs as much as computing a few dozen tokens; below that, compute.
constexpr std::size_t kWorthSharing = 32;
constexpr int kMaxSequences = 64;

using core::RequestKind;

// A request on its way: submitted, waiting for a stream, being computed.
struct Task {
  core::Request request;
  Engine::Done done;
  std::chrono::nanoseconds submitted{0};
  std::vector<Token> prompt;             ///< or the tokens of `text`
  std::optional<Generation> generation;  ///< kChat
  std::optional<LabelSet> labels;        ///< kLabels
};

// One sequence of the batch and the cache stream that belongs to it.
struct Stream {
  std::vector<Token> cached;   ///< tokens whose keys and values the stream holds
  std::unique_ptr<Task> task;  ///< null: free, but `cached` can be shared
  bool InPrompt() const { return task && cached.size() < task->prompt.size(); }
};

std::size_t CommonPrefix(std::span<const Token> a, std::span<const Token> b) {
  const std::size_t limit = std::min(a.size(), b.size());
  std::size_t n = 0;
  while (n < limit && a[n] == b[n]) ++n;
  return n;
}

}  // namespace

class Engine::Worker {
 public:
  Worker(std::shared_ptr<const Model> model, const ContextShape& shape, KvSettings kv,
         ContextPtr context)
      : model_(std::move(model)),
        shape_(shape),
        kv_(kv),
        context_(std::move(context)),
        batch_(shape.batch),
        streams_(static_cast<std::size_t>(shape.sequences)) {
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
  using TaskPtr = std::unique_ptr<Task>;

  void Run() {
    while (true) {
      std::vector<TaskPtr> fresh, cancelled;
      bool stop = false, cancel = false;
      {
        std::unique_lock lock(mutex_);
        wake_.wait(lock, [&] { return stop_ || cancel_ || !inbox_.empty() || HasWork(); });
        stop = stop_;
        cancel = cancel_;
        fresh.swap(inbox_);
        cancelled.swap(cancelled_);
        cancel_ = false;
        if (!stop) abort_ = false;
      }
      if (stop) std::move(fresh.begin(), fresh.end(), std::back_inserter(cancelled));
      if (stop || cancel) {
        for (TaskPtr& task : cancelled) Answer(*task, Fail(Cancelled()));
        FailEverything(Cancelled());
        if (stop) return;
      }
      for (TaskPtr& task : fresh) Prepare(std::move(task));
      AdmitWaiting();
      Step();
    }
  }

  bool HasWork() const { return !waiting_.empty() || CountActive() > 0; }

  int CountActive() const {
    return static_cast<int>(std::count_if(streams_.begin(), streams_.end(),
                                          [](const Stream& s) { return s.task != nullptr; }));
  }

  static Error Cancelled() { return {ErrorCode::kCancelled, "the request was cancelled"}; }

  void Answer(Task& task, Result<core::Reply> reply) {
    if (reply) {
      reply->latency_s =
          std::chrono::duration<double>(SystemClock().Now() - task.submitted).count();
      reply->model = model_->id();
      reply->usage.tokens_in = static_cast<std::int64_t>(task.prompt.size());
    }
    {
      const std::lock_guard lock(mutex_);
      ++stats_.requests;
    }
    task.done(std::move(reply));
  }

  void FailEverything(const Error& error) {
    std::vector<TaskPtr> failed;
    for (Stream& stream : streams_) {
      if (stream.task) failed.push_back(std::move(stream.task));
    }
    std::move(waiting_.begin(), waiting_.end(), std::back_inserter(failed));
    waiting_.clear();
    for (TaskPtr& task : failed) Answer(*task, Fail(error));
  }

  // Tokenises and checks, so that whatever is wrong with a request is said before any computing.
  void Prepare(TaskPtr task) {
    if (Status ready = TryPrepare(*task); !ready) {
      Answer(*task, Fail(std::move(ready).error()));
      return;
    }
    {
      const std::lock_guard lock(mutex_);
      stats_.prompt_tokens += static_cast<std::int64_t>(task->prompt.size());
    }
    waiting_.push_back(std::move(task));
  }

  Status TryPrepare(Task& task) {
    const core::Request& request = task.request;
    int reply_tokens = 0;
    if (request.kind == RequestKind::kChat || request.kind == RequestKind::kLabels) {
      REDRAFT_ASSIGN(task.prompt, model_->TokenizeChat(request.messages));
    } else {
      task.prompt = model_->Tokenize(request.text);
    }
    if (request.kind == RequestKind::kChat) {
      REDRAFT_ASSIGN(Generation generation, Generation::Start(*model_, request));
      task.generation.emplace(std::move(generation));
      reply_tokens = request.max_tokens;
    } else if (request.kind == RequestKind::kLabels) {
      REDRAFT_ASSIGN(task.labels, LabelSet::Make(*model_, request.labels));
      reply_tokens = 1;
    }
    if (task.prompt.empty()) return Fail(ErrorCode::kInvalidArgument, "the text is empty");
    const std::size_t prompt = task.prompt.size();
    if (prompt + static_cast<std::size_t>(reply_tokens) >
        static_cast<std::size_t>(shape_.context)) {
      return Fail(
          ErrorCode::kInvalidArgument,
          fmt::format("prompt of {} tokens and reply of {} tokens do not fit into a context "
                      "of {} tokens; shorten the text, lower the reply's limit, or raise the "
                      "context",
                      prompt, reply_tokens, shape_.context));
    }
    return Ok{};
  }

  // Gives streams to waiting tasks, in order; those that can share more by waiting wait.
  void AdmitWaiting() {
    // By index: a failed Score empties the queue.
    for (std::size_t i = 0; i < waiting_.size() && CountActive() < shape_.sequences;) {
      const RequestKind kind = waiting_[i]->request.kind;
      const bool scored = kind == RequestKind::kLogLikelihood || kind == RequestKind::kEmbedding;
      TaskPtr task = std::move(waiting_[i]);
      if (!scored && !Admit(task)) {
        waiting_[i++] = std::move(task);
        continue;
      }
      waiting_.erase(waiting_.begin() + static_cast<std::ptrdiff_t>(i));
      if (scored) Score(*task);
    }
  }

  bool Admit(TaskPtr& task) {
    const std::span<const Token> prompt = task->prompt;
    std::size_t best = 0, promised = 0, best_free = 0;
    int source = -1, target = -1, lowest_free = -1;
    for (int i = 0; i < shape_.sequences; ++i) {
      const Stream& stream = streams_[static_cast<std::size_t>(i)];
      // The last token of a prompt is always computed: its logits are needed.
      const auto shared = [&](std::span<const Token> other) {
        return model_->can_share_prefix() ? std::min(CommonPrefix(prompt, other), prompt.size() - 1)
                                          : 0;
      };
      const std::size_t common = shared(stream.cached);
      if (common > best || source < 0) {
        best = common;
        source = i;
      }
      if (stream.InPrompt()) promised = std::max(promised, shared(stream.task->prompt));
      if (stream.task) continue;
      if (lowest_free < 0) lowest_free = i;
      if (target < 0 || common > best_free) {
        target = i;
        best_free = common;
      }
    }
    if (promised >= best + kWorthSharing) return false;

    if (best_free + kWorthSharing <= best) {  // copying another stream saves more
      target = lowest_free;
      best_free = best;
      llama_memory_seq_cp(memory(), source, target, -1, -1);
      streams_[static_cast<std::size_t>(target)].cached =
          streams_[static_cast<std::size_t>(source)].cached;
    } else if (best_free < kWorthSharing) {
      target = lowest_free;  // low streams first: neighbours are computed together
      best_free = 0;
    }
    Stream& stream = streams_[static_cast<std::size_t>(target)];
    Trim(target, best_free);
    stream.task = std::move(task);
    return true;
  }

  llama_memory_t memory() const { return llama_get_memory(context_.get()); }

  void Trim(int index, std::size_t size) {
    llama_memory_seq_rm(memory(), index, static_cast<llama_pos>(size), -1);
    streams_[static_cast<std::size_t>(index)].cached.resize(size);
  }

  // Sequences are computed together only when their numbers follow one another: closes the gaps
  // that finished replies left, by moving streams from outside the fullest window into it.
  void CloseGaps() {
    const int active = CountActive();
    if (active == 0 || !model_->can_share_prefix()) return;
    const auto is_active = [&](int i) {
      return streams_[static_cast<std::size_t>(i)].task != nullptr;
    };
    int inside = 0;
    for (int i = 0; i < active; ++i) inside += is_active(i) ? 1 : 0;
    int best = inside, begin = 0;
    for (int i = 1; i + active <= shape_.sequences; ++i) {
      inside += (is_active(i + active - 1) ? 1 : 0) - (is_active(i - 1) ? 1 : 0);
      if (inside > best) {
        best = inside;
        begin = i;
      }
    }
    int hole = begin;
    for (int i = 0; i < shape_.sequences; ++i) {
      if (!is_active(i) || (i >= begin && i < begin + active)) continue;
      while (is_active(hole)) ++hole;
      llama_memory_seq_cp(memory(), i, hole, -1, -1);
      Stream& from = streams_[static_cast<std::size_t>(i)];
      Stream& to = streams_[static_cast<std::size_t>(hole)];
      to.cached = from.cached;
      to.task = std::move(from.task);
    }
  }

  bool Decode() {
    const LlamaErrors errors;
    const int status = llama_decode(context_.get(), batch_.raw());
    if (status == 0) return true;
    // Part of the batch may be in the streams: start afresh.
    llama_memory_clear(memory(), false);
    for (Stream& stream : streams_) stream.cached.clear();
    if (status != 2 || !abort_) {  // not interrupted by Cancel, which answers for itself
      FailEverything({ErrorCode::kFailed, fmt::format("llama.cpp could not compute (status {}): {}",
                                                      status, errors.text())});
    }
    return false;
  }

  // Computes the next tokens of all prompts, or, when there are none, of all replies.
  void Step() {
    const bool prompts =
        std::any_of(streams_.begin(), streams_.end(), [](const Stream& s) { return s.InPrompt(); });
    if (!prompts) CloseGaps();
    struct Output {
      Stream* stream;
      int index;
    };
    std::vector<Output> outputs;
    std::vector<std::pair<Stream*, std::size_t>> grown;
    batch_.Clear();
    for (int s = 0; s < shape_.sequences; ++s) {
      Stream& stream = streams_[static_cast<std::size_t>(s)];
      if (!stream.task || stream.InPrompt() != prompts) continue;
      const std::vector<Token>& prompt = stream.task->prompt;
      const std::size_t from = stream.cached.size();
      const std::size_t count =
          prompts ? std::min(prompt.size() - from, static_cast<std::size_t>(batch_.room())) : 1;
      for (std::size_t i = from; i < from + count; ++i) {
        const bool last = i + 1 >= prompt.size();
        const Token token = prompts ? prompt[i] : stream.task->generation->token();
        const int index = batch_.Add(token, static_cast<int>(i), s, last);
        if (last) outputs.push_back({&stream, index});
      }
      if (count > 0) grown.emplace_back(&stream, count);
    }
    if (batch_.size() == 0 || !Decode()) return;

    for (const auto& [stream, count] : grown) {
      for (std::size_t i = 0; i < count; ++i) {
        const std::size_t at = stream->cached.size();
        stream->cached.push_back(prompts ? stream->task->prompt[at]
                                         : stream->task->generation->token());
      }
    }
    {
      const std::lock_guard lock(mutex_);
      if (prompts) {
        stats_.computed_tokens += batch_.size();
      } else {
        ++stats_.steps;
      }
    }
    std::vector<std::span<float>> logits;
    for (const Output& output : outputs) logits.push_back(Logits(output.index));
    std::vector<char> goes_on(outputs.size(), 0);
    ParallelFor(
        outputs.size(),
        [&](std::size_t i) {
          Task& task = *outputs[i].stream->task;
          goes_on[i] = task.generation && task.generation->Step(logits[i]) ? 1 : 0;
        },
        static_cast<unsigned>(shape_.threads));
    for (std::size_t i = 0; i < outputs.size(); ++i) {
      if (goes_on[i] != 0) continue;
      const TaskPtr task = std::move(outputs[i].stream->task);
      Answer(*task, task->generation ? Written(*task) : Chosen(*task, logits[i]));
    }
  }

  std::span<float> Logits(int index) const {
    return {llama_get_logits_ith(context_.get(), index),
            static_cast<std::size_t>(model_->vocab_size())};
  }

  core::Reply Written(const Task& task) {
    core::Reply reply;
    reply.text = task.generation->text();
    reply.finish = task.generation->finish();
    reply.usage.tokens_out = task.generation->tokens();
    const std::lock_guard lock(mutex_);
    stats_.reply_tokens += task.generation->tokens();
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

  // Computes a text that wants every token's output, in the last free stream (the one that is least
  // likely to hold a prefix worth keeping).
  void Score(Task& task) {
    int index = shape_.sequences - 1;
    while (streams_[static_cast<std::size_t>(index)].task) --index;
    Trim(index, 0);
    const bool embedding = task.request.kind == RequestKind::kEmbedding;
    const auto width = static_cast<std::size_t>(model_->embedding_size());
    core::Reply reply;
    std::vector<double> sum(embedding ? width : 0, 0.0);
    if (!embedding) reply.logprobs.push_back(0.0);
    llama_set_embeddings(context_.get(), embedding);
    bool computed = true;
    for (std::size_t at = 0; computed && at < task.prompt.size();) {
      batch_.Clear();
      const std::size_t end =
          std::min(task.prompt.size(), at + static_cast<std::size_t>(shape_.outputs));
      for (std::size_t i = at; i < end; ++i) {
        batch_.Add(task.prompt[i], static_cast<int>(i), index, true);
      }
      computed = Decode();
      for (std::size_t i = at; computed && i < end; ++i) {
        const int row = static_cast<int>(i - at);
        if (embedding) {
          const float* state = llama_get_embeddings_ith(context_.get(), row);
          for (std::size_t d = 0; d < width; ++d) sum[d] += static_cast<double>(state[d]);
        } else if (i + 1 < task.prompt.size()) {
          const std::span<const float> logits = Logits(row);
          const float max = MaxLogit(logits);
          const auto next = static_cast<std::size_t>(task.prompt[i + 1]);
          reply.logprobs.push_back(static_cast<double>(logits[next] - max) -
                                   std::log(SumExp(logits, max)));
        }
      }
      at = end;
    }
    llama_set_embeddings(context_.get(), false);
    if (!computed) {
      Error error = Cancelled();
      if (!abort_) error = {ErrorCode::kFailed, "llama.cpp could not compute the text"};
      Answer(task, Fail(error));
      return;
    }
    Trim(index, 0);
    for (const double value : sum) {
      reply.embedding.push_back(
          static_cast<float>(value / static_cast<double>(task.prompt.size())));
    }
    {
      const std::lock_guard lock(mutex_);
      stats_.computed_tokens += static_cast<std::int64_t>(task.prompt.size());
    }
    reply.finish = "stop";
    Answer(task, std::move(reply));
  }

  const std::shared_ptr<const Model> model_;
  const ContextShape shape_;
  const KvSettings kv_;
  const ContextPtr context_;

  // The engine thread's own.
  Batch batch_;
  std::vector<Stream> streams_;
  std::deque<TaskPtr> waiting_;

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
  if (options.sequences < 1 || options.sequences > kMaxSequences) {
    return Fail(ErrorCode::kInvalidArgument, fmt::format("{} sequences at once: choose 1 to {}",
                                                         options.sequences, kMaxSequences));
  }
  if (options.context < 1) {
    return Fail(ErrorCode::kInvalidArgument,
                fmt::format("a context of {} tokens is none; choose at least 1", options.context));
  }
  ContextShape shape;
  shape.sequences = options.sequences;
  shape.context = std::min(options.context, model->context_length());
  shape.threads = options.threads > 0
                      ? options.threads
                      : static_cast<int>(std::max(1U, std::thread::hardware_concurrency()));
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
