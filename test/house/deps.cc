#include "deps.h"

#include <algorithm>
#include <functional>

#include "source_tree.h"

namespace carillon::house {
namespace {

class Reader {
 public:
  DepsTable read(std::string_view text) {
    for (const std::string& line : lines_of(text)) {
      ++line_;
      std::vector<std::string> words = words_of(line.substr(0, line.find('#')));
      if (words.empty()) continue;
      const std::string key = words.front();
      words.erase(words.begin());
      take(key, words);
    }
    return std::move(table_);
  }

 private:
  void take(const std::string& key, const std::vector<std::string>& words) {
    if (key == "library") return take_library(words);
    if (key == "dir") return take_dir(words);
    if (key == "impure-headers") return add(table_.impure_headers, words);
    if (key == "impure-calls") return add(table_.impure_calls, words);
    if (key == "impure-words") return add(table_.impure_words, words);
    if (!dir_) return fault("'" + key + "' stands before the first dir");
    if (key == "pure" && words.empty()) {
      dir_->pure = true;
    } else if (key == "trusted" && words.empty()) {
      dir_->trusted = true;
    } else if (key == "of" && words.size() == 1) {
      dir_->of = words.front();
    } else if (key == "use") {
      add(dir_->use, words);
    } else if (key == "lib") {
      add(dir_->libraries, words);
    } else if (key == "tests") {
      add(dir_->tests, words);
    } else if (key == "testlib") {
      add(dir_->test_libraries, words);
    } else {
      fault("'" + key + "' is not understood here");
    }
  }
  void take_library(const std::vector<std::string>& words) {
    if (words.size() < 2) return fault("a library has a name and at least one beginning of its headers");
    table_.libraries[words.front()].assign(words.begin() + 1, words.end());
  }
  void take_dir(const std::vector<std::string>& words) {
    if (words.size() != 1) return fault("dir takes one path");
    if (table_.dirs.contains(words.front())) return fault("dir " + words.front() + " is there twice");
    dir_ = &table_.dirs[words.front()];
    dir_->path = words.front();
    dir_->line = line_;
  }
  static void add(std::set<std::string>& to, const std::vector<std::string>& words) {
    to.insert(words.begin(), words.end());
  }
  void fault(const std::string& text) { table_.faults.push_back("src/DEPS:" + std::to_string(line_) + ": " + text); }

  DepsTable table_;
  DirRules* dir_ = nullptr;
  int line_ = 0;
};

// "base/clock" fits src/base/clock.h and src/base/clock.cc; "base" fits whatever lies below.
bool fits(std::string_view path, std::string_view file) {
  if (!file.starts_with(path) || file.size() == path.size()) return false;
  const std::string_view rest = file.substr(path.size());
  return rest.front() == '/' || (rest.front() == '.' && rest.find('/') == std::string_view::npos);
}

}  // namespace

Kind kind_of(std::string_view file) {
  const bool test =
      ends_with_any(file, {"_test.cc", "_fuzz.cc", "_bench.cc"}) || file.find("/testing/") != std::string_view::npos;
  return test ? Kind::kTest : Kind::kProduct;
}

DepsTable parse_deps(std::string_view text) { return Reader().read(text); }

const DirRules* DepsTable::rules_of(std::string_view file) const {
  if (file.starts_with("src/")) file.remove_prefix(4);
  const DirRules* best = nullptr;
  for (const auto& [path, rules] : dirs) {
    if (fits(path, file) && (!best || path.size() > best->path.size())) best = &rules;
  }
  return best;
}

bool DepsTable::may_use(const DirRules& from, const DirRules& to, Kind kind) const {
  if (&from == &to) return true;
  if (kind == Kind::kProduct && from.pure && !to.pure && !to.trusted) return false;
  const auto named = [&](const std::set<std::string>& names) {
    // Two parts "of" the same directory are not open to each other, or they could form a cycle.
    return names.contains("*") || names.contains(to.path) ||
           (!to.of.empty() && to.of != from.of && names.contains(to.of));
  };
  return named(from.use) || (kind == Kind::kTest && named(from.tests));
}

std::string DepsTable::library_of(std::string_view header) const {
  for (const auto& [name, beginnings] : libraries) {
    for (const std::string& beginning : beginnings) {
      const bool folder = beginning.back() == '/';
      if (folder ? header.starts_with(beginning) : header == beginning) return name;
    }
  }
  const bool standard = header.find('.') == std::string_view::npos && header.find('/') == std::string_view::npos;
  return standard ? "" : "?";
}

std::vector<std::string> DepsTable::inner_faults() const {
  std::vector<std::string> found = faults;
  const auto fault = [&](const DirRules& rules, const std::string& text) {
    found.push_back("src/DEPS:" + std::to_string(rules.line) + ": dir " + rules.path + " " + text);
  };
  for (const auto& [path, rules] : dirs) {
    std::set<std::string> names = rules.use;
    names.insert(rules.tests.begin(), rules.tests.end());
    if (!rules.of.empty()) names.insert(rules.of);
    for (const std::string& name : names) {
      if (name != "*" && !dirs.contains(name)) fault(rules, "names " + name + ", which has no dir of its own");
    }
    for (const std::string& name : rules.use) {
      const auto used = dirs.find(name);
      if (rules.pure && used != dirs.end() && !used->second.pure && !used->second.trusted) {
        fault(rules, "is pure but uses " + name + ", which is not");
      }
    }
    names = rules.libraries;
    names.insert(rules.test_libraries.begin(), rules.test_libraries.end());
    for (const std::string& name : names) {
      if (!libraries.contains(name)) fault(rules, "names the library " + name + ", which is not listed");
    }
  }
  for (std::string& cycle : cycles()) found.push_back(std::move(cycle));
  return found;
}

// Depth-first over the declared edges; each cycle is told once, from where it is first met.
std::vector<std::string> DepsTable::cycles() const {
  std::vector<std::string> found, trail;
  std::set<std::string> done, open;
  const std::function<void(const DirRules&)> visit = [&](const DirRules& rules) {
    if (done.contains(rules.path)) return;
    open.insert(rules.path), trail.push_back(rules.path);
    for (const auto& [path, other] : dirs) {
      if (path == rules.path || !may_use(rules, other, Kind::kProduct)) continue;
      if (!open.contains(path)) {
        visit(other);
        continue;
      }
      std::string text = "src/DEPS: a cycle: ";
      for (auto at = std::find(trail.begin(), trail.end(), path); at != trail.end(); ++at) text += *at + " -> ";
      found.push_back(text + path);
    }
    open.erase(rules.path), trail.pop_back(), done.insert(rules.path);
  };
  for (const auto& [path, rules] : dirs) visit(rules);
  return found;
}

}  // namespace carillon::house
