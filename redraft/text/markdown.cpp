#include "redraft/text/markdown.h"

#include <cmark.h>

#include <memory>

namespace redraft::text {
namespace {

using Document = std::unique_ptr<cmark_node, decltype(&cmark_node_free)>;

Document Parse(std::string_view document) {
  return {cmark_parse_document(document.data(), document.size(), CMARK_OPT_DEFAULT),
          &cmark_node_free};
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

/// Ends the line, and adds an empty one when the block calls for it.
void EndBlock(std::string& text, bool empty_line) {
  if (text.empty()) return;
  if (text.back() != '\n') text += '\n';
  if (empty_line && !text.ends_with("\n\n")) text += '\n';
}

}  // namespace

std::vector<Heading> Headings(std::string_view document) {
  std::vector<std::size_t> line_starts = {0};
  for (std::size_t i = 0; i < document.size(); ++i) {
    if (document[i] == '\n') line_starts.push_back(i + 1);
  }
  const auto line_start = [&](int line) {
    const auto index = static_cast<std::size_t>(line - 1);
    return index < line_starts.size() ? line_starts[index] : document.size();
  };
  const Document root = Parse(document);
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

std::string PlainText(std::string_view document) {
  const Document root = Parse(document);
  const std::unique_ptr<cmark_iter, decltype(&cmark_iter_free)> iter(cmark_iter_new(root.get()),
                                                                     &cmark_iter_free);
  std::string text;
  for (auto event = cmark_iter_next(iter.get()); event != CMARK_EVENT_DONE;
       event = cmark_iter_next(iter.get())) {
    cmark_node* node = cmark_iter_get_node(iter.get());
    switch (cmark_node_get_type(node)) {
      case CMARK_NODE_TEXT:
      case CMARK_NODE_CODE:
        text += cmark_node_get_literal(node);
        break;
      case CMARK_NODE_SOFTBREAK:
      case CMARK_NODE_LINEBREAK:
        text += '\n';
        break;
      case CMARK_NODE_CODE_BLOCK:
        text += cmark_node_get_literal(node);
        EndBlock(text, true);
        break;
      case CMARK_NODE_PARAGRAPH: {
        cmark_node* list = cmark_node_parent(cmark_node_parent(node));
        const bool tight = list != nullptr && cmark_node_get_type(list) == CMARK_NODE_LIST &&
                           cmark_node_get_list_tight(list) != 0;
        if (event == CMARK_EVENT_EXIT) EndBlock(text, !tight);
        break;
      }
      case CMARK_NODE_HEADING:
      case CMARK_NODE_LIST:
        if (event == CMARK_EVENT_EXIT) EndBlock(text, true);
        break;
      default:
        break;
    }
  }
  while (!text.empty() && text.back() == '\n') text.pop_back();
  if (!text.empty()) text += '\n';
  return text;
}

}  // namespace redraft::text
