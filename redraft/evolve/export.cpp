#include "redraft/evolve/export.h"

#include <fmt/format.h>

#include "redraft/base/toml.h"
#include "redraft/evolve/export_formats.h"

namespace redraft::evolve {
namespace {

Json RatingJson(const store::Rating& r) {
  return {{"id", r.id},
          {"elo", r.elo},
          {"bt", r.bt ? Json(*r.bt) : Json(nullptr)},
          {"se", r.se ? Json(*r.se) : Json(nullptr)},
          {"n", r.n}};
}

/// The three tables of a run as rows of JSON objects.
struct Tables {
  std::vector<Json> drafts, verdicts, ratings;
};

Tables MakeTables(const RunContents& contents, const Findings& findings) {
  Tables tables;
  for (const core::Draft& draft : contents.drafts) tables.drafts.push_back(core::ToJson(draft));
  for (const core::Verdict& v : contents.verdicts) tables.verdicts.push_back(core::ToJson(v));
  for (const Ranked& ranked : findings.ranking) tables.ratings.push_back(RatingJson(ranked.rating));
  return tables;
}

std::string JsonLines(const std::vector<Json>& rows) {
  std::string lines;
  for (const Json& row : rows) lines += DumpJson(row) + "\n";
  return lines;
}

/// A field: text as it is, lists joined by spaces, null empty, all else as JSON.
std::string Field(const Json& value) {
  std::string text;
  if (value.is_string()) {
    text = value.get<std::string>();
  } else if (value.is_array()) {
    for (const Json& item : value) text += (text.empty() ? "" : " ") + Field(item);
  } else if (!value.is_null()) {
    text = DumpJson(value);
  }
  if (text.find_first_of(",\"\r\n") == std::string::npos) return text;
  std::string quoted = "\"";
  for (const char c : text) quoted += c == '"' ? std::string("\"\"") : std::string(1, c);
  return quoted + "\"";
}

std::string Csv(const Json& columns, const std::vector<Json>& rows) {
  std::string csv;
  for (const auto& [key, value] : columns.items()) csv += (csv.empty() ? "" : ",") + key;
  csv += "\n";
  for (const Json& row : rows) {
    std::string line;
    for (const auto& [key, value] : row.items()) line += Field(value) + ",";
    line.pop_back();
    csv += line + "\n";
  }
  return csv;
}

}  // namespace

const std::vector<std::string>& ExportFormats() {
  static const std::vector<std::string> kFormats = {"jsonl", "csv", "alphawrite", "sft", "dpo"};
  return kFormats;
}

Result<std::vector<ExportedFile>> ExportRun(const RunContents& contents,
                                            const std::string& format) {
  try {
    REDRAFT_ASSIGN(const Findings findings, Find(contents));
    if (format == "alphawrite") return ExportAlphaWrite(contents);
    if (format == "sft") return ExportSft(contents, findings);
    if (format == "dpo") return ExportDpo(contents, findings);
    const Tables tables = MakeTables(contents, findings);
    if (format == "jsonl") {
      return std::vector<ExportedFile>{{"drafts.jsonl", JsonLines(tables.drafts)},
                                       {"verdicts.jsonl", JsonLines(tables.verdicts)},
                                       {"ratings.jsonl", JsonLines(tables.ratings)}};
    }
    if (format == "csv") {
      return std::vector<ExportedFile>{
          {"drafts.csv", Csv(core::ToJson(core::Draft{}), tables.drafts)},
          {"verdicts.csv", Csv(core::ToJson(core::Verdict{}), tables.verdicts)},
          {"ratings.csv", Csv(RatingJson({}), tables.ratings)}};
    }
  } catch (const nlohmann::json::exception& error) {
    return Fail(ErrorCode::kConfig,
                "run " + contents.run.id +
                    ": its record is not as this program writes it; try `redraft "
                    "doctor --rebuild` (" +
                    error.what() + ")");
  }
  const std::string nearest = Nearest(format, ExportFormats());
  return Fail(ErrorCode::kInvalidArgument,
              fmt::format("unknown export format '{}'; {}", format,
                          nearest.empty() ? "known are jsonl, csv, alphawrite, sft, dpo"
                                          : "did you mean '" + nearest + "'?"));
}

}  // namespace redraft::evolve
