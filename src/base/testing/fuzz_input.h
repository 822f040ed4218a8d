// FuzzInput: the bytes of a fuzzer, taken from the front.
//
// What:   pieces of text that end with U+0000 (or the end), and single bytes for choices. What is not there reads as empty or 0,
//         so every input means something.
// Owns:   nothing. Thread: one.
// Example:
//   FuzzInput input(data, size);
//   const std::string_view document = input.piece();
//   while (!input.empty()) act(input.byte() % 7);
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace carillon::testing {

class FuzzInput {
 public:
  FuzzInput(const std::uint8_t* data, std::size_t size) : rest_(reinterpret_cast<const char*>(data), size) {}

  bool empty() const { return rest_.empty(); }
  std::string_view rest() const { return rest_; }

  std::uint8_t byte() {
    if (rest_.empty()) return 0;
    const auto out = static_cast<std::uint8_t>(rest_.front());
    rest_.remove_prefix(1);
    return out;
  }
  std::string_view piece(char end_mark = '\0') {
    const std::size_t end = std::min(rest_.find(end_mark), rest_.size());
    const std::string_view out = rest_.substr(0, end);
    rest_.remove_prefix(std::min(end + 1, rest_.size()));
    return out;
  }
  std::int64_t number() {
    std::uint64_t out = 0;
    for (int i = 0; i < 8; ++i) out = out << 8 | byte();
    return static_cast<std::int64_t>(out);
  }

 private:
  std::string_view rest_;
};

}  // namespace carillon::testing
