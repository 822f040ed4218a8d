// DeadRows: what the rows of a server say of its last moments, and what it was told when it came back.
//
// What:   law 5's inputs (alive_at, the last entry's now) read between two runs, and the Restarted entries of the journal. The
//         database is opened for reading only: what the next server finds is what the last one left.
// Why:    the API tells deadlines, not why they moved; these rows say by how much they had to.
// Owns:   nothing between calls. Thread: one at a time.
// Errors: give_up() when the database cannot be read.
// Example:
//   const Dead dead = read_dead(folder);           // nobody runs
//   ... start ...
//   for (const Restart& r : restarts_after(folder, dead.last_entry)) ...
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/time.h"

namespace carillon::bench {

struct Dead {
  Instant alive_at, last_now;
  std::int64_t last_entry = 0;
  Instant last_seen() const { return std::max(alive_at, last_now); }
};

struct Restart {
  std::int64_t entry = 0;
  Instant now;
  Duration down_for;
};

// Of the one workspace of a demo.
Dead read_dead(const std::string& folder);
std::vector<Restart> restarts_after(const std::string& folder, std::int64_t entry);

// Where law 5 puts what was due `at` after these restarts; offers have at least ten seconds more.
Instant moved(Instant at, const std::vector<Restart>& restarts);
Instant moved_offer(Instant at, const std::vector<Restart>& restarts);

}  // namespace carillon::bench
