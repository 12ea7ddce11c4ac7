#include "redraft/base/printable.h"

#include <gtest/gtest.h>

namespace redraft {
namespace {

TEST(Printable, NoControlCharacterIsLeft) {
  EXPECT_EQ(Printable("\x1b]0;title\x07 \xC2\x9B"
                      "31m é ü\n"),
            " ]0;title   31m é ü ");
  EXPECT_EQ(Printable(std::string_view("a\0b\x7F", 4)), "a b ");
  EXPECT_EQ(Printable("à \xC3\x9B", true), "à \xC3\x9B") << "U+00DB is a letter";
}

TEST(Printable, KeepsLinesWhereWanted) {
  EXPECT_EQ(Printable("a\n\tb\r\x1b[2J", true), "a\n\tb  [2J");
}

}  // namespace
}  // namespace redraft
