// Save-time warnings: attributes have no schema, so a comparison that can never fit is told by what has been seen.
//
// What:    AttributesSeen gathers dotted key -> JSON types from attribute objects; warnings() lists the comparisons of
// an
//          expression that fit nothing in it (HAS on a number, a key never seen, a text compared with a number).
// Why:     a misspelt skill would otherwise show itself as "nobody rings".
// Owns:    AttributesSeen its bounded table; a key beyond the bound is forgotten, and then no key is called unseen.
// Thread:  any, one at a time for an AttributesSeen.
// Limits:  kMaxKeysSeen keys, kMaxSeenDepth levels, the first kMaxElementsSeen elements of an array, 256 bytes a key.
// Example:
//   expr::AttributesSeen workers;
//   for (const Worker& w : all) workers.add(w.attributes);
//   for (const std::string& text : expr::warnings(*queue, {.worker = &workers})) show(text);
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "expr/core/expr.h"

namespace carillon::expr {

inline constexpr std::size_t kMaxKeysSeen = 2000;
inline constexpr int kMaxSeenDepth = 8;
inline constexpr std::size_t kMaxElementsSeen = 64;
inline constexpr std::size_t kMaxSeenKeyBytes = 256;

class AttributesSeen {
 public:
  enum Type : std::uint8_t { kString = 1, kNumber = 2, kBoolean = 4, kArray = 8, kObject = 16 };

  // Takes note of one worker's or task's attributes. Anything but an object is ignored; so is null.
  void add(const boost::json::value& attributes);

  bool empty() const { return added_ == 0; }       // nothing was ever added: no key can be called unseen
  bool overflowed() const { return overflowed_; }  // something was left out
  // Set of Type seen at a key written as in a canonical text, without its root, every index as `[]`: "skills[].name".
  std::uint8_t types(std::string_view key) const;

 private:
  void add_value(const boost::json::value& value, std::string& key, int depth);

  std::map<std::string, std::uint8_t, std::less<>> types_;
  std::uint64_t added_ = 0;
  bool overflowed_ = false;
};

// What was seen in the workspace; null when not known.
struct Seen {
  const AttributesSeen* worker = nullptr;
  const AttributesSeen* task = nullptr;
};

// One sentence each, in the order of the text; empty when nothing is odd.
std::vector<std::string> warnings(const Expression& expression, const Seen& seen);

}  // namespace carillon::expr
