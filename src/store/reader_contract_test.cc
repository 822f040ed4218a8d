// Goal: what reader.h promises, over each database: committed data only, snapshots, order, limits, the pool's bounds.
#include <thread>

#include "store/testing/contract.h"

namespace carillon::store::testing {
namespace {

class ReaderContract : public StoreContract {
 protected:
  void put(std::int64_t key, std::string_view value) {
    Change change;
    change.run(kPut, key, value);
    const Result<void> done = commit_one(writer(), change);
    ASSERT_TRUE(done.ok()) << done.error().message;
  }
  void put_many(int n) {
    Change change;
    change.run(
        "INSERT INTO pair(k, v) WITH RECURSIVE up(i) AS (SELECT CAST(?1 AS {{int}}) UNION ALL SELECT i + 1 FROM up "
        "WHERE i < ?2) SELECT i, 'value ' || CAST(i AS TEXT) FROM up",
        1, n);
    const Result<void> done = commit_one(writer(), change);
    ASSERT_TRUE(done.ok()) << done.error().message;
  }
  ReaderLease lease() {
    Result<ReaderLease> reader = store().readers().lease();
    CARILLON_CHECK(reader.ok());
    return std::move(*reader);
  }
};
CARILLON_EACH_STORE(ReaderContract);

TEST_P(ReaderContract, AnswersByIndexAndByName) {
  put(1, "one");
  const Rows found = rows("SELECT k, v AS word, v IS NULL AS missing FROM pair");
  ASSERT_EQ(found.size(), 1u);
  EXPECT_EQ(found[0].integer(0), 1);
  EXPECT_EQ(found[0].text("word"), "one");
  EXPECT_FALSE(found[0].flag("missing"));
  EXPECT_EQ(found.names(), (ColumnNames{"k", "word", "missing"}));
}

TEST_P(ReaderContract, TellsTheColumnsOfAnEmptyAnswer) {
  const Rows found = rows("SELECT k, v FROM pair WHERE k = ?1", {5});
  EXPECT_TRUE(found.empty());
  EXPECT_EQ(found.names(), (ColumnNames{"k", "v"}));
}

TEST_P(ReaderContract, CountsAndSumsAreIntegersAndMeansAreReal) {
  for (int i = 1; i <= 4; ++i) put(i, "x");
  const Rows found = rows("SELECT count(*), sum(k), avg(k), max(k), sum(k) * 1000000000, min(length(v)) FROM pair");
  EXPECT_EQ(found[0].integer(0), 4);
  EXPECT_EQ(found[0].integer(1), 10);
  EXPECT_EQ(found[0].real(2), 2.5);
  EXPECT_EQ(found[0].integer(3), 4);
  EXPECT_EQ(found[0].integer(4), 10'000'000'000);
  EXPECT_EQ(found[0].integer(5), 1);
  EXPECT_TRUE(rows("SELECT sum(k) FROM pair WHERE k > 10")[0].is_null(0));
}

TEST_P(ReaderContract, SortsTextByBytesEverywhere) {
  const char* words[] = {"a", "B", "Z", "b", "\xC3\xA4", "_", "10", "9", "aa", ""};
  for (int i = 0; i < 10; ++i) put(i, words[i]);
  std::vector<std::string> sorted(words, words + 10), found;
  std::ranges::sort(sorted);
  for (Row row : rows("SELECT v FROM pair ORDER BY v")) found.push_back(row.str(0));
  EXPECT_EQ(found, sorted);
  found.clear();
  for (Row row : rows("SELECT v || '' AS w FROM pair ORDER BY v || '' {{collate_c}}")) found.push_back(row.str(0));
  EXPECT_EQ(found, sorted);
  EXPECT_EQ(rows("SELECT count(*) FROM pair WHERE v > ?1", {"Z"})[0].integer(0), 5);
}

TEST_P(ReaderContract, PutsNullsWhereItIsTold) {
  Change change;
  change.run(kInsert, 1, nullptr).run(kInsert, 2, "b").run(kInsert, 3, "a");
  ASSERT_TRUE(commit_one(writer(), change).ok());
  const auto order = [&](const Sql& sql) {
    std::vector<std::int64_t> keys;
    for (Row row : rows(sql)) keys.push_back(row.integer(0));
    return keys;
  };
  EXPECT_EQ(order("SELECT k FROM pair ORDER BY v ASC NULLS FIRST"), (std::vector<std::int64_t>{1, 3, 2}));
  EXPECT_EQ(order("SELECT k FROM pair ORDER BY v DESC NULLS LAST"), (std::vector<std::int64_t>{2, 3, 1}));
}

TEST_P(ReaderContract, TakesParametersInPlacesWithoutAType) {
  put(1, "x");
  EXPECT_EQ(rows("SELECT CAST(?1 AS TEXT) AS t, CAST(?2 AS {{int}}) AS n", {"word", 5})[0].text("t"), "word");
  EXPECT_EQ(rows("SELECT k FROM pair WHERE k > COALESCE(CAST(?1 AS {{int}}), 0) LIMIT ?2", {nullptr, 10}).size(), 1u);
}

TEST_P(ReaderContract, SeesOnlyWhatIsCommittedAndThatAtOnce) {
  ReaderLease reader = lease();
  EXPECT_EQ((*reader->query("SELECT count(*) FROM pair"))[0].integer(0), 0);
  put(1, "a");
  EXPECT_EQ((*reader->query("SELECT count(*) FROM pair"))[0].integer(0), 1);
}

TEST_P(ReaderContract, ASnapshotStaysAsItWas) {
  put(1, "a");
  ReaderLease reader = lease();
  {
    Result<Snapshot> snapshot = reader->snapshot();
    ASSERT_TRUE(snapshot.ok()) << snapshot.error().message;
    put(2, "b");
    EXPECT_EQ((*reader->query("SELECT count(*) FROM pair"))[0].integer(0), 1);
    EXPECT_EQ(pairs(), 2);
    put(3, "c");
    EXPECT_EQ((*reader->query("SELECT count(*) FROM pair"))[0].integer(0), 1);
  }
  EXPECT_EQ((*reader->query("SELECT count(*) FROM pair"))[0].integer(0), 3);
}

TEST_P(ReaderContract, CannotWrite) {
  ReaderLease reader = lease();
  const Result<Rows> written = reader->query("INSERT INTO pair(k, v) VALUES (1, 'x')");
  ASSERT_FALSE(written.ok());
  EXPECT_EQ(written.error().code, ErrorCode::kStore);
  EXPECT_EQ(pairs(), 0);
}

TEST_P(ReaderContract, GoesOnAfterAnError) {
  ReaderLease reader = lease();
  for (int i = 0; i < 2; ++i) {
    EXPECT_EQ(reader->query("SELECT nothing FROM nowhere").error().code, ErrorCode::kStore);
    EXPECT_EQ(reader->query("SELECT v FROM pair WHERE k = ?1", {}).error().code, ErrorCode::kStore);
    EXPECT_EQ(reader->query("SELECT v FROM pair WHERE v = ?1", {std::string_view("\0", 1)}).error().code,
              ErrorCode::kInvalidUtf8);
    EXPECT_TRUE(reader->query("SELECT count(*) FROM pair").ok());
  }
}

TEST_P(ReaderContract, StreamsRowsAndStopsWhenTold) {
  put_many(50'000);
  ReaderLease reader = lease();
  std::int64_t sum = 0;
  Result<void> done = reader->each("SELECT k, v FROM pair ORDER BY k", {}, [&](const Row& row) -> Result<void> {
    sum += row.integer(0);
    EXPECT_EQ(row.text("v"), "value " + std::to_string(row.integer(0)));
    return {};
  });
  EXPECT_TRUE(done.ok()) << done.error().message;
  EXPECT_EQ(sum, std::int64_t{50'000} * 50'001 / 2);

  int seen = 0;
  done = reader->each("SELECT k FROM pair ORDER BY k", {}, [&](const Row&) -> Result<void> {
    if (++seen == 10) return Error(ErrorCode::kConflict, "enough");
    return {};
  });
  EXPECT_EQ(done.error().code, ErrorCode::kConflict);
  EXPECT_EQ(seen, 10);
  EXPECT_EQ((*reader->query("SELECT count(*) FROM pair"))[0].integer(0), 50'000);
}

TEST_P(ReaderContract, BoundsTheSizeOfAnAnswer) {
  open({.max_result_bytes = 100'000});
  put_many(10'000);
  ReaderLease reader = lease();
  EXPECT_EQ(reader->query("SELECT k, v FROM pair").error().code, ErrorCode::kLimit);
  EXPECT_TRUE(reader->query("SELECT k, v FROM pair LIMIT 100").ok());
}

TEST_P(ReaderContract, StopsAQueryThatTakesTooLong) {
  open({.read_time_limit = Duration::millis(100)});
  ReaderLease reader = lease();
  const Result<Rows> endless = reader->query(
      "WITH RECURSIVE up(i) AS (SELECT CAST(1 AS {{int}}) UNION ALL SELECT i + 1 FROM up WHERE i < 1000000000) "
      "SELECT count(*) FROM up");
  ASSERT_FALSE(endless.ok());
  EXPECT_EQ(endless.error().code, ErrorCode::kStore);
  EXPECT_NE(endless.error().message.find("100 ms"), std::string::npos) << endless.error().message;
  EXPECT_TRUE(reader->query("SELECT count(*) FROM pair").ok());
}

TEST_P(ReaderContract, LendsNoMoreThanItHas) {
  open({.readers = 2, .lease_wait = Duration::millis(1)});
  ReaderPool& pool = store().readers();
  {
    ReaderLease first = lease();
    ReaderLease second = lease();
    EXPECT_EQ(pool.lent(), 2);
    EXPECT_EQ(pool.lease().error().code, ErrorCode::kOverloaded);
  }
  EXPECT_EQ(pool.lent(), 0);
  EXPECT_TRUE(pool.lease().ok());
}

TEST_P(ReaderContract, HandsAFreedReaderToOneWhoWaits) {
  open({.readers = 1, .lease_wait = Duration::seconds(60)});
  auto held = std::make_unique<ReaderLease>(lease());
  std::thread waiter([&] { EXPECT_TRUE(store().readers().lease().ok()); });
  held.reset();
  waiter.join();
}

TEST_P(ReaderContract, ReadersAndTheWriterDoNotWaitForOneAnother) {
  put_many(2'000);
  std::atomic<bool> stop{false};
  std::vector<std::thread> threads;
  for (int t = 0; t < 3; ++t) {
    threads.emplace_back([&] {
      ReaderLease reader = lease();
      while (!stop) {
        // Each commit keeps the sum: a reader that saw half of one would not.
        const Result<Rows> found = reader->query("SELECT count(*), sum(k) FROM pair WHERE k <= 2000 OR k > 10000");
        ASSERT_TRUE(found.ok()) << found.error().message;
        ASSERT_EQ((*found)[0].integer(0), 2'000);
      }
    });
  }
  for (int i = 1; i <= 100; ++i) {
    Change change;
    change.run_expecting(1, "UPDATE pair SET k = k + 10000 WHERE k = ?1", i);
    ASSERT_TRUE(commit_one(writer(), change).ok());
  }
  stop = true;
  for (std::thread& thread : threads) thread.join();
}

}  // namespace
}  // namespace carillon::store::testing
