#pragma once

// XML as a stream of elements and texts. The one door to libxml2 in the library.
//
// Safety  nothing but the bytes given is read: no external DTD, no network, no XInclude. A document
//         that declares an entity is refused, so that none can expand; of entities only XML's own
//         and HTML's named characters (&nbsp; …) are known. At most 256 levels deep.

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "redraft/base/result.h"

namespace redraft {

using XmlAttributes = std::vector<std::pair<std::string, std::string>>;

class XmlHandler {
 public:
  virtual ~XmlHandler() = default;
  /// `name` is the local one: "title" for <dc:title>; attributes keep their prefix: "epub:type".
  virtual void Start(std::string_view name, const XmlAttributes& attributes) = 0;
  virtual void End(std::string_view name) = 0;
  /// Well-formed UTF-8; one text may come in several pieces.
  virtual void Text(std::string_view text) = 0;
};

/// The value of an attribute, or nothing.
std::string_view AttributeOf(const XmlAttributes& attributes, std::string_view name);

/// Reads a document in any encoding that it declares; `name` stands in messages.
/// Errors: kInvalidArgument with the line: not well-formed, an entity that is declared or unknown.
Status ReadXml(std::string_view bytes, const std::string& name, XmlHandler& handler);

}  // namespace redraft
