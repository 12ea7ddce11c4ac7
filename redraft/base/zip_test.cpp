#include "redraft/base/zip.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "redraft/base/zip_fixture.h"

namespace redraft {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

Members Unzipped(const std::string& bytes) {
  Members members;
  const auto archive = ZipArchive::OpenBytes(bytes, "a.zip");
  EXPECT_TRUE(archive);
  if (!archive) return members;
  for (const std::string& name : archive->Names()) {
    const auto content = archive->Read(name, 1 << 20);
    EXPECT_TRUE(content) << content.error().message;
    members.emplace_back(name, content ? *content : "");
  }
  return members;
}

TEST(Zip, MembersAreChangedInTheirPlaceAddedAtTheEndAndLeftOut) {
  const std::string archive = Zip({{"a", "one"}, {"d/b", "two"}, {"c", "three"}});
  const auto changed = ChangedZip(
      archive, "a.zip", {{"a", "ONE"}, {"c", std::nullopt}, {"n", ""}, {"none", std::nullopt}});
  ASSERT_TRUE(changed) << changed.error().message;
  using P = std::pair<std::string, std::string>;
  EXPECT_THAT(Unzipped(*changed), ElementsAre(P{"a", "ONE"}, P{"d/b", "two"}, P{"n", ""}));
  EXPECT_EQ(Unzipped(archive).size(), 3U) << "the old one is as it was";
}

TEST(Zip, TheBytesOfOthersStayTheirsWhateverMemberIsChanged) {
  Members members;
  for (int i = 0; i < 8; ++i)
    members.emplace_back(std::string(1, static_cast<char>('a' + i)), std::string(200, 'x'));
  const std::string archive = Zip(members);
  for (const auto& [name, content] : members) {
    const std::string copy(archive.data(), archive.size());
    const auto changed = ChangedZip(copy, "a.zip", {{name, "new"}});
    ASSERT_TRUE(changed);
    EXPECT_EQ(copy, archive);
    for (const auto& [other, bytes] : Unzipped(*changed)) {
      EXPECT_EQ(bytes, other == name ? "new" : content);
    }
  }
}

TEST(Zip, TheSameChangesGiveTheSameBytes) {
  const std::string archive = Zip({{"a", std::string(10'000, 'a')}, {"b", "two"}});
  const ZipChanges changes = {{"b", "TWO"}, {"c", std::string(10'000, 'c')}};
  const auto once = ChangedZip(archive, "a.zip", changes);
  ASSERT_TRUE(once);
  EXPECT_EQ(*ChangedZip(archive, "a.zip", changes), *once);
  // MS-DOS time and date of the last entry of the central directory: none, 1980-01-01.
  const std::size_t entry = once->rfind("PK\x01\x02");
  ASSERT_NE(entry, std::string::npos);
  EXPECT_EQ(once->substr(entry + 12, 4), std::string("\0\0\x21\0", 4));
  EXPECT_LT(once->size(), 1'000U) << "compressed";
}

TEST(Zip, WhatIsNoZipCannotBeChanged) {
  const auto changed = ChangedZip("no zip at all", "a.zip", {{"a", "b"}});
  ASSERT_FALSE(changed);
  EXPECT_EQ(changed.error().code, ErrorCode::kInvalidArgument);
  EXPECT_THAT(changed.error().message, HasSubstr("a.zip is not a zip file"));
}

TEST(Zip, ReferencesNameMembersButNothingOutside) {
  EXPECT_EQ(MemberNamed("word/", "styles.xml"), "word/styles.xml");
  EXPECT_EQ(MemberNamed("word/", "../a%20b.xml#part"), "a b.xml");
  EXPECT_EQ(MemberNamed("", "./x//y"), "x/y");
  for (const char* outside :
       {"../x", "/x", "", "#part", "..\\x", "http://x", "a/../../x", "%2e%2e/x", "%00"}) {
    EXPECT_EQ(MemberNamed("", outside), std::nullopt) << outside;
  }
}

}  // namespace
}  // namespace redraft
