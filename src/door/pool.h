// Pool: the threads that may block (reading SQL, hashing passwords, files).
//
// Limits: a bounded queue; full is an answer (false), not a wait.
// Thread: post() from any; stop() from one, and waits for what was begun.
// Example:
//   if (!pool.post([...] { read(); })) reply overloaded;
#pragma once

#include <condition_variable>
#include <cstdint>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

namespace carillon::door {

class Pool {
 public:
  explicit Pool(int threads = 4, std::size_t most_waiting = 10'000);
  ~Pool();
  Pool(const Pool&) = delete;
  Pool& operator=(const Pool&) = delete;

  bool post(std::function<void()> work);
  void stop();
  std::size_t waiting() const;
  std::uint64_t refused() const;

 private:
  void run();

  const std::size_t most_waiting_;
  mutable std::mutex mutex_;
  std::condition_variable wake_;
  std::deque<std::function<void()>> waiting_;
  std::uint64_t refused_ = 0;
  bool stopping_ = false;
  std::vector<std::thread> threads_;
};

}  // namespace carillon::door
