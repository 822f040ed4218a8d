#include "include_check.h"

#include <algorithm>
#include <cctype>
#include <map>
#include <set>

namespace carillon::house {
namespace {

struct Include {
  int line = 0;
  bool quoted = false;
  std::string header;
};

std::vector<Include> includes_of(std::string_view text) {
  std::vector<Include> includes;
  int number = 0;
  for (const std::string& line : lines_of(code_only(text))) {
    ++number;
    std::size_t at = line.find_first_not_of(" \t");
    if (at == std::string::npos || line[at] != '#') continue;
    at = line.find_first_not_of(" \t", at + 1);
    if (at == std::string::npos || line.compare(at, 7, "include") != 0) continue;
    const std::size_t open = line.find_first_of("\"<", at);
    if (open == std::string::npos) continue;
    const std::size_t close = line.find(line[open] == '<' ? '>' : '"', open + 1);
    if (close == std::string::npos) continue;
    includes.push_back({number, line[open] == '"', line.substr(open + 1, close - open - 1)});
  }
  return includes;
}

bool is_identifier_char(char c) { return std::isalnum(static_cast<unsigned char>(c)) || c == '_'; }

// One file under src/ against the table.
class FileCheck {
 public:
  FileCheck(const SourceTree& tree, const DepsTable& deps, const std::string& path, std::vector<std::string>& faults)
      : tree_(tree), deps_(deps), path_(path), kind_(kind_of(path)), faults_(faults) {}

  void run(std::string_view text) {
    rules_ = deps_.rules_of(path_);
    if (!rules_) return fault(1, "lies in a directory that src/DEPS does not list: add a 'dir' for it");
    for (const Include& include : includes_of(text)) {
      if (tree_.contains("src/" + include.header)) {
        check_edge(include);
      } else {
        check_library(include);
      }
    }
    if (rules_->pure && kind_ == Kind::kProduct) check_pure_words(code_only(text));
  }

 private:
  void check_edge(const Include& include) {
    const DirRules* to = deps_.rules_of(include.header);
    if (!to) return;  // told once, at that file
    if (kind_ == Kind::kProduct && kind_of(include.header) == Kind::kTest) {
      return fault(include.line, "includes " + include.header + ", but testing/ is for tests only");
    }
    const bool own = kind_ == Kind::kTest && first_part(path_.substr(4)) == first_part(include.header);
    if (own || deps_.may_use(*rules_, *to, kind_)) return;
    const std::string why = rules_->pure && !to->pure ? " (it is pure, and that is not)" : "";
    fault(include.line,
          "includes " + include.header + ", but src/DEPS does not let " + rules_->path + " use " + to->path + why);
  }

  void check_library(const Include& include) {
    const std::string library = deps_.library_of(include.header);
    if (library.empty() && !include.quoted) {
      if (rules_->pure && kind_ == Kind::kProduct && deps_.impure_headers.contains(include.header)) {
        fault(include.line, "is pure code and includes <" + include.header + ">, which src/DEPS forbids there");
      }
    } else if (library.empty() || library == "?") {
      fault(include.line,
            "includes " + include.header +
                ", which is neither a file under src/ (includes are written from there), nor a standard C++ header, "
                "nor of a library that src/DEPS lists");
    } else if (!may_use_library(library)) {
      fault(include.line, "includes " + include.header + ", but src/DEPS does not let " + rules_->path +
                              " use the library " + library);
    }
  }

  bool may_use_library(const std::string& library) const {
    if (rules_->libraries.contains(library)) return true;
    return kind_ == Kind::kTest &&
           (library == "gtest" || library == "benchmark" || rules_->test_libraries.contains(library));
  }

  void check_pure_words(const std::string& code) {
    int line = 1;
    for (std::size_t at = 0; at < code.size(); ++at) {
      if (code[at] == '\n') ++line;
      if (!is_identifier_char(code[at])) continue;
      std::size_t end = at;
      while (end < code.size() && is_identifier_char(code[end])) ++end;
      const std::string word = code.substr(at, end - at);
      if (deps_.impure_words.contains(word)) {
        fault(line, "is pure code and says " + word);
      } else if (deps_.impure_calls.contains(word) && is_free_call(code, at, end)) {
        fault(line, "is pure code and calls " + word + "()");
      }
      at = end - 1;
    }
  }

  // True for `time(x)` and `std::time(x)`; false for `task.time(x)`, `Deadline::time(x)` and the declaration `Instant
  // time(x)`.
  static bool is_free_call(const std::string& code, std::size_t begin, std::size_t end) {
    const std::size_t after = code.find_first_not_of(" \n", end);
    if (after == std::string::npos || code[after] != '(') return false;
    std::string_view before = std::string_view(code).substr(0, begin);
    before = before.substr(0, before.find_last_not_of(" \n") + 1);
    if (before.ends_with(".") || before.ends_with("->")) return false;
    if (before.ends_with("::"))
      return before.ends_with("std::") || before.size() < 3 || !is_identifier_char(before[before.size() - 3]);
    return before.empty() || !(is_identifier_char(before.back()) || before.back() == '&' || before.back() == '>') ||
           before.ends_with("return") || before.ends_with("&&");
  }

  static std::string_view first_part(std::string_view path) { return path.substr(0, path.find('/')); }

  void fault(int line, const std::string& text) { faults_.push_back(path_ + ":" + std::to_string(line) + ": " + text); }

  // Given.
  const SourceTree& tree_;
  const DepsTable& deps_;
  const std::string& path_;
  const Kind kind_;
  std::vector<std::string>& faults_;
  // Found.
  const DirRules* rules_ = nullptr;
};

struct Module {
  std::string file;
  std::set<std::string> uses;
};
using Modules = std::map<std::string, Module>;

// Reads every carillon_module(NAME USES .. LIBS ..) of one module.cmake.
void read_modules(const std::string& file, std::string_view text, Modules& modules) {
  std::string plain;
  for (const std::string& line : lines_of(text)) plain += line.substr(0, line.find('#')) + "\n";
  constexpr std::string_view kCall = "carillon_module(";
  for (std::size_t at = plain.find(kCall); at != std::string::npos; at = plain.find(kCall, at + 1)) {
    const std::size_t open = at + kCall.size();
    const std::vector<std::string> words = words_of(plain.substr(open, plain.find(')', open) - open));
    if (words.empty()) continue;
    Module& module = modules[words.front()];
    module.file = file;
    bool in_uses = false;
    for (std::size_t i = 1; i < words.size(); ++i) {
      const bool keyword = words[i].find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZ_") == std::string::npos;
      if (keyword) {
        in_uses = words[i] == "USES";
      } else if (in_uses) {
        module.uses.insert(words[i]);
      }
    }
  }
}

// Whether `from` links `to`, directly or through what it uses: CMake hands libraries on.
bool links(const Modules& modules, const std::string& from, const std::string& to, std::set<std::string>& seen) {
  const auto module = modules.find(from);
  if (module == modules.end() || !seen.insert(from).second) return false;
  const std::set<std::string>& uses = module->second.uses;
  return uses.contains(to) ||
         std::any_of(uses.begin(), uses.end(), [&](const std::string& use) { return links(modules, use, to, seen); });
}

// The longest module name that is a folder above the path; "" for none.
std::string module_of(const Modules& modules, std::string_view path) {
  std::string best;
  for (const auto& [name, module] : modules) {
    const bool inside = path == name || (path.starts_with(name) && path.substr(name.size()).starts_with("/"));
    if (inside && name.size() > best.size()) best = name;
  }
  return best;
}

bool some_edge(const DepsTable& deps, const Modules& modules, const std::string& from, const std::string& to) {
  for (const auto& [from_path, from_rules] : deps.dirs) {
    if (module_of(modules, from_path) != from) continue;
    for (const auto& [to_path, to_rules] : deps.dirs) {
      if (module_of(modules, to_path) == to && deps.may_use(from_rules, to_rules, Kind::kProduct)) return true;
    }
  }
  return false;
}

}  // namespace

std::vector<std::string> check_includes(const SourceTree& tree, const DepsTable& deps) {
  std::vector<std::string> faults;
  for (const auto& [path, text] : tree) {
    if (path.starts_with("src/") && is_cpp(path)) FileCheck(tree, deps, path, faults).run(text);
  }
  return faults;
}

std::vector<std::string> check_cmake_uses(const SourceTree& tree, const DepsTable& deps) {
  std::vector<std::string> faults;
  Modules modules;
  for (const auto& [path, text] : tree) {
    if (path.starts_with("src/") && file_name(path) == "module.cmake") read_modules(path, text, modules);
  }
  for (const auto& [name, module] : modules) {
    for (const std::string& use : module.uses) {
      if (!modules.contains(use)) {
        faults.push_back(module.file + ": " + name + " USES " + use + ", which is no carillon_module");
      } else if (!some_edge(deps, modules, name, use)) {
        faults.push_back(module.file + ": " + name + " USES " + use +
                         ", but src/DEPS lets nothing there include anything of it");
      }
    }
  }
  for (const auto& [path, text] : tree) {
    if (!path.starts_with("src/") || !is_cpp(path) || kind_of(path) == Kind::kTest) continue;
    const std::string from = module_of(modules, path.substr(4));
    if (from.empty()) {
      faults.push_back(path + ": belongs to no carillon_module: its folder needs a module.cmake");
      continue;
    }
    for (const Include& include : includes_of(text)) {
      const std::string to = tree.contains("src/" + include.header) ? module_of(modules, include.header) : from;
      std::set<std::string> seen;
      if (to.empty() || to == from || links(modules, from, to, seen)) continue;
      faults.push_back(path + ":" + std::to_string(include.line) + ": includes " + include.header + ", so " +
                       modules.at(from).file + " must say USES " + to);
    }
  }
  return faults;
}

}  // namespace carillon::house
