// Instants and durations.
//
// What:   int64 microseconds; an Instant counts from 1970-01-01 UTC. Both are plain values, totally ordered.
// Why:    one unit everywhere (C++, SQL, journal); no clock can be read from here, so pure code may use it.
// Thread: any.
// Example:
//   Instant deadline = now + Duration::seconds(15);
//   std::string text = to_rfc3339(deadline);   // "2026-03-01T09:00:15.000000Z"
#pragma once

#include <compare>
#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <string_view>

namespace carillon {

struct Duration {
  std::int64_t us = 0;

  static constexpr Duration micros(std::int64_t n) { return {n}; }
  static constexpr Duration millis(std::int64_t n) { return {n * 1000}; }
  static constexpr Duration seconds(std::int64_t n) { return {n * 1'000'000}; }
  static constexpr Duration minutes(std::int64_t n) { return seconds(n * 60); }
  static constexpr Duration hours(std::int64_t n) { return seconds(n * 3600); }

  constexpr double in_seconds() const { return static_cast<double>(us) / 1e6; }
  constexpr auto operator<=>(const Duration&) const = default;
  constexpr Duration operator+(Duration o) const { return {us + o.us}; }
  constexpr Duration operator-(Duration o) const { return {us - o.us}; }
  constexpr Duration operator*(std::int64_t n) const { return {us * n}; }
  constexpr Duration& operator+=(Duration o) { return us += o.us, *this; }
};

struct Instant {
  std::int64_t us = 0;

  // Later than every real deadline; stored as it is.
  static constexpr Instant never() { return {std::numeric_limits<std::int64_t>::max()}; }

  constexpr bool is_never() const { return us == std::numeric_limits<std::int64_t>::max(); }
  constexpr auto operator<=>(const Instant&) const = default;
  // Adding to never() stays never(), so a deadline that does not exist can be moved.
  constexpr Instant operator+(Duration d) const { return is_never() ? *this : Instant{us + d.us}; }
  constexpr Instant operator-(Duration d) const { return is_never() ? *this : Instant{us - d.us}; }
  constexpr Duration operator-(Instant o) const { return {us - o.us}; }
};

// RFC 3339 with six decimals and 'Z'. Valid for years 1970 to 9999; outside it is clamped.
std::string to_rfc3339(Instant at);
void append_rfc3339(std::string& out, Instant at);

// Reads RFC 3339 section 5.6 date-time with 'Z' or a numeric offset, up to six decimals used. Nothing when malformed
// or after the year 9999 (UTC).
std::optional<Instant> parse_rfc3339(std::string_view text);

}  // namespace carillon
