// Goal: src/DEPS is read as written, and a table that contradicts itself is refused. Method: tables of a few lines.
#include "deps.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace carillon::house {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

constexpr char kTable[] = R"(
library json boost/json.hpp boost/json/
dir base
  pure
dir base/check   # aborts
  trusted
  of base
dir base/clock
  of base
dir routing
  use base routing/core
dir routing/core
  pure
  use base
dir app
  use *
)";

TEST(Deps, ALongerPathWinsOverItsParent) {
  const DepsTable deps = parse_deps(kTable);
  EXPECT_THAT(deps.inner_faults(), IsEmpty());
  EXPECT_EQ(deps.rules_of("src/routing/core/task.cc")->path, "routing/core");
  EXPECT_EQ(deps.rules_of("src/routing/task_sql.cc")->path, "routing");
  EXPECT_EQ(deps.rules_of("base/clock.h")->path, "base/clock");
  EXPECT_EQ(deps.rules_of("base/clock_face.h")->path, "base");
  EXPECT_EQ(deps.rules_of("src/nowhere/x.h"), nullptr);
}

TEST(Deps, WhatIsOfADirectoryIsOpenWithItButNotToPureCode) {
  const DepsTable deps = parse_deps(kTable);
  const auto may = [&](const char* from, const char* to) {
    return deps.may_use(deps.dirs.at(from), deps.dirs.at(to), Kind::kProduct);
  };
  EXPECT_TRUE(may("routing", "base/clock"));
  EXPECT_FALSE(may("routing/core", "base/clock"));
  EXPECT_TRUE(may("routing/core", "base/check"));
  EXPECT_TRUE(may("app", "routing/core"));
  EXPECT_FALSE(may("base", "routing"));
  EXPECT_TRUE(deps.may_use(deps.dirs.at("routing/core"), deps.dirs.at("base/clock"), Kind::kTest));
}

TEST(Deps, KnowsLibrariesByTheirHeaders) {
  const DepsTable deps = parse_deps(kTable);
  EXPECT_EQ(deps.library_of("boost/json/value.hpp"), "json");
  EXPECT_EQ(deps.library_of("vector"), "");
  EXPECT_EQ(deps.library_of("mystery/x.h"), "?");
}

TEST(Deps, RefusesCycles) {
  EXPECT_THAT(parse_deps("dir a\n use b\ndir b\n use c\ndir c\n use a\n").inner_faults(),
              ElementsAre(HasSubstr("a -> b -> c -> a")));
}

TEST(Deps, RefusesUnknownNamesAndImpureEdges) {
  EXPECT_THAT(parse_deps("dir a\n use b\n").inner_faults(), ElementsAre(HasSubstr("names b")));
  EXPECT_THAT(parse_deps("dir a\n lib x\n").inner_faults(), ElementsAre(HasSubstr("library x")));
  EXPECT_THAT(parse_deps("dir a\n pure\n use b\ndir b\n").inner_faults(), ElementsAre(HasSubstr("is pure but uses b")));
}

TEST(Deps, RefusesWhatItDoesNotUnderstand) {
  EXPECT_THAT(parse_deps("dir a\n puer\n").inner_faults(), ElementsAre(HasSubstr("src/DEPS:2: 'puer'")));
  EXPECT_THAT(parse_deps("use b\n").inner_faults(), ElementsAre(HasSubstr("before the first dir")));
  EXPECT_THAT(parse_deps("dir a\ndir a\n").inner_faults(), ElementsAre(HasSubstr("twice")));
}

}  // namespace
}  // namespace carillon::house
