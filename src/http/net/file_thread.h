// FileThread: the one thread of a server that may wait for a disk.
//
// What:   runs jobs in order: pieces of files to send, pieces of uploads to keep. A net loop never waits for a disk (law 6).
// Thread: post() from any thread. stop() runs what is queued, then ends the thread; later jobs are refused (and destroyed).
// Limits: each connection has at most one job here, so the queue is bounded by the connections.
#pragma once

#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>

namespace carillon::http {

class FileThread {
 public:
  FileThread() = default;
  ~FileThread() { stop(); }
  FileThread(const FileThread&) = delete;
  FileThread& operator=(const FileThread&) = delete;

  bool post(std::function<void()> job);
  void stop();

 private:
  void run();

  std::mutex mutex_;
  std::condition_variable wake_;
  std::deque<std::function<void()>> jobs_;
  std::thread thread_;  // started by the first job: most servers never need it
  bool stopping_ = false;
};

}  // namespace carillon::http
