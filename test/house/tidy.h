// What keeps the house a house: sizes, names, blanks, headers, words that do not belong here.
//
// What:   check_tidy looks at every text file; sizes beyond the limits are faults unless the allow list names them with
//         exactly their present size, so that what is too large may shrink and nothing else may grow.
// Errors: one sentence a fault, beginning with the file.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "source_tree.h"

namespace carillon::house {

inline constexpr int kMostLinesOfFile = 600;
inline constexpr int kMostLinesOfFunction = 70;

// `allow` is the text of tidy_allow.txt: "file PATH LINES" or "function PATH:NAME LINES" a line.
std::vector<std::string> check_sizes(const SourceTree& tree, std::string_view allow);

// No folder is named common, utils, helpers or misc; no type is a Manager, Helper, Util, Common or Impl2.
std::vector<std::string> check_names(const SourceTree& tree);

// No tabs, no blanks at the end of a line, a newline at the end of a file.
std::vector<std::string> check_blanks(const SourceTree& tree);

// Every header has #pragma once and begins with a comment; every module has a README.md.
std::vector<std::string> check_headers(const SourceTree& tree);

// Nothing speaks of the machine, the tracker or the package mirrors it was made with.
std::vector<std::string> check_words(const SourceTree& tree);

}  // namespace carillon::house
