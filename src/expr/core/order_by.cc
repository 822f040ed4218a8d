#include "expr/core/order_by.h"

#include <bit>
#include <cmath>
#include <utility>
#include <vector>

#include "base/check.h"
#include "expr/core/lexer.h"
#include "expr/core/program.h"
#include "expr/core/scope.h"

namespace carillon::expr {

struct OrderTerm {
  KeyPtr key;
  bool descending = false;
};

class OrderProgram {
 public:
  explicit OrderProgram(std::vector<OrderTerm> terms) : terms_(std::move(terms)) {
    for (const OrderTerm& term : terms_) {
      if (!canonical_.empty()) canonical_ += ", ";
      canonical_.append(term.key->text).append(term.descending ? " DESC" : " ASC");
      dynamic_ |= term.key->is_dynamic();
    }
  }
  const std::vector<OrderTerm>& terms() const { return terms_; }
  const std::string& canonical() const { return canonical_; }
  bool is_dynamic() const { return dynamic_; }

 private:
  std::vector<OrderTerm> terms_;
  std::string canonical_;
  bool dynamic_ = false;
};

namespace {

// First byte of a term in a key; DESC does not turn it round.
constexpr char kNumberRank = 1;
constexpr char kStringRank = 2;
constexpr char kBooleanRank = 3;
constexpr char kMissingRank = 4;

void append_big_endian(std::uint64_t value, int bytes, std::string& out) {
  for (int i = bytes - 1; i >= 0; --i) out += static_cast<char>((value >> (8 * i)) & 0xff);
}

// The greatest double that is not above an integer, and what is missing to it: at most 2047.
std::pair<double, std::uint64_t> floor_and_rest(const Value& number) {
  if (number.kind == ValueKind::kDouble) return {number.real, 0};
  if (number.kind == ValueKind::kInt64) {
    double floor = static_cast<double>(number.int64);
    if (compare_numbers(Value::of(floor), number) > 0) floor = std::nextafter(floor, -INFINITY);
    return {floor,
            static_cast<std::uint64_t>(number.int64) - static_cast<std::uint64_t>(static_cast<std::int64_t>(floor))};
  }
  double floor = static_cast<double>(number.uint64);
  if (compare_numbers(Value::of(floor), number) > 0) floor = std::nextafter(floor, 0.0);
  return {floor, number.uint64 - static_cast<std::uint64_t>(floor)};
}

// Ten bytes that order as the numbers do: the double below with its bits made monotonous, then the rest.
void append_number(const Value& number, std::string& out) {
  const auto [floor, rest] = floor_and_rest(number);
  const auto bits = std::bit_cast<std::uint64_t>(floor);
  constexpr std::uint64_t kSign = 1ULL << 63;
  append_big_endian((bits & kSign) != 0 ? ~bits : bits | kSign, 8, out);
  append_big_endian(rest, 2, out);
}

// Ends with 00 00 and writes 00 as 00 ff, so that no text is the beginning of another.
void append_string(std::string_view text, std::string& out) {
  for (const char c : text) {
    out += c;
    if (c == '\0') out += '\xff';
  }
  out.append(2, '\0');
}

void append_term(const Value& value, bool descending, std::string& out) {
  const std::size_t begin = out.size() + 1;
  if (value.is_number()) {
    out += kNumberRank;
    append_number(value, out);
  } else if (value.kind == ValueKind::kString) {
    out += kStringRank;
    append_string(value.text(), out);
  } else if (value.kind == ValueKind::kBoolean) {
    out += kBooleanRank;
    out += value.boolean ? '\1' : '\0';
  } else {
    out += kMissingRank;
  }
  if (!descending) return;
  for (std::size_t i = begin; i < out.size(); ++i) out[i] = static_cast<char>(~out[i]);
}

class OrderParser {
 public:
  explicit OrderParser(std::string_view text) : lexer_(text) {}

  Result<OrderBy> run() {
    token_ = lexer_.next();
    bool more = token_.kind != TokenKind::kEnd;
    while (more && !failed()) {
      parse_term();
      more = token_.kind == TokenKind::kComma;
      if (more) token_ = lexer_.next();
    }
    if (!failed() && token_.kind != TokenKind::kEnd)
      fail(directed_ ? ", or the end of the text" : "ASC, DESC, a comma or the end of the text");
    if (lexer_.fault()) return *lexer_.fault();
    if (fault_) return *std::move(fault_);
    return OrderBy(std::make_shared<const OrderProgram>(std::move(terms_)));
  }

 private:
  bool failed() const { return lexer_.fault() || fault_; }
  void fail(std::string_view expected) {
    if (!fault_) fault_ = lexer_.make_fault(token_.begin, lexer_.describe(token_), expected);
  }

  void parse_term() {
    if (token_.kind != TokenKind::kKey) return fail("a worker's key, such as worker.level");
    if (terms_.size() == static_cast<std::size_t>(kMaxOrderTerms)) {
      return fail("at most " + std::to_string(kMaxOrderTerms) + " terms");
    }
    Result<KeyPtr> key = resolve(lexer_, token_, Scope::kQueue);
    if (!key) {
      fault_ = std::move(key).error();
      return;
    }
    token_ = lexer_.next();
    terms_.push_back({*std::move(key), is_word("desc")});
    directed_ = terms_.back().descending || is_word("asc");
    if (directed_) token_ = lexer_.next();
  }

  bool is_word(std::string_view word) const {
    return token_.kind == TokenKind::kKey && token_.steps.size() == 1 &&
           equal_ignoring_case(token_.steps.front().name, word);
  }

  Lexer lexer_;
  Token token_;
  bool directed_ = false;  // the last term has its ASC or DESC
  std::vector<OrderTerm> terms_;
  std::optional<Error> fault_;
};

}  // namespace

OrderBy::OrderBy() {
  static const auto kNone = std::make_shared<const OrderProgram>(std::vector<OrderTerm>());
  program_ = kNone;
}
OrderBy::OrderBy(std::shared_ptr<const OrderProgram> program) : program_(std::move(program)) {
  CARILLON_CHECK(program_);
}

const std::string& OrderBy::canonical() const { return program_->canonical(); }
bool OrderBy::empty() const { return program_->terms().empty(); }
bool OrderBy::is_dynamic() const { return program_->is_dynamic(); }

Result<OrderBy> parse_order_by(std::string_view text) { return OrderParser(text).run(); }

SortKey sort_key(const OrderBy& order, const Env& env) {
  SortKey key;
  for (const OrderTerm& term : order.program().terms())
    append_term(look_up(*term.key, env), term.descending, key.bytes);
  return key;
}

}  // namespace carillon::expr
