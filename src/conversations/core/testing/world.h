// A world of conversations without routing: the test speaks for routing, every call is one entry.
//
// What:   a state, a hand-moved clock, deterministic seeds, and words like arrives(), assigned(), says().
// Thread: one at a time.
// Example:
//   World world;
//   ContactId contact = world.arrives("visitor-1");
//   world.assigned(contact, 1);
//   world.says(contact, World::worker(1));
#pragma once

#include <string>
#include <vector>

#include "conversations/core/state.h"

namespace carillon::conversations::testing {

class World {
 public:
  static WorkerId worker(std::uint64_t n) { return {7, n}; }
  static CustomerId customer(std::uint64_t n) { return {8, n}; }

  // One entry each.
  Context begin(Duration later);
  Result<std::string> apply(const Command& command);
  void advance(Duration later) { now = now + later; }
  void tick(Duration later);
  void restart(Duration down_for);

  // Customers. arrives() is empty when refused. An identity with a customer counts as verified.
  OpenContact opening(std::string identity, CustomerId customer = {}, std::string channel = "chat") const;
  ContactId arrives(const OpenContact& command);
  ContactId arrives(std::string identity, CustomerId customer = {}, std::string channel = "chat") {
    return arrives(opening(std::move(identity), customer, std::move(channel)));
  }
  Result<std::string> asks(ContactId contact);

  // Workers and system.
  Result<std::string> says(ContactId contact, WorkerId worker);
  Result<std::string> notes(ContactId contact, WorkerId worker);
  Result<std::string> system_says(ContactId contact);

  // Routing's words about the contact's task: the newest for assigned(), else the oldest.
  void assigned(ContactId contact, std::uint64_t worker);
  void requeued(ContactId contact);
  void wrapping(ContactId contact);
  void done(ContactId contact);
  TaskId further_task(ContactId contact);
  // Answers the requests as routing would: tasks are made (or refused), the rest is only kept in `requests`.
  void speak_for_routing(Context& context);

  ConversationId conversation_of(ContactId contact) const;
  TaskId task_of(ContactId contact) const { return state.contact(contact)->tasks.front().task_sid; }
  MessageId message() { return {9, ++messages_}; }
  void resume_ids_of(const World& other) { ids_ = other.ids_, messages_ = other.messages_; }
  std::vector<std::string> names() const;  // of the last entry's events
  static ErrorCode code(const Result<std::string>& r) { return r.ok() ? ErrorCode::kInternal : r.error().code; }

  State state;
  Instant now{1'800'000'000'000'000};
  std::int64_t entry = 0;
  events::Events events;          // of the last entry
  std::vector<Request> requests;  // of the last entry
  bool refuse_tasks = false;
  WorkflowId workflow{1, 1};

 private:
  Result<std::string> post(ContactId contact, Author author, WorkerId worker, bool internal);

  IdMaker ids_;
  std::uint64_t messages_ = 0;
};

}  // namespace carillon::conversations::testing
