// Do-not-call: the addresses that nobody in a workspace may call. Rows only: a list may have millions.
//
// Thread: is_listed() blocks (pool). Errors: kStore.
// Example:
//   auto listed = is_listed(reader, workspace, "+4930123456");
#pragma once

#include <string>

#include "base/ids.h"
#include "base/result.h"
#include "store/reader.h"

namespace carillon::calls {

// `address` as callable() (core/state.h) gives it.
Result<bool> is_listed(store::Reader& reader, WorkspaceId workspace, const std::string& address);

}  // namespace carillon::calls
