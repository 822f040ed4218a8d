// Ids: two letters and 32 hex digits, TaskRouter's prefixes where it has one (table in docs/glossary.md).
//
// What:   Id<'W','T'> holds 128 bits; the prefix is part of its type, so a TaskId is never taken for a WorkerId.
// Why:    derived from (seed, index) inside the core, so a run is repeatable; see IdMaker.
// Thread: any.
// Example:
//   TaskId id = ids.next<TaskId>();
//   std::string sid = id.str();                       // "WT0f3c..."
//   std::optional<TaskId> back = TaskId::parse(sid);
#pragma once

#include <compare>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

namespace carillon {

namespace detail {
void format_hex128(std::uint64_t hi, std::uint64_t lo, char* out32);
bool parse_hex128(std::string_view hex32, std::uint64_t& hi, std::uint64_t& lo);
}  // namespace detail

// An id of whatever kind: two capital letters and 32 lower-case hex digits, not all of them 0.
bool is_sid(std::string_view text);

template <char A, char B>
struct Id {
  std::uint64_t hi = 0;
  std::uint64_t lo = 0;

  static constexpr char kPrefix[3] = {A, B, '\0'};
  static constexpr std::size_t kLength = 34;

  constexpr bool empty() const { return hi == 0 && lo == 0; }
  explicit constexpr operator bool() const { return !empty(); }
  constexpr auto operator<=>(const Id&) const = default;

  // "" when empty, so that "no id" is never mistaken for one.
  std::string str() const {
    if (empty()) return {};
    std::string out(kLength, '\0');
    out[0] = A, out[1] = B;
    detail::format_hex128(hi, lo, out.data() + 2);
    return out;
  }

  // Exactly the prefix and 32 lower-case hex digits, not all of them 0 (that is "no id"); nothing else is accepted.
  static std::optional<Id> parse(std::string_view text) {
    Id id;
    if (text.size() != kLength || text[0] != A || text[1] != B) return std::nullopt;
    if (!detail::parse_hex128(text.substr(2), id.hi, id.lo) || id.empty()) return std::nullopt;
    return id;
  }
};

using WorkspaceId = Id<'W', 'S'>;
using ActivityId = Id<'W', 'A'>;
using WorkerId = Id<'W', 'K'>;
using QueueId = Id<'W', 'Q'>;
using WorkflowId = Id<'W', 'W'>;
using TaskId = Id<'W', 'T'>;
using ReservationId = Id<'W', 'R'>;
using TaskChannelId = Id<'T', 'C'>;
using EventId = Id<'E', 'V'>;
using UserId = Id<'U', 'S'>;
using MembershipId = Id<'M', 'B'>;
using ApiKeyId = Id<'S', 'K'>;
using SignInId = Id<'S', 'I'>;
using VisitorId = Id<'V', 'I'>;
using WidgetId = Id<'W', 'G'>;
using ConversationId = Id<'C', 'H'>;
using ContactId = Id<'C', 'T'>;
using MessageId = Id<'I', 'M'>;
using CustomerId = Id<'C', 'U'>;
using IdentityId = Id<'I', 'D'>;
using FileId = Id<'F', 'I'>;
using NoteId = Id<'N', 'O'>;
using QueueEntryId = Id<'Q', 'E'>;
using AlertId = Id<'A', 'L'>;
using DispositionId = Id<'D', 'I'>;
using NumberId = Id<'P', 'N'>;
using CallId = Id<'C', 'A'>;
using LegId = Id<'L', 'G'>;
using RecordingId = Id<'R', 'E'>;
using CallbackId = Id<'C', 'B'>;

// 128 bits of randomness that a journal entry carries; every id and random choice of the entry derives from it.
struct Seed {
  std::uint64_t hi = 0;
  std::uint64_t lo = 0;
  constexpr auto operator<=>(const Seed&) const = default;
};

// Makes the ids of one journal entry: the n-th id is a function of (seed, n) and nothing else. The seed's first 32 bits
// go into every id as they are: the seconds of the clock stand there, so what is made at one time lies side by side in
// the database's indexes, and a busy center writes a few of their pages instead of all.
class IdMaker {
 public:
  IdMaker() = default;
  explicit IdMaker(Seed seed) : seed_(seed) {}

  template <class IdType>
  IdType next() {
    IdType id;
    draw(id.hi, id.lo);
    return id;
  }
  std::uint32_t index() const { return index_; }

 private:
  void draw(std::uint64_t& hi, std::uint64_t& lo);

  Seed seed_;
  std::uint32_t index_ = 0;
};

}  // namespace carillon

template <char A, char B>
struct std::hash<carillon::Id<A, B>> {
  // For lookups only: no decision may depend on the order of a hash table.
  std::size_t operator()(const carillon::Id<A, B>& id) const noexcept {
    return id.lo ^ (id.hi * 0x9e3779b97f4a7c15ULL);
  }
};
