#pragma once

// Archives without compression, so that a fuzzer's bytes reach the reader of a member.

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace redraft {

inline std::uint32_t Crc32(std::string_view bytes) {
  std::uint32_t crc = ~0U;
  for (const char c : bytes) {
    crc ^= static_cast<unsigned char>(c);
    for (int i = 0; i < 8; ++i) crc = (crc >> 1) ^ ((crc & 1) != 0 ? 0xEDB88320U : 0U);
  }
  return ~crc;
}

inline std::string LittleEndian(std::size_t value, int bytes) {
  std::string out;
  for (int i = 0; i < bytes; ++i, value >>= 8) out += static_cast<char>(value & 0xFF);
  return out;
}

/// An archive of members that are not compressed (PKWARE's APPNOTE, 4.3).
inline std::string StoredZip(const std::vector<std::pair<std::string, std::string>>& members) {
  std::string files, directory;
  for (const auto& [name, bytes] : members) {
    const std::string common = LittleEndian(20, 2) + LittleEndian(0, 8) +
                               LittleEndian(Crc32(bytes), 4) + LittleEndian(bytes.size(), 4) +
                               LittleEndian(bytes.size(), 4) + LittleEndian(name.size(), 2);
    directory += "PK\x01\x02" + LittleEndian(20, 2) + common + LittleEndian(0, 12) +
                 LittleEndian(files.size(), 4) + name;
    files += "PK\x03\x04" + common + LittleEndian(0, 2) + name + bytes;
  }
  return files + directory + "PK\x05\x06" + LittleEndian(0, 4) + LittleEndian(members.size(), 2) +
         LittleEndian(members.size(), 2) + LittleEndian(directory.size(), 4) +
         LittleEndian(files.size(), 4) + LittleEndian(0, 2);
}

}  // namespace redraft
