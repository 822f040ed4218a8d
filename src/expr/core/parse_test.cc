#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "expr/core/expr.h"

namespace carillon::expr {
namespace {

using ::testing::HasSubstr;

std::string canonical(std::string_view text, Scope scope = Scope::kTarget) {
  const Result<Expression> parsed = parse(text, scope);
  return parsed ? parsed->canonical() : "fault: " + parsed.error().message;
}

struct Fault {
  std::int64_t column;
  std::string found;
  std::string expected;
};

void expect_fault(std::string_view text, Scope scope, const Fault& fault) {
  const Result<Expression> parsed = parse(text, scope);
  ASSERT_FALSE(parsed) << text;
  EXPECT_EQ(parsed.error().code, ErrorCode::kExpressionFault) << text;
  EXPECT_EQ(parsed.error().column, fault.column) << text << ": " << parsed.error().message;
  EXPECT_THAT(parsed.error().message, HasSubstr("found " + fault.found)) << text;
  EXPECT_THAT(parsed.error().expected, HasSubstr(fault.expected)) << text;
}

TEST(ExprParse, EmptyTextIsAlwaysTrueInEveryScope) {
  for (const Scope scope : {Scope::kQueue, Scope::kFilter, Scope::kTarget, Scope::kSkipIf}) {
    EXPECT_TRUE(parse("", scope)->is_always());
    EXPECT_TRUE(parse(" \n\t ", scope)->is_always());
    EXPECT_TRUE(parse("1 == 1", scope)->is_always());
    EXPECT_TRUE(parse("'a' == 'b'", scope)->is_never());
    EXPECT_TRUE(parse("true AND NOT false", scope)->is_always());
  }
  EXPECT_TRUE(Expression().is_always());
  EXPECT_EQ(Expression().source(), "");
  EXPECT_EQ(Expression().canonical(), "true");
}

TEST(ExprParse, KeepsTheSource) {
  EXPECT_EQ(parse("  level>3 ", Scope::kQueue)->source(), "  level>3 ");
  EXPECT_EQ(parse("  level>3 ", Scope::kQueue)->canonical(), "worker.level > 3");
}

TEST(ExprParse, KeywordsAreReadWithoutRegardToCase) {
  EXPECT_EQ(canonical("worker.a == 1 aNd nOt worker.b has 'x' oR worker.c not In [1,2] Or worker.d In worker.e"),
            R"(worker.a == 1 AND NOT worker.b HAS "x" OR worker.c NOT IN [1, 2] OR worker.e HAS worker.d)");
  EXPECT_EQ(canonical("worker.t contains 'x' and TRUE"), R"(worker.t CONTAINS "x")");
}

TEST(ExprParse, AndBindsTighterThanOrAndNotTighterThanBoth) {
  EXPECT_EQ(canonical("worker.a OR worker.b AND NOT worker.c OR worker.d"),
            "worker.a OR worker.b AND NOT worker.c OR worker.d");
  EXPECT_EQ(canonical("(worker.a OR worker.b) AND NOT (worker.c OR worker.d)"),
            "(worker.a OR worker.b) AND NOT (worker.c OR worker.d)");
  EXPECT_EQ(canonical("((worker.a AND (worker.b)) AND (worker.c AND worker.d))"),
            "worker.a AND worker.b AND worker.c AND worker.d");
}

TEST(ExprParse, OneMeaningHasOneSpelling) {
  EXPECT_EQ(canonical("3 < worker.level"), "worker.level > 3");
  EXPECT_EQ(canonical("3 >= worker.level"), "worker.level <= 3");
  EXPECT_EQ(canonical("'x' = worker.a"), R"(worker.a == "x")");
  EXPECT_EQ(canonical("NOT NOT NOT worker.a"), "NOT worker.a");
  EXPECT_EQ(canonical("worker.a == true"), "worker.a");
  EXPECT_EQ(canonical("worker.a != false"), "worker.a");
  EXPECT_EQ(canonical("worker.a != true"), "worker.a == false");
  EXPECT_EQ(canonical("worker.a IN ['x']"), R"(worker.a == "x")");
  EXPECT_EQ(canonical("[1, 2] HAS worker.a"), "worker.a IN [1, 2]");
  EXPECT_EQ(canonical("'en' IN worker.langs"), R"(worker.langs HAS "en")");
  EXPECT_EQ(canonical("worker.a AND worker.b AND worker.a"), "worker.a AND worker.b");
  EXPECT_EQ(canonical("worker.a OR 1 == 2"), "worker.a");
  EXPECT_EQ(canonical("worker.a OR 1 == 1"), "true");
  EXPECT_EQ(canonical("worker.a AND 1 == 2"), "false");
  EXPECT_EQ(canonical("worker.n == 1.0"), "worker.n == 1");
  EXPECT_EQ(canonical("worker.n == -0.0"), "worker.n == 0");
  EXPECT_EQ(canonical("worker.n == 5e-1"), "worker.n == 0.5");
  EXPECT_EQ(canonical("worker.n == 123456789012345678901.0"), "worker.n == 1.2345678901234568e+20");
}

TEST(ExprParse, ScopesSayWhatAKeyMeans) {
  EXPECT_EQ(canonical("level > 1 AND worker.level > 1", Scope::kQueue), "worker.level > 1");
  EXPECT_EQ(canonical("kind == 'x' AND task.kind == 'x'", Scope::kFilter), R"(task.kind == "x")");
  EXPECT_EQ(canonical("worker.team == task.team", Scope::kTarget), "worker.team == task.team");
  EXPECT_EQ(canonical("workers.available == 0 AND task.age > 30 AND task.vip AND queue.waiting >= 5 AND "
                      "queue.longest_wait > 60 AND workers.eligible < 2 AND task.priority > 3",
                      Scope::kSkipIf),
            "workers.available == 0 AND task.age > 30 AND task.vip AND queue.waiting >= 5 AND "
            "queue.longest_wait > 60 AND workers.eligible < 2 AND task.priority > 3");
  expect_fault("task.vip", Scope::kQueue, {1, "`task.vip`", "worker.task"});
  expect_fault("1 == 1 AND worker.x", Scope::kFilter, {12, "`worker.x`", "task.worker"});
  expect_fault("level > 3", Scope::kTarget, {1, "`level`", "worker.level"});
  expect_fault("worker.available", Scope::kSkipIf, {1, "`worker.available`", "workers.available"});
  expect_fault("workers.availabel == 0", Scope::kSkipIf, {1, "`workers.availabel`", "workers.available"});
  expect_fault("worker == 1", Scope::kTarget, {1, "`worker`", "worker.level"});
  expect_fault("worker[0] == 1", Scope::kTarget, {1, "`worker[0]`", "a name before the first index"});
}

TEST(ExprParse, AttributesNamedLikeFactsAreQuoted) {
  EXPECT_EQ(canonical("sid == 'a' AND worker.sid == 'b'", Scope::kQueue),
            R"(worker["sid"] == "a" AND worker.sid == "b")");
  EXPECT_EQ(canonical("worker['available']"), R"(worker["available"])");
  EXPECT_EQ(canonical("worker.channel == 'x'"), R"(worker.channel == "x")");
  EXPECT_EQ(canonical("channel.voice", Scope::kQueue), R"(worker["channel"].voice)");
  EXPECT_EQ(canonical("worker.channel.voice.available_capacity > 0"), "worker.channel.voice.available_capacity > 0");
  EXPECT_EQ(canonical("worker.channel['my chat'].assigned_tasks == 0"),
            R"(worker.channel["my chat"].assigned_tasks == 0)");
  EXPECT_EQ(canonical("task.age > 18", Scope::kFilter), R"(task["age"] > 18)");
  EXPECT_EQ(canonical("task['age'] > 18 AND task.age > 18", Scope::kSkipIf), R"(task["age"] > 18 AND task.age > 18)");
  expect_fault("worker.channel.voice.capacity > 0", Scope::kTarget,
               {1, "`worker.channel.voice.capacity`", "worker.channel.<name>.available_capacity"});
  expect_fault("worker.sid.x == 1", Scope::kTarget, {1, "`worker.sid.x`", "worker[\"sid\"]"});
  expect_fault("task.age.x == 1", Scope::kSkipIf, {1, "`task.age.x`", "task[\"age\"]"});
}

TEST(ExprParse, ReadsKeysOfAllShapes) {
  EXPECT_EQ(canonical("worker.skills[0].name == worker.a-b.$c._d.2fa"),
            "worker.skills[0].name == worker.a-b.$c._d.2fa");
  EXPECT_EQ(canonical("worker['two words']['x']['a.b'] == 1"), R"(worker["two words"].x["a.b"] == 1)");
  EXPECT_EQ(canonical("worker.größe > 3 AND worker.技能 HAS 'x'"), R"(worker.größe > 3 AND worker.技能 HAS "x")");
  EXPECT_EQ(canonical("not.in AND worker.and.or", Scope::kQueue), "worker.not.in AND worker.and.or");
}

TEST(ExprParse, ReadsTextsWithEscapes) {
  EXPECT_EQ(canonical(R"(worker.a == 'it\'s "so"\\ \n\t\/\u00e9\ud83d\ude00')"),
            R"(worker.a == "it's \"so\"\\ \u000a\u0009/é😀")");
  EXPECT_EQ(canonical(R"(worker.a == "")"), R"(worker.a == "")");
  expect_fault("worker.a == 'open", Scope::kTarget, {13, "a text without an end", "a closing '"});
  expect_fault("worker.a == 'a\nb'", Scope::kTarget, {15, "a control character", "\\n"});
  expect_fault(R"(worker.a == '\q')", Scope::kTarget, {14, "a backslash", "\\n"});
  expect_fault(R"(worker.a == '\u12')", Scope::kTarget, {14, "a malformed \\u", "four hex digits"});
  expect_fault(R"(worker.a == '\udc00')", Scope::kTarget, {14, "a malformed \\u", "four hex digits"});
  expect_fault(R"(worker.a == '\ud800x')", Scope::kTarget, {14, "a malformed \\u", "four hex digits"});
  expect_fault("worker.a == '\\", Scope::kTarget, {14, "a backslash", "one of"});
}

TEST(ExprParse, ReadsNumbersOf64BitsAndDoubles) {
  EXPECT_EQ(canonical("worker.a == -9223372036854775808"), "worker.a == -9223372036854775808");
  EXPECT_EQ(canonical("worker.a == 18446744073709551615"), "worker.a == 18446744073709551615");
  EXPECT_EQ(canonical("worker.a == 1.5e300"), "worker.a == 1.5e+300");
  expect_fault("worker.a == 18446744073709551616", Scope::kTarget, {13, "`18446744073709551616`", "64 bits"});
  expect_fault("worker.a == -9223372036854775809", Scope::kTarget, {13, "`-9223372036854775809`", "64 bits"});
  expect_fault("worker.a == 1e999", Scope::kTarget, {13, "`1e999`", "range"});
  for (const char* bad : {"007", "1.", ".5", "1.2.3", "12abc", "-", "1e", "1e+", "--1", "0x10", "1é"}) {
    expect_fault("worker.a == " + std::string(bad), Scope::kTarget, {13, "`" + std::string(bad), "a number such as"});
  }
}

TEST(ExprParse, FaultsNameColumnFoundAndExpected) {
  expect_fault("worker.a ==", Scope::kTarget, {12, "the end of the text", "a key, a text in quotes"});
  expect_fault("worker.a == == 1", Scope::kTarget, {13, "`==`", "a key, a text in quotes"});
  expect_fault("(worker.a == 1", Scope::kTarget, {15, "the end of the text", "AND, OR or )"});
  expect_fault("worker.a == 1)", Scope::kTarget, {14, "`)`", "AND, OR or the end of the text"});
  expect_fault("worker.a == 1 worker.b", Scope::kTarget, {15, "`worker.b`", "AND, OR or the end of the text"});
  expect_fault("worker.a LIKE 'x'", Scope::kTarget, {10, "`LIKE`", "CONTAINS"});
  expect_fault("1 < worker.a < 3", Scope::kTarget, {14, "`<`", "AND, OR or the end of the text"});
  expect_fault("worker.a AND", Scope::kTarget, {13, "the end of the text", "a key"});
  expect_fault("AND worker.a", Scope::kTarget, {1, "`AND`", "a key"});
  expect_fault("()", Scope::kTarget, {2, "`)`", "a key"});
  expect_fault("3", Scope::kTarget, {2, "the end of the text", "=="});
  expect_fault("'x' AND worker.a", Scope::kTarget, {5, "`AND`", "=="});
  expect_fault("worker.a NOT HAS 1", Scope::kTarget, {14, "`HAS`", "IN after NOT"});
  expect_fault("worker.", Scope::kTarget, {8, "the end of the text", "a name after the dot"});
  expect_fault("worker..a", Scope::kTarget, {8, "a dot without a name", "a name after the dot"});
  expect_fault("worker.a[x] == 1", Scope::kTarget, {10, "no index", "[0]"});
  expect_fault("worker.a[-1] == 1", Scope::kTarget, {10, "no index", "[0]"});
  expect_fault("worker.a[1 == 1", Scope::kTarget, {11, "` `", "]"});
  expect_fault("(worker.a) == 1", Scope::kTarget, {12, "`==`", "AND, OR or the end"});
}

TEST(ExprParse, FaultsKnowWhatOtherLanguagesWrite) {
  expect_fault("worker.a && worker.b", Scope::kTarget, {10, "`&&`", "AND"});
  expect_fault("worker.a || worker.b", Scope::kTarget, {10, "`||`", "OR"});
  expect_fault("!worker.a", Scope::kTarget, {1, "`!`", "NOT"});
  expect_fault("worker.a === 1", Scope::kTarget, {10, "`===`", "one of =="});
  expect_fault("worker.a <> 1", Scope::kTarget, {10, "`<>`", "one of =="});
  expect_fault("worker.a == null", Scope::kTarget, {13, "`null`", "a missing key makes its comparison false"});
  expect_fault("worker.a == “x”", Scope::kTarget, {13, "`“`", "a straight quote"});
  expect_fault("größe == 1 AND größe ; 2", Scope::kQueue, {22, "`;`", "a comparison"});
  expect_fault("a\xc2\xa0== 1", Scope::kQueue, {2, "`\xc2\xa0`", "a key"});
}

TEST(ExprParse, ListsStandOnlyWhereTheyFit) {
  EXPECT_TRUE(parse("worker.a IN []", Scope::kTarget)->is_never());
  EXPECT_EQ(canonical("worker.a NOT IN []"), "worker.a NOT IN []");
  EXPECT_EQ(canonical("worker.a IN [1, 'x', true]"), R"(worker.a IN [1, "x", true])");
  expect_fault("worker.a == [1]", Scope::kTarget, {13, "`[`", "IN"});
  expect_fault("[1] == worker.a", Scope::kTarget, {1, "`[`", "IN or HAS"});
  expect_fault("worker.a HAS [1]", Scope::kTarget, {14, "`[`", "one value"});
  expect_fault("'abc' HAS 'a'", Scope::kTarget, {1, "`'abc'`", "CONTAINS"});
  expect_fault("[1] IN worker.a", Scope::kTarget, {1, "`[`", "one value before IN"});
  expect_fault("worker.a IN 'x'", Scope::kTarget, {13, "`'x'`", "a list"});
  expect_fault("worker.a IN [1 2]", Scope::kTarget, {16, "`2`", ", or ]"});
  expect_fault("worker.a IN [1,", Scope::kTarget, {16, "the end of the text", "a number"});
  expect_fault("worker.a IN [1,]", Scope::kTarget, {16, "`]`", "a number"});
  expect_fault("worker.a IN [worker.b]", Scope::kTarget, {14, "`worker.b`", "a text in quotes"});
  expect_fault("worker.a IN [[1]]", Scope::kTarget, {14, "`[`", "a text in quotes"});
  expect_fault("worker.a CONTAINS ['x']", Scope::kTarget, {19, "`[`", "HAS"});
}

std::string repeated(std::string_view piece, int times) {
  std::string all;
  for (int i = 0; i < times; ++i) all += piece;
  return all;
}

TEST(ExprParse, IsBoundedInLengthDepthAndNodes) {
  EXPECT_TRUE(parse("1 == 1" + std::string(kMaxTextBytes - 6, ' '), Scope::kQueue));
  expect_fault("1 == 1" + std::string(kMaxTextBytes - 5, ' '), Scope::kQueue, {4097, "a text of 4097 bytes", "4096"});
  EXPECT_TRUE(parse(repeated("(", 64) + "a" + repeated(")", 64), Scope::kQueue));
  expect_fault(repeated("(", 65) + "a" + repeated(")", 65), Scope::kQueue, {65, "a deeper nesting", "64"});
  EXPECT_TRUE(parse(repeated("NOT ", 64) + "a", Scope::kQueue));
  expect_fault(repeated("NOT ", 65) + "a", Scope::kQueue, {257, "a deeper nesting", "64"});
  EXPECT_TRUE(parse(repeated("NOT (", 64) + "a" + repeated(")", 64), Scope::kQueue));
  EXPECT_FALSE(parse(repeated("(", 4096), Scope::kQueue));
  EXPECT_FALSE(parse(repeated("[", 4096), Scope::kQueue));
  EXPECT_TRUE(parse("a" + repeated(" OR a", 255), Scope::kQueue));
  expect_fault("a" + repeated(" OR a", 256), Scope::kQueue, {1281, "a larger expression", "512"});
  EXPECT_TRUE(parse("a IN [1" + repeated(",1", 510) + "]", Scope::kQueue));
  expect_fault("a IN [1" + repeated(",1", 511) + "]", Scope::kQueue, {1029, "a larger expression", "512"});
  EXPECT_TRUE(parse("a" + repeated(".b", 31), Scope::kQueue));
  EXPECT_FALSE(parse("a" + repeated(".b", 32), Scope::kQueue));
  EXPECT_TRUE(parse("worker" + repeated(".b", 32), Scope::kQueue));
  EXPECT_FALSE(parse("worker" + repeated(".b", 33), Scope::kQueue));
}

TEST(ExprParse, RefusesWhatIsNotUtf8) {
  expect_fault("größe == '\xff'", Scope::kQueue, {11, "bytes that are not UTF-8", "UTF-8"});
  expect_fault("a == '\xc0\x80'", Scope::kQueue, {7, "bytes that are not UTF-8", "UTF-8"});
  expect_fault("a == '\xed\xa0\x80'", Scope::kQueue, {7, "bytes that are not UTF-8", "UTF-8"});
  expect_fault(std::string("a\0b", 3), Scope::kQueue, {2, "a control character", "a key"});
}

TEST(ExprParse, CanonicalTextReadsBackAsItself) {
  const char* texts[] = {"a",
                         "not a",
                         "a == 1.5 and b",
                         "a or (b and not (c or d)) and e in [1,2]",
                         "x not in [true, 'a\\u0000']",
                         "worker['sid'] = worker.sid",
                         "langs has 'en' and (level >= 3 or 'x' in teams) and not b contains \"'\"",
                         "a == 1e300 or a < -1e-300",
                         "worker.channel.voice.available_capacity > 0 and NOT (NOT a and b)"};
  for (const char* text : texts) {
    const Result<Expression> first = parse(text, Scope::kQueue);
    ASSERT_TRUE(first) << first.error().message;
    const Result<Expression> again = parse(to_text(*first), Scope::kQueue);
    ASSERT_TRUE(again) << again.error().message;
    EXPECT_EQ(to_text(*again), to_text(*first));
  }
}

}  // namespace
}  // namespace carillon::expr
