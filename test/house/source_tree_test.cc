// Goal: the checks see code and only code. Method: small snippets with every kind of comment and literal.
#include "source_tree.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace carillon::house {
namespace {

TEST(SourceTree, BlanksCommentsAndLiteralsInPlace) {
  EXPECT_EQ(code_only("a; // b\nc"), "a;     \nc");
  EXPECT_EQ(code_only("a /* b\nc */ d"), "a     \n     d");
  EXPECT_EQ(code_only(R"(f("x\"y", 'z'))"), "f(      ,    )");
  EXPECT_EQ(code_only("R\"q({ \" )q\"; x"), "           ; x");
}

TEST(SourceTree, KeepsDigitSeparatorsAndIncludes) {
  EXPECT_EQ(code_only("1'000'000"), "1'000'000");
  EXPECT_EQ(code_only("#include \"base/ids.h\"\n"), "#include \"base/ids.h\"\n");
}

TEST(SourceTree, CountsLinesWithAndWithoutTheLastNewline) {
  EXPECT_EQ(line_count("a\nb\n"), 2u);
  EXPECT_EQ(line_count("a\nb"), 2u);
  EXPECT_EQ(line_count(""), 0u);
  EXPECT_THAT(lines_of("a\n\nb"), testing::ElementsAre("a", "", "b"));
}

TEST(SourceTree, ReadingNothingIsAnError) {
  EXPECT_THROW(load_tree(CARILLON_SOURCE_DIR, {"no-such-folder"}), std::runtime_error);
}

TEST(SourceTree, NamesFilesByTheirLastPart) {
  EXPECT_EQ(file_name("src/base/ids.h"), "ids.h");
  EXPECT_EQ(file_stem("web/a/b.test.ts"), "b");
}

}  // namespace
}  // namespace carillon::house
