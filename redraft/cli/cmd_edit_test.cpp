#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <cstring>

#include "tests/integration/program.h"

namespace redraft::testing {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

constexpr const char* kDraft =
    "Marek came home late, and his heart skipped a beat at the sight of the open door. The house "
    "was "
    "as quiet as the grave. He put the keys on the table and waited for the kettle.\n\n"
    "In the morning Ines called. She said that the ferry was late again, and that he should bring "
    "the 40 crowns she had lent him, because, at the end of the day, a debt is a debt.\n";

/// An editor that marks what it is told to mark and rewrites by a rule.
class Editor {
 public:
  explicit Editor(std::function<std::string(const Json& body)> write = {})
      : write_(std::move(write)),
        server_([this](const Received& received) { return Reply(received); }) {}

  std::string url() const { return server_.url() + "/v1"; }
  int calls() const { return calls_; }
  std::multiset<std::string> TakeKeys() {
    const std::lock_guard lock(mutex_);
    return std::exchange(keys_, {});
  }
  std::map<std::string, int> roles() const {
    const std::lock_guard lock(mutex_);
    return roles_;
  }

 private:
  Answer Reply(const Received& received) {
    if (received.method == "GET") return HttpAnswer(404, "{}");
    const Json body = *ParseJson(received.body);
    ++calls_;
    {
      const std::lock_guard lock(mutex_);
      keys_.insert(received.Header("x-redraft-key"));
      ++roles_[received.Header("x-redraft-role")];
    }
    const std::string text = write_ ? write_(body) : Write(body);
    const Json choice = {{"finish_reason", "stop"}, {"message", {{"content", text}}}};
    return HttpAnswer(200, DumpJson({{"model", "m"},
                                     {"choices", Json::array({choice})},
                                     {"usage", {{"prompt_tokens", 9}, {"completion_tokens", 3}}}}));
  }

  static std::string Write(const Json& body) {
    const std::string prompt = body["messages"].back()["content"];
    if (body.contains("response_format")) {
      Json spans = Json::array();
      for (const char* words :
           {"his heart skipped a beat", "as quiet as the grave", "no such words"}) {
        spans.push_back({{"text", words}, {"category", "cliche"}, {"reason", "Met too often."}});
      }
      return DumpJson({{"spans", spans}});
    }
    if (prompt.find("[[his heart") != std::string::npos) return "he stood still";
    if (prompt.find("[[as quiet") != std::string::npos) return "quiet, and it smelled of gas";
    return "which is how it was";
  }

  std::function<std::string(const Json& body)> write_;
  std::atomic<int> calls_ = 0;
  mutable std::mutex mutex_;
  std::multiset<std::string> keys_;
  std::map<std::string, int> roles_;
  LoopbackServer server_;
};

class EditCommand : public ::testing::Test {
 protected:
  ProcessResult Edit(const std::string& file, std::vector<std::string> more,
                     const std::string& input = "") {
    std::vector<std::string> arguments = {"edit", file, "--db", (folder_ / "r.db").string()};
    arguments.insert(arguments.end(), more.begin(), more.end());
    return Redraft(arguments, input);
  }
  ProcessResult EditWith(const Editor& editor, const std::string& file,
                         std::vector<std::string> more, const std::string& input = "") {
    for (const char* word : {"--endpoint", "", "--llm", "m", "--tag-requests"}) {
      more.emplace_back(*word == '\0' ? editor.url() : word);
    }
    return Edit(file, std::move(more), input);
  }
  std::string Draft() const { return folder_.Write("draft.md", kDraft); }

  TemporaryFolder folder_;
};

/// The text that the edits of a result make of `input`, counted in code points.
std::string Carried(const Json& result, const std::string& input) {
  std::u32string text;
  for (std::size_t at = 0; at < input.size();) {
    const auto lead = static_cast<unsigned char>(input[at]);
    const std::size_t size = lead < 0x80 ? 1 : lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4;
    char32_t c = 0;
    for (std::size_t i = 0; i < size; ++i) c = (c << 8) | static_cast<unsigned char>(input[at + i]);
    text += c;
    at += size;
  }
  const auto bytes = [](std::u32string_view part) {
    std::string out;
    for (const char32_t c : part) {
      for (int shift = 24; shift >= 0; shift -= 8) {
        if ((c >> shift) != 0) out += static_cast<char>((c >> shift) & 0xFF);
      }
    }
    return out;
  };
  std::string out;
  std::size_t at = 0;
  for (const Json& edit : result["edits"]) {
    const auto start = edit["start"].get<std::size_t>(), end = edit["end"].get<std::size_t>();
    EXPECT_GE(start, at);
    EXPECT_LE(end, text.size());
    out += bytes(std::u32string_view(text).substr(at, start - at));
    out += edit["replacement"].get<std::string>();
    at = end;
  }
  return out + bytes(std::u32string_view(text).substr(at));
}

TEST_F(EditCommand, LinesComeBackInTheShapeOfTheContract) {
  Editor editor;
  const std::string lines =
      DumpJson({{"id", 7}, {"text", kDraft}, {"unknown", 1}}) + "\n{\"id\":\"x\"}\nnonsense\n\n" +
      DumpJson(
          {{"id", "two"}, {"text", "Ça va — " + std::string(kDraft)}, {"brief", "A quiet night"}}) +
      "\n" + DumpJson({{"id", 3}, {"text", " \n"}}) + "\n";
  const auto run = EditWith(editor, "-", {"--jsonl", "--n", "2"}, lines);
  EXPECT_EQ(run.exit_status, 1) << run.errors;
  std::vector<Json> out;
  for (std::size_t at = 0; at < run.output.size();) {
    const std::size_t end = run.output.find('\n', at);
    out.push_back(*ParseJson(run.output.substr(at, end - at)));
    at = end + 1;
  }
  ASSERT_EQ(out.size(), 5U);
  EXPECT_EQ(out[0]["id"], 7);
  EXPECT_EQ(out[1]["error"]["code"], "invalid_argument");
  EXPECT_EQ(out[2]["line"], 3);
  EXPECT_EQ(out[4]["id"], 3);
  EXPECT_TRUE(out[4].contains("error"));
  for (const auto& [line, input] : {std::pair(out[0], std::string(kDraft)),
                                    std::pair(out[3], "Ça va — " + std::string(kDraft))}) {
    EXPECT_EQ(Carried(line, input), line["text"].get<std::string>());
    EXPECT_TRUE(line["score_before"].is_number());
    EXPECT_TRUE(line["score_after"].is_number());
    EXPECT_GE(line["score_after"].get<double>(), line["score_before"].get<double>());
    EXPECT_GE(line["distance"].get<double>(), 0);
    EXPECT_LE(line["distance"].get<double>(), 1);
    EXPECT_EQ(line["dropped"]["not_found"], 1);
    EXPECT_FALSE(line.contains("places"));
    for (const Json& edit : line["edits"]) {
      EXPECT_TRUE(edit["category"].is_string());
      EXPECT_TRUE(edit["reason"].is_string());
    }
  }
  EXPECT_GT(editor.roles()["edit"], 4);
  EXPECT_EQ(editor.roles().count("judge"), 0U);
}

TEST_F(EditCommand, DetectOnlyNeedsNoModelAndChangesNothing) {
  const auto run = Edit("-", {"--jsonl", "--detect-only"}, DumpJson({{"id", 1}, {"text", kDraft}}));
  ASSERT_EQ(run.exit_status, 0) << run.errors;
  const Json line = *ParseJson(run.output);
  EXPECT_EQ(line["text"], kDraft);
  EXPECT_EQ(line["score_before"], line["score_after"]);
  EXPECT_EQ(line["distance"], 0);
  ASSERT_FALSE(line["edits"].empty());
  for (const Json& edit : line["edits"]) EXPECT_TRUE(edit["replacement"].is_null());
  EXPECT_FALSE(std::filesystem::exists(folder_ / "r.db")) << "nothing to record";
}

TEST_F(EditCommand, TheSameCommandAgainAsksNothing) {
  Editor editor;
  const auto first = EditWith(editor, Draft(), {"--json", "--n", "3"});
  ASSERT_EQ(first.exit_status, 0) << first.errors;
  const int calls = editor.calls();
  EXPECT_GT(calls, 3);
  const auto second = EditWith(editor, Draft(), {"--json", "--n", "3"});
  EXPECT_EQ(second.output, first.output);
  EXPECT_EQ(editor.calls(), calls);
  EXPECT_EQ(LastLine(first)["schema"], "redraft.edit/1");
  const auto other_seed = EditWith(editor, Draft(), {"--json", "--n", "3", "--seed", "2"});
  EXPECT_EQ(other_seed.exit_status, 0);
  EXPECT_GT(editor.calls(), calls);
}

TEST_F(EditCommand, ABudgetStopsTheWorkAndTheSameCommandGoesOnWithoutPayingTwice) {
  Editor editor;
  const auto stopped = EditWith(editor, Draft(), {"--json", "--n", "4", "--max-calls", "3"});
  EXPECT_EQ(stopped.exit_status, 5);
  EXPECT_THAT(stopped.errors, HasSubstr("the same command goes on"));
  EXPECT_EQ(stopped.output, "");
  const auto paid = editor.TakeKeys();
  EXPECT_EQ(paid.size(), 3U);
  const auto run = EditWith(editor, Draft(), {"--json", "--n", "4"});
  EXPECT_EQ(run.exit_status, 0) << run.errors;
  for (const std::string& key : editor.TakeKeys()) EXPECT_FALSE(paid.contains(key));
}

TEST_F(EditCommand, AServerThatIsNotThereEndsTheCommandWithStatusFour) {
  const auto run = Edit(Draft(), {"--endpoint", "http://127.0.0.1:9/v1", "--llm", "m"});
  EXPECT_EQ(run.exit_status, 4) << run.errors;
}

TEST_F(EditCommand, AModelThatSaysNothingUsableChangesNothing) {
  int seed = 0;
  for (const char* said :
       {"I'm sorry, but I can't help with that request.", "", "{", "[[", "\n\n"}) {
    Editor editor([said](const Json&) { return said; });
    const auto run =
        EditWith(editor, Draft(), {"--json", "--n", "1", "--seed", std::to_string(++seed)});
    ASSERT_EQ(run.exit_status, 0) << run.errors;
    EXPECT_EQ(LastLine(run)["text"], kDraft) << said;
    EXPECT_TRUE(LastLine(run)["edits"].empty()) << said;
  }
}

TEST_F(EditCommand, InPlaceKeepsABackupAndEveryByteOutsideTheEdits) {
  Editor editor;
  std::string draft = "\xEF\xBB\xBF" + std::string(kDraft) + "Mixed\r\nline\nendings\r\n";
  const std::string file = folder_.Write("mixed.md", draft);
  const auto run = EditWith(editor, file, {"--in-place", "--n", "2", "--detector", "llm"});
  ASSERT_EQ(run.exit_status, 0) << run.errors;
  const std::string now = *ReadFile(file);
  EXPECT_EQ(*ReadFile(file + ".bak"), draft);
  EXPECT_NE(now, draft);
  EXPECT_TRUE(now.starts_with("\xEF\xBB\xBFMarek came home late"));
  EXPECT_TRUE(now.ends_with("Mixed\r\nline\nendings\r\n"));
  const auto again = EditWith(editor, folder_.Write("mixed.md", draft),
                              {"--in-place", "--n", "2", "--detector", "llm"});
  EXPECT_EQ(again.exit_status, 0);
  EXPECT_EQ(*ReadFile(file + ".bak2"), draft) << "an older backup is not lost";
}

TEST_F(EditCommand, PeopleSeeAWordDiffWithReasonsAndScores) {
  Editor editor;
  const auto run = EditWith(editor, Draft(), {"--n", "1"});
  ASSERT_EQ(run.exit_status, 0) << run.errors;
  EXPECT_THAT(run.output, HasSubstr("[-"));
  EXPECT_THAT(run.output, HasSubstr("{+"));
  EXPECT_THAT(run.output, HasSubstr("Cliché: "));
  EXPECT_THAT(run.output, HasSubstr("score "));
  EXPECT_THAT(run.output, Not(HasSubstr("\033["))) << "no terminal, no colours";
  EXPECT_THAT(run.errors, HasSubstr("the text was sent to http://127.0.0.1"));
  const auto coloured = EditWith(editor, Draft(), {"--n", "1", "--color", "always"});
  EXPECT_THAT(coloured.output, HasSubstr("\033[32m"));
}

TEST_F(EditCommand, ControlCharactersOfOthersNeverReachATerminal) {
  Editor editor([](const Json& body) -> std::string {
    if (body.contains("response_format")) {
      return R"({"spans":[{"text":"as quiet as the grave","category":"cliche","reason":"\u001b[2J\u0007gone"}]})";
    }
    return "quiet\033[2J and cold";
  });
  const auto run = EditWith(editor, Draft(), {"--n", "1", "--color", "always"});
  ASSERT_EQ(run.exit_status, 0) << run.errors;
  EXPECT_THAT(run.output, Not(HasSubstr("\033[2J")));
  EXPECT_THAT(run.output, Not(HasSubstr("\007")));
}

TEST_F(EditCommand, WholeRevisionsKeepThreeArmsSideBySide) {
  Editor editor([count = std::make_shared<std::atomic<int>>(0)](const Json&) -> std::string {
    std::string text = kDraft;
    const auto cut = [&](const char* words, const char* by) {
      text.replace(text.find(words), std::strlen(words), by);
    };
    if (++*count % 2 == 0) cut(", at the end of the day,", "");
    cut("his heart skipped a beat at the sight of", "he stood still before");
    return "Here is the edited text:\n\n" + text;
  });
  const auto run = EditWith(
      editor, Draft(), {"--revise", "--json", "--n", "4", "--detector", "local", "--revisions"});
  ASSERT_EQ(run.exit_status, 0) << run.errors;
  EXPECT_EQ(editor.calls(), 4);
  const Json json = LastLine(run);
  EXPECT_EQ(json["arms"]["draft"]["text"], kDraft);
  EXPECT_EQ(json["arms"]["best"]["text"], json["text"]);
  EXPECT_NE(json["arms"]["random"]["text"], kDraft);
  EXPECT_EQ(json["revisions"].size(), 4U);
  EXPECT_EQ(Carried(json, kDraft), json["text"].get<std::string>());
}

TEST_F(EditCommand, RewritesKeepThreeArmsOfWholeRevisionsToo) {
  Editor editor;
  const auto run = EditWith(editor, Draft(), {"--json", "--n", "3", "--revisions"});
  ASSERT_EQ(run.exit_status, 0) << run.errors;
  const Json json = LastLine(run);
  ASSERT_EQ(json["revisions"].size(), 3U);
  const Json& first = json["revisions"][0];
  EXPECT_EQ(first["reasons"], Json::array());
  EXPECT_THAT(first["text"].get<std::string>(), HasSubstr("quiet, and it smelled of gas"));
  EXPECT_EQ(json["arms"]["random"]["text"], first["text"]) << "the editor always says the same";
  const auto again = EditWith(editor, Draft(), {"--json", "--n", "3"});
  EXPECT_FALSE(LastLine(again).contains("revisions"));
  EXPECT_TRUE(LastLine(again).contains("arms"));
}

TEST_F(EditCommand, AModelWithALanguageModelsEyesChooses) {
  Editor editor;
  const auto run = EditWith(editor, Draft(), {"--json", "--n", "1", "--judge", "reward:lm"});
  if (run.errors.find("models pull") != std::string::npos) GTEST_SKIP() << "no model";
  ASSERT_EQ(run.exit_status, 0) << run.errors;
  const Json json = LastLine(run);
  EXPECT_THAT(json["scorer"].get<std::string>(), HasSubstr("reward:lm@"));
  EXPECT_NE(json["score_before"], json["score_after"]);
  EXPECT_EQ(Carried(json, kDraft), json["text"].get<std::string>());
}

TEST_F(EditCommand, AJudgeOfTheConfigurationThatReadsWithAModelIsNotForEditing) {
  const std::string config = folder_.Write("lm.toml", "[defaults]\njudge = \"reward:lm\"\n");
  const auto run = Edit(Draft(), {"--detect-only", "--json", "--config", config});
  ASSERT_EQ(run.exit_status, 0) << run.errors;
  EXPECT_THAT(LastLine(run)["scorer"].get<std::string>(), HasSubstr("reward:full"))
      << "weak places are found without a model";
}

TEST_F(EditCommand, AJudgeThatScoresNoSingleTextIsRefused) {
  const auto run = Edit(Draft(), {"--detect-only", "--judge", "llm"});
  EXPECT_EQ(run.exit_status, 2);
  EXPECT_THAT(run.errors, HasSubstr("--judge llm does not score one text at a time"));
}

TEST_F(EditCommand, BoundsOnTheDistanceHold) {
  Editor editor;
  const auto none = EditWith(editor, Draft(), {"--json", "--n", "1", "--max-distance", "0"});
  ASSERT_EQ(none.exit_status, 0) << none.errors;
  EXPECT_EQ(LastLine(none)["text"], kDraft);
  const auto some = EditWith(editor, Draft(), {"--json", "--n", "1", "--keep-voice"});
  EXPECT_LE(LastLine(some)["distance"].get<double>(), 0.15);
}

TEST_F(EditCommand, OnlyKeepsToItsCategories) {
  const auto run = Edit(Draft(), {"--json", "--detect-only", "--only", "cliche"});
  ASSERT_EQ(run.exit_status, 0) << run.errors;
  for (const Json& edit : LastLine(run)["edits"]) EXPECT_EQ(edit["category"], "cliche");
  const auto unknown = Edit(Draft(), {"--detect-only", "--only", "cliche,boredom"});
  EXPECT_EQ(unknown.exit_status, 2);
  EXPECT_THAT(unknown.errors, HasSubstr("boredom"));
}

TEST_F(EditCommand, OneCanWalkThroughTheEditsQuitAndGoOn) {
  Editor editor;
  const std::vector<std::string> walk = {"-i", "--n", "1", "--detector", "llm", "-o", "-"};
  const auto quit = EditWith(editor, Draft(), walk, "r\nq\n");
  EXPECT_EQ(quit.exit_status, 6) << quit.errors;
  EXPECT_EQ(quit.output, "");
  EXPECT_THAT(quit.errors, HasSubstr("1/2  Cliché: Met too often."));
  const int calls = editor.calls();
  const auto done = EditWith(editor, Draft(), walk, "a\n");
  EXPECT_EQ(done.exit_status, 0) << done.errors;
  EXPECT_EQ(editor.calls(), calls);
  EXPECT_THAT(done.errors, Not(HasSubstr("1/2")));
  std::string want = kDraft;
  want.replace(want.find("as quiet as the grave"), 21, "quiet, and it smelled of gas");
  EXPECT_EQ(done.output, want);
}

TEST_F(EditCommand, TheReviewPageIsOneFileInWhichForeignTextIsEscaped) {
  Editor editor([](const Json& body) -> std::string {
    if (body.contains("response_format")) {
      return R"({"spans":[{"text":"as quiet as the grave","category":"cliche","reason":"<script>x</script>"}]})";
    }
    return "quiet & cold, \"we\" thought";
  });
  const std::string page = (folder_ / "review.html").string();
  const auto run = EditWith(editor, Draft(), {"--n", "1", "--html", page, "--detector", "llm"});
  ASSERT_EQ(run.exit_status, 0) << run.errors;
  const std::string html = *ReadFile(page);
  EXPECT_THAT(html, Not(HasSubstr("<script>x")));
  EXPECT_THAT(html, Not(HasSubstr("://")));
  if (run.output.find("0 edits") == std::string::npos) {
    EXPECT_THAT(html, HasSubstr("&lt;script&gt;x"));
    EXPECT_THAT(html, HasSubstr("<ins>quiet &amp; cold"));
  }
}

TEST_F(EditCommand, ThePageOfADetectionMarksAndChangesNothing) {
  const std::string page = (folder_ / "marks.html").string();
  const auto run = Edit(Draft(), {"--detect-only", "--html", page});
  ASSERT_EQ(run.exit_status, 0) << run.errors;
  EXPECT_THAT(*ReadFile(page), HasSubstr("class=\"edit kept\""));
  EXPECT_THAT(*ReadFile(page), Not(HasSubstr("data-toggle=\"")));
}

TEST_F(EditCommand, BadInputAndBadFlagsAreRefused) {
  const std::string draft = Draft();
  const std::string binary = folder_.Write("binary", std::string("a\0b", 3));
  const std::string latin = folder_.Write("latin.md", "caf\xE9 au lait");
  const std::string blank = folder_.Write("blank.md", " \n\n");
  for (const std::vector<std::string>& bad :
       std::vector<std::vector<std::string>>{{(folder_ / "missing.md").string(), "--detect-only"},
                                             {folder_.Write("empty.md", ""), "--detect-only"},
                                             {binary, "--detect-only"},
                                             {latin, "--detect-only"},
                                             {blank, "--detect-only"},
                                             {draft, "--n", "0"},
                                             {draft, "--max-distance", "1.5"},
                                             {draft, "--detect-only", "--revise"},
                                             {draft, "--detect-only", "--in-place"},
                                             {draft, "--detect-only", "--detector", "oracle"},
                                             {draft, "--judge", "rule:shorter"},
                                             {draft, "--judge", "llm"},
                                             {draft, "--jsonl", "--json"},
                                             {draft, "--jsonl", "-i"},
                                             {"-", "-i"},
                                             {"-", "--in-place"},
                                             {draft, "--no-such-flag"}}) {
    const auto run = Edit(bad[0], {bad.begin() + 1, bad.end()});
    EXPECT_EQ(run.exit_status, 2) << bad[0] << " " << bad.back() << ": " << run.errors;
    EXPECT_THAT(run.errors, HasSubstr("redraft: error: "));
  }
  EXPECT_EQ(*ReadFile(draft), kDraft);
}

TEST_F(EditCommand, TheEditorOfTheConfigurationIsAsked) {
  Editor editor;
  const std::string config =
      folder_.Write("redraft.toml", "[endpoints.desk]\nurl = \"" + editor.url() +
                                        "\"\nmodel = \"m\"\n[roles]\neditor = \"desk\"\n");
  const auto run = Edit(Draft(), {"--json", "--n", "1", "--config", config});
  EXPECT_EQ(run.exit_status, 0) << run.errors;
  EXPECT_GT(editor.calls(), 0);
}

}  // namespace
}  // namespace redraft::testing
