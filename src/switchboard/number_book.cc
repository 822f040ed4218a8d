#include "switchboard/number_book.h"

#include <algorithm>

namespace carillon::switchboard {

void NumberBook::put(WorkspaceId workspace, const calls::NumberRecord& number) {
  const auto known = by_number_.find(number.sid);
  if (known != by_number_.end() && known->second.address == number.address) return;
  remove(workspace, number.sid);
  by_number_[number.sid] = {workspace, number.address};
  by_address_[number.address].push_back({workspace, number.sid});
}

void NumberBook::remove(WorkspaceId, NumberId number) {
  const auto known = by_number_.find(number);
  if (known == by_number_.end()) return;
  const auto listed = by_address_.find(known->second.address);
  std::erase_if(listed->second, [&](const Listed& one) { return one.number == number; });
  if (listed->second.empty()) by_address_.erase(listed);
  by_number_.erase(known);
}

void NumberBook::forget(WorkspaceId workspace) {
  std::vector<NumberId> gone;
  for (const auto& [number, known] : by_number_) {
    if (known.workspace == workspace) gone.push_back(number);
  }
  for (const NumberId number : gone) remove(workspace, number);
}

const Listed* NumberBook::find(std::string_view address) const {
  const auto found = by_address_.find(address);
  return found == by_address_.end() ? nullptr : &found->second.front();
}

std::string NumberBook::address_of(WorkspaceId workspace, NumberId number) const {
  const auto known = by_number_.find(number);
  return known != by_number_.end() && known->second.workspace == workspace ? known->second.address : std::string();
}

}  // namespace carillon::switchboard
