#pragma once

// The sequences of a batch, the cache stream that belongs to each, and who gets which: where a
// prompt's beginning is computed already, it is taken over instead of being computed again.
//
// Threads  the engine thread's own.

#include <vector>

#include "redraft/gguf/kv_settings.h"
#include "redraft/gguf/task.h"

struct llama_memory_i;

namespace redraft::gguf {

struct Stream {
  std::vector<Token> cached;  ///< tokens whose keys and values the stream holds
  TaskPtr task;               ///< null: free, but `cached` can still be shared
  bool InPrompt() const { return task && cached.size() < task->prompt.size(); }
};

class Streams {
 public:
  Streams(llama_context* context, int count, bool can_share_prefix);

  int size() const { return static_cast<int>(streams_.size()); }
  Stream& operator[](int i) { return streams_[static_cast<std::size_t>(i)]; }
  const Stream& operator[](int i) const { return streams_[static_cast<std::size_t>(i)]; }
  int active() const;
  bool AnyInPrompt() const;

  /// Gives a free stream (there must be one) to the task, with the longest prefix that any stream
  /// holds. False, and nothing is changed, when waiting is better: another task is just computing a
  /// prompt that shares more with this one.
  bool Place(TaskPtr* task);

  /// A free stream, emptied: the last one, which is least likely to hold a prefix worth keeping.
  int TakeForScoring();

  struct Window {
    int begin = 0, end = 0;
  };
  /// Sequences are computed together only when their numbers follow one another, and in groups of
  /// four. Finds the shortest window of whole groups for the active streams, moves those outside
  /// into it, and returns it; the free streams in it are there to fill the groups.
  Window CloseGaps();

  /// Forgets everything behind the first `size` tokens of a stream.
  void Trim(int index, std::size_t size);
  /// Forgets all tokens of all streams; tasks stay.
  void Clear();
  /// Takes the tasks of all streams.
  std::vector<TaskPtr> TakeTasks();

 private:
  void Copy(int from, int to);

  llama_memory_i* memory_;
  bool can_share_prefix_;
  std::vector<Stream> streams_;
};

}  // namespace redraft::gguf
