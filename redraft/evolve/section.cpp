#include "redraft/evolve/section.h"

#include <cmark.h>
#include <fmt/format.h>

#include <algorithm>
#include <memory>
#include <vector>

namespace redraft::evolve {
namespace {

constexpr std::string_view kBlank = " \t\r\n";

struct Heading {
  std::string text;
  int level = 0;
  std::size_t start = 0, end = 0;  ///< bytes of its lines, end behind the line break
};

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

std::string TextOf(cmark_node* heading) {
  std::string text;
  cmark_iter* iter = cmark_iter_new(heading);
  while (cmark_iter_next(iter) != CMARK_EVENT_DONE) {
    cmark_node* node = cmark_iter_get_node(iter);
    const auto type = cmark_node_get_type(node);
    if (type == CMARK_NODE_TEXT || type == CMARK_NODE_CODE) text += cmark_node_get_literal(node);
  }
  cmark_iter_free(iter);
  return text;
}

std::vector<Heading> Headings(std::string_view document) {
  std::vector<std::size_t> line_starts = {0};
  for (std::size_t i = 0; i < document.size(); ++i) {
    if (document[i] == '\n') line_starts.push_back(i + 1);
  }
  const auto line_start = [&](int line) {
    const auto index = static_cast<std::size_t>(line - 1);
    return index < line_starts.size() ? line_starts[index] : document.size();
  };
  const std::unique_ptr<cmark_node, decltype(&cmark_node_free)> root(
      cmark_parse_document(document.data(), document.size(), CMARK_OPT_DEFAULT), &cmark_node_free);
  std::vector<Heading> headings;
  for (cmark_node* node = cmark_node_first_child(root.get()); node; node = cmark_node_next(node)) {
    if (cmark_node_get_type(node) != CMARK_NODE_HEADING) continue;
    const int first = cmark_node_get_start_line(node);
    int last = first;
    // "# Heading" is one line; an underlined one ends with its underline (cmark 0.30 reports a
    // later line when blank lines follow).
    const auto line = [&](int n) {
      return document.substr(line_start(n), line_start(n + 1) - line_start(n));
    };
    if (line(first).find_first_not_of(' ') == std::string_view::npos ||
        line(first)[line(first).find_first_not_of(' ')] != '#') {
      do {
        ++last;
      } while (line(last).find_first_not_of("=- \t\r\n") != std::string_view::npos);
    }
    headings.push_back({TextOf(node), cmark_node_get_heading_level(node), line_start(first),
                        line_start(last + 1)});
  }
  return headings;
}

}  // namespace

Result<Section> FindSection(std::string_view document, std::string_view heading) {
  const std::vector<Heading> headings = Headings(document);
  const std::string wanted =
      Normal(heading.substr(std::min(heading.find_first_not_of("# \t"), heading.size())));
  const auto matches = [&](const Heading& h) { return Normal(h.text) == wanted; };
  const auto found = std::ranges::find_if(headings, matches);
  if (found == headings.end()) {
    std::string listed;
    for (const Heading& h : headings) listed += (listed.empty() ? "" : ", ") + ("'" + h.text + "'");
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
