// Goal: the contract is read whole, rights follow it, pages turn without loss.
#include <gtest/gtest.h>

#include "door/api.h"
#include "door/name_page.h"

namespace carillon::door {
namespace {

TEST(Contract, EveryOperationHasAnAddressRightsAndARateClass) {
  const Contract& contract = Contract::embedded();
  EXPECT_GT(contract.operations().size(), 100u);
  for (const auto& [id, operation] : contract.operations()) {
    EXPECT_NE(operation.principals, 0) << id;
    EXPECT_TRUE(contract.rate_classes().contains(operation.rate_class)) << id;
  }
  const Operation* create = contract.find("create_task");
  ASSERT_TRUE(create);
  EXPECT_EQ(create->path, "/api/v1/tasks");
  EXPECT_TRUE(create->is_idempotent_by_key);
  EXPECT_EQ(create->scope, Scope::tasks);
  EXPECT_TRUE(contract.find("update_task_queue")->needs_version);
}

TEST(Rights, FollowTheContract) {
  const Operation& create = *Contract::embedded().find("create_task");
  EXPECT_EQ(check_rights(create, nullptr).error().code, ErrorCode::kNotSignedIn);
  Caller caller;
  caller.role = Role::agent;
  EXPECT_EQ(check_rights(create, &caller).error().code, ErrorCode::kForbidden);
  caller.role = Role::supervisor;
  EXPECT_TRUE(check_rights(create, &caller).ok());
  Caller key;
  key.kind = Caller::Kind::api_key;
  key.scopes = static_cast<Scopes>(Scope::read);
  EXPECT_EQ(check_rights(create, &key).error().code, ErrorCode::kForbidden);
  key.scopes = static_cast<Scopes>(Scope::tasks);
  EXPECT_TRUE(check_rights(create, &key).ok());
  Caller visitor;
  visitor.kind = Caller::Kind::visitor;
  EXPECT_EQ(check_rights(create, &visitor).error().code, ErrorCode::kForbidden);
}

TEST(Pages, TurnByCursorWithoutLoss) {
  const auto select = [] { return ListSql("SELECT seq FROM t", "seq", "", true); };
  ListSql first = select();
  http::QueryParams none;
  http::QueryFields query(none);
  ASSERT_TRUE(first.page(query).ok());
  EXPECT_EQ(first.sql().text(), "SELECT seq FROM t ORDER BY \"seq\" DESC LIMIT 51");
  PageWriter page(first);
  for (int i = 100; i > 49; --i) page.add(i, "", [&](std::string& out) { out += std::to_string(i); });
  const http::Response response = page.finish();
  const std::string body = std::get<std::string>(response.body);
  EXPECT_NE(body.find("\"next_cursor\":\""), std::string::npos);
}

Result<void> read_page(const std::string& cursor, NamePage& page) {
  const auto params = http::QueryParams::parse("cursor=" + cursor);
  http::QueryFields query(*params);
  return page.read(query);
}

TEST(Pages, TheLongestNameHasACursorThatIsTaken) {
  std::string name;
  for (int i = 0; i < 128; ++i) name += "\xf0\x9f\x98\x80";
  const std::string sid = "CU0000000000000000000000000000000a";
  NamePage page;
  ASSERT_TRUE(read_page(NamePage().next(name, sid), page).ok());
  EXPECT_EQ(page.after_name(), name);
  EXPECT_EQ(page.after_sid(), sid);
}

TEST(Pages, ACursorThatNobodyGaveIsRefusedBeforeItReachesTheDatabase) {
  const std::string sid = "CU0000000000000000000000000000000a";
  for (const std::string& wrong : {"n" + sid + "a\xff", "n" + sid + std::string("a\0b", 3),
                                   "n" + std::string(34, 'x') + "a", "x" + sid, "n" + sid.substr(1)}) {
    NamePage page;
    const auto read = read_page(encode_cursor(wrong), page);
    ASSERT_FALSE(read.ok()) << wrong;
    EXPECT_EQ(read.error().code, ErrorCode::kCursorInvalid);
  }
  for (const std::string& wrong :
       {std::string("15|a\xff"), std::string("15|a\0", 5), std::string("1|a"), std::string("2")}) {
    ListSql list("SELECT seq FROM t", "seq", "sid", true);
    const auto params = http::QueryParams::parse("cursor=" + encode_cursor(wrong));
    http::QueryFields query(*params);
    const auto read = list.page(query);
    ASSERT_FALSE(read.ok()) << wrong;
    EXPECT_EQ(read.error().code, ErrorCode::kCursorInvalid);
  }
}

}  // namespace
}  // namespace carillon::door
