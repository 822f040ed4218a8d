#include "runtime/load.h"

namespace carillon::runtime {

Result<std::unique_ptr<workspace::State>> state_of(workspace::Rows rows) {
  auto state = std::make_unique<workspace::State>();
  try {
    InvariantScope scope;
    if (auto loaded = state->load(std::move(rows)); !loaded) return loaded.error();
  } catch (const std::exception& broken) {
    return Error(ErrorCode::kInternal, std::string("the rows contradict one another: ") + broken.what());
  }
  return state;
}

Result<LoadedState> load_state(store::ReaderPool& readers, WorkspaceId workspace) {
  auto reader = readers.lease();
  if (!reader) return reader.error();
  auto snapshot = (*reader)->snapshot();
  if (!snapshot) return snapshot.error();
  auto loaded = read_workspace(**reader, workspace);
  if (!loaded) return loaded.error();
  auto state = state_of(std::move(loaded->rows));
  if (!state) return state.error();
  return LoadedState{loaded->head, std::move(*state)};
}

}  // namespace carillon::runtime
