#include "http/net/loop.h"

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <ctime>

namespace carillon::http {
namespace {
namespace asio = boost::asio;

thread_local const Loop* t_loop = nullptr;
}  // namespace

struct Loop::Engine {
  asio::io_context io{1};
  asio::steady_timer timer{io};
  asio::executor_work_guard<asio::io_context::executor_type> work{io.get_executor()};
};

Loop::Loop(std::shared_ptr<Shared> shared)
    : shared_(std::move(shared)),
      counters_(shared_->router->state().metric_count()),
      engine_(std::make_unique<Engine>()) {}

Loop::~Loop() = default;

asio::io_context& Loop::io() { return engine_->io; }

void Loop::run() {
  t_loop = this;
  engine_->io.run();
  t_loop = nullptr;
}

bool Loop::in_thread() const { return t_loop == this; }

bool Loop::post(std::function<void()> job) {
  const std::lock_guard lock(mutex_);
  if (closed_) return false;
  mailbox_.push_back(std::move(job));
  // One wake-up for however many jobs come before it runs.
  if (mailbox_.size() == 1) asio::post(engine_->io, [this] { run_mailbox(); });
  return true;
}

std::size_t Loop::mailbox_depth() const {
  const std::lock_guard lock(mutex_);
  return mailbox_.size();
}

void Loop::run_mailbox() {
  {
    const std::lock_guard lock(mutex_);
    running_.swap(mailbox_);
  }
  for (auto& job : running_) job();
  running_.clear();
}

void Loop::add(std::shared_ptr<LoopMember> member) {
  const LoopMember* key = member.get();
  members_.emplace(key, std::move(member));
  if (!ticking_) arm_tick();
}

void Loop::remove(const LoopMember* member) {
  const auto found = members_.find(member);
  if (found == members_.end()) return;
  const std::shared_ptr<LoopMember> keep = std::move(found->second);
  members_.erase(found);
}

std::vector<std::shared_ptr<LoopMember>> Loop::members() const {
  std::vector<std::shared_ptr<LoopMember>> out;
  out.reserve(members_.size());
  for (const auto& [key, member] : members_) out.push_back(member);
  return out;
}

void Loop::arm_tick() {
  ticking_ = true;
  engine_->timer.expires_after(std::chrono::microseconds(shared_->tick.us));
  engine_->timer.async_wait([this](const boost::system::error_code& ec) {
    if (!ec) tick();
  });
}

void Loop::tick() {
  ticking_ = false;
  const SteadyTime now = std::chrono::steady_clock::now();
  for (const auto& member : members()) member->on_tick(now);
  if (!members_.empty() && !finishing_) arm_tick();
}

void Loop::drain_members() {
  for (const auto& member : members()) member->on_drain();
}

void Loop::finish() {
  post([this] {
    finishing_ = true;
    for (const auto& member : members()) member->cut();
    engine_->timer.cancel();
    engine_->work.reset();
  });
}

void Loop::close() {
  std::vector<std::function<void()>> dropped;
  const std::lock_guard lock(mutex_);
  closed_ = true;
  dropped.swap(mailbox_);
}

std::string_view Loop::date() {
  const std::int64_t second = shared_->clock.now().us / 1'000'000;
  if (second == date_second_) return date_;
  date_second_ = second;
  const auto at = static_cast<std::time_t>(second);
  std::tm utc{};
  gmtime_r(&at, &utc);
  static constexpr const char* kDays[] = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
  static constexpr const char* kMonths[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                            "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  char out[64];
  std::snprintf(out, sizeof out, "%s, %02d %s %04d %02d:%02d:%02d GMT", kDays[utc.tm_wday], utc.tm_mday,
                kMonths[utc.tm_mon], utc.tm_year + 1900, utc.tm_hour, utc.tm_min, utc.tm_sec);
  date_ = out;
  return date_;
}

}  // namespace carillon::http
