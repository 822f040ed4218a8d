// Conversations' machine: which conversation a contact belongs to, when it is answered, idle, gone, ended.
//
// Rules:   docs/lifecycles.md and ../README.md. A contact ends when its customer side and all its tasks have ended; a
//          conversation closes with its last contact. A contact all of whose tasks are wrapped up or over while the customer
//          side is still open has its customer side ended too (the worker finished it).
//          Idle (10 min) counts only while waiting for the customer; gone (3 min without any tab) counts as left.
// Owns:    open conversations and contacts of one workspace; closed ones leave at the end of the entry.
// Thread:  one at a time (the workspace's strand).
// Errors:  a refused command changes nothing. A broken invariant throws BrokenInvariant inside InvariantScope.
// Limits:  10,000 timers an entry, the rest is due at once in the next; see records.h.
// Example:
//   state.begin(entry);
//   auto outcome = state.apply(entry, OpenContact{...});   // sid of the contact
//   for (const Request& r : state.take_requests()) tell_routing(r);
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "base/result.h"
#include "conversations/core/commands.h"
#include "conversations/core/records.h"
#include "events/core/event.h"

namespace carillon::conversations {

inline constexpr std::size_t kMaxTasksAContact = 50;
inline constexpr std::size_t kMaxOpenContacts = 20;  // of one conversation

struct Context {
  Instant now;
  IdMaker& ids;
  events::Events& events;
  std::int64_t entry = 0;
};

// What it asks of routing within the same entry.
struct Request {
  enum class Kind : std::uint8_t { create_task, mark_answered, end_contact_tasks, side_ended };
  Kind kind = Kind::create_task;
  Reason reason = Reason::none;
  ContactId contact;
  ConversationId conversation;
  CustomerId customer;
  TaskId task;       // mark_answered
  OpenContact open;  // create_task: workflow, queue, channel, attributes, priority, last worker
};

// Rows touched in this entry, each once, ended ones included; pointers into the state, valid until the next begin().
struct Changes {
  std::vector<const ConversationRecord*> conversations;
  std::vector<const ContactRecord*> contacts;
  bool settings = false;
  bool empty() const { return conversations.empty() && contacts.empty() && !settings; }
};

// All live rows, by seq.
struct Rows {
  Settings settings;
  std::vector<ConversationRecord> conversations;  // open
  std::vector<ContactRecord> contacts;            // not ended
  bool operator==(const Rows&) const = default;
};
BOOST_DESCRIBE_STRUCT(Rows, (), (settings, conversations, contacts))

class State {
 public:
  State();
  ~State();
  State(State&&) noexcept;
  State& operator=(State&&) noexcept;

  // Replaces everything by rows. Errors: kInternal when they contradict one another; the state is then empty.
  Result<void> load(Rows rows);
  Rows rows() const;

  void begin(const Context& entry);
  void expire(Context& entry);
  // OpenContact: the contact's sid; PostMessage: the message's; else the contact's or conversation's.
  Result<std::string> apply(Context& entry, const Command& command);
  // From routing, through the workspace. A contact or task that is not live here breaks an invariant.
  void task_created(Context& entry, ContactId contact, TaskId task);
  void task_refused(Context& entry, ContactId contact, Reason reason);  // routing would not make it: the contact ends
  // Media connects the customer and the task's worker: that is the first reply where people talk.
  void talk_answered(Context& entry, ContactId contact, TaskId task);
  void task_assigned(Context& entry, ContactId contact, TaskId task, WorkerId worker);
  void task_requeued(Context& entry, ContactId contact, TaskId task);
  void task_wrapping(Context& entry, ContactId contact, TaskId task, Reason reason);
  void task_ended(Context& entry, ContactId contact, TaskId task, Reason reason);
  // Idle moves by down_for. Nobody's tab has survived: who does not come back within the gone time has left.
  void restarted(Context& entry, Duration down_for);

  Instant next_deadline() const;
  const Changes& changes() const;
  std::vector<Request> take_requests();

  // Queries see what is live: open conversations, contacts that have not ended.
  const Settings& settings() const;
  const ConversationRecord* conversation(ConversationId) const;
  const ContactRecord* contact(ContactId) const;
  // The contact of that identity whose customer side is open.
  const ContactRecord* open_contact_of(std::string_view channel, std::string_view channel_identity) const;
  // Who has the newest of their tasks that is not wrapping, if anybody.
  static WorkerId worker_of(const ContactRecord& contact);
  // The worker who has a contact of this conversation now; looks at all contacts.
  WorkerId worker_in(ConversationId conversation) const;
  // Of any session: one of a visitor's calls.
  const ContactRecord* any_open_contact_of(std::string_view channel, std::string_view channel_identity) const;
  const ConversationRecord* open_conversation_of(CustomerId) const;  // newest
  std::vector<const ContactRecord*> contacts() const;                // by seq
  std::vector<const ConversationRecord*> conversations() const;      // by seq

  struct Impl;

 private:
  std::unique_ptr<Impl> impl_;
};

}  // namespace carillon::conversations
