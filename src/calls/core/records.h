// The rows of calls that decide: numbers, and calls with their legs.
//
// What:   a Number is where calls come in and what happens there; a Call is one customer's talk by voice, from the first ring
//         to the end, whatever agents take part; a Leg is one party's connection to it.
// Why:    audio, SIP and WebRTC never come here. What the media must do follows from these rows (plan.h), so that it can be
//         made anew from them.
// Owns:   nothing but its values. Thread: any.
// Limits: 64 legs a call in its life, 8 at once; texts as check_number() says.
#pragma once

#include <string>
#include <vector>

#include "base/codec.h"
#include "base/ids.h"
#include "base/time.h"
#include "events/core/event.h"

namespace carillon::calls {

using events::Bucket;
using events::Reason;

inline constexpr std::size_t kMaxLegsAtOnce = 8;
inline constexpr std::size_t kMaxLegs = 64;

// An opening in UTC: from..until, until excluded. Days and time zones are compiled into these outside.
struct Opening {
  Instant from;
  Instant until;
  bool operator==(const Opening&) const = default;
};
BOOST_DESCRIBE_STRUCT(Opening, (), (from, until))

// What is said to a caller: recorded words by name, else text for the synthesizer; both empty: nothing.
struct Words {
  std::string prompt;
  std::string text;
  bool operator==(const Words&) const = default;
};
BOOST_DESCRIBE_STRUCT(Words, (), (prompt, text))

// Whether calls of a number are recorded. Nobody is recorded alone: only while an agent is there.
enum class RecordingPolicy : std::uint8_t {
  never,
  always,     // from the first agent on; they may pause it
  agent_may,  // the agent begins and stops it
};
BOOST_DESCRIBE_ENUM(RecordingPolicy, never, always, agent_may)

enum class Recording : std::uint8_t { off, on, paused };
BOOST_DESCRIBE_ENUM(Recording, off, on, paused)

// Where calls come in, and what happens there until flows say it.
struct NumberRecord {
  NumberId sid;
  std::string friendly_name;
  std::string address;      // "+4930123456", or the user part of a SIP address: "shop"
  WorkflowId workflow_sid;  // exactly one of these three
  QueueId task_queue_sid;
  WorkerId worker_sid;  // a direct number
  std::int64_t priority = 0;
  Words greeting;
  Words closed_words;
  Words nobody_words;  // nobody who could serve is signed in
  Words full_words;
  std::string music;  // what waiting callers hear; empty: the default
  bool always_open = true;
  std::vector<Opening> openings;  // else; sorted, apart from one another
  bool announce_position = true;
  bool announce_wait = true;
  Duration announce_every = Duration::seconds(60);
  bool refuse_anonymous = false;
  std::vector<std::string> blocked;  // callers' addresses, sorted
  bool turn_away_unstaffed = true;   // say nobody_words and end, where nobody who matches is signed in
  RecordingPolicy recording = RecordingPolicy::never;
  std::int64_t seq = 0;
  std::int64_t version = 1;
  bool operator==(const NumberRecord&) const = default;
};
BOOST_DESCRIBE_STRUCT(NumberRecord, (),
                      (sid, friendly_name, address, workflow_sid, task_queue_sid, worker_sid, priority, greeting,
                       closed_words, nobody_words, full_words, music, always_open, openings, announce_position,
                       announce_wait, announce_every, refuse_anonymous, blocked, turn_away_unstaffed, recording, seq,
                       version))

enum class CallStatus : std::uint8_t {
  queued,    // answered; waits for somebody
  talking,   // somebody is there
  farewell,  // words are said, then it ends
  ended,
  lost,  // our restart cut the line: for a while the caller who calls again goes on where they were
};
BOOST_DESCRIBE_ENUM(CallStatus, queued, talking, farewell, ended, lost)

enum class LegRole : std::uint8_t { customer, agent, coach, outside };
BOOST_DESCRIBE_ENUM(LegRole, customer, agent, coach, outside)

enum class LegStatus : std::uint8_t { connecting, connected, ended };
BOOST_DESCRIBE_ENUM(LegStatus, connecting, connected, ended)

// What a supervisor does in a call: hears all and is heard by nobody, by the agents only, or by everybody.
enum class Monitoring : std::uint8_t { off, listen, whisper, barge };
BOOST_DESCRIBE_ENUM(Monitoring, off, listen, whisper, barge)

// Whose ears a phone is: a worker's, or of a user who is no worker, named by the user's id.
constexpr WorkerId ears_of(UserId user) { return {user.hi, user.lo}; }

// One party's connection.
struct LegRecord {
  LegId sid;
  LegRole role = LegRole::customer;
  LegStatus status = LegStatus::connecting;
  WorkerId worker_sid;  // agent, coach (who is no worker: ears_of the user)
  TaskId task_sid;      // agent: the task they took the call with
  std::string address;  // customer, outside: where they are
  bool on_hold = false;
  bool muted = false;
  Reason reason = Reason::none;  // why it ended
  Instant created_at;
  Instant connected_at;  // us = 0: never
  Instant ended_at;      // us = 0: not yet
  Instant connect_by = Instant::never();
  Monitoring monitoring = Monitoring::off;  // coach
  UserId user_sid;                          // coach: who it is
  bool operator==(const LegRecord&) const = default;
};
BOOST_DESCRIBE_STRUCT(LegRecord, (),
                      (sid, role, status, worker_sid, task_sid, address, on_hold, muted, reason, created_at,
                       connected_at, ended_at, connect_by, monitoring, user_sid))

struct CallRecord {
  CallId sid;
  CallStatus status = CallStatus::queued;
  Bucket turned_away = Bucket::none;  // closed, full, failed_by_us: it never reached a queue
  NumberId number_sid;
  ContactId contact_sid;  // empty when it was turned away
  ConversationId conversation_sid;
  CustomerId customer_sid;
  std::string from;  // "anonymous" where nothing is known
  std::string from_name;
  std::string to;
  std::string music;
  Words words;                   // being said, or said last
  std::int64_t words_count = 0;  // grows with each new words: the media says them once
  Reason reason = Reason::none;
  std::vector<LegRecord> legs;  // oldest first; the customer's is the first
  Instant created_at;
  Instant answered_at;  // somebody's media connected; us = 0: not yet
  Instant ended_at;
  Instant announce_at = Instant::never();
  Instant farewell_by = Instant::never();  // ends then even if the words never do
  std::string identity;                    // of the caller on this transport; empty: nobody who could be known again
  CallId resumes_sid;                      // the lost call that this one goes on with
  WorkerId lost_worker_sid;                // of a lost call: who was talking; empty: it waited
  Instant return_by = Instant::never();    // of a lost call: until when its caller may come back
  RecordingPolicy recording_policy = RecordingPolicy::never;  // the number's, when the call came
  Recording recording = Recording::off;
  RecordingId recording_sid;  // the one that is made now, or was made last
  std::int64_t seq = 0;
  std::int64_t version = 1;
  bool operator==(const CallRecord&) const = default;
};
BOOST_DESCRIBE_STRUCT(CallRecord, (),
                      (sid, status, turned_away, number_sid, contact_sid, conversation_sid, customer_sid, from,
                       from_name, to, music, words, words_count, reason, legs, created_at, answered_at, ended_at,
                       announce_at, farewell_by, identity, resumes_sid, lost_worker_sid, return_by, recording_policy,
                       recording, recording_sid, seq, version))

}  // namespace carillon::calls
