// A telephone that is a program of its own, in a folder that goes with the test.
//
// Thread:  any; wait() and listens() block.
// Example:
//   if (!PeerProgram::installed("/usr/bin/baresip")) GTEST_SKIP() << "baresip is not installed: apt-get install baresip-core";
//   PeerProgram phone("/usr/bin/baresip", [](const std::filesystem::path& folder) { ...; return arguments; });
#pragma once

#include <sys/types.h>

#include <filesystem>
#include <functional>
#include <string>
#include <vector>

namespace carillon::voice::net {

class PeerProgram {
 public:
  static bool installed(const char* program);
  // A port of loopback that is free for datagrams and streams, for a program that cannot be asked which one it took.
  static int free_port();

  // `prepare` may put files into the folder, which is where the program starts; it gives the arguments.
  PeerProgram(const char* program,
              const std::function<std::vector<std::string>(const std::filesystem::path&)>& prepare);
  ~PeerProgram();  // ends it when it still runs
  PeerProgram(const PeerProgram&) = delete;
  PeerProgram& operator=(const PeerProgram&) = delete;

  // Until it has bound this port; false when it ended instead.
  bool listens(int port);
  // Its exit status; -1: it did not end in this time.
  int wait(int seconds = 120);
  // What it said.
  std::string words() const;

 private:
  std::filesystem::path folder_;
  pid_t process_ = -1;
};

// SIPp: its exit status is 0 when every call went well.
class Sipp : public PeerProgram {
 public:
  static constexpr const char* kProgram = "/usr/bin/sipp";
  static constexpr const char* kHowTo = "SIPp is not installed: apt-get install sip-tester";
  static bool installed() { return PeerProgram::installed(kProgram); }
  explicit Sipp(std::vector<std::string> arguments, const std::string& scenario = {});
};

}  // namespace carillon::voice::net
