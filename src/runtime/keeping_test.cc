// Goal: checkpoints, replay, event log, deletion of what is old, backup and the data folder do what their headers say.
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "runtime/backup.h"
#include "runtime/data_directory.h"
#include "runtime/pack.h"
#include "runtime/replay.h"
#include "runtime/testing/load.h"
#include "runtime/testing/world.h"

namespace carillon::runtime {
namespace {

namespace fs = std::filesystem;
using testing::RandomLoad;
using testing::TestWorld;

class Keeping : public ::testing::Test {
 protected:
  void work(int acts) {
    for (int i = 0; i < acts; ++i) load_.act();
    world_.settle();
  }
  std::int64_t checkpoint() {
    std::int64_t entry = 0;
    world_.runtime->checkpoint(ws_, [&](Result<std::int64_t> got) { entry = got.ok() ? *got : -1; });
    world_.settle();
    return entry;
  }
  Result<ReplayReport> replayed(const ReplayOptions& options = {}) {
    auto reader = world_.database->readers().lease();
    return replay(**reader, ws_, options);
  }
  TestWorld world_;
  const WorkspaceId ws_ = world_.make_workspace();
  RandomLoad load_{world_, ws_, 5};
};

TEST_F(Keeping, ReplayBeginsAtACheckpointAndComparesWithTheRows) {
  load_.furnish(3);
  work(30);
  const std::int64_t first = checkpoint();
  work(30);
  const std::int64_t second = checkpoint();
  work(10);
  ASSERT_GT(second, first);
  auto whole = replayed();
  ASSERT_TRUE(whole.ok()) << whole.error().message;
  EXPECT_EQ(whole->checkpoint, 0);
  EXPECT_EQ(whole->verdict, ReplayReport::Verdict::same);
  EXPECT_EQ(whole->entries, whole->last);
  auto tail = replayed({.from = second + 1});
  ASSERT_TRUE(tail.ok());
  EXPECT_EQ(tail->checkpoint, second);
  EXPECT_EQ(tail->hash_replayed, whole->hash_replayed);
  // Up to a checkpoint, its hash is what is expected; between two, nobody knows.
  auto middle = replayed({.from = first, .to = second});
  ASSERT_TRUE(middle.ok());
  EXPECT_EQ(middle->hash_expected, middle->hash_replayed);
  EXPECT_FALSE(middle->hash_expected.empty());
  EXPECT_TRUE(replayed({.to = second - 1})->hash_expected.empty());
}

TEST_F(Keeping, ReplaySaysWhereItDecidesOtherwise) {
  load_.furnish(2);
  work(20);
  store::Change change;
  change.run("UPDATE journal SET digest = digest + 1 WHERE workspace_id = ?1 AND entry = 5", ws_);
  ASSERT_TRUE(store::commit_one(world_.database->writer(), change).ok());
  auto report = replayed();
  ASSERT_TRUE(report.ok());
  EXPECT_EQ(report->verdict, ReplayReport::Verdict::differs);
  ASSERT_EQ(report->differences.size(), 1u);
  EXPECT_EQ(report->differences[0].entry, 5);
  change.statements.clear();
  change.run("UPDATE journal SET redacted = 1 WHERE workspace_id = ?1 AND entry = 5", ws_);
  ASSERT_TRUE(store::commit_one(world_.database->writer(), change).ok());
  EXPECT_EQ(replayed()->verdict, ReplayReport::Verdict::redacted);
  change.statements.clear();
  change.run("DELETE FROM journal WHERE workspace_id = ?1 AND entry = 5", ws_);
  ASSERT_TRUE(store::commit_one(world_.database->writer(), change).ok());
  EXPECT_EQ(replayed().error().code, ErrorCode::kInternal);
}

TEST_F(Keeping, WhatIsOldIsDeletedAndReplayStillHasWhereToBegin) {
  load_.furnish(2);
  work(30);
  checkpoint();
  work(30);
  const std::int64_t early = world_.sink.entries.back()->position;
  EXPECT_TRUE(world_.runtime->events().since(ws_, 0).has_value());
  for (int day = 0; day < 100; ++day) {
    world_.clock.advance(Duration::hours(24));
    world_.settle();
  }
  work(5);
  EXPECT_EQ(world_.count_rows("journal WHERE now < ?1", {world_.clock.now() - Duration::hours(24 * 95)}), 0);
  EXPECT_EQ(world_.count_rows("events WHERE at < ?1", {world_.clock.now() - Duration::hours(24 * 8)}), 0);
  auto report = replayed();
  ASSERT_TRUE(report.ok()) << report.error().message;
  EXPECT_GT(report->checkpoint, 0);
  EXPECT_EQ(report->verdict, ReplayReport::Verdict::same);
  auto reader = world_.database->readers().lease();
  const auto gone = world_.runtime->events().read_since(**reader, ws_, 1, 10);
  ASSERT_FALSE(gone.ok());
  EXPECT_EQ(gone.error().code, ErrorCode::kPositionGone);
  EXPECT_TRUE(world_.runtime->events().read_since(**reader, ws_, world_.sink.entries.back()->position, 10).ok());
  EXPECT_LT(early, world_.sink.entries.back()->position);
}

TEST_F(Keeping, EventsFromRowsAreThoseFromMemory) {
  load_.furnish(2);
  work(40);
  const auto memory = world_.runtime->events().since(ws_, 3);
  ASSERT_TRUE(memory.has_value());
  auto reader = world_.database->readers().lease();
  const auto rows = world_.runtime->events().read_since(**reader, ws_, 3, 1000);
  ASSERT_TRUE(rows.ok()) << rows.error().message;
  ASSERT_EQ(rows->size(), memory->size());
  for (std::size_t i = 0; i < rows->size(); ++i) {
    const PublishedEntry &one = *(*memory)[i], &two = *(*rows)[i];
    ASSERT_EQ(one.position, two.position);
    ASSERT_EQ(one.events.size(), two.events.size());
    for (std::size_t e = 0; e < one.events.size(); ++e) {
      std::string first, second;
      append_event(first, one, one.events[e]), append_event(second, two, two.events[e]);
      const auto left = parse_trusted_json(first), right = parse_trusted_json(second);
      ASSERT_TRUE(left.ok()) << first;
      ASSERT_TRUE(right.ok()) << second;
      EXPECT_EQ(*left, *right);
      EXPECT_EQ(one.events[e].refs, two.events[e].refs);
      EXPECT_EQ(one.events[e].type, two.events[e].type);
    }
  }
}

TEST(Pack, GivesBackWhatItTookAndRefusesOtherBytes) {
  std::string repeating;
  for (int i = 0; i < 5'000; ++i) repeating += "{\"sid\":\"WT" + std::to_string(i) + "\"}";
  for (const std::string& text : {std::string(), std::string("short"), repeating}) {
    const std::string packed = pack(text);
    const auto back = unpack(packed);
    ASSERT_TRUE(back.ok());
    EXPECT_EQ(*back, text);
  }
  EXPECT_LT(pack(repeating).size(), repeating.size() / 4);
  std::string damaged = pack(repeating);
  damaged[damaged.size() / 2] ^= 0x55;
  EXPECT_FALSE(unpack(damaged).ok());
  EXPECT_FALSE(unpack("").ok());
  EXPECT_FALSE(unpack("x").ok());
  EXPECT_FALSE(unpack(std::string("z\xff\xff\xff\xff\xff\xff\xff\xff", 9) + "a").ok());
}

TEST(EventLog, SaysWhenSomethingMayBeMissing) {
  EventLog log({.entries = 3, .bytes = 1'000'000});
  const WorkspaceId ws{1, 1};
  EXPECT_FALSE(log.since(ws, 0).has_value());
  log.begin(ws, 10);
  EXPECT_FALSE(log.since(ws, 9).has_value());
  EXPECT_TRUE(log.since(ws, 10)->empty());
  for (std::int64_t position = 11; position <= 15; ++position) {
    auto entry = std::make_shared<PublishedEntry>();
    entry->workspace = ws;
    entry->position = position;
    entry->events.resize(position == 13 ? 0 : 1);  // entries without events only move the position
    log.add(entry);
  }
  EXPECT_EQ(log.position(ws), 15);
  EXPECT_FALSE(log.since(ws, 10).has_value());
  const auto kept = log.since(ws, 11);
  ASSERT_TRUE(kept.has_value());
  ASSERT_EQ(kept->size(), 3u);
  EXPECT_EQ(kept->front()->position, 12);
}

class DataFolder : public ::testing::Test {
 protected:
  DataFolder() {
    char name[] = "/tmp/carillon-runtime-XXXXXX";
    root_ = ::mkdtemp(name);
  }
  ~DataFolder() override { fs::remove_all(root_); }
  void write(const fs::path& path, const std::string& text) {
    fs::create_directories(path.parent_path());
    std::ofstream(path) << text;
  }
  std::string read(const fs::path& path) {
    std::ifstream file(path);
    return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
  }
  fs::path root_;
};

TEST_F(DataFolder, IsOpenedByOneServerOnly) {
  auto first = DataDirectory::open(root_ / "data");
  ASSERT_TRUE(first.ok());
  auto second = DataDirectory::open(root_ / "data");
  ASSERT_FALSE(second.ok());
  EXPECT_EQ(second.error().code, ErrorCode::kConfig);
  EXPECT_NE(second.error().message.find(std::to_string(::getpid())), std::string::npos) << second.error().message;
  DataDirectory moved = std::move(*first);
  EXPECT_FALSE(DataDirectory::open(root_ / "data").ok());
  { DataDirectory gone = std::move(moved); }
  EXPECT_TRUE(DataDirectory::open(root_ / "data").ok());
  write(root_ / "file", "");
  EXPECT_EQ(DataDirectory::open(root_ / "file").error().code, ErrorCode::kConfig);
}

TEST_F(DataFolder, ADemonstrationIsNeverServedAsReal) {
  auto store = store::Store::open({.url = "sqlite:" + (root_ / "a.db").string()});
  ASSERT_TRUE(store.ok());
  ASSERT_TRUE((*store)->migrate().ok());
  const auto made = open_instance(**store, true, Instant{5}, Seed{1, 2});
  ASSERT_TRUE(made.ok());
  EXPECT_TRUE(made->first);
  const auto again = open_instance(**store, true, Instant{9}, Seed{3, 4});
  ASSERT_TRUE(again.ok());
  EXPECT_FALSE(again->first);
  EXPECT_EQ(again->id, made->id);
  const auto real = open_instance(**store, false, Instant{9}, Seed{3, 4});
  ASSERT_FALSE(real.ok());
  EXPECT_EQ(real.error().code, ErrorCode::kConfig);
  EXPECT_NE(real.error().message.find("--demo"), std::string::npos);
}

TEST_F(DataFolder, BackupAndRestoreBringBackDatabaseAndFiles) {
  auto store = store::Store::open({.url = "sqlite:" + (root_ / "carillon.db").string()});
  ASSERT_TRUE(store.ok());
  ASSERT_TRUE((*store)->migrate().ok());
  const auto made = open_instance(**store, false, Instant{5}, Seed{1, 2});
  write(root_ / "files/ab/abcdef", "content");
  const auto saved = backup(**store, root_ / "files", root_ / "backup", Instant{1'800'000'000'000'000});
  ASSERT_TRUE(saved.ok()) << saved.error().message;
  EXPECT_EQ(saved->files, 1u);
  EXPECT_EQ(saved->files_linked, 1u);
  EXPECT_EQ(backup(**store, root_ / "files", root_ / "backup", Instant{5}).error().code, ErrorCode::kConfig);
  const store::StoreOptions target{.url = "sqlite:" + (root_ / "back/carillon.db").string()};
  fs::create_directories(root_ / "back");
  const auto restored = restore(root_ / "backup", target, root_ / "back/files");
  ASSERT_TRUE(restored.ok()) << restored.error().message;
  EXPECT_EQ(read(root_ / "back/files/ab/abcdef"), "content");
  auto second = store::Store::open(target);
  ASSERT_TRUE(second.ok());
  ASSERT_TRUE((*second)->migrate().ok());
  EXPECT_EQ(open_instance(**second, false, Instant{9}, Seed{3, 4})->id, made->id);
  EXPECT_EQ(restore(root_ / "backup", target, root_ / "back/files").error().code, ErrorCode::kConfig);
}

TEST_F(DataFolder, ABackupThatIsNotWholeIsRefused) {
  write(root_ / "backup/carillon.db", "half");
  const store::StoreOptions target{.url = "sqlite:" + (root_ / "x.db").string()};
  EXPECT_EQ(restore(root_ / "backup", target, root_ / "files").error().code, ErrorCode::kConfig);
  EXPECT_FALSE(fs::exists(root_ / "x.db"));
}

}  // namespace
}  // namespace carillon::runtime
