// PostgresReader: one read-only connection. Rows arrive one by one, so that memory stays bounded.
//
// Thread: one at a time.
#pragma once

#include <memory>

#include "store/postgres/connection.h"
#include "store/postgres/pg_values.h"
#include "store/reader.h"
#include "store/statement_cache.h"
#include "store/store.h"

namespace carillon::store::postgres {

class PostgresReader final : public Reader {
 public:
  static Result<std::unique_ptr<Reader>> open(const StoreOptions& options);

  Result<Rows> query(const Sql& sql, const Params& params) override;
  Result<void> each(const Sql& sql, const Params& params, const RowVisitor& visit) override;

 private:
  struct Prepared {
    std::string name;
    int parameters = 0;
  };

  explicit PostgresReader(const StoreOptions& options) : options_(options) {}
  Result<void> connect();
  Result<void> begin_snapshot() override;
  void end_snapshot() override;
  bool usable() const override { return !connection_->broken() && !in_snapshot_; }

  Result<void> run(const Sql& sql, const Params& params, Deadline deadline, ColumnNames& names,
                   const RowVisitor& visit);
  Result<void> run_once(const Sql& sql, const Params& params, Deadline deadline, ColumnNames& names,
                        const RowVisitor& visit);
  Result<Prepared*> prepare(const Sql& sql, Deadline deadline);
  Result<void> trim();
  Result<void> read_rows(Deadline deadline, ColumnNames& names, const RowVisitor& visit);
  Result<void> visit_row(const pg_result* result, ColumnNames& names, const RowVisitor& visit);

  const StoreOptions options_;
  std::unique_ptr<Connection> connection_;  // never null once open; perhaps broken
  StatementCache<Prepared> cache_;
  ParamArrays arrays_;
  std::vector<Cell> cells_;
  std::uint64_t prepared_ = 0;
  bool in_snapshot_ = false;
  bool seen_rows_ = false;
};

}  // namespace carillon::store::postgres
