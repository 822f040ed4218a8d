#include "bench/load/loop.h"

#include <sys/epoll.h>
#include <unistd.h>

#include <array>
#include <cstdio>
#include <cstdlib>
#include <string>

namespace carillon::bench {
namespace {

const Moment kBegan = moment();

}  // namespace

void say(const std::string& text) {
  std::fprintf(stderr, "[%6.1f s] %s\n", seconds_between(kBegan, moment()), text.c_str());
}

void give_up(const std::string& why) {
  say("FAILED: " + why);
  std::exit(1);
}

Loop::Loop() : epoll_(epoll_create1(EPOLL_CLOEXEC)) {
  if (epoll_ < 0) give_up("epoll_create1 failed");
}

Loop::~Loop() { ::close(epoll_); }

void Loop::add(int fd, Source& source) {
  epoll_event event{};
  event.events = EPOLLIN;
  event.data.ptr = &source;
  if (epoll_ctl(epoll_, EPOLL_CTL_ADD, fd, &event) != 0) give_up("epoll_ctl failed");
}

void Loop::watch_writable(int fd, Source& source, bool on) {
  epoll_event event{};
  event.events = on ? EPOLLIN | EPOLLOUT : EPOLLIN;
  event.data.ptr = &source;
  epoll_ctl(epoll_, EPOLL_CTL_MOD, fd, &event);
}

void Loop::remove(int fd) { epoll_ctl(epoll_, EPOLL_CTL_DEL, fd, nullptr); }

void Loop::at(Moment when, std::function<void()> work) { timers_.push({when, ++timers_made_, std::move(work)}); }

void Loop::run_timers() {
  while (!timers_.empty() && timers_.top().when <= moment()) {
    auto work = std::move(const_cast<Timer&>(timers_.top()).work);
    timers_.pop();
    work();
  }
}

void Loop::wait() {
  using namespace std::chrono;
  auto most = milliseconds(100);
  timespec left{};
  nanoseconds rest = most;
  if (!timers_.empty()) rest = std::clamp<nanoseconds>(timers_.top().when - moment(), nanoseconds(0), most);
  left.tv_nsec = static_cast<long>(rest.count());
  std::array<epoll_event, 256> events;
  const int n = epoll_pwait2(epoll_, events.data(), static_cast<int>(events.size()), &left, nullptr);
  for (int i = 0; i < n; ++i) {
    const epoll_event& event = events[static_cast<std::size_t>(i)];
    static_cast<Source*>(event.data.ptr)->on_ready(event.events);
  }
}

void Loop::run_until(const std::function<bool()>& done) {
  while (!done()) {
    wait();
    run_timers();
  }
}

void Loop::run_for(double seconds) {
  const Moment end = after_seconds(moment(), seconds);
  at(end, [] {});
  run_until([end] { return moment() >= end; });
}

}  // namespace carillon::bench
