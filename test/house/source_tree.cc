#include "source_tree.h"

#include <algorithm>
#include <cctype>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <sstream>
#include <stdexcept>

namespace carillon::house {
namespace fs = std::filesystem;
namespace {

const std::vector<std::string_view> kTextEndings = {".cc",   ".h",    ".def", ".cmake", ".txt",  ".md",
                                                    ".ts",   ".tsx",  ".js",  ".mjs",   ".css",  ".html",
                                                    ".json", ".yaml", ".yml", ".sql",   ".toml", ".sh"};

// Inputs for parsers, strange on purpose.
constexpr std::string_view kFuzzSeeds = "test/fuzz";

// A file without an ending is a script or a table (src/DEPS, scripts/run, LICENSE): text as well.
bool is_text(const fs::path& path) { return !path.has_extension() || ends_with_any(path.string(), kTextEndings); }

bool is_made_by_tools(const fs::path& folder) {
  const std::string name = folder.filename().string();
  return name == "node_modules" || name == "dist" || name == "build" || (name.size() > 1 && name[0] == '.');
}

std::string read_file(const fs::path& path) {
  std::ifstream in(path, std::ios::binary);
  if (!in) throw std::runtime_error("cannot read " + path.string());
  return {std::istreambuf_iterator<char>(in), {}};
}

void load_folder(const fs::path& root, const fs::path& folder, SourceTree& tree) {
  for (fs::recursive_directory_iterator it(folder), end; it != end; ++it) {
    const std::string name = fs::relative(it->path(), root).generic_string();
    if (it->is_directory() && (is_made_by_tools(it->path()) || name == kFuzzSeeds)) {
      it.disable_recursion_pending();
    } else if (it->is_regular_file() && is_text(it->path())) {
      tree[name] = read_file(it->path());
    }
  }
}

// Walks over C++ and blanks out what is not code.
class Blanker {
 public:
  explicit Blanker(std::string_view text) : text_(text), out_(text) {}

  std::string run() {
    while (at_ < text_.size()) {
      if (starts("//")) {
        blank_until("\n", false);
      } else if (starts("/*")) {
        blank_until("*/", true);
      } else if (starts("R\"") && !after_word()) {
        blank_raw_string();
      } else if (text_[at_] == '#' && is_include()) {
        at_ = std::min(text_.find('\n', at_), text_.size());
      } else if (text_[at_] == '"' || (text_[at_] == '\'' && !after_word())) {
        blank_literal(text_[at_]);
      } else {
        ++at_;
      }
    }
    return std::move(out_);
  }

 private:
  bool starts(std::string_view with) const { return text_.substr(at_, with.size()) == with; }
  // 1'000 has a quote after a digit; u8R"(" has a letter before R and is not used here.
  bool after_word() const {
    return at_ > 0 && (std::isalnum(static_cast<unsigned char>(text_[at_ - 1])) || text_[at_ - 1] == '_');
  }
  bool is_include() const {
    const std::size_t word = text_.find_first_not_of(" \t", at_ + 1);
    return word != std::string_view::npos && text_.substr(word, 7) == "include";
  }
  void blank(std::size_t end) {
    for (end = std::min(end, text_.size()); at_ < end; ++at_) {
      if (text_[at_] != '\n') out_[at_] = ' ';
    }
  }
  void blank_until(std::string_view mark, bool with_mark) {
    const std::size_t found = text_.find(mark, at_ + 2);
    blank(found == std::string_view::npos ? text_.size() : found + (with_mark ? mark.size() : 0));
  }
  void blank_literal(char quote) {
    std::size_t end = at_ + 1;
    while (end < text_.size() && text_[end] != quote && text_[end] != '\n') end += text_[end] == '\\' ? 2 : 1;
    blank(end + 1);
  }
  void blank_raw_string() {
    const std::size_t open = text_.find('(', at_);
    if (open == std::string_view::npos) return blank(text_.size());
    const std::string mark = ")" + std::string(text_.substr(at_ + 2, open - at_ - 2)) + "\"";
    blank_until(mark, true);
  }

  std::string_view text_;
  std::string out_;
  std::size_t at_ = 0;
};

}  // namespace

SourceTree load_tree(const std::string& root, const std::vector<std::string>& names) {
  SourceTree tree;
  for (const std::string& name : names) {
    const fs::path path = fs::path(root) / name;
    if (fs::is_directory(path)) {
      load_folder(root, path, tree);
    } else if (fs::is_regular_file(path)) {
      tree[name] = read_file(path);
    }
  }
  if (tree.empty()) throw std::runtime_error("no source files under " + root);
  return tree;
}

std::vector<std::string> lines_of(std::string_view text) {
  std::vector<std::string> lines;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t end = std::min(text.find('\n', at), text.size());
    lines.emplace_back(text.substr(at, end - at));
    at = end + 1;
  }
  return lines;
}

std::vector<std::string> words_of(std::string_view line) {
  std::istringstream in{std::string(line)};
  return {std::istream_iterator<std::string>(in), {}};
}

std::size_t line_count(std::string_view text) {
  const auto ends = static_cast<std::size_t>(std::count(text.begin(), text.end(), '\n'));
  return text.empty() || text.back() == '\n' ? ends : ends + 1;
}

bool ends_with_any(std::string_view path, const std::vector<std::string_view>& endings) {
  return std::any_of(endings.begin(), endings.end(), [&](std::string_view ending) { return path.ends_with(ending); });
}

bool is_cpp(std::string_view path) { return ends_with_any(path, {".cc", ".h"}); }

std::string file_name(std::string_view path) { return std::string(path.substr(path.rfind('/') + 1)); }

std::string file_stem(std::string_view path) {
  const std::string name = file_name(path);
  return name.substr(0, name.find('.'));
}

std::string code_only(std::string_view cpp) { return Blanker(cpp).run(); }

}  // namespace carillon::house
