#include "redraft/audit/release_gate.h"

#include <fmt/format.h>

#include <algorithm>

#include "redraft/audit/letters.h"
#include "redraft/audit/markup.h"
#include "redraft/base/file.h"
#include "redraft/base/version.h"

namespace redraft::audit {
namespace {

bool IsDate(const std::string& text) {
  if (text.size() != 10) return false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool dash = i == 4 || i == 7;
    if (dash ? text[i] != '-' : text[i] < '0' || text[i] > '9') return false;
  }
  const std::string month = text.substr(5, 2), day = text.substr(8, 2);
  return month >= "01" && month <= "12" && day >= "01" && day <= "31";
}

bool IsCheck(const std::string& name) {
  return name == "max_bmc" || name == "max_span" || name == "max_spans" || name == "max_increase";
}

std::string Show(const std::optional<double>& value) {
  return value ? fmt::format("{:.6g}", *value) : "not measured";
}

/// Looks for a waiver of a breached check; notes those that would fit but do not hold.
void Waive(Check& check, const ResultFile& result, const std::vector<Waiver>& waivers,
           const std::string& today) {
  for (const Waiver& waiver : waivers) {
    if (waiver.check != check.name) continue;
    const std::string who = fmt::format("the waiver signed by {}", waiver.signer);
    if (!waiver.book_sha256.empty() && waiver.book_sha256 != result.book_sha256) {
      check.notes.push_back(who + " is for another book");
    } else if (waiver.expires < today) {
      check.notes.push_back(fmt::format("{} expired on {}", who, waiver.expires));
    } else if (!check.value || *check.value > waiver.allow) {
      check.notes.push_back(fmt::format("{} allows {} only", who, Show(waiver.allow)));
    } else {
      check.waived = waiver;
      check.passed = true;
      return;
    }
  }
}

std::string Explain(const Check& check) {
  std::string text =
      fmt::format("{} is {}, the limit {}", check.name, Show(check.value), Show(check.limit));
  for (const std::string& note : check.notes) text += "; " + note;
  if (check.waived) {
    text += fmt::format("; waived up to {} until {} by {}: {}", Show(check.waived->allow),
                        check.waived->expires, check.waived->signer, check.waived->reason);
  }
  return text;
}

}  // namespace

bool Verdict::passed() const {
  return std::all_of(checks.begin(), checks.end(), [](const Check& check) { return check.passed; });
}

Result<std::vector<Waiver>> ReadWaivers(const std::string& path) {
  REDRAFT_ASSIGN(const std::string bytes, ReadTextFile(path));
  Result<Json> json = ParseJson(bytes);
  if (!json) return Fail(std::move(json).error().Within(path));
  if (!json->is_object() || !json->contains("waivers") || !(*json)["waivers"].is_array()) {
    return Fail(ErrorCode::kInvalidArgument, path + ": needs a list \"waivers\"");
  }
  std::vector<Waiver> waivers;
  for (const Json& item : (*json)["waivers"]) {
    Waiver waiver;
    const auto bad = [&](const std::string& what) {
      return Fail(ErrorCode::kInvalidArgument,
                  fmt::format("{}: waiver {} {}", path, waivers.size() + 1, what));
    };
    for (const auto& [key, target] :
         {std::pair("check", &waiver.check), std::pair("signer", &waiver.signer),
          std::pair("reason", &waiver.reason), std::pair("expires", &waiver.expires)}) {
      if (!item.is_object() || !item.contains(key) || !item[key].is_string() ||
          item[key].get<std::string>().empty()) {
        return bad(fmt::format("needs \"{}\", a text", key));
      }
      *target = item[key].get<std::string>();
    }
    if (!item.contains("allow") || !item["allow"].is_number()) {
      return bad("needs \"allow\", the value up to which it holds");
    }
    waiver.allow = item["allow"].get<double>();
    if (item.contains("book_sha256")) {
      if (!item["book_sha256"].is_string()) return bad("has a \"book_sha256\" that is no text");
      waiver.book_sha256 = item["book_sha256"].get<std::string>();
    }
    if (!IsCheck(waiver.check)) {
      return bad(fmt::format("is for \"{}\"; there are max_bmc, max_span, max_spans, max_increase",
                             waiver.check));
    }
    if (!IsDate(waiver.expires)) {
      return bad(
          fmt::format("expires on \"{}\", which is no date like 2027-01-31", waiver.expires));
    }
    waivers.push_back(std::move(waiver));
  }
  return waivers;
}

Result<Verdict> CheckRelease(const ResultFile& result, const ResultFile* baseline,
                             const Limits& limits, const std::vector<Waiver>& waivers,
                             const std::string& today) {
  for (const auto& [name, limit] :
       {std::pair("--max-bmc", limits.max_bmc), std::pair("--max-increase", limits.max_increase)}) {
    if (limit && !(*limit >= 0 && *limit <= 1)) {
      return Fail(ErrorCode::kInvalidArgument,
                  fmt::format("{} {}: must be a share of the book from 0 to 1", name, *limit));
    }
  }
  if (limits.max_increase.has_value() != (baseline != nullptr)) {
    return Fail(ErrorCode::kInvalidArgument,
                "--baseline RESULT.json and --max-increase go together: give both or none");
  }
  if (baseline != nullptr) REDRAFT_RETURN_IF_ERROR(CheckComparable(result, *baseline));
  Verdict verdict;
  const auto add = [&](const char* name, std::optional<double> limit, std::optional<double> value) {
    if (!limit) return;
    Check check{name, *limit, value, false, {}, {}};
    if (result.generations == 0) check.value.reset();
    check.passed = check.value && *check.value <= *limit;
    if (!check.passed) Waive(check, result, waivers, today);
    verdict.checks.push_back(std::move(check));
  };
  add("max_bmc", limits.max_bmc, result.bmc);
  // A lower bound can break a limit, but not keep it.
  const auto bound = [&](std::optional<std::uint32_t> limit, std::optional<std::uint32_t> value) {
    return limit && value && result.guarded && *value <= *limit ? std::nullopt : value;
  };
  add("max_span", limits.max_span,
      bound(limits.max_span, limits.span_in_book ? result.span_in_book : result.span));
  add("max_spans", limits.max_spans, bound(limits.max_spans, result.spans));
  std::optional<double> increase;
  if (baseline != nullptr && result.bmc && baseline->bmc) increase = *result.bmc - *baseline->bmc;
  add("max_increase", limits.max_increase, increase);
  if (verdict.checks.empty()) {
    return Fail(ErrorCode::kInvalidArgument,
                "no limit was given: --max-bmc, --max-span, --max-spans or --max-increase");
  }
  return verdict;
}

Json VerdictJson(const Verdict& verdict, const ResultFile& result, const std::string& today) {
  Json checks = Json::array();
  for (const Check& check : verdict.checks) {
    Json waived = nullptr;
    if (check.waived) {
      waived = {{"allow", check.waived->allow},
                {"signer", check.waived->signer},
                {"reason", check.waived->reason},
                {"expires", check.waived->expires}};
    }
    checks.push_back({{"check", check.name},
                      {"limit", check.limit},
                      {"value", check.value ? NumberOrNull(*check.value) : Json(nullptr)},
                      {"passed", check.passed},
                      {"waived", std::move(waived)},
                      {"notes", check.notes}});
  }
  return {{"schema", "redraft.audit.gate/1"},
          {"passed", verdict.passed()},
          {"checks", std::move(checks)},
          {"result", {{"name", result.name}, {"sha256", result.sha256}}},
          {"book", {{"name", result.book_name}, {"sha256", result.book_sha256}}},
          {"date", today},
          {"tool", {{"name", "redraft"}, {"version", kVersion}, {"unicode", UnicodeVersion()}}}};
}

std::string JUnitXml(const Verdict& verdict, const ResultFile& result) {
  const auto failures = std::count_if(verdict.checks.begin(), verdict.checks.end(),
                                      [](const Check& check) { return !check.passed; });
  std::string xml = fmt::format(
      "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
      "<testsuites>\n  <testsuite name=\"redraft audit gate\" tests=\"{}\" failures=\"{}\">\n",
      verdict.checks.size(), failures);
  for (const Check& check : verdict.checks) {
    xml += fmt::format("    <testcase classname=\"{}\" name=\"{}\">", Escaped(result.name),
                       Escaped(check.name));
    const std::string text = Escaped(Explain(check));
    xml += check.passed ? fmt::format("<system-out>{}</system-out>", text)
                        : fmt::format("<failure message=\"{}\"/>", text);
    xml += "</testcase>\n";
  }
  return xml + "  </testsuite>\n</testsuites>\n";
}

}  // namespace redraft::audit
