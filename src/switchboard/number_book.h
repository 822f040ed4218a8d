// NumberBook: which workspace's number an address is, over all workspaces of this server.
//
// Why:    whoever made a number may call it as soon as they have their answer, so the book is written on the committer's thread,
//         before answers go out, and not by a job of the board's.
// Thread: any; it has its own lock. Limits: those of calls' numbers.
// Example:
//   book.committed(workspace, position, numbers, deleted);   const auto found = book.find("+4930123456");
#pragma once

#include <cstdint>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "calls/core/records.h"

namespace carillon::switchboard {

struct Listed {
  WorkspaceId workspace;
  NumberId number;
  bool operator==(const Listed&) const = default;
};

class NumberBook {
 public:
  // What a commit changed; `position` is the workspace's.
  void committed(WorkspaceId workspace, std::int64_t position, const std::vector<calls::NumberRecord>& numbers,
                 const std::vector<NumberId>& deleted);
  // All of a workspace, as read at `position`. False when a commit has overtaken that: it is to be read anew.
  bool replace(WorkspaceId workspace, std::int64_t position, const std::vector<calls::NumberRecord>& numbers);
  // Of two workspaces with the same address the one listed first keeps it.
  std::optional<Listed> find(std::string_view address) const;
  // Empty where this workspace has no such number.
  std::string address_of(WorkspaceId workspace, NumberId number) const;
  std::size_t size() const;

 private:
  struct Known {
    WorkspaceId workspace;
    std::string address;
  };
  void put(WorkspaceId workspace, const calls::NumberRecord& number);
  void remove(NumberId number);

  mutable std::mutex mutex_;
  std::unordered_map<WorkspaceId, std::int64_t> positions_;
  std::unordered_map<NumberId, Known> by_number_;
  std::map<std::string, std::vector<Listed>, std::less<>> by_address_;
};

}  // namespace carillon::switchboard
