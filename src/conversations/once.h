// Once: of all who want to do the same thing, one does it at a time; the others look again when it is done.
//
// Why:     a row may be written only after looking that it is not there, and the database must never be the one to refuse it:
//          a refused statement fails the batch of a whole workspace.
// Owns:    the tickets given out and who waits for them. Thread: any; short locks. `again` runs on the thread that lets the
//          ticket go and must be tiny (it posts).
// Limits:  waiters are requests that were let in, so they are bounded by whoever lets them in.
// Example:
//   auto ticket = once.begin(key, [this, call] { retry(call); });
//   if (!ticket) return;                 // somebody is at it: we are called again
//   ... look, write, keep `ticket` alive until it is committed ...
#pragma once

#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <unordered_map>
#include <vector>

namespace carillon::conversations {

class Once {
 public:
  using Ticket = std::shared_ptr<void>;

  // The ticket, which ends with its last copy; null when somebody has it and `again` will be called.
  Ticket begin(const std::string& key, std::function<void()> again) {
    {
      std::lock_guard held(shared_->mutex);
      const auto [it, is_first] = shared_->waiting.try_emplace(key);
      if (!is_first) {
        it->second.push_back(std::move(again));
        return nullptr;
      }
    }
    return Ticket(shared_.get(), [shared = shared_, key](void*) { shared->end(key); });
  }

 private:
  struct Shared {
    std::mutex mutex;
    std::unordered_map<std::string, std::vector<std::function<void()>>> waiting;

    void end(const std::string& key) {
      std::vector<std::function<void()>> next;
      {
        std::lock_guard held(mutex);
        const auto it = waiting.find(key);
        next = std::move(it->second);
        waiting.erase(it);
      }
      for (auto& again : next) again();
    }
  };
  std::shared_ptr<Shared> shared_ = std::make_shared<Shared>();
};

}  // namespace carillon::conversations
