// The files the house tests look at, as text in memory.
//
// What:   SourceTree maps a path, written from the root of the checkout, to the file's text.
// Why:    a rule is tried on a tree of three made-up files as easily as on the real one.
// Errors: load throws std::runtime_error when a folder or file cannot be read: a test that sees nothing must not pass.
// Example:
//   SourceTree tree = load_tree(CARILLON_SOURCE_DIR, {"src", "test"});
//   for (const auto& [path, text] : tree) check(path, text);
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace carillon::house {

using SourceTree = std::map<std::string, std::string>;

// All text files below the named folders, and named files themselves; names that do not exist are passed over.
// What tools make (node_modules, dist, build, dot folders) and the seeds of the fuzzers are left out.
SourceTree load_tree(const std::string& root, const std::vector<std::string>& names);

std::vector<std::string> lines_of(std::string_view text);
std::vector<std::string> words_of(std::string_view line);
std::size_t line_count(std::string_view text);

bool ends_with_any(std::string_view path, const std::vector<std::string_view>& endings);
bool is_cpp(std::string_view path);

// The last part of a path, with and without what follows its first dot.
std::string file_name(std::string_view path);
std::string file_stem(std::string_view path);

// C++ with every comment, string and character literal replaced by blanks; lines and columns stay where they are.
// Include lines keep their quoted path.
std::string code_only(std::string_view cpp);

}  // namespace carillon::house
