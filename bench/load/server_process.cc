#include "bench/load/server_process.h"

#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <charconv>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <thread>
#include <vector>

#include "bench/load/line.h"

namespace carillon::bench {
namespace {

constexpr double kPatience = 60;  // seconds a start may take, on a busy machine

// In the child: nothing but what may follow a fork.
[[noreturn]] void become(const std::vector<char*>& arguments, int out, int log) {
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  dup2(out, 1);
  dup2(log, 2);
  execv(arguments.front(), arguments.data());
  _exit(127);
}

}  // namespace

void ServerProcess::launch() {
  std::filesystem::create_directories(data_);
  std::vector<std::string> words{binary_,  "serve", "--demo",   "--no-demo-traffic",
                                 "--data", data_,   "--listen", "127.0.0.1:0"};
  if (!config_.empty()) {
    const std::string file = data_ + "/carillon.toml";
    std::ofstream(file) << config_;
    words.insert(words.end(), {"--config", file});
  }
  std::vector<char*> arguments;
  for (std::string& word : words) arguments.push_back(word.data());
  arguments.push_back(nullptr);
  int pipe_ends[2];
  if (pipe2(pipe_ends, O_CLOEXEC) != 0) give_up("no pipe");
  const int log = ::open((data_ + "/server.log").c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644);
  started_at_ = moment();
  pid_ = fork();
  if (pid_ < 0) give_up("no new process");
  if (pid_ == 0) become(arguments, pipe_ends[1], log);
  ::close(pipe_ends[1]);
  ::close(log);
  if (out_ >= 0) ::close(out_);
  out_ = pipe_ends[0];
  port_ = 0;
}

void ServerProcess::start() {
  launch();
  read_ports();
}

namespace {

// The number that stands behind `words` in a whole line of what was said; 0 when there is none.
std::uint16_t number_behind(const std::string& said, std::string_view words) {
  const std::size_t found = said.find(words);
  std::uint16_t number = 0;
  if (found == std::string::npos || said.find('\n', found) == std::string::npos) return number;
  std::from_chars(said.data() + found + words.size(), said.data() + said.size(), number);
  return number;
}

}  // namespace

void ServerProcess::read_ports() {
  const bool speaks_sip = config_.find("sip = ") != std::string::npos;
  std::string said;
  while (seconds_between(started_at_, moment()) < kPatience) {
    pollfd waiting{out_, POLLIN, 0};
    if (::poll(&waiting, 1, 1000) <= 0) continue;
    char bytes[4096];
    const ssize_t n = ::read(out_, bytes, sizeof bytes);
    if (n <= 0) break;
    said.append(bytes, static_cast<std::size_t>(n));
    port_ = number_behind(said, "listening on http://127.0.0.1:");
    sip_port_ = number_behind(said, "sip:shop@127.0.0.1:");
    if (port_ != 0 && (sip_port_ != 0 || !speaks_sip)) return;
  }
  give_up("the server did not listen; see " + data_ + "/server.log");
}

double ServerProcess::wait_ready() {
  while (seconds_between(started_at_, moment()) < kPatience) {
    Loop loop;
    HttpLine line(loop, port_);
    int status = -1;
    line.ask(request_text("GET", "/readyz", {}), [&](const Answer& a) { status = a.status; });
    loop.run_until([&] { return status >= 0; });
    if (status == 200) return seconds_between(started_at_, moment());
    std::this_thread::sleep_for(std::chrono::milliseconds(2));
  }
  give_up("the server did not become ready; see " + data_ + "/server.log");
}

void ServerProcess::kill_now() {
  if (pid_ <= 0) return;
  ::kill(pid_, SIGKILL);
  waitpid(pid_, nullptr, 0);
  pid_ = 0;
  ::close(out_);
  out_ = -1;
}

bool ServerProcess::stop_in_peace() {
  if (pid_ <= 0) return true;
  ::kill(pid_, SIGTERM);
  int status = 0;
  waitpid(pid_, &status, 0);
  pid_ = 0;
  ::close(out_);
  out_ = -1;
  return WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

double ServerProcess::cpu_seconds() const {
  std::ifstream file("/proc/" + std::to_string(pid_) + "/stat");
  std::string text((std::istreambuf_iterator<char>(file)), {});
  // The name may hold blanks: fields are counted from the bracket that ends it (proc(5): utime is the 14th, stime the 15th).
  std::istringstream fields(text.substr(text.rfind(')') + 2));
  std::string skipped;
  for (int i = 3; i < 14; ++i) fields >> skipped;
  double user = 0, system = 0;
  fields >> user >> system;
  return (user + system) / static_cast<double>(sysconf(_SC_CLK_TCK));
}

double ServerProcess::resident_mb() const {
  std::ifstream file("/proc/" + std::to_string(pid_) + "/status");
  std::string word;
  while (file >> word) {
    double kib = 0;
    if (word == "VmRSS:" && file >> kib) return kib * 1024 / 1e6;
  }
  return 0;
}

std::size_t ServerProcess::open_files() const {
  std::size_t open = 0;
  for (const auto& file : std::filesystem::directory_iterator("/proc/" + std::to_string(pid_) + "/fd")) {
    std::error_code gone;
    open += std::filesystem::read_symlink(file, gone).string().find("/carillon.db") == std::string::npos;
  }
  return open;
}

void ServerProcess::stay_on(int cpu) const {
  cpu_set_t one;
  CPU_ZERO(&one);
  CPU_SET(cpu, &one);
  for (const auto& thread : std::filesystem::directory_iterator("/proc/" + std::to_string(pid_) + "/task")) {
    sched_setaffinity(std::stoi(thread.path().filename().string()), sizeof one, &one);
  }
}

double own_cpu_seconds() {
  rusage used{};
  getrusage(RUSAGE_SELF, &used);
  const auto seconds = [](const timeval& t) {
    return static_cast<double>(t.tv_sec) + static_cast<double>(t.tv_usec) / 1e6;
  };
  return seconds(used.ru_utime) + seconds(used.ru_stime);
}

std::string load_average() {
  std::ifstream file("/proc/loadavg");
  std::string one, five, fifteen;
  file >> one >> five >> fifteen;
  return one + " " + five + " " + fifteen;
}

}  // namespace carillon::bench
