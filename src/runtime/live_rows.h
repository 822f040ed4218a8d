// LiveRows: a workspace's live rows, read from the database: what starting and checkpoints begin with.
//
// Thread: any; blocks (never the brain). Take a snapshot around it when somebody may be committing.
// Errors: kNotFound (no such workspace), kStore, kInternal (a row that cannot be read).
// Example:
//   Result<Loaded> loaded = read_workspace(reader, ws);
//   auto state = std::make_unique<workspace::State>();
//   if (auto fine = state->load(std::move(loaded->rows)); !fine) return fine.error();
#pragma once

#include <optional>
#include <vector>

#include "store/reader.h"
#include "workspace/core/state.h"

namespace carillon::runtime {

// Where a workspace stands: the row every commit of it writes.
struct Head {
  WorkspaceId workspace;
  std::int64_t epoch = 0;
  std::int64_t last_entry = 0;
  Instant last_now;
  std::int64_t position = 0;
};

struct Loaded {
  Head head;
  workspace::Rows rows;
};

Result<std::optional<Head>> read_head(store::Reader& reader, WorkspaceId workspace);
Result<std::vector<Head>> read_heads(store::Reader& reader);  // all, by workspace
Result<Loaded> read_workspace(store::Reader& reader, WorkspaceId workspace);

}  // namespace carillon::runtime
