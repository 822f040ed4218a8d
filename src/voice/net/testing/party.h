// A SIP host for tests with everything it said: real sockets on loopback, waits with a generous limit, no sleeping.
//
// Thread:  the test's; on_event runs on the host's until the Party goes: what it uses is declared before.
// Example:
//   Party a, b;
//   b.answer_all(sdp);
//   a.invite({.target = b.uri("bob"), .sdp = sdp});
//   ASSERT_TRUE(a.wait_for<sip::Answered>());
#pragma once

#include <condition_variable>
#include <deque>
#include <future>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "voice/net/sip_host.h"

namespace carillon::voice::net {

inline constexpr std::chrono::seconds kPatience{30};

class Party {
 public:
  // UDP and TCP on 127.0.0.1, taking calls from anybody.
  static SipHost::Config on_loopback();

  explicit Party(SipHost::Config config = on_loopback());
  ~Party();

  SipHost& host() { return *host_; }
  // Called for each event before it is kept; set it before start().
  SipHost::OnEvent on_event;
  void start() { host_->start(); }
  // Starts; rings and answers every call with this.
  void answer_all(const std::string& sdp);

  Endpoint at(sip::Transport transport) const;
  std::string uri(const std::string& user, sip::Transport transport = sip::Transport::kUdp) const;

  // Runs on the host's thread and waits for it.
  template <class F>
  auto ask(F f) {
    using Out = decltype(f(std::declval<sip::Stack&>(), Instant()));
    auto done = std::make_shared<std::promise<Out>>();
    auto result = done->get_future();
    const bool taken =
        host_->post([done, f](sip::Stack& stack, Instant now) mutable { done->set_value(f(stack, now)); });
    if (!taken || result.wait_for(kPatience) != std::future_status::ready) return Out();
    return result.get();
  }
  sip::LegId invite(const sip::Invite& call);
  void hang_up(sip::LegId leg);
  // Until the stack is as empty as this, or nothing more is to be hoped for.
  bool waits_until(const std::function<bool(sip::Stack&)>& holds);

  // The first event of its kind that nobody has taken yet.
  template <class T>
  std::optional<T> wait_for() {
    std::unique_lock held(mutex_);
    std::optional<T> found;
    changed_.wait_for(held, kPatience, [&] {
      for (auto it = events_.begin(); it != events_.end(); ++it) {
        if (T* one = std::get_if<T>(&*it)) {
          found = std::move(*one);
          events_.erase(it);
          return true;
        }
      }
      return false;
    });
    return found;
  }

 private:
  SystemClock clock_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<sip::Event> events_;
  std::unique_ptr<SipHost> host_;
};

// "v=0 .." with one audio line on this port.
std::string some_sdp(int port);

}  // namespace carillon::voice::net
