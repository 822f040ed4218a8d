// "Need help", and supervisors whom agents are not told of.
#include "workspace/core/testing/calling_out.h"

namespace carillon::workspace::testing {
namespace {

class Help : public CallingOut {
 protected:
  const WorkerId eve = calls::ears_of(UserId{5, 5});

  Result<std::string> ask(CallId call, bool needs, WorkerId who = {}) {
    return center.try_(calls::Command{calls::SetHelp{call, who ? who : ann, needs}});
  }
  void monitor(CallId call, calls::Monitoring mode, bool unseen = false) {
    center.must(calls::Command{calls::Monitor{call, eve, UserId{5, 5}, mode, unseen}});
  }
  const calls::LegRecord& anns(CallId call) const { return leg(call, leg_of(call, ann)); }
  bool asks(CallId call) const { return anns(call).help_since.us != 0; }
  const calls::LegRecord& coach(CallId call) const { return leg(call, leg_of(call, eve)); }
  // Events of the last command.
  const events::Event* said(events::EventType type) const {
    for (const auto& event : center.last->events) {
      if (event.type == type) return &event;
    }
    return nullptr;
  }
};

TEST_F(Help, AnAgentAsksAndWithdraws) {
  const CallId call = taken();
  ASSERT_TRUE(ask(call, true));
  const auto* asked = said(events::EventType::kCallHelpAsked);
  ASSERT_NE(asked, nullptr);
  EXPECT_EQ(asked->worker, ann);
  EXPECT_EQ(asked->leg, anns(call).sid);
  EXPECT_TRUE(asks(call));
  const Instant since = anns(call).help_since;
  center.advance(Duration::seconds(5));
  ASSERT_TRUE(ask(call, true)) << "asking again changes nothing";
  EXPECT_EQ(anns(call).help_since, since);
  ASSERT_TRUE(ask(call, false));
  ASSERT_NE(said(events::EventType::kCallHelpEnded), nullptr);
  EXPECT_EQ(said(events::EventType::kCallHelpEnded)->reason, Reason::by_worker);
  EXPECT_FALSE(asks(call));
}

TEST_F(Help, OnlyWhoTakesPartAsks) {
  const CallId call = taken();
  EXPECT_EQ(ask(call, true, colleague()).error().code, ErrorCode::kNotFound);
  EXPECT_EQ(center.try_(calls::Command{calls::SetHelp{CallId{9, 9}, ann, true}}).error().code, ErrorCode::kNotFound);
}

TEST_F(Help, ItEndsWhenASupervisorIsThere) {
  const CallId call = taken();
  ASSERT_TRUE(ask(call, true));
  monitor(call, calls::Monitoring::listen);
  EXPECT_TRUE(asks(call)) << "their phone is not there yet";
  connected(call, coach(call).sid);
  EXPECT_FALSE(asks(call));
  EXPECT_EQ(said(events::EventType::kCallHelpEnded)->reason, Reason::by_supervisor);
}

TEST_F(Help, WhoListenedAlreadyAttendsBySpeaking) {
  const CallId call = taken();
  monitor(call, calls::Monitoring::listen);
  connected(call, coach(call).sid);
  ASSERT_TRUE(ask(call, true));
  monitor(call, calls::Monitoring::whisper);
  EXPECT_FALSE(asks(call));
}

TEST_F(Help, ItStaysWhileTheAgentComesBackAndEndsWithTheirPart) {
  const CallId call = taken();
  ASSERT_TRUE(ask(call, true));
  ended(call, leg_of(call, ann), Reason::worker_lost);
  EXPECT_TRUE(asks(call));
  connected(call, leg_of(call, ann));
  const LegId bob = consult(call, colleague());
  (void)bob;
  const LegId mine = leg_of(call, ann);
  leave(call, ann);
  EXPECT_EQ(leg(call, mine).help_since.us, 0);
}

TEST_F(Help, WhoListensUnseenIsNotInWhatAgentsSee) {
  const CallId call = taken();
  monitor(call, calls::Monitoring::listen, true);
  connected(call, coach(call).sid);
  EXPECT_TRUE(coach(call).unseen);
  EXPECT_EQ(calls::seen_by_agents(row(call)).legs.size(), row(call).legs.size() - 1);
  monitor(call, calls::Monitoring::whisper, true);
  EXPECT_FALSE(coach(call).unseen) << "who speaks is seen";
  monitor(call, calls::Monitoring::listen, true);
  EXPECT_TRUE(coach(call).unseen);
  EXPECT_FALSE(said(events::EventType::kCallUpdated)->leg) << "the event names nobody who is not seen";
}

TEST_F(Help, WhoAskedForHelpSeesThatItHasCome) {
  const CallId call = taken();
  ASSERT_TRUE(ask(call, true));
  monitor(call, calls::Monitoring::listen, true);
  EXPECT_FALSE(coach(call).unseen);
}

}  // namespace
}  // namespace carillon::workspace::testing
