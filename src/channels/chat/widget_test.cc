// Goal:   which pages may show a widget, what an admin changes about it, and that it stops at once when it is switched off or removed.
// Method: REST over a real HTTP server; origins as pure values.
#include <gtest/gtest.h>

#include "channels/chat/origin.h"
#include "channels/chat/testing/shop.h"

namespace carillon::chat {
namespace {

using testing::Guest;
using testing::number_at;
using testing::Shop;
using testing::text_at;

TEST(Origin, IsSchemeHostAndPortAsBrowsersSendThem) {
  EXPECT_EQ(normalized_origin("https://Shop.Example"), "https://shop.example");
  EXPECT_EQ(normalized_origin("https://shop.example:443"), "https://shop.example");
  EXPECT_EQ(normalized_origin("http://localhost:3000"), "http://localhost:3000");
  EXPECT_EQ(normalized_origin("http://[::1]:80"), "http://[::1]");
  EXPECT_EQ(normalized_origin("https://shop.example/"), "https://shop.example");
  for (const char* wrong : {"",
                            "shop.example",
                            "https://",
                            "https://shop.example/path",
                            "ftp://shop.example",
                            "https://*",
                            "null",
                            "https://a b",
                            "https://shop.example:",
                            "https://shop.example:x",
                            "https://:8080",
                            "http://shop.example:80:80",
                            "https://a:b:1",
                            "http://[::1",
                            "http://::1]",
                            "http://[::1]x",
                            "http://[]",
                            "http://shop.example:0",
                            "http://shop.example:65536",
                            "http://a[b"}) {
    EXPECT_FALSE(normalized_origin(wrong)) << wrong;
  }
}

TEST(WidgetPages, OnlyTheWidgetsOwnOriginsAndOurOwnPagesMay) {
  Shop shop;
  const std::string path = "/widget/" + shop.widget->sid.str();
  for (const char* origin :
       {"https://evil.example", "https://shop.example.evil.example", "null", "http://shop.example"}) {
    Guest page(shop.port(), "", origin);
    const auto shown = page.get(path);
    EXPECT_EQ(shown.status, 403) << origin;
    EXPECT_EQ(shown.code(), "origin_not_allowed");
    EXPECT_EQ(page.post(path + "/visitors", "{}").status, 403);
  }
  EXPECT_EQ(Guest(shop.port(), "", "https://evil.example").get("/widget/mistyped").code(), "not_found");
  Guest page(shop.port(), "", testing::kOrigin);
  const auto shown = page.get(path);
  ASSERT_EQ(shown.status, 200) << shown.body;
  EXPECT_EQ(shown.headers.value("Access-Control-Allow-Origin"), testing::kOrigin);
  Guest own(shop.port(), "", "http://test");
  EXPECT_EQ(own.get(path).status, 200);
  Guest program(shop.port(), "", "");
  EXPECT_EQ(program.get(path).status, 200);
}

TEST(WidgetPages, ATokenIsOfNoUseOnAPageOfAnotherWidget) {
  Shop shop;
  Guest guest = shop.visitor();
  Guest key = shop.staff("key");
  const std::string body = R"({"friendly_name":"Other","allowed_origins":["https://other.example"],"workflow_sid":")" +
                           shop.widget->workflow.str() + "\"}";
  ASSERT_EQ(key.post("/widgets", body).status, 201);
  Guest elsewhere(shop.port(), guest.token, "https://other.example");
  const auto seen = elsewhere.get("/visitor/conversation");
  EXPECT_EQ(seen.status, 403);
  EXPECT_EQ(seen.code(), "origin_not_allowed");
  EXPECT_FALSE(elsewhere.stream());
}

TEST(WidgetPages, APreflightIsAnswered) {
  Shop shop;
  http::testing::Client client(shop.port());
  const auto answer = client.request("OPTIONS", "/api/v1/visitor/messages", {},
                                     {{"Origin", testing::kOrigin}, {"Access-Control-Request-Method", "POST"}});
  EXPECT_EQ(answer.status, 204);
  EXPECT_NE(std::string(answer.headers.value("Access-Control-Allow-Headers")).find("Authorization"), std::string::npos);
  const auto refused = client.request("OPTIONS", "/api/v1/visitor/messages", {},
                                      {{"Origin", "https://evil.example"}, {"Access-Control-Request-Method", "POST"}});
  EXPECT_EQ(refused.status, 403);
}

TEST(WidgetPages, AReloadKeepsTheVisitor) {
  Shop shop;
  Guest guest = shop.visitor(R"({"display_name":"Eleni"})");
  Guest again(shop.port(), guest.token, testing::kOrigin);
  const auto kept = again.post("/widget/" + shop.widget->sid.str() + "/visitors", "{}").json();
  EXPECT_EQ(text_at(kept, "/visitor_sid"), guest.sid);
}

TEST(WidgetPages, NothingIsStoredAboutWhoSaidNothing) {
  Shop shop;
  shop.visitor();
  EXPECT_EQ(shop.count("visitors"), 0);
  shop.visitor(R"({"page_url":"https://shop.example/lamps"})");
  EXPECT_EQ(shop.count("visitors"), 1);
}

TEST(WidgetPages, SwitchedOffItServesNobodyFromThatMoment) {
  Shop shop;
  Guest guest = shop.visitor(), key = shop.staff("key");
  ASSERT_EQ(key.patch("/widgets/" + shop.widget->sid.str(), R"({"enabled":false})", 1).status, 200);
  EXPECT_EQ(guest.get("/visitor/conversation").status, 403);
  Guest page(shop.port(), "", testing::kOrigin);
  EXPECT_EQ(page.post("/widget/" + shop.widget->sid.str() + "/visitors", "{}").status, 404);
}

TEST(WidgetSettings, AreChangedUnderTheirVersionAndWhatIsNotNamedStays) {
  Shop shop;
  Guest key = shop.staff("key");
  const std::string path = "/widgets/" + shop.widget->sid.str();
  const auto changed = key.patch(
      path, R"({"greeting":"Good day!","theme":{"accent_color":"#3366ff","side":"left","scheme":"dark"}})", 1);
  ASSERT_EQ(changed.status, 200) << changed.body;
  EXPECT_EQ(number_at(changed.json(), "/version"), 2);
  EXPECT_EQ(text_at(changed.json(), "/allowed_origins/0"), testing::kOrigin);
  const auto late = key.patch(path, R"({"greeting":"x"})", 1);
  EXPECT_EQ(late.status, 412);
  EXPECT_EQ(late.headers.value("ETag"), "\"2\"");
  for (const char* wrong :
       {R"({"allowed_origins":["shop.example"]})", R"({"theme":{"accent_color":"red","side":"left","scheme":"dark"}})",
        R"({"workflow_sid":"WW00000000000000000000000000000001"})", R"({})", R"({"colour":1})"}) {
    EXPECT_EQ(key.patch(path, wrong, 2).status, 422) << wrong;
  }
  Guest page(shop.port(), "", testing::kOrigin);
  EXPECT_EQ(text_at(page.get("/widget/" + shop.widget->sid.str()).json(), "/greeting"), "Good day!");
}

TEST(WidgetSettings, ANameIsTakenOnce) {
  Shop shop;
  Guest key = shop.staff("key");
  const std::string body =
      R"({"friendly_name":"Shop","allowed_origins":[],"workflow_sid":")" + shop.widget->workflow.str() + "\"}";
  const auto twin = key.post("/widgets", body);
  EXPECT_EQ(twin.status, 409);
  EXPECT_EQ(twin.code(), "name_taken");
}

}  // namespace
}  // namespace carillon::chat
