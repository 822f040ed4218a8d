#include "functions.h"

#include <cctype>
#include <regex>

#include "source_tree.h"

namespace carillon::house {
namespace {

bool is_blank(char c) { return std::isspace(static_cast<unsigned char>(c)) != 0; }

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && is_blank(text.back())) text.remove_suffix(1);
  while (!text.empty() && is_blank(text.front())) text.remove_prefix(1);
  return text;
}

// `namespace x {`, `class Y : public Z {`: what such a brace holds are declarations, not statements.
bool opens_scope(std::string_view head) {
  static const std::regex kScope(R"((^|[\s>])(namespace|class|struct|union|enum|extern)\b)");
  static const std::regex kParameters(R"(\)\s*(const|noexcept|override|final|mutable|->.*|:.*)?\s*$)");
  const std::string text(head);
  return std::regex_search(text, kScope) && !std::regex_search(text, kParameters);
}

bool opens_function(std::string_view head) {
  return head.find('(') != std::string_view::npos && !head.ends_with("=") && !head.ends_with(",");
}

std::string name_of(std::string_view head) {
  static const std::regex kTest(R"(^TEST(_F|_P)?\s*\(\s*(\w+)\s*,\s*(\w+)\s*\))");
  std::smatch match;
  const std::string text(head);
  if (std::regex_search(text, match, kTest)) return match[2].str() + "." + match[3].str();
  static const std::regex kName(R"(([\w:~]*operator[^(]*(\(\))?|[\w:~<>]+)\s*\()");
  return std::regex_search(text, match, kName) ? match[1].str() : "unnamed";
}

class Scan {
 public:
  explicit Scan(std::string_view cpp) : code_(code_only(cpp)) { blank_directives(); }

  std::vector<Function> run() {
    for (at_ = 0; at_ < code_.size(); ++at_) {
      const char c = code_[at_];
      if (c == '\n') ++line_;
      if (c == '{') {
        open();
      } else if (c == '}') {
        close();
      } else if (c == ';' && inner_ == 0) {
        begin_head();
      } else if (inner_ == 0 && head_line_ == 0 && !is_blank(c)) {
        head_ = at_, head_line_ = line_;
      }
    }
    return std::move(found_);
  }

 private:
  // Only scopes are kept; `inner_` counts the braces inside a body or an initialiser.
  void open() {
    if (inner_ > 0) return void(++inner_);
    const std::string_view head = trimmed(std::string_view(code_).substr(head_, at_ - head_));
    if (head_line_ == 0 || opens_scope(head)) return begin_head();
    inner_ = 1;
    in_function_ = opens_function(head);
    if (in_function_) found_.push_back({name_of(head), head_line_, 0});
  }
  void close() {
    if (inner_ == 0) return begin_head();  // the end of a scope
    if (--inner_ > 0) return;
    if (!in_function_) return;  // an initialiser: its statement goes on until ';'
    found_.back().lines = line_ - found_.back().line + 1;
    begin_head();
  }
  void begin_head() { head_ = at_ + 1, head_line_ = 0; }

  // Macros may hold half a brace; a directive is no code of the function around it.
  void blank_directives() {
    for (std::size_t at = 0; at < code_.size();) {
      std::size_t end = code_.find('\n', at);
      end = end == std::string::npos ? code_.size() : end;
      const std::size_t first = code_.find_first_not_of(" \t", at);
      bool goes_on = first < end && code_[first] == '#';
      while (goes_on) {
        goes_on = end > at && code_[end - 1] == '\\';
        for (; at < end; ++at) code_[at] = ' ';
        if (goes_on) at = end + 1, end = std::min(code_.find('\n', at), code_.size());
      }
      at = end + 1;
    }
  }

  std::string code_;
  std::size_t at_ = 0;
  int line_ = 1;
  int inner_ = 0;
  bool in_function_ = false;
  std::size_t head_ = 0;
  int head_line_ = 0;
  std::vector<Function> found_;
};

}  // namespace

std::vector<Function> functions_of(std::string_view cpp) { return Scan(cpp).run(); }

}  // namespace carillon::house
