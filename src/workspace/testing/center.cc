#include "workspace/testing/center.h"

#include <algorithm>
#include <cstdio>

#include "base/check.h"

namespace carillon::workspace::testing {

namespace {
constexpr std::size_t kEventTypes = 0
#define CARILLON_EVENT(name, text) +1
#include "events/core/events.def"
#undef CARILLON_EVENT
    ;
}  // namespace

Center::Center(std::uint64_t seed) : state(std::make_unique<State>()), seed_(seed), counts_(kEventTypes) {
  must(CreateWorkspace{.sid = WorkspaceId{seed, 1}, .friendly_name = "Test center"});
}

// ---- entries ----

Entry Center::next_entry() {
  ++drawn_;
  return {.number = state->last_entry() + 1, .now = now_, .seed = {seed_, drawn_}};
}

const Effects& Center::apply(const Command& command) {
  const Entry entry = last_entry_ = next_entry();
  const Effects& effects = state->apply(entry, command);
  last = &effects;
  if (effects.changed && keep_journal) journal_.push_back({entry, command});
  for (const auto& event : effects.events) ++counts_[static_cast<std::size_t>(event.type)];
  metrics::merge(effects.metrics, metrics);
  if (check_every_entry) {
    const InvariantScope throwing;
    state->check_invariants();
  }
  return effects;
}

Result<std::string> Center::try_(const Command& command) {
  const Effects& effects = apply(command);
  if (!effects.outcome) return effects.outcome.error();
  return effects.outcome->sid;
}

std::string Center::must(const Command& command) {
  auto answer = try_(command);
  if (!answer) std::fprintf(stderr, "refused: %s\n%s\n", answer.error().message.c_str(), encode(command).c_str());
  CARILLON_CHECK(answer.ok());
  return *answer;
}

void Center::advance(Duration by) {
  const Instant to = now_ + by;
  while (state->next_deadline() <= to) {
    now_ = std::max(now_, state->next_deadline());
    must(Tick{});
  }
  now_ = to;
}

void Center::restart(Duration down_for) {
  auto rows = decode<Rows>(encode(state->rows()));
  CARILLON_CHECK(rows.ok());
  auto fresh = std::make_unique<State>();
  const auto loaded = fresh->load(std::move(*rows));
  if (!loaded) std::fprintf(stderr, "not loaded: %s\n", loaded.error().message.c_str());
  CARILLON_CHECK(loaded.ok());
  CARILLON_CHECK(fresh->hash() == state->hash());
  state = std::move(fresh);
  now_ = now_ + down_for;
  must(Restarted{down_for});
}

std::string Center::hash_of_replay() const {
  State fresh;
  for (const auto& line : journal_) {
    // Through text, as the journal keeps it.
    fresh.apply(line.entry, decode<Command>(encode(line.command)).value());
  }
  return fresh.hash();
}

// ---- making ----

TaskChannelId Center::channel(std::string_view unique_name) const {
  const auto* row = state->routing().task_channel(unique_name);
  CARILLON_CHECK(row);
  return row->sid;
}

ActivityId Center::activity(std::string_view name) const {
  for (const auto* row : state->presence().activities()) {
    if (row->friendly_name == name) return row->sid;
  }
  CARILLON_CHECK(!"no such activity");
  return {};
}

WorkflowId Center::default_workflow() const {
  const auto all = state->routing().workflows();
  CARILLON_CHECK(!all.empty());
  return all.front()->sid;
}

QueueId Center::add_queue(std::string name, std::string expression) {
  return put_queue([&](routing::TaskQueueRecord& row) {
    row.friendly_name = std::move(name);
    row.expression = std::move(expression);
  });
}

QueueId Center::put_queue(const std::function<void(routing::TaskQueueRecord&)>& edit) {
  routing::TaskQueueRecord row;
  edit(row);
  return QueueId::parse(must(routing::Command(routing::PutTaskQueue{std::move(row)}))).value();
}

WorkflowId Center::add_workflow(std::string name, std::string document) {
  routing::WorkflowRecord row;
  row.friendly_name = std::move(name);
  row.document.text = std::move(document);
  return WorkflowId::parse(must(routing::Command(routing::PutWorkflow{.workflow = std::move(row)}))).value();
}

WorkerId Center::add_worker(std::string name, std::string attributes, bool at_work) {
  routing::WorkerRecord row;
  row.friendly_name = std::move(name);
  row.attributes.text = std::move(attributes);
  const WorkerId sid = WorkerId::parse(must(PutWorker{.worker = std::move(row)})).value();
  if (at_work) sign_in(sid);
  return sid;
}

void Center::sign_in(WorkerId worker) {
  connect(worker);
  set_activity(worker, "Available");
}

// ---- tasks ----

TaskId Center::create_task(std::string_view name, QueueId queue, std::string attributes, std::int64_t priority) {
  routing::CreateTask c;
  if (queue) {
    c.task_queue_sid = queue;
  } else {
    c.workflow_sid = default_workflow();
  }
  c.task_channel_sid = channel(name);
  c.attributes.text = std::move(attributes);
  c.priority = priority;
  return TaskId::parse(must(routing::Command(std::move(c)))).value();
}

std::vector<ReservationId> Center::offers(WorkerId worker) const {
  std::vector<ReservationId> out;
  for (const auto* row : state->routing().reservations()) {
    if (row->worker_sid == worker && row->status == routing::ReservationStatus::pending) out.push_back(row->sid);
  }
  return out;
}

std::vector<TaskId> Center::tasks_of(WorkerId worker) const {
  std::vector<TaskId> out;
  for (const auto* row : state->routing().reservations()) {
    if (row->worker_sid == worker && row->status != routing::ReservationStatus::pending) out.push_back(row->task_sid);
  }
  return out;
}

ReservationId Center::accept(ReservationId reservation) {
  must(routing::Command(routing::AcceptReservation{reservation}));
  return reservation;
}

void Center::complete(TaskId task, std::string disposition) {
  must(routing::Command(routing::CompleteTask{.task_sid = task, .disposition = std::move(disposition)}));
}

TaskId Center::transfer(TaskId task, QueueId to) {
  return TaskId::parse(must(routing::Command(routing::TransferTask{.task_sid = task, .task_queue_sid = to}))).value();
}

// ---- presence ----

void Center::set_activity(WorkerId worker, std::string_view name, bool when_idle, bool by_supervisor) {
  must(presence::Command(presence::SetActivity{worker, activity(name), when_idle, by_supervisor}));
}

// ---- chat ----

conversations::OpenContact Center::opening(std::string name, CustomerId customer) const {
  conversations::OpenContact c;
  c.channel = "chat";
  c.channel_identity = std::move(name);
  c.identity_verified = static_cast<bool>(customer);
  c.customer_sid = customer;
  c.workflow_sid = default_workflow();
  c.attributes.text = "{}";
  return c;
}

ContactId Center::visitor(std::string name, CustomerId customer) {
  return ContactId::parse(must(conversations::Command(opening(std::move(name), customer)))).value();
}

TaskId Center::task_of(ContactId contact) const {
  const auto* row = state->conversations().contact(contact);
  CARILLON_CHECK(row && !row->tasks.empty());
  return row->tasks.back().task_sid;
}

void Center::visitor_says(ContactId contact) {
  conversations::PostMessage c;
  c.conversation_sid = state->conversations().contact(contact)->conversation_sid;
  c.contact_sid = contact;
  c.message_sid = MessageId{seed_, ++messages_};
  must(conversations::Command(c));
}

void Center::worker_says(ContactId contact, WorkerId worker) {
  conversations::PostMessage c;
  c.conversation_sid = state->conversations().contact(contact)->conversation_sid;
  c.contact_sid = contact;
  c.message_sid = MessageId{seed_, ++messages_};
  c.author = conversations::Author::worker;
  c.worker_sid = worker;
  must(conversations::Command(c));
}

void Center::visitor_leaves(ContactId contact) { must(conversations::Command(conversations::EndContact{contact})); }

// ---- seeing ----

std::vector<std::string> Center::last_events() const {
  std::vector<std::string> out;
  for (const auto& event : last->events) {
    if (!events::is_internal(event.type)) out.emplace_back(events::event_name(event.type));
  }
  return out;
}

}  // namespace carillon::workspace::testing
