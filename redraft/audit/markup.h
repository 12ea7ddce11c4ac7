#pragma once

// Text inside HTML and XML.

#include <string>
#include <string_view>

namespace redraft::audit {

/// Appends text so that it stands for itself in element content and in quoted attributes, of HTML
/// as of XML: control characters but for white space, which XML cannot hold, become spaces.
void AppendEscaped(std::string& out, std::string_view text);
std::string Escaped(std::string_view text);

}  // namespace redraft::audit
