// Goal: the checkout as it stands keeps its own rules. Method: every check of this folder over the real files.
#include <gtest/gtest.h>

#include "deps.h"
#include "documents.h"
#include "include_check.h"
#include "tidy.h"

namespace carillon::house {
namespace {

const SourceTree& checkout() {
  static const SourceTree tree =
      load_tree(CARILLON_SOURCE_DIR, {"src", "test", "bench", "web", "spec", "docs", "scripts", "cmake", "deploy",
                                      "README.md", "CONTRIBUTING.md", "NOTICE", "CMakeLists.txt", "CMakePresets.json"});
  return tree;
}

// One line a fault, and how to read the rule.
void expect_none(const std::vector<std::string>& faults) {
  for (const std::string& fault : faults) ADD_FAILURE() << fault;
}

DepsTable deps() { return parse_deps(checkout().at("src/DEPS")); }

TEST(House, TheTableOfDependenciesIsSound) { expect_none(deps().inner_faults()); }
TEST(House, EveryIncludeIsDeclared) { expect_none(check_includes(checkout(), deps())); }
TEST(House, CmakeLinksWhatIsIncluded) { expect_none(check_cmake_uses(checkout(), deps())); }
TEST(House, FilesAndFunctionsStaySmall) {
  expect_none(check_sizes(checkout(), checkout().at("test/house/tidy_allow.txt")));
}
TEST(House, NamesSayWhatThingsDo) { expect_none(check_names(checkout())); }
TEST(House, NoTabsAndNoTrailingBlanks) { expect_none(check_blanks(checkout())); }
TEST(House, HeadersAndModulesIntroduceThemselves) { expect_none(check_headers(checkout())); }
TEST(House, NothingSpeaksOfTheWorkplace) { expect_none(check_words(checkout())); }
TEST(House, DocumentsLinkToEachOther) { expect_none(check_links(checkout())); }
TEST(House, EveryPackageIsExplained) { expect_none(check_packages(checkout())); }

}  // namespace
}  // namespace carillon::house
