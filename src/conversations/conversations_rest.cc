// Lists of conversations, one of them, reading, typing and ending.
#include <algorithm>

#include "conversations/rest.h"
#include "conversations/seen.h"
#include "door/configuration.h"
#include "door/words.h"
#include "runtime/json_out.h"
#include "runtime/tables.h"

namespace carillon::conversations {
namespace {

using door::Call;

std::string select_conversations() {
  return "SELECT " + std::string(runtime::columns_of<ConversationRecord>()) + ", updated_at FROM conversations";
}

void list_conversations(Call call) {
  http::QueryFields query(call.request.query);
  door::ListSql list(select_conversations(), "updated_at", "sid", true);
  list.where("workspace_id = ", call.workspace());
  if (const auto q = query.optional_string("q", 0, 200); q && !q->empty()) {
    const std::string at = list.bind(contains_pattern(*q));
    list.where("(sid IN (SELECT conversation_sid FROM messages WHERE workspace_id = ?1 AND LOWER(text) LIKE " + at +
               " ESCAPE '\\') OR customer_sid IN (SELECT sid FROM customers WHERE workspace_id = ?1 AND search LIKE " +
               at + " ESCAPE '\\'))");
  }
  list.where_in("status", door::words_of_query<ConversationStatus>(query, "status"));
  if (const auto customer = query.optional_sid<CustomerId>("customer_sid")) list.where("customer_sid = ", *customer);
  if (const auto worker = query.optional_sid<WorkerId>("worker_sid"))
    list.where("sid IN " + conversations_of_worker(list.bind(*worker)));
  read_channel(query, list);
  if (const auto worker = only_of(call)) {
    const std::string at = list.bind(worker->str());
    list.where("(sid IN " + conversations_of_worker(at) + " OR customer_sid IN " + customers_of_worker(at) + ")");
  }
  if (auto fine = list.page(query); !fine) return call.fail(fine.error());
  if (auto fine = query.finish(); !fine) return call.fail(fine.error());
  door::read(std::move(call), [list](store::Reader& reader, const Call& held) -> Result<http::Response> {
    auto rows = reader.query(list.sql(), list.params());
    if (!rows) return rows.error();
    std::vector<ConversationRecord> found;
    for (const auto row : *rows) {
      auto record = runtime::read_row<ConversationRecord>(row);
      if (!record) return record.error();
      found.push_back(*std::move(record));
    }
    auto texts = render_details(reader, held.workspace(), found);
    if (!texts) return texts.error();
    door::PageWriter page(list);
    for (std::size_t i = 0; i < found.size(); ++i) {
      const bool more =
          page.add((*rows)[i].integer("updated_at"), found[i].sid.str(), [&](std::string& out) { out += (*texts)[i]; });
      if (!more) break;
    }
    return page.finish();
  });
}

void get_conversation(Call call) {
  auto sid = call.request.sid<ConversationId>("sid");
  if (!sid) return call.fail(sid.error());
  door::read(std::move(call), [sid = *sid](store::Reader& reader, const Call& held) -> Result<http::Response> {
    auto found = seen_conversation(reader, held, sid);
    if (!found) return found.error();
    auto texts = render_details(reader, held.workspace(), {*found});
    if (!texts) return texts.error();
    return http::Response::json_text(200, std::move(texts->front()));
  });
}

void set_typing(Call call, const RestGiven& given) {
  auto sid = call.request.sid<ConversationId>("sid");
  if (!sid) return call.fail(sid.error());
  auto body = call.body();
  if (!body) return call.fail(body.error());
  http::Fields in(*body);
  const bool typing = in.optional_bool("typing").value_or(true);
  if (auto fine = in.finish(); !fine) return call.fail(fine.error());
  door::read(std::move(call),
             [sid = *sid, typing, given](store::Reader& reader, const Call& held) -> Result<http::Response> {
               auto found = seen_conversation(reader, held, sid);
               if (!found) return found.error();
               given.typing(held.workspace(), sid.str(), speaker_of(held.caller()), typing);
               return http::Response::no_content();
             });
}

// The event that tells everybody how far was read.
runtime::EventDraft read_event(const MessageRow& message, const ReadMarks& marks, const Speaker& reader) {
  runtime::EventDraft event{
      .type = "message.read", .resource_type = "message", .resource_sid = message.sid.str(), .refs = {}, .payload = {}};
  event.refs.emplace_back("contact_sid", message.contact_sid.str());
  event.refs.emplace_back("conversation_sid", message.conversation_sid.str());
  std::string text, who;
  render(text, message, marks);
  render_author(who, reader.type, reader.sid, reader.display_name);
  event.payload.emplace_back("message", std::move(text));
  event.payload.emplace_back("reader", std::move(who));
  return event;
}

}  // namespace

Speaker speaker_of(const door::Caller& caller) {
  if (caller.kind == door::Caller::Kind::visitor) return {"customer", caller.visitor.str(), caller.display_name};
  return {"worker", caller.worker.str(), caller.display_name};
}

Result<door::Rendered> detail_row(store::Reader& reader, WorkspaceId workspace, const std::string& sid) {
  const auto id = ConversationId::parse(sid);
  auto found = find_conversation(reader, workspace, id.value_or(ConversationId{}));
  if (!found) return found.error();
  if (!*found) return no_such_conversation(id.value_or(ConversationId{}));
  auto texts = render_details(reader, workspace, {**found});
  if (!texts) return texts.error();
  return door::Rendered{std::move(texts->front()), 0};
}

Result<std::optional<runtime::RecordChange>> decide_read(store::Reader& reader, WorkspaceId workspace,
                                                         const ConversationRecord& conversation, const Speaker& who,
                                                         std::int64_t index, Instant now) {
  auto marks = read_marks(reader, workspace, conversation.sid);
  if (!marks) return marks.error();
  const bool by_customer = who.type == "customer";
  std::int64_t& mark = by_customer ? marks->customer : marks->worker;
  index = std::min(index, conversation.messages);
  if (index <= mark) return std::optional<runtime::RecordChange>();
  mark = index;
  // A customer never learns of notes, not even by their index: the last message they could see is what they have read.
  auto rows = reader.query(
      store::Sql::dynamic(std::string(kSelectMessage) +
                          " WHERE workspace_id = ?1 AND conversation_sid = ?2 AND message_index <= ?3" +
                          (by_customer ? " AND internal = 0" : "") + " ORDER BY message_index DESC LIMIT 1"),
      {workspace, conversation.sid, index});
  if (!rows) return rows.error();
  runtime::RecordChange change;
  change.workspace = workspace;
  change.sid = conversation.sid.str();
  change.change.statements.push_back(put_read_mark(workspace, conversation.sid, by_customer, index, now));
  if (!rows->empty()) change.events.push_back(read_event(read_message((*rows)[0]), *marks, who));
  return std::optional(std::move(change));
}

namespace {

void mark_read(Call call) {
  auto sid = call.request.sid<ConversationId>("sid");
  if (!sid) return call.fail(sid.error());
  auto body = call.body();
  if (!body) return call.fail(body.error());
  http::Fields in(*body);
  const std::int64_t index = in.required_int("index", 0, std::numeric_limits<std::int64_t>::max());
  if (auto fine = in.finish(); !fine) return call.fail(fine.error());
  door::with_reader(std::move(call), [sid = *sid, index](Call held, store::Reader& reader) {
    auto found = seen_conversation(reader, held, sid);
    if (!found) return held.fail(found.error());
    auto change =
        decide_read(reader, held.workspace(), *found, speaker_of(held.caller()), index, held.services->clock.now());
    if (!change) return held.fail(change.error());
    if (!*change) return door::read_one(std::move(held), detail_row, sid.str());
    door::change(std::move(held), **std::move(change), {.row = detail_row, .sid = sid.str()});
  });
}

// Which contact an ending means: the caller's own, else the newest whose customer is there.
Result<void> prepare_end(const runtime::View& view, const door::Caller& caller, ConversationId sid,
                         workspace::Command& command) {
  const ContactRecord* chosen = nullptr;
  bool is_own = false;
  for (const ContactRecord* contact : view.state.conversations().contacts()) {
    if (contact->conversation_sid != sid || contact->customer_ended_at.us != 0) continue;
    const bool own = caller.worker && std::find(contact->workers.begin(), contact->workers.end(), caller.worker) !=
                                          contact->workers.end();
    if (own || !is_own) chosen = contact, is_own = own;
  }
  if (!chosen) return Error(ErrorCode::kStateForbids, "the conversation has no open contact; there is nothing to end");
  if (!is_own && caller.is_agent_only())
    return Error(ErrorCode::kForbidden, "only who has a task of this conversation, or a supervisor, ends it");
  const events::Reason reason = caller.kind == door::Caller::Kind::api_key ? events::Reason::by_api
                                : is_own                                   ? events::Reason::by_worker
                                                                           : events::Reason::by_supervisor;
  command = Command{EndContact{chosen->sid, reason}};
  return {};
}

void end_conversation(Call call) {
  auto sid = call.request.sid<ConversationId>("sid");
  if (!sid) return call.fail(sid.error());
  door::with_reader(std::move(call), [sid = *sid](Call held, store::Reader& reader) {
    auto found = seen_conversation(reader, held, sid);
    if (!found) return held.fail(found.error());
    door::Answer answer{.row = detail_row, .sid = sid.str()};
    answer.prepare = [sid, who = held.who](const runtime::View& view, workspace::Command& command) {
      return prepare_end(view, *who, sid, command);
    };
    door::change(std::move(held), workspace::Tick{}, std::move(answer));
  });
}

}  // namespace

void add_conversation_routes(door::Api& api, const RestGiven& given) {
  api.on("list_conversations", list_conversations);
  api.on("get_conversation", get_conversation);
  api.on("set_typing", [given](Call call) { set_typing(std::move(call), given); });
  api.on("mark_read", mark_read);
  api.on("end_conversation", end_conversation);
}

void add_routes(door::Api& api, const RestGiven& given) {
  add_conversation_routes(api, given);
  add_message_routes(api, given);
  add_transfer_route(api);
  add_contact_routes(api);
}

}  // namespace carillon::conversations
