// Goal: each kind of forbidden include is found, each allowed one is not. Method: trees of a few made-up files.
#include "include_check.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace carillon::house {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

constexpr char kTable[] = R"(
library json boost/json.hpp
library sqlite sqlite3.h
library gtest gtest/
impure-headers thread
impure-calls time
impure-words steady_clock
dir base
  pure
  lib json
dir base/clock
  of base
dir store
  use base
  lib sqlite
dir routing
  use base store routing/core
dir routing/core
  pure
  use base
)";

// The tree of kTable with one more file.
SourceTree tree_with(const std::string& path, const std::string& text) {
  SourceTree tree = {{"src/base/ids.h", ""},
                     {"src/base/clock.h", ""},
                     {"src/store/sql.h", ""},
                     {"src/routing/task.h", ""},
                     {"src/store/testing/fake.h", ""},
                     {"src/routing/core/table.h", ""},
                     {"src/base/module.cmake", "carillon_module(base)"},
                     {"src/store/module.cmake", "carillon_module(store USES base LIBS x)"},
                     {"src/routing/module.cmake", "carillon_module(routing USES base)  # and store"}};
  tree[path] = text;
  return tree;
}

std::vector<std::string> faults_of(const std::string& path, const std::string& text) {
  return check_includes(tree_with(path, text), parse_deps(kTable));
}

TEST(Includes, DeclaredEdgesPass) {
  EXPECT_THAT(faults_of("src/routing/a.cc", "#include \"base/clock.h\"\n#include \"store/sql.h\"\n#include <thread>\n"),
              IsEmpty());
  EXPECT_THAT(faults_of("src/routing/core/a.cc", "#include \"routing/core/table.h\"\n#include <vector>\n"), IsEmpty());
}

TEST(Includes, UndeclaredEdgesFailWithTheirLine) {
  EXPECT_THAT(faults_of("src/store/a.cc", "\n#include \"routing/task.h\"\n"),
              ElementsAre(HasSubstr("src/store/a.cc:2: ")));
  EXPECT_THAT(faults_of("src/routing/core/a.cc", "#  include \"routing/task.h\"\n"),
              ElementsAre(HasSubstr("does not let routing/core")));
  EXPECT_THAT(faults_of("src/routing/core/a.cc", "#include \"base/clock.h\"\n"), ElementsAre(HasSubstr("it is pure")));
}

TEST(Includes, CommentsAreNotIncludes) {
  EXPECT_THAT(faults_of("src/store/a.cc", "// #include \"routing/task.h\"\n"), IsEmpty());
}

TEST(Includes, LibrariesAreOpenOnlyToWhoDeclaresThem) {
  EXPECT_THAT(faults_of("src/store/a.cc", "#include <sqlite3.h>\n"), IsEmpty());
  EXPECT_THAT(faults_of("src/routing/a.cc", "#include <sqlite3.h>\n"), ElementsAre(HasSubstr("the library sqlite")));
  EXPECT_THAT(faults_of("src/routing/a.cc", "#include <mystery/x.h>\n"), ElementsAre(HasSubstr("mystery/x.h")));
  EXPECT_THAT(faults_of("src/routing/a.cc", "#include \"task.h\"\n"), ElementsAre(HasSubstr("written from there")));
}

TEST(Includes, TestsMayReachTheirModuleAndFakes) {
  EXPECT_THAT(
      faults_of(
          "src/routing/core/a_test.cc",
          "#include <gtest/gtest.h>\n#include <thread>\n#include \"routing/task.h\"\n#include \"base/clock.h\"\n"),
      IsEmpty());
  EXPECT_THAT(faults_of("src/routing/a_test.cc", "#include \"store/testing/fake.h\"\n"), IsEmpty());
  EXPECT_THAT(faults_of("src/routing/a.cc", "#include \"store/testing/fake.h\"\n"),
              ElementsAre(HasSubstr("for tests only")));
  EXPECT_THAT(faults_of("src/routing/core/a_test.cc", "#include \"store/sql.h\"\n"),
              ElementsAre(HasSubstr("use store")));
}

TEST(Includes, UnlistedDirectoriesFail) {
  EXPECT_THAT(faults_of("src/new/a.cc", ""), ElementsAre(HasSubstr("add a 'dir'")));
}

TEST(Includes, PureCodeNeverReadsTheClock) {
  EXPECT_THAT(faults_of("src/routing/core/a.cc", "#include <thread>\n"), ElementsAre(HasSubstr("<thread>")));
  EXPECT_THAT(faults_of("src/routing/core/a.cc", "auto t = std::time(nullptr);\n"),
              ElementsAre(HasSubstr("calls time()")));
  EXPECT_THAT(faults_of("src/routing/core/a.cc", "return time(0);\n"), ElementsAre(HasSubstr("calls time()")));
  EXPECT_THAT(faults_of("src/routing/core/a.cc", "\nusing C = steady_clock;\n"), ElementsAre(HasSubstr("a.cc:2: ")));
  EXPECT_THAT(faults_of("src/routing/core/a.cc", "x.time(0); Instant time(int); y->time(1); // time(0)\n"), IsEmpty());
}

TEST(CmakeUses, AreDeclaredAndComplete) {
  const auto faults = [](const std::string& path, const std::string& text) {
    return check_cmake_uses(tree_with(path, text), parse_deps(kTable));
  };
  EXPECT_THAT(faults("src/routing/a.cc", "#include \"base/ids.h\"\n"), IsEmpty());
  EXPECT_THAT(faults("src/routing/a.cc", "#include \"store/sql.h\"\n"), ElementsAre(HasSubstr("must say USES store")));
  EXPECT_THAT(faults("src/routing/module.cmake", "carillon_module(routing USES store LIBS x EXCLUDE base)"), IsEmpty());
  EXPECT_THAT(faults("src/routing/a_test.cc", "#include \"store/sql.h\"\n"), IsEmpty());
  EXPECT_THAT(faults("src/store/module.cmake", "carillon_module(store USES\n  base routing)"),
              ElementsAre(HasSubstr("src/DEPS lets nothing")));
  EXPECT_THAT(faults("src/store/module.cmake", "carillon_module(store USES gone)"),
              ElementsAre(HasSubstr("no carillon_module")));
  EXPECT_THAT(faults("src/new/a.cc", ""), ElementsAre(HasSubstr("needs a module.cmake")));
}

}  // namespace
}  // namespace carillon::house
