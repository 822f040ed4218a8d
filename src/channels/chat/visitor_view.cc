#include "channels/chat/visitor_view.h"

#include <algorithm>

#include "channels/chat/visitors.h"
#include "conversations/conversation_rows.h"
#include "conversations/task_rows.h"
#include "runtime/json_out.h"

namespace carillon::chat {
namespace {

using conversations::ContactRecord;

Result<std::optional<ContactRecord>> newest_contact(store::Reader& reader, const Viewer& who) {
  auto found = conversations::read_where<ContactRecord>(
      reader, "workspace_id = ?1 AND channel = ?2 AND channel_identity = ?3 ORDER BY created_at DESC, seq DESC LIMIT 1",
      {who.workspace, kChannel, who.visitor});
  if (!found) return found.error();
  return found->empty() ? std::optional<ContactRecord>() : std::optional(std::move(found->front()));
}

Result<void> take_contact(store::Reader& reader, const Viewer& who, const ContactRecord& contact, Thread& thread) {
  thread.conversation = contact.conversation_sid;
  thread.contact = contact.sid;
  thread.state = VisitorState::waiting;
  if (contact.customer_ended_at.us != 0) {
    thread.state = VisitorState::ended;
    thread.reason = contact.reason;
    thread.ended_at = contact.customer_ended_at;
    return {};
  }
  for (auto task = contact.tasks.rbegin(); task != contact.tasks.rend(); ++task) {
    if (task->worker_sid.empty() || task->wrapping) continue;
    thread.state = VisitorState::talking;
    auto name = reader.query("SELECT friendly_name FROM workers WHERE workspace_id = ?1 AND sid = ?2",
                             {who.workspace, task->worker_sid});
    if (!name) return name.error();
    if (!name->empty()) thread.worker_name = (*name)[0].str(0);
    break;
  }
  return {};
}

Result<void> read_messages(store::Reader& reader, const Viewer& who, Thread& thread) {
  auto rows = reader.query(store::Sql::dynamic(std::string(conversations::kSelectMessage) +
                                               " WHERE workspace_id = ?1 AND conversation_sid = ?2 AND internal = 0 "
                                               "ORDER BY message_index DESC LIMIT " +
                                               std::to_string(kShownMessages)),
                           {who.workspace, thread.conversation});
  if (!rows) return rows.error();
  for (const auto row : *rows) thread.messages.push_back(conversations::read_message(row));
  std::reverse(thread.messages.begin(), thread.messages.end());
  return {};
}

// A verified customer sees their newest thread before they say anything.
Result<ConversationId> customers_newest(store::Reader& reader, WorkspaceId workspace, CustomerId customer) {
  auto rows = reader.query(
      "SELECT sid FROM conversations WHERE workspace_id = ?1 AND customer_sid = ?2 ORDER BY created_at DESC LIMIT 1",
      {workspace, customer});
  if (!rows) return rows.error();
  return rows->empty() ? ConversationId{} : (*rows)[0].id<ConversationId>(0);
}

}  // namespace

Result<Thread> read_thread(store::Reader& reader, const Viewer& who, bool with_messages) {
  Thread thread;
  auto visitor = find_visitor(reader, who.workspace, who.widget, who.visitor);
  if (!visitor) return visitor.error();
  thread.display_name = visitor->display_name;
  if (who.verified) {
    auto customer = customer_of(reader, *visitor, true);
    if (!customer) return customer.error();
    thread.customer = customer->value_or(CustomerId{});
  }
  auto contact = newest_contact(reader, who);
  if (!contact) return contact.error();
  if (*contact) {
    if (auto taken = take_contact(reader, who, **contact, thread); !taken) return taken.error();
  } else if (thread.customer) {
    auto newest = customers_newest(reader, who.workspace, thread.customer);
    if (!newest) return newest.error();
    thread.conversation = *newest;
  }
  if (!thread.conversation) return thread;
  auto marks = conversations::read_marks(reader, who.workspace, thread.conversation);
  if (!marks) return marks.error();
  thread.marks = *marks;
  if (with_messages) {
    if (auto read = read_messages(reader, who, thread); !read) return read.error();
  }
  return thread;
}

Result<bool> is_theirs(store::Reader& reader, const Viewer& who, ConversationId conversation) {
  if (!conversation) return false;
  auto rows = reader.query(
      "SELECT 1 FROM contacts WHERE workspace_id = ?1 AND conversation_sid = ?2 AND channel = ?3 AND channel_identity "
      "= ?4 LIMIT 1",
      {who.workspace, conversation, kChannel, who.visitor});
  if (!rows) return rows.error();
  if (!rows->empty() || !who.verified) return !rows->empty();
  auto thread = read_thread(reader, who, false);
  if (!thread) return thread.error();
  return thread->conversation == conversation;
}

Place place_of(const workspace::State& state, VisitorId visitor) {
  Place place;
  const auto* contact = state.conversations().open_contact_of(kChannel, visitor.str());
  if (!contact) return place;
  for (const auto& task : contact->tasks) {
    if (task.worker_sid && !task.wrapping) return {};
  }
  for (const auto& task : contact->tasks) {
    if (task.wrapping) continue;
    const auto estimate = state.routing().estimate(task.task_sid);
    if (estimate.position < 1) continue;
    return {estimate.position, estimate.known, estimate.low, estimate.high};
  }
  return place;
}

namespace {

bool is_there(const calls::LegRecord& leg) {
  const bool talks = leg.role == calls::LegRole::agent || leg.role == calls::LegRole::outside;
  return talks && leg.status == calls::LegStatus::connected;
}

CallState state_of(const calls::CallRecord& row) {
  const calls::LegRecord& own = row.legs.front();
  if (row.status == calls::CallStatus::lost) return CallState::lost;
  if (row.status == calls::CallStatus::ended) return CallState::ended;
  if (own.status != calls::LegStatus::connected) return CallState::connecting;
  if (row.status == calls::CallStatus::farewell) return CallState::farewell;
  if (row.status == calls::CallStatus::queued) return CallState::waiting;
  if (row.status == calls::CallStatus::voicemail) return CallState::talking;  // to whom hears it later
  return own.on_hold || std::none_of(row.legs.begin(), row.legs.end(), is_there) ? CallState::held : CallState::talking;
}

Place place_in_queue(const workspace::State& state, ContactId sid) {
  const auto* contact = state.conversations().contact(sid);
  if (!contact || contact->tasks.empty()) return {};
  const auto estimate = state.routing().estimate(contact->tasks.front().task_sid);
  if (estimate.position < 1) return {};
  return {estimate.position, estimate.known, estimate.low, estimate.high};
}

CallSight sight_of(const workspace::State& state, const calls::CallRecord* row) {
  if (!row || row->legs.empty()) return {};
  CallSight out{.call = row->sid, .state = state_of(*row), .worker_name = {}, .place = {}, .reason = row->reason};
  const auto agent = std::find_if(row->legs.begin(), row->legs.end(), is_there);
  const auto* worker = agent == row->legs.end() ? nullptr : state.routing().worker(agent->worker_sid);
  if (worker) out.worker_name = worker->friendly_name;
  if (out.state == CallState::waiting) out.place = place_in_queue(state, row->contact_sid);
  return out;
}

}  // namespace

CallSight call_of(const workspace::State& state, VisitorId visitor) {
  return sight_of(state, state.calls().call_from(visitor.str()));
}

CallSight call_at(const workspace::State& state, CallId call) { return sight_of(state, state.calls().call(call)); }

void render_call(std::string& out, const CallSight& call, bool here) {
  if (call.call.empty()) {
    out += "null";
    return;
  }
  runtime::JsonOut json(out);
  json.id("call_sid", call.call).word("state", call.state).text_or_null("worker_display_name", call.worker_name);
  out += ',';
  render_place(out, call.place);
  json.word_or_null("reason", call.reason).flag("here", here);
  json.end();
}

void render_place(std::string& members, const Place& place) {
  members += "\"position_in_queue\":" + (place.position > 0 ? std::to_string(place.position) : std::string("null"));
  members += ",\"expected_wait\":";
  if (place.position < 1 || !place.is_known) {
    members += "null";
    return;
  }
  // The upper end is rounded up, so that the interval stays true.
  members += "{\"low_s\":" + std::to_string(std::max<std::int64_t>(0, place.low.us) / 1'000'000) +
             ",\"high_s\":" + std::to_string((std::max<std::int64_t>(0, place.high.us) + 999'999) / 1'000'000) + "}";
}

void render_message(std::string& out, const conversations::MessageRow& message, const conversations::ReadMarks& marks) {
  runtime::JsonOut json(out);
  json.id("sid", message.sid)
      .number("index", message.index)
      .time("at", message.at)
      .flag("mine", message.author_type == "customer");
  json.text("author_display_name", message.author_name)
      .text("author_type", message.author_type)
      .text("text", message.text);
  json.raw("attachments", message.attachments)
      .text_or_null("client_message_id", message.author_type == "customer" ? message.client_message_id : "");
  json.text("status", conversations::status_of(message, marks));
  json.end();
}

void render(std::string& out, const Thread& thread, const Place& place, std::int64_t position) {
  std::string members;
  render_place(members, thread.state == VisitorState::waiting ? place : Place{});
  runtime::JsonOut json(out);
  json.word("state", thread.state).id("conversation_sid", thread.conversation).id("contact_sid", thread.contact);
  json.text_or_null("worker_display_name", thread.worker_name);
  out += "," + members;
  json.word_or_null("reason", thread.reason)
      .time("ended_at", thread.ended_at)
      .number("read_index_by_worker", thread.marks.worker);
  json.key("messages");
  out += '[';
  for (std::size_t i = 0; i < thread.messages.size(); ++i) {
    if (i) out += ',';
    render_message(out, thread.messages[i], thread.marks);
  }
  out += ']';
  json.number("position", position);
  json.end();
}

}  // namespace carillon::chat
