#include "http/parse/route_table.h"

#include <algorithm>
#include <utility>

#include "base/check.h"
#include "http/parse/query.h"

namespace carillon::http {

struct RouteTable::Node {
  std::vector<std::pair<std::string, std::unique_ptr<Node>>> literals;
  std::unique_ptr<Node> parameter;
  std::string parameter_name;
  std::array<int, kSlots> slots;
  int prefix = kNone;
  bool any = false;  // a slot is set

  Node() { slots.fill(kNone); }

  const Node* literal(std::string_view segment) const {
    for (const auto& [name, node] : literals) {
      if (name == segment) return node.get();
    }
    return nullptr;
  }
};

namespace {

// "/a/b" -> {"a", "b"}; "/" -> {}; "/a/" -> {"a", ""}. Nothing beyond `max` segments.
std::vector<std::string_view> split(std::string_view path, std::size_t max) {
  std::vector<std::string_view> out;
  out.reserve(8);
  if (path.empty() || path == "/") return out;
  path.remove_prefix(1);
  while (out.size() < max) {
    const std::size_t slash = path.find('/');
    out.push_back(path.substr(0, slash));
    if (slash == std::string_view::npos) break;
    path.remove_prefix(slash + 1);
  }
  return out;
}

}  // namespace

RouteTable::RouteTable() : root_(std::make_unique<Node>()) {}
RouteTable::~RouteTable() = default;
RouteTable::RouteTable(RouteTable&&) noexcept = default;
RouteTable& RouteTable::operator=(RouteTable&&) noexcept = default;

RouteTable::Node& RouteTable::node_at(std::string_view pattern, bool parameters) {
  CARILLON_CHECK(!pattern.empty() && pattern.front() == '/');
  const auto segments = split(pattern, kMaxSegments + 1);
  CARILLON_CHECK(segments.size() <= kMaxSegments);
  Node* node = root_.get();
  std::size_t params = 0;
  for (const std::string_view segment : segments) {
    CARILLON_CHECK(!segment.empty());
    if (segment.front() == '{') {
      CARILLON_CHECK(parameters && segment.size() > 2 && segment.back() == '}' && ++params <= kMaxParams);
      const std::string_view name = segment.substr(1, segment.size() - 2);
      if (!node->parameter) {
        node->parameter = std::make_unique<Node>();
        node->parameter_name = name;
      }
      // One place, one name: else two patterns would disagree about what stands there.
      CARILLON_CHECK(node->parameter_name == name);
      node = node->parameter.get();
      continue;
    }
    CARILLON_CHECK(segment.find_first_of("{}%?#") == std::string_view::npos);
    Node* next = const_cast<Node*>(node->literal(segment));
    if (!next) next = node->literals.emplace_back(std::string(segment), std::make_unique<Node>()).second.get();
    node = next;
  }
  return *node;
}

void RouteTable::add(std::string_view pattern, std::size_t slot, int number) {
  Node& node = node_at(pattern, true);
  CARILLON_CHECK(slot < kSlots && node.slots[slot] == kNone);
  node.slots[slot] = number;
  node.any = true;
}

void RouteTable::add_prefix(std::string_view prefix, int number) {
  Node& node = node_at(prefix, false);
  CARILLON_CHECK(node.prefix == kNone);
  node.prefix = number;
}

bool RouteTable::descend(const Node& node, const std::vector<std::string_view>& segments, std::size_t at,
                         Found& found) {
  if (node.prefix != kNone) found.prefix = node.prefix;
  if (at == segments.size()) {
    if (!node.any) return false;
    found.slots = &node.slots;
    return true;
  }
  const std::string_view segment = segments[at];
  if (const Node* next = node.literal(segment); next && descend(*next, segments, at + 1, found)) return true;
  if (!node.parameter || segment.empty() || segment.size() > 3 * kMaxParamLength) return false;
  const int prefix = found.prefix;
  std::string value(segment);
  if (segment.find('%') != std::string_view::npos) {
    Result<std::string> decoded = percent_decode(segment);
    if (!decoded) return false;
    value = std::move(*decoded);
  }
  if (value.empty() || value.size() > kMaxParamLength) return false;
  found.params.push_back({node.parameter_name, std::move(value)});
  if (descend(*node.parameter, segments, at + 1, found)) return true;
  found.params.pop_back();
  found.prefix = prefix;
  return false;
}

RouteTable::Found RouteTable::find(std::string_view path) const {
  Found found;
  if (path.empty() || path.front() != '/') return found;
  // One more than any pattern has: longer addresses can only meet a prefix.
  const auto segments = split(path, kMaxSegments + 1);
  descend(*root_, segments, 0, found);
  return found;
}

}  // namespace carillon::http
