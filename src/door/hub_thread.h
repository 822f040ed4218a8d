// HubThread: the one thread of a hub, and the works posted to it.
//
// What:   runs posted works in order, and between rounds, at least twice a second, `round`.
// Why:    a hub whose state belongs to one thread needs no locks, and comparing positions suffices to lose and double nothing.
// Owns:   the thread. Works not begun when it stops are dropped.
// Thread: post() from any; start() and stop() from one. Functions given run on the hub's thread.
// Limits: nothing is refused; who posts 100,000 works faster than they are done hears of it (Rounds::too_many).
// Example:
//   HubThread thread;
//   thread.start("streams", {.round = [&] { beat(); }, .too_many = [&] { close_all(); }, .end = [&] { close_all(); }});
//   thread.post([&] { ... });
#pragma once

#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>

namespace carillon::door {

class HubThread {
 public:
  struct Rounds {
    std::function<void()> round;     // after each round of works
    std::function<void()> too_many;  // before a round of more than 100,000
    std::function<void()> end;       // last of all
  };

  HubThread() = default;
  ~HubThread() { stop(); }
  HubThread(const HubThread&) = delete;
  HubThread& operator=(const HubThread&) = delete;

  // `name` as the system shows it, at most 15 bytes.
  void start(const char* name, Rounds rounds);
  void stop();
  void post(std::function<void()> work);

 private:
  void run(const Rounds& rounds);

  std::mutex mutex_;
  std::condition_variable wake_;
  std::deque<std::function<void()>> posted_;
  bool stopping_ = false;
  std::thread thread_;
};

}  // namespace carillon::door
