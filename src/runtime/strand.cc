#include "runtime/strand.h"

#include "runtime/derived_rows.h"
#include "runtime/event_rows.h"
#include "runtime/journal.h"

namespace carillon::runtime {
namespace {

// The strand has looked for the key in its memory and the caller in the rows, so a row can only be an expired one.
constexpr store::Sql kKey =
    "INSERT INTO idempotency (workspace_id, principal, idempotency_key, request_hash, status, sid, entry, position, "
    "now, "
    "expires_at) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10) "
    "ON CONFLICT (workspace_id, principal, idempotency_key) DO UPDATE SET request_hash = excluded.request_hash, "
    "status = excluded.status, sid = excluded.sid, entry = excluded.entry, position = excluded.position, "
    "now = excluded.now, expires_at = excluded.expires_at";
constexpr int kKeyPosition = 7;
constexpr store::Sql kQuarantine =
    "INSERT INTO quarantines (workspace_id, at, entry, seed_hi, seed_lo, engine_version, command, description) "
    "VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8) ON CONFLICT (workspace_id, at) DO NOTHING";

}  // namespace

struct Strand::Asked {
  const workspace::Command& command;
  Actor actor;
  std::function<void(const Applied&, Companion&)> companion;
  std::optional<IdempotencyKey> idempotency;
  std::optional<Owed> owed;
};

Strand::Strand(World world, WorkspaceId workspace, AccountPtr account)
    : world_(world), workspace_(workspace), account_(std::move(account)) {}

void Strand::set_status(WorkspaceStatus status) {
  status_ = status;
  account_->status = status;
}

void Strand::open(std::unique_ptr<workspace::State> state, const Head& head, std::uint64_t generation) {
  state_ = std::move(state);
  generation_ = generation;
  epoch_ = head.epoch;
  creates_ = false;
  last_entry_ = head.last_entry;
  last_now_ = head.last_now;
  account_->applied_entry = last_entry_;
  account_->committed_entry = last_entry_;
  written_ = {state_->routing().settings(), state_->conversations().settings()};
  keys_.emplace(world_.clock.now());
  text_.clear();
  begin_batch();
  set_status(WorkspaceStatus::running);
}

void Strand::create(std::uint64_t generation) {
  state_ = std::make_unique<workspace::State>();
  generation_ = generation;
  epoch_ = 1;
  creates_ = true;
  last_entry_ = 0;
  last_now_ = {};
  written_ = {};
  keys_.emplace(world_.clock.now());
  begin_batch();
  set_status(WorkspaceStatus::running);
}

void Strand::close(const Error& error) {
  batch_.fail(error);
  batch_ = {};
  state_.reset();
  keys_.reset();
  text_ = error.message;
  set_status(WorkspaceStatus::reloading);
}

void Strand::begin_batch() {
  batch_ = {};
  batch_.workspace = workspace_;
  batch_.account = account_;
  batch_.generation = generation_;
  batch_.epoch = epoch_;
  batch_.creates = creates_;
  batch_.before_entry = batch_.last_entry = last_entry_;
  batch_.last_now = last_now_;
}

StrandBatch Strand::take_batch() {
  StrandBatch taken = std::move(batch_);
  if (taken.last_entry != taken.before_entry) creates_ = false;
  begin_batch();
  return taken;
}

std::optional<Error> Strand::refusal() const {
  switch (status_) {
    case WorkspaceStatus::running:
      return std::nullopt;
    case WorkspaceStatus::quarantined:
      return Error(
          ErrorCode::kWorkspaceQuarantined,
          "this workspace was stopped because an invariant broke; its data is safe, an operator must look at it");
    case WorkspaceStatus::loading:
      return Error(ErrorCode::kUnavailable, "the workspace is being read; try again in a moment");
    case WorkspaceStatus::reloading:
      return Error(ErrorCode::kUnavailable, "the workspace is being rebuilt from its rows; try again in a moment");
    case WorkspaceStatus::stopped:
      return Error(ErrorCode::kUnavailable, "another server serves this workspace now; ask there");
  }
  return std::nullopt;
}

Instant Strand::now() const { return std::max(world_.clock.now(), last_now_); }

Instant Strand::next_deadline() const {
  return status_ == WorkspaceStatus::running ? state_->next_deadline() : Instant::never();
}

void Strand::submit(Submission&& submission, Owed&& owed) {
  count(world_.counters.submissions);
  if (auto refused = refusal()) return owed.give(std::move(*refused));
  Asked asked{.command = submission.command,
              .actor = std::move(submission.actor),
              .companion = std::move(submission.companion),
              .idempotency = std::move(submission.idempotency),
              .owed = std::move(owed)};
  if (asked.idempotency && repeated(asked)) return;
  if (auto fine = prepare(submission); !fine) return answer_in_turn(fine.error(), std::move(*asked.owed));
  apply(asked);
}

Result<void> Strand::prepare(Submission& submission) const {
  if (!submission.prepare) return {};
  try {
    InvariantScope scope;
    return submission.prepare({*state_, now()}, submission.command);
  } catch (const std::exception& broken) {
    return Error(ErrorCode::kInternal, std::string("a command could not be prepared: ") + broken.what());
  }
}

// True when the same key was used already: the answer goes out in its turn.
bool Strand::repeated(Asked& asked) {
  keys_->settle(account_->committed_entry, world_.clock.now());
  auto known = keys_->find(*asked.idempotency);
  if (!known) {
    asked.owed->give(known.error());
    return true;
  }
  if (!*known) return false;
  BatchItem item;
  item.kind = BatchItem::Kind::repeated;
  item.slot = *known;
  item.owed = std::move(asked.owed);
  batch_.items.push_back(std::move(item));
  return true;
}

bool Strand::apply(Asked& asked) { return apply(asked, now()); }

bool Strand::apply(Asked& asked, Instant at) {
  const workspace::Entry entry{last_entry_ + 1, at, world_.seeds.next()};
  try {
    InvariantScope scope;
    render_.before(*state_, asked.command);
    const workspace::Effects& effects = state_->apply(entry, asked.command);
    take_effects(entry, effects, asked);
    return true;
  } catch (const std::exception& broken) {
    quarantine(entry, encode(asked.command), broken.what());
    if (asked.owed) asked.owed->give(*refusal());
    return false;
  }
}

void Strand::take_effects(const workspace::Entry& entry, const workspace::Effects& effects, Asked& asked) {
  Result<Committed> answer = Committed{.now = entry.now};
  if (effects.outcome) {
    answer->sid = effects.outcome->sid;
    answer->warnings = effects.outcome->warnings;
  } else {
    answer = effects.outcome.error();
    count(world_.counters.refused);
  }
  Companion companion;
  if (asked.companion && effects.outcome) {
    asked.companion({*state_, effects, effects.changed ? entry.number : 0, entry.now}, companion);
  }
  if (!effects.changed && companion.statements.empty() && !(asked.idempotency && answer)) {
    if (asked.owed) answer_in_turn(std::move(answer), std::move(*asked.owed));
    return;
  }
  // All that may throw comes first: a batch that holds half an entry must not exist.
  BatchItem item;
  RowBatch rows;
  std::vector<AppendedStatement> appended;
  if (effects.changed) {
    if (answer) answer->entry = entry.number;
    item.kind = BatchItem::Kind::entry;
    item.published = render_.render({.workspace = workspace_,
                                     .entry = entry,
                                     .state = *state_,
                                     .effects = effects,
                                     .command = kind_of(asked.command),
                                     .actor = asked.actor,
                                     .resources = companion.resources});
    rows.put_changes(workspace_, *state_, effects, entry.now, written_);
    if (!item.published->events.empty()) item.body = encode_body(*item.published);
    appended.push_back({journal_statement(workspace_, {.entry = entry,
                                                       .actor_type = asked.actor.type,
                                                       .actor_sid = asked.actor.sid,
                                                       .command = encode(asked.command),
                                                       .digest = digest_of(effects)}),
                        kJournalPosition, 0});
    for (auto& statement : derived_rows(workspace_, *state_, effects, *item.published)) {
      appended.push_back({std::move(statement), -1, 0});
    }
  }
  for (auto& statement : companion.statements) appended.push_back({std::move(statement), -1, 0});
  if (answer && asked.idempotency) {
    answer->status = asked.idempotency->status;
    item.slot = std::make_shared<Committed>(*answer);
    keys_->add(*asked.idempotency, item.slot, entry.number, world_.clock.now());
    appended.push_back({key_statement(*asked.idempotency, *answer), kKeyPosition, 0});
  }
  item.answer = std::move(answer);
  item.owed = std::move(asked.owed);
  batch_.items.push_back(std::move(item));
  batch_.rows.absorb(std::move(rows));
  for (auto& one : appended) batch_.append(std::move(one.statement), one.position_at);
  if (effects.changed) {
    batch_.last_entry = last_entry_ = entry.number;
    batch_.last_now = last_now_ = entry.now;
    account_->applied_entry = last_entry_;
    count(world_.counters.entries);
  }
}

store::Statement Strand::key_statement(const IdempotencyKey& key, const Committed& answer) const {
  return {kKey, store::Params::of(workspace_, key.principal, key.key, key.request_hash, key.status, answer.sid,
                                  answer.entry, 0, answer.now, answer.now + world_.idempotency_kept)};
}

// The answer may tell what only uncommitted entries know, so it waits for them.
void Strand::answer_in_turn(Result<Committed> answer, Owed&& owed) {
  if (batch_.empty() && account_->committed_entry == last_entry_) {
    if (answer) answer->position = account_->committed_position;
    return owed.give(std::move(answer));
  }
  BatchItem item;
  item.answer = std::move(answer);
  item.owed = std::move(owed);
  batch_.items.push_back(std::move(item));
}

void Strand::query(Query&& query, Owed&& owed) {
  count(world_.counters.queries);
  if (auto refused = refusal()) return owed.give(std::move(*refused));
  Committed seen{.entry = last_entry_, .now = now()};
  try {
    InvariantScope scope;
    query.read({*state_, seen.now});
  } catch (const std::exception& broken) {
    return owed.give(Error(ErrorCode::kInternal, std::string("a query failed: ") + broken.what()));
  }
  if (query.release == Release::immediate) {
    seen.position = account_->committed_position;
    return owed.give(std::move(seen));
  }
  answer_in_turn(std::move(seen), std::move(owed));
}

// Down until this very entry: reading the rows took its time, too.
void Strand::restart(Instant last_seen) {
  const Instant at = now();
  const workspace::Command command = workspace::Restarted{{std::max<std::int64_t>(0, (at - last_seen).us)}};
  Asked asked{.command = command, .actor = {}, .companion = {}, .idempotency = {}, .owed = {}};
  apply(asked, at);
}

void Strand::announce(bool restarted) {
  if (status_ != WorkspaceStatus::running) return;
  BatchItem item;
  item.kind = BatchItem::Kind::ready;
  item.restarted = restarted;
  batch_.items.push_back(std::move(item));
}

void Strand::tick() {
  count(world_.counters.ticks);
  const Instant due = next_deadline();
  if (due > now()) return;  // a command came first and has let it fire
  const std::int64_t before = last_entry_;
  const workspace::Command command = workspace::Tick{};
  Asked asked{.command = command, .actor = {}, .companion = {}, .idempotency = {}, .owed = {}};
  if (!apply(asked)) return;
  if (last_entry_ == before && next_deadline() <= due) {
    quarantine({last_entry_ + 1, now(), {}}, encode(command), "a deadline that is due was not moved by a tick");
  }
}

void Strand::quarantine(const workspace::Entry& entry, const std::string& command, const std::string& what) {
  count(world_.counters.quarantines);
  text_ = what;
  set_status(WorkspaceStatus::quarantined);
  world_.alarms.raised(
      {Alarm::Kind::quarantined, workspace_,
       "entry " + std::to_string(entry.number) + ": " + what + "; the command is in table quarantines"});
  batch_.append(
      {kQuarantine,
       store::Params::of(workspace_, world_.clock.now(), entry.number, static_cast<std::int64_t>(entry.seed.hi),
                         static_cast<std::int64_t>(entry.seed.lo), workspace::kEngineVersion, command, what)});
}

}  // namespace carillon::runtime
