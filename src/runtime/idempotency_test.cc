// Goal: a request that comes twice is done once, whenever the second comes: at the same moment, later, after a restart.
#include <gtest/gtest.h>

#include "runtime/recent_keys.h"
#include "runtime/testing/world.h"

namespace carillon::runtime {
namespace {

using testing::TestWorld;
using Fault = store::testing::FaultyWriter::Fault;

class Idempotency : public ::testing::Test {
 protected:
  IdempotencyKey key(const std::string& name, const std::string& hash = "h1") {
    return {.principal = "US1", .key = name, .request_hash = hash, .status = 201, .looked_up_at = {}};
  }
  // As a request does it: look into the rows, then submit.
  Result<Committed> request(const IdempotencyKey& asked, const std::string& activity) {
    IdempotencyKey mine = asked;
    auto known = world_.runtime->find_repeated(ws_, mine);
    if (!known) return known.error();
    if (*known) return **known;
    return world_.submit({.workspace = ws_, .command = put(activity), .idempotency = mine});
  }
  static workspace::Command put(const std::string& name) {
    return presence::Command(presence::PutActivity{.activity = {.friendly_name = name}});
  }

  TestWorld world_;
  const WorkspaceId ws_ = world_.make_workspace();
};

TEST_F(Idempotency, TheSecondRequestGetsTheFirstAnswer) {
  const auto first = request(key("k"), "New");
  ASSERT_TRUE(first.ok());
  EXPECT_FALSE(first->repeated);
  const auto second = request(key("k"), "New");
  ASSERT_TRUE(second.ok());
  EXPECT_TRUE(second->repeated);
  EXPECT_EQ(second->sid, first->sid);
  EXPECT_EQ(second->position, first->position);
  EXPECT_EQ(second->status, 201);
}

TEST_F(Idempotency, TwoAtTheSameMomentAreOne) {
  IdempotencyKey one = key("k"), two = key("k");
  ASSERT_FALSE(*world_.runtime->find_repeated(ws_, one));
  ASSERT_FALSE(*world_.runtime->find_repeated(ws_, two));
  std::vector<Committed> answers;
  for (const auto& each : {one, two}) {
    world_.runtime->submit(
        {.workspace = ws_, .command = put("New"), .idempotency = each, .reply = [&](Result<Committed> got) {
           ASSERT_TRUE(got.ok());
           answers.push_back(*got);
         }});
  }
  world_.settle();
  ASSERT_EQ(answers.size(), 2u);
  EXPECT_EQ(answers[0].sid, answers[1].sid);
  EXPECT_EQ(answers[0].position, answers[1].position);
  EXPECT_EQ(std::vector<bool>({answers[0].repeated, answers[1].repeated}), std::vector<bool>({false, true}));
  // And one that looked before the commit but comes after it.
  const auto late = world_.submit({.workspace = ws_, .command = put("New"), .idempotency = two});
  EXPECT_TRUE(late.ok() && late->repeated);
}

TEST_F(Idempotency, AnotherRequestWithTheKeyIsRefused) {
  ASSERT_TRUE(request(key("k"), "New").ok());
  EXPECT_EQ(request(key("k", "h2"), "Other").error().code, ErrorCode::kIdempotencyMismatch);
  IdempotencyKey raced = key("k", "h2");
  raced.looked_up_at = world_.clock.now();
  EXPECT_EQ(world_.submit({.workspace = ws_, .command = put("Other"), .idempotency = raced}).error().code,
            ErrorCode::kIdempotencyMismatch);
}

TEST_F(Idempotency, ARefusedRequestMayBeTriedAgain) {
  ASSERT_TRUE(request(key("a"), "New").ok());
  EXPECT_EQ(request(key("b"), "New").error().code, ErrorCode::kNameTaken);
  EXPECT_TRUE(request(key("b"), "Newer").ok());
}

TEST_F(Idempotency, TheKeyOutlivesACrashAndDiesAfterADay) {
  const auto first = request(key("k"), "New");
  world_.restart_after(Duration::minutes(1));
  const auto second = request(key("k"), "New");
  EXPECT_TRUE(second.ok() && second->repeated);
  EXPECT_EQ(second->sid, first->sid);
  world_.clock.advance(Duration::hours(25));
  world_.settle();  // the sweep deletes it
  EXPECT_EQ(world_.count_rows("idempotency"), 0);
  EXPECT_TRUE(request(key("k"), "Another").ok());
}

TEST_F(Idempotency, AnUnknownOutcomeIsFoundOutWithTheKey) {
  world_.writer->fail_at(world_.writer->commits(), Fault::kUnknownBefore);
  EXPECT_EQ(request(key("k"), "New").error().code, ErrorCode::kStoreUnknown);
  const auto again = request(key("k"), "New");
  ASSERT_TRUE(again.ok()) << again.error().message;
  EXPECT_FALSE(again->repeated);
}

TEST_F(Idempotency, ALookUpFromBeforeTheReloadIsTooOld) {
  IdempotencyKey mine = key("k");
  ASSERT_FALSE(*world_.runtime->find_repeated(ws_, mine));
  world_.restart_after(Duration::minutes(1));
  EXPECT_EQ(world_.submit({.workspace = ws_, .command = put("New"), .idempotency = mine}).error().code,
            ErrorCode::kUnavailable);
}

TEST_F(Idempotency, RecordChangesHaveKeysToo) {
  const auto change = [&] {
    std::optional<Result<Committed>> answer;
    RecordChange record{.change = {}, .sid = "US9", .idempotency = key("r")};
    record.change.run("UPDATE instance SET demo = demo");
    world_.runtime->commit(
        {.change = record.change, .sid = "US9", .idempotency = key("r"), .reply = [&](Result<Committed> got) {
           answer.emplace(std::move(got));
         }});
    world_.settle();
    return std::move(*answer);
  };
  EXPECT_TRUE(change().ok());
  EXPECT_EQ(change().error().code, ErrorCode::kStoreConflict);  // raced: the caller asks find_repeated() again
  IdempotencyKey mine = key("r");
  const auto known = world_.runtime->find_repeated({}, mine);
  ASSERT_TRUE(known.ok() && known->has_value());
  EXPECT_EQ((*known)->sid, "US9");
}

TEST(RecentKeys, ForgetsOnlyWhatEveryLookUpHasSeenInTheRows) {
  RecentKeys keys(Instant{0});
  const IdempotencyKey first{.principal = "p", .key = "first", .request_hash = "h", .looked_up_at = {5}};
  const IdempotencyKey later{.principal = "p", .key = "later", .request_hash = "h", .looked_up_at = {5}};
  const auto slot = std::make_shared<Committed>();
  keys.add(first, slot, 1, Instant{10});
  const Instant two_minutes = Instant{10} + Duration::minutes(2);
  keys.add(later, slot, 2, two_minutes);
  keys.settle(0, two_minutes + Duration::hours(1));  // entry 1 is not committed: it stays
  EXPECT_EQ(*keys.find(first), slot);
  const Instant committed = two_minutes + Duration::hours(2);
  keys.settle(1, committed);
  EXPECT_EQ(*keys.find(first), slot);  // somebody may have looked just before
  keys.settle(2, committed + Duration::minutes(1));
  EXPECT_EQ(keys.find(first).error().code, ErrorCode::kUnavailable);
  IdempotencyKey fresh = first;
  fresh.looked_up_at = committed;
  EXPECT_EQ(*keys.find(fresh), nullptr);
}

}  // namespace
}  // namespace carillon::runtime
