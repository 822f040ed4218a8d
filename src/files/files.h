// Files: what was attached to messages: a row each, and the bytes in DATA/files named by their SHA-256.
//
// What:    rows, and how they go out. Equal bytes are kept once. A file is its maker's until a message carries it; then it is
//          the conversation's, and the customer's too when the message is no note.
// Thread:  any; what takes a Reader blocks (pool).
// Limits:  25 MiB a file; names 255 and content types 128 characters.
// Example:
//   auto file = find_file(reader, workspace, sid);
//   if (*file && (*file)->conversation_sid == mine) ...
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/ids.h"
#include "base/result.h"
#include "base/time.h"
#include "runtime/events.h"
#include "store/reader.h"
#include "store/writer.h"

namespace carillon::files {

inline constexpr std::size_t kMaxFileBytes = 25 << 20;

struct FileRow {
  FileId sid;
  std::string name;
  std::string content_type;
  std::int64_t size = 0;
  std::string sha256;
  runtime::Actor created_by;
  Instant created_at;
  ConversationId conversation_sid{};  // once a message carries it
  bool shared = false;                // a message that the customer sees carries it
};

// What a message says of a file.
struct Attachment {
  FileId sid;
  std::string name;
  std::string content_type;
  std::int64_t size = 0;
};

Result<std::optional<FileRow>> find_file(store::Reader& reader, WorkspaceId workspace, FileId sid);
store::Statement insert_file(WorkspaceId workspace, const FileRow& row);
// A message carries it.
store::Statement attach_file(WorkspaceId workspace, FileId sid, ConversationId conversation, bool shared);

// The files of a new message, in order. Errors: kInvalidValue (field /attachment_sids/N) for what is not there, is another
// visitor's, or hangs in another conversation. `maker`: only files of this actor (a visitor's), "" any.
Result<std::vector<Attachment>> attachments_for(store::Reader& reader, WorkspaceId workspace,
                                                const std::vector<FileId>& sids, std::string_view maker,
                                                ConversationId conversation);

// The contract's File, and its Attachments as a JSON list.
void render(std::string& out, const FileRow& row);
std::string render_list(const std::vector<Attachment>& attachments);

}  // namespace carillon::files
