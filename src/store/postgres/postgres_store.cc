#include "store/postgres/postgres_store.h"

#include "store/postgres/archive.h"
#include "store/postgres/connection.h"
#include "store/postgres/postgres_reader.h"
#include "store/postgres/postgres_writer.h"
#include "store/postgres/schema.h"

namespace carillon::store::postgres {
namespace {

class PostgresStore final : public Store {
 public:
  explicit PostgresStore(const StoreOptions& options)
      : options_(options),
        writer_(options),
        readers_(options.readers, options.lease_wait, [options] { return PostgresReader::open(options); }) {}

  Result<void> connect() { return writer_.connect(); }
  Dialect dialect() const override { return Dialect::kPostgres; }
  Writer& writer() override { return writer_; }
  ReaderPool& readers() override { return readers_; }

  Result<MigrationReport> migrate(std::span<const Migration> steps) override {
    Result<std::unique_ptr<Connection>> own = Connection::open(options_.url, options_.connect_limit, "");
    if (!own) return std::move(own).error();
    return postgres::migrate(**own, steps);
  }

  Result<void> backup_to(const std::string& path) override {
    Result<std::unique_ptr<Connection>> own = Connection::open(options_.url, options_.connect_limit, "");
    if (!own) return std::move(own).error();
    return copy_to_file(**own, path);
  }

 private:
  const StoreOptions options_;
  PostgresWriter writer_;
  ReaderPool readers_;
};

}  // namespace

Result<std::unique_ptr<Store>> open_store(const StoreOptions& options) {
  auto store = std::make_unique<PostgresStore>(options);
  Result<void> connected = store->connect();
  if (!connected) return std::move(connected).error();
  return std::unique_ptr<Store>(std::move(store));
}

Result<void> restore(const StoreOptions& target, const std::string& path, std::span<const Migration> steps) {
  Result<std::unique_ptr<Connection>> own = Connection::open(target.url, target.connect_limit, "");
  if (!own) return std::move(own).error();
  return copy_from_file(**own, path, steps);
}

}  // namespace carillon::store::postgres
