// Goal: what is written to the journal is read back equal, also by an engine that knows more fields.
#include "base/codec.h"

#include <gtest/gtest.h>

namespace carillon {
namespace {

enum class Kind { red, break_ };
BOOST_DESCRIBE_ENUM(Kind, red, break_)

struct Inner {
  std::int64_t n = 7;
  bool operator==(const Inner&) const = default;
};
BOOST_DESCRIBE_STRUCT(Inner, (), (n))

struct First {
  static constexpr char kName[] = "First";
  TaskId sid;
  Kind kind = Kind::red;
  std::vector<Inner> list;
  JsonText attributes;
  std::optional<std::int64_t> maybe;
  Instant at;
  std::string text;
  bool operator==(const First&) const = default;
};
BOOST_DESCRIBE_STRUCT(First, (), (sid, kind, list, attributes, maybe, at, text))

struct Second {
  static constexpr char kName[] = "Second";
  bool on = false;
  bool operator==(const Second&) const = default;
};
BOOST_DESCRIBE_STRUCT(Second, (), (on))

using Command = std::variant<Second, std::variant<First>>;

TEST(Codec, NestedVariantsRoundTrip) {
  First first;
  first.sid = IdMaker(Seed{1, 2}).next<TaskId>();
  first.kind = Kind::break_;
  first.list = {{1}, {7}};
  first.attributes = {R"({"a":[1,2.5,"x"]})"};
  first.maybe = -4;
  first.at = Instant{12};
  first.text = "quote \" slash \\ newline \n bell \x07";
  const Command command = std::variant<First>(first);
  const auto back = decode<Command>(encode(command));
  ASSERT_TRUE(back.ok()) << back.error().message;
  EXPECT_TRUE(*back == command);
}

TEST(Codec, MissingFieldsKeepTheirDefaultAndUnknownOnesAreIgnored) {
  const auto back = decode<Inner>(R"({"later":1})");
  ASSERT_TRUE(back.ok());
  EXPECT_EQ(back->n, 7);
}

TEST(Codec, FaultsNameTheField) {
  const auto back = decode<First>(R"({"kind":"green"})");
  ASSERT_FALSE(back.ok());
  EXPECT_EQ(back.error().message, "kind: expected one of the known words");
  EXPECT_FALSE(decode<Command>(R"({"is":"Third"})").ok());
}

}  // namespace
}  // namespace carillon
