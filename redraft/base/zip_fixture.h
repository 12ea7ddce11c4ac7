#pragma once

// Zip files for tests.

#include <gtest/gtest.h>
#include <zip.h>

#include <string>
#include <utility>
#include <vector>

namespace redraft {

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

}  // namespace redraft
