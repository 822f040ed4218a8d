// Goal: the fakes for faults do what their headers say, and the PostgreSQL writer comes through a lost connection.
#include <thread>

#include "store/testing/contract.h"
#include "store/testing/faulty_writer.h"
#include "store/testing/memory_store.h"
#include "store/testing/private_postgres.h"

namespace carillon::store::testing {
namespace {

Change alive(std::int64_t at) {
  Change change;
  change.run(
      "INSERT INTO instance(instance_id, alive_at, created_at) VALUES ('i', ?1, 0) "
      "ON CONFLICT (one) DO UPDATE SET alive_at = excluded.alive_at",
      at);
  return change;
}

std::int64_t alive_at(Store& store) {
  Result<ReaderLease> reader = store.readers().lease();
  const Result<Rows> rows = (*reader)->query("SELECT alive_at FROM instance");
  return rows->empty() ? -1 : (*rows)[0].integer(0);
}

TEST(FaultyWriter, FailsTheCommitItIsToldTo) {
  const auto store = memory_store();
  FaultyWriter writer(store->writer());
  writer.fail_at(1, FaultyWriter::Fault::kBefore);
  writer.fail_at(2, FaultyWriter::Fault::kAfter);
  writer.fail_at(3, FaultyWriter::Fault::kUnknownBefore);
  EXPECT_TRUE(commit_one(writer, alive(1)).ok());
  EXPECT_EQ(commit_one(writer, alive(2)).error().code, ErrorCode::kStore);
  EXPECT_EQ(alive_at(*store), 1);
  EXPECT_EQ(commit_one(writer, alive(3)).error().code, ErrorCode::kStoreUnknown);
  EXPECT_EQ(alive_at(*store), 3);
  EXPECT_EQ(commit_one(writer, alive(4)).error().code, ErrorCode::kStoreUnknown);
  EXPECT_EQ(alive_at(*store), 3);
  EXPECT_TRUE(commit_one(writer, alive(5)).ok());
  writer.fail_always(FaultyWriter::Fault::kBefore);
  EXPECT_FALSE(commit_one(writer, alive(6)).ok());
  writer.fail_always(FaultyWriter::Fault::kNone);
  EXPECT_TRUE(commit_one(writer, alive(7)).ok());
  EXPECT_EQ(writer.commits(), 7);
}

TEST(FaultyWriter, HoldsCommitsUntilReleased) {
  const auto store = memory_store();
  FaultyWriter writer(store->writer());
  writer.hold();
  std::thread committer([&] {
    EXPECT_TRUE(commit_one(writer, alive(1)).ok());
    EXPECT_TRUE(commit_one(writer, alive(2)).ok());
  });
  writer.wait_until_held();
  EXPECT_EQ(alive_at(*store), -1);
  writer.release();
  writer.wait_until_held();
  EXPECT_EQ(alive_at(*store), 1);
  writer.release_all();
  committer.join();
  EXPECT_EQ(alive_at(*store), 2);
}

class LostConnection : public ::testing::Test {
 protected:
  void SetUp() override {
    Result<FreshStore> made = fresh_store(StoreKind::kPostgres);
    ASSERT_TRUE(made.ok()) << made.error().message;
    fresh_ = std::make_unique<FreshStore>(std::move(*made));
    ASSERT_TRUE(fresh_->store->migrate().ok());
  }
  void cut() {
    const Result<void> done = PrivatePostgres::cut_connections(fresh_->options.url);
    ASSERT_TRUE(done.ok()) << done.error().message;
  }
  std::unique_ptr<FreshStore> fresh_;
};

TEST_F(LostConnection, TheWriterConnectsAnewAndCommits) {
  for (int i = 1; i <= 3; ++i) {
    const Result<void> done = commit_one(fresh_->store->writer(), alive(i));
    ASSERT_TRUE(done.ok()) << done.error().message;
    EXPECT_EQ(alive_at(*fresh_->store), i);
    cut();
  }
}

TEST_F(LostConnection, AReaderFromThePoolConnectsAnew) {
  ASSERT_TRUE(commit_one(fresh_->store->writer(), alive(1)).ok());
  for (int i = 0; i < 3; ++i) {
    EXPECT_EQ(alive_at(*fresh_->store), 1);
    cut();
  }
}

TEST_F(LostConnection, ASnapshotThatIsLostSaysSo) {
  Result<ReaderLease> reader = fresh_->store->readers().lease();
  {
    Result<Snapshot> snapshot = (*reader)->snapshot();
    ASSERT_TRUE(snapshot.ok());
    cut();
    EXPECT_EQ((*reader)->query("SELECT 1").error().code, ErrorCode::kStore);
  }
  EXPECT_TRUE((*reader)->query("SELECT 1 AS one").ok());
}

}  // namespace
}  // namespace carillon::store::testing
