// Loop: one net thread's event loop, its mailbox, its ticks and the connections that live on it.
//
// Why:    a connection stays on one loop all its life, so it needs no lock; other threads talk to it through the mailbox. Timeouts are
//         found by one tick a loop that looks at all members, not by a timer for each.
// Owns:   the io_context and a share of every member. It lives as long as the last connection that somebody holds.
// Thread: post() and in_thread() from any thread; everything else on the loop.
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <mutex>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "http/net/counters.h"
#include "http/net/shared.h"

namespace boost::asio {
class io_context;
}

namespace carillon::http {

using SteadyTime = std::chrono::steady_clock::time_point;
inline SteadyTime operator+(SteadyTime at, Duration d) { return at + std::chrono::microseconds(d.us); }

// What lives on a loop: a connection or a WebSocket.
class LoopMember {
 public:
  virtual ~LoopMember() = default;
  virtual void on_tick(SteadyTime now) = 0;
  virtual void on_drain() = 0;  // finish what runs, then go
  virtual void cut() = 0;       // go now
};

class Loop : public std::enable_shared_from_this<Loop> {
 public:
  explicit Loop(std::shared_ptr<Shared> shared);
  ~Loop();
  Loop(const Loop&) = delete;
  Loop& operator=(const Loop&) = delete;

  // The body of the thread; returns after finish() when nothing is left to do.
  void run();
  // Cuts all members and lets run() return. From any thread.
  void finish();
  // Refuses later jobs and destroys those that did not run. After the thread has ended.
  void close();

  // Runs the job on the loop, soon. False (and the job is destroyed) when the loop has ended.
  bool post(std::function<void()> job);
  bool in_thread() const;
  std::size_t mailbox_depth() const;

  void add(std::shared_ptr<LoopMember> member);
  void remove(const LoopMember* member);
  void drain_members();
  bool is_finishing() const { return finishing_; }

  // "Sun, 06 Nov 1994 08:49:37 GMT", of this second.
  std::string_view date();
  boost::asio::io_context& io();
  Shared& shared() { return *shared_; }
  LoopCounters& counters() { return counters_; }
  const LoopCounters& counters() const { return counters_; }

 private:
  struct Engine;
  void run_mailbox();
  void arm_tick();
  void tick();
  std::vector<std::shared_ptr<LoopMember>> members() const;

  std::shared_ptr<Shared> shared_;
  LoopCounters counters_;
  std::unique_ptr<Engine> engine_;

  mutable std::mutex mutex_;
  std::vector<std::function<void()>> mailbox_;
  bool closed_ = false;

  std::vector<std::function<void()>> running_;
  std::unordered_map<const LoopMember*, std::shared_ptr<LoopMember>> members_;
  bool ticking_ = false;
  bool finishing_ = false;
  std::int64_t date_second_ = -1;
  std::string date_;
};

}  // namespace carillon::http
