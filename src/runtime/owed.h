// Owed: an answer that somebody waits for, counted until it is given.
//
// What:   an Account counts what one workspace has not answered yet and knows what of it is committed; the Ledger counts
//         for the whole process. Their limits are what makes every mailbox bounded: over them, kOverloaded at once.
// Owns:   an Owed its reply, which is called exactly once: by give(), or with kUnavailable when it is dropped.
// Thread: counters any; an Owed one at a time.
// Example:
//   auto owed = Owed::open(ledger, account, std::move(reply));   // nothing: over a limit, and answered
//   owed->give(Committed{...});
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <optional>

#include "runtime/stats.h"
#include "runtime/submission.h"

namespace carillon::runtime {

// Of the process; outlives all accounts.
struct Ledger {
  std::size_t limit = 0;
  std::size_t account_limit = 0;
  std::atomic<std::size_t> waiting{0};
  std::atomic<std::size_t> waiting_most{0};
  std::atomic<std::uint64_t> overloaded{0};
};

// Of one workspace (or of all record changes).
struct Account {
  explicit Account(std::size_t most) : limit(most) {}
  const std::size_t limit;
  std::atomic<std::size_t> waiting{0};
  // Written by the committer: newest committed journal entry and position.
  std::atomic<std::int64_t> committed_entry{0};
  std::atomic<std::int64_t> committed_position{0};
  // Written by the brain, for reports.
  std::atomic<WorkspaceStatus> status{WorkspaceStatus::loading};
  std::atomic<std::int64_t> applied_entry{0};
};
using AccountPtr = std::shared_ptr<Account>;

class Owed {
 public:
  // Answers kOverloaded and gives nothing when a limit is reached.
  static std::optional<Owed> open(Ledger& ledger, AccountPtr account, Reply reply);
  // For our own work, which is bounded otherwise: not counted.
  static Owed internal(Reply reply) { return Owed(nullptr, nullptr, std::move(reply)); }

  Owed(Owed&& other) noexcept;
  Owed& operator=(Owed&& other) noexcept;
  ~Owed();

  void give(Result<Committed> answer);
  bool given() const { return !reply_; }

 private:
  Owed(Ledger* ledger, AccountPtr account, Reply reply)
      : ledger_(ledger), account_(std::move(account)), reply_(std::move(reply)) {}

  Ledger* ledger_;
  AccountPtr account_;
  Reply reply_;
};

}  // namespace carillon::runtime
