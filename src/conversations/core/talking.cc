// A contact under way: who spoke, who is waited for, who has its tasks, and how it ends.
#include <algorithm>

#include "base/check.h"
#include "conversations/core/live.h"

namespace carillon::conversations {

using events::EventType;

namespace {

Error no_such_contact(ContactId sid) {
  return Error(ErrorCode::kNotFound, "found no live contact " + sid.str() + "; it ended or never was")
      .at("contact_sid");
}

bool side_open(const ContactRecord& row) { return row.customer_ended_at.us == 0; }

ContactTask& task_of(ContactRecord& row, TaskId sid) {
  const auto it = std::find_if(row.tasks.begin(), row.tasks.end(), [&](const auto& t) { return t.task_sid == sid; });
  CARILLON_CHECK(it != row.tasks.end());
  return *it;
}

// Everybody who has a task of it, in the order of the tasks.
void list_workers(ContactRecord& row) {
  row.workers.clear();
  for (const auto& task : row.tasks) {
    const bool known = std::find(row.workers.begin(), row.workers.end(), task.worker_sid) != row.workers.end();
    if (task.worker_sid && !known) row.workers.push_back(task.worker_sid);
  }
}

Result<void> check_author(const ContactRecord& row, const PostMessage& c) {
  // A supervisor who is no worker may write a note.
  if (c.author == Author::worker && !c.worker_sid && !c.internal) {
    return Error(ErrorCode::kMissingField, "found no worker_sid for a worker's message").at("worker_sid");
  }
  if (c.author != Author::worker && c.internal) {
    return Error(ErrorCode::kInvalidValue,
                 "found an internal note by somebody who is no worker; only workers write notes")
        .at("internal");
  }
  if (c.author == Author::system || c.internal) return {};
  if (!side_open(row)) {
    return Error(ErrorCode::kStateForbids, c.author == Author::customer
                                               ? "found the contact ended by the customer; open a new one"
                                               : "found that the customer has left; write an internal note instead");
  }
  if (c.author == Author::customer) return {};
  const bool has_task = std::any_of(row.tasks.begin(), row.tasks.end(),
                                    [&](const auto& t) { return t.worker_sid == c.worker_sid && !t.wrapping; });
  if (has_task) return {};
  return Error(ErrorCode::kForbidden, "found no assigned task of this contact at worker " + c.worker_sid.str() +
                                          "; accept one first, or write an internal note")
      .at("worker_sid");
}

}  // namespace

// ---- words ----

Result<std::string> State::Impl::on(Context& entry, const PostMessage& c) {
  LiveContact* live = find(c.contact_sid);
  if (!live) return no_such_contact(c.contact_sid);
  if (live->row.conversation_sid != c.conversation_sid) {
    return Error(ErrorCode::kInvalidValue, "found the contact in conversation " + live->row.conversation_sid.str() +
                                               ", not in " + c.conversation_sid.str())
        .at("conversation_sid");
  }
  if (!c.message_sid) return Error(ErrorCode::kMissingField, "found no message_sid").at("message_sid");
  if (auto ok = check_author(live->row, c); !ok) return ok.error();
  auto event = contact_event(EventType::kMessageCreated, live->row);
  event.reason = Reason::none;
  event.flag = c.internal;
  event.number = static_cast<std::int32_t>(c.author);
  event.worker = c.worker_sid;
  event.message = c.message_sid;
  entry.events.push_back(event);
  LiveConversation& conversation = conversations.at(live->row.conversation_sid);
  touch(conversation);
  ++conversation.row.messages;
  if (c.internal) return c.message_sid.str();
  touch(*live);
  ++live->row.messages;
  live->row.last_message_at = entry.now;
  if (c.author == Author::worker) worker_spoke(entry, *live, c.worker_sid);
  if (c.author == Author::customer) {
    wait_for_us(*live);
    // A word is a sign of life, also from a page whose socket is down.
    if (!live->row.gone_at.is_never()) live->row.gone_at = entry.now + settings.gone_after;
  }
  arm(*live);
  return c.message_sid.str();
}

void State::Impl::worker_spoke(Context& entry, LiveContact& live, WorkerId worker) {
  touch(live);
  ContactRecord& row = live.row;
  // A silent line is no idle customer: whoever holds the media says when they have gone.
  row.waiting_for_customer = row.session.empty();
  if (row.live && row.session.empty()) row.idle_at = entry.now + settings.idle_after;
  LiveConversation& conversation = conversations.at(row.conversation_sid);
  if (conversation.row.last_worker_sid != worker) {
    touch(conversation);
    conversation.row.last_worker_sid = worker;
  }
  if (row.answered_at.us == 0) {
    row.answered_at = entry.now;
    auto event = contact_event(EventType::kContactUpdated, row);
    event.flag = true;  // once a contact: it is answered now
    event.worker = worker;
    entry.events.push_back(event);
  }
  for (auto& task : row.tasks) {
    if (task.worker_sid != worker || task.answered || task.wrapping) continue;
    task.answered = true;
    requests.push_back({.kind = Request::Kind::mark_answered,
                        .contact = row.sid,
                        .conversation = row.conversation_sid,
                        .customer = row.customer_sid,
                        .task = task.task_sid,
                        .open = {}});
  }
}

void State::Impl::wait_for_us(LiveContact& live) {
  live.row.waiting_for_customer = false;
  live.row.idle_at = Instant::never();
}

Result<std::string> State::Impl::on(Context& entry, const SetCustomerConnected& c) {
  LiveContact* live = find(c.contact_sid);
  if (!live) return no_such_contact(c.contact_sid);
  if (live->row.customer_connected == c.connected || !side_open(live->row)) return live->row.sid.str();
  touch(*live);
  live->row.customer_connected = c.connected;
  live->row.gone_at = c.connected || !live->row.live ? Instant::never() : entry.now + settings.gone_after;
  arm(*live);
  return live->row.sid.str();
}

Result<std::string> State::Impl::on(Context& entry, const EndContact& c) {
  LiveContact* live = find(c.contact_sid);
  if (!live) return no_such_contact(c.contact_sid);
  if (c.reason == Reason::none) {
    return Error(ErrorCode::kInvalidValue, "found no reason; say who ended it, for example customer_left").at("reason");
  }
  if (!side_open(live->row)) {
    return Error(ErrorCode::kStateForbids, "found the customer side ended at " +
                                               to_rfc3339(live->row.customer_ended_at) +
                                               "; what is left is the workers' wrap-up");
  }
  const std::string sid = live->row.sid.str();
  end_customer_side(entry, *live, c.reason);
  return sid;
}

// ---- tasks ----

void State::Impl::task_created(LiveContact& live, TaskId task) {
  touch(live);
  live.row.tasks.push_back({.task_sid = task});
  ++live.row.tasks_so_far;
  wait_for_us(live);  // a transfer: the customer waits for somebody again
  arm(live);
}

void State::Impl::task_assigned(LiveContact& live, TaskId task, WorkerId worker) {
  touch(live);
  ContactTask& of_it = task_of(live.row, task);
  of_it.worker_sid = worker;
  of_it.answered = of_it.wrapping = false;
  list_workers(live.row);
}

void State::Impl::task_requeued(LiveContact& live, TaskId task) {
  touch(live);
  ContactTask& of_it = task_of(live.row, task);
  of_it.worker_sid = {};
  of_it.answered = of_it.wrapping = false;
  list_workers(live.row);
  wait_for_us(live);
  arm(live);
}

void State::Impl::task_wrapping(Context& entry, LiveContact& live, TaskId task, Reason reason) {
  touch(live);
  task_of(live.row, task).wrapping = true;
  finish_if_done(entry, live, reason);
}

void State::Impl::task_ended(Context& entry, LiveContact& live, TaskId task, Reason reason) {
  touch(live);
  const ContactTask& of_it = task_of(live.row, task);
  live.row.tasks.erase(live.row.tasks.begin() + (&of_it - live.row.tasks.data()));
  list_workers(live.row);
  finish_if_done(entry, live, reason);
}

// ---- endings ----

// Nobody works for the customer any more: their side is over. No task at all: so is the contact.
void State::Impl::finish_if_done(Context& entry, LiveContact& live, Reason reason) {
  const auto& tasks = live.row.tasks;
  const bool nobody_left = std::all_of(tasks.begin(), tasks.end(), [](const auto& t) { return t.wrapping; });
  if (nobody_left && side_open(live.row)) {
    end_customer_side(entry, live, reason == Reason::none ? Reason::by_system : reason);
  } else if (tasks.empty()) {
    end_contact(entry, live);
  }
}

void State::Impl::end_customer_side(Context& entry, LiveContact& live, Reason reason) {
  touch(live);
  ContactRecord& row = live.row;
  row.customer_ended_at = entry.now;
  row.reason = reason;
  row.waiting_for_customer = false;
  row.idle_at = row.gone_at = Instant::never();
  arm(live);
  open_side.erase(Identity{row.channel, row.channel_identity, row.session});
  if (!row.session.empty()) {
    requests.push_back({.kind = Request::Kind::side_ended,
                        .reason = reason,
                        .contact = row.sid,
                        .conversation = row.conversation_sid,
                        .customer = row.customer_sid,
                        .task = {},
                        .open = {}});
  }
  if (row.tasks.empty()) return end_contact(entry, live);
  entry.events.push_back(contact_event(EventType::kContactUpdated, row));
  const bool somebody_works =
      std::any_of(row.tasks.begin(), row.tasks.end(), [](const auto& t) { return !t.wrapping; });
  if (!somebody_works || reason == Reason::voicemail) return;  // whoever left a message is served by its task
  requests.push_back({.kind = Request::Kind::end_contact_tasks,
                      .reason = reason,
                      .contact = row.sid,
                      .conversation = row.conversation_sid,
                      .customer = row.customer_sid,
                      .task = {},
                      .open = {}});
}

void State::Impl::end_contact(Context& entry, LiveContact& live) {
  touch(live);
  ContactRecord& row = live.row;
  row.status = ContactStatus::ended;
  row.ended_at = entry.now;
  auto event = contact_event(EventType::kContactEnded, row);
  event.flag = row.answered_at.us != 0;
  entry.events.push_back(event);
  LiveConversation& conversation = conversations.at(row.conversation_sid);
  CARILLON_CHECK(std::erase(conversation.open_contacts, row.sid) == 1);
  if (!conversation.open_contacts.empty()) return;
  touch(conversation);
  unindex(conversation);
  conversation.row.status = ConversationStatus::closed;
  conversation.row.closed_at = entry.now;
  entry.events.push_back(conversation_event(EventType::kConversationClosed, conversation.row));
}

}  // namespace carillon::conversations
