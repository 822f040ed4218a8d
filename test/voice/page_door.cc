#include "voice/page_door.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <signal.h>
#include <spawn.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <vector>

#include "base/check.h"

extern char** environ;

namespace carillon::testing {
namespace {

// Head and body, or what came until the peer was silent.
std::string read_request(int fd) {
  std::string text;
  char piece[8192];
  for (;;) {
    const std::size_t head = text.find("\r\n\r\n");
    if (head != std::string::npos) {
      const std::size_t at = text.find("Content-Length: ");
      const std::size_t length = at < head ? std::strtoul(text.c_str() + at + 16, nullptr, 10) : 0;
      if (text.size() >= head + 4 + length) return text;
    }
    const ssize_t n = ::recv(fd, piece, sizeof piece, 0);
    if (n <= 0 || text.size() > PageDoor::kMostBytes) return text;
    text.append(piece, static_cast<std::size_t>(n));
  }
}

}  // namespace

PageDoor::PageDoor() : fd_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
  sockaddr_in at{};
  at.sin_family = AF_INET;
  at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof at;
  CARILLON_CHECK(::bind(fd_, reinterpret_cast<sockaddr*>(&at), size) == 0 && ::listen(fd_, 16) == 0);
  CARILLON_CHECK(::getsockname(fd_, reinterpret_cast<sockaddr*>(&at), &size) == 0);
  port_ = ntohs(at.sin_port);
}

PageDoor::~PageDoor() { ::close(fd_); }

void PageDoor::serve(const Answer& answer) {
  const int fd = ::accept4(fd_, nullptr, nullptr, SOCK_CLOEXEC);
  if (fd < 0) return;
  // Browsers open connections they do not use yet: those must not keep the others waiting.
  const timeval patience{0, 200'000};
  ::setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
  const std::string request = read_request(fd);
  const std::size_t head = request.find("\r\n\r\n");
  if (head != std::string::npos) {
    const std::size_t from = request.find(' ') + 1;
    const std::string body = answer(request.substr(from, request.find(' ', from) - from), request.substr(head + 4));
    const std::string text =
        "HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\nConnection: close\r\nContent-Length: " +
        std::to_string(body.size()) + "\r\n\r\n" + body;
    (void)::send(fd, text.data(), text.size(), MSG_NOSIGNAL);
  }
  ::close(fd);
}

bool Chromium::is_installed() { return ::access("/usr/bin/chromium", X_OK) == 0; }

Chromium::Chromium(const std::string& address) {
  profile_ = std::filesystem::temp_directory_path() / "carillon-chromium-XXXXXX";
  CARILLON_CHECK(::mkdtemp(profile_.data()) != nullptr);
  std::string words[] = {"/usr/bin/chromium",
                         "--headless",
                         "--no-sandbox",
                         "--disable-gpu",
                         "--disable-dev-shm-usage",
                         "--disable-breakpad",
                         "--no-first-run",
                         "--disable-background-networking",
                         "--autoplay-policy=no-user-gesture-required",
                         "--allow-loopback-in-peer-connection",
                         "--user-data-dir=" + profile_,
                         address};
  std::vector<char*> argv;
  for (std::string& word : words) argv.push_back(word.data());
  argv.push_back(nullptr);
  posix_spawn_file_actions_t actions;
  ::posix_spawn_file_actions_init(&actions);
  for (const int fd : {1, 2}) ::posix_spawn_file_actions_addopen(&actions, fd, "/dev/null", O_WRONLY, 0);
  posix_spawnattr_t attributes;
  ::posix_spawnattr_init(&attributes);
  ::posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETPGROUP);
  CARILLON_CHECK(::posix_spawn(&pid_, argv[0], &actions, &attributes, argv.data(), environ) == 0);
  ::posix_spawnattr_destroy(&attributes);
  ::posix_spawn_file_actions_destroy(&actions);
}

Chromium::~Chromium() {
  ::kill(-pid_, SIGKILL);
  ::waitpid(pid_, nullptr, 0);
  std::error_code ignored;  // a child that is still dying may write once more
  std::filesystem::remove_all(profile_, ignored);
}

}  // namespace carillon::testing
