// Files over HTTP: up, down, and what they are (spec/paths/files.yaml).
//
// Rules:  an agent sees files they brought and those of conversations they see; others are not_found. What is downloaded is always
//         saved, never shown: bytes of strangers do not run on our origin.
// Thread: add_routes() while the server is set up; handlers run on net threads and never block.
// Example:
//   files::add_routes(api, {store, [](store::Reader& reader, const door::Call& call, ConversationId sid) { ... }});
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "door/api.h"
#include "files/file_store.h"
#include "files/files.h"

namespace carillon::files {

struct RestGiven {
  std::shared_ptr<FileStore> store;
  // Whether the caller sees the conversation. Blocks (pool).
  std::function<Result<bool>(store::Reader&, const door::Call&, ConversationId)> sees;
};

void add_routes(door::Api& api, const RestGiven& given);

// Route options of an upload.
door::OnOptions upload_options(std::shared_ptr<FileStore> store);
// Makes the row of an upload that has come and answers 201 with the File. `location` is followed by the sid.
void take_upload(door::Call call, const std::string& location);
Result<door::Rendered> file_row(store::Reader& reader, WorkspaceId workspace, const std::string& sid);
// The bytes, to be saved.
http::Response content_of(const FileStore& store, const FileRow& file);

}  // namespace carillon::files
