// Goal: a database is brought forward only along the steps this program knows, and refused otherwise. Pure tables.
#include "store/migration_plan.h"

#include <gtest/gtest.h>

namespace carillon::store {
namespace {

constexpr Migration kSteps[] = {{1, "0001_one", "a", "a"}, {2, "0002_two", "b", "c"}, {4, "0004_four", "d", "d"}};

std::vector<AppliedStep> applied(std::size_t n, Dialect dialect = Dialect::kSqlite) {
  std::vector<AppliedStep> out;
  for (const Migration& step : std::span(kSteps).first(n)) {
    out.push_back({step.version, std::string(step.name), step.checksum(dialect)});
  }
  return out;
}

TEST(MigrationPlan, GivesTheTailThatIsMissing) {
  for (std::size_t n = 0; n <= 3; ++n) {
    const auto missing = missing_steps(applied(n), kSteps, Dialect::kSqlite);
    ASSERT_TRUE(missing.ok());
    EXPECT_EQ(missing->size(), 3 - n);
  }
}

TEST(MigrationPlan, ChecksTheTextOfItsOwnDialect) {
  EXPECT_TRUE(missing_steps(applied(2, Dialect::kPostgres), kSteps, Dialect::kPostgres).ok());
  const auto changed = missing_steps(applied(2, Dialect::kPostgres), kSteps, Dialect::kSqlite);
  ASSERT_FALSE(changed.ok());
  EXPECT_EQ(changed.error().code, ErrorCode::kConfig);
  EXPECT_NE(changed.error().message.find("0002_two"), std::string::npos);
}

TEST(MigrationPlan, RefusesANewerDatabase) {
  std::vector<AppliedStep> newer = applied(3);
  newer.push_back({5, "0005_five", 7});
  const auto missing = missing_steps(newer, kSteps, Dialect::kSqlite);
  ASSERT_FALSE(missing.ok());
  EXPECT_NE(missing.error().message.find("newer"), std::string::npos);
  EXPECT_NE(missing.error().message.find("0005_five"), std::string::npos);
}

TEST(MigrationPlan, RefusesAStepSlippedInBeforeTheLast) {
  std::vector<AppliedStep> hole = applied(3);
  hole.erase(hole.begin() + 1);
  const auto missing = missing_steps(hole, kSteps, Dialect::kSqlite);
  ASSERT_FALSE(missing.ok());
  EXPECT_NE(missing.error().message.find("0002_two"), std::string::npos);
}

TEST(MigrationPlan, RefusesAStepThisProgramDoesNotKnow) {
  std::vector<AppliedStep> other = applied(3);
  other[2].version = 3;
  EXPECT_FALSE(missing_steps(other, kSteps, Dialect::kSqlite).ok());
}

}  // namespace
}  // namespace carillon::store
