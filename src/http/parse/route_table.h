// RouteTable: from an address to a number, without knowing what stands behind it.
//
// What:   patterns of literal segments and {parameters}; a literal wins over a parameter, a whole pattern over a prefix, a longer
//         prefix over a shorter one.
// Thread: add() on one thread first; find() from any thread afterwards. Pure.
// Limits: 16 segments a pattern, 8 parameters. Depth of a search is bounded by the patterns, not by the address.
// Errors: a malformed pattern or a slot given twice breaks an invariant: patterns are ours.
// Example:
//   RouteTable t;  t.add("/tasks/{sid}", kGetSlot, 7);
//   auto found = t.find("/tasks/WT01");   // found.place, slot(kGetSlot) == 7, params {"sid","WT01"}
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace carillon::http {

class RouteTable {
 public:
  static constexpr std::size_t kSlots = 8;  // seven methods and WebSocket
  static constexpr std::size_t kMaxSegments = 16;
  static constexpr std::size_t kMaxParams = 8;
  static constexpr std::size_t kMaxParamLength = 256;
  static constexpr int kNone = -1;

  struct Param {
    std::string_view name;  // lives as long as the table
    std::string value;      // decoded
  };
  struct Found {
    const std::array<int, kSlots>* slots = nullptr;  // null: no pattern
    int prefix = kNone;                              // when there is no pattern: the longest prefix
    std::vector<Param> params;
  };

  RouteTable();
  ~RouteTable();
  RouteTable(RouteTable&&) noexcept;
  RouteTable& operator=(RouteTable&&) noexcept;

  void add(std::string_view pattern, std::size_t slot, int number);
  // Everything at or under `prefix` ("/" for all) that no pattern takes.
  void add_prefix(std::string_view prefix, int number);
  // `path` still encoded, without query. A parameter that cannot be decoded, is empty or too long matches nothing.
  Found find(std::string_view path) const;

 private:
  struct Node;
  Node& node_at(std::string_view pattern, bool parameters);
  static bool descend(const Node& node, const std::vector<std::string_view>& segments, std::size_t at, Found& found);

  std::unique_ptr<Node> root_;
};

}  // namespace carillon::http
