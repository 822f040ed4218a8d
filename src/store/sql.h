// SQL text as every caller writes it: once for both drivers, with ?1..?N for parameters and {{words}} for the dialect.
//
// What:   Sql is a text with its hash. From a literal both are made at compile time and nothing is copied, so a driver
//         finds the prepared statement without hashing. Sql::dynamic() owns a text that was put together at run time.
// Why:    a commit runs hundreds of statements; the text must cost nothing a statement.
// Limits: 64 KiB of text, 999 parameters, one statement a text. Never put a value into the text: bind it.
// Thread: any.
// Words:  see dialect.h.
// Example:
//   inline constexpr Sql kRename = "UPDATE queue SET name = ?3 WHERE workspace_id = ?1 AND sid = ?2";
//   change.run(kRename, workspace, queue, name);
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

namespace carillon::store {

// FNV-1a, 64 bits. For look-ups and for noticing accidental change; never against an adversary.
constexpr std::uint64_t fnv1a(std::string_view text, std::uint64_t hash = 0xcbf29ce484222325ULL) {
  for (char c : text) hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3ULL;
  return hash;
}

class Sql {
 public:
  // From a literal (or any constant array): lives for ever, so nothing is copied.
  template <std::size_t N>
  consteval Sql(const char (&literal)[N]) : data_(literal), size_(N - 1), hash_(fnv1a({literal, N - 1})) {}

  // Owns a copy of a text made at run time, for example a list query with a chosen ORDER BY.
  static Sql dynamic(std::string_view text);

  constexpr Sql(const Sql& o) : Sql(o.owned_ ? copy_of(o) : Sql(o.data_, o.size_, o.hash_, false)) {}
  constexpr Sql(Sql&& o) noexcept
      : data_(std::exchange(o.data_, "")),
        size_(std::exchange(o.size_, 0)),
        hash_(o.hash_),
        owned_(std::exchange(o.owned_, false)) {}
  constexpr Sql& operator=(Sql o) noexcept {
    std::swap(data_, o.data_), std::swap(size_, o.size_), std::swap(hash_, o.hash_), std::swap(owned_, o.owned_);
    return *this;
  }
  constexpr ~Sql() {
    if (owned_) delete[] data_;
  }

  constexpr std::string_view text() const { return {data_, size_}; }
  constexpr std::uint64_t hash() const { return hash_; }
  // True for a literal: the address then stands for the text.
  constexpr bool is_static() const { return !owned_; }

 private:
  constexpr Sql(const char* data, std::size_t size, std::uint64_t hash, bool owned)
      : data_(data), size_(size), hash_(hash), owned_(owned) {}
  static Sql copy_of(const Sql& other);

  const char* data_;
  std::size_t size_;
  std::uint64_t hash_;
  bool owned_ = false;
};

}  // namespace carillon::store
