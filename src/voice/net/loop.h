// One thread's loop: descriptors that are ready, deadlines, and jobs from other threads.
//
// What:   turn() waits for whichever comes first and runs it. Time is the clock's at open(), counted on steadily: a wall
//         clock that is set neither ends calls nor stops their timers.
// Why:    batches of datagrams, c-ares and OpenSSL all want a descriptor and nothing more; epoll gives that directly.
// Owns:   the epoll descriptor, jobs and deadlines; the watched descriptors belong to whoever watches.
// Thread: post(), posted() and now() from any; all else the thread that calls turn().
// Errors: open() when the system has no descriptors.
// Limits: kMostJobs waiting; post() says no to more.
// Example:
//   loop->watch(socket.fd(), EPOLLIN, *this);
//   const Loop::Deadline later = loop->at(loop->now() + Duration::seconds(5), [this] { give_up(); });
//   while (!over) loop->turn(Instant::never());
#pragma once

#include <sys/epoll.h>

#include <atomic>
#include <chrono>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "voice/net/sockets.h"

namespace carillon::voice::net {

class Loop {
 public:
  static constexpr std::size_t kMostJobs = 100'000;

  class Ready {
   public:
    virtual ~Ready() = default;
    virtual void on_ready(std::uint32_t events) = 0;  // EPOLLIN and so on
  };
  using Job = std::function<void()>;

  // A deadline that may have passed; cancelling it then does nothing.
  struct Deadline {
    Instant at;
    std::uint64_t order = 0;  // 0: none
    auto operator<=>(const Deadline&) const = default;
  };

  static Result<std::unique_ptr<Loop>> open(const Clock& clock);

  Instant now() const;

  // Level-triggered. unwatch() before the descriptor is closed; what was ready with it is then not told any more.
  void watch(int fd, std::uint32_t events, Ready& ready);
  void rewatch(int fd, std::uint32_t events);
  void unwatch(int fd);

  Deadline at(Instant when, Job job);
  void cancel(Deadline& deadline);

  // False when too many wait or none are taken any more.
  bool post(Job job);
  // From here post() says no. What it said yes to is run by the next run_jobs().
  void refuse_jobs();
  std::size_t posted() const { return waiting_.load(std::memory_order_relaxed); }
  void wake();

  // Waits until something is ready, a job is posted, a deadline or `until` has come; runs it all once.
  // `after_each` runs after each job and deadline.
  void turn(Instant until, const Job& after_each);
  // The jobs posted so far, without waiting.
  void run_jobs(const Job& after_each);

 private:
  Loop(Socket epoll, Socket wake_up, Instant start);
  int wait_time(Instant until) const;
  void run_deadlines(const Job& after_each);

  struct Watched {
    Ready* ready = nullptr;
    std::uint32_t generation = 0;
  };

  Socket epoll_, wake_up_;
  Instant start_;
  std::chrono::steady_clock::time_point steady_start_;
  std::vector<Watched> watched_;  // by descriptor
  std::map<Deadline, Job> deadlines_;
  std::uint64_t order_ = 0;

  std::mutex mutex_;
  std::vector<Job> jobs_;
  std::vector<Job> running_;
  bool refusing_ = false;
  std::atomic<std::size_t> waiting_{0};
};

}  // namespace carillon::voice::net
