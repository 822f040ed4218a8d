// Finds the functions of a C++ file and how long they are.
//
// What:   a scan over braces, good enough to hold a length limit: it knows namespaces, classes, initialisers and
// lambdas, and
//         takes the outermost body that follows a parameter list for a function. No macros are expanded.
// Example:
//   for (const Function& f : functions_of(text)) if (f.lines > 70) ...
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace carillon::house {

struct Function {
  std::string name;  // as written: "TaskTable::insert"; a test is "Suite.Name"
  int line = 0;      // where its head begins
  int lines = 0;     // from there to the closing brace
};

std::vector<Function> functions_of(std::string_view cpp);

}  // namespace carillon::house
