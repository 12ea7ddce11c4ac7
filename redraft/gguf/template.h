#pragma once

// Jinja templates: our own prompts (strict) and the chat templates that models bring (lenient).
//
// Format  Jinja as Hugging Face chat templates use it, with trim_blocks and lstrip_blocks: a block
//         on a line of its own leaves no line behind, and one trailing newline is dropped. Values
//         are inserted as they are: no HTML escaping, no second expansion.
// Cost    parsing and rendering a page-long prompt takes well under a millisecond.
// Threads Render may be called on one Template from several threads at once.
//
// Example:
//   Render("Write {{ n }} words about {{ theme }}.", {{"n", 80}, {"theme", "rain"}})
//       -> "Write 80 words about rain."

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "redraft/base/json.h"

namespace redraft::gguf {

/// What a name without a value does when it is used.
enum class Undefined {
  kError,  ///< fails; only `is defined` and `| default(...)` may ask about it
  kEmpty,  ///< is the empty string and false, as chat templates expect
};

/// A stretch of rendered text and where it came from.
struct TextPart {
  std::string text;
  bool from_values = false;  ///< copied from the values, so never markup of the template
};

class Template {
 public:
  /// Errors: kConfig with the parser's reason.
  static Result<Template> Parse(std::string_view text, Undefined undefined);
  ~Template();
  Template(Template&&) noexcept;
  Template& operator=(Template&&) noexcept;

  /// `values` is an object: its keys are the template's variables; so are those of `markup`, whose
  /// text counts as the template's own.
  /// Errors: kInvalidArgument naming the undefined variable, or quoting what the template raised,
  /// with line and column.
  Result<std::vector<TextPart>> Render(const Json& values,
                                       const Json& markup = Json::object()) const;

 private:
  struct State;
  explicit Template(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

/// The text of a strict template. Errors: as Template::Parse and Template::Render.
Result<std::string> Render(std::string_view jinja_template, const Json& values);

}  // namespace redraft::gguf
