// Loading a workspace: its rows from one snapshot, made into state.
//
// Thread: any; blocks. Errors: kNotFound, kStore, kInternal (rows that contradict one another).
#pragma once

#include <memory>

#include "runtime/live_rows.h"
#include "store/reader.h"
#include "workspace/core/state.h"

namespace carillon::runtime {

struct LoadedState {
  Head head;
  std::unique_ptr<workspace::State> state;
};

Result<LoadedState> load_state(store::ReaderPool& readers, WorkspaceId workspace);

// Rows into state; a broken invariant is kInternal.
Result<std::unique_ptr<workspace::State>> state_of(workspace::Rows rows);

}  // namespace carillon::runtime
