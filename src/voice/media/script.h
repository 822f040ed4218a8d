// Small scripts that run beside the packets: play this list, stop on a digit, collect digits.
//
// What:   a Script says what is played and when it ends; a Player runs one, frame by frame and digit by digit, and tells the
//         outcome once. Stopping a prompt on a digit waits for nobody.
// Thread: a Script is made anywhere and moved; a Player belongs to the media thread. frame() never allocates.
// Limits: kMaxItems sounds, kMaxDigits digits.
// Example:
//   Script menu{.id = 7, .items = {welcome, menu_prompt}, .stop_on_digit = true, .collect_max = 1};
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/time.h"
#include "voice/media/sound.h"

namespace carillon::media {

inline constexpr std::size_t kMaxItems = 64;
inline constexpr std::size_t kMaxDigits = 64;

struct Script {
  std::uint64_t id = 0;
  std::vector<SoundPtr> items;
  bool loop = false;           // begins anew after the last item: music on hold
  bool stop_on_digit = false;  // the first digit silences what is played
  std::string stop_digits;     // which ones do; empty: all

  // Collecting: ends with collect_max digits, a terminator, or a silence. 0: digits are told one by one as events.
  int collect_max = 0;
  std::string terminators = "#";                // not part of the digits
  Duration first_digit = Duration::seconds(5);  // after the last item was played
  Duration next_digit = Duration::seconds(3);
  bool secret = false;     // digits are told in the outcome only; nobody else hears this leg, and it is not recorded
  bool over_room = false;  // heard together with the others instead of in their place
};

enum class ScriptEnd {
  kPlayed,       // all items, nothing to collect
  kDigits,       // enough digits, or a terminator
  kTimeout,      // too few digits in time; those that came are told
  kInterrupted,  // by a digit, nothing to collect
  kStopped,      // by command
  kReplaced,     // by another script
  kLegClosed,
};

struct ScriptOutcome {
  std::uint64_t script = 0;
  ScriptEnd end = ScriptEnd::kPlayed;
  std::string digits;
  char terminator = 0;
};

class Player {
 public:
  Player(Script script, Instant now);

  // 20 ms at `rate` (8000 or 16000). False, and silence, when there is nothing to hear.
  bool frame(MutableSamples out, int rate, Instant now);
  void on_digit(char digit, Instant now);
  // Looks at the clocks; to be called with each frame.
  std::optional<ScriptOutcome> ended() const { return outcome_; }
  ScriptOutcome stop(ScriptEnd why) const { return {script_.id, why, digits_, 0}; }

  const Script& script() const { return script_; }

 private:
  void finish(ScriptEnd why, char terminator = 0);
  void after_items(Instant now);

  Script script_;
  std::size_t item_ = 0;
  std::size_t position_ = 0;  // in the item, in samples at 8 kHz
  bool playing_ = true;
  Instant deadline_ = Instant::never();
  std::string digits_;
  std::optional<ScriptOutcome> outcome_;
};

}  // namespace carillon::media
