#include "tidy.h"

#include <map>
#include <regex>
#include <set>

#include "functions.h"

namespace carillon::house {
namespace {

using Faults = std::vector<std::string>;

const std::set<std::string> kBannedFolders = {"common", "utils", "util", "helpers", "helper", "misc"};
const std::set<std::string> kBannedStems = {"manager", "helper", "helpers", "util", "utils", "common", "misc", "impl2"};

bool is_source(std::string_view path) {
  return is_cpp(path) || ends_with_any(path, {".ts", ".tsx", ".js", ".mjs", ".css"});
}

// What a tool wrote may be as large as it likes; such files say so at their top.
bool is_generated(std::string_view text) { return text.substr(0, 200).find("generated") != std::string_view::npos; }

// "file a" or "function a:b" -> lines.
using Sizes = std::map<std::string, int>;

Sizes read_allowed(std::string_view allow, Faults& faults) {
  Sizes allowed;
  for (const std::string& line : lines_of(allow)) {
    const std::vector<std::string> words = words_of(line.substr(0, line.find('#')));
    if (words.empty()) continue;
    const bool good = words.size() == 3 && (words[0] == "file" || words[0] == "function") &&
                      words[2].find_first_not_of("0123456789") == std::string::npos && words[2].size() < 7;
    if (good) {
      allowed[words[0] + " " + words[1]] = std::stoi(words[2]);
    } else {
      faults.push_back("tidy_allow.txt: not understood: " + line);
    }
  }
  return allowed;
}

Sizes sizes_over_limit(const SourceTree& tree) {
  Sizes over;
  for (const auto& [path, text] : tree) {
    if (!is_source(path) || is_generated(text)) continue;
    const int lines = static_cast<int>(line_count(text));
    if (lines > kMostLinesOfFile) over["file " + path] = lines;
    if (!is_cpp(path)) continue;
    for (const Function& function : functions_of(text)) {
      if (function.lines > kMostLinesOfFunction) over["function " + path + ":" + function.name] = function.lines;
    }
  }
  return over;
}

// A folder or file by each word of its name.
void check_path_names(const std::string& path, Faults& faults) {
  std::size_t begin = 0;
  for (std::size_t slash = path.find('/'); slash != std::string::npos;
       begin = slash + 1, slash = path.find('/', begin)) {
    const std::string folder = path.substr(begin, slash - begin);
    if (kBannedFolders.contains(folder))
      faults.push_back(path + ": no folder is named " + folder + ": name it after what it holds");
  }
  if (!is_source(path)) return;
  static const std::regex kBreaks("[_-]");
  const std::string stem = file_stem(path);
  for (std::sregex_token_iterator part(stem.begin(), stem.end(), kBreaks, -1), end; part != end; ++part) {
    if (kBannedStems.contains(part->str()))
      faults.push_back(path + ": no file is named " + part->str() + ": name it after what it does");
  }
}

void check_type_names(const std::string& path, const std::string& code, Faults& faults) {
  static const std::regex kDeclared(
      R"(\b(class|struct|interface|type|enum|concept)\s+(\w*(Manager|Helper|Utils?|Common|Impl2)\w*))");
  for (std::sregex_iterator match(code.begin(), code.end(), kDeclared), end; match != end; ++match) {
    faults.push_back(path + ": " + (*match)[2].str() + ": no type is a " + (*match)[3].str() +
                     ": name it after what it does");
  }
}

std::string at_line(const std::string& path, std::size_t line) { return path + ":" + std::to_string(line) + ": "; }

}  // namespace

std::vector<std::string> check_sizes(const SourceTree& tree, std::string_view allow) {
  Faults faults;
  const Sizes allowed = read_allowed(allow, faults);
  const Sizes over = sizes_over_limit(tree);
  for (const auto& [what, lines] : over) {
    const auto known = allowed.find(what);
    if (known == allowed.end()) {
      const int most = what.starts_with("file ") ? kMostLinesOfFile : kMostLinesOfFunction;
      faults.push_back(what + " has " + std::to_string(lines) + " lines, at most " + std::to_string(most) +
                       ": split it by what it does");
    } else if (lines > known->second) {
      faults.push_back(what + " grew from " + std::to_string(known->second) + " to " + std::to_string(lines) +
                       " lines: it may only shrink");
    }
  }
  for (const auto& [what, lines] : allowed) {
    const auto now = over.find(what);
    if (now == over.end()) {
      faults.push_back("tidy_allow.txt: " + what + " is within the limit or gone: take its line out");
    } else if (now->second < lines) {
      faults.push_back("tidy_allow.txt: " + what + " has shrunk: write " + std::to_string(now->second));
    }
  }
  return faults;
}

std::vector<std::string> check_names(const SourceTree& tree) {
  Faults faults;
  for (const auto& [path, text] : tree) {
    check_path_names(path, faults);
    if (is_cpp(path)) check_type_names(path, code_only(text), faults);
    if (ends_with_any(path, {".ts", ".tsx"})) check_type_names(path, text, faults);
  }
  return faults;
}

std::vector<std::string> check_blanks(const SourceTree& tree) {
  Faults faults;
  for (const auto& [path, text] : tree) {
    if (path.ends_with("package-lock.json")) continue;
    std::size_t number = 0;
    for (const std::string& line : lines_of(text)) {
      ++number;
      if (line.find('\t') != std::string::npos) faults.push_back(at_line(path, number) + "a tab: use blanks");
      if (line.ends_with(' ') || line.ends_with('\r'))
        faults.push_back(at_line(path, number) + "blanks at the end of the line");
    }
    if (!text.empty() && text.back() != '\n') faults.push_back(path + ": no newline at the end");
  }
  return faults;
}

std::vector<std::string> check_headers(const SourceTree& tree) {
  Faults faults;
  std::set<std::string> modules;
  for (const auto& [path, text] : tree) {
    if (path.starts_with("src/")) modules.insert(path.substr(0, path.find('/', 4)));
    if (!path.ends_with(".h")) continue;
    if (text.find("#pragma once\n") == std::string::npos) faults.push_back(path + ": no #pragma once");
    if (!text.starts_with("// "))
      faults.push_back(path + ": begins without a comment that says what it is, why, and on which thread");
  }
  modules.erase("src/DEPS");
  for (const std::string& module : modules) {
    if (!tree.contains(module + "/README.md"))
      faults.push_back(module + "/: no README.md: what it decides, its words, how to test it");
  }
  return faults;
}

std::vector<std::string> check_words(const SourceTree& tree) {
  // Written in pieces, so that this file does not find itself.
  static const std::vector<std::pair<std::string, std::string>> kWords = {{"issue"
                                                                           " #",
                                                                           "a tracker's number"},
                                                                          {"/wo"
                                                                           "rk/main",
                                                                           "a path of one machine"},
                                                                          {"/ro"
                                                                           "ot/",
                                                                           "a path of one machine"},
                                                                          {"\"resolved\":"
                                                                           " \"http",
                                                                           "the address of a package registry"},
                                                                          {"_auth"
                                                                           "Token",
                                                                           "a registry's credential"}};
  static const std::regex kMirror(R"(https?://[^/\s"]*(registry|artifactory|nexus|mirror)[^/\s"]*)");
  Faults faults;
  for (const auto& [path, text] : tree) {
    std::size_t number = 0;
    for (const std::string& line : lines_of(text)) {
      ++number;
      for (const auto& [word, what] : kWords) {
        if (line.find(word) != std::string::npos) faults.push_back(at_line(path, number) + word + " is " + what);
      }
      if (line.find("://") != std::string::npos && line.size() < 2000 && std::regex_search(line, kMirror)) {
        faults.push_back(at_line(path, number) + "the address of a package registry");
      }
    }
  }
  return faults;
}

}  // namespace carillon::house
