#pragma once

// The XML of books for tests, good and hostile ones.

#include <string>

namespace redraft::audit {

inline const std::string kContainerXml =
    R"(<container xmlns="urn:oasis:names:tc:opendocument:xmlns:container"><rootfiles>)"
    R"(<rootfile full-path="epub/content.opf" media-type="application/oebps-package+xml"/>)"
    R"(</rootfiles></container>)";

/// A package file with this manifest and spine.
inline std::string PackageXml(const std::string& manifest, const std::string& spine) {
  return R"(<package xmlns="http://www.idpf.org/2007/opf"><metadata )"
         R"(xmlns:dc="http://purl.org/dc/elements/1.1/"><dc:title>Low Water</dc:title>)"
         R"(<dc:creator>A. Writer</dc:creator><dc:title>Other</dc:title></metadata><manifest>)" +
         manifest + "</manifest><spine>" + spine + "</spine></package>";
}

inline std::string ItemXml(const std::string& id, const std::string& href,
                           const std::string& properties = "") {
  return "<item id=\"" + id + "\" href=\"" + href +
         "\" media-type=\"application/xhtml+xml\" properties=\"" + properties + "\"/>";
}

inline std::string RefXml(const std::string& id) { return "<itemref idref=\"" + id + "\"/>"; }

/// An XHTML document.
inline std::string PageXml(const std::string& body) {
  return R"(<html xmlns="http://www.w3.org/1999/xhtml" xmlns:epub="http://www.idpf.org/2007/ops">)"
         R"(<head><title>Not the text</title></head><body>)" +
         body + "</body></html>";
}

}  // namespace redraft::audit
