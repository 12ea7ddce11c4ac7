#include "redraft/judge/structured_verdict.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

namespace redraft::judge {
namespace {

struct Shape {
  const char* reply;
  std::optional<double> p_a;
};

// The kinds of reply on which the reference's parser guessed (research: AlphaWrite, defect 2), as a
// judge that should answer in JSON would give them.
const Shape kShapes[] = {
    {R"({"criteria":{"voice":"B listens."},"winner":"B","confidence":0.5})", 0.25},
    {R"({"winner":"A","confidence":1})", 1.0},
    {R"({"winner":"B","confidence":1.0})", 0.0},
    {R"({"winner":"tie","confidence":0.9})", 0.5},
    {R"({"winner":"A","confidence":0})", 0.5},
    {"\n {\"winner\": \"A\",\n \"confidence\": 0.2 }\n", 0.6},
    {"```json\n{\"winner\":\"A\",\"confidence\":1}\n```", 1.0},
    {"```\n{\"winner\":\"A\",\"confidence\":1}\n```", 1.0},
    {R"({"note":"both hold","winner":"A","confidence":1})", 1.0},
    // Prose, a refusal, a template, words around the object, a cut-off reply.
    {"Model 2 is better.", std::nullopt},
    {"Model 1 is not better than model 2.", std::nullopt},
    {"I cannot judge this.", std::nullopt},
    {R"({"winner": "A" or "B" or "tie", "confidence": 0.0 to 1.0})", std::nullopt},
    {"Here it is: {\"winner\":\"A\",\"confidence\":1}", std::nullopt},
    {"{\"winner\":\"A\",\"confidence\":1} I hope this helps.", std::nullopt},
    {R"({"criteria":{"voice":"A drags and)", std::nullopt},
    // A changed mind: two objects, two winners, the second in disguise.
    {"{\"winner\":\"A\",\"confidence\":1}\n{\"winner\":\"B\",\"confidence\":1}", std::nullopt},
    {R"({"winner":"A","winner":"B","confidence":1})", std::nullopt},
    {R"({"winner":"A","\u0077inner":"B","confidence":1})", std::nullopt},
    {R"({"\u0077inner":"B","confidence":1})", std::nullopt},
    {R"({"winner":"A","confidence":1,"confidence":0})", std::nullopt},
    // Winners that are none, and confidences that are none.
    {R"({"winner":"a","confidence":1})", std::nullopt},
    {R"({"winner":"A|B|tie","confidence":1})", std::nullopt},
    {R"({"winner":"neither","confidence":1})", std::nullopt},
    {R"({"winner":["A"],"confidence":1})", std::nullopt},
    {R"({"winner":null,"confidence":1})", std::nullopt},
    {R"({"winner":"A"})", std::nullopt},
    {R"({"confidence":1})", std::nullopt},
    {R"({"winner":"A","confidence":1.5})", std::nullopt},
    {R"({"winner":"A","confidence":-0.1})", std::nullopt},
    {R"({"winner":"A","confidence":1e999})", std::nullopt},
    {R"({"winner":"A","confidence":"high"})", std::nullopt},
    {R"({"winner":"A","confidence":null})", std::nullopt},
    {R"({"winner":"A","confidence":1,"criteria":"B is better"})", std::nullopt},
    {R"({"winner":"A","confidence":1,"criteria":{"voice":2}})", std::nullopt},
    {R"({"verdict":{"winner":"A","confidence":1}})", std::nullopt},
    {R"([{"winner":"A","confidence":1}])", std::nullopt},
    {R"("WINNER: A")", std::nullopt},
    {"```json\n{\"winner\":\"A\",\"confidence\":1}", std::nullopt},
    {"```python\n{\"winner\":\"A\",\"confidence\":1}\n```", std::nullopt},
    {"null", std::nullopt},
    {"", std::nullopt},
    {"\xff\xfe", std::nullopt},
};

TEST(ParseStructuredVerdict, ReadsOneObjectAndGuessesNothing) {
  for (const Shape& shape : kShapes) {
    const auto parsed = ParseStructuredVerdict(shape.reply);
    ASSERT_EQ(parsed.has_value(), shape.p_a.has_value()) << shape.reply;
    if (parsed) {
      EXPECT_DOUBLE_EQ(parsed->p_a, *shape.p_a) << shape.reply;
    }
  }
}

TEST(ParseStructuredVerdict, KeepsAReasonPerCriterionEvenOneThatQuotesAWinner) {
  const auto parsed = ParseStructuredVerdict(
      R"({"criteria":{"voice":"B listens.","form":"A says \"winner\": \"A\"."},"winner":"B","confidence":1})");
  ASSERT_TRUE(parsed);
  EXPECT_EQ(parsed->p_a, 0.0);
  EXPECT_EQ(parsed->rationale, "voice: B listens.\nform: A says \"winner\": \"A\".");
}

RC_GTEST_PROP(ParseStructuredVerdict, ReadsBackWhatItsSchemaAsksFor,
              (const std::string& reason, bool a, unsigned short sure)) {
  const double confidence = sure / 65535.0;
  Json reply = {
      {"criteria", {{"voice", reason}}}, {"winner", a ? "A" : "B"}, {"confidence", confidence}};
  const auto parsed = ParseStructuredVerdict(DumpJson(reply));
  RC_ASSERT(parsed.has_value());
  RC_ASSERT(parsed->p_a == (a ? 0.5 + confidence / 2 : 0.5 - confidence / 2));
}

TEST(VerdictSchema, RequiresReasonsBeforeTheWinnerAndNothingElse) {
  const std::vector<std::string> criteria = {"voice", "form"};
  const Json schema = VerdictSchema(criteria);
  EXPECT_EQ(DumpJson(schema["required"]), R"(["criteria","winner","confidence"])");
  EXPECT_EQ(DumpJson(schema["properties"]["criteria"]["required"]), R"(["voice","form"])");
  EXPECT_EQ(schema["additionalProperties"], false);
  EXPECT_EQ(DumpJson(VerdictSchema({})["required"]), R"(["winner","confidence"])");
}

}  // namespace
}  // namespace redraft::judge
