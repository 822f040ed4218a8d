// Goal: credentials are those that coturn works out for itself, and end when they should.
#include "turn/turn.h"

#include <gtest/gtest.h>

#include "turn/url.h"

namespace carillon::turn {
namespace {

TEST(Turn, CredentialsAreThoseOfTheSharedSecret) {
  const Relay relay{
      .urls = {"turn:turn.example:3478", "turns:turn.example:5349"}, .secret = "north", .valid = Duration::hours(1)};
  const auto servers = ice_servers({relay, {.urls = {"stun:stun.example"}}}, Instant{1'700'000'000'000'000}, "US1");
  ASSERT_EQ(servers.size(), 2u);
  EXPECT_EQ(servers[0].urls, relay.urls);
  EXPECT_EQ(servers[0].username, "1700003600:US1");
  // printf %s 1700003600:US1 | openssl dgst -sha1 -hmac north -binary | base64
  EXPECT_EQ(servers[0].credential, "PLqEmm4b+t70nlhEI2ll8tvzSmY=");
  EXPECT_EQ(servers[0].expires_at.us, 1'700'003'600'000'000);
  EXPECT_EQ(servers[1].username + servers[1].credential, "");
}

TEST(Turn, OnlyWhatABrowserTakesIsAnAddress) {
  for (const char* good :
       {"turn:turn.example", "turns:turn.example:443?transport=tcp", "stun:192.0.2.1:3478", "turn:[2001:db8::1]"}) {
    EXPECT_TRUE(is_ice_url(good)) << good;
  }
  for (const char* bad :
       {"", "turn:", "http://turn.example", "turn://turn.example", "turn: x", "turn.example", "turn:a\"b"}) {
    EXPECT_FALSE(is_ice_url(bad)) << bad;
  }
}

}  // namespace
}  // namespace carillon::turn
