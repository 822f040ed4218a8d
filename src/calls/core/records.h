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
  sample,     // sample_percent of the calls as always, the others as never; said of each call when it comes
};
BOOST_DESCRIBE_ENUM(RecordingPolicy, never, always, agent_may, sample)

// What a caller must be told, or must say, before their call is recorded.
enum class ConsentRule : std::uint8_t {
  none,
  announce,  // consent_words are heard before an agent is
  ask,       // key 1 is yes, key 2 is no; no recording before yes
};
BOOST_DESCRIBE_ENUM(ConsentRule, none, announce, ask)

// What came of it, of one party.
enum class Consent : std::uint8_t { none, announced, yes, no, withdrawn };
BOOST_DESCRIBE_ENUM(Consent, none, announced, yes, no, withdrawn)

enum class Recording : std::uint8_t { off, on, paused };
BOOST_DESCRIBE_ENUM(Recording, off, on, paused)

// What a caller gets who cannot be served: words and the end, or words and a tone to leave a message after.
enum class Instead : std::uint8_t { words, voicemail };
BOOST_DESCRIBE_ENUM(Instead, words, voicemail)

// Who is called first when somebody is called back: the agent who has taken it, or the customer, whom the agent then joins.
enum class CallbackMode : std::uint8_t { agent_first, customer_first };
BOOST_DESCRIBE_ENUM(CallbackMode, agent_first, customer_first)

// Whether whoever waits may ask to be called back, and how that is done.
struct CallbackSettings {
  std::string key;  // what a waiting caller presses; empty: nobody is asked
  Words words;      // says so: after the greeting, and with each announcement; empty: those of the server
  CallbackMode mode = CallbackMode::agent_first;
  std::int64_t tries = 3;  // in all
  Duration retry_after = Duration::minutes(15);
  bool operator==(const CallbackSettings&) const = default;
};
BOOST_DESCRIBE_STRUCT(CallbackSettings, (), (key, words, mode, tries, retry_after))

// How far a waiting caller is in asking to be called back.
enum class CallbackStep : std::uint8_t {
  none,
  confirm,  // hears a number: 1 is yes, 2 another one
  enter,    // types a number, ended by #
};
BOOST_DESCRIBE_ENUM(CallbackStep, none, confirm, enter)

struct CallbackAsking {
  std::string key;  // the number's, when the call came
  Words words;      // the offer, when the call came
  CallbackStep step = CallbackStep::none;
  std::string to;                 // the number that is to be confirmed, or what is typed of it
  std::int64_t times = 0;         // how often in this step
  Instant by = Instant::never();  // of the step: asked again then, or they wait on
  bool operator==(const CallbackAsking&) const = default;
};
BOOST_DESCRIBE_STRUCT(CallbackAsking, (), (key, words, step, to, times, by))

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
  std::vector<std::string> trunks;  // by which calls of ours go out, best first; empty: all there are
  std::string voicemail_key;        // what a waiting caller presses to leave a message; empty: nothing
  Words key_words;                  // says so: after the greeting, and with each announcement
  Instead on_closed = Instead::words;
  Instead on_full = Instead::words;
  Instead on_unstaffed = Instead::words;  // only where turn_away_unstaffed
  Duration max_wait;                      // in the queue; 0: any
  Instead on_max_wait = Instead::words;
  Words max_wait_words;
  Words voicemail_words{"vm-intro", "Please leave your message after the tone. Then hang up, or press the pound key."};
  Duration voicemail_max = Duration::minutes(3);
  ConsentRule consent = ConsentRule::none;  // asked for where calls are recorded at all
  Words consent_words;
  bool keep_withdrawn = false;             // what was recorded before consent was withdrawn; false: deleted
  std::int64_t sample_percent = 10;        // of recording: sample
  std::int64_t recordings_kept_days = -1;  // 0: for ever; -1: as the workspace says
  std::int64_t voicemails_kept_days = -1;  // the same
  JsonText hours;           // what `openings` were made of outside, by the clock on a wall; empty: they were told
  bool zip_tone = false;    // an agent who is connected hears a beep
  bool tell_queue = false;  // and the name of the queue
  Duration voicemail_min = Duration::seconds(5);  // shorter messages are none: who hangs up at the tone
  CallbackSettings callback;
  std::int64_t seq = 0;
  std::int64_t version = 1;
  bool operator==(const NumberRecord&) const = default;
};
BOOST_DESCRIBE_STRUCT(NumberRecord, (),
                      (sid, friendly_name, address, workflow_sid, task_queue_sid, worker_sid, priority, greeting,
                       closed_words, nobody_words, full_words, music, always_open, openings, announce_position,
                       announce_wait, announce_every, refuse_anonymous, blocked, turn_away_unstaffed, recording, trunks,
                       voicemail_key, key_words, on_closed, on_full, on_unstaffed, max_wait, on_max_wait,
                       max_wait_words, voicemail_words, voicemail_max, consent, consent_words, keep_withdrawn,
                       sample_percent, recordings_kept_days, voicemails_kept_days, hours, zip_tone, tell_queue,
                       voicemail_min, callback, seq, version))

enum class CallStatus : std::uint8_t {
  queued,    // answered; waits for somebody
  talking,   // somebody is there
  farewell,  // words are said, then it ends
  ended,
  lost,       // our restart cut the line: for a while the caller who calls again goes on where they were
  voicemail,  // is told how to leave a message, or leaves it
  dialling,   // we call somebody, who has not answered yet
  onward,     // no agent is there any more: customer and outside party talk, until one of them hangs up
};
BOOST_DESCRIBE_ENUM(CallStatus, queued, talking, farewell, ended, lost, voicemail, dialling, onward)

// Who called whom: a customer us, we somebody, a worker a colleague.
enum class Direction : std::uint8_t { inbound, outbound, internal };
BOOST_DESCRIBE_ENUM(Direction, inbound, outbound, internal)

enum class LegRole : std::uint8_t { customer, agent, coach, outside };
BOOST_DESCRIBE_ENUM(LegRole, customer, agent, coach, outside)

// ringing: is being called by us, or an invited worker is being asked; not there yet.
enum class LegStatus : std::uint8_t { connecting, connected, ended, ringing };
BOOST_DESCRIBE_ENUM(LegStatus, connecting, connected, ended, ringing)

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
  WorkerId invited_by_sid;                  // who came in later: by whom
  WorkerId held_by_sid;                     // customer on hold: by whom
  bool dialled = false;                     // we call them; the rest says how
  std::string caller_id;                    // what they see
  std::vector<std::string> trunks;          // best first; empty: all there are
  bool emergency = false;
  std::string location;             // of the caller, for an emergency
  bool returned = false;            // agent: the call came back to them
  Consent consent = Consent::none;  // customer: to being recorded
  bool unseen = false;              // coach who listens: agents are not told
  Instant help_since;               // agent: asks for a supervisor since then; us = 0: does not
  bool operator==(const LegRecord&) const = default;
};
BOOST_DESCRIBE_STRUCT(LegRecord, (),
                      (sid, role, status, worker_sid, task_sid, address, on_hold, muted, reason, created_at,
                       connected_at, ended_at, connect_by, monitoring, user_sid, invited_by_sid, held_by_sid, dialled,
                       caller_id, trunks, emergency, location, returned, consent, unseen, help_since))

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
  std::vector<LegRecord> legs;  // oldest first; the customer's is the first, or the caller's of an internal call
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
  Direction direction = Direction::inbound;
  bool consulting = false;                       // agents talk with who was invited, the customer waits
  LegId transfer_leg_sid;                        // the outside party who gets the call when they answer
  TaskId transfer_task_sid;                      // whose worker gives it away, and gets it back
  RecordingId recording_sid;                     // the one that is made now, or was made last
  std::vector<Words> more_words;                 // said right after `words`, of the same count
  Words key_words;                               // the number's, when the call came
  std::string voicemail_key;                     // the same
  Instant max_wait_at = Instant::never();        // waits no longer, while queued
  Reason voicemail_reason = Reason::none;        // voicemail: asked for, or offered on arrival; queue_max_wait
  Instant message_since;                         // us = 0: its words are still said
  Instant message_by = Instant::never();         // of voicemail: then its words, or the message, are over
  RecordingId voicemail_sid;                     // the message that was left
  ConsentRule consent_rule = ConsentRule::none;  // the number's, when the call came
  Words consent_words;                           // the same
  bool consent_due = false;                      // they are still to be heard to the end
  bool keep_withdrawn = false;                   // the number's
  bool erase_recordings = false;                 // consent was withdrawn: no sound of the talk is kept
  CallbackId callback_sid;                       // that was asked for in it, that it is a try of, or that it takes over
  CallbackAsking asking;                         // to be called back
  bool customer_first = false;                   // they are called without an agent there, who joins them
  std::int64_t seq = 0;
  std::int64_t version = 1;
  bool operator==(const CallRecord&) const = default;
};
BOOST_DESCRIBE_STRUCT(CallRecord, (),
                      (sid, status, turned_away, number_sid, contact_sid, conversation_sid, customer_sid, from,
                       from_name, to, music, words, words_count, reason, legs, created_at, answered_at, ended_at,
                       announce_at, farewell_by, identity, resumes_sid, lost_worker_sid, return_by, recording_policy,
                       recording, recording_sid, more_words, key_words, voicemail_key, max_wait_at, voicemail_reason,
                       message_since, message_by, voicemail_sid, consent_rule, consent_words, consent_due,
                       keep_withdrawn, erase_recordings, callback_sid, asking, customer_first, direction, consulting,
                       transfer_leg_sid, transfer_task_sid, seq, version))

// As the agents in it may see it: without who listens unseen.
CallRecord seen_by_agents(CallRecord call);

// Who may call a destination by themselves.
enum class DiallingRight : std::uint8_t { agent, supervisor, admin, nobody };
BOOST_DESCRIBE_ENUM(DiallingRight, agent, supervisor, admin, nobody)

// A destination that costs: the longest prefix of a number says who may call it and how often.
struct DestinationRule {
  std::string prefix;  // "+49900"
  DiallingRight needs = DiallingRight::agent;
  std::int64_t per_hour = 0;  // calls of the workspace; 0: any
  bool operator==(const DestinationRule&) const = default;
};
BOOST_DESCRIBE_STRUCT(DestinationRule, (), (prefix, needs, per_hour))

// Called by any agent, whatever else is forbidden.
struct EmergencyNumber {
  std::string address;    // "112"
  std::string trunk;      // this one first; empty: all there are
  std::string caller_id;  // what they see; empty: the number's that the agent calls from
  std::string location;   // where to send help
  bool operator==(const EmergencyNumber&) const = default;
};
BOOST_DESCRIBE_STRUCT(EmergencyNumber, (), (address, trunk, caller_id, location))

struct DialledInHour {
  std::string prefix;
  Instant since;
  std::int64_t calls = 0;
  bool operator==(const DialledInHour&) const = default;
};
BOOST_DESCRIBE_STRUCT(DialledInHour, (), (prefix, since, calls))

// What may be called from a workspace. One a workspace.
struct DiallingRecord {
  std::vector<DestinationRule> destinations;  // sorted by prefix
  std::vector<EmergencyNumber> emergency;     // sorted by address
  std::vector<DialledInHour> counts;          // of the rules with a limit, by prefix
  std::int64_t version = 1;
  bool operator==(const DiallingRecord&) const = default;
};
BOOST_DESCRIBE_STRUCT(DiallingRecord, (), (destinations, emergency, counts, version))

enum class CallbackStatus : std::uint8_t {
  waiting,  // its task waits for an agent, or is offered to one
  calling,  // an agent has it: the customer is called
  paused,   // until next_try_at: nobody was reached, it is closed, or it was asked for later
  reached,
  not_reached,  // the last try failed
  joined,       // they called themselves
  canceled,
  expired,  // its time is over
};
BOOST_DESCRIBE_ENUM(CallbackStatus, waiting, calling, paused, reached, not_reached, joined, canceled, expired)

// One time that somebody tried.
struct CallbackTry {
  CallId call_sid;  // empty: it could not even be dialled
  WorkerId worker_sid;
  Instant at;
  Reason reason = Reason::none;  // why it failed; none: they were reached
  bool operator==(const CallbackTry&) const = default;
};
BOOST_DESCRIBE_STRUCT(CallbackTry, (), (call_sid, worker_sid, at, reason))

// Somebody who is to be called back: a further task of their contact, which stays open until this has ended.
struct CallbackRecord {
  CallbackId sid;
  CallbackStatus status = CallbackStatus::waiting;
  Reason reason = Reason::none;  // why it ended otherwise than reached
  CallbackMode mode = CallbackMode::agent_first;
  std::string to;  // whom to call, as callable() gives it; open ones differ
  std::string name;
  NumberId number_sid;  // whose address they see, whose hours hold
  QueueId task_queue_sid;
  ContactId contact_sid;
  ConversationId conversation_sid;
  CustomerId customer_sid;
  TaskId task_sid;
  CallId asked_in_sid;                         // the call in which they asked; empty: a program or a supervisor did
  CallId call_sid;                             // the newest try
  WorkerId worker_sid;                         // whose that was
  DiallingRight right = DiallingRight::agent;  // of who asked
  std::int64_t most_tries = 3;
  Duration retry_after = Duration::minutes(15);
  std::vector<CallbackTry> tries;
  Instant next_try_at = Instant::never();  // while paused
  Instant not_after = Instant::never();    // expires then
  Instant created_at;
  Instant ended_at;  // us = 0: it is open
  std::int64_t seq = 0;
  std::int64_t version = 1;
  bool operator==(const CallbackRecord&) const = default;
};
BOOST_DESCRIBE_STRUCT(CallbackRecord, (),
                      (sid, status, reason, mode, to, name, number_sid, task_queue_sid, contact_sid, conversation_sid,
                       customer_sid, task_sid, asked_in_sid, call_sid, worker_sid, right, most_tries, retry_after,
                       tries, next_try_at, not_after, created_at, ended_at, seq, version))

inline constexpr std::size_t kMaxTries = 10;
inline constexpr std::size_t kMaxCallbacks = 10'000;  // open at once

constexpr bool is_open(CallbackStatus status) {
  return status == CallbackStatus::waiting || status == CallbackStatus::calling || status == CallbackStatus::paused;
}

}  // namespace carillon::calls
