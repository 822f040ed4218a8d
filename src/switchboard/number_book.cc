#include "switchboard/number_book.h"

#include <algorithm>

namespace carillon::switchboard {

void NumberBook::committed(WorkspaceId workspace, std::int64_t position,
                           const std::vector<calls::NumberRecord>& numbers, const std::vector<NumberId>& deleted) {
  std::lock_guard held(mutex_);
  for (const auto& number : numbers) put(workspace, number);
  for (const NumberId number : deleted) remove(number);
  positions_[workspace] = position;
}

bool NumberBook::replace(WorkspaceId workspace, std::int64_t position,
                         const std::vector<calls::NumberRecord>& numbers) {
  std::lock_guard held(mutex_);
  if (position < positions_[workspace]) return false;
  std::vector<NumberId> gone;
  for (const auto& [number, known] : by_number_) {
    const auto same = [&, &sid = number](const calls::NumberRecord& one) { return one.sid == sid; };
    if (known.workspace == workspace && std::none_of(numbers.begin(), numbers.end(), same)) gone.push_back(number);
  }
  for (const NumberId number : gone) remove(number);
  for (const auto& number : numbers) put(workspace, number);
  return true;
}

void NumberBook::put(WorkspaceId workspace, const calls::NumberRecord& number) {
  const auto known = by_number_.find(number.sid);
  if (known != by_number_.end() && known->second.address == number.address) return;
  remove(number.sid);
  by_number_[number.sid] = {workspace, number.address};
  by_address_[number.address].push_back({workspace, number.sid});
}

void NumberBook::remove(NumberId number) {
  const auto known = by_number_.find(number);
  if (known == by_number_.end()) return;
  const auto listed = by_address_.find(known->second.address);
  std::erase_if(listed->second, [&](const Listed& one) { return one.number == number; });
  if (listed->second.empty()) by_address_.erase(listed);
  by_number_.erase(known);
}

std::optional<Listed> NumberBook::find(std::string_view address) const {
  std::lock_guard held(mutex_);
  const auto found = by_address_.find(address);
  return found == by_address_.end() ? std::nullopt : std::optional(found->second.front());
}

std::size_t NumberBook::size() const {
  std::lock_guard held(mutex_);
  return by_number_.size();
}

std::string NumberBook::address_of(WorkspaceId workspace, NumberId number) const {
  const auto known = by_number_.find(number);
  return known != by_number_.end() && known->second.workspace == workspace ? known->second.address : std::string();
}

}  // namespace carillon::switchboard
