// RandomLoad: random but repeatable work for a workspace: tasks, chats, offers taken and refused, breaks, lost browsers.
//
// What:   each act() submits one command, chosen by the seed and by what the state holds; it remembers what was
//         acknowledged and what became of it. verify() then looks into the rows: all of it is there, once.
// Thread: the test's.
// Example:
//   RandomLoad load(world, ws, 42);
//   for (int i = 0; i < 100; ++i) load.act();
//   load.verify();
#pragma once

#include <map>
#include <random>
#include <set>
#include <string>
#include <vector>

#include "runtime/testing/world.h"

namespace carillon::runtime::testing {

class RandomLoad {
 public:
  RandomLoad(TestWorld& world, WorkspaceId workspace, std::uint64_t seed);

  // Makes the workers; call once while nothing fails.
  void furnish(int workers);
  // Submits something; its answer comes when the world is stepped.
  void act();
  // What was acknowledged is in the rows once, and nothing else but what nobody was told.
  void verify();

  std::size_t acknowledged() const { return acknowledged_.size(); }
  std::size_t failed() const { return failed_; }

 private:
  struct Acknowledged {
    std::int64_t position = 0;
    std::string sid;
    std::string message;  // of a posted message: its companion row
  };
  void send(workspace::Command command, std::string message = {});
  workspace::Command choose();
  std::size_t pick(std::size_t count) { return count == 0 ? 0 : random_() % count; }

  TestWorld& world_;
  const WorkspaceId workspace_;
  std::mt19937_64 random_;
  std::vector<WorkerId> workers_;
  std::map<std::int64_t, Acknowledged> acknowledged_;  // by entry
  std::size_t failed_ = 0;
  std::uint64_t messages_ = 0;
};

}  // namespace carillon::runtime::testing
