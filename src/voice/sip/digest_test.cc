// Goal: digests are those of the RFCs, and the server side lets in who has the password, once a count.
#include "voice/sip/digest.h"

#include <gtest/gtest.h>

#include "voice/sip/testing/real_hashes.h"

namespace carillon::voice::sip {
namespace {

const RealHashes kHashes;

TEST(Digest, TheHashesAreReal) {
  EXPECT_EQ(digest_hash(kHashes, Algorithm::kMd5, "abc"), "900150983cd24fb0d6963f7d28e17f72");
  EXPECT_EQ(digest_hash(kHashes, Algorithm::kMd5, std::string(80, '1')).size(), 32u);
  EXPECT_EQ(digest_hash(kHashes, Algorithm::kSha256, "abc"),
            "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  EXPECT_EQ(digest_hash(kHashes, Algorithm::kSha256, "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq"),
            "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
}

// RFC 2617 section 3.5.
TEST(Digest, AnswersTheChallengeOfRfc2617) {
  const auto challenge = read_challenge(
      "Digest realm=\"testrealm@host.com\", qop=\"auth,auth-int\", nonce=\"dcd98b7102dd2f0e8b11d0f600bfb0c093\", "
      "opaque=\"5ccc069c403ebaf9f0171e9517f40e41\"");
  ASSERT_TRUE(challenge);
  const std::string answer =
      answer_challenge(kHashes, *challenge, {"Mufasa", "Circle Of Life"}, "GET", "/dir/index.html", 1, "0a4f113b");
  EXPECT_NE(answer.find("response=\"6629fae49393a05397450978507c4ef1\""), std::string::npos) << answer;
  EXPECT_NE(answer.find("opaque=\"5ccc069c403ebaf9f0171e9517f40e41\""), std::string::npos);
  EXPECT_NE(answer.find("nc=00000001"), std::string::npos);
}

// RFC 7616 section 3.9.1, which RFC 8760 takes over for SIP.
TEST(Digest, AnswersTheChallengesOfRfc7616) {
  const auto answer = [](const char* algorithm) {
    const auto challenge = read_challenge(
        std::string("Digest realm=\"http-auth@example.org\", qop=\"auth, auth-int\", algorithm=") + algorithm +
        ", nonce=\"7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v\", "
        "opaque=\"FQhe/qaU925kfnzjCev0ciny7QMkPqMAFRtzCUYo5tdS\"");
    EXPECT_TRUE(challenge);
    return answer_challenge(kHashes, *challenge, {"Mufasa", "Circle of Life"}, "GET", "/dir/index.html", 1,
                            "f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ");
  };
  EXPECT_NE(answer("MD5").find("response=\"8ca523f5e9506fed4657c9700eebdbec\""), std::string::npos);
  EXPECT_NE(answer("SHA-256").find("response=\"753927fa0e85d155564e2e272a28d1802ca10daf4496794697cf8db5856cb6c1\""),
            std::string::npos);
}

TEST(Digest, WhatItDoesNotKnowIsNoChallenge) {
  EXPECT_FALSE(read_challenge("Basic realm=x"));
  EXPECT_FALSE(read_challenge("Digest realm=\"x\", nonce=\"y\", algorithm=SHA-512-256"));
  EXPECT_FALSE(read_challenge("Digest realm=\"x\", nonce=\"y\", qop=\"auth-int\""));
  EXPECT_FALSE(read_challenge("Digest realm=\"x\""));
}

struct Server : testing::Test {
  Entropy entropy{{1, 2}};
  DigestServer server{kHashes, entropy, "carillon"};
  Account account{"AC1", "alice", digest_hash(kHashes, Algorithm::kMd5, "alice:carillon:secret"),
                  digest_hash(kHashes, Algorithm::kSha256, "alice:carillon:secret")};
  Instant now{1'000'000'000'000};

  // SHA-256 first, MD5 second.
  std::vector<Challenge> challenges() {
    std::string text = server.challenge(now, "WWW-Authenticate", false);
    std::vector<Challenge> out;
    while (!text.empty()) {
      const std::size_t end = text.find("\r\n");
      out.push_back(*read_challenge(text.substr(18, end - 18)));
      text.erase(0, end + 2);
    }
    return out;
  }
  DigestServer::Verdict check(const Challenge& challenge, const char* password, std::uint32_t count,
                              const char* method = "REGISTER") {
    const std::string field =
        answer_challenge(kHashes, challenge, {"alice", password}, "REGISTER", "sip:carillon", count, "cn");
    return server
        .check(now, field, method, "sip:carillon",
               [&](std::string_view user) { return user == "alice" ? &account : nullptr; })
        .verdict;
  }
};
using Verdict = DigestServer::Verdict;

TEST_F(Server, LetsInWithEitherAlgorithmTheStrongerFirst) {
  const auto offered = challenges();
  ASSERT_EQ(offered.size(), 2u);
  EXPECT_EQ(offered[0].algorithm, Algorithm::kSha256);
  EXPECT_EQ(check(offered[0], "secret", 1), Verdict::kGood);
  EXPECT_EQ(check(offered[1], "secret", 2), Verdict::kGood);
  EXPECT_EQ(check(offered[0], "wrong", 3), Verdict::kWrong);
  EXPECT_EQ(check(offered[0], "secret", 3, "INVITE"), Verdict::kWrong);
}

TEST_F(Server, EachCountServesOnce) {
  const Challenge challenge = challenges()[0];
  EXPECT_EQ(check(challenge, "secret", 2), Verdict::kGood);
  EXPECT_EQ(check(challenge, "secret", 2), Verdict::kStale);
  EXPECT_EQ(check(challenge, "secret", 1), Verdict::kGood);  // overtaken
  EXPECT_EQ(check(challenge, "secret", 100), Verdict::kGood);
  EXPECT_EQ(check(challenge, "secret", 3), Verdict::kStale);
}

TEST_F(Server, OldAndForgedNoncesAreStale) {
  Challenge challenge = challenges()[0];
  now = now + Duration::minutes(6);
  EXPECT_EQ(check(challenge, "secret", 1), Verdict::kStale);
  challenge = challenges()[0];
  challenge.nonce[12] = challenge.nonce[12] == 'a' ? 'b' : 'a';
  EXPECT_EQ(check(challenge, "secret", 1), Verdict::kStale);
}

TEST_F(Server, NobodyIsAnsweredAsAWrongPassword) {
  const Challenge challenge = challenges()[0];
  const std::string field = answer_challenge(kHashes, challenge, {"mallory", "x"}, "REGISTER", "sip:carillon", 1, "cn");
  EXPECT_EQ(
      server.check(now, field, "REGISTER", "sip:carillon", [](std::string_view) -> const Account* { return nullptr; })
          .verdict,
      Verdict::kWrong);
  EXPECT_EQ(server
                .check(now, "NoOneKnowsThisScheme x=y", "REGISTER", "sip:carillon",
                       [](std::string_view) -> const Account* { return nullptr; })
                .verdict,
            Verdict::kMissing);
}

}  // namespace
}  // namespace carillon::voice::sip
