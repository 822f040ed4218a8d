// DiskProbe: how long a sync takes on the disk of a folder, while other things go on there.
//
// What:   appends 4 KiB to a file and syncs it, 50 times a second, until it is stopped.
// Owns:   its thread and its file, which goes with it.
// Thread: one; the measuring is its own thread's.
// Errors: give_up() when the disk refuses.
// Example:
//   DiskProbe probe(server.data());  ...  std::vector<double> ms = probe.stop();
#pragma once

#include <atomic>
#include <string>
#include <thread>
#include <vector>

namespace carillon::bench {

class DiskProbe {
 public:
  explicit DiskProbe(const std::string& folder) : path_(folder + "/probe"), thread_([this] { run(); }) {}
  // Milliseconds of each.
  std::vector<double> stop();

 private:
  void run();

  std::string path_;
  std::atomic<bool> stopping_{false};
  std::vector<double> took_;
  std::thread thread_;
};

}  // namespace carillon::bench
