#include "documents.h"

#include <filesystem>
#include <regex>

namespace carillon::house {

std::vector<std::string> check_links(const SourceTree& tree) {
  static const std::regex kLink(R"(\]\(([^)#:\s]+\.md)(#[^)\s]*)?\))");
  std::vector<std::string> faults;
  for (const auto& [path, text] : tree) {
    if (!path.ends_with(".md")) continue;
    for (std::sregex_iterator link(text.begin(), text.end(), kLink), end; link != end; ++link) {
      const std::string to = (*link)[1].str();
      const std::filesystem::path target = std::filesystem::path(path).parent_path() / to;
      if (!tree.contains(target.lexically_normal().generic_string())) {
        faults.push_back(path + ": links to " + to + ", which is not there");
      }
    }
  }
  return faults;
}

std::vector<std::string> check_packages(const SourceTree& tree) {
  std::vector<std::string> faults;
  const std::string& explained = tree.at("docs/dependencies.md");
  for (const std::string& line : lines_of(tree.at("scripts/packages"))) {
    const std::vector<std::string> words = words_of(line.substr(0, line.find('#')));
    if (words.empty() || words[0] == "run") continue;  // the library of a -dev package
    if (words.size() < 3) {
      faults.push_back("scripts/packages: GROUP PACKAGE WHAT FOR is expected, not: " + line);
    } else if (explained.find(words[1]) == std::string::npos) {
      faults.push_back("scripts/packages: " + words[1] + " has no row in docs/dependencies.md");
    }
  }
  return faults;
}

}  // namespace carillon::house
