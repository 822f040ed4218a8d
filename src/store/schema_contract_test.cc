// Goal: migrations, backups and restores as store.h promises, over each database.
#include <filesystem>
#include <fstream>
#include <thread>

#include "store/testing/contract.h"
#include "store/testing/private_postgres.h"

namespace carillon::store::testing {
namespace {

constexpr Migration kThird[] = {kContractSteps[0],
                                kContractSteps[1],
                                {3, "0003_more", "ALTER TABLE pair ADD COLUMN w {{int}} NOT NULL DEFAULT 7",
                                 "ALTER TABLE pair ADD COLUMN w {{int}} NOT NULL DEFAULT 7"}};

class SchemaContract : public StoreContract {
 protected:
  // Somewhere to restore to: a new file, or an empty database.
  StoreOptions new_place(const std::string& name) {
    StoreOptions options = fresh_->options;
    options.url = "sqlite:" + fresh_->folder.file(name);
    if (GetParam() == StoreKind::kPostgres) options.url = *PrivatePostgres::new_database();
    return options;
  }
  void put(std::int64_t key, std::string_view value) {
    Change change;
    change.run(kPut, key, value);
    ASSERT_TRUE(commit_one(writer(), change).ok());
  }
  void use(const StoreOptions& options) {
    fresh_->store.reset();
    Result<std::unique_ptr<Store>> opened = Store::open(options);
    ASSERT_TRUE(opened.ok()) << opened.error().message;
    fresh_->store = std::move(*opened);
  }
};
CARILLON_EACH_STORE(SchemaContract);

TEST_P(SchemaContract, TheProductsOwnSchemaApplies) {
  Result<FreshStore> made = fresh_store(GetParam());
  ASSERT_TRUE(made.ok()) << made.error().message;
  const Result<MigrationReport> report = made->store->migrate();
  ASSERT_TRUE(report.ok()) << report.error().message;
  EXPECT_EQ(report->from, 0);
  EXPECT_EQ(report->to, embedded_migrations().back().version);
  Change change;
  change.run("INSERT INTO instance(instance_id, alive_at, created_at) VALUES (?1, ?2, ?3)", "i", 1, 1);
  EXPECT_TRUE(commit_one(made->store->writer(), change).ok());
  EXPECT_EQ(commit_one(made->store->writer(), change).error().code, ErrorCode::kNameTaken);
}

TEST_P(SchemaContract, AppliesOnlyWhatIsMissing) {
  put(1, "kept");
  const Result<MigrationReport> none = store().migrate(kContractSteps);
  ASSERT_TRUE(none.ok());
  EXPECT_EQ(none->from, 2);
  EXPECT_EQ(none->to, 2);
  const Result<MigrationReport> one = store().migrate(kThird);
  ASSERT_TRUE(one.ok()) << one.error().message;
  EXPECT_EQ(one->from, 2);
  EXPECT_EQ(one->to, 3);
  EXPECT_EQ(rows("SELECT w FROM pair")[0].integer(0), 7);
}

TEST_P(SchemaContract, RefusesANewerDatabaseAndAChangedStep) {
  ASSERT_TRUE(store().migrate(kThird).ok());
  const auto newer = store().migrate(kContractSteps);
  ASSERT_FALSE(newer.ok());
  EXPECT_EQ(newer.error().code, ErrorCode::kConfig);
  Migration changed[] = {kThird[0], kThird[1], {3, "0003_more", "SELECT 1", "SELECT 1"}};
  EXPECT_EQ(store().migrate(changed).error().code, ErrorCode::kConfig);
}

TEST_P(SchemaContract, AFailedStepLeavesNothingBehind) {
  constexpr std::string_view kBroken = "CREATE TABLE half (a {{int}}); INSERT INTO no_such_table VALUES (1);";
  const Migration broken[] = {kContractSteps[0], kContractSteps[1], {3, "0003_broken", kBroken, kBroken}};
  const auto failed = store().migrate(broken);
  ASSERT_FALSE(failed.ok());
  EXPECT_NE(failed.error().message.find("0003_broken"), std::string::npos) << failed.error().message;
  ASSERT_TRUE(store().migrate(kThird).ok());
  ReaderLease reader = std::move(*store().readers().lease());
  EXPECT_FALSE(reader->query("SELECT a FROM half").ok());
}

TEST_P(SchemaContract, ABackupRestoresToTheSameRows) {
  Change change;
  for (int i = 0; i < 1'000; ++i) change.run(kPut, i, "line\nbreak\ttab \\ " + std::to_string(i));
  change.run("INSERT INTO kinds(id, n, x, t, b) VALUES (1, ?1, ?2, ?3, ?4)", 5, 0.1, nullptr,
             Value::blob(std::string_view("\0\xFF\\", 3)));
  change.run("INSERT INTO person(id, email) VALUES (1, 'a'), (2, 'b')").run("UPDATE person SET boss = 2 WHERE id = 1");
  ASSERT_TRUE(commit_one(writer(), change).ok());
  const std::string file = fresh_->folder.file("backup");
  const Result<void> backed = store().backup_to(file);
  ASSERT_TRUE(backed.ok()) << backed.error().message;

  const StoreOptions place = new_place("restored.db");
  const Result<void> restored = restore_from(place, file, kContractSteps);
  ASSERT_TRUE(restored.ok()) << restored.error().message;
  use(place);
  ASSERT_TRUE(store().migrate(kThird).ok());
  EXPECT_EQ(pairs(), 1'000);
  EXPECT_EQ(value_of(999), "line\nbreak\ttab \\ 999");
  const Rows kinds = rows("SELECT n, x, t, b FROM kinds");
  EXPECT_EQ(kinds[0].real("x"), 0.1);
  EXPECT_TRUE(kinds[0].is_null("t"));
  EXPECT_EQ(kinds[0].blob("b"), std::string_view("\0\xFF\\", 3));
  EXPECT_EQ(rows("SELECT boss FROM person WHERE id = 1")[0].integer(0), 2);
  put(5'000, "and goes on");
}

TEST_P(SchemaContract, ABackupTakenWhileWritingIsOfOneInstant) {
  Change first;
  for (int i = 0; i < 200; ++i) first.run(kPut, i, "0");
  ASSERT_TRUE(commit_one(writer(), first).ok());
  std::atomic<bool> stop{false};
  std::atomic<int> rounds{0};
  std::thread busy([&] {
    while (!stop) {
      Change change;
      change.run("UPDATE pair SET v = ?1", std::to_string(++rounds));
      change.run("INSERT INTO kinds(id, t) VALUES (?1, ?2)", rounds.load(), std::string(20'000, 'f'));
      ASSERT_TRUE(commit_one(writer(), change).ok());
    }
  });
  while (rounds < 20) std::this_thread::yield();
  const std::string file = fresh_->folder.file("backup");
  const Result<void> backed = store().backup_to(file);
  stop = true;
  busy.join();
  ASSERT_TRUE(backed.ok()) << backed.error().message;
  const StoreOptions place = new_place("restored.db");
  const Result<void> restored = restore_from(place, file, kContractSteps);
  ASSERT_TRUE(restored.ok()) << restored.error().message;
  use(place);
  const Rows values = rows("SELECT DISTINCT v FROM pair");
  ASSERT_EQ(values.size(), 1u);
  EXPECT_EQ(values[0].str(0), std::to_string(rows("SELECT max(id) FROM kinds")[0].integer(0)));
}

TEST_P(SchemaContract, NeverOverwritesAFileOrADatabase) {
  put(1, "x");
  const std::string file = fresh_->folder.file("backup");
  ASSERT_TRUE(store().backup_to(file).ok());
  EXPECT_EQ(store().backup_to(file).error().code, ErrorCode::kConfig);
  const StoreOptions place = new_place("restored.db");
  ASSERT_TRUE(restore_from(place, file, kContractSteps).ok());
  EXPECT_EQ(restore_from(place, file, kContractSteps).error().code, ErrorCode::kConfig);
  EXPECT_EQ(store().backup_to("/no/such/folder/backup").error().code, ErrorCode::kConfig);
}

TEST_P(SchemaContract, RefusesABackupThatIsNotWhole) {
  Change change;
  for (int i = 0; i < 300; ++i) change.run(kPut, i, std::string(100, 'x'));
  ASSERT_TRUE(commit_one(writer(), change).ok());
  const std::string file = fresh_->folder.file("backup");
  ASSERT_TRUE(store().backup_to(file).ok());
  std::ifstream in(file, std::ios::binary);
  const std::string whole((std::istreambuf_iterator<char>(in)), {});
  int n = 0;
  const auto refused = [&](const std::string& bytes) {
    const std::string path = fresh_->folder.file("bad" + std::to_string(++n));
    std::ofstream(path, std::ios::binary) << bytes;
    const Result<void> restored = restore_from(new_place("from" + std::to_string(n)), path, kContractSteps);
    EXPECT_FALSE(restored.ok()) << n;
    return !restored.ok() && restored.error().code == ErrorCode::kConfig;
  };
  EXPECT_TRUE(refused(""));
  EXPECT_TRUE(refused("not a backup at all"));
  EXPECT_TRUE(refused(whole.substr(0, whole.size() / 2)));
  EXPECT_TRUE(refused(whole.substr(0, whole.size() - 1)));
  EXPECT_FALSE(restore_from(new_place("none"), fresh_->folder.file("missing"), kContractSteps).ok());
}

TEST_P(SchemaContract, RefusesABackupOfANewerProgram) {
  ASSERT_TRUE(store().migrate(kThird).ok());
  const std::string file = fresh_->folder.file("backup");
  ASSERT_TRUE(store().backup_to(file).ok());
  EXPECT_EQ(restore_from(new_place("restored.db"), file, kContractSteps).error().code, ErrorCode::kConfig);
}

TEST(StoreOpen, RefusesAnAddressThatIsNone) {
  for (const char* url : {"", "mysql://x", "sqlite:/no/such/folder/x.db", "/no/such/folder/x.db"}) {
    const auto opened = Store::open({.url = url});
    ASSERT_FALSE(opened.ok()) << url;
    EXPECT_EQ(opened.error().code, ErrorCode::kConfig) << url;
  }
  EXPECT_EQ(Store::open({.url = "postgres:///x?host=/no/such/socket"}).error().code, ErrorCode::kStore);
}

TEST(StoreOpen, RefusesAFileThatIsNoDatabase) {
  const TemporaryFolder folder;
  std::ofstream(folder.file("x.db")) << std::string(5'000, 'x');
  const auto opened = Store::open({.url = "sqlite:" + folder.file("x.db")});
  ASSERT_FALSE(opened.ok());
  EXPECT_EQ(opened.error().code, ErrorCode::kConfig) << opened.error().message;
}

TEST(StoreOpen, MakesAFileOnlyItsOwnerMayRead) {
  const TemporaryFolder folder;
  ASSERT_TRUE(Store::open({.url = folder.file("x.db")}).ok());
  const auto rights = std::filesystem::status(folder.file("x.db")).permissions();
  EXPECT_EQ(rights, std::filesystem::perms::owner_read | std::filesystem::perms::owner_write);
  EXPECT_FALSE(Store::open({.url = folder.file("y.db"), .must_exist = true}).ok());
}

TEST(ShownUrl, HidesPasswords) {
  EXPECT_EQ(shown_url("postgres://ann:secret@host/db"), "postgres://ann:***@host/db");
  EXPECT_EQ(shown_url("postgres://ann:se@cr:et@host:5432/db"), "postgres://ann:***@host:5432/db");
  EXPECT_EQ(shown_url("postgres://host:5432/db?password=secret&user=a"), "postgres://host:5432/db?password=***&user=a");
  EXPECT_EQ(shown_url("sqlite:/a:b@c"), "sqlite:/a:b@c");
}

}  // namespace
}  // namespace carillon::store::testing
