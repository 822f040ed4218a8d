// NumberBook: which workspace's number an address is, over all workspaces of this server.
//
// Thread: one. Limits: those of calls' numbers.
// Example:
//   book.put(workspace, number);   const Listed* found = book.find("+4930123456");
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <unordered_map>

#include "calls/core/records.h"

namespace carillon::switchboard {

struct Listed {
  WorkspaceId workspace;
  NumberId number;
  bool operator==(const Listed&) const = default;
};

class NumberBook {
 public:
  void put(WorkspaceId workspace, const calls::NumberRecord& number);
  void remove(WorkspaceId workspace, NumberId number);
  // All of a workspace: what it has is then said anew.
  void forget(WorkspaceId workspace);
  // Of two workspaces with the same address the one listed first keeps it.
  const Listed* find(std::string_view address) const;
  // Empty where this workspace has no such number.
  std::string address_of(WorkspaceId workspace, NumberId number) const;
  std::size_t size() const { return by_number_.size(); }

 private:
  struct Known {
    WorkspaceId workspace;
    std::string address;
  };
  std::unordered_map<NumberId, Known> by_number_;
  std::map<std::string, std::vector<Listed>, std::less<>> by_address_;
};

}  // namespace carillon::switchboard
