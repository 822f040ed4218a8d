// Tasks and what belongs to them, for the evidence of a contact: from rows, or from the state an entry has just left.
//
// Thread: what takes a Reader blocks (pool); render_live runs on the brain. Errors: kStore.
// Example:
//   auto tasks = read_where<routing::TaskRecord>(reader, "workspace_id = ?1 AND contact_sid = ?2", {workspace, contact});
#pragma once

#include <string>
#include <vector>

#include "routing/core/records.h"
#include "runtime/resource_render.h"
#include "runtime/submission.h"
#include "runtime/tables.h"
#include "store/reader.h"

namespace carillon::conversations {

template <class Record>
Result<std::vector<Record>> read_where(store::Reader& reader, const std::string& where, const store::Params& params) {
  std::vector<Record> out;
  const std::string text = "SELECT " + std::string(runtime::columns_of<Record>()) + " FROM " +
                           std::string(runtime::Table<Record>::kName) + " WHERE " + where;
  auto read = reader.each(store::Sql::dynamic(text), params, [&](const store::Row& row) -> Result<void> {
    auto record = runtime::read_row<Record>(row);
    if (!record) return record.error();
    out.push_back(*std::move(record));
    return {};
  });
  if (!read) return read.error();
  return out;
}

// The task with what its own reservation adds. False: not there.
Result<bool> append_task_row(std::string& out, store::Reader& reader, const runtime::Names& names,
                             WorkspaceId workspace, TaskId sid);
bool append_task_live(std::string& out, const runtime::Applied& applied, TaskId sid);

}  // namespace carillon::conversations
