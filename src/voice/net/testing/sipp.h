// Runs SIPp as a program of its own, in a folder that goes with the test.
//
// Thread:  any; wait() blocks.
// Example:
//   if (!Sipp::installed()) GTEST_SKIP() << Sipp::kHowTo;
//   Sipp sipp({"-sn", "uac", "127.0.0.1:5060", "-m", "200"});
//   EXPECT_EQ(sipp.wait(), 0) << sipp.words();
#pragma once

#include <sys/types.h>

#include <filesystem>
#include <string>
#include <vector>

namespace carillon::voice::net {

class Sipp {
 public:
  static constexpr const char* kHowTo = "SIPp is not installed: apt-get install sip-tester";
  static bool installed();
  // A free port of loopback, for SIPp to bind: it cannot be asked which one it took.
  static int free_port(bool stream);

  explicit Sipp(std::vector<std::string> arguments);
  ~Sipp();  // ends it when it still runs
  Sipp(const Sipp&) = delete;
  Sipp& operator=(const Sipp&) = delete;

  // Until it has bound this port; false when it ended instead.
  bool listens(int port);
  // Its exit status: 0 when every call went well. -1: it did not end in this time.
  int wait(int seconds = 120);
  // What it complained about.
  std::string words() const;
  const std::filesystem::path& folder() const { return folder_; }

 private:
  std::filesystem::path folder_;
  pid_t process_ = -1;
};

}  // namespace carillon::voice::net
