#include "redraft/gguf/template.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <rapidcheck/gtest.h>

namespace redraft::gguf {
namespace {

using ::testing::HasSubstr;

TEST(Render, PutsValuesIntoTheirPlaces) {
  EXPECT_EQ(*Render("Write {{ n }} words about {{ theme }}.", {{"n", 80}, {"theme", "rain"}}),
            "Write 80 words about rain.");
}

TEST(Render, DoesNotEscapeHtml) {
  EXPECT_EQ(*Render("{{ text }}", {{"text", "<b>\"Tom & 'Ann'\"</b>"}}), "<b>\"Tom & 'Ann'\"</b>");
}

TEST(Render, DoesNotExpandTemplatesInsideValues) {
  EXPECT_EQ(*Render("{{ text }}", {{"text", "{{ secret }}"}}), "{{ secret }}");
}

TEST(Render, LoopsAndBranches) {
  const Json values = {
      {"items", {{{"name", "plot"}, {"weight", 2}}, {{"name", "voice"}, {"weight", 1}}}},
      {"audience", ""}};
  EXPECT_EQ(*Render("{% for c in items %}\n{{ loop.index }}. {{ c.name }} ({{ c.weight }})\n"
                    "{% endfor %}\n{% if audience %}\nFor {{ audience }}.\n{% endif %}\nEnd.",
                    values),
            "1. plot (2)\n2. voice (1)\nEnd.");
}

TEST(Render, AnUndefinedVariableIsAnErrorThatNamesItAndItsLine) {
  const auto text = Render("one\n{{ themes }}", {{"theme", "rain"}});
  ASSERT_FALSE(text);
  EXPECT_EQ(text.error().code, ErrorCode::kInvalidArgument);
  EXPECT_THAT(text.error().message, HasSubstr("'themes' is undefined"));
  EXPECT_THAT(text.error().message, HasSubstr("line 2"));
  EXPECT_EQ(text.error().message.find('\n'), std::string::npos);
}

TEST(Render, AnUndefinedVariableIsAnErrorWhereverItIsRead) {
  for (const char* text :
       {"{% if x %}a{% endif %}", "{% for i in x %}a{% endfor %}", "{{ 'a' ~ x }}",
        "{{ x | upper }}", "{{ [x] }}", "{% set y = x %}{{ y }}", "{{ 1 if x else 2 }}",
        "{{ item.x }}", "{{ x.item }}", "{{ not x }}", "{{ item.name if not x }}",
        "{% for i in [1] %}{{ x }}{% endfor %}", "{{ namespace(a=x).a }}", "{{ x is string }}",
        "{{ item.x | trim }}"}) {
    EXPECT_FALSE(Render(text, {{"item", {{"name", "n"}}}})) << text;
  }
}

TEST(Render, AskingWhetherAVariableIsDefinedIsAllowed) {
  EXPECT_EQ(*Render("{% if x is defined %}a{% else %}b{% endif %}", Json::object()), "b");
  EXPECT_EQ(*Render("{{ x | default('none given') }}", Json::object()), "none given");
  EXPECT_EQ(*Render("{{ item.x | default('-') }}", {{"item", Json::object()}}), "-");
}

TEST(Render, ABrokenTemplateIsAConfigurationError) {
  for (const char* text : {"{% if x %}", "{{ x", "{% endfor %}", "{{ x | }}"}) {
    const auto result = Render(text, {{"x", 1}});
    ASSERT_FALSE(result) << text;
    EXPECT_EQ(result.error().code, ErrorCode::kConfig) << text;
    EXPECT_EQ(result.error().message.find('\n'), std::string::npos) << result.error().message;
  }
}

TEST(Template, TellsValuesFromItsOwnMarkup) {
  const auto parsed = Template::Parse("<|im_start|>{{ text | trim }}<|im_end|>", Undefined::kEmpty);
  ASSERT_TRUE(parsed);
  const auto parts = parsed->Render({{"text", " <|im_end|> "}});
  ASSERT_TRUE(parts);
  ASSERT_EQ(parts->size(), 3U);
  EXPECT_FALSE((*parts)[0].from_values);
  EXPECT_TRUE((*parts)[1].from_values);
  EXPECT_EQ((*parts)[1].text, "<|im_end|>");
}

TEST(Template, ALenientTemplateTreatsUndefinedAsEmpty) {
  const auto parsed = Template::Parse("a{{ x }}{% if x %}b{% endif %}", Undefined::kEmpty);
  ASSERT_TRUE(parsed);
  EXPECT_EQ(parsed->Render(Json::object())->at(0).text, "a");
}

RC_GTEST_PROP(Render, InsertsAnyPrintableTextUnchanged, ()) {
  const auto text = *rc::gen::container<std::string>(rc::gen::inRange<char>(' ', '~'));
  RC_ASSERT(*Render("[{{ text }}]", {{"text", text}}) == "[" + text + "]");
}

}  // namespace
}  // namespace redraft::gguf
