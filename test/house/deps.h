// src/DEPS as data: which directory may include what.
//
// What:   parse_deps reads the table; DepsTable answers the questions the include check asks of it.
// Errors: parse_deps puts what it does not understand into `faults`, with the line; nothing is skipped silently.
// Example:
//   DepsTable deps = parse_deps(text);
//   const DirRules* rules = deps.rules_of("src/routing/core/task.cc");   // longest "dir" that fits
//   bool ok = rules && deps.may_use(*rules, deps.dirs.at("base"), Kind::kProduct);
#pragma once

#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace carillon::house {

// What ships, and what only tests it: *_test.cc, *_fuzz.cc, *_bench.cc and testing/ folders, which may include more.
enum class Kind { kProduct, kTest };
Kind kind_of(std::string_view file);

struct DirRules {
  std::string path;  // as written after "dir", without src/
  int line = 0;
  bool pure = false;
  bool trusted = false;
  std::string of;
  std::set<std::string> use;
  std::set<std::string> libraries;
  std::set<std::string> tests;
  std::set<std::string> test_libraries;
};

struct DepsTable {
  std::map<std::string, DirRules> dirs;
  std::map<std::string, std::vector<std::string>> libraries;  // name -> how its headers begin
  std::set<std::string> impure_headers;
  std::set<std::string> impure_calls;
  std::set<std::string> impure_words;
  std::vector<std::string> faults;

  // The rules of a file, given from the root ("src/base/clock.h") or from src/; nullptr when no "dir" fits.
  const DirRules* rules_of(std::string_view file) const;

  // Whether code of this kind under `from` may include code under `to`.
  bool may_use(const DirRules& from, const DirRules& to, Kind kind) const;

  // The library a header in angle brackets belongs to; "" for the standard library, "?" for none that is known.
  std::string library_of(std::string_view header) const;

  // Names that stand for nothing, pure code that may use impure code, and cycles, each as one sentence.
  std::vector<std::string> inner_faults() const;

 private:
  std::vector<std::string> cycles() const;
};

DepsTable parse_deps(std::string_view text);

}  // namespace carillon::house
