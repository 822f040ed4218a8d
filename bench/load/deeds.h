// Deeds: what the load did and what of it was acknowledged; after a crash it is held against what the server says.
//
// What:   served tasks (posted, accepted, completed), kept tasks (posted, some canceled) with their deadlines, and messages of
//         chats. Each was given a name of its own (Idempotency-Key, client_message_id), so that what nobody acknowledged can
//         be asked again and must come out once.
// Thread: one. Plain values.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "base/time.h"

namespace carillon::bench {

struct ServedTask {
  std::string sid;       // "" until acknowledged
  bool refused = false;  // an answer said no: nothing was promised
  bool settled = false;  // found completed after a crash
};

// What was acknowledged of a task's way. Its post may be acknowledged later than its accept.
struct TaskState {
  std::string worker_sid;  // who has accepted it
  bool completed = false;
};

// The deadlines of a task that waits; never() where it has none.
struct Deadlines {
  Instant target = Instant::never(), max_wait = Instant::never(), time_to_live = Instant::never();
};

struct KeptTask {
  std::string sid;
  bool refused = false, cancel_asked = false, canceled = false, settled = false;
  bool known_before = false;  // acknowledged before the crash that is looked at
  std::int64_t position = 0;  // of the change that made it: who was first
  std::int64_t priority = 0;
  Instant waits_since;  // virtual_start_time
  Deadlines deadlines;
  std::string body;  // as it was asked, to ask it again
};

struct Message {
  std::string text, name;  // name: client_message_id
  std::string sid;         // "" until acknowledged
  std::int64_t index = 0;
};

struct Chat {
  std::string token;  // the visitor's
  std::string conversation_sid;
  std::vector<Message> said;     // by the visitor
  std::vector<Message> replied;  // by the worker
  std::int64_t verified = 0;     // messages up to this index were found right
};

// One deadline of something that nobody touches.
struct Watched {
  enum class Kind { moves, offer, stays };
  std::string what;    // for people
  std::string target;  // GET this,
  std::string place;   // and look here: a JSON pointer
  Kind kind = Kind::moves;
  Instant at;  // as last read
};

struct Deeds {
  std::string run;                 // a word in all names given, so that runs on one directory do not meet
  std::vector<ServedTask> served;  // by the number in attributes.n
  std::unordered_map<std::string, TaskState> states;  // by task, until it is settled
  std::vector<KeptTask> kept;
  std::vector<Chat> chats;
  std::vector<Watched> watched;
  std::size_t settled_below = 0;               // all served tasks before this number are settled
  std::string since = "1970-01-01T00:00:00Z";  // served tasks that are not settled were made then or later

  std::string served_key(std::size_t n) const { return run + "-task-" + std::to_string(n); }
  std::string kept_key(std::size_t n) const { return run + "-kept-" + std::to_string(n); }
};

struct Verdict {
  std::int64_t lost = 0, duplicated = 0, order_broken = 0;
};

}  // namespace carillon::bench
