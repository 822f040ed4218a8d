// Goal: a password proves itself by the digest that telephones make, is kept nowhere, and the old one ends when a new one is made.
#include "desk_phones/desk_phones.h"

#include <gtest/gtest.h>

#include "store/testing/memory_store.h"
#include "voice/net/openssl.h"
#include "voice/sip/digest.h"

namespace carillon::desk_phones {
namespace {

const WorkspaceId kWorkspace{1, 1};
const WorkerId kWorker{2, 2};

std::string ha1(const std::string& user, const std::string& password, voice::sip::Algorithm algorithm) {
  const voice::net::OpensslHashes hashes;
  return voice::sip::digest_hash(hashes, algorithm, user + ":carillon:" + password);
}

TEST(DeskPhones, ThePasswordIsInItsHashesOnly) {
  const Made made = make_account(kWorkspace, kWorker, Instant{1});
  EXPECT_EQ(made.password.size(), 24u);
  EXPECT_EQ(made.account.ha1_md5, ha1(made.account.username, made.password, voice::sip::Algorithm::kMd5));
  EXPECT_EQ(made.account.ha1_sha256, ha1(made.account.username, made.password, voice::sip::Algorithm::kSha256));
  EXPECT_NE(make_account(kWorkspace, kWorker, Instant{1}).account.username, made.account.username);
}

TEST(DeskPhones, ANewPasswordKeepsTheUserAndEndsTheOldOne) {
  const Made first = make_account(kWorkspace, kWorker, Instant{1});
  const Made second = rotated(first.account, Instant{2});
  EXPECT_EQ(second.account.username, first.account.username);
  EXPECT_NE(second.password, first.password);
  EXPECT_NE(second.account.ha1_sha256, first.account.ha1_sha256);
}

TEST(DeskPhones, AnAccountIsKeptReplacedAndRemoved) {
  const auto store = store::testing::memory_store();
  auto lease = store->readers().lease();
  ASSERT_TRUE(lease);
  const auto commit = [&](const store::Change& change) { return store::commit_one(store->writer(), change).ok(); };
  const Made made = make_account(kWorkspace, kWorker, Instant{1});
  ASSERT_TRUE(commit(put(made.account)));
  EXPECT_EQ(*find(**lease, kWorkspace, kWorker).value(), made.account);
  EXPECT_TRUE(all(**lease).value().empty()) << "the worker is not there";
  const Made next = rotated(made.account, Instant{2});
  ASSERT_TRUE(commit(put(next.account)));
  EXPECT_EQ(*find(**lease, kWorkspace, kWorker).value(), next.account);
  ASSERT_TRUE(commit(removed(kWorkspace, kWorker)));
  EXPECT_FALSE(find(**lease, kWorkspace, kWorker).value());
  EXPECT_FALSE(commit(removed(kWorkspace, kWorker)));
}

}  // namespace
}  // namespace carillon::desk_phones
