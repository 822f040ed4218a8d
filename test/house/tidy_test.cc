// Goal: each tidy rule finds what it forbids and nothing else. Method: trees of one made-up file.
#include "tidy.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace carillon::house {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

std::string blank_lines(int count) { return std::string(static_cast<std::size_t>(count), '\n'); }

TEST(Tidy, LargeFilesFailUnlessAllowedAtTheirSize) {
  const SourceTree tree = {{"src/a/b.cc", blank_lines(kMostLinesOfFile + 5)}, {"docs/long.md", blank_lines(2000)}};
  EXPECT_THAT(check_sizes(tree, ""), ElementsAre(HasSubstr("split it")));
  EXPECT_THAT(check_sizes(tree, "file src/a/b.cc 605 # grown before the rule\n"), IsEmpty());
  EXPECT_THAT(check_sizes(tree, "file src/a/b.cc 604\n"), ElementsAre(HasSubstr("may only shrink")));
  EXPECT_THAT(check_sizes(tree, "file src/a/b.cc 606\n"), ElementsAre(HasSubstr("write 605")));
  EXPECT_THAT(check_sizes({{"src/a/b.cc", blank_lines(kMostLinesOfFile)}}, "file src/a/b.cc 605\n"),
              ElementsAre(HasSubstr("take its line out")));
  EXPECT_THAT(check_sizes({{"a.cc", ""}}, "file a.cc\n"), ElementsAre(HasSubstr("not understood")));
}

TEST(Tidy, GeneratedFilesMayBeLarge) {
  EXPECT_THAT(check_sizes({{"web/a.ts", "// generated from spec\n" + blank_lines(9000)}}, ""), IsEmpty());
}

TEST(Tidy, LongFunctionsFailByName) {
  const SourceTree tree = {{"src/a/b.cc", "void f() {" + blank_lines(kMostLinesOfFunction) + "}\n"}};
  EXPECT_THAT(check_sizes(tree, ""), ElementsAre(HasSubstr("function src/a/b.cc:f has 71 lines")));
  EXPECT_THAT(check_sizes(tree, "function src/a/b.cc:f 71\n"), IsEmpty());
}

TEST(Tidy, VagueNamesFail) {
  EXPECT_THAT(check_names({{"src/utils/a.cc", ""}}), ElementsAre(HasSubstr("utils")));
  EXPECT_THAT(check_names({{"src/a/task_helper.cc", ""}}), ElementsAre(HasSubstr("helper")));
  EXPECT_THAT(check_names({{"src/a/b.h",
                            "class Task"
                            "Manager {};"}}),
              ElementsAre(HasSubstr("no type is a")));
  EXPECT_THAT(check_names({{"src/a/b.h",
                            "class Commons; // a class Help"
                            "er would be wrong\nint utilisation;"}}),
              SizeIs(1));
}

TEST(Tidy, TabsAndTrailingBlanksFail) {
  EXPECT_THAT(check_blanks({{"a.md", "x\ty\n"}}), SizeIs(1));
  EXPECT_THAT(check_blanks({{"a.md", "x \n"}}), SizeIs(1));
  EXPECT_THAT(check_blanks({{"a.md", "x"}}), SizeIs(1));
  EXPECT_THAT(check_blanks({{"a.md", "x\n"}, {"b.md", ""}}), IsEmpty());
}

TEST(Tidy, HeadersSayWhatTheyAre) {
  EXPECT_THAT(check_headers({{"src/a/README.md", ""}, {"src/a/b.h", "#pragma once\n"}}),
              ElementsAre(HasSubstr("without a comment")));
  EXPECT_THAT(check_headers({{"src/a/README.md", ""}, {"src/a/b.h", "// What.\n"}}),
              ElementsAre(HasSubstr("#pragma once")));
  EXPECT_THAT(check_headers({{"src/DEPS", ""}, {"src/a/b.h", "// What.\n#pragma once\n"}}),
              ElementsAre(HasSubstr("README.md")));
}

TEST(Tidy, TheWorkplaceIsNotMentioned) {
  EXPECT_THAT(check_words({{"a.md",
                            "see issue"
                            " #12"}}),
              SizeIs(1));
  EXPECT_THAT(check_words({{"a.md",
                            "cd /wo"
                            "rk/main/x"}}),
              SizeIs(1));
  EXPECT_THAT(check_words({{"a.json",
                            "\"resolved\":"
                            " \"https://somewhere\""}}),
              SizeIs(1));
  EXPECT_THAT(check_words({{"a.md",
                            "https://npm-mirr"
                            "or.example/x"}}),
              SizeIs(1));
  EXPECT_THAT(check_words({{"a.md", "the session ends; see https://www.rfc-editor.org/rfc/rfc9457"}}), IsEmpty());
}

}  // namespace
}  // namespace carillon::house
