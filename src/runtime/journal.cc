#include "runtime/journal.h"

namespace carillon::runtime {
namespace {

constexpr store::Sql kInsert =
    "INSERT INTO journal (workspace_id, entry, now, seed_hi, seed_lo, engine_version, format_version, actor_type, "
    "actor_sid, command, digest, position) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12)";

class Digest {
 public:
  void add(std::uint64_t word) {
    hash_ = (hash_ ^ word) * 0x9e3779b97f4a7c15ULL;
    hash_ ^= hash_ >> 32;
  }
  void add(std::int64_t word) { add(static_cast<std::uint64_t>(word)); }
  void add(std::string_view text) {
    add(static_cast<std::uint64_t>(text.size()));
    for (unsigned char c : text) add(static_cast<std::uint64_t>(c));
  }
  template <char A, char B>
  void add(const Id<A, B>& id) {
    add(id.hi), add(id.lo);
  }
  std::int64_t value() const { return static_cast<std::int64_t>(hash_); }

 private:
  std::uint64_t hash_ = 0xcbf29ce484222325ULL;
};

// Names, not numbers: an enumerator put in between must not look like another decision.
std::uint64_t hash_of_type(events::EventType type) {
  static const auto hashes = [] {
    std::vector<std::uint64_t> made;
    for (std::size_t i = 0; i <= static_cast<std::size_t>(events::EventType::kSegmentEnded); ++i) {
      made.push_back(store::fnv1a(events::event_name(static_cast<events::EventType>(i))));
    }
    return made;
  }();
  return hashes[static_cast<std::size_t>(type)];
}

template <class E>
std::uint64_t hash_of_name(E value) {
  static const auto hashes = [] {
    std::vector<std::uint64_t> made;
    boost::mp11::mp_for_each<boost::describe::describe_enumerators<E>>([&](auto d) {
      const auto at = static_cast<std::size_t>(d.value);
      if (made.size() <= at) made.resize(at + 1);
      made[at] = store::fnv1a(d.name);
    });
    return made;
  }();
  return hashes[static_cast<std::size_t>(value)];
}

template <class... T>
std::string_view name_of(const std::variant<T...>& command) {
  return std::visit(
      [](const auto& one) -> std::string_view {
        if constexpr (codec::is_variant<std::decay_t<decltype(one)>>) {
          return name_of(one);
        } else {
          return std::decay_t<decltype(one)>::kName;
        }
      },
      command);
}

}  // namespace

store::Statement journal_statement(WorkspaceId workspace, JournalEntry entry) {
  return {kInsert, store::Params::of(workspace, entry.entry.number, entry.entry.now,
                                     static_cast<std::int64_t>(entry.entry.seed.hi),
                                     static_cast<std::int64_t>(entry.entry.seed.lo), entry.engine_version,
                                     entry.format_version, std::move(entry.actor_type), std::move(entry.actor_sid),
                                     std::move(entry.command), entry.digest, std::int64_t{0})};
}

std::int64_t digest_of(const workspace::Effects& effects) {
  Digest digest;
  if (effects.outcome) {
    digest.add(effects.outcome->sid);
  } else {
    digest.add(info(effects.outcome.error().code).code);
  }
  for (const events::Event& event : effects.events) {
    digest.add(hash_of_type(event.type)), digest.add(hash_of_name(event.bucket));
    digest.add(hash_of_name(event.reason)), digest.add(std::uint64_t{event.flag});
    digest.add(std::int64_t{event.number});
    digest.add(event.task), digest.add(event.reservation), digest.add(event.worker), digest.add(event.queue);
    digest.add(event.workflow), digest.add(event.activity), digest.add(event.channel), digest.add(event.conversation);
    digest.add(event.contact), digest.add(event.customer), digest.add(event.message);
    digest.add(event.from.us), digest.add(event.wait.us), digest.add(event.handle.us), digest.add(event.wrap.us);
    digest.add(event.suspended.us);
  }
  return digest.value();
}

std::string_view kind_of(const workspace::Command& command) { return name_of(command); }

}  // namespace carillon::runtime
