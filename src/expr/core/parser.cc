// Recursive descent: or := and (OR and)*; and := unary (AND unary)*; unary := NOT unary | ( or ) | comparison.
#include <utility>

#include "expr/core/lexer.h"
#include "expr/core/program.h"
#include "expr/core/scope.h"

namespace carillon::expr {
namespace {

constexpr std::string_view kOperand = "a key, a text in quotes, a number, true or false";
constexpr std::string_view kComparison = "==, !=, >, >=, <, <=, CONTAINS, HAS, IN or NOT IN";

bool is_key(const Operand& operand) { return std::holds_alternative<KeyPtr>(operand); }
bool is_list(const Operand& operand) { return std::holds_alternative<std::shared_ptr<const List>>(operand); }

class Parser {
 public:
  Parser(std::string_view text, Scope scope) : text_(text), scope_(scope), lexer_(text) { advance(); }

  Result<Expression> run() {
    NodePtr root;
    if (!failed() && token_.kind == TokenKind::kEnd) {
      root = make_constant(true);
    } else {
      root = parse_or(0);
      if (!failed() && token_.kind != TokenKind::kEnd) fail(unfinished("the end of the text"));
    }
    if (failed()) return *std::move(fault_);
    return Expression(std::make_shared<const Program>(std::move(root), std::string(text_), std::move(notes_)));
  }

 private:
  bool failed() const { return fault_.has_value(); }

  void advance() {
    last_end_ = token_.end;
    token_ = lexer_.next();
    if (lexer_.fault() && !fault_) fault_ = *lexer_.fault();
  }

  NodePtr fail(std::string_view expected) { return fail_at(token_, expected); }
  NodePtr fail_at(const Token& token, std::string_view expected) {
    if (!fault_) fault_ = lexer_.make_fault(token.begin, lexer_.describe(token), expected);
    return make_constant(false);
  }
  NodePtr fail_limit(std::string_view found, std::string_view expected) {
    if (!fault_) fault_ = lexer_.make_fault(token_.begin, found, expected);
    return make_constant(false);
  }

  // What may follow a whole term; a key standing alone may also have been meant to be compared.
  std::string unfinished(std::string_view closing) const {
    std::string expected = after_bare_key_ ? std::string(kComparison) + ", or else " : std::string();
    return expected.append("AND, OR or ").append(closing);
  }

  void count_node() {
    if (++nodes_ > kMaxNodes) {
      fail_limit("a larger expression",
                 "at most " + std::to_string(kMaxNodes) + " comparisons, operators and list values");
    }
  }

  bool too_deep(int depth) {
    if (depth <= kMaxDepth) return false;
    fail_limit("a deeper nesting", "at most " + std::to_string(kMaxDepth) + " parentheses and NOTs inside each other");
    return true;
  }

  NodePtr parse_or(int depth) {
    std::vector<NodePtr> terms;
    terms.push_back(parse_and(depth));
    while (!failed() && token_.kind == TokenKind::kOr) {
      count_node();
      advance();
      terms.push_back(parse_and(depth));
    }
    return make_any(std::move(terms));
  }

  NodePtr parse_and(int depth) {
    std::vector<NodePtr> terms;
    terms.push_back(parse_unary(depth));
    while (!failed() && token_.kind == TokenKind::kAnd) {
      count_node();
      advance();
      terms.push_back(parse_unary(depth));
    }
    return make_all(std::move(terms));
  }

  NodePtr parse_unary(int depth) {
    if (failed()) return make_constant(false);
    if (token_.kind == TokenKind::kOpenParenthesis) return parse_group(depth + 1);
    if (token_.kind != TokenKind::kNot) return parse_comparison();
    if (too_deep(depth + 1)) return make_constant(false);
    count_node();
    advance();
    // NOT ( counts as one level.
    if (!failed() && token_.kind == TokenKind::kOpenParenthesis) return make_not(parse_group(depth + 1));
    return make_not(parse_unary(depth + 1));
  }

  NodePtr parse_group(int depth) {
    if (too_deep(depth)) return make_constant(false);
    advance();
    NodePtr inside = parse_or(depth);
    if (failed()) return inside;
    if (token_.kind != TokenKind::kCloseParenthesis) return fail(unfinished(")"));
    advance();
    after_bare_key_ = false;
    return inside;
  }

  NodePtr parse_comparison() {
    count_node();
    const Token first = token_;
    Operand left = parse_operand();
    if (failed()) return make_constant(false);
    after_bare_key_ = false;
    switch (token_.kind) {
      case TokenKind::kCompare:
        return parse_compare(first, std::move(left));
      case TokenKind::kContains:
        return parse_contains(first, std::move(left));
      case TokenKind::kHas:
        return parse_has(first, std::move(left));
      case TokenKind::kIn:
        return parse_in(first, std::move(left), false);
      case TokenKind::kNot:
        advance();
        if (!failed() && token_.kind != TokenKind::kIn)
          return fail("IN after NOT; to deny a whole comparison write NOT (...)");
        return failed() ? make_constant(false) : parse_in(first, std::move(left), true);
      default:
        break;
    }
    after_bare_key_ = is_key(left);
    const auto* literal = std::get_if<Literal>(&left);
    if (after_bare_key_ || (literal != nullptr && literal->value.kind == ValueKind::kBoolean)) {
      return make_is_true(std::move(left));
    }
    return fail(kComparison);
  }

  NodePtr parse_compare(const Token& first, Operand left) {
    if (is_list(left)) return fail_at(first, "one value; to look into a list write IN or HAS");
    const CompareOp op = token_.op;
    advance();
    Operand right = parse_single("one value; to look into a list write IN");
    if (failed()) return make_constant(false);
    return noted(first, is_key(left) || is_key(right), make_compare(op, std::move(left), std::move(right)),
                 "true and false have no order");
  }

  NodePtr parse_contains(const Token& first, Operand left) {
    if (is_list(left)) return fail_at(first, "a text or a key; to look into a list write HAS");
    advance();
    Operand right = parse_single("one text; to look into a list write HAS");
    if (failed()) return make_constant(false);
    return noted(first, is_key(left) || is_key(right), make_contains(std::move(left), std::move(right)),
                 "CONTAINS looks for a text in a text; to look into an array write HAS");
  }

  NodePtr parse_has(const Token& first, Operand left) {
    if (!is_list(left) && !is_key(left))
      return fail_at(first, "a key of an array, or a list, before HAS; in a text write CONTAINS");
    advance();
    Operand right = parse_single("one value after HAS");
    if (failed()) return make_constant(false);
    return noted(first, is_key(left) || is_key(right), make_member(std::move(right), std::move(left)),
                 "the list is empty");
  }

  NodePtr parse_in(const Token& first, Operand left, bool negated) {
    if (is_list(left)) return fail_at(first, "one value before IN");
    advance();
    if (failed()) return make_constant(false);
    if (token_.kind != TokenKind::kKey && token_.kind != TokenKind::kOpenBracket) {
      return fail("a list such as [\"a\", \"b\"], or a key of an array");
    }
    Operand right = parse_operand();
    if (failed()) return make_constant(false);
    if (negated) return make_not_member(std::move(left), std::move(right));
    return noted(first, is_key(left) || is_key(right), make_member(std::move(left), std::move(right)),
                 "the list is empty");
  }

  // Keeps a warning when a comparison of a key came out as never true.
  NodePtr noted(const Token& first, bool has_key, NodePtr node, std::string_view why) {
    if (has_key && node->kind == NodeKind::kConstant && !node->constant && notes_.size() < kMaxNotes) {
      const Token whole{.kind = TokenKind::kKey, .begin = first.begin, .end = last_end_};
      notes_.push_back(lexer_.describe(whole) + " is never true: " + std::string(why));
    }
    return node;
  }

  Operand parse_single(std::string_view instead_of_list) {
    if (!failed() && token_.kind == TokenKind::kOpenBracket) {
      fail(instead_of_list);
      return Nothing{};
    }
    return parse_operand();
  }

  Operand parse_operand() {
    if (failed()) return Nothing{};
    if (token_.kind == TokenKind::kOpenBracket) return parse_list();
    if (token_.kind == TokenKind::kLiteral) {
      Operand operand = std::move(token_.literal);
      advance();
      return operand;
    }
    if (token_.kind == TokenKind::kKey) {
      Result<KeyPtr> key = resolve(lexer_, token_, scope_);
      if (!key) {
        fault_ = std::move(key).error();
        return Nothing{};
      }
      advance();
      return *std::move(key);
    }
    fail(kOperand);
    return Nothing{};
  }

  Operand parse_list() {
    auto list = std::make_shared<List>();
    advance();
    if (!failed() && token_.kind != TokenKind::kCloseBracket) {
      while (parse_list_value(*list)) advance();
      if (!failed() && token_.kind != TokenKind::kCloseBracket) fail(", or ]");
    }
    if (failed()) return Nothing{};
    advance();
    return std::shared_ptr<const List>(std::move(list));
  }

  // True when a comma follows.
  bool parse_list_value(List& list) {
    if (!failed() && token_.kind != TokenKind::kLiteral) fail("a text in quotes, a number, true or false");
    if (failed()) return false;
    count_node();
    list.push_back(std::move(token_.literal));
    advance();
    return !failed() && token_.kind == TokenKind::kComma;
  }

  static constexpr std::size_t kMaxNotes = 16;

  std::string_view text_;
  Scope scope_;
  Lexer lexer_;
  Token token_;
  std::size_t last_end_ = 0;
  int nodes_ = 0;
  bool after_bare_key_ = false;
  std::vector<std::string> notes_;
  std::optional<Error> fault_;
};

}  // namespace

Result<Expression> parse(std::string_view text, Scope scope) { return Parser(text, scope).run(); }

}  // namespace carillon::expr
