#include "redraft/gguf/template.h"

#include <jinja/lexer.h>
#include <jinja/parser.h>
#include <jinja/runtime.h>
#include <json.h>

#include <fmt/format.h>

namespace redraft::gguf {
namespace {

using jinja::cast_stmt;
using jinja::is_stmt;
using jinja::statement_ptr;
using jinja::statements;

// A variable that must have a value when it is evaluated.
struct StrictIdentifier final : jinja::identifier {
  using identifier::identifier;
  jinja::value execute_impl(jinja::context& context) const override {
    jinja::value result = identifier::execute_impl(context);
    if (result->is_undefined()) throw std::runtime_error("'" + val + "' is undefined");
    return result;
  }
};

// A member that must exist when it is evaluated.
struct StrictMember final : jinja::member_expression {
  using member_expression::member_expression;
  jinja::value execute_impl(jinja::context& context) const override {
    jinja::value result = member_expression::execute_impl(context);
    if (result->is_undefined()) {
      const auto* name = dynamic_cast<const jinja::identifier*>(property.get());
      throw std::runtime_error(name != nullptr && !computed
                                   ? "member '" + name->val + "' is undefined"
                                   : std::string("an element that does not exist is used"));
    }
    return result;
  }
};

// Tests and filters whose whole point is to ask whether there is a value.
bool AsksWhetherDefined(const statement_ptr& test_or_filter) {
  const jinja::statement* node = test_or_filter.get();
  if (const auto* call = dynamic_cast<const jinja::call_expression*>(node)) {
    node = call->callee.get();
  }
  const auto* name = dynamic_cast<const jinja::identifier*>(node);
  return name != nullptr && (name->val == "defined" || name->val == "undefined" ||
                             name->val == "default" || name->val == "d");
}

void MakeStrict(statement_ptr& node, bool may_be_undefined = false);

void MakeStrict(statements& nodes) {
  for (statement_ptr& node : nodes) MakeStrict(node);
}

// The engine knows only lenient variables: exchange every node that reads one for its strict twin.
// Names that are not read stay as they are: targets of set and for, filters, keywords.
void MakeStrict(statement_ptr& node, bool may_be_undefined) {
  if (!node) return;
  if (auto* name = cast_stmt<jinja::identifier>(node)) {
    if (may_be_undefined) return;
    auto strict = std::make_unique<StrictIdentifier>(name->val);
    strict->pos = name->pos;
    node = std::move(strict);
  } else if (auto* member = cast_stmt<jinja::member_expression>(node)) {
    MakeStrict(member->object);
    if (member->computed) MakeStrict(member->property);
    if (may_be_undefined) return;
    auto strict = std::make_unique<StrictMember>(std::move(member->object),
                                                 std::move(member->property), member->computed);
    strict->pos = member->pos;
    node = std::move(strict);
  } else if (auto* branch = cast_stmt<jinja::if_statement>(node)) {
    MakeStrict(branch->test);
    MakeStrict(branch->body);
    MakeStrict(branch->alternate);
  } else if (auto* loop = cast_stmt<jinja::for_statement>(node)) {
    MakeStrict(loop->iterable);
    MakeStrict(loop->body);
    MakeStrict(loop->default_block);
  } else if (auto* set = cast_stmt<jinja::set_statement>(node)) {
    MakeStrict(set->val);
    MakeStrict(set->body);
  } else if (auto* macro = cast_stmt<jinja::macro_statement>(node)) {
    MakeStrict(macro->body);
  } else if (auto* call = cast_stmt<jinja::call_expression>(node)) {
    MakeStrict(call->callee);
    MakeStrict(call->args);
  } else if (auto* array = cast_stmt<jinja::array_literal>(node)) {
    MakeStrict(array->val);
  } else if (auto* tuple = cast_stmt<jinja::tuple_literal>(node)) {
    MakeStrict(tuple->val);
  } else if (auto* object = cast_stmt<jinja::object_literal>(node)) {
    for (auto& [key, value] : object->val) {
      MakeStrict(key);
      MakeStrict(value);
    }
  } else if (auto* binary = cast_stmt<jinja::binary_expression>(node)) {
    MakeStrict(binary->left);
    MakeStrict(binary->right);
  } else if (auto* filter = cast_stmt<jinja::filter_expression>(node)) {
    MakeStrict(filter->operand, AsksWhetherDefined(filter->filter));
    if (auto* with = cast_stmt<jinja::call_expression>(filter->filter)) MakeStrict(with->args);
  } else if (auto* block = cast_stmt<jinja::filter_statement>(node)) {
    MakeStrict(block->body);
  } else if (auto* select = cast_stmt<jinja::select_expression>(node)) {
    MakeStrict(select->lhs);
    MakeStrict(select->test);
  } else if (auto* test = cast_stmt<jinja::test_expression>(node)) {
    MakeStrict(test->operand, AsksWhetherDefined(test->test));
    if (auto* with = cast_stmt<jinja::call_expression>(test->test)) MakeStrict(with->args);
  } else if (auto* unary = cast_stmt<jinja::unary_expression>(node)) {
    MakeStrict(unary->argument);
  } else if (auto* slice = cast_stmt<jinja::slice_expression>(node)) {
    MakeStrict(slice->start_expr);
    MakeStrict(slice->stop_expr);
    MakeStrict(slice->step_expr);
  } else if (auto* keyword = cast_stmt<jinja::keyword_argument_expression>(node)) {
    MakeStrict(keyword->val);
  } else if (auto* spread = cast_stmt<jinja::spread_expression>(node)) {
    MakeStrict(spread->argument);
  } else if (auto* caller = cast_stmt<jinja::call_statement>(node)) {
    MakeStrict(caller->call);
    MakeStrict(caller->body);
  } else if (auto* ternary = cast_stmt<jinja::ternary_expression>(node)) {
    MakeStrict(ternary->condition);
    MakeStrict(ternary->true_expr);
    MakeStrict(ternary->false_expr);
  }
}

// The engine's messages are small reports with a drawing of the place; ours are one line.
std::string OneLine(std::string_view report) {
  std::string place;
  constexpr std::string_view kAt = " at line ";
  if (const auto at = report.find(kAt); at != std::string_view::npos) {
    const auto end = report.find(" in source", at);
    place = fmt::format(" ({})", report.substr(at + 4, end == report.npos ? end : end - at - 4));
  }
  if (const auto error = report.rfind("Error: "); error != std::string_view::npos) {
    report.remove_prefix(error + 7);
  }
  report = report.substr(0, report.find('\n'));
  return std::string(report) + place;
}

}  // namespace

struct Template::State {
  std::string source;
  jinja::program program;
};

Template::Template(std::unique_ptr<State> state) : state_(std::move(state)) {}
Template::~Template() = default;
Template::Template(Template&&) noexcept = default;
Template& Template::operator=(Template&&) noexcept = default;

Result<Template> Template::Parse(std::string_view text, Undefined undefined) {
  try {
    jinja::lexer lexer;
    auto tokens = lexer.tokenize(std::string(text));
    auto state = std::make_unique<State>();
    state->program = jinja::parse_from_tokens(tokens);
    state->source = std::move(tokens.source);
    if (undefined == Undefined::kError) MakeStrict(state->program.body);
    return Template(std::move(state));
  } catch (const std::exception& e) {
    return Fail(ErrorCode::kConfig, "bad template: " + OneLine(e.what()));
  }
}

Result<std::vector<TextPart>> Template::Render(const Json& values, const Json& markup) const {
  try {
    jinja::context context(state_->source);
    jinja::global_from_json(context, common_json::parse(DumpJson(values)), /*mark_input=*/true);
    jinja::global_from_json(context, common_json::parse(DumpJson(markup)), /*mark_input=*/false);
    jinja::runtime runtime(context);
    const jinja::value results = runtime.execute(state_->program);
    const auto text = jinja::runtime::gather_string_parts(results);
    std::vector<TextPart> parts;
    for (auto& part : text->val_str.parts) {
      parts.push_back({std::move(part.val), part.is_input});
    }
    return parts;
  } catch (const std::exception& e) {
    return Fail(ErrorCode::kInvalidArgument, "template: " + OneLine(e.what()));
  }
}

Result<std::string> Render(std::string_view jinja_template, const Json& values) {
  REDRAFT_ASSIGN(const Template parsed, Template::Parse(jinja_template, Undefined::kError));
  REDRAFT_ASSIGN(const std::vector<TextPart> parts, parsed.Render(values));
  std::string text;
  for (const TextPart& part : parts) text += part.text;
  return text;
}

}  // namespace redraft::gguf
