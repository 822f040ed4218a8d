#include "routing/core/pop_url.h"

#include <string>

#include <gtest/gtest.h>

namespace carillon::routing {
namespace {

ErrorCode fault(std::string_view text) {
  const auto said = check_pop_url(text);
  EXPECT_FALSE(said) << text;
  return said ? ErrorCode::kInternal : said.error().code;
}

TEST(PopUrl, TakesWholeAddressesWithKnownFields) {
  for (const char* text :
       {"", "https://crm.example", "https://crm.example:8443/c/{customer.sid}?p={call.from}&n={customer.name}",
        "https://crm.example?o={contact.attributes.order_no}#{customer.attributes.tier}",
        "http://localhost:9100/pop?from={call.from}", "http://127.0.0.1/{task.sid}", "http://[::1]:80/"}) {
    EXPECT_TRUE(check_pop_url(text)) << text;
  }
}

TEST(PopUrl, LetsNoCallerDecideWhereAnAgentIsTaken) {
  for (const char* text :
       {"https://{customer.name}/", "https://crm.{customer.name}.example/", "https://crm.example@evil.example/",
        "https:///x", "https://", "javascript:alert(1)", "//crm.example/", "data:text/html,x", "file:///etc"}) {
    EXPECT_EQ(fault(text), ErrorCode::kInvalidValue) << text;
  }
}

TEST(PopUrl, RefusesUnencryptedOnesButToThisComputer) {
  EXPECT_EQ(fault("http://crm.example/"), ErrorCode::kInvalidValue);
  EXPECT_EQ(fault("http://localhost.crm.example/"), ErrorCode::kInvalidValue);
  EXPECT_EQ(fault("HTTPS://crm.example/"), ErrorCode::kInvalidValue);
}

TEST(PopUrl, SaysWhatIsWrongWithAField) {
  for (const char* text : {"https://a.example/{call.secret}", "https://a.example/{}", "https://a.example/{call.from",
                           "https://a.example/call.from}", "https://a.example/{contact.attributes.}",
                           "https://a.example/{contact.attributes.a.b}", "https://a.example/{{call.from}}"}) {
    EXPECT_EQ(fault(text), ErrorCode::kInvalidValue) << text;
  }
  EXPECT_NE(check_pop_url("https://a.example/{call.form}").error().message.find("{call.form}"), std::string::npos);
}

TEST(PopUrl, RefusesWhatAnAddressCannotHave) {
  for (const char* text : {"https://a.example/ b", "https://a.example/\"", "https://a.example/\\",
                           "https://a.example/\xc3\xa4", "https://a.example/\n"}) {
    EXPECT_EQ(fault(text), ErrorCode::kInvalidValue) << text;
  }
  EXPECT_EQ(fault("https://a.example/" + std::string(2'000, 'x')), ErrorCode::kTooLong);
}

}  // namespace
}  // namespace carillon::routing
