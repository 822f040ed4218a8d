// How many small upserts the writer takes a second, in batches like the committer's, and how long a commit lasts.
//
// A batch is 500 statements in 100 changes: each change checks one row conditionally, upserts two of 20,000 rows of about
// 200 bytes at random and appends two. Prints upserts/s and commit times in ms. File and PostgreSQL are durable:
// fsync on, in the system's temporary folder. Run:  bench_store --benchmark_filter=File
#include <benchmark/benchmark.h>

#include <algorithm>
#include <chrono>
#include <random>

#include "base/ids.h"
#include "store/postgres/connection.h"
#include "store/testing/fresh_store.h"
#include "store/testing/private_postgres.h"

namespace carillon::store {
namespace {

using testing::StoreKind;

constexpr std::string_view kSchema =
    "CREATE TABLE strand (sid {{text}} NOT NULL PRIMARY KEY, epoch {{int}} NOT NULL, position {{int}} NOT NULL) "
    "{{table_options}};"
    "CREATE TABLE task (workspace_id {{text}} NOT NULL, sid {{text}} NOT NULL, queue_id {{text}} NOT NULL, "
    "worker_id {{text}}, state {{int}} NOT NULL, priority {{int}} NOT NULL, created_at {{int}} NOT NULL, "
    "updated_at {{int}} NOT NULL, attributes {{text}} NOT NULL, version {{int}} NOT NULL, "
    "PRIMARY KEY (workspace_id, sid)) {{table_options}};"
    "CREATE TABLE journal (workspace_id {{text}} NOT NULL, seq {{int}} NOT NULL, now {{int}} NOT NULL, "
    "entry {{blob}} NOT NULL, PRIMARY KEY (workspace_id, seq)) {{table_options}};";
constexpr Migration kSteps[] = {{1, "0001_bench", kSchema, kSchema}};

constexpr Sql kFence = "UPDATE strand SET position = ?2 WHERE sid = ?1 AND epoch = 1";
constexpr Sql kTask =
    "INSERT INTO task(workspace_id, sid, queue_id, worker_id, state, priority, created_at, updated_at, attributes, "
    "version) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10) ON CONFLICT (workspace_id, sid) DO UPDATE SET "
    "worker_id = excluded.worker_id, state = excluded.state, updated_at = excluded.updated_at, "
    "version = excluded.version";
constexpr Sql kEntry = "INSERT INTO journal(workspace_id, seq, now, entry) VALUES (?1, ?2, ?3, ?4)";

constexpr int kChanges = 100;
constexpr int kStatements = 5;
constexpr std::uint64_t kRows = 20'000;

class Load {
 public:
  std::vector<Change> batch() {
    std::vector<Change> changes(kChanges);
    for (Change& change : changes) {
      change.run_expecting(1, kFence, workspace_, ++seq_);
      for (int i = 0; i < 2; ++i) {
        // Ids are random in life, so neighbours in time are not neighbours in the table.
        const std::uint64_t row = random_() % kRows;
        change.run(kTask, workspace_, TaskId{row * 0x9e3779b97f4a7c15ULL, row + 1}, QueueId{1, row % 100 + 1},
                   WorkerId{2, row % 1000 + 1}, seq_ % 5, 0, 1'800'000'000'000'000, seq_,
                   R"({"language":"de","product":"x","channel":"chat"})", seq_);
      }
      for (int i = 0; i < 2; ++i) change.run(kEntry, workspace_, ++entry_, seq_, Value::blob(std::string(120, 'j')));
    }
    return changes;
  }
  const WorkspaceId& workspace() const { return workspace_; }

 private:
  const WorkspaceId workspace_{7, 7};
  std::mt19937_64 random_{1};
  std::int64_t seq_ = 0;
  std::int64_t entry_ = 0;
};

void make_durable(const std::string& url) {
  auto connection = postgres::Connection::open(url, Duration::seconds(10), "");
  CARILLON_CHECK(connection.ok());
  for (const char* sql :
       {"ALTER SYSTEM SET fsync = on", "ALTER SYSTEM SET full_page_writes = on", "SELECT pg_reload_conf()"}) {
    CARILLON_CHECK((*connection)->exec(sql).ok());
  }
}

void upserts(benchmark::State& state, StoreKind kind) {
  StoreOptions options;
  if (state.range(0) > 0) options.sqlite_checkpoint_pages = static_cast<int>(state.range(0));
  Result<testing::FreshStore> fresh = testing::fresh_store(kind, options);
  if (!fresh) return state.SkipWithError(fresh.error().message.c_str());
  if (kind == StoreKind::kPostgres) make_durable(fresh->options.url);
  Store& store = *fresh->store;
  Load load;
  Change first;
  first.run("INSERT INTO strand(sid, epoch, position) VALUES (?1, 1, 0)", load.workspace());
  CARILLON_CHECK(store.migrate(kSteps).ok() && commit_one(store.writer(), first).ok());
  std::vector<double> times;
  for (auto _ : state) {
    state.PauseTiming();
    const std::vector<Change> changes = load.batch();
    state.ResumeTiming();
    const auto before = std::chrono::steady_clock::now();
    const auto answers = store.writer().commit(changes);
    times.push_back(std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - before).count());
    CARILLON_CHECK(answers.ok() && answers->back().ok());
  }
  std::ranges::sort(times);
  const auto at = [&](double q) { return times[static_cast<std::size_t>(q * static_cast<double>(times.size() - 1))]; };
  state.counters["upserts/s"] =
      benchmark::Counter(static_cast<double>(state.iterations() * kChanges * kStatements), benchmark::Counter::kIsRate);
  state.counters["p50_ms"] = at(0.5);
  state.counters["p99_ms"] = at(0.99);
  state.counters["max_ms"] = times.back();
}

// The argument is sqlite_checkpoint_pages, 0 the default.
BENCHMARK_CAPTURE(upserts, Memory, StoreKind::kMemory)->Arg(0)->Iterations(400)->UseRealTime();
BENCHMARK_CAPTURE(upserts, File, StoreKind::kFile)->Arg(0)->Arg(1'000)->Arg(16'000)->Iterations(1'000)->UseRealTime();
BENCHMARK_CAPTURE(upserts, Postgres, StoreKind::kPostgres)->Arg(0)->Iterations(200)->UseRealTime();

void stream_rows(benchmark::State& state, StoreKind kind) {
  Result<testing::FreshStore> fresh = testing::fresh_store(kind);
  if (!fresh) return state.SkipWithError(fresh.error().message.c_str());
  Store& store = *fresh->store;
  Load load;
  Change first;
  first.run("INSERT INTO strand(sid, epoch, position) VALUES (?1, 1, 0)", load.workspace());
  CARILLON_CHECK(store.migrate(kSteps).ok() && commit_one(store.writer(), first).ok());
  for (int i = 0; i < 500; ++i) CARILLON_CHECK(store.writer().commit(load.batch()).ok());
  Result<ReaderLease> reader = store.readers().lease();
  std::int64_t rows = 0;
  for (auto _ : state) {
    const Result<void> done = (*reader)->each(
        "SELECT seq, now, entry FROM journal ORDER BY workspace_id, seq", {}, [&](const Row& row) -> Result<void> {
          benchmark::DoNotOptimize(row.integer(0) + row.integer(1) + static_cast<std::int64_t>(row.blob(2).size()));
          ++rows;
          return {};
        });
    CARILLON_CHECK(done.ok());
  }
  state.counters["rows/s"] = benchmark::Counter(static_cast<double>(rows), benchmark::Counter::kIsRate);
}
BENCHMARK_CAPTURE(stream_rows, File, StoreKind::kFile)->Iterations(3)->UseRealTime();
BENCHMARK_CAPTURE(stream_rows, Postgres, StoreKind::kPostgres)->Iterations(3)->UseRealTime();

}  // namespace
}  // namespace carillon::store
