#include "redraft/evolve/section.h"

#include <fmt/format.h>

#include <algorithm>
#include <vector>

#include "redraft/text/markdown.h"

namespace redraft::evolve {
namespace {

constexpr std::string_view kBlank = " \t\r\n";

std::string Normal(std::string_view text) {
  std::string normal;
  for (const char c : text) {
    if (kBlank.find(c) != std::string_view::npos) {
      if (!normal.empty() && normal.back() != ' ') normal += ' ';
    } else {
      normal += static_cast<char>(c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c);
    }
  }
  while (!normal.empty() && normal.back() == ' ') normal.pop_back();
  return normal;
}

}  // namespace

Result<Section> FindSection(std::string_view document, std::string_view heading) {
  const std::vector<text::Heading> headings = text::Headings(document);
  const std::string wanted =
      Normal(heading.substr(std::min(heading.find_first_not_of("# \t"), heading.size())));
  const auto matches = [&](const text::Heading& h) { return Normal(h.text) == wanted; };
  const auto found = std::ranges::find_if(headings, matches);
  if (found == headings.end()) {
    std::string listed;
    for (const text::Heading& h : headings)
      listed += (listed.empty() ? "" : ", ") + ("'" + h.text + "'");
    return Fail(ErrorCode::kInvalidArgument,
                fmt::format("no section is headed '{}'; the document has {}", heading,
                            listed.empty() ? "no headings" : listed));
  }
  if (std::ranges::count_if(headings, matches) > 1) {
    return Fail(ErrorCode::kInvalidArgument,
                fmt::format("several sections are headed '{}'; give the one to evolve a heading of "
                            "its own",
                            heading));
  }
  std::size_t end = document.size();
  for (auto next = found + 1; next != headings.end(); ++next) {
    if (next->level <= found->level) {
      end = next->start;
      break;
    }
  }
  return Section{found->text, std::string(document.substr(0, found->end)),
                 std::string(document.substr(found->end, end - found->end)),
                 std::string(document.substr(end))};
}

std::string ReplaceBody(const Section& section, std::string_view text) {
  const auto first = section.body.find_first_not_of(kBlank);
  std::string lead = "\n", tail = section.after.empty() ? "\n" : "\n\n";
  if (first != std::string::npos) {
    lead = section.body.substr(0, first);
    tail = section.body.substr(section.body.find_last_not_of(kBlank) + 1);
  }
  const bool open_heading = !section.before.empty() && section.before.back() != '\n';
  return section.before + (open_heading ? "\n" : "") + lead + std::string(text) + tail +
         section.after;
}

}  // namespace redraft::evolve
