// Guests: the port through which customers call from a web page: their browser is the customer's leg.
//
// What:   call() begins a call at a number, resume() takes the one that goes on to another stream (a page loaded again, another
//         tab). What they hear follows from the call's row, as for a telephone.
// Why:    a visitor's WebSocket knows who they are; whoever holds the media knows the call (src/switchboard).
// Owns:   nothing. Thread: every function from any thread, none waits. `answered` is called once, on any thread.
// Errors: kInvalidValue for an offer that cannot be read or has no sound we speak, kStateForbids for a second call of a visitor,
//         kNotFound where there is no such number or no call to go on with, kLimit, kUnavailable, kOverloaded.
// Limits: one call a visitor; kMaxGuests at once (switchboard/board.h).
// Example:
//   guests.call({{workspace, visitor}, stream}, {.number = widget.number, .name = "Mia"}, offer, [](Result<std::string> sdp) { ... });
#pragma once

#include <cstdint>
#include <functional>
#include <string>

#include "base/codec.h"
#include "base/ids.h"
#include "base/result.h"

namespace carillon::calls {

// A visitor, as the one who calls. Their sid is the call's identity: who calls again after our restart has their place.
struct Guest {
  WorkspaceId workspace;
  VisitorId visitor;
  auto operator<=>(const Guest&) const = default;
};

// The stream to which their sound is tied: when it is gone, the call waits a while for another.
struct GuestLine {
  Guest guest;
  std::uint64_t stream = 0;  // never used twice while the server runs
};

// What is known about who calls.
struct GuestCall {
  NumberId number;
  std::string name;
  bool verified = false;
  CustomerId customer;
  JsonText attributes;         // of the task
  std::string thread_channel;  // an open contact of theirs on this channel is what the call belongs to: "chat"
};

class Guests {
 public:
  using Answered = std::function<void(Result<std::string> sdp)>;
  virtual ~Guests() = default;

  // `offer` is a browser's SDP (RFC 8829) with one audio section. Answered once the call is committed.
  virtual void call(const GuestLine& line, GuestCall call, std::string offer, Answered answered) = 0;
  virtual void resume(const GuestLine& line, std::string offer, Answered answered) = 0;
  // The stream is gone. Nothing happens where another has the call by now.
  virtual void left(const GuestLine& line) = 0;
  virtual void hang_up(const Guest& guest) = 0;
};

}  // namespace carillon::calls
