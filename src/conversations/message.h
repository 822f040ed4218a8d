// A message's row and how it goes out.
//
// What:    bodies are rows that commit with the entry that posted them; no decision reads them.
// Thread:  any. Texts are UTF-8 without U+0000.
// Limits:  text 10,000 characters, 10 attachments, client_message_id 64 characters.
// Example:
//   companion.statements.push_back(insert_message(workspace, row));
//   render(out, row, marks);
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/ids.h"
#include "base/result.h"
#include "base/time.h"
#include "store/reader.h"
#include "store/writer.h"

namespace carillon::conversations {

inline constexpr std::size_t kMaxMessageText = 10'000;
inline constexpr std::size_t kMaxAttachments = 10;
inline constexpr std::size_t kMaxClientMessageId = 64;

struct MessageRow {
  MessageId sid;
  ConversationId conversation_sid;
  ContactId contact_sid;
  std::int64_t index = 0;  // 1 is the conversation's first
  Instant at;
  std::string channel;
  std::string author_type;  // customer, worker, system
  std::string author_sid;   // "": nobody in particular
  std::string author_name;
  bool internal = false;
  std::string text;
  std::string attachments = "[]";  // JSON list of Attachment
  std::string client_message_id;   // "": none
};

// How far each side has read.
struct ReadMarks {
  std::int64_t customer = 0;
  std::int64_t worker = 0;
};

store::Statement insert_message(WorkspaceId workspace, const MessageRow& row);

// "SELECT <columns> FROM messages" to which a WHERE is added; read_message takes such a row.
extern const std::string_view kSelectMessage;
MessageRow read_message(const store::Row& row);

Result<ReadMarks> read_marks(store::Reader& reader, WorkspaceId workspace, ConversationId conversation);
// Never moves a mark back.
store::Statement put_read_mark(WorkspaceId workspace, ConversationId conversation, bool by_customer, std::int64_t index,
                               Instant at);

// "read" once the other side has read so far, else "sent".
std::string_view status_of(const MessageRow& row, const ReadMarks& marks);
// The contract's Message.
void render(std::string& out, const MessageRow& row, const ReadMarks& marks);
// The contract's MessageAuthor.
void render_author(std::string& out, std::string_view type, std::string_view sid, std::string_view display_name);

}  // namespace carillon::conversations
