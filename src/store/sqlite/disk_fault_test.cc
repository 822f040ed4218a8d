// Goal: a disk that fails once, at any operation, costs at most the commit it hit; the writer goes on when it heals.
// Method: the same work again and again, the n-th operation of the disk failing, for every n there is.
#include <gtest/gtest.h>

#include "store/sqlite/memory_disk.h"
#include "store/testing/contract.h"

namespace carillon::store::sqlite {
namespace {

class FlakyDisk final : public MemoryDisk {
 public:
  // From now on, the n-th operation fails (0 is the next); those after it succeed.
  void fail_nth(std::int64_t n) {
    std::lock_guard lock(mutex_);
    left_ = n;
  }
  bool has_failed() const {
    std::lock_guard lock(mutex_);
    return left_ < 0;
  }

 protected:
  bool on_create(const std::string&) override { return succeeds(); }
  bool on_remove(const std::string&, bool) override { return succeeds(); }
  bool on_write(const std::string&, std::int64_t, std::string_view) override { return succeeds(); }
  bool on_truncate(const std::string&, std::int64_t) override { return succeeds(); }
  bool on_sync(const std::string&) override { return succeeds(); }

 private:
  bool succeeds() { return left_-- != 0; }
  std::int64_t left_ = -1;
};

Change change_of(std::int64_t key) {
  Change change;
  change.run(testing::kInsert, key, std::string(2'000, 'x')).run(testing::kInsert, key + 1'000, "second half");
  return change;
}

TEST(DiskFault, CostsAtMostTheCommitItHits) {
  constexpr std::int64_t kCommits = 30;
  bool reached = true;
  for (std::int64_t nth = 0; reached; ++nth) {
    ASSERT_LT(nth, 2'000);
    FlakyDisk disk;
    Result<std::unique_ptr<Store>> store =
        Store::open({.url = "sqlite:/db", .sqlite_checkpoint_pages = 20, .sqlite_vfs = disk.vfs_name()});
    ASSERT_TRUE(store.ok() && (*store)->migrate(testing::kContractSteps).ok());
    disk.fail_nth(nth);
    std::vector<std::int64_t> done;
    int failed = 0;
    for (std::int64_t key = 0; key < kCommits; ++key) {
      const Result<void> answer = commit_one((*store)->writer(), change_of(key));
      if (answer) {
        done.push_back(key);
      } else {
        ++failed;
        EXPECT_EQ(answer.error().http_status(), 503) << answer.error().message;
      }
    }
    EXPECT_LE(failed, 1) << "operation " << nth;
    reached = disk.has_failed();
    Result<ReaderLease> reader = (*store)->readers().lease();
    ASSERT_TRUE(reader.ok());
    EXPECT_EQ((*(*reader)->query("PRAGMA integrity_check"))[0].text(0), "ok");
    std::vector<std::int64_t> found;
    const Result<Rows> rows =
        (*reader)->query("SELECT a.k FROM pair a JOIN pair b ON b.k = a.k + 1000 WHERE a.k < 1000 ORDER BY a.k");
    for (Row row : *rows) found.push_back(row.integer(0));
    EXPECT_EQ(found, done) << "operation " << nth;
    EXPECT_EQ((*(*reader)->query("SELECT count(*) FROM pair"))[0].integer(0), 2 * static_cast<int>(done.size()));
  }
}

}  // namespace
}  // namespace carillon::store::sqlite
