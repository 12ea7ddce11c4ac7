#include "redraft/evolve/report.h"

#include <gtest/gtest.h>
#include <libxml/HTMLparser.h>

#include <functional>

#include "redraft/evolve/report_view.h"
#include "redraft/evolve/run_fixture.h"

namespace redraft::evolve {
namespace {

struct Attribute {
  std::string element, name, value;
};

/// A page as a browser sees it.
struct Parsed {
  std::vector<std::string> elements;
  std::vector<Attribute> attributes;
  std::string text;
  std::vector<std::string> errors;
  int Count(const std::string& element) const {
    return static_cast<int>(std::ranges::count(elements, element));
  }
  std::vector<std::string> Values(const std::string& name) const {
    std::vector<std::string> values;
    for (const Attribute& a : attributes) {
      if (a.name == name) values.push_back(a.value);
    }
    return values;
  }
};

std::string Bytes(const xmlChar* text) {
  std::string bytes;
  for (; text != nullptr && *text != 0; ++text) bytes += static_cast<char>(*text);
  return bytes;
}

Parsed Parse(const std::string& page) {
  Parsed parsed;
  htmlParserCtxtPtr context = htmlNewParserCtxt();
  xmlSetStructuredErrorFunc(&parsed.errors, [](void* errors, xmlErrorPtr error) {
    // libxml2 knows HTML 4: elements of HTML 5 and SVG are unknown to it, and no fault.
    if (error->code == XML_HTML_UNKNOWN_TAG) return;
    static_cast<std::vector<std::string>*>(errors)->push_back(
        fmt::format("{}: {}", error->line, error->message));
  });
  htmlDocPtr document = htmlCtxtReadMemory(context, page.data(), static_cast<int>(page.size()),
                                           nullptr, "UTF-8", HTML_PARSE_NONET);
  xmlSetStructuredErrorFunc(nullptr, nullptr);
  const std::function<void(xmlNodePtr)> walk = [&](xmlNodePtr node) {
    for (; node != nullptr; node = node->next) {
      if (node->type == XML_TEXT_NODE) parsed.text += Bytes(node->content);
      if (node->type != XML_ELEMENT_NODE) continue;
      parsed.elements.push_back(Bytes(node->name));
      for (xmlAttrPtr a = node->properties; a != nullptr; a = a->next) {
        xmlChar* value = xmlNodeListGetString(document, a->children, 1);
        parsed.attributes.push_back({parsed.elements.back(), Bytes(a->name), Bytes(value)});
        xmlFree(value);
      }
      walk(node->children);
    }
  };
  walk(xmlDocGetRootElement(document));
  xmlFreeDoc(document);
  htmlFreeParserCtxt(context);
  return parsed;
}

TEST(ReportTest, IsWellFormedAndAsksForNothingOutsideItself) {
  const auto page = RenderReport(FixtureRun());
  ASSERT_TRUE(page) << page.error().message;
  const Parsed parsed = Parse(*page);
  EXPECT_TRUE(parsed.errors.empty()) << parsed.errors.front();
  EXPECT_EQ(parsed.Count("script"), 1);
  for (const char* element : {"link", "img", "iframe", "object", "base"}) {
    EXPECT_EQ(parsed.Count(element), 0) << element;
  }
  EXPECT_TRUE(parsed.Values("src").empty());
  for (const std::string& href : parsed.Values("href")) EXPECT_TRUE(href.starts_with("#")) << href;
  EXPECT_EQ(page->find("url("), std::string::npos);
  EXPECT_EQ(page->find("@import"), std::string::npos);
}

TEST(ReportTest, EveryDraftCanBeReadAndEveryLinkLeadsSomewhere) {
  const RunContents run = FixtureRun();
  const Parsed parsed = Parse(*RenderReport(run));
  const std::vector<std::string> ids = parsed.Values("id");
  EXPECT_EQ(std::set<std::string>(ids.begin(), ids.end()).size(), ids.size()) << "ids are unique";
  for (const core::Draft& draft : run.drafts) {
    EXPECT_EQ(std::ranges::count(ids, "d-" + draft.id), 1) << draft.id;
  }
  EXPECT_NE(parsed.text.find("Rain fell on the quay all night"), std::string::npos);
  for (const std::string& href : parsed.Values("href")) {
    EXPECT_EQ(std::ranges::count(ids, href.substr(1)), 1) << href;
  }
}

TEST(ReportTest, BeginsWithTheWinnerBesideAnAverageFirstDraft) {
  const Parsed parsed = Parse(*RenderReport(FixtureRun()));
  const auto winner = parsed.text.find("She ran to the wreck & climbed its ribs.");
  const auto average = parsed.text.find("Then the sea.");
  const auto figures = parsed.text.find("What it took");
  EXPECT_LT(winner, average);
  EXPECT_LT(average, figures);
  EXPECT_NE(parsed.text.find("rated 2 of 3 first drafts"), std::string::npos);
  EXPECT_NE(parsed.text.find("A story of the shore"), std::string::npos);
}

// Puts hostile markup into every string that reaches the report.
TEST(ReportTest, NothingFromARunBecomesMarkup) {
  const std::string attack =
      "x\"'><script>alert(1)</script><img src=x onerror=alert(2)>{{ 7*7 }}{% if %}";
  RunContents run = FixtureRun();
  for (core::Draft& draft : run.drafts) {
    draft.text += "\n\n" + attack;
    draft.style = draft.theme = draft.model = attack;
    if (!draft.objective.empty()) draft.objective = attack;
    if (!draft.gated.empty()) draft.gated = {attack};
  }
  for (core::Verdict& verdict : run.verdicts) verdict.judge = attack;
  run.events.push_back({{"event", "rejected"}, {"slot", "s"}, {"reasons", {attack}}});
  run.run.name = run.run.identity = run.run.parent = attack;
  run.run.manifest["brief"]["task"] = attack + "\n\n" + attack;
  run.run.manifest["writer"] = {{"model", attack}, {"url", attack}};
  run.run.manifest["prompts"] = {{attack, attack}};
  run.run.manifest["tool"] = attack;
  const auto page = RenderReport(run);
  ASSERT_TRUE(page) << page.error().message;
  EXPECT_EQ(page->find("<script>alert"), std::string::npos);
  EXPECT_EQ(page->find("<img"), std::string::npos);
  EXPECT_NE(page->find("{{ 7*7 }}"), std::string::npos) << "text is inserted, not expanded";
  const Parsed parsed = Parse(*page);
  EXPECT_TRUE(parsed.errors.empty()) << parsed.errors.front();
  EXPECT_EQ(parsed.Count("script"), 1);
  EXPECT_EQ(parsed.Count("img"), 0);
  for (const Attribute& a : parsed.attributes) EXPECT_FALSE(a.name.starts_with("on")) << a.name;
}

TEST(ReportTest, TheDiffOfEachStepRestoresParentAndChild) {
  const RunContents run = FixtureRun();
  const Json view = ReportView(run, *Find(run));
  ASSERT_EQ(view["lineage"].size(), 2U);
  EXPECT_EQ(view["lineage"][0]["id"], "g00-000");
  std::string before, after;
  for (const Json& piece : view["lineage"][1]["diff"]) {
    if (piece["op"] != "ins") before += piece["text"].get<std::string>();
    if (piece["op"] != "del") after += piece["text"].get<std::string>();
  }
  EXPECT_EQ(before, run.drafts[0].text);
  EXPECT_EQ(after, run.drafts[4].text);
}

TEST(ReportTest, SaysWhatTheNullCanAndCannotTell) {
  RunContents run = FixtureRun();
  Json items = NullView(run, *Find(run))["items"];
  EXPECT_EQ(items[0]["figure"], "+0.40 logits per generation");
  EXPECT_EQ(items[0]["interval"], "−0.10 to +0.90");
  EXPECT_NE(items[0]["reading"].get<std::string>().find("contains zero"), std::string::npos);
  EXPECT_NE(items[1]["reading"].get<std::string>().find("contains that share"), std::string::npos);
  EXPECT_NE(items[2]["reading"].get<std::string>().find("rewriting helped"), std::string::npos);

  run.run.result["null"]["progress"] = {{"value", .4}, {"lo", .1}, {"hi", .7}};
  items = NullView(run, *Find(run))["items"];
  EXPECT_NE(items[0]["reading"].get<std::string>().find("above zero"), std::string::npos);

  run.run.result["null"]["progress"] = nullptr;
  items = NullView(run, *Find(run))["items"];
  EXPECT_NE(items[0]["reading"].get<std::string>().find("Not measured"), std::string::npos);
}

TEST(ReportTest, AnUnfinishedRunIsRatedFromWhatThereIs) {
  RunContents run = FixtureRun();
  const auto ratings = run.ratings;
  run.ratings.clear();
  run.run.result = nullptr;
  run.run.state = store::RunState::kBudget;
  const auto page = RenderReport(run);
  ASSERT_TRUE(page) << page.error().message;
  EXPECT_NE(page->find("stopped at a budget"), std::string::npos);
  EXPECT_NE(page->find("redraft resume 0123456789ab"), std::string::npos);
  const Json report = *ReportJson(run);
  EXPECT_EQ(report["best"], "g01-000");
  EXPECT_EQ(report["ratings"].size(), ratings.size());

  run.drafts.clear();
  run.verdicts.clear();
  const auto empty = RenderReport(run);
  ASSERT_TRUE(empty) << empty.error().message;
  EXPECT_NE(empty->find("There is no text yet."), std::string::npos);
}

TEST(ReportTest, JsonHasTheShapeOfTheContract) {
  const Json report = *ReportJson(FixtureRun());
  EXPECT_EQ(report["schema"], "redraft.report/1");
  EXPECT_EQ(report["run"], "0123456789ab");
  ASSERT_EQ(report["ratings"].size(), 5U);
  EXPECT_EQ(report["ratings"][0]["id"], "g01-000");
  for (const char* key : {"id", "elo", "bt", "se", "n"})
    EXPECT_TRUE(report["ratings"][0].contains(key));
  EXPECT_EQ(report["generations"].size(), 2U);
  EXPECT_EQ(report["null"]["variant_win_rate"]["value"], .8);
  EXPECT_EQ(report["gated"]["texts"], 2);
  EXPECT_EQ(report["gated"]["reasons"]["too_long"], 1);
  EXPECT_EQ(report["gated"]["slots"], Json({"g00-003"}));
  EXPECT_EQ(report["judge"]["verdicts"], 42);
}

TEST(ReportTest, SaysWhatEachRoleCost) {
  RunContents run = FixtureRun();
  const core::Consumed draft{12, {.tokens_in = 100, .tokens_out = 50, .cost = 0.25}};
  const core::Consumed judge{40, {.tokens_in = 900, .tokens_out = 40, .cost = 1.5}};
  run.counts.spent = {52,
                      {.tokens_in = 1'000, .tokens_out = 90, .cost = 1.75},
                      {{core::Role::kDraft, draft}, {core::Role::kJudge, judge}}};
  const std::string page = Parse(*RenderReport(run)).text;
  EXPECT_NE(page.find("1.75"), std::string::npos);
  EXPECT_NE(page.find("draft 0.25, judge 1.50"), std::string::npos);
  const Json roles = ReportJson(run)->at("by_role");
  EXPECT_EQ(roles["judge"]["cost"], 1.5);
  EXPECT_EQ(roles["draft"]["tries"], 12);
}

TEST(ReportTest, ARecordOfAnotherShapeIsAnErrorNotACrash) {
  RunContents run = FixtureRun();
  run.run.manifest["options"]["ranking"] = Json::array();
  EXPECT_EQ(RenderReport(run).error().code, ErrorCode::kConfig);
  EXPECT_EQ(ReportJson(run).error().code, ErrorCode::kConfig);
}

TEST(FindingsTest, TheJudgesTasteIsCountedFromTheWinners) {
  RunContents run;
  const core::Draft shorter = FixtureDraft(1, "a"), longer = FixtureDraft(9, "b");
  run.drafts = {shorter, longer};
  for (int i = 0; i < 10; ++i) run.verdicts.push_back(FixtureVerdict(longer, shorter, 1, 0));
  run.verdicts.push_back(FixtureVerdict(longer, shorter, 0.5, 0));
  run.verdicts.push_back(FixtureVerdict(shorter, longer, 0, 0));
  run.verdicts.back().p_a.reset();
  const Findings f = *Find(run);
  EXPECT_EQ(f.judge.verdicts, 12);
  EXPECT_EQ(f.judge.ties, 1);
  EXPECT_EQ(f.judge.none, 1);
  EXPECT_DOUBLE_EQ(f.judge.first_slot->value(), 1.0);
  EXPECT_DOUBLE_EQ(f.judge.longer->value(), 1.0);
  EXPECT_DOUBLE_EQ(f.judge.longer->trials, 10.0);
}

TEST(FindingsTest, ACircleOfParentsEnds) {
  RunContents run = FixtureRun();
  run.drafts[0].parents = {"g01-000"};
  EXPECT_EQ(Find(run)->lineage.size(), 2U);
}

TEST(NumbersForPeopleTest, AreGroupedAndSigned) {
  EXPECT_EQ(Grouped(1234567), "1,234,567");
  EXPECT_EQ(Grouped(-1234.5, 1), "−1,234.5");
  EXPECT_EQ(Grouped(999), "999");
  EXPECT_EQ(Grouped(-0.001, 2), "0.00");
  EXPECT_EQ(Signed(0.314, 2), "+0.31");
  EXPECT_EQ(Signed(0.001, 2), "0.00");
  EXPECT_EQ(Percent(0.617), "62 %");
}

}  // namespace
}  // namespace redraft::evolve
