// What the media of a call must do, as its row says: a pure function, so that it can be made anew after anything.
//
// Why:    whoever holds the media compares this with what runs and changes the difference; nothing is told twice, nothing is
//         forgotten, and a row read after a reload gives the same.
// Thread: any.
// Example:
//   for (const LegPlan& leg : plan_of(call).legs) media.bring_about(leg);
#pragma once

#include <vector>

#include "calls/core/records.h"

namespace carillon::calls {

enum class Hears : std::uint8_t {
  silence,
  words,  // the call's words, once for each count, then music
  music,
  room,     // everybody else in the room
  ringing,  // that somebody is being called; what that side says in place of it, if it does
};
BOOST_DESCRIBE_ENUM(Hears, silence, words, music, room, ringing)

struct LegPlan {
  LegId leg;
  LegRole role = LegRole::customer;
  WorkerId worker;                          // whose desktop or phone it is
  Monitoring monitoring = Monitoring::off;  // of a coach
  bool wanted = true;                       // false: hang up
  Reason reason = Reason::none;
  Hears hears = Hears::silence;
  bool speaks = false;  // into the room
  bool rings = false;   // is not there yet: called by us, or a worker who is being asked
  bool dial = false;    // call them now
  bool operator==(const LegPlan&) const = default;
};

// What a key of the customer's telephone means now.
enum class KeyMeaning : std::uint8_t {
  nothing,
  leave_message,
  end_message,
  consent,
  no_consent,
  ask_callback,
  this_number,  // is to be called back
  other_number,
  digit,  // of a number to be called back
  number_ends,
  wait_on,  // they would rather wait
};
KeyMeaning meaning_of(const CallRecord& call, char key);
// Whether the customer has been told, or has agreed, as the number wants it.
bool may_record(const CallRecord& call);
// All keys that mean something now.
std::string keys_of(const CallRecord& call);

// A message ends by itself when nobody speaks for so long.
inline constexpr Duration kMessageSilence = Duration::seconds(5);

// What is recorded: the customer on the left channel, the agent on the right. Another sid is another recording.
struct RecordingPlan {
  RecordingId recording;  // empty: none was ever made
  bool wanted = false;
  bool paused = false;   // what is said is left out: told so, or the customer does not hear it
  bool message = false;  // the customer alone, after a tone
  bool operator==(const RecordingPlan&) const = default;
};

struct CallPlan {
  CallId call;
  std::vector<Words> words;  // one after another
  std::int64_t words_count = 0;
  Words key_words;       // with each announcement
  Words callback_words;  // the same
  std::string music;
  bool words_end_it = false;  // say when the words are over
  bool asks = false;          // the customer is asked for keys: silence follows the words
  std::string keys;           // of the customer's telephone: which are to be told
  RecordingPlan recording;
  std::vector<LegPlan> legs;  // as in the row
  bool operator==(const CallPlan&) const = default;
};

CallPlan plan_of(const CallRecord& call);

}  // namespace carillon::calls
