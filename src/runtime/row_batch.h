// RowBatch: the row changes of some entries, each row once.
//
// What:   put() replaces an earlier change of the same row, because upserts write whole rows; deltas of intervals are
//         added up. So a group of entries that touch one worker forty times writes the worker once.
// Owns:   the statements. Thread: one at a time.
// Example:
//   batch.put_changes(ws, state, effects, now);
//   std::move(batch).into(change.statements, ws);
#pragma once

#include <cstdint>
#include <unordered_map>
#include <vector>

#include "metrics/core/fold.h"
#include "runtime/tables.h"
#include "store/writer.h"
#include "workspace/core/state.h"

namespace carillon::runtime {

// The settings that live in rows of their own; written when they differ from the last written ones.
struct WrittenSettings {
  std::optional<routing::Settings> routing;
  std::optional<conversations::Settings> conversations;
};

class RowBatch {
 public:
  // Everything an entry changed. Call right after apply(): the effects point into the state.
  void put_changes(WorkspaceId workspace, const workspace::State& state, const workspace::Effects& effects, Instant now,
                   WrittenSettings& written);

  // What came later is taken over what is here.
  void absorb(RowBatch&& later);

  // Moves all statements out, deltas last.
  void into(std::vector<store::Statement>& out, WorkspaceId workspace);

  bool empty() const { return statements_.empty() && deltas_.empty(); }
  std::size_t size() const { return statements_.size(); }
  std::uint64_t merged() const { return merged_; }

 private:
  struct Key {
    const void* table = nullptr;  // the table's name, or its address plus one for a deletion
    std::uint64_t hi = 0, lo = 0;
    bool operator==(const Key&) const = default;
  };
  struct KeyHash {
    std::size_t operator()(const Key& k) const {
      return k.lo ^ (k.hi * 0x9e3779b97f4a7c15ULL) ^ reinterpret_cast<std::uintptr_t>(k.table);
    }
  };

  template <class T>
  void put(WorkspaceId workspace, const T& record, std::uint64_t hi, std::uint64_t lo, Instant now);
  template <class T, class IdType>
  void remove(WorkspaceId workspace, const IdType& sid, Instant now);
  void put(const Key& key, store::Statement statement);

  std::vector<store::Statement> statements_;
  std::vector<Key> keys_;
  std::unordered_map<Key, std::size_t, KeyHash> index_;
  metrics::Deltas deltas_;
  std::uint64_t merged_ = 0;
};

}  // namespace carillon::runtime
