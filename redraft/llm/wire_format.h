#pragma once

// WireFormat: how one kind of server is spoken to, as values in and bytes out. No I/O.
//
//   openai     chat completions, completions, embeddings (openai_format.h)
//   anthropic  messages with prompt caching (anthropic_format.h)
//   reward     one number per text (reward_format.h)

#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "redraft/base/result.h"
#include "redraft/core/request.h"
#include "redraft/llm/dialect.h"

namespace redraft::llm {

enum class Wire { kOpenAi, kAnthropic, kReward };
const char* ToString(Wire wire);
/// Errors: kInvalidArgument naming the known formats.
Result<Wire> ParseWire(std::string_view name);

class WireFormat {
 public:
  virtual ~WireFormat() = default;
  /// Whether the format has such requests at all; a server may still refuse them.
  virtual bool Answers(core::RequestKind kind) const = 0;
  /// Whether a chat request may ask for several replies.
  virtual bool HasChoices() const { return false; }
  /// Where requests of a kind that it Answers are posted.
  virtual std::string Url(core::RequestKind kind) const = 0;
  /// Where the server lists its models; empty: nowhere.
  virtual std::string ModelsUrl() const = 0;
  /// Headers beside the content type, the key among them unless it is empty.
  virtual std::vector<std::string> Headers(const std::string& key) const = 0;
  /// `choices`: how many replies are wanted, above 1 only for chat requests of a format that has
  /// it.
  virtual std::string Body(const core::Request& request, const Dialect& dialect,
                           int choices) const = 0;
  /// Reads the body of a 200 response to `request`.
  /// Errors: kMalformedReply (asking again may help); kRefused (it will not).
  virtual Result<core::Reply> Parse(const core::Request& request, std::string_view body) const = 0;
  /// The same for a body that may hold several replies; their usage together is the call's.
  virtual Result<std::vector<core::Reply>> ParseChoices(const core::Request& request,
                                                        std::string_view body) const {
    REDRAFT_ASSIGN(core::Reply reply, Parse(request, body));
    return std::vector<core::Reply>{std::move(reply)};
  }
};

/// `model` is what the server calls the model, whatever requests call it; a reward server may need
/// none. Errors: kConfig for what is no base URL.
Result<std::unique_ptr<WireFormat>> MakeWireFormat(Wire wire, std::string_view base_url,
                                                   const std::string& model);

/// A base URL without a slash at its end and without the path of an operation ("/chat/completions",
/// "/messages"); "/v1" is added when it has no path. Errors: kConfig when it is not an http or
/// https URL with a host and no query.
Result<std::string> BaseUrl(std::string_view url);

}  // namespace redraft::llm
