// CrashCenter: what the crash bench furnishes beside the agents' floor.
//
// What:   a queue that nobody serves and that keeps its order (tasks wait there, some by way of a workflow); an offer that rings
//         for an hour; a queue whose offers are short, with a bot that never answers by itself; a task in wrap-up; chats that
//         are answered. Each deadline of these is watched.
// Thread: one at a time. Errors: give_up().
// Example:
//   Deeds deeds;
//   const CrashCenter center = furnish_for_crash(port, 40, deeds);
#pragma once

#include "bench/load/center.h"
#include "bench/load/deeds.h"

namespace carillon::bench {

struct CrashCenter {
  Center center;
  std::string kept_queue, kept_workflow;
  std::string short_queue, short_bot;
};

CrashCenter furnish_for_crash(std::uint16_t port, int agents, Deeds& deeds);

// A task of this queue and its offer, once it rings; gives up when none comes.
struct Offered {
  std::string task_sid, reservation_sid;
};
Offered offer_to_bot(Caller& key, const Center& center, const std::string& queue, const std::string& bot);

// Makes a bot that is there and available, with {"team": team}.
std::string make_bot(Caller& key, const Center& center, const std::string& team);

// A member, by JSON pointer, as an instant: never() when null.
Instant instant_at(const boost::json::value& value, std::string_view pointer);

// Reads the watched deadline's present value.
Instant look_at(Caller& key, const Watched& watched);

}  // namespace carillon::bench
