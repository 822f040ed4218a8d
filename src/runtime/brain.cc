#include "runtime/brain.h"

#include <pthread.h>
#include <chrono>

namespace carillon::runtime {
namespace {

// So many messages, then what is due, then a hand-over: the committer is never kept waiting by a long mailbox.
constexpr std::size_t kRound = 64;
// With so much uncommitted the disk is stuck: deadlines wait rather than pile up entries.
constexpr std::int64_t kMostUncommitted = 10'000;
constexpr Duration kStuckPause = Duration::millis(100);

}  // namespace

Brain::Brain(World world) : world_(std::move(world)) {}

Brain::~Brain() { stop(); }

Result<AccountPtr> Brain::account_of(WorkspaceId workspace, bool create) {
  std::lock_guard held(point_->mutex);
  if (stopping_) return Error(ErrorCode::kUnavailable, "the server is stopping; try again in a moment");
  const auto found = known_.find(workspace);
  if (found != known_.end()) return found->second.account;
  if (!create) return Error(ErrorCode::kNotFound, "found no workspace " + workspace.str());
  auto account = std::make_shared<Account>(world_.ledger.account_limit);
  known_[workspace].account = account;
  return account;
}

void Brain::post(Message message) {
  std::lock_guard held(point_->mutex);
  mailbox_.push_back(std::move(message));
  point_->changed.notify_all();
}

void Brain::submit(Submission submission) {
  const auto* make = std::get_if<workspace::CreateWorkspace>(&submission.command);
  auto account = account_of(submission.workspace, make && make->sid == submission.workspace);
  if (!account) {
    if (submission.reply) submission.reply(account.error());
    return;
  }
  auto owed = Owed::open(world_.ledger, std::move(*account), std::move(submission.reply));
  if (owed) post(Submitted{std::move(submission), std::move(*owed)});
}

void Brain::query(Query query) {
  auto reply = [done = std::move(query.done)](Result<Committed> seen) {
    done(seen ? Result<std::int64_t>(seen->position) : Result<std::int64_t>(seen.error()));
  };
  auto account = account_of(query.workspace, false);
  if (!account) return reply(account.error());
  auto owed = Owed::open(world_.ledger, std::move(*account), std::move(reply));
  if (owed) post(Queried{std::move(query), std::move(*owed)});
}

void Brain::adopt(Adopted adopted) {
  {
    std::lock_guard held(point_->mutex);
    Known& known = known_[adopted.workspace];
    if (!known.account) known.account = std::make_shared<Account>(world_.ledger.account_limit);
  }
  if (adopted.last_seen) world_.committer.expect_restart(adopted.workspace);
  post(std::move(adopted));
}

void Brain::absent(WorkspaceId workspace) { post(Absent{workspace}); }
void Brain::load_failed(WorkspaceId workspace, const Error& error) {
  {
    std::lock_guard held(point_->mutex);
    Known& known = known_[workspace];
    if (!known.account) known.account = std::make_shared<Account>(world_.ledger.account_limit);
  }
  post(LoadFailed{workspace, error});
}
void Brain::failed(WorkspaceId workspace, std::uint64_t generation, const Error& error) {
  post(Failed{workspace, generation, error});
}

bool Brain::knows(WorkspaceId workspace) const {
  std::lock_guard held(point_->mutex);
  return known_.contains(workspace);
}

std::vector<WorkspaceReport> Brain::reports() const {
  std::vector<WorkspaceReport> reports;
  std::lock_guard held(point_->mutex);
  for (const auto& [workspace, known] : known_) {
    const Account& account = *known.account;
    reports.push_back(
        {workspace, account.status, known.text, account.applied_entry, account.committed_position, account.waiting});
  }
  std::sort(reports.begin(), reports.end(), [](const auto& a, const auto& b) { return a.sid < b.sid; });
  return reports;
}

void Brain::say(WorkspaceId workspace, const std::string& text) {
  std::lock_guard held(point_->mutex);
  if (auto found = known_.find(workspace); found != known_.end()) found->second.text = text;
}

// ---- the brain's own thread from here on ----

Brain::Hosted& Brain::host(WorkspaceId workspace) {
  Hosted& hosted = hosted_[workspace];
  if (!hosted.strand) {
    AccountPtr account;
    {
      std::lock_guard held(point_->mutex);
      account = known_[workspace].account;
    }
    hosted.strand = std::make_unique<Strand>(
        Strand::World{world_.clock, world_.seeds, world_.alarms, world_.counters, world_.idempotency_kept}, workspace,
        std::move(account));
  }
  return hosted;
}

void Brain::drop(WorkspaceId workspace) {
  if (auto found = hosted_.find(workspace); found != hosted_.end()) {
    deadlines_.erase({found->second.armed, workspace});
    hosted_.erase(found);
  }
  world_.committer.forget(workspace);
  std::lock_guard held(point_->mutex);
  known_.erase(workspace);
}

void Brain::touch(Hosted& hosted) {
  if (hosted.touched) return;
  hosted.touched = true;
  touched_.push_back(hosted.strand->workspace());
}

void Brain::handle(Submitted& message) {
  const WorkspaceId workspace = message.submission.workspace;
  Hosted& hosted = host(workspace);
  Strand& strand = *hosted.strand;
  const bool makes = std::holds_alternative<workspace::CreateWorkspace>(message.submission.command);
  if (makes && strand.generation() != 0) {
    message.owed.give(Error(ErrorCode::kConflict, "there is a workspace with this id already").at("sid"));
    return;
  }
  if (makes) {
    strand.create(++generations_);
    world_.committer.open(workspace, strand.account(), strand.generation(), 1, 0);
  }
  strand.submit(std::move(message.submission), std::move(message.owed));
  if (makes && strand.last_entry() == 0) return drop(workspace);  // refused: there is nothing to host
  if (strand.status() == WorkspaceStatus::quarantined) say(workspace, strand.text());
  touch(hosted);
}

void Brain::handle(Queried& message) {
  const auto found = hosted_.find(message.query.workspace);
  if (found == hosted_.end()) {
    message.owed.give(Error(ErrorCode::kUnavailable, "the workspace is being read; try again in a moment"));
    return;
  }
  found->second.strand->query(std::move(message.query), std::move(message.owed));
  touch(found->second);
}

void Brain::handle(Adopted& message) {
  Hosted& hosted = host(message.workspace);
  Strand& strand = *hosted.strand;
  if (strand.epoch() != 0 && strand.epoch() != message.head.epoch) {
    strand.lose();
    say(message.workspace, "another server serves it");
    world_.alarms.raised({Alarm::Kind::taken_over, message.workspace, "another server has taken over this workspace"});
    return;
  }
  const std::uint64_t generation = ++generations_;
  world_.committer.open(message.workspace, strand.account(), generation, message.head.epoch, message.head.position);
  strand.open(std::move(message.state), message.head, generation);
  say(message.workspace, "");
  if (message.last_seen) {
    strand.restart(*message.last_seen);
    if (strand.status() == WorkspaceStatus::quarantined) world_.committer.forgo_restart(message.workspace);
  } else {
    world_.alarms.raised({Alarm::Kind::reloaded, message.workspace,
                          "rebuilt from its rows as of entry " + std::to_string(message.head.last_entry)});
  }
  strand.announce(message.last_seen.has_value());
  touch(hosted);
}

void Brain::handle(Absent& message) { drop(message.workspace); }

void Brain::handle(LoadFailed& message) {
  host(message.workspace);
  say(message.workspace, message.error.message);
}

void Brain::handle(Failed& message) {
  const auto found = hosted_.find(message.workspace);
  if (found == hosted_.end() || found->second.strand->generation() != message.generation) return;
  Strand& strand = *found->second.strand;
  if (strand.status() == WorkspaceStatus::quarantined) return;
  strand.close(message.error);
  arm(found->second);
  count(world_.counters.reloads);
  say(message.workspace, message.error.message);
  world_.alarms.raised({Alarm::Kind::reloading, message.workspace, message.error.message});
  world_.reload(message.workspace);
}

void Brain::tick_due() {
  const Instant now = world_.clock.now();
  std::vector<WorkspaceId> due;  // one tick each, so that no workspace keeps the others waiting
  for (auto at = deadlines_.begin(); at != deadlines_.end() && at->first <= now; ++at) due.push_back(at->second);
  for (WorkspaceId workspace : due) {
    Hosted& hosted = hosted_.at(workspace);
    Strand& strand = *hosted.strand;
    if (strand.last_entry() - strand.account()->committed_entry > kMostUncommitted) {
      deadlines_.erase({hosted.armed, workspace});
      hosted.armed = now + kStuckPause;
      deadlines_.insert({hosted.armed, workspace});
      continue;
    }
    strand.tick();
    if (strand.status() == WorkspaceStatus::quarantined) say(workspace, strand.text());
    touch(hosted);
  }
}

void Brain::arm(Hosted& hosted) {
  const WorkspaceId workspace = hosted.strand->workspace();
  Instant next = hosted.strand->next_deadline();
  // The workspace's time never runs back: what is due by its last entry is due, whatever the clock says now.
  if (!next.is_never() && next <= hosted.strand->last_now()) next = Instant{0};
  if (next == hosted.armed) return;
  deadlines_.erase({hosted.armed, workspace});
  hosted.armed = next;
  if (!next.is_never()) deadlines_.insert({next, workspace});
}

void Brain::hand_over() {
  for (WorkspaceId workspace : touched_) {
    const auto found = hosted_.find(workspace);
    if (found == hosted_.end()) continue;
    found->second.touched = false;
    arm(found->second);
    if (found->second.strand->has_batch()) world_.committer.hand_over(found->second.strand->take_batch());
  }
  touched_.clear();
  world_.committer.set_deadlines(!deadlines_.empty());
}

bool Brain::take() {
  std::lock_guard held(point_->mutex);
  if (taken_.empty()) taken_.swap(mailbox_);
  return !taken_.empty();
}

bool Brain::step() {
  const auto began = std::chrono::steady_clock::now();
  const bool any = take();
  for (std::size_t i = 0; i < kRound && !taken_.empty(); ++i) {
    Message message = std::move(taken_.front());
    taken_.pop_front();
    std::visit([&](auto& one) { handle(one); }, message);
  }
  tick_due();
  const bool did = any || !touched_.empty();
  hand_over();
  if (did) {
    const auto busy = std::chrono::steady_clock::now() - began;
    count(world_.counters.brain_busy_us,
          static_cast<std::uint64_t>(std::chrono::duration_cast<std::chrono::microseconds>(busy).count()));
  }
  return did;
}

void Brain::start() {
  thread_ = std::thread([this] { run(); });
  pthread_setname_np(thread_.native_handle(), "brain");
}

void Brain::run() {
  for (;;) {
    if (taken_.empty()) {
      std::unique_lock held(point_->mutex);
      const Instant next = deadlines_.empty() ? Instant::never() : deadlines_.begin()->first;
      while (mailbox_.empty() && !stopping_ && world_.clock.now() < next) world_.clock.wait_until(held, point_, next);
      if (stopping_ && mailbox_.empty()) return;
    }
    step();
  }
}

void Brain::stop() {
  {
    std::lock_guard held(point_->mutex);
    if (stopping_) return;
    stopping_ = true;
    point_->changed.notify_all();
  }
  if (thread_.joinable()) {
    thread_.join();
  } else {
    while (take()) step();
  }
}

}  // namespace carillon::runtime
