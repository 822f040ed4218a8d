// What the contract suites share: a store of the kind under test with one small schema.
#pragma once

#include <gtest/gtest.h>

#include <memory>
#include <string>

#include "store/testing/fresh_store.h"

namespace carillon::store::testing {

inline constexpr Migration kContractSteps[] = {
    {1, "0001_pairs",
     "CREATE TABLE pair (k {{int}} NOT NULL PRIMARY KEY, v {{text}}) {{table_options}};\n"
     "CREATE TABLE person (\n"
     "  id {{int}} NOT NULL PRIMARY KEY,\n"
     "  email {{text}} NOT NULL,\n"
     "  nick {{text}} UNIQUE,\n"
     "  age {{int}} CONSTRAINT person_age CHECK (age >= 0),\n"
     "  boss {{int}} CONSTRAINT person_boss REFERENCES person(id)\n"
     ") {{table_options}};\n"
     "CREATE UNIQUE INDEX person_by_email ON person(email);\n",
     "CREATE TABLE pair (k {{int}} NOT NULL PRIMARY KEY, v {{text}}) {{table_options}};\n"
     "CREATE TABLE person (\n"
     "  id {{int}} NOT NULL PRIMARY KEY,\n"
     "  email {{text}} NOT NULL,\n"
     "  nick {{text}} UNIQUE,\n"
     "  age {{int}} CONSTRAINT person_age CHECK (age >= 0),\n"
     "  boss {{int}} CONSTRAINT person_boss REFERENCES person(id)\n"
     ") {{table_options}};\n"
     "CREATE UNIQUE INDEX person_by_email ON person(email);\n"},
    {2, "0002_kinds",
     "CREATE TABLE kinds (id {{int}} NOT NULL PRIMARY KEY, n {{int}}, x {{real}}, t {{text}}, b {{blob}}) STRICT",
     "CREATE TABLE kinds (id {{int}} NOT NULL PRIMARY KEY, n {{int}}, x {{real}}, t {{text}}, b {{blob}})"},
};

inline constexpr Sql kPut = "INSERT INTO pair(k, v) VALUES (?1, ?2) ON CONFLICT (k) DO UPDATE SET v = excluded.v";
inline constexpr Sql kInsert = "INSERT INTO pair(k, v) VALUES (?1, ?2)";
inline constexpr Sql kReplaceIf = "UPDATE pair SET v = ?3 WHERE k = ?1 AND v = ?2";

class StoreContract : public ::testing::TestWithParam<StoreKind> {
 protected:
  void SetUp() override { open({}); }

  void open(StoreOptions options) {
    fresh_.reset();
    Result<FreshStore> made = fresh_store(GetParam(), std::move(options));
    ASSERT_TRUE(made.ok()) << made.error().message;
    fresh_ = std::make_unique<FreshStore>(std::move(*made));
    Result<MigrationReport> migrated = store().migrate(kContractSteps);
    ASSERT_TRUE(migrated.ok()) << migrated.error().message;
  }

  Store& store() { return *fresh_->store; }
  Writer& writer() { return store().writer(); }

  Rows rows(const Sql& sql, const Params& params = {}) {
    Result<ReaderLease> reader = store().readers().lease();
    EXPECT_TRUE(reader.ok()) << reader.error().message;
    Result<Rows> found = (*reader)->query(sql, params);
    EXPECT_TRUE(found.ok()) << found.error().message;
    return found ? std::move(*found) : Rows();
  }
  std::int64_t pairs() { return rows("SELECT count(*) AS n FROM pair")[0].integer("n"); }
  // "" when there is no such row.
  std::string value_of(std::int64_t key) {
    const Rows found = rows("SELECT v FROM pair WHERE k = ?1", {key});
    return found.empty() ? std::string() : found[0].str(0);
  }

  std::unique_ptr<FreshStore> fresh_;
};

#define CARILLON_EACH_STORE(suite) INSTANTIATE_TEST_SUITE_P(Each, suite, ::testing::ValuesIn(kStoreKinds), kind_name)

}  // namespace carillon::store::testing
