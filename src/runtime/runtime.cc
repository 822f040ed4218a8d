#include "runtime/runtime.h"

#include "runtime/brain.h"
#include "runtime/data_directory.h"
#include "runtime/event_render.h"
#include "runtime/json_out.h"
#include "runtime/keeper.h"
#include "runtime/load.h"

namespace carillon::runtime {
namespace {

constexpr store::Sql kTakeOver = "UPDATE workspace_heads SET epoch = epoch + 1";
constexpr store::Sql kFindKey =
    "SELECT request_hash, status, sid, entry, position, now FROM idempotency "
    "WHERE workspace_id = ?1 AND principal = ?2 AND idempotency_key = ?3 AND expires_at > ?4";

Error not_running() {
  return Error(ErrorCode::kUnavailable, "the server is starting or stopping; try again in a moment");
}

// The events of a record change, as those of a journal entry are.
std::shared_ptr<PublishedEntry> publish(WorkspaceId workspace, Instant at, Seed seed, const RecordChange& change) {
  auto made = std::make_shared<PublishedEntry>();
  made->workspace = workspace;
  made->at = at;
  made->common = common_members(workspace, at, change.actor, "");
  for (const EventDraft& draft : change.events) {
    PublishedEvent event;
    event.type = draft.type;
    event.resource_type = draft.resource_type;
    event.resource_sid = draft.resource_sid;
    event.refs.push_back(draft.resource_sid);
    std::string text;
    JsonOut json(text);
    json.id("sid", event_sid(seed, at, made->events.size())).text("type", draft.type);
    json.number("index", static_cast<std::int64_t>(made->events.size()));
    json.text("resource_type", draft.resource_type).text("resource_sid", draft.resource_sid);
    for (const auto& [name, sid] : draft.refs) {
      json.text(name, sid);
      if (sid != draft.resource_sid) event.refs.push_back(sid);
    }
    event.head = text.substr(1);
    for (const auto& [name, body] : draft.payload) event.payload.push_back({name, -1, body});
    made->events.push_back(std::move(event));
  }
  return made;
}

}  // namespace

struct Runtime::Parts {
  Parts(World given, RuntimeOptions chosen);

  Brain& brain_of(WorkspaceId workspace) { return *brains[workspace.lo % brains.size()]; }
  Result<StartReport> start();
  void stop();
  bool step();
  // How long a workspace was down whose first load comes now; nothing for later ones.
  std::optional<Duration> first_load(WorkspaceId workspace, const Head& head);

  World world;
  const RuntimeOptions options;
  EventLog log;
  Counters counters;
  Ledger ledger;
  Ledger record_ledger;
  const AccountPtr records;
  Committer committer;
  Keeper keeper;
  std::vector<std::unique_ptr<Brain>> brains;
  std::atomic<bool> accepting{false};
  bool started = false;
  bool stopped = false;
  Instant alive_before;                       // the last sign of life of the server before us
  std::mutex unloaded_mutex;
  std::unordered_set<WorkspaceId> unloaded;  // those of the start that are not read yet
};

std::optional<Duration> Runtime::Parts::first_load(WorkspaceId workspace, const Head& head) {
  {
    std::lock_guard held(unloaded_mutex);
    if (unloaded.erase(workspace) == 0) return std::nullopt;
  }
  const Instant seen = std::max(alive_before, head.last_now);
  return Duration{std::max<std::int64_t>(0, (world.clock.now() - seen).us)};
}

Runtime::Parts::Parts(World given, RuntimeOptions chosen)
    : world(given),
      options(std::move(chosen)),
      log(options.event_log),
      records(std::make_shared<Account>(options.record_limit)),
      committer({world.writer ? *world.writer : world.store.writer(), world.store.readers(), world.clock, world.sink,
                 log, world.alarms, counters, options.alive_every, options.alive_idle_every},
                [this](WorkspaceId workspace, std::uint64_t generation, const Error& error) {
                  brain_of(workspace).failed(workspace, generation, error);
                }),
      keeper(
          {world.store.readers(), world.clock, committer, world.alarms, options.checkpoint_every, options.sweep_every,
           options.journal_kept, options.events_kept,
           [this](LoadedState loaded, WorkspaceId workspace) {
             brain_of(workspace).adopt({workspace, std::move(loaded.state), loaded.head, {}});
           },
           [this](WorkspaceId workspace) { brain_of(workspace).absent(workspace); },
           [this](WorkspaceId workspace, const Error& error) { brain_of(workspace).load_failed(workspace, error); }}) {
  ledger.limit = options.waiting_limit;
  ledger.account_limit = options.workspace_limit;
  record_ledger.limit = record_ledger.account_limit = options.record_limit;
  for (int i = 0; i < std::max(1, options.brains); ++i) {
    brains.push_back(std::make_unique<Brain>(
        Brain::World{world.clock, world.seeds, world.alarms, committer, counters, ledger, options.idempotency_kept,
                     [this](WorkspaceId workspace) { keeper.reload(workspace); }}));
  }
}

Result<StartReport> Runtime::Parts::start() {
  CARILLON_CHECK(!started);
  const Instant now = world.clock.now();
  auto instance = open_instance(world.store, options.demo, now, world.seeds.next());
  if (!instance) return instance.error();
  // From here on another server's commits to our workspaces fail.
  store::Change take_over;
  take_over.run(kTakeOver);
  if (auto taken = store::commit_one(world.store.writer(), take_over); !taken) return taken.error();
  std::vector<Head> heads;
  {
    auto reader = world.store.readers().lease();
    if (!reader) return reader.error();
    auto found = read_heads(**reader);
    if (!found) return found.error();
    heads = std::move(*found);
  }
  StartReport report{.workspaces = heads.size(), .down_for = {}, .first = instance->first};
  if (!instance->first) report.down_for.us = std::max<std::int64_t>(0, (now - instance->alive_at).us);
  alive_before = instance->alive_at;
  for (const Head& head : heads) unloaded.insert(head.workspace);
  for (const Head& head : heads) {
    Brain& brain = brain_of(head.workspace);
    auto loaded = load_state(world.store.readers(), head.workspace);
    if (!loaded) {
      // The others are not kept waiting by one that cannot be read.
      brain.load_failed(head.workspace, loaded.error());
      world.alarms.raised({Alarm::Kind::load_failed, head.workspace, loaded.error().message});
      keeper.reload(head.workspace);
      continue;
    }
    const auto down_for = first_load(head.workspace, loaded->head);
    brain.adopt({head.workspace, std::move(loaded->state), loaded->head, down_for});
  }
  started = true;
  accepting = true;
  if (options.threads) {
    committer.start();
    for (auto& brain : brains) brain->start();
    keeper.start();
  }
  return report;
}

// First nothing new, then what was taken, then the checkpoints, then alive_at.
void Runtime::Parts::stop() {
  if (!started || stopped) return;
  stopped = true;
  accepting = false;
  for (auto& brain : brains) brain->stop();
  if (options.threads) {
    committer.flush();
  } else {
    while (committer.step()) {
    }
  }
  keeper.stop();
  keeper.checkpoint_all();
  committer.stop();
}

bool Runtime::Parts::step() {
  CARILLON_CHECK(!options.threads);
  bool any = false;
  for (auto& brain : brains) any = brain->step() || any;
  any = committer.step() || any;
  return keeper.step() || any;
}

Runtime::Runtime(World world, RuntimeOptions options) : parts_(std::make_unique<Parts>(world, std::move(options))) {}
Runtime::~Runtime() { stop(); }

Result<StartReport> Runtime::start() { return parts_->start(); }
void Runtime::stop() { parts_->stop(); }
bool Runtime::step() { return parts_->step(); }
bool Runtime::accepting() const { return parts_->accepting; }
EventLog& Runtime::events() { return parts_->log; }

void Runtime::submit(Submission submission) {
  if (!parts_->accepting) {
    if (submission.reply) submission.reply(not_running());
    return;
  }
  parts_->brain_of(submission.workspace).submit(std::move(submission));
}

void Runtime::query(Query query) {
  if (!parts_->accepting) return query.done(not_running());
  parts_->brain_of(query.workspace).query(std::move(query));
}

void Runtime::commit(RecordChange change) {
  Parts& parts = *parts_;
  const auto refuse = [&](Error error) {
    if (change.reply) change.reply(std::move(error));
  };
  if (!parts.accepting) return refuse(not_running());
  if (change.workspace && !parts.brain_of(*change.workspace).knows(*change.workspace)) {
    return refuse(Error(ErrorCode::kNotFound, "found no workspace " + change.workspace->str()));
  }
  auto owed = Owed::open(parts.record_ledger, parts.records, std::move(change.reply));
  if (!owed) return;
  count(parts.counters.records);
  RecordWork work{.workspace = change.workspace,
                  .change = {},
                  .published = {},
                  .idempotency = {},
                  .expires_at = {},
                  .answer = {},
                  .owed = std::move(*owed)};
  work.answer.sid = change.sid;
  work.answer.now = parts.world.clock.now();
  if (change.idempotency) work.answer.status = change.idempotency->status;
  work.expires_at = work.answer.now + parts.options.idempotency_kept;
  if (change.workspace) work.published = publish(*change.workspace, work.answer.now, parts.world.seeds.next(), change);
  work.change = std::move(change.change);
  work.idempotency = std::move(change.idempotency);
  parts.committer.commit(std::move(work));
}

Result<std::optional<Committed>> Runtime::find_repeated(const std::optional<WorkspaceId>& workspace,
                                                        IdempotencyKey& key) {
  key.looked_up_at = parts_->world.clock.now();
  auto reader = parts_->world.store.readers().lease();
  if (!reader) return reader.error();
  auto found = (*reader)->query(
      kFindKey, {workspace ? workspace->str() : std::string(), key.principal, key.key, key.looked_up_at});
  if (!found) return found.error();
  if (found->empty()) return std::optional<Committed>();
  const store::Row row = (*found)[0];
  if (row.text(0) != key.request_hash) {
    return Error(ErrorCode::kIdempotencyMismatch,
                 "this Idempotency-Key was used for another request; use a new key for each thing you mean")
        .at("Idempotency-Key");
  }
  Committed committed;
  committed.status = static_cast<int>(row.integer(1));
  committed.sid = row.str(2);
  committed.entry = row.integer(3);
  committed.position = row.integer(4);
  committed.now = row.instant(5);
  committed.repeated = true;
  return std::optional<Committed>(std::move(committed));
}

void Runtime::checkpoint(WorkspaceId workspace, std::function<void(Result<std::int64_t>)> done) {
  parts_->keeper.checkpoint(workspace, std::move(done));
}

void Runtime::sweep() { parts_->keeper.sweep(); }

std::vector<WorkspaceReport> Runtime::workspaces() const {
  std::vector<WorkspaceReport> all;
  for (const auto& brain : parts_->brains) {
    for (auto& report : brain->reports()) all.push_back(std::move(report));
  }
  return all;
}

RuntimeStats Runtime::stats() const {
  const Counters& c = parts_->counters;
  RuntimeStats stats{.submissions = c.submissions,
                     .refused = c.refused,
                     .overloaded = parts_->ledger.overloaded + parts_->record_ledger.overloaded,
                     .entries = c.entries,
                     .ticks = c.ticks,
                     .queries = c.queries,
                     .records = c.records,
                     .records_refused = c.records_refused,
                     .commits = c.commits,
                     .commits_failed = c.commits_failed,
                     .statements = c.statements,
                     .rows_merged = c.rows_merged,
                     .reloads = c.reloads,
                     .quarantines = c.quarantines,
                     .waiting = parts_->ledger.waiting,
                     .waiting_most = parts_->ledger.waiting_most,
                     .records_waiting = parts_->record_ledger.waiting,
                     .records_waiting_most = parts_->record_ledger.waiting_most,
                     .commit_us = c.commit_us,
                     .commit_us_most = c.commit_us_most,
                     .brain_busy_us = c.brain_busy_us};
  for (std::size_t i = 0; i < stats.commit_ms.size(); ++i) stats.commit_ms[i] = c.commit_ms[i];
  return stats;
}

}  // namespace carillon::runtime
