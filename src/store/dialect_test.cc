// Goal: one SQL text becomes what each database understands, and nothing inside quotes or comments is touched.
#include "store/dialect.h"

#include <gtest/gtest.h>

namespace carillon::store {
namespace {

std::string rendered(Dialect dialect, std::string_view sql) {
  Result<RenderedSql> out = render(dialect, sql);
  return out ? out->text : "fault: " + out.error().message;
}

TEST(Dialect, RewritesParametersForPostgres) {
  Result<RenderedSql> out = render(Dialect::kPostgres, "SELECT a FROM t WHERE b = ?2 AND c = ?1 OR d = ?12");
  ASSERT_TRUE(out.ok());
  EXPECT_EQ(out->text, "SELECT a FROM t WHERE b = $2 AND c = $1 OR d = $12");
  EXPECT_EQ(out->parameters, 12);
  EXPECT_EQ(rendered(Dialect::kSqlite, "SELECT ?1"), "SELECT ?1");
}

TEST(Dialect, SubstitutesItsWords) {
  constexpr std::string_view kTable =
      "CREATE TABLE t (a {{int}}, b {{real}}, c {{text}}, d {{blob}}) {{table_options}}";
  EXPECT_EQ(rendered(Dialect::kSqlite, kTable),
            "CREATE TABLE t (a INTEGER, b REAL, c TEXT COLLATE BINARY, d BLOB) STRICT, WITHOUT ROWID");
  EXPECT_EQ(rendered(Dialect::kPostgres, kTable),
            "CREATE TABLE t (a BIGINT, b DOUBLE PRECISION, c TEXT COLLATE \"C\", d BYTEA) ");
}

TEST(Dialect, LeavesQuotesAndCommentsAlone) {
  for (std::string_view sql : {"SELECT 'what? {{int}}', \"a?\"", "SELECT 1 -- really? {{int}}\n", "SELECT /* ?x */ 1",
                               "SELECT 'it''s ?'", "SELECT '", "SELECT /* "}) {
    EXPECT_EQ(rendered(Dialect::kPostgres, sql), sql);
  }
}

TEST(Dialect, RefusesUnknownWordsAndBareParameters) {
  for (std::string_view sql : {"{{json}}", "{{int", "SELECT ?", "SELECT ?0", "SELECT ?1000", "SELECT ?99999999999"}) {
    Result<RenderedSql> out = render(Dialect::kSqlite, sql);
    ASSERT_FALSE(out.ok()) << sql;
    EXPECT_EQ(out.error().code, ErrorCode::kStore);
  }
}

TEST(Dialect, RefusesATextTooLongToBeAStatement) {
  EXPECT_FALSE(render_statement(Dialect::kSqlite, Sql::dynamic(std::string(70'000, ' '))).ok());
}

}  // namespace
}  // namespace carillon::store
