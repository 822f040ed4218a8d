#include "voice/net/loop.h"

#include <sys/eventfd.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>

#include "base/check.h"

namespace carillon::voice::net {
namespace {

constexpr std::uint64_t kWakeUp = ~std::uint64_t{0};
constexpr std::int64_t kMostWait = Duration::seconds(60).us;

std::uint64_t tag_of(int fd, std::uint32_t generation) {
  return std::uint64_t{generation} << 32 | static_cast<std::uint32_t>(fd);
}

}  // namespace

Result<std::unique_ptr<Loop>> Loop::open(const Clock& clock) {
  Socket epoll(::epoll_create1(EPOLL_CLOEXEC));
  Socket wake_up(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK));
  epoll_event event{};
  event.events = EPOLLIN;
  event.data.u64 = kWakeUp;
  if (!epoll || !wake_up || ::epoll_ctl(epoll.fd(), EPOLL_CTL_ADD, wake_up.fd(), &event) != 0) {
    return Error(ErrorCode::kUnavailable, std::string("no descriptors for signalling: ") + std::strerror(errno) +
                                              "; raise the limit of open files");
  }
  return std::unique_ptr<Loop>(new Loop(std::move(epoll), std::move(wake_up), clock.now()));
}

Loop::Loop(Socket epoll, Socket wake_up, Instant start)
    : epoll_(std::move(epoll)),
      wake_up_(std::move(wake_up)),
      start_(start),
      steady_start_(std::chrono::steady_clock::now()) {}

Instant Loop::now() const {
  const auto since = std::chrono::steady_clock::now() - steady_start_;
  return start_ + Duration::micros(std::chrono::duration_cast<std::chrono::microseconds>(since).count());
}

void Loop::watch(int fd, std::uint32_t events, Ready& ready) {
  CARILLON_CHECK(fd >= 0);
  if (watched_.size() <= static_cast<std::size_t>(fd)) watched_.resize(static_cast<std::size_t>(fd) + 1);
  Watched& entry = watched_[static_cast<std::size_t>(fd)];
  CARILLON_CHECK(entry.ready == nullptr);
  entry.ready = &ready;
  ++entry.generation;
  epoll_event event{};
  event.events = events;
  event.data.u64 = tag_of(fd, entry.generation);
  CARILLON_CHECK(::epoll_ctl(epoll_.fd(), EPOLL_CTL_ADD, fd, &event) == 0);
}

void Loop::rewatch(int fd, std::uint32_t events) {
  const Watched& entry = watched_.at(static_cast<std::size_t>(fd));
  CARILLON_CHECK(entry.ready != nullptr);
  epoll_event event{};
  event.events = events;
  event.data.u64 = tag_of(fd, entry.generation);
  CARILLON_CHECK(::epoll_ctl(epoll_.fd(), EPOLL_CTL_MOD, fd, &event) == 0);
}

void Loop::unwatch(int fd) {
  Watched& entry = watched_.at(static_cast<std::size_t>(fd));
  if (entry.ready == nullptr) return;
  entry.ready = nullptr;
  ::epoll_ctl(epoll_.fd(), EPOLL_CTL_DEL, fd, nullptr);
}

Loop::Deadline Loop::at(Instant when, Job job) {
  const Deadline deadline{when, ++order_};
  deadlines_.emplace(deadline, std::move(job));
  return deadline;
}

void Loop::cancel(Deadline& deadline) {
  if (deadline.order != 0) deadlines_.erase(deadline);
  deadline = {};
}

bool Loop::post(Job job) {
  {
    const std::lock_guard held(mutex_);
    if (refusing_ || jobs_.size() >= kMostJobs) return false;
    jobs_.push_back(std::move(job));
    waiting_.store(jobs_.size(), std::memory_order_relaxed);
    // Who finds others waiting need not knock again.
    if (jobs_.size() > 1) return true;
  }
  wake();
  return true;
}

void Loop::refuse_jobs() {
  const std::lock_guard held(mutex_);
  refusing_ = true;
}

void Loop::wake() {
  const std::uint64_t one = 1;
  // It fails only when the counter is full, and then the thread is awake.
  [[maybe_unused]] const ssize_t written = ::write(wake_up_.fd(), &one, sizeof one);
}

int Loop::wait_time(Instant until) const {
  if (!deadlines_.empty()) until = std::min(until, deadlines_.begin()->first.at);
  if (until.is_never()) return static_cast<int>(kMostWait / 1000);
  const std::int64_t left = std::clamp<std::int64_t>((until - now()).us, 0, kMostWait);
  // Rounded up: waking before the time would only mean waiting again.
  return static_cast<int>((left + 999) / 1000);
}

void Loop::turn(Instant until, const Job& after_each) {
  std::array<epoll_event, 64> events;
  const int n = ::epoll_wait(epoll_.fd(), events.data(), static_cast<int>(events.size()), wait_time(until));
  for (int i = 0; i < n; ++i) {
    const std::uint64_t tag = events[static_cast<std::size_t>(i)].data.u64;
    if (tag == kWakeUp) {
      std::uint64_t count = 0;
      [[maybe_unused]] const ssize_t got = ::read(wake_up_.fd(), &count, sizeof count);
      continue;
    }
    const Watched& entry = watched_[static_cast<std::uint32_t>(tag)];
    // One of the earlier may have closed this one.
    if (entry.ready == nullptr || entry.generation != static_cast<std::uint32_t>(tag >> 32)) continue;
    entry.ready->on_ready(events[static_cast<std::size_t>(i)].events);
  }
  run_jobs(after_each);
  run_deadlines(after_each);
}

void Loop::run_jobs(const Job& after_each) {
  if (posted() == 0) return;
  {
    const std::lock_guard held(mutex_);
    running_.swap(jobs_);
    waiting_.store(0, std::memory_order_relaxed);
  }
  for (Job& job : running_) {
    job();
    job = nullptr;  // what it holds goes before the next begins
    after_each();
  }
  running_.clear();
}

void Loop::run_deadlines(const Job& after_each) {
  // What becomes due while they run waits for the next turn, so sockets get theirs.
  const Instant due = now();
  while (!deadlines_.empty() && deadlines_.begin()->first.at <= due) {
    auto first = deadlines_.extract(deadlines_.begin());
    first.mapped()();
    after_each();
  }
}

}  // namespace carillon::voice::net
