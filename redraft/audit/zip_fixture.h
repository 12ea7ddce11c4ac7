#pragma once

// Zip files for tests: good books and hostile ones.

#include <gtest/gtest.h>
#include <zip.h>

#include <string>
#include <utility>
#include <vector>

namespace redraft::audit {

using Members = std::vector<std::pair<std::string, std::string>>;

/// The bytes of an archive with these members.
inline std::string Zip(const Members& members) {
  zip_source_t* out = zip_source_buffer_create(nullptr, 0, 0, nullptr);
  zip_source_keep(out);
  zip_t* zip = zip_open_from_source(out, ZIP_TRUNCATE, nullptr);
  for (const auto& [name, bytes] : members) {
    zip_source_t* in = zip_source_buffer(zip, bytes.data(), bytes.size(), 0);
    EXPECT_GE(zip_file_add(zip, name.c_str(), in, ZIP_FL_OVERWRITE), 0) << name;
  }
  EXPECT_EQ(zip_close(zip), 0);
  zip_source_open(out);
  zip_source_seek(out, 0, SEEK_END);
  std::string archive(static_cast<std::size_t>(zip_source_tell(out)), '\0');
  zip_source_seek(out, 0, SEEK_SET);
  zip_source_read(out, archive.data(), archive.size());
  zip_source_close(out);
  zip_source_free(out);
  return archive;
}

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
