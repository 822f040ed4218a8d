// Text to tokens. Inside the module only.
//
// What:   next() gives the tokens one by one, kEnd for ever at the end; after a fault (kept in fault()) kEnd as well.
//         Keywords are read without regard to case; a keyword followed by a dot is a key.
// Thread: any, one at a time.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "expr/core/node.h"

namespace carillon::expr {

enum class TokenKind : std::uint8_t {
  kEnd,
  kKey,
  kLiteral,
  kCompare,
  kAnd,
  kOr,
  kNot,
  kIn,
  kHas,
  kContains,
  kOpenParenthesis,
  kCloseParenthesis,
  kOpenBracket,
  kCloseBracket,
  kComma,
};

struct Token {
  TokenKind kind = TokenKind::kEnd;
  std::size_t begin = 0;  // bytes
  std::size_t end = 0;
  CompareOp op = CompareOp::kEqual;  // of kCompare
  Literal literal{};                 // of kLiteral
  std::vector<Step> steps{};         // of kKey; the first is never an index
  bool quoted_second = false;        // of kKey: worker["sid"], which is never a fact
};

class Lexer {
 public:
  // Text of at most kMaxTextBytes; one that is longer or no UTF-8 is a fault at once.
  explicit Lexer(std::string_view text);

  Token next();
  const std::optional<Error>& fault() const { return fault_; }

  // The error at a byte of the text: "column 12: found X, expected Y".
  Error make_fault(std::size_t at, std::string_view found, std::string_view expected) const;
  // What stands there, shortened, as `found` wants it.
  std::string describe(const Token& token) const;

 private:
  Token fail(std::size_t at, std::string_view found, std::string_view expected);
  Token symbol(TokenKind kind, std::size_t length);
  Token compare_op();
  Token word();
  Token key(std::size_t end_of_first);
  Token number();
  Token string();
  bool read_bracket_step(std::size_t& at, Step& step);
  bool read_string(std::size_t& at, std::string& out);
  bool read_escape(std::size_t& at, std::string& out);
  bool read_unicode_escape(std::size_t& at, std::string& out);
  char peek(std::size_t at) const { return at < text_.size() ? text_[at] : '\0'; }

  std::string_view text_;
  std::size_t at_ = 0;
  std::optional<Error> fault_;
};

// One name of a key from `begin`: letters, digits, _ $ -, and letters beyond ASCII; not beginning with '-'.
bool scan_name(std::string_view text, std::size_t begin, std::size_t& end);

bool equal_ignoring_case(std::string_view text, std::string_view lower_case);  // ASCII

}  // namespace carillon::expr
