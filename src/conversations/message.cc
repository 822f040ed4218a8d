#include "conversations/message.h"

#include "runtime/json_out.h"

namespace carillon::conversations {
namespace {

constexpr store::Sql kInsert =
    "INSERT INTO messages (workspace_id, sid, conversation_sid, contact_sid, message_index, at, channel, author_type, "
    "author_sid, author_name, internal, text, attachments, client_message_id) "
    "VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14)";
constexpr store::Sql kPutMark =
    "INSERT INTO read_marks (workspace_id, conversation_sid, side, message_index, at) VALUES (?1, ?2, ?3, ?4, ?5) "
    "ON CONFLICT (workspace_id, conversation_sid, side) DO UPDATE SET message_index = excluded.message_index, "
    "at = excluded.at WHERE excluded.message_index > read_marks.message_index";

}  // namespace

const std::string_view kSelectMessage =
    "SELECT sid, conversation_sid, contact_sid, message_index, at, channel, author_type, author_sid, author_name, "
    "internal, "
    "text, attachments, client_message_id FROM messages";

store::Statement insert_message(WorkspaceId workspace, const MessageRow& row) {
  return {kInsert,
          store::Params::of(workspace, row.sid, row.conversation_sid, row.contact_sid, row.index, row.at, row.channel,
                            row.author_type, row.author_sid, row.author_name, row.internal ? 1 : 0, row.text,
                            row.attachments,
                            row.client_message_id.empty() ? store::Value() : store::Value(row.client_message_id))};
}

MessageRow read_message(const store::Row& row) {
  return {.sid = row.id<MessageId>(0),
          .conversation_sid = row.id<ConversationId>(1),
          .contact_sid = row.id<ContactId>(2),
          .index = row.integer(3),
          .at = row.instant(4),
          .channel = row.str(5),
          .author_type = row.str(6),
          .author_sid = row.str(7),
          .author_name = row.str(8),
          .internal = row.flag(9),
          .text = row.str(10),
          .attachments = row.str(11),
          .client_message_id = std::string(row.opt_text(12).value_or(""))};
}

Result<ReadMarks> read_marks(store::Reader& reader, WorkspaceId workspace, ConversationId conversation) {
  auto rows =
      reader.query("SELECT side, message_index FROM read_marks WHERE workspace_id = ?1 AND conversation_sid = ?2",
                   {workspace, conversation});
  if (!rows) return rows.error();
  ReadMarks marks;
  for (const auto row : *rows) (row.text(0) == "customer" ? marks.customer : marks.worker) = row.integer(1);
  return marks;
}

store::Statement put_read_mark(WorkspaceId workspace, ConversationId conversation, bool by_customer, std::int64_t index,
                               Instant at) {
  return {kPutMark, store::Params::of(workspace, conversation, by_customer ? "customer" : "worker", index, at)};
}

std::string_view status_of(const MessageRow& row, const ReadMarks& marks) {
  const std::int64_t read = row.author_type == "customer" ? marks.worker : marks.customer;
  return !row.internal && read >= row.index ? "read" : "sent";
}

void render_author(std::string& out, std::string_view type, std::string_view sid, std::string_view display_name) {
  runtime::JsonOut json(out);
  json.text("type", type).text_or_null("sid", sid).text("display_name", display_name);
  json.end();
}

void render(std::string& out, const MessageRow& row, const ReadMarks& marks) {
  runtime::JsonOut json(out);
  json.id("sid", row.sid).id("conversation_sid", row.conversation_sid).id("contact_sid", row.contact_sid);
  json.number("index", row.index).time("at", row.at).text("channel", row.channel).key("author");
  render_author(out, row.author_type, row.author_sid, row.author_name);
  json.flag("internal", row.internal).text("text", row.text).raw("attachments", row.attachments);
  json.text_or_null("client_message_id", row.client_message_id).text("status", status_of(row, marks));
  json.end();
}

}  // namespace carillon::conversations
