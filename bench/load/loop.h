// Loop: one epoll, its sources and its timers; all of a load generator runs on it.
//
// Why:    the generator shares its cores with the server it measures: one thread, no locks, one system call an event.
// Owns:   the epoll. Sources are somebody else's, and end only while the loop does not run.
// Thread: one.
// Example:
//   Loop loop;
//   HttpLine line(loop, port);
//   line.ask(request, [&](const Answer& a) { done = true; });
//   loop.run_until([&] { return done; });
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <queue>
#include <vector>

namespace carillon::bench {

using Moment = std::chrono::steady_clock::time_point;
inline Moment moment() { return std::chrono::steady_clock::now(); }
inline double seconds_between(Moment from, Moment to) { return std::chrono::duration<double>(to - from).count(); }
inline Moment after_seconds(Moment from, double seconds) {
  return from + std::chrono::duration_cast<Moment::duration>(std::chrono::duration<double>(seconds));
}

class Source {
 public:
  virtual ~Source() = default;
  virtual void on_ready(std::uint32_t events) = 0;  // EPOLLIN, EPOLLOUT, ...
};

class Loop {
 public:
  Loop();
  ~Loop();
  Loop(const Loop&) = delete;
  Loop& operator=(const Loop&) = delete;

  void add(int fd, Source& source);
  void watch_writable(int fd, Source& source, bool on);
  void remove(int fd);

  void at(Moment when, std::function<void()> work);
  // Looks at `done` after each round of events.
  void run_until(const std::function<bool()>& done);
  void run_for(double seconds);

 private:
  struct Timer {
    Moment when;
    std::uint64_t order;
    std::function<void()> work;
    bool operator<(const Timer& o) const { return when != o.when ? when > o.when : order > o.order; }
  };
  void run_timers();
  void wait();

  int epoll_ = -1;
  std::priority_queue<Timer> timers_;
  std::uint64_t timers_made_ = 0;
};

// Says why on stderr and ends the program with 1; servers that it started end with it.
[[noreturn]] void give_up(const std::string& why);
// For people, on stderr, with the seconds since the program began.
void say(const std::string& text);

}  // namespace carillon::bench
