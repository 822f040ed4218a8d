#include "workspace/testing/story.h"

namespace carillon::workspace::testing {

namespace {

template <class IdType>
void add(std::string& out, const char* name, const IdType& id) {
  if (id) out += std::string(" ") + name + "=" + id.str();
}

void add_number(std::string& out, const char* name, std::int64_t n) {
  if (n != 0) out += std::string(" ") + name + "=" + std::to_string(n);
}

template <class Row>
void add_rows(std::string& out, const std::vector<const Row*>& rows) {
  for (const Row* row : rows) encode_to(out, *row), out += '\n';
}

template <class Value>
void add_values(std::string& out, const std::vector<Value>& values) {
  for (const Value& value : values) encode_to(out, value), out += '\n';
}

}  // namespace

std::string story(const events::Event& e) {
  std::string out(events::event_name(e.type));
  if (e.bucket != events::Bucket::none) out += " bucket=" + std::string(codec::enum_name(e.bucket));
  if (e.reason != events::Reason::none) out += " reason=" + std::string(codec::enum_name(e.reason));
  add_number(out, "flag", e.flag);
  add_number(out, "number", e.number);
  add(out, "task", e.task);
  add(out, "reservation", e.reservation);
  add(out, "worker", e.worker);
  add(out, "queue", e.queue);
  add(out, "workflow", e.workflow);
  add(out, "activity", e.activity);
  add(out, "channel", e.channel);
  add(out, "conversation", e.conversation);
  add(out, "contact", e.contact);
  add(out, "customer", e.customer);
  add(out, "message", e.message);
  add_number(out, "from", e.from.us);
  add_number(out, "wait", e.wait.us);
  add_number(out, "handle", e.handle.us);
  add_number(out, "wrap", e.wrap.us);
  add_number(out, "suspended", e.suspended.us);
  return out;
}

std::string story(const Effects& effects) {
  // The code, not the message: which of several hindrances a message names is not a decision.
  std::string out = effects.outcome ? "made " + effects.outcome->sid
                                    : "refused: " + std::string(info(effects.outcome.error().code).code);
  out += effects.changed ? "\n" : " (unchanged)\n";
  for (const auto& event : effects.events) out += story(event) + "\n";
  if (effects.workspace) encode_to(out, *effects.workspace), out += '\n';
  const auto& r = *effects.routing;
  add_rows(out, r.tasks), add_rows(out, r.reservations), add_rows(out, r.workers), add_rows(out, r.task_queues);
  add_rows(out, r.workflows), add_rows(out, r.task_channels);
  add_values(out, r.queue_entries), add_values(out, r.deleted_workers), add_values(out, r.deleted_task_queues);
  add_values(out, r.deleted_workflows), add_values(out, r.deleted_task_channels);
  const auto& p = *effects.presence;
  add_rows(out, p.activities), add_rows(out, p.presences);
  add_values(out, p.deleted_activities), add_values(out, p.deleted_presences);
  add_rows(out, effects.conversations->conversations), add_rows(out, effects.conversations->contacts);
  add_values(out, effects.metrics.queues), add_values(out, effects.metrics.workers),
      add_values(out, effects.metrics.center);
  return out;
}

}  // namespace carillon::workspace::testing
