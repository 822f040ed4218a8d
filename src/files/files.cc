#include "files/files.h"

#include "runtime/json_out.h"

namespace carillon::files {
namespace {

constexpr store::Sql kInsert =
    "INSERT INTO files (workspace_id, sid, name, content_type, size, sha256, created_by_type, created_by_sid, "
    "created_by_name, created_at, conversation_sid, shared) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12)";
// What once hangs in a conversation stays there.
constexpr store::Sql kAttach =
    "UPDATE files SET conversation_sid = COALESCE(conversation_sid, ?3), "
    "shared = CASE WHEN ?4 = 1 THEN 1 ELSE shared END WHERE workspace_id = ?1 AND sid = ?2";

}  // namespace

Result<std::optional<FileRow>> find_file(store::Reader& reader, WorkspaceId workspace, FileId sid) {
  auto rows = reader.query(
      "SELECT name, content_type, size, sha256, created_by_type, created_by_sid, created_by_name, created_at, "
      "conversation_sid, shared FROM files WHERE workspace_id = ?1 AND sid = ?2",
      {workspace, sid});
  if (!rows) return rows.error();
  if (rows->empty()) return std::optional<FileRow>();
  const store::Row row = (*rows)[0];
  return std::optional<FileRow>(FileRow{.sid = sid,
                                        .name = row.str(0),
                                        .content_type = row.str(1),
                                        .size = row.integer(2),
                                        .sha256 = row.str(3),
                                        .created_by = {row.str(4), row.str(5), row.str(6)},
                                        .created_at = row.instant(7),
                                        .conversation_sid = row.id<ConversationId>(8),
                                        .shared = row.flag(9)});
}

store::Statement insert_file(WorkspaceId workspace, const FileRow& row) {
  return {kInsert, store::Params::of(workspace, row.sid, row.name, row.content_type, row.size, row.sha256,
                                     row.created_by.type, row.created_by.sid, row.created_by.display_name,
                                     row.created_at, row.conversation_sid, row.shared ? 1 : 0)};
}

store::Statement attach_file(WorkspaceId workspace, FileId sid, ConversationId conversation, bool shared) {
  return {kAttach, store::Params::of(workspace, sid, conversation, shared ? 1 : 0)};
}

Result<std::vector<Attachment>> attachments_for(store::Reader& reader, WorkspaceId workspace,
                                                const std::vector<FileId>& sids, std::string_view maker,
                                                ConversationId conversation) {
  std::vector<Attachment> out;
  for (std::size_t i = 0; i < sids.size(); ++i) {
    auto file = find_file(reader, workspace, sids[i]);
    if (!file) return file.error();
    const bool is_there = *file && (maker.empty() || (*file)->created_by.sid == maker) &&
                          ((*file)->conversation_sid.empty() || (*file)->conversation_sid == conversation);
    if (!is_there) {
      return Error(ErrorCode::kInvalidValue, "found no file " + sids[i].str() + " to attach; upload it first")
          .at("/attachment_sids/" + std::to_string(i));
    }
    out.push_back({sids[i], (*file)->name, (*file)->content_type, (*file)->size});
  }
  return out;
}

void render(std::string& out, const FileRow& row) {
  runtime::JsonOut json(out);
  json.id("sid", row.sid).text("name", row.name).text("content_type", row.content_type).number("size", row.size);
  json.text("sha256", row.sha256).key("created_by");
  runtime::JsonOut actor(out);
  actor.text("type", row.created_by.type).text_or_null("sid", row.created_by.sid);
  actor.text_or_null("display_name", row.created_by.display_name);
  actor.end();
  json.time("created_at", row.created_at).id("conversation_sid", row.conversation_sid);
  json.end();
}

std::string render_list(const std::vector<Attachment>& attachments) {
  std::string out = "[";
  for (const Attachment& one : attachments) {
    if (out.size() > 1) out += ',';
    runtime::JsonOut json(out);
    json.id("file_sid", one.sid).text("name", one.name).text("content_type", one.content_type).number("size", one.size);
    json.end();
  }
  return out + "]";
}

}  // namespace carillon::files
