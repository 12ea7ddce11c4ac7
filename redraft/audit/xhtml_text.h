#pragma once

// From the elements of an XHTML document to the text that a reader sees (epub.h says which).

#include <string>
#include <string_view>

#include "redraft/base/xml.h"

namespace redraft::audit {

class XhtmlText final : public XmlHandler {
 public:
  void Start(std::string_view name, const XmlAttributes& attributes) override;
  void End(std::string_view name) override;
  void Text(std::string_view text) override;

  /// The text so far; of several documents read into one, parted by empty lines.
  const std::string& text() const { return text_; }
  /// Ends a document: what follows begins a block.
  void EndDocument() { Break(2); }

 private:
  void Break(int lines) { breaks_ = lines > breaks_ ? lines : breaks_; }
  void Put(std::string_view piece);

  std::string text_;
  int breaks_ = 0;      ///< line ends due before the next character
  bool space_ = false;  ///< a blank is due before it
  int skipped_ = 0;     ///< depth inside an element that is left out; 0: outside
  int verbatim_ = 0;    ///< depth of <pre>
};

}  // namespace redraft::audit
