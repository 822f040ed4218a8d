// Goal: the log stays short under load that never pauses, and grows only while a reader holds an old snapshot.
#include "store/sqlite/checkpointer.h"

#include <gtest/gtest.h>

#include "store/sqlite/memory_disk.h"
#include "store/testing/contract.h"

namespace carillon::store::sqlite {
namespace {

constexpr int kPages = 100;

class CheckpointerTest : public ::testing::Test {
 protected:
  void SetUp() override {
    Result<std::unique_ptr<Store>> store =
        Store::open({.url = "sqlite:/db", .sqlite_checkpoint_pages = kPages, .sqlite_vfs = disk_.vfs_name()});
    ASSERT_TRUE(store.ok());
    store_ = std::move(*store);
    ASSERT_TRUE(store_->migrate(testing::kContractSteps).ok());
  }
  void commit(int times) {
    for (int i = 0; i < times; ++i) {
      Change change;
      // What is written again unchanged costs SQLite no page, so it changes.
      for (int k = 0; k < 5; ++k, ++next_) {
        change.run(testing::kPut, next_ % 500, std::string(3'000, static_cast<char>('a' + next_ % 26)));
      }
      ASSERT_TRUE(commit_one(store_->writer(), change).ok());
    }
  }
  int log_pages() {
    const MemoryDisk::Files files = disk_.files();
    const auto log = files.find("/db-wal");
    return log == files.end() ? 0 : static_cast<int>(log->second.size() / 4096);
  }

  MemoryDisk disk_;
  std::unique_ptr<Store> store_;
  int next_ = 0;
};

TEST_F(CheckpointerTest, TheLogStaysShortUnderLoadThatNeverPauses) {
  for (int i = 0; i < 20; ++i) {
    commit(200);
    EXPECT_LT(log_pages(), 5 * kPages);
  }
}

TEST_F(CheckpointerTest, TheLogShrinksAgainAfterALongSnapshot) {
  commit(200);
  {
    Result<ReaderLease> reader = store_->readers().lease();
    Result<Snapshot> snapshot = (*reader)->snapshot();
    ASSERT_TRUE(snapshot.ok());
    commit(300);
    EXPECT_GT(log_pages(), 10 * kPages);
  }
  for (int i = 0; i < 100 && log_pages() >= 5 * kPages; ++i) commit(50);
  EXPECT_LT(log_pages(), 5 * kPages);
}

}  // namespace
}  // namespace carillon::store::sqlite
