// Goal: values, rows and SQL texts keep what they are given, at the sizes where their storage changes.
#include <gtest/gtest.h>

#include "store/migrations.h"
#include "store/rows.h"
#include "store/store.h"
#include "store/writer.h"

namespace carillon::store {
namespace {

TEST(Value, KeepsTextOfEverySizeThroughCopiesAndMoves) {
  for (std::size_t size : {0u, 1u, 34u, 37u, 38u, 1000u}) {
    const std::string text(size, 'x');
    Value value(text);
    Value copy = value;
    Value moved = std::move(value);
    EXPECT_EQ(copy.bytes(), text);
    EXPECT_EQ(moved.bytes(), text);
    copy = moved;
    moved = Value(std::string(text));
    EXPECT_EQ(copy, moved);
    moved = 5;
    EXPECT_EQ(moved.integer(), 5);
    moved = copy;
    EXPECT_EQ(moved.bytes(), text);
  }
}

TEST(Value, TakesOurOwnTypes) {
  const TaskId task{1, 2};
  const Params params = Params::of(task, TaskId{}, true, Instant{7}, Duration::seconds(1), 2.5, nullptr,
                                   std::optional<std::int64_t>{}, std::optional<std::int64_t>{4}, Value::blob("b"));
  EXPECT_EQ(params[0].bytes(), task.str());
  EXPECT_TRUE(params[1].is_null());
  EXPECT_EQ(params[2].integer(), 1);
  EXPECT_EQ(params[3].integer(), 7);
  EXPECT_EQ(params[4].integer(), 1'000'000);
  EXPECT_EQ(params[5].real(), 2.5);
  EXPECT_TRUE(params[6].is_null());
  EXPECT_TRUE(params[7].is_null());
  EXPECT_EQ(params[8].integer(), 4);
  EXPECT_EQ(params[9].kind(), Kind::kBlob);
}

TEST(Value, BorrowedTextIsNotCopied) {
  const std::string text(100, 'y');
  EXPECT_EQ(Value::borrow_text(text).bytes().data(), text.data());
}

TEST(Sql, LiteralsCostNothingAndDynamicTextsAreOwned) {
  static constexpr Sql kSelect = "SELECT 1";
  static_assert(kSelect.is_static());
  Sql dynamic = Sql::dynamic("SELECT 1");
  EXPECT_EQ(dynamic.hash(), kSelect.hash());
  Sql copy = dynamic;
  Sql moved = std::move(dynamic);
  EXPECT_EQ(copy.text(), moved.text());
  EXPECT_NE(copy.text().data(), moved.text().data());
  copy = kSelect;
  EXPECT_TRUE(copy.is_static());
}

TEST(Rows, OwnTheirBytesAndSurviveAMove) {
  Rows rows(ColumnNames{"id", "name"});
  for (int i = 0; i < 1000; ++i) {
    const std::string name = "name " + std::to_string(i);
    const Cell cells[] = {{Kind::kInt, i, 0, {}}, {Kind::kText, 0, 0, name}};
    rows.add(cells);
  }
  const Row row = rows[999];
  const Rows moved = std::move(rows);
  EXPECT_EQ(row.text("name"), "name 999");
  std::int64_t sum = 0;
  for (Row each : moved) sum += each.integer(0);
  EXPECT_EQ(sum, 999 * 1000 / 2);
}

TEST(Change, IsWrittenInOneLineAStatement) {
  Change change;
  change.run("INSERT INTO t(a, b) VALUES (?1, ?2)", 1, "x").run_expecting(1, "UPDATE t SET a = ?1", 2);
  EXPECT_EQ(change.statements.size(), 2u);
  EXPECT_EQ(change.statements[1].expect.rows, 1);
}

TEST(Migrations, AreEmbeddedInOrder) {
  int last = 0;
  for (const Migration& step : embedded_migrations()) {
    EXPECT_GT(step.version, last);
    last = step.version;
  }
  EXPECT_GE(last, 1);
}

}  // namespace
}  // namespace carillon::store
