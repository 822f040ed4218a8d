// Holds every file under src/ against src/DEPS, and CMake's module lists against both.
//
// Errors: one sentence a fault, beginning with file:line, saying what was found and what to do; none when all is well.
// Example:
//   for (const std::string& fault : check_includes(tree, parse_deps(tree.at("src/DEPS")))) ADD_FAILURE() << fault;
#pragma once

#include <string>
#include <vector>

#include "deps.h"
#include "source_tree.h"

namespace carillon::house {

// Undeclared edges, unknown headers and directories, tests' code in the product, and in pure code the headers, calls
// and words that src/DEPS forbids there.
std::vector<std::string> check_includes(const SourceTree& tree, const DepsTable& deps);

// carillon_module(X USES Y) in src/**/module.cmake: DEPS must let something under X include something under Y, and an include
// that crosses a module border must be linked, directly or through what is used. Headers alone would compile without.
std::vector<std::string> check_cmake_uses(const SourceTree& tree, const DepsTable& deps);

}  // namespace carillon::house
