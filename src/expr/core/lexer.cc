#include "expr/core/lexer.h"

#include <array>
#include <charconv>
#include <utility>

#include "expr/core/utf8.h"

namespace carillon::expr {
namespace {

constexpr std::size_t kMaxFoundBytes = 40;

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_ascii_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
bool is_space(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }

// Letters of any script, roughly: what is punctuation, a symbol or a typographic quote must not slip into a key.
bool is_letter_beyond_ascii(char32_t code) {
  if (code < 0xc0 || code == 0xd7 || code == 0xf7) return false;
  return !(code >= 0x2000 && code <= 0x2bff) && !(code >= 0x3000 && code <= 0x3004) &&
         !(code >= 0x3008 && code <= 0x3020) && code != 0x3030 && !(code >= 0xe000 && code <= 0xf8ff) &&
         !(code >= 0xfe00 && code <= 0xfe6f) && code != 0xfeff && !(code >= 0xff00 && code <= 0xff0f) &&
         !(code >= 0xff1a && code <= 0xff20) && !(code >= 0xff3b && code <= 0xff40) &&
         !(code >= 0xff5b && code <= 0xff65) && code < 0xfff0;
}

// Bytes of the character of a name at `at`; 0 when it belongs to no name.
std::size_t name_character(std::string_view text, std::size_t at) {
  const char c = text[at];
  if (is_ascii_letter(c) || is_digit(c) || c == '_' || c == '$' || c == '-') return 1;
  if (static_cast<unsigned char>(c) < 0x80) return 0;
  const Character character = character_at(text, at);
  return is_letter_beyond_ascii(character.code) ? character.bytes : 0;
}

constexpr std::array<std::pair<std::string_view, TokenKind>, 6> kKeywords = {{
    {"and", TokenKind::kAnd},
    {"or", TokenKind::kOr},
    {"not", TokenKind::kNot},
    {"in", TokenKind::kIn},
    {"has", TokenKind::kHas},
    {"contains", TokenKind::kContains},
}};

// What people write who come from another language, and what would be right here.
constexpr std::array<std::pair<std::string_view, std::string_view>, 7> kForeign = {{
    {"&&", "AND"},
    {"||", "OR"},
    {"&", "AND"},
    {"|", "OR"},
    {"!", "NOT, or != between two values"},
    {"\xe2\x80\x9c", "a straight quote, \" or '"},
    {"\xe2\x80\x98", "a straight quote, \" or '"},
}};

}  // namespace

bool scan_name(std::string_view text, std::size_t begin, std::size_t& end) {
  end = begin;
  if (begin >= text.size() || text[begin] == '-') return false;
  while (end < text.size()) {
    const std::size_t bytes = name_character(text, end);
    if (bytes == 0) break;
    end += bytes;
  }
  return end > begin;
}

bool equal_ignoring_case(std::string_view text, std::string_view lower_case) {
  if (text.size() != lower_case.size()) return false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i] >= 'A' && text[i] <= 'Z' ? static_cast<char>(text[i] + ('a' - 'A')) : text[i];
    if (c != lower_case[i]) return false;
  }
  return true;
}

Lexer::Lexer(std::string_view text) : text_(text) {
  if (text.size() > kMaxTextBytes) {
    text_ = text.substr(0, valid_utf8_bytes(text.substr(0, kMaxTextBytes)));
    fail(text_.size(), "a text of " + std::to_string(text.size()) + " bytes",
         "at most " + std::to_string(kMaxTextBytes) + " bytes");
    return;
  }
  const std::size_t valid = valid_utf8_bytes(text);
  if (valid != text.size()) fail(valid, "bytes that are not UTF-8", "UTF-8 text");
}

Error Lexer::make_fault(std::size_t at, std::string_view found, std::string_view expected) const {
  const auto column = static_cast<std::int64_t>(count_characters(text_.substr(0, at))) + 1;
  std::string message = "column " + std::to_string(column) + ": found ";
  message.append(found).append(", expected ").append(expected);
  return Error(ErrorCode::kExpressionFault, std::move(message)).expecting(std::string(expected)).in_column(column);
}

std::string Lexer::describe(const Token& token) const {
  if (token.kind == TokenKind::kEnd) return "the end of the text";
  std::string_view raw = text_.substr(token.begin, token.end - token.begin);
  const bool cut = raw.size() > kMaxFoundBytes;
  if (cut) raw = raw.substr(0, valid_utf8_bytes(raw.substr(0, kMaxFoundBytes)));
  return "`" + std::string(raw) + (cut ? "...`" : "`");
}

Token Lexer::fail(std::size_t at, std::string_view found, std::string_view expected) {
  if (!fault_) fault_ = make_fault(at, found, expected);
  at_ = text_.size();
  return Token{.begin = text_.size(), .end = text_.size()};
}

Token Lexer::next() {
  while (at_ < text_.size() && is_space(text_[at_])) ++at_;
  if (fault_ || at_ == text_.size()) return Token{.begin = text_.size(), .end = text_.size()};
  const char c = text_[at_];
  switch (c) {
    case '(':
      return symbol(TokenKind::kOpenParenthesis, 1);
    case ')':
      return symbol(TokenKind::kCloseParenthesis, 1);
    case '[':
      return symbol(TokenKind::kOpenBracket, 1);
    case ']':
      return symbol(TokenKind::kCloseBracket, 1);
    case ',':
      return symbol(TokenKind::kComma, 1);
    case '"':
    case '\'':
      return string();
    default:
      break;
  }
  if (c == '=' || c == '<' || c == '>' || (c == '!' && peek(at_ + 1) == '=')) return compare_op();
  if (is_digit(c) || c == '-' || (c == '.' && is_digit(peek(at_ + 1)))) return number();
  if (name_character(text_, at_) != 0) return word();
  for (const auto& [foreign, right] : kForeign) {
    if (text_.substr(at_).starts_with(foreign)) return fail(at_, "`" + std::string(foreign) + "`", right);
  }
  const std::size_t bytes = character_at(text_, at_).bytes;
  const bool control = static_cast<unsigned char>(c) < 0x20 || c == 0x7f;
  const std::string found = control ? "a control character" : "`" + std::string(text_.substr(at_, bytes)) + "`";
  return fail(at_, found, "a key, a value, a comparison, AND, OR, NOT or a parenthesis");
}

Token Lexer::symbol(TokenKind kind, std::size_t length) {
  Token token{.kind = kind, .begin = at_, .end = at_ + length};
  at_ += length;
  return token;
}

Token Lexer::compare_op() {
  static constexpr std::array<std::pair<std::string_view, CompareOp>, 7> kOps = {{
      {"==", CompareOp::kEqual},
      {"!=", CompareOp::kNotEqual},
      {">=", CompareOp::kGreaterEqual},
      {"<=", CompareOp::kLessEqual},
      {"=", CompareOp::kEqual},
      {">", CompareOp::kGreater},
      {"<", CompareOp::kLess},
  }};
  for (const auto& [text, op] : kOps) {
    if (!text_.substr(at_).starts_with(text)) continue;
    const char after = peek(at_ + text.size());
    if (after == '=' || after == '>' || after == '<') {
      return fail(at_, "`" + std::string(text_.substr(at_, text.size() + 1)) + "`", "one of ==, !=, >, >=, <, <=");
    }
    Token token = symbol(TokenKind::kCompare, text.size());
    token.op = op;
    return token;
  }
  return fail(at_, "`" + std::string(1, text_[at_]) + "`", "one of ==, !=, >, >=, <, <=");
}

Token Lexer::word() {
  std::size_t end = 0;
  scan_name(text_, at_, end);
  const std::string_view name = text_.substr(at_, end - at_);
  if (peek(end) != '.') {
    for (const auto& [keyword, kind] : kKeywords) {
      if (equal_ignoring_case(name, keyword)) return symbol(kind, name.size());
    }
    if (equal_ignoring_case(name, "null")) {
      return fail(at_, "`" + std::string(name) + "`",
                  "a text, a number, true, false or a key; a missing key makes its comparison false");
    }
    const bool yes = equal_ignoring_case(name, "true");
    if (yes || equal_ignoring_case(name, "false")) {
      Token token = symbol(TokenKind::kLiteral, name.size());
      token.literal = Literal(Value::of(yes));
      return token;
    }
  }
  return key(end);
}

Token Lexer::key(std::size_t end_of_first) {
  Token token{.kind = TokenKind::kKey, .begin = at_};
  std::size_t at = end_of_first;
  token.steps.push_back(Step{.name = std::string(text_.substr(at_, at - at_))});
  while (peek(at) == '.' || peek(at) == '[') {
    // The root may stand in front of the steps that count.
    if (token.steps.size() > static_cast<std::size_t>(kMaxSteps)) {
      return fail(at, "a key of more steps", "at most " + std::to_string(kMaxSteps) + " names and indexes in a key");
    }
    Step step;
    if (text_[at] == '[') {
      if (!read_bracket_step(at, step)) return fail(at_, "a fault", "a key");
      if (token.steps.size() == 1) token.quoted_second = !step.is_index;
    } else {
      std::size_t end = 0;
      if (!scan_name(text_, at + 1, end)) {
        return fail(at + 1, at + 1 == text_.size() ? "the end of the text" : "a dot without a name",
                    "a name after the dot; a name with other characters is written [\"so\"]");
      }
      step.name = text_.substr(at + 1, end - at - 1);
      at = end;
    }
    token.steps.push_back(std::move(step));
  }
  token.end = at_ = at;
  return token;
}

// From '[' to behind ']': an index, or a name in quotes.
bool Lexer::read_bracket_step(std::size_t& at, Step& step) {
  ++at;
  if (peek(at) == '"' || peek(at) == '\'') {
    if (!read_string(at, step.name)) return false;
  } else {
    step.is_index = true;
    const char* begin = text_.data() + at;
    const auto [end, fault] = std::from_chars(begin, text_.data() + text_.size(), step.index);
    const std::size_t digits = static_cast<std::size_t>(end - begin);
    if (fault != std::errc() || digits == 0 || (digits > 1 && *begin == '0')) {
      fail(at, "no index", "an index such as [0], or a name in quotes such as [\"two words\"]");
      return false;
    }
    at += digits;
  }
  if (peek(at) != ']') {
    fail(at, at == text_.size() ? "the end of the text" : "`" + std::string(1, text_[at]) + "`", "]");
    return false;
  }
  ++at;
  return true;
}

Token Lexer::number() {
  Token token{.kind = TokenKind::kLiteral, .begin = at_};
  std::size_t at = at_ + (text_[at_] == '-' ? 1 : 0);
  const auto digits = [&] {
    const std::size_t begin = at;
    while (is_digit(peek(at))) ++at;
    return at - begin;
  };
  const bool leading_zero = peek(at) == '0' && is_digit(peek(at + 1));
  bool good = digits() != 0 && !leading_zero;
  const bool fraction = peek(at) == '.';
  if (fraction) good = (++at, digits() != 0) && good;
  const bool exponent = peek(at) == 'e' || peek(at) == 'E';
  if (exponent) {
    ++at;
    if (peek(at) == '+' || peek(at) == '-') ++at;
    good = digits() != 0 && good;
  }
  std::size_t end = at;
  // What hangs on to it belongs to the same fault: 12abc, 1.2.3.
  while (end < text_.size()) {
    const std::size_t bytes = text_[end] == '.' ? 1 : name_character(text_, end);
    if (bytes == 0) break;
    end += bytes;
  }
  token.end = end;
  if (!good || end != at) {
    return fail(at_, describe(token), "a number such as 12, -3 or 0.5; a text goes into quotes");
  }
  const char* first = text_.data() + at_;
  const char* last = text_.data() + at;
  std::errc fault{};
  if (fraction || exponent) {
    double value = 0;
    fault = std::from_chars(first, last, value).ec;
    if (fault == std::errc()) token.literal = Literal(Value::of(value));
  } else if (text_[at_] == '-') {
    std::int64_t value = 0;
    fault = std::from_chars(first, last, value).ec;
    token.literal = Literal(Value::of(value));
  } else {
    std::uint64_t value = 0;
    fault = std::from_chars(first, last, value).ec;
    token.literal = Literal(Value::of(value));
  }
  if (fault != std::errc()) return fail(at_, describe(token), "a number in the range of 64 bits or of a double");
  at_ = at;
  return token;
}

Token Lexer::string() {
  Token token{.kind = TokenKind::kLiteral, .begin = at_};
  std::string text;
  std::size_t at = at_;
  if (!read_string(at, text)) return fail(at_, "a fault", "a text");
  token.literal = Literal(Value::of(std::string_view(text)));
  token.end = at_ = at;
  return token;
}

// From the opening quote to behind the closing one.
bool Lexer::read_string(std::size_t& at, std::string& out) {
  const std::size_t begin = at;
  const char quote = text_[at++];
  while (at < text_.size() && text_[at] != quote) {
    const auto byte = static_cast<unsigned char>(text_[at]);
    if (byte < 0x20 || byte == 0x7f) {
      fail(at, "a control character in a text", "\\n, \\t or \\u and four hex digits, or the closing quote");
      return false;
    }
    if (text_[at] == '\\') {
      if (!read_escape(at, out)) return false;
    } else {
      out += text_[at++];
    }
  }
  if (at == text_.size()) {
    fail(begin, "a text without an end", std::string("a closing ") + quote);
    return false;
  }
  ++at;
  return true;
}

// From the backslash to behind the escape.
bool Lexer::read_escape(std::size_t& at, std::string& out) {
  static constexpr std::string_view kLetters = "\\/'\"nrtbf";
  static constexpr std::string_view kMeanings = "\\/'\"\n\r\t\b\f";
  const char c = peek(at + 1);
  if (c == 'u') return read_unicode_escape(at, out);
  const std::size_t which = c == '\0' ? std::string_view::npos : kLetters.find(c);
  if (which == std::string_view::npos) {
    fail(at, "a backslash that begins no escape", R"(one of \\ \" \' \/ \n \r \t \b \f \u0000)");
    return false;
  }
  out += kMeanings[which];
  at += 2;
  return true;
}

bool Lexer::read_unicode_escape(std::size_t& at, std::string& out) {
  const auto unit = [this](std::size_t from, char32_t& value) {
    if (from + 6 > text_.size() || text_[from] != '\\' || text_[from + 1] != 'u') return false;
    const char* first = text_.data() + from + 2;
    std::uint32_t read = 0;
    const auto [end, fault] = std::from_chars(first, first + 4, read, 16);
    value = read;
    return fault == std::errc() && end == first + 4;
  };
  const std::size_t begin = at;
  char32_t code = 0;
  bool good = unit(at, code);
  at += 6;
  if (good && code >= 0xd800 && code <= 0xdfff) {
    char32_t low = 0;
    good = code <= 0xdbff && unit(at, low) && low >= 0xdc00 && low <= 0xdfff;
    code = 0x10000 + ((code - 0xd800) << 10) + (low - 0xdc00);
    at += 6;
  }
  if (!good) {
    fail(begin, "a malformed \\u escape", "\\u and four hex digits; a pair of them beyond \\uffff");
    return false;
  }
  append_character(code, out);
  return true;
}

}  // namespace carillon::expr
