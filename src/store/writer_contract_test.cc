// Goal: what writer.h promises, over each database: all or nothing for a change, the others go on, conflicts and
// constraints are told apart and named alike.
#include "store/testing/contract.h"

namespace carillon::store::testing {
namespace {

using WriterContract = StoreContract;
CARILLON_EACH_STORE(WriterContract);

Change put(std::int64_t key, std::string_view value) {
  Change change;
  change.run(kPut, key, value);
  return change;
}

TEST_P(WriterContract, CommitsManyChangesTogether) {
  std::vector<Change> changes;
  for (int i = 0; i < 500; ++i) changes.push_back(put(i, "v" + std::to_string(i)));
  const auto answers = writer().commit(changes);
  ASSERT_TRUE(answers.ok()) << answers.error().message;
  ASSERT_EQ(answers->size(), 500u);
  for (const Result<void>& answer : *answers) EXPECT_TRUE(answer.ok());
  EXPECT_EQ(pairs(), 500);
  EXPECT_EQ(value_of(499), "v499");
}

TEST_P(WriterContract, AnEmptyCommitSucceeds) {
  const auto none = writer().commit({});
  ASSERT_TRUE(none.ok());
  EXPECT_TRUE(none->empty());
  const Change empty;
  EXPECT_TRUE(commit_one(writer(), empty).ok());
}

TEST_P(WriterContract, RejectsAFailedExpectationAloneAndWhole) {
  ASSERT_TRUE(commit_one(writer(), put(1, "old")).ok());
  std::vector<Change> changes(3);
  changes[0].run(kPut, 2, "before");
  changes[1].run(kPut, 3, "part of the rejected").run_expecting(1, kReplaceIf, 1, "not there", "new");
  changes[2].run_expecting(1, kReplaceIf, 1, "old", "new");
  const auto answers = writer().commit(changes);
  ASSERT_TRUE(answers.ok()) << answers.error().message;
  EXPECT_TRUE((*answers)[0].ok());
  ASSERT_FALSE((*answers)[1].ok());
  EXPECT_EQ((*answers)[1].error().code, ErrorCode::kStoreConflict);
  EXPECT_TRUE((*answers)[2].ok());
  EXPECT_EQ(value_of(1), "new");
  EXPECT_EQ(value_of(2), "before");
  EXPECT_EQ(value_of(3), "");
}

TEST_P(WriterContract, ExpectsZeroAndManyRowsToo) {
  for (int i = 0; i < 4; ++i) ASSERT_TRUE(commit_one(writer(), put(i, "same")).ok());
  Change none, four, three;
  none.run_expecting(0, "DELETE FROM pair WHERE v = ?1", "other");
  three.run_expecting(3, "UPDATE pair SET v = v");
  four.run_expecting(4, "DELETE FROM pair");
  EXPECT_TRUE(commit_one(writer(), none).ok());
  EXPECT_EQ(commit_one(writer(), three).error().code, ErrorCode::kStoreConflict);
  EXPECT_TRUE(commit_one(writer(), four).ok());
}

TEST_P(WriterContract, AChangeSeesThoseBeforeItAndNotTheRejected) {
  std::vector<Change> changes(4);
  changes[0].run(kInsert, 1, "a");
  changes[1].run(kInsert, 2, "b").run_expecting(1, kReplaceIf, 9, "x", "y");  // rejected
  changes[2].run(kInsert, 2, "c");                                            // its key is free after all
  changes[3].run_expecting(1, kReplaceIf, 1, "a", "d");
  const auto answers = writer().commit(changes);
  ASSERT_TRUE(answers.ok());
  EXPECT_TRUE((*answers)[0].ok());
  EXPECT_FALSE((*answers)[1].ok());
  EXPECT_TRUE((*answers)[2].ok());
  EXPECT_TRUE((*answers)[3].ok());
  EXPECT_EQ(value_of(1), "d");
  EXPECT_EQ(value_of(2), "c");
}

// Every pattern of rejections among eight changes: errors and failed expectations by turns.
TEST_P(WriterContract, KeepsEveryPatternOfRejectionsApart) {
  ASSERT_TRUE(commit_one(writer(), put(1000, "taken")).ok());
  for (unsigned pattern = 0; pattern < 256; pattern += GetParam() == StoreKind::kPostgres ? 7 : 1) {
    std::vector<Change> changes(8);
    for (unsigned i = 0; i < 8; ++i) {
      changes[i].run(kInsert, 2000 + pattern * 8 + i, "x");
      if (!(pattern >> i & 1)) continue;
      if (i % 2) changes[i].run(kInsert, 1000, "duplicate");
      if (i % 2 == 0) changes[i].run_expecting(1, kReplaceIf, 1000, "nothing", "x");
    }
    const auto answers = writer().commit(changes);
    ASSERT_TRUE(answers.ok()) << answers.error().message;
    for (unsigned i = 0; i < 8; ++i) {
      const bool rejected = pattern >> i & 1;
      EXPECT_EQ((*answers)[i].ok(), !rejected) << pattern << " " << i;
      if (rejected) {
        EXPECT_EQ((*answers)[i].error().code, i % 2 ? ErrorCode::kNameTaken : ErrorCode::kStoreConflict);
      }
      EXPECT_EQ(value_of(2000 + pattern * 8 + i), rejected ? "" : "x");
    }
  }
}

TEST_P(WriterContract, ABatchOfNothingButRejectionsCommitsNothing) {
  ASSERT_TRUE(commit_one(writer(), put(1, "taken")).ok());
  std::vector<Change> changes(300);
  for (Change& change : changes) change.run(kInsert, 1, "again");
  const auto answers = writer().commit(changes);
  ASSERT_TRUE(answers.ok());
  for (const Result<void>& answer : *answers) EXPECT_EQ(answer.error().code, ErrorCode::kNameTaken);
  EXPECT_TRUE(commit_one(writer(), put(2, "afterwards")).ok());
}

TEST_P(WriterContract, NamesTheConstraintAlikeInBothDatabases) {
  constexpr Sql kPerson = "INSERT INTO person(id, email, nick, age, boss) VALUES (?1, ?2, ?3, ?4, ?5)";
  const auto add = [&](Value id, Value email, Value nick, Value age, Value boss) {
    Change change;
    change.run(kPerson, id, email, nick, age, boss);
    const Result<void> answer = commit_one(writer(), change);
    return answer ? std::string("done") : std::string(info(answer.error().code).code) + " " + answer.error().field;
  };
  EXPECT_EQ(add(1, "a@x", "ann", 30, nullptr), "done");
  EXPECT_EQ(add(1, "b@x", "bob", 30, nullptr), "name_taken person_pkey");
  EXPECT_EQ(add(2, "a@x", "bob", 30, nullptr), "name_taken person_by_email");
  EXPECT_EQ(add(2, "b@x", "ann", 30, nullptr), "name_taken person_nick_key");
  EXPECT_EQ(add(2, "b@x", "bob", -1, nullptr), "invalid_value person_age");
  EXPECT_EQ(add(2, nullptr, "bob", 1, nullptr), "invalid_value email");
  EXPECT_TRUE(add(2, "b@x", "bob", 1, 99).starts_with("conflict"));
  EXPECT_EQ(add(2, "b@x", "bob", 1, 1), "done");
  Change remove;
  remove.run("DELETE FROM person WHERE id = 1");
  EXPECT_EQ(commit_one(writer(), remove).error().code, ErrorCode::kConflict);
}

TEST_P(WriterContract, RefusesZeroBytesAndMalformedTextAlone) {
  std::vector<Change> changes(3);
  changes[0].run(kInsert, 1, std::string_view("a\0b", 3));
  changes[1].run(kInsert, 2, "\xC3\x28");
  changes[2].run(kInsert, 3, "fine");
  const auto answers = writer().commit(changes);
  ASSERT_TRUE(answers.ok());
  EXPECT_EQ((*answers)[0].error().code, ErrorCode::kInvalidUtf8);
  EXPECT_EQ((*answers)[1].error().code, ErrorCode::kInvalidUtf8);
  EXPECT_TRUE((*answers)[2].ok());
  EXPECT_EQ(pairs(), 1);
}

TEST_P(WriterContract, AWrongStatementIsRejectedAlone) {
  std::vector<Change> changes(6);
  changes[0].run("INSERT INTO no_such_table VALUES (1)");
  changes[1].run("INSERT INTO pair(k, v) VALUES (?1, {{nonsense}})", 1);
  changes[2].run(kInsert, 1);
  changes[3].run("INSRT");
  changes[4].run(kInsert, 5, "fine");
  changes[5].run(kInsert, "not a number", "x");
  for (int again = 0; again < 2; ++again) {  // the second time from the cache
    const auto answers = writer().commit(changes);
    ASSERT_TRUE(answers.ok()) << answers.error().message;
    for (int i = 0; i < 4; ++i) EXPECT_EQ((*answers)[i].error().code, ErrorCode::kStore) << i;
    EXPECT_EQ((*answers)[4].ok(), again == 0);
    EXPECT_EQ((*answers)[5].error().code, ErrorCode::kInvalidValue) << (*answers)[5].error().message;
  }
  EXPECT_EQ(pairs(), 1);
}

TEST_P(WriterContract, IgnoresRowsOfReturning) {
  Change change;
  change.run_expecting(1, "INSERT INTO pair(k, v) VALUES (?1, ?2) RETURNING k", 1, "a");
  EXPECT_TRUE(commit_one(writer(), change).ok());
  EXPECT_EQ(value_of(1), "a");
}

TEST_P(WriterContract, KeepsEveryValueAsItWas) {
  const std::string long_text(200'000, 'z');
  const std::string bytes("\0\x01\xFF\0", 4);
  Change change;
  constexpr Sql kAdd = "INSERT INTO kinds(id, n, x, t, b) VALUES (?1, ?2, ?3, ?4, ?5)";
  change.run(kAdd, 1, std::numeric_limits<std::int64_t>::min(), 0.1, "", Value::blob(bytes));
  change.run(kAdd, 2, std::numeric_limits<std::int64_t>::max(), -1.7976931348623157e308, long_text, Value::blob(""));
  change.run(kAdd, 3, nullptr, nullptr, nullptr, nullptr);
  change.run(kAdd, 4, true, 5e-324, Value::borrow_text(long_text), Value::borrow_blob(long_text));
  change.run(kAdd, 5, 0, 3, "it's \"?1\" \xF0\x9F\x8E\xB6", nullptr);
  const Result<void> done = commit_one(writer(), change);
  ASSERT_TRUE(done.ok()) << done.error().message;
  const Rows found = rows("SELECT id, n, x, t, b FROM kinds ORDER BY id");
  ASSERT_EQ(found.size(), 5u);
  EXPECT_EQ(found[0].integer("n"), std::numeric_limits<std::int64_t>::min());
  EXPECT_EQ(found[0].real("x"), 0.1);
  EXPECT_EQ(found[0].text("t"), "");
  EXPECT_EQ(found[0].blob("b"), bytes);
  EXPECT_EQ(found[1].integer("n"), std::numeric_limits<std::int64_t>::max());
  EXPECT_EQ(found[1].real("x"), -1.7976931348623157e308);
  EXPECT_EQ(found[1].text("t"), long_text);
  EXPECT_EQ(found[1].blob("b"), "");
  for (const char* column : {"n", "x", "t", "b"}) EXPECT_TRUE(found[2].is_null(column));
  EXPECT_TRUE(found[3].flag("n"));
  EXPECT_EQ(found[3].real("x"), 5e-324);
  EXPECT_EQ(found[3].blob("b"), long_text);
  EXPECT_EQ(found[4].text("t"), "it's \"?1\" \xF0\x9F\x8E\xB6");
}

TEST_P(WriterContract, ForgetsTextsMadeAtRunTime) {
  for (int i = 0; i < 2'500; i += 50) {
    Change change;
    for (int j = i; j < i + 50; ++j) {
      change.run(Sql::dynamic("INSERT INTO pair(k, v) VALUES (?1, 'made " + std::to_string(j) + "')"), j);
    }
    const Result<void> done = commit_one(writer(), change);
    ASSERT_TRUE(done.ok()) << done.error().message;
  }
  EXPECT_EQ(pairs(), 2'500);
}

TEST_P(WriterContract, WhatIsCommittedIsThereForTheNextProgram) {
  if (GetParam() == StoreKind::kMemory) return;  // gone with its store, by design
  ASSERT_TRUE(commit_one(writer(), put(1, "kept")).ok());
  fresh_->store.reset();
  Result<std::unique_ptr<Store>> again = Store::open(fresh_->options);
  ASSERT_TRUE(again.ok());
  fresh_->store = std::move(*again);
  EXPECT_EQ(value_of(1), "kept");
}

}  // namespace
}  // namespace carillon::store::testing
