#include "redraft/gguf/llama_log.h"

#include <llama.h>

#include <mutex>
#include <string_view>

#include "redraft/base/log.h"

namespace redraft::gguf {
namespace {

thread_local std::string* errors_of_thread = nullptr;

void OnLog(ggml_log_level level, const char* text, void*) {
  const std::string_view line(text);
  if (level == GGML_LOG_LEVEL_ERROR && errors_of_thread != nullptr) {
    errors_of_thread->append(line);
  }
  if (level == GGML_LOG_LEVEL_WARN || level == GGML_LOG_LEVEL_ERROR) {
    Log(LogLevel::kDebug, line.substr(0, line.find_last_not_of('\n') + 1));
  }
}

}  // namespace

void StartLlama() {
  static std::once_flag once;
  std::call_once(once, [] {
    llama_log_set(OnLog, nullptr);
    llama_backend_init();
  });
}

LlamaErrors::LlamaErrors() : outer_(errors_of_thread) { errors_of_thread = &lines_; }
LlamaErrors::~LlamaErrors() { errors_of_thread = outer_; }

std::string LlamaErrors::text() const {
  std::string result;
  std::string_view rest = lines_;
  while (!rest.empty()) {
    std::string_view line = rest.substr(0, rest.find('\n'));
    rest.remove_prefix(std::min(rest.size(), line.size() + 1));
    // "llama_model_load: error loading model: ..." -> "error loading model: ..."
    if (const auto colon = line.find(": ");
        colon != std::string_view::npos && line.find(' ') > colon) {
      line.remove_prefix(colon + 2);
    }
    if (line.empty()) continue;
    if (!result.empty()) result += "; ";
    result += line;
  }
  return result;
}

}  // namespace redraft::gguf
