#include "redraft/core/rubric.h"

#include <fmt/format.h>

#include <optional>
#include <regex>

#include "redraft/base/hash.h"

namespace redraft::core {
namespace {

void Normalise(std::vector<Criterion>& criteria) {
  double total = 0;
  for (const Criterion& c : criteria) total += c.weight;
  for (Criterion& c : criteria) c.weight /= total;
}

std::string Strip(std::string text) {
  const auto first = text.find_first_not_of(" \t\r\n*#:");
  if (first == std::string::npos) return {};
  const auto last = text.find_last_not_of(" \t\r\n*:");
  return text.substr(first, last - first + 1);
}

/// "## 3. Voice (15 points)" -> {"Voice", 15}; nothing for lines that start no criterion.
std::optional<Criterion> ReadHeading(const std::string& line) {
  static const std::regex kHeading(
      R"(^\s*(?:#{1,6}\s+|\*\*|\d+[.)]\s+\*{0,2}|[-*]\s+\*\*)(?:\d+[.)]\s*)?(.+?)\s*[\(\[:\-]\s*(?:weight:?\s*)?(\d+(?:\.\d+)?)\s*(%|points?|pts?|/\s*\d+)?\s*[\)\]]?\s*(?:\*\*)?:?\s*(?:\*\*)?\s*$)",
      std::regex::icase | std::regex::optimize);
  std::smatch match;
  if (line.size() > 200 || !std::regex_match(line, match, kHeading)) return std::nullopt;
  Criterion criterion{Strip(match[1]), std::stod(match[2]), ""};
  if (criterion.name.empty() || criterion.weight <= 0) return std::nullopt;
  return criterion;
}

}  // namespace

Result<Rubric> ParseRubric(std::string_view text) {
  if (text.find_first_not_of(" \t\r\n") == std::string_view::npos) {
    return Fail(ErrorCode::kInvalidArgument, "the rubric is empty; list what makes a text good");
  }
  Rubric rubric;
  rubric.text = text;
  rubric.sha256 = Sha256Hex(text);
  std::string description;
  const auto finish = [&] {
    if (!rubric.criteria.empty()) rubric.criteria.back().description = Strip(description);
    description.clear();
  };
  for (std::size_t start = 0; start < text.size();) {
    std::size_t end = text.find('\n', start);
    if (end == std::string_view::npos) end = text.size();
    std::string line(text.substr(start, end - start));
    start = end + 1;
    if (!line.empty() && line.back() == '\r') line.pop_back();
    if (auto criterion = ReadHeading(line)) {
      finish();
      rubric.criteria.push_back(std::move(*criterion));
    } else {
      description += line + "\n";
    }
  }
  finish();
  if (rubric.criteria.empty()) rubric.criteria.push_back({"overall", 1.0, std::string(text)});
  Normalise(rubric.criteria);
  return rubric;
}

Rubric MakeRubric(std::vector<Criterion> criteria) {
  Rubric rubric;
  Normalise(criteria);
  for (const Criterion& c : criteria) {
    rubric.text += fmt::format("- {} ({:.0f} %): {}\n", c.name, 100 * c.weight, c.description);
  }
  rubric.criteria = std::move(criteria);
  rubric.sha256 = Sha256Hex(rubric.text);
  return rubric;
}

}  // namespace redraft::core
