#include "redraft/core/rubric.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <optional>

#include "redraft/base/hash.h"

namespace redraft::core {
namespace {

void Normalise(std::vector<Criterion>& criteria) {
  double total = 0;
  for (const Criterion& c : criteria) total += c.weight;
  for (Criterion& c : criteria) c.weight /= total;
}

constexpr std::string_view kSpace = " \t\r\n";

std::string_view Trim(std::string_view text, std::string_view what = kSpace) {
  const auto first = text.find_first_not_of(what);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(what) - first + 1);
}

/// What stands in front of a line: how sure one can be that the line is a heading.
enum class Mark { kNone, kBullet, kHeading };

/// Takes "##", "-", "3." and "**" off the front.
Mark TakeMarks(std::string_view& line) {
  Mark mark = Mark::kNone;
  for (;;) {
    const auto hashes = std::min(line.find_first_not_of('#'), line.size());
    const auto digits = std::min(line.find_first_not_of("0123456789"), line.size());
    const bool numbered = digits > 0 && digits + 1 < line.size() &&
                          (line[digits] == '.' || line[digits] == ')') && line[digits + 1] == ' ';
    if (hashes > 0 && hashes < line.size() && line[hashes] == ' ') {
      line = Trim(line.substr(hashes));
      mark = Mark::kHeading;
    } else if (line.starts_with("**")) {
      line = Trim(line.substr(2));
      mark = Mark::kHeading;
    } else if (numbered) {
      line = Trim(line.substr(digits + 1));
      mark = Mark::kHeading;
    } else if (line.starts_with("- ") || line.starts_with("* ")) {
      line = Trim(line.substr(2));
      mark = std::max(mark, Mark::kBullet);
    } else {
      return mark;
    }
  }
}

struct Weight {
  double value = 0;
  bool certain = false;  ///< has a unit or the word "weight"
};

/// "15", "15 %", "weight: 15", "15 points", "15/100".
std::optional<Weight> ReadWeight(std::string_view text) {
  std::string lower(Trim(text));
  for (char& c : lower) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c + ('a' - 'A'));
  }
  std::string_view rest = lower;
  Weight weight;
  if (rest.starts_with("weight")) {
    rest = Trim(rest.substr(6), ":= ");
    weight.certain = true;
  }
  const auto [end, error] = std::from_chars(rest.data(), rest.data() + rest.size(), weight.value);
  if (error != std::errc() || !(weight.value > 0 && weight.value <= 1e6)) return std::nullopt;
  const std::string_view unit = Trim(rest.substr(static_cast<std::size_t>(end - rest.data())));
  if (unit.empty()) return weight;
  weight.certain = true;
  for (const std::string_view known : {"%", "percent", "point", "points", "pt", "pts"}) {
    if (unit == known) return weight;
  }
  const bool out_of =
      unit.size() > 1 && unit.front() == '/' &&
      Trim(unit.substr(1)).find_first_not_of("0123456789") == std::string_view::npos;
  return out_of ? std::optional(weight) : std::nullopt;
}

/// "## 3. Voice (15 points)" -> {"Voice", 15}; nothing for lines that start no criterion.
std::optional<Criterion> ReadHeading(std::string_view line) {
  line = Trim(line);
  const Mark mark = TakeMarks(line);
  if (mark == Mark::kNone) return std::nullopt;
  std::string plain;  // without emphasis, with plain dashes
  for (std::size_t i = 0; i < line.size(); ++i) {
    if (line.substr(i, 3) == "\u2013" || line.substr(i, 3) == "\u2014") {
      plain += '-';
      i += 2;
    } else if (line.substr(i, 2) == "**") {
      ++i;
    } else {
      plain += line[i];
    }
  }
  const std::string_view text = plain;
  const auto criterion = [&](std::string_view name, std::string_view weight,
                             std::string_view description) -> std::optional<Criterion> {
    const auto read = ReadWeight(weight);
    name = Trim(name, " \t:-");
    const bool sure = read && (read->certain || mark == Mark::kHeading);
    if (!sure || name.empty() || name.size() > 200) return std::nullopt;
    return Criterion{std::string(name), read->value, std::string(Trim(description, " \t:-"))};
  };
  // "Name (15 %)", "Name [15]: what it means"
  for (const auto& [open, close] : {std::pair('(', ')'), std::pair('[', ']')}) {
    for (auto at = text.find(open); at != std::string_view::npos; at = text.find(open, at + 1)) {
      const auto end = text.find(close, at);
      if (end == std::string_view::npos) break;
      const std::string_view after = Trim(text.substr(end + 1));
      if (!after.empty() && after.front() != ':' && after.front() != '-') continue;
      if (auto found = criterion(text.substr(0, at), text.substr(at + 1, end - at - 1), after)) {
        return found;
      }
    }
  }
  // "Name - 15 %", "Name: 15 points"
  const auto separator = text.find_last_of("-:");
  if (separator == std::string_view::npos) return std::nullopt;
  return criterion(text.substr(0, separator), text.substr(separator + 1), "");
}

}  // namespace

Result<Rubric> ParseRubric(std::string_view text) {
  if (text.find_first_not_of(" \t\r\n") == std::string_view::npos) {
    return Fail(ErrorCode::kInvalidArgument, "the rubric is empty; list what makes a text good");
  }
  Rubric rubric;
  rubric.text = text;
  rubric.sha256 = Sha256Hex(text);
  for (std::size_t start = 0; start < text.size();) {
    const std::size_t end = std::min(text.find('\n', start), text.size());
    const std::string_view line = Trim(text.substr(start, end - start));
    start = end + 1;
    if (auto criterion = ReadHeading(line)) {
      rubric.criteria.push_back(std::move(*criterion));
    } else if (!rubric.criteria.empty() && !line.empty()) {
      std::string& description = rubric.criteria.back().description;
      if (!description.empty()) description += '\n';
      description += line;
    }
  }
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
