#include "redraft/audit/book_writer.h"

#include "redraft/audit/excerpts.h"
#include "redraft/base/json.h"

namespace redraft::audit {

std::string DumpBook(const Book& book) {
  std::string out = "[";
  for (const Excerpt& excerpt : book.excerpts) {
    const std::string_view text = book.TextOf(excerpt);
    Json record = {
        {"excerpt_id", excerpt.id}, {"excerpt_text", text}, {"word_count", CountBlankParted(text)}};
    const auto add = [&record](const char* key, const std::string& value) {
      if (!value.empty()) record[key] = value;
    };
    add("book_name", book.title);
    add("author_name", book.author);
    add("detail", excerpt.summary);
    add("instruction", excerpt.instruction);
    out += (out.size() == 1 ? "\n" : ",\n") + DumpJson(record);
  }
  return out + "\n]\n";
}

}  // namespace redraft::audit
