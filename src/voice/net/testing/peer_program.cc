#include "voice/net/testing/peer_program.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/file.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <cstdio>
#include <fstream>
#include <sstream>

#include "base/check.h"
#include "voice/net/sockets.h"

extern char** environ;

namespace carillon::voice::net {
namespace {

// Is a socket bound to this port? The system lists them as "sl: ADDRESS:PORT ..", the port in four hex digits.
bool is_bound(int port) {
  std::array<char, 8> wanted;
  std::snprintf(wanted.data(), wanted.size(), ":%04X ", static_cast<unsigned>(port));
  for (const char* table : {"/proc/net/udp", "/proc/net/tcp"}) {
    std::ifstream file(table);
    std::string line;
    while (std::getline(file, line)) {
      const std::size_t address = line.find(": ");
      if (address != std::string::npos && line.substr(address + 2, 16).find(wanted.data()) != std::string::npos)
        return true;
    }
  }
  return false;
}

}  // namespace

bool PeerProgram::installed(const char* program) { return ::access(program, X_OK) == 0; }

int PeerProgram::free_port() {
  // Below the ports that the system gives to whoever asks for any; a lock keeps other runs of these tests away until this one ends.
  constexpr int kFirst = 7000, kPorts = 3000;
  static std::atomic<int> next{::getpid() * 31};
  for (int tried = 0; tried < kPorts; ++tried) {
    const int port = kFirst + static_cast<int>(static_cast<unsigned>(next++) % kPorts);
    const std::string name = "/tmp/carillon-test-port-" + std::to_string(port);
    const int lock = ::open(name.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0666);
    if (lock < 0) continue;
    const Endpoint at{IpAddress::v4(127, 0, 0, 1), static_cast<std::uint16_t>(port)};
    if (::flock(lock, LOCK_EX | LOCK_NB) == 0 && bind_datagrams(at).ok() && listen_for_streams(at).ok()) return port;
    ::close(lock);
  }
  CARILLON_CHECK(false);
}

PeerProgram::PeerProgram(const char* program,
                         const std::function<std::vector<std::string>(const std::filesystem::path&)>& prepare) {
  static std::atomic<int> count{0};
  folder_ = std::filesystem::temp_directory_path() /
            ("carillon-peer-" + std::to_string(::getpid()) + '-' + std::to_string(count++));
  std::filesystem::create_directories(folder_);
  std::vector<std::string> arguments = prepare(folder_);
  arguments.insert(arguments.begin(), program);
  std::vector<char*> words;
  for (std::string& word : arguments) words.push_back(word.data());
  words.push_back(nullptr);
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_addchdir_np(&actions, folder_.c_str());
  posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0);
  posix_spawn_file_actions_addopen(&actions, 1, "screen.log", O_WRONLY | O_CREAT | O_TRUNC, 0644);
  posix_spawn_file_actions_adddup2(&actions, 1, 2);
  // A group of its own, so that its children end with it.
  posix_spawnattr_t attributes;
  posix_spawnattr_init(&attributes);
  posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETPGROUP);
  const int failed = ::posix_spawn(&process_, program, &actions, &attributes, words.data(), environ);
  posix_spawnattr_destroy(&attributes);
  posix_spawn_file_actions_destroy(&actions);
  CARILLON_CHECK(failed == 0);
}

PeerProgram::~PeerProgram() {
  if (process_ > 0) {
    ::kill(-process_, SIGKILL);
    ::waitpid(process_, nullptr, 0);
  }
  std::error_code ignored;
  std::filesystem::remove_all(folder_, ignored);
}

bool PeerProgram::listens(int port) {
  const Socket handle(static_cast<int>(::syscall(SYS_pidfd_open, process_, 0)));
  pollfd one{handle.fd(), POLLIN, 0};
  while (!is_bound(port)) {
    // Its end would be told at once; until then the system is asked again now and then.
    if (!handle || ::poll(&one, 1, 10) != 0) return false;
  }
  return true;
}

int PeerProgram::wait(int seconds) {
  if (process_ <= 0) return -1;
  const Socket handle(static_cast<int>(::syscall(SYS_pidfd_open, process_, 0)));
  pollfd one{handle.fd(), POLLIN, 0};
  if (!handle || ::poll(&one, 1, seconds * 1000) != 1) return -1;
  int status = 0;
  ::waitpid(process_, &status, 0);
  process_ = -1;
  return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

std::string PeerProgram::words() const {
  std::ostringstream out;
  for (const char* name : {"errors.log", "screen.log"}) {
    std::ifstream file(folder_ / name);
    std::string text((std::istreambuf_iterator<char>(file)), std::istreambuf_iterator<char>());
    if (text.size() > 6000) text = text.substr(0, 3000) + "\n..\n" + text.substr(text.size() - 3000);
    out << name << ":\n" << text << '\n';
  }
  return out.str();
}

Sipp::Sipp(std::vector<std::string> arguments, const std::string& scenario)
    : PeerProgram(kProgram, [&](const std::filesystem::path& folder) {
        if (!scenario.empty()) {
          std::ofstream(folder / "scenario.xml") << scenario;
          arguments.insert(arguments.begin(), {"-sf", "scenario.xml"});
        }
        for (const char* more :
             {"-i", "127.0.0.1", "-nostdin", "-trace_err", "-error_file", "errors.log", "-max_socket", "500"})
          arguments.emplace_back(more);
        return arguments;
      }) {}

}  // namespace carillon::voice::net
