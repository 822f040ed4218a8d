// Keeping trunks: registering with them and asking whether they live (RFC 3261 section 10.2, OPTIONS).
//
// What:   a trunk is up when what it was told to do works: its registration, its pings. TrunkChanged says when that changes.
// Owns:   the state of each trunk; the trunks themselves are in the TrunkBook.
// Thread: that of the stack.
#pragma once

#include <map>
#include <string>

#include "base/result.h"
#include "voice/sip/digest.h"
#include "voice/sip/requests.h"
#include "voice/sip/trunk_book.h"

namespace carillon::voice::sip {

class Trunks {
 public:
  Trunks(Context& context, Requests& requests, TrunkBook& book) : context_(context), requests_(requests), book_(book) {}

  Result<void> set(const Trunk& trunk);
  // Says good-bye to its registrar.
  void remove(const std::string& id);

  void on_reply(const Owner& owner, Handle request, const Message& response);
  void on_no_reply(const Owner& owner, Handle request);
  void on_timer(const TimerKey& key);

 private:
  struct State {
    std::string trunk;
    std::string call_id, tag;
    std::uint32_t cseq = 0;
    int expires = 0, failures = 0, tries = 0;
    bool registered = false, alive = true, told = false, up = false;
    Handle registering, pinging;
    TimerId register_timer, ping_timer;
  };
  void send_register(Handle handle, State& state, int expires, const std::string& credentials);
  void send_ping(Handle handle, State& state);
  void retry_register(Handle handle, State& state, int status);
  bool answer_challenge_of(Handle handle, State& state, const Message& response);
  void tell(State& state, int status);

  Context& context_;
  Requests& requests_;
  TrunkBook& book_;
  Slots<State> states_;
  std::map<std::string, Handle> by_id_;
};

}  // namespace carillon::voice::sip
