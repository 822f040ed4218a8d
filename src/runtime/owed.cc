#include "runtime/owed.h"

namespace carillon::runtime {

std::optional<Owed> Owed::open(Ledger& ledger, AccountPtr account, Reply reply) {
  const std::size_t all = ledger.waiting.fetch_add(1) + 1;
  const std::size_t mine = account->waiting.fetch_add(1) + 1;
  if (all > ledger.limit || mine > account->limit) {
    ledger.waiting.fetch_sub(1);
    account->waiting.fetch_sub(1);
    ledger.overloaded.fetch_add(1, std::memory_order_relaxed);
    if (reply) {
      reply(Error(ErrorCode::kOverloaded, "too many requests are waiting for their answer; try again in a moment"));
    }
    return std::nullopt;
  }
  std::size_t most = ledger.waiting_most.load(std::memory_order_relaxed);
  while (all > most && !ledger.waiting_most.compare_exchange_weak(most, all, std::memory_order_relaxed)) {
  }
  if (!reply) reply = [](Result<Committed>) {};
  return Owed(&ledger, std::move(account), std::move(reply));
}

Owed::Owed(Owed&& other) noexcept
    : ledger_(other.ledger_), account_(std::move(other.account_)), reply_(std::exchange(other.reply_, nullptr)) {}

Owed& Owed::operator=(Owed&& other) noexcept {
  if (this != &other) {
    Owed dying(std::move(*this));
    ledger_ = other.ledger_;
    account_ = std::move(other.account_);
    reply_ = std::exchange(other.reply_, nullptr);
  }
  return *this;
}

Owed::~Owed() {
  if (reply_) give(Error(ErrorCode::kUnavailable, "the server stopped before this was done; ask again"));
}

void Owed::give(Result<Committed> answer) {
  const Reply reply = std::exchange(reply_, nullptr);
  if (!reply) return;
  if (account_) {
    account_->waiting.fetch_sub(1);
    ledger_->waiting.fetch_sub(1);
  }
  reply(std::move(answer));
}

}  // namespace carillon::runtime
