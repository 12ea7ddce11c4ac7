#include "redraft/edit/rewrite.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>

#include "redraft/edit/apply.h"
#include "redraft/llm/client_fixtures.h"

namespace redraft::edit {
namespace {

using ::testing::HasSubstr;

/// Likes what is on its list.
class Likes final : public core::Scorer {
 public:
  explicit Likes(std::map<std::string, double> liked) : liked_(std::move(liked)) {}
  std::string id() const override { return "likes"; }
  double Score(std::string_view text) const override {
    double score = 0;
    for (const auto& [words, worth] : liked_) {
      if (text.find(words) != std::string_view::npos) score += worth;
    }
    return score;
  }

 private:
  std::map<std::string, double> liked_;
};

constexpr std::string_view kText =
    "Marek came home late. The house was as quiet as a grave, and his heart sank. He put the keys "
    "on the table and waited for the kettle, which took its time as it did every evening now.";

std::vector<core::WeakSpan> Spans() {
  const auto at = [](std::string_view words, const char* reason) {
    const std::size_t start = kText.find(words);
    return core::WeakSpan{start, start + words.size(), "cliche", reason, 0.5};
  };
  return {at("as quiet as a grave", "worn"), at("his heart sank", "worn too")};
}

llm::Script Writer(
    std::function<std::string(const std::string& prompt, std::uint64_t seed)> write) {
  return [write](const core::Request& request, int) -> Result<core::Reply> {
    core::Reply reply;
    reply.text = write(request.messages.back().content, request.seed);
    return reply;
  };
}

/// Runs the job against a scripted writer; returns how many requests it made.
int Drive(core::Job& job, llm::Script script) {
  core::MemoryReplyLog log;
  llm::Client client(log, llm::Quick());
  const auto endpoint = llm::Scripted(std::move(script));
  client.AddEndpoint(endpoint);
  core::Job* const jobs[] = {&job};
  EXPECT_TRUE(client.Run(jobs));
  return endpoint->tries();
}

RewriteOptions Options(int candidates) {
  return {.model = "m", .candidates = candidates, .prices = {.distance = 0.1, .length = 0.1}};
}

TEST(RewriteJob, TheScorersFavouriteOfEachPlaceIsCarriedOut) {
  const Likes scorer({{"still", 1}, {"he sat down", 2}, {"dull", -1}});
  RewriteJob job(kText, Spans(), Options(3), scorer);
  const int calls = Drive(job, Writer([](const std::string& prompt, std::uint64_t seed) {
                            const bool first =
                                prompt.find("[[as quiet as a grave]]") != std::string::npos;
                            if (first) return seed % 2 == 0 ? "still" : "dull";
                            return "He sat down.";
                          }));
  EXPECT_EQ(calls, 6);
  ASSERT_EQ(job.places().size(), 2U);
  EXPECT_EQ(Apply(kText, Chosen(job.places()))->text.substr(0, 62),
            "Marek came home late. The house was still, and he sat down. He");
  EXPECT_EQ(job.places()[1].candidates.size(), 1U);
  EXPECT_EQ(job.places()[1].candidates[0].replies.size(), 3U)
      << "the same words thrice are one candidate";
}

TEST(RewriteJob, TheRequestShowsTheSpanInItsPassageWithWhatIsWrong) {
  const Likes scorer({});
  RewriteOptions options = Options(2);
  options.brief = "A man alone";
  RewriteJob job(kText, Spans(), options, scorer);
  const auto requests = job.Step({});
  ASSERT_EQ(requests.size(), 4U);
  const std::string user = requests[0].messages.back().content;
  EXPECT_THAT(user, HasSubstr("The house was [[as quiet as a grave]], and his heart sank."));
  EXPECT_THAT(user, HasSubstr("<passage>\n" + std::string(kText) + "\n</passage>"));
  const std::size_t shared = requests[0].messages.back().shared_bytes;
  EXPECT_EQ(user.substr(0, shared), requests[2].messages.back().content.substr(0, shared));
  EXPECT_GT(shared, kText.size()) << "the passage is what two places share";
  EXPECT_THAT(user, HasSubstr("Trouble: Cliché. worn Say what is there"));
  EXPECT_THAT(user, HasSubstr("A man alone"));
  EXPECT_EQ(requests[0].role, core::Role::kEdit);
  EXPECT_NE(core::RequestKey(requests[0]), core::RequestKey(requests[1]));
  EXPECT_FALSE(requests[0].length);
  options.embedded = true;
  RewriteJob embedded(kText, Spans(), options, scorer);
  EXPECT_EQ(embedded.Step({})[0].length->max_words, 12);
}

TEST(RewriteJob, WhatAnExampleOfThePromptAnswersIsAnEcho) {
  const Likes scorer({{"still", 1}});
  RewriteJob job(kText, {Spans()[0]}, Options(2), scorer);
  Drive(job, Writer([](const std::string&, std::uint64_t seed) {
          return seed % 2 == 0 ? "which stood dripping" : "Which stood dripping.";
        }));
  EXPECT_EQ(job.objections().at(Objection::kEcho), 3) << "the repair says the same";
  EXPECT_TRUE(Chosen(job.places()).empty());
}

TEST(RewriteJob, ALongTextIsShownPassageByPassage) {
  std::string text;
  for (int i = 0; i < 80; ++i) text += "He put the keys on the table and waited for it.\n\n";
  text += "The house was as quiet as a grave.\n";
  const std::size_t start = text.find("as quiet as a grave");
  const Likes scorer({});
  RewriteJob job(text, {{start, start + 19, "cliche", "worn", 0.5}}, Options(1), scorer);
  const std::string user = job.Step({})[0].messages.back().content;
  EXPECT_LT(user.size(), 2800U);
  EXPECT_THAT(user, HasSubstr("The house was as quiet as a grave."));
  EXPECT_THAT(user, HasSubstr("The house was [[as quiet as a grave]]."));
}

TEST(RewriteJob, APlaceWithoutAUsableAnswerIsAskedForOnceMoreWithWhatWasWrong) {
  const Likes scorer({{"was silent", 1}});
  RewriteJob job(kText, {Spans()[0]}, Options(2), scorer);
  std::string repair;
  const int calls = Drive(job, Writer([&](const std::string& prompt, std::uint64_t) -> std::string {
                            if (prompt.find("could not be used") == std::string::npos)
                              return "as quiet as a grave";
                            repair = prompt;
                            return "silent";
                          }));
  EXPECT_EQ(calls, 3);
  EXPECT_THAT(repair, HasSubstr("- They were the words that stand there already."));
  EXPECT_EQ(job.objections().at(Objection::kUnchanged), 2);
  EXPECT_EQ(Chosen(job.places()).size(), 1U);
}

TEST(RewriteJob, WithoutAnyUsableAnswerTheTextStays) {
  const Likes scorer({});
  RewriteJob job(kText, Spans(), Options(2), scorer);
  EXPECT_EQ(Drive(job, Writer([](auto&, auto) { return "I cannot help with that request."; })), 6);
  EXPECT_TRUE(Chosen(job.places()).empty());
}

TEST(RewriteJob, WithoutSpansNothingIsAsked) {
  const Likes scorer({});
  RewriteJob job(kText, {}, Options(2), scorer);
  EXPECT_TRUE(job.Step({}).empty());
}

TEST(RewriteJob, TheOrderOfRepliesDoesNotMatter) {
  const Likes scorer({{"still", 1}, {"he sat", 2}});
  const auto edits = [&](std::optional<std::uint64_t> shuffle) {
    RewriteJob job(kText, Spans(), Options(6), scorer);
    core::MemoryReplyLog log;
    llm::Client client(log, llm::Quick());
    client.AddEndpoint(llm::Scripted(Writer([](const std::string& prompt, std::uint64_t seed) {
                                       const std::string place =
                                           prompt.find("[[his") == std::string::npos ? "still"
                                                                                     : "he sat";
                                       return place + " " + std::to_string(seed % 4);
                                     }),
                                     llm::Model("m", shuffle)));
    core::Job* const jobs[] = {&job};
    EXPECT_TRUE(client.Run(jobs));
    return Chosen(job.places());
  };
  EXPECT_EQ(edits({}), edits(7));
}

}  // namespace
}  // namespace redraft::edit
