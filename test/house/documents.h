// Documents that must not drift: links between them, and the packages that both people and machines read.
#pragma once

#include <string>
#include <vector>

#include "source_tree.h"

namespace carillon::house {

// Every relative link to a .md file leads to one.
std::vector<std::string> check_links(const SourceTree& tree);

// Every package that scripts/packages installs to build or test is explained in docs/dependencies.md.
std::vector<std::string> check_packages(const SourceTree& tree);

}  // namespace carillon::house
