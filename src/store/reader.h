// Reader and ReaderPool: reading what is committed.
//
// What:   a Reader is one read-only connection. query() answers all rows, each() calls back row by row and is right for
//         millions. snapshot() makes several queries see the same instant. The pool lends Readers, bounded in number.
// Thread: a Reader serves one thread at a time; the pool any. Both may block: use them on pool threads, never on brain
//         or net.
// Errors: kStore (the driver's message), kStore after the time limit, kOverloaded (no reader became free in time),
//         kLimit (more rows than query() may hold), kInvalidUtf8 (a parameter).
// Limits: StoreOptions: readers, lease_wait, read_time_limit, max_result_bytes.
// Sees:   committed data only; without a snapshot, each query sees everything committed before it began.
// Example:
//   Result<ReaderLease> reader = store.readers().lease();
//   if (!reader) return reader.error();
//   Result<Rows> rows = (*reader)->query("SELECT sid, name FROM queue WHERE workspace_id = ?1 ORDER BY name", {ws});
#pragma once

#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <vector>

#include "base/result.h"
#include "store/rows.h"
#include "store/sql.h"
#include "store/value.h"

namespace carillon::store {

class Reader;

// Called once a row; an error stops the query and is what each() answers.
using RowVisitor = std::function<Result<void>(const Row&)>;

// While it lives, its Reader's queries see the database as it was when the snapshot was taken.
class Snapshot {
 public:
  explicit Snapshot(Reader& reader) : reader_(&reader) {}
  Snapshot(Snapshot&& o) noexcept : reader_(std::exchange(o.reader_, nullptr)) {}
  Snapshot& operator=(Snapshot&&) = delete;
  ~Snapshot();

 private:
  Reader* reader_;
};

class Reader {
 public:
  virtual ~Reader() = default;

  virtual Result<Rows> query(const Sql& sql, const Params& params = {}) = 0;
  // Not bound by read_time_limit nor max_result_bytes. The visitor must not use this Reader.
  virtual Result<void> each(const Sql& sql, const Params& params, const RowVisitor& visit) = 0;
  // At most one at a time. Keep it short: on SQLite the log cannot be reused while an old snapshot lives.
  Result<Snapshot> snapshot();

 protected:
  friend class Snapshot;
  virtual Result<void> begin_snapshot() = 0;
  virtual void end_snapshot() = 0;
  // False when the connection is broken: the pool then drops it.
  virtual bool usable() const { return true; }
  friend class ReaderPool;
};

class ReaderPool;

// One borrowed Reader; goes back on destruction.
class ReaderLease {
 public:
  ReaderLease(ReaderPool& pool, std::unique_ptr<Reader> reader) : pool_(&pool), reader_(std::move(reader)) {}
  ReaderLease(ReaderLease&& o) noexcept : pool_(o.pool_), reader_(std::move(o.reader_)) {}
  ReaderLease& operator=(ReaderLease&&) = delete;
  ~ReaderLease();

  Reader* operator->() const { return reader_.get(); }
  Reader& operator*() const { return *reader_; }

 private:
  ReaderPool* pool_;
  std::unique_ptr<Reader> reader_;
};

class ReaderPool {
 public:
  using Connect = std::function<Result<std::unique_ptr<Reader>>()>;

  // Connections are made when first needed and kept. The pool must outlive its leases.
  ReaderPool(int most, Duration lease_wait, Connect connect);
  ~ReaderPool();
  ReaderPool(const ReaderPool&) = delete;
  ReaderPool& operator=(const ReaderPool&) = delete;

  // Waits up to lease_wait for a free reader, then kOverloaded.
  Result<ReaderLease> lease();
  // How many are lent just now: a metric.
  int lent() const;

 private:
  friend class ReaderLease;
  void give_back(std::unique_ptr<Reader> reader);

  const int most_;
  const Duration lease_wait_;
  const Connect connect_;

  mutable std::mutex mutex_;
  std::condition_variable freed_;
  std::vector<std::unique_ptr<Reader>> free_;
  int lent_ = 0;
};

}  // namespace carillon::store
