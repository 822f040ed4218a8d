// Goal: a dead link and an unexplained package are found. Method: trees of two made-up files.
#include "documents.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace carillon::house {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

TEST(Documents, LinksLeadSomewhere) {
  EXPECT_THAT(check_links({{"docs/a.md", "[b](b.md) [c](../README.md#top) [d](https://x.org/d.md)"},
                           {"docs/b.md", ""},
                           {"README.md", "![picture](docs/none.png)"}}),
              IsEmpty());
  EXPECT_THAT(check_links({{"docs/a.md", "[b](b/c.md)"}}), ElementsAre(HasSubstr("links to b/c.md")));
}

TEST(Documents, PackagesAreExplained) {
  const auto faults = [](const std::string& packages) {
    return check_packages({{"scripts/packages", packages}, {"docs/dependencies.md", "| libfoo-dev | 1.0 |"}});
  };
  EXPECT_THAT(faults("# comment\nbuild libfoo-dev foo\nrun libfoo1 foo\n"), IsEmpty());
  EXPECT_THAT(faults("test libbar-dev bars\n"), ElementsAre(HasSubstr("libbar-dev has no row")));
  EXPECT_THAT(faults("test libfoo-dev\n"), ElementsAre(HasSubstr("is expected")));
}

}  // namespace
}  // namespace carillon::house
