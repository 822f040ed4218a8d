// Messages: their list, one of them, and writing.
#include "conversations/post_message.h"
#include "conversations/rest.h"
#include "conversations/seen.h"
#include "door/configuration.h"

namespace carillon::conversations {
namespace {

using door::Call;

Result<door::Rendered> message_row(store::Reader& reader, WorkspaceId workspace, const std::string& sid) {
  auto rows = reader.query(store::Sql::dynamic(std::string(kSelectMessage) + " WHERE workspace_id = ?1 AND sid = ?2"),
                           {workspace, sid});
  if (!rows) return rows.error();
  if (rows->empty()) return Error(ErrorCode::kNotFound, "found no message " + sid).at("sid");
  const MessageRow message = read_message((*rows)[0]);
  auto marks = read_marks(reader, workspace, message.conversation_sid);
  if (!marks) return marks.error();
  door::Rendered out;
  render(out.json, message, *marks);
  return out;
}

void list_messages(Call call) {
  auto sid = call.request.sid<ConversationId>("sid");
  if (!sid) return call.fail(sid.error());
  http::QueryFields query(call.request.query);
  static constexpr std::string_view kOrders[] = {"asc", "desc"};
  const bool descending = query.optional_choice("order", kOrders).value_or(0) == 1;
  door::ListSql list(std::string(kSelectMessage), "message_index", "", descending);
  list.where("workspace_id = ", call.workspace()).where("conversation_sid = ", *sid);
  if (auto fine = list.page(query); !fine) return call.fail(fine.error());
  if (auto fine = query.finish(); !fine) return call.fail(fine.error());
  door::read(std::move(call), [list, sid = *sid](store::Reader& reader, const Call& held) -> Result<http::Response> {
    if (auto seen = seen_conversation(reader, held, sid); !seen) return seen.error();
    auto marks = read_marks(reader, held.workspace(), sid);
    if (!marks) return marks.error();
    auto rows = reader.query(list.sql(), list.params());
    if (!rows) return rows.error();
    door::PageWriter page(list);
    for (const auto row : *rows) {
      const MessageRow message = read_message(row);
      if (!page.add(message.index, "", [&](std::string& out) { render(out, message, *marks); })) break;
    }
    return page.finish();
  });
}

void get_message(Call call) {
  auto sid = call.request.sid<MessageId>("sid");
  if (!sid) return call.fail(sid.error());
  door::read(std::move(call), [sid = *sid](store::Reader& reader, const Call& held) -> Result<http::Response> {
    auto rows = reader.query("SELECT conversation_sid FROM messages WHERE workspace_id = ?1 AND sid = ?2",
                             {held.workspace(), sid});
    if (!rows) return rows.error();
    const bool seen = !rows->empty() && seen_conversation(reader, held, (*rows)[0].id<ConversationId>(0)).ok();
    if (!seen) return Error(ErrorCode::kNotFound, "found no message " + sid.str()).at("sid");
    auto rendered = message_row(reader, held.workspace(), sid.str());
    if (!rendered) return rendered.error();
    return http::Response::json_text(200, std::move(rendered->json));
  });
}

// What create_message was asked, once read.
struct Wanted {
  ConversationId conversation;
  std::string text;
  std::vector<FileId> attachments;
  bool internal = false;
  std::string client_message_id;
};

Result<Wanted> read_wanted(const Call& call) {
  auto sid = call.request.sid<ConversationId>("sid");
  if (!sid) return sid.error();
  auto body = call.body();
  if (!body) return body.error();
  http::Fields in(*body);
  Wanted out;
  out.conversation = *sid;
  out.text = in.optional_string("text", 0, kMaxMessageText).value_or("");
  out.attachments = in.optional_sids<FileId>("attachment_sids", 0, kMaxAttachments).value_or(std::vector<FileId>{});
  out.internal = in.optional_bool("internal").value_or(false);
  out.client_message_id = in.optional_string("client_message_id", 1, kMaxClientMessageId).value_or("");
  if (in.ok() && out.text.empty() && out.attachments.empty()) {
    in.fault("text", ErrorCode::kMissingField, "found neither text nor attachment; a message has one at least");
  }
  if (auto fine = in.finish(); !fine) return fine.error();
  return out;
}

// The message that this sender gave this name before. An API key speaks for any worker.
Result<std::string> said_before(store::Reader& reader, const Call& call, const Wanted& wanted) {
  std::string where =
      " WHERE workspace_id = ?1 AND conversation_sid = ?2 AND client_message_id = ?3 AND author_type = 'worker'";
  store::Params params{call.workspace(), wanted.conversation, wanted.client_message_id};
  if (call.caller().kind == door::Caller::Kind::user)
    params.emplace_back(call.caller().worker.str()), where += " AND author_sid = ?4";
  auto rows = reader.query(store::Sql::dynamic("SELECT sid FROM messages" + where), params);
  if (!rows) return rows.error();
  return rows->empty() ? std::string() : (*rows)[0].str(0);
}

void write(Call call, store::Reader& reader, const Wanted& wanted, std::shared_ptr<void> ticket) {
  auto attachments = files::attachments_for(reader, call.workspace(), wanted.attachments, "", wanted.conversation);
  if (!attachments) return call.fail(attachments.error());
  const door::Caller& who = call.caller();
  const bool is_key = who.kind == door::Caller::Kind::api_key;
  auto posting = begin_posting({.conversation = wanted.conversation,
                                .author = Author::worker,
                                .worker = who.worker,
                                .speaks_for_worker = is_key,
                                .author_name = who.display_name,
                                .internal = wanted.internal,
                                .text = wanted.text,
                                .attachments = *std::move(attachments),
                                .client_message_id = wanted.client_message_id});
  door::Answer answer{.status = 201, .row = message_row, .location = "/api/v1/messages/"};
  answer.prepare = [posting](const runtime::View& view, workspace::Command& command) {
    return prepare_post(*posting, view, command);
  };
  // The ticket ends with the answer: whoever says the same meanwhile looks again then.
  answer.companion = [posting, ticket, workspace = call.workspace()](const runtime::Applied& applied,
                                                                     runtime::Companion& companion) {
    companion_post(*posting, workspace, applied, companion);
  };
  answer.live = [posting](const runtime::Applied&, door::Rendered& out) {
    render(out.json, posting->row, {});
    return true;
  };
  door::change(std::move(call), workspace::Tick{}, std::move(answer));
}

void create_message(Call call, const RestGiven& given, const Wanted& wanted);

// On the pool.
void look_and_write(Call call, store::Reader& reader, const RestGiven& given, const Wanted& wanted) {
  auto seen = seen_conversation(reader, call, wanted.conversation);
  if (!seen) return call.fail(seen.error());
  if (wanted.client_message_id.empty()) return write(std::move(call), reader, wanted, nullptr);
  auto held = std::make_shared<Call>(std::move(call));
  const std::string key = "say|" + wanted.conversation.str() + "|" + wanted.client_message_id;
  auto ticket = given.once->begin(key, [held, given, wanted] { create_message(std::move(*held), given, wanted); });
  if (!ticket) return;
  auto before = said_before(reader, *held, wanted);
  if (!before) return held->fail(before.error());
  if (before->empty()) return write(std::move(*held), reader, wanted, std::move(ticket));
  auto rendered = message_row(reader, held->workspace(), *before);
  if (!rendered) return held->fail(rendered.error());
  const std::int64_t position = held->services->runtime.events().position(held->workspace());
  held->answer(door::with_position(
      http::Response::json_text(201, std::move(rendered->json)).location("/api/v1/messages/" + *before), position));
}

void create_message(Call call, const RestGiven& given, const Wanted& wanted) {
  door::with_reader(std::move(call), [given, wanted](Call held, store::Reader& reader) {
    look_and_write(std::move(held), reader, given, wanted);
  });
}

}  // namespace

void add_message_routes(door::Api& api, const RestGiven& given) {
  api.on("list_messages", list_messages);
  api.on("get_message", get_message);
  api.on("create_message", [given](Call call) {
    auto wanted = read_wanted(call);
    if (!wanted) return call.fail(wanted.error());
    create_message(std::move(call), given, *wanted);
  });
}

}  // namespace carillon::conversations
