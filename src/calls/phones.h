// Phones: the port through which desktops lend their ears: one browser phone a worker, held ready between calls.
//
// Why:    sound must flow within a second after accepting, so a phone is connected when its worker signs in, not when a call
//         comes. What each phone hears follows from the rows of calls (core/plan.h), never from here.
// Owns:   nothing; whoever holds the media implements it (src/switchboard), a fake serves tests.
// Thread: every function from any thread, none waits. `done` is called once, on any thread.
// Errors: kInvalidValue for an offer that cannot be read or has no sound we speak, kUnavailable where this server has no media,
//         kLimit with too many phones.
// Example:
//   phones.connect({workspace, worker, stream.number}, offer, [](Result<std::string> answer) { ... });
#pragma once

#include <cstdint>
#include <functional>
#include <string>

#include "base/ids.h"
#include "base/result.h"
#include "base/time.h"

namespace carillon::calls {

// A desktop's stream of events, to which its phone is tied: when the stream is gone, so is the phone.
struct Desk {
  WorkspaceId workspace;
  WorkerId worker;           // or ears_of(user)
  std::uint64_t stream = 0;  // never used twice while the server runs
  bool operator==(const Desk&) const = default;
};

// What a customer typed for a program alone: a card's number, a PIN. Never kept, journalled or logged.
struct SecretDigits {
  enum class End : std::uint8_t { finish_key, length, timeout, stopped, hung_up };
  std::string digits;
  End ended_by = End::stopped;
};
struct SecretWish {
  int most = 32;                            // digits, at most 64; # ends it before
  Duration within = Duration::seconds(30);  // from the beginning to the end
};

class Phones {
 public:
  using Answered = std::function<void(Result<std::string> sdp)>;
  virtual ~Phones() = default;

  // `offer` is a browser's SDP (RFC 8829) with one audio section. The worker's phone before this one is put down; a desk that
  // connects again (another network, RFC 8445 section 9) replaces its own.
  virtual void connect(const Desk& desk, std::string offer, Answered answered) = 0;
  // The phone is put down, or its stream is gone. Another desk's phone of the same worker stays.
  virtual void disconnect(const Desk& desk) = 0;
  // Sends DTMF to the other parties of a call on behalf of a worker in it. Digits: 0-9 A-D * #, at most 64.
  virtual void press(WorkspaceId workspace, CallId call, WorkerId worker, std::string digits,
                     std::function<void(Result<void>)> done) = 0;
  // The customer of a call types; meanwhile nobody hears them, no digit of theirs is passed on, and the recording pauses. `done`
  // comes at the end of it, however it ends. kStateForbids where no customer talks, or they are typing already.
  virtual void gather_secret(WorkspaceId workspace, CallId call, SecretWish wish,
                             std::function<void(Result<SecretDigits>)> done) = 0;
  // It ends now, `stopped`. kStateForbids where nobody types.
  virtual void stop_secret(WorkspaceId workspace, CallId call, std::function<void(Result<void>)> done) = 0;
};

}  // namespace carillon::calls
