#include "files/rest.h"

#include <algorithm>

#include "door/configuration.h"
#include "secrets/secrets.h"

namespace carillon::files {
namespace {

using door::Call;

Error no_such_file(std::string_view sid) {
  return Error(ErrorCode::kNotFound, "found no file " + std::string(sid)).at("sid");
}

// "image/png": what a client may call it, without anything that could end the header.
std::string content_type_of(const http::Request& request) {
  std::string_view type = request.header("Content-Type");
  while (type.ends_with(' ')) type.remove_suffix(1);
  const bool fine = !type.empty() && type.size() <= 128 && type.find('/') != std::string_view::npos &&
                    std::all_of(type.begin(), type.end(), [](char c) { return c >= ' ' && c < 127; });
  return fine ? std::string(type) : "application/octet-stream";
}

Result<FileRow> seen_file(store::Reader& reader, const Call& call, const RestGiven& given, FileId sid) {
  auto file = find_file(reader, call.workspace(), sid);
  if (!file) return file.error();
  if (!*file) return no_such_file(sid.str());
  if (!call.caller().is_agent_only() || (*file)->created_by.sid == call.caller().actor().sid) return **std::move(file);
  if (!(*file)->conversation_sid) return no_such_file(sid.str());
  auto seen = given.sees(reader, call, (*file)->conversation_sid);
  if (!seen) return seen.error();
  if (!*seen) return no_such_file(sid.str());
  return **std::move(file);
}

void get_file(Call call, const RestGiven& given) {
  auto sid = call.request.sid<FileId>("sid");
  if (!sid) return call.fail(sid.error());
  door::read(std::move(call), [given, sid = *sid](store::Reader& reader, const Call& held) -> Result<http::Response> {
    auto file = seen_file(reader, held, given, sid);
    if (!file) return file.error();
    std::string json;
    render(json, *file);
    return http::Response::json_text(200, std::move(json));
  });
}

void get_file_content(Call call, const RestGiven& given) {
  auto sid = call.request.sid<FileId>("sid");
  if (!sid) return call.fail(sid.error());
  door::read(std::move(call), [given, sid = *sid](store::Reader& reader, const Call& held) -> Result<http::Response> {
    auto file = seen_file(reader, held, given, sid);
    if (!file) return file.error();
    return content_of(*given.store, *file);
  });
}

}  // namespace

Result<door::Rendered> file_row(store::Reader& reader, WorkspaceId workspace, const std::string& sid) {
  const auto id = FileId::parse(sid);
  auto file = find_file(reader, workspace, id.value_or(FileId{}));
  if (!file) return file.error();
  if (!*file) return no_such_file(sid);
  door::Rendered out;
  render(out.json, **file);
  return out;
}

http::Response content_of(const FileStore& store, const FileRow& file) {
  return http::Response::file(store.path(file.sha256), file.content_type, file.name)
      .header("Content-Security-Policy", "default-src 'none'; sandbox")
      .header("Cache-Control", "private, max-age=31536000, immutable");
}

door::OnOptions upload_options(std::shared_ptr<FileStore> store) {
  door::OnOptions options;
  options.max_body_bytes = kMaxFileBytes;
  options.sink = [store](const http::Request&) -> Result<std::unique_ptr<http::BodySink>> {
    return std::unique_ptr<http::BodySink>(store->begin());
  };
  return options;
}

void take_upload(Call call, const std::string& location) {
  http::QueryFields query(call.request.query);
  const std::string name = query.required_string("name", 1, 255);
  const bool plain =
      std::none_of(name.begin(), name.end(), [](char c) { return static_cast<unsigned char>(c) < ' ' || c == 127; });
  if (!plain)
    query.fault("name", ErrorCode::kInvalidValue, "found control characters in the name",
                "a file's name as people write it");
  if (auto fine = query.finish(); !fine) return call.fail(fine.error());
  auto* upload = static_cast<Upload*>(call.request.sink.get());
  if (!upload || upload->sha256().empty())
    return call.fail(Error(ErrorCode::kMalformedRequest, "found no body; send the file's bytes"));
  FileRow row{.sid = secrets::random_id<FileId>(),
              .name = name,
              .content_type = content_type_of(call.request),
              .size = upload->size(),
              .sha256 = upload->sha256(),
              .created_by = call.caller().actor(),
              .created_at = call.services->clock.now()};
  call.request.sink.reset();
  runtime::RecordChange change;
  change.workspace = call.workspace();
  change.sid = row.sid.str();
  change.change.statements.push_back(insert_file(call.workspace(), row));
  door::change(std::move(call), std::move(change), {.status = 201, .row = file_row, .location = location});
}

void add_routes(door::Api& api, const RestGiven& given) {
  api.on(
      "create_file", [](Call call) { take_upload(std::move(call), "/api/v1/files/"); }, upload_options(given.store));
  api.on("get_file", [given](Call call) { get_file(std::move(call), given); });
  api.on("get_file_content", [given](Call call) { get_file_content(std::move(call), given); });
}

}  // namespace carillon::files
