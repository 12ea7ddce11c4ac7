#include "redraft/evolve/report.h"

#include <string_view>

#include "redraft/base/assets.h"
#include "redraft/base/check.h"
#include "redraft/evolve/findings.h"
#include "redraft/evolve/report_view.h"
#include "redraft/gguf/template.h"

namespace redraft::evolve {
namespace {

void AppendEscaped(std::string& page, std::string_view text) {
  for (const char c : text) {
    switch (c) {
      case '&':
        page += "&amp;";
        break;
      case '<':
        page += "&lt;";
        break;
      case '>':
        page += "&gt;";
        break;
      case '"':
        page += "&quot;";
        break;
      case '\'':
        page += "&#39;";
        break;
      // Control characters are not allowed in HTML, whatever a model wrote.
      default:
        page += static_cast<unsigned char>(c) < 0x20 && c != '\n' && c != '\t' ? ' ' : c;
    }
  }
}

/// Puts an asset into the place of `mark`, once.
Status Include(std::string& page, std::string_view mark, std::string_view asset) {
  REDRAFT_ASSIGN(const std::string_view bytes, FindAsset(asset));
  const std::size_t at = page.find(mark);
  REDRAFT_CHECK(at != std::string::npos);
  page.replace(at, mark.size(), bytes);
  return Ok{};
}

Error NotOurs(const RunContents& contents, const char* what) {
  return {ErrorCode::kConfig, "run " + contents.run.id +
                                  ": its record is not as this program writes "
                                  "it; try `redraft doctor --rebuild` (" +
                                  what + ")"};
}

}  // namespace

Result<std::string> RenderReport(const RunContents& contents) {
  try {
    REDRAFT_ASSIGN(const Findings findings, Find(contents));
    REDRAFT_ASSIGN(const std::string_view asset, FindAsset("data/report/report.html"));
    std::string source(asset);
    REDRAFT_RETURN_IF_ERROR(Include(source, "/* report.css */", "data/report/report.css"));
    REDRAFT_RETURN_IF_ERROR(Include(source, "/* report.js */", "data/report/report.js"));
    REDRAFT_ASSIGN(const auto page_template,
                   gguf::Template::Parse(source, gguf::Undefined::kError));
    REDRAFT_ASSIGN(const auto parts, page_template.Render(ReportView(contents, findings)));
    std::string page;
    for (const gguf::TextPart& part : parts) {
      if (part.from_values) {
        AppendEscaped(page, part.text);
      } else {
        page += part.text;
      }
    }
    return page;
  } catch (const nlohmann::json::exception& error) {
    return Fail(NotOurs(contents, error.what()));
  }
}

Result<Json> ReportJson(const RunContents& contents) {
  try {
    REDRAFT_ASSIGN(const Findings f, Find(contents));
    Json ratings = Json::array();
    for (const Ranked& r : f.ranking) {
      ratings.push_back({{"id", r.rating.id},
                         {"elo", r.rating.elo},
                         {"bt", r.rating.bt ? Json(*r.rating.bt) : Json(nullptr)},
                         {"se", r.rating.se ? Json(*r.rating.se) : Json(nullptr)},
                         {"n", r.rating.n}});
    }
    const auto share = [](const std::optional<Share>& s) {
      return s ? Json{{"value", s->value()}, {"n", s->trials}, {"lo", s->lo}, {"hi", s->hi}}
               : Json(nullptr);
    };
    const auto agreement = [](const rank::Agreement& a) {
      return Json{{"pairs", a.pairs}, {"same", a.same}};
    };
    const rank::Consistency& consistency = f.judge.consistency;
    const auto coefficient = [](const std::optional<rank::Coefficient>& c) {
      return c ? Json{{"logit", c->value}, {"se", c->se}} : Json(nullptr);
    };
    Json gated_ids = Json::array();
    for (const core::Draft* draft : f.gated) gated_ids.push_back(draft->id);
    return Json{
        {"schema", "redraft.report/1"},
        {"run", contents.run.id},
        {"name", contents.run.name},
        {"state", store::ToString(contents.run.state)},
        {"judge_qualified", contents.run.result.is_object()
                                ? contents.run.result.value("judge_qualified", Json())
                                : Json()},
        {"best", f.winner ? Json(f.winner->draft->id) : Json(nullptr)},
        {"ratings", std::move(ratings)},
        {"generations", f.generations},
        {"null", f.null},
        {"judge",
         {{"id", f.judge.id},
          {"verdicts", f.judge.verdicts},
          {"none", f.judge.none},
          {"ties", f.judge.ties},
          {"slots_on_record", f.judge.slots_on_record},
          {"first_slot", share(f.judge.first_slot)},
          {"slot", coefficient(f.judge.slot)},
          {"longer", share(f.judge.longer)},
          {"length", coefficient(f.judge.length)},
          {"repeats", agreement(consistency.repeats)},
          {"repeats_same_order", agreement(consistency.same_order)},
          {"repeats_swapped", agreement(consistency.swapped_order)},
          {"triads", {{"decided", consistency.triads}, {"cyclic", consistency.cyclic}}},
          {"mean_logit", f.judge.mean_logit ? Json(*f.judge.mean_logit) : Json(nullptr)}}},
        {"gated", {{"texts", f.rejected_texts}, {"reasons", f.rejected}, {"slots", gated_ids}}},
        {"counts",
         {{"drafts", contents.counts.drafts},
          {"verdicts", contents.counts.verdicts},
          {"requests", contents.counts.requests},
          {"attempts", contents.counts.attempts}}},
        {"by_role", core::ByRole(contents.counts.spent)}};
  } catch (const nlohmann::json::exception& error) {
    return Fail(NotOurs(contents, error.what()));
  }
}

}  // namespace redraft::evolve
