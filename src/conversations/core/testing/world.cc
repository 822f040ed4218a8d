#include "conversations/core/testing/world.h"

namespace carillon::conversations::testing {

Context World::begin(Duration later) {
  now = now + later;
  ids_ = IdMaker(Seed{11, static_cast<std::uint64_t>(++entry)});
  events.clear(), requests.clear();
  Context context{.now = now, .ids = ids_, .events = events, .entry = entry};
  state.begin(context);
  state.expire(context);
  return context;
}

void World::speak_for_routing(Context& context) {
  for (auto& request : state.take_requests()) {
    if (request.kind == Request::Kind::create_task && refuse_tasks) {
      state.task_refused(context, request.contact, Reason::by_system);
    } else if (request.kind == Request::Kind::create_task) {
      state.task_created(context, request.contact, context.ids.next<TaskId>());
    }
    requests.push_back(std::move(request));
  }
}

Result<std::string> World::apply(const Command& command) {
  Context context = begin({});
  auto outcome = state.apply(context, command);
  speak_for_routing(context);
  return outcome;
}

void World::tick(Duration later) {
  Context context = begin(later);
  speak_for_routing(context);
}

void World::restart(Duration down_for) {
  now = now + down_for;
  Context context{.now = now, .ids = ids_, .events = events, .entry = ++entry};
  events.clear(), requests.clear();
  state.begin(context);
  state.restarted(context, down_for);
  state.expire(context);
  speak_for_routing(context);
}

OpenContact World::opening(std::string identity, CustomerId customer, std::string channel) const {
  OpenContact c;
  c.channel = std::move(channel);
  c.channel_identity = std::move(identity);
  c.identity_verified = static_cast<bool>(customer);
  c.customer_sid = customer;
  c.workflow_sid = workflow;
  c.attributes = {"{}"};
  return c;
}

ContactId World::arrives(const OpenContact& command) {
  const auto outcome = apply(command);
  return outcome ? ContactId::parse(*outcome).value_or(ContactId{}) : ContactId{};
}

Result<std::string> World::post(ContactId contact, Author author, WorkerId worker, bool internal) {
  PostMessage c;
  c.conversation_sid = conversation_of(contact);
  c.contact_sid = contact;
  c.message_sid = message();
  c.author = author, c.worker_sid = worker, c.internal = internal;
  return apply(c);
}

Result<std::string> World::asks(ContactId contact) { return post(contact, Author::customer, {}, false); }
Result<std::string> World::says(ContactId contact, WorkerId w) { return post(contact, Author::worker, w, false); }
Result<std::string> World::notes(ContactId contact, WorkerId w) { return post(contact, Author::worker, w, true); }
Result<std::string> World::system_says(ContactId contact) { return post(contact, Author::system, {}, false); }

void World::assigned(ContactId contact, std::uint64_t n) {
  Context context = begin({});
  state.task_assigned(context, contact, state.contact(contact)->tasks.back().task_sid, worker(n));
  speak_for_routing(context);
}

void World::requeued(ContactId contact) {
  Context context = begin({});
  state.task_requeued(context, contact, task_of(contact));
  speak_for_routing(context);
}

void World::wrapping(ContactId contact) {
  Context context = begin({});
  state.task_wrapping(context, contact, task_of(contact), Reason::by_worker);
  speak_for_routing(context);
}

void World::done(ContactId contact) {
  Context context = begin({});
  state.task_ended(context, contact, task_of(contact), Reason::by_worker);
  speak_for_routing(context);
}

TaskId World::further_task(ContactId contact) {
  Context context = begin({});
  const TaskId task = context.ids.next<TaskId>();
  state.task_created(context, contact, task);
  speak_for_routing(context);
  return task;
}

ConversationId World::conversation_of(ContactId contact) const {
  const auto* row = state.contact(contact);
  return row ? row->conversation_sid : ConversationId{};
}

std::vector<std::string> World::names() const {
  std::vector<std::string> out;
  for (const auto& event : events) out.emplace_back(events::event_name(event.type));
  return out;
}

}  // namespace carillon::conversations::testing
