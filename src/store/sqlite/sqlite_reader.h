// SqliteReader: one read-only connection.
//
// Thread: one at a time.
#pragma once

#include <memory>

#include "store/reader.h"
#include "store/sqlite/connection.h"
#include "store/store.h"

namespace carillon::store::sqlite {

class SqliteReader final : public Reader {
 public:
  static Result<std::unique_ptr<Reader>> open(const Place& place, const StoreOptions& options);

  Result<Rows> query(const Sql& sql, const Params& params) override;
  Result<void> each(const Sql& sql, const Params& params, const RowVisitor& visit) override;

 private:
  SqliteReader(std::unique_ptr<Connection> connection, Duration limit, std::size_t most_bytes)
      : connection_(std::move(connection)), limit_(limit), most_bytes_(most_bytes) {}
  Result<void> begin_snapshot() override;
  void end_snapshot() override;
  Result<void> step_through(Prepared& prepared, ColumnNames& names, const RowVisitor& visit);
  Result<void> run(const Sql& sql, const Params& params, ColumnNames& names, const RowVisitor& visit);

  const std::unique_ptr<Connection> connection_;
  const Duration limit_;
  const std::size_t most_bytes_;
};

}  // namespace carillon::store::sqlite
