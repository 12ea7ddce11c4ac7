#include "redraft/gguf/streams.h"

#include <algorithm>
#include <span>

#include "redraft/gguf/batch.h"

namespace redraft::gguf {
namespace {

// Copying a stream costs as much as computing a few dozen tokens; below that, compute.
constexpr std::size_t kWorthSharing = 32;

std::size_t CommonPrefix(std::span<const Token> a, std::span<const Token> b) {
  const std::size_t limit = std::min(a.size(), b.size());
  std::size_t n = 0;
  while (n < limit && a[n] == b[n]) ++n;
  return n;
}

}  // namespace

Streams::Streams(llama_context* context, int count, bool can_share_prefix)
    : memory_(llama_get_memory(context)),
      can_share_prefix_(can_share_prefix),
      streams_(static_cast<std::size_t>(count)) {}

int Streams::active() const {
  return static_cast<int>(std::count_if(streams_.begin(), streams_.end(),
                                        [](const Stream& s) { return s.task != nullptr; }));
}

bool Streams::AnyInPrompt() const {
  return std::any_of(streams_.begin(), streams_.end(),
                     [](const Stream& s) { return s.InPrompt(); });
}

bool Streams::Place(TaskPtr* task) {
  const std::vector<Token>& prompt = (*task)->prompt;
  // The last token of a prompt is always computed: its logits are needed.
  const auto shared = [&](std::span<const Token> other) {
    return can_share_prefix_ ? std::min(CommonPrefix(prompt, other), prompt.size() - 1) : 0;
  };
  std::size_t best = 0, best_free = 0, promised = 0;
  int source = -1, target = -1, lowest_free = -1;
  for (int i = 0; i < size(); ++i) {
    const Stream& stream = streams_[static_cast<std::size_t>(i)];
    const std::size_t common = shared(stream.cached);
    if (source < 0 || common > best) {
      best = common;
      source = i;
    }
    if (stream.InPrompt()) promised = std::max(promised, shared(stream.task->prompt));
    if (stream.task) continue;
    if (lowest_free < 0) lowest_free = i;
    if (target < 0 || common > best_free) {
      best_free = common;
      target = i;
    }
  }
  if (promised >= best + kWorthSharing) return false;

  std::size_t taken_over = best_free;
  if (best >= best_free + kWorthSharing) {
    target = lowest_free;
    taken_over = best;
    Copy(source, target);
  } else if (best_free < kWorthSharing) {
    target = lowest_free;  // low streams first: neighbours are computed together
    taken_over = 0;
  }
  Trim(target, taken_over);
  streams_[static_cast<std::size_t>(target)].task = std::move(*task);
  return true;
}

int Streams::TakeForScoring() {
  int index = size() - 1;
  while (streams_[static_cast<std::size_t>(index)].task) --index;
  Trim(index, 0);
  return index;
}

Streams::Window Streams::CloseGaps() {
  if (!can_share_prefix_) return {0, size()};  // recurrent states can be neither moved nor cut
  const auto is_active = [&](int i) {
    return streams_[static_cast<std::size_t>(i)].task != nullptr;
  };
  const int length = std::min(WholeGroups(active()), size());
  int inside = 0;
  for (int i = 0; i < length; ++i) inside += is_active(i) ? 1 : 0;
  int most = inside;
  Window window{0, length};
  for (int i = 1; i + length <= size(); ++i) {
    inside += (is_active(i + length - 1) ? 1 : 0) - (is_active(i - 1) ? 1 : 0);
    if (inside > most) {
      most = inside;
      window = {i, i + length};
    }
  }
  int hole = window.begin;
  for (int i = 0; i < size(); ++i) {
    if (!is_active(i) || (i >= window.begin && i < window.end)) continue;
    while (is_active(hole)) ++hole;
    Copy(i, hole);
    streams_[static_cast<std::size_t>(hole)].task =
        std::move(streams_[static_cast<std::size_t>(i)].task);
  }
  return window;
}

void Streams::Copy(int from, int to) {
  llama_memory_seq_cp(memory_, from, to, -1, -1);  // done at the start of the next computation
  streams_[static_cast<std::size_t>(to)].cached = streams_[static_cast<std::size_t>(from)].cached;
}

void Streams::Trim(int index, std::size_t size) {
  llama_memory_seq_rm(memory_, index, static_cast<llama_pos>(size), -1);
  streams_[static_cast<std::size_t>(index)].cached.resize(size);
}

void Streams::Clear() {
  llama_memory_clear(memory_, false);
  for (Stream& stream : streams_) stream.cached.clear();
}

std::vector<TaskPtr> Streams::TakeTasks() {
  std::vector<TaskPtr> tasks;
  for (Stream& stream : streams_) {
    if (stream.task) tasks.push_back(std::move(stream.task));
  }
  return tasks;
}

}  // namespace redraft::gguf
