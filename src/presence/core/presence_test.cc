// Goal: presence is what the worker's screen says it is, and routing is told of every change once.
// Method: a small world with a hand-moved clock; each step is one entry.
#include <gtest/gtest.h>

#include <random>

#include "base/check.h"
#include "presence/core/state.h"

namespace carillon::presence {
namespace {

using events::EventType;
using events::Reason;

class Presence : public ::testing::Test {
 protected:
  Presence() {
    offline =
        put({.friendly_name = "Offline", .activity_class = ActivityClass::system, .paid = false, .offline = true});
    available = put({.friendly_name = "Available", .activity_class = ActivityClass::available});
    lunch = put({.friendly_name = "Lunch", .maximum = Duration::minutes(30)});
    meeting = put(
        {.friendly_name = "Meeting", .activity_class = ActivityClass::meeting, .pickable_by = PickableBy::supervisor});
  }

  Context begin(Duration later = {}) {
    now = now + later;
    ids = IdMaker(Seed{7, static_cast<std::uint64_t>(++entry)});
    events.clear();
    Context context{.now = now, .ids = ids, .events = events, .entry = entry};
    state.begin(context);
    state.expire(context);
    return context;
  }
  Result<std::string> apply(const Command& command, Duration later = {}) {
    auto context = begin(later);
    auto outcome = state.apply(context, command);
    notices = state.take_notices();
    return outcome;
  }
  void tick(Duration later) {
    begin(later);
    notices = state.take_notices();
  }
  void idle(bool is_idle) {
    auto context = begin();
    state.worker_idle(context, worker, is_idle);
    notices = state.take_notices();
  }
  ActivityId put(ActivityRecord record) { return *ActivityId::parse(*apply(PutActivity{record})); }
  WorkerId add(bool requires_connection = true) {
    WorkerId sid;
    sid.lo = ++workers;
    EXPECT_TRUE(apply(AddWorker{sid, requires_connection}).ok());
    return sid;
  }
  // Signed in, connected, available.
  void at_work() {
    worker = add();
    ASSERT_TRUE(apply(SetConnected{worker, true}).ok());
    ASSERT_TRUE(apply(SetActivity{.worker_sid = worker, .activity_sid = available}).ok());
    ASSERT_TRUE(state.available(worker));
  }
  Result<std::string> set(ActivityId activity, bool when_idle = false, bool by_supervisor = false) {
    return apply(SetActivity{worker, activity, when_idle, by_supervisor});
  }
  bool said(EventType type) const {
    return std::any_of(events.begin(), events.end(), [&](const auto& e) { return e.type == type; });
  }
  ErrorCode code(const Result<std::string>& r) const { return r.ok() ? ErrorCode::kInternal : r.error().code; }

  State state;
  Instant now{1'800'000'000'000'000};
  IdMaker ids;
  events::Events events;
  std::int64_t entry = 0;
  std::uint64_t workers = 0;
  WorkerId worker;
  ActivityId offline, available, lunch, meeting;
  std::vector<Notice> notices;
  InvariantScope throwing;
};

// ---- activities and availability ----

TEST_F(Presence, ANewWorkerIsOfflineAndGetsNoWork) {
  worker = add();
  ASSERT_EQ(notices.size(), 1u);
  EXPECT_FALSE(notices[0].available);
  EXPECT_EQ(notices[0].activity, offline);
  EXPECT_EQ(notices[0].activity_name, "Offline");
}

TEST_F(Presence, AvailableMeansActivityAndConnection) {
  worker = add();
  ASSERT_TRUE(set(available).ok());
  EXPECT_FALSE(state.available(worker));  // no tab yet
  ASSERT_TRUE(apply(SetConnected{worker, true}).ok());
  ASSERT_EQ(notices.size(), 1u);
  EXPECT_TRUE(notices[0].available);
  EXPECT_TRUE(notices[0].reachable);
  EXPECT_TRUE(said(EventType::kWorkerConnection));
}

TEST_F(Presence, ABotNeedsNoConnection) {
  worker = add(false);
  ASSERT_TRUE(set(available).ok());
  EXPECT_TRUE(state.available(worker));
  EXPECT_TRUE(state.reachable(worker));
  EXPECT_EQ(state.next_deadline(), Instant::never());
}

TEST_F(Presence, NothingIsSaidTwice) {
  at_work();
  ASSERT_TRUE(set(available).ok());
  EXPECT_TRUE(notices.empty());
  EXPECT_TRUE(events.empty());
  EXPECT_TRUE(state.changes().empty());
}

TEST_F(Presence, AWorkerCannotPickWhatOnlyASupervisorMaySet) {
  at_work();
  EXPECT_EQ(code(set(meeting)), ErrorCode::kForbidden);
  EXPECT_TRUE(state.changes().empty());
  EXPECT_TRUE(set(meeting, false, true).ok());
  EXPECT_EQ(events[0].reason, Reason::by_supervisor);
  EXPECT_FALSE(state.available(worker));
}

TEST_F(Presence, ABreakWithTasksKeepsThemButTakesNoNewOnes) {
  at_work();
  idle(false);
  ASSERT_TRUE(set(lunch).ok());
  ASSERT_EQ(notices.size(), 1u);
  EXPECT_FALSE(notices[0].available);
  EXPECT_FALSE(notices[0].lost);
}

// ---- pending activities ----

TEST_F(Presence, LunchAfterThisMeansNoNewWorkAndLunchWhenDone) {
  at_work();
  idle(false);
  ASSERT_TRUE(set(lunch, true).ok());
  EXPECT_TRUE(said(EventType::kWorkerPendingActivity));
  EXPECT_FALSE(state.available(worker));
  EXPECT_EQ(state.presence(worker)->activity_sid, available);
  idle(true);
  EXPECT_EQ(state.presence(worker)->activity_sid, lunch);
  EXPECT_FALSE(state.presence(worker)->pending_activity_sid);
  ASSERT_EQ(notices.size(), 1u);  // not available in between, not even for an instant
  EXPECT_FALSE(notices[0].available);
  EXPECT_EQ(notices[0].activity_name, "Lunch");
}

TEST_F(Presence, APendingActivityAskedForWhileIdleIsTakenAtOnce) {
  at_work();
  ASSERT_TRUE(set(lunch, true).ok());
  EXPECT_EQ(state.presence(worker)->activity_sid, lunch);
}

TEST_F(Presence, APendingActivityCanBeCleared) {
  at_work();
  idle(false);
  ASSERT_TRUE(set(lunch, true).ok());
  ASSERT_TRUE(apply(ClearPendingActivity{worker}).ok());
  EXPECT_TRUE(state.available(worker));
  EXPECT_EQ(code(apply(ClearPendingActivity{worker})), ErrorCode::kStateForbids);
}

TEST_F(Presence, StayingAsOneIsTakesBackAPendingActivity) {
  at_work();
  idle(false);
  ASSERT_TRUE(set(lunch, true).ok());
  ASSERT_TRUE(set(available, true).ok());
  EXPECT_FALSE(state.presence(worker)->pending_activity_sid);
  EXPECT_TRUE(state.available(worker));
}

// ---- going offline ----

TEST_F(Presence, OfflineWithTasksIsRefusedAndSaysWhatToDo) {
  at_work();
  idle(false);
  const auto refused = set(offline);
  EXPECT_EQ(code(refused), ErrorCode::kStateForbids);
  EXPECT_NE(refused.error().message.find("when_idle"), std::string::npos);
  ASSERT_TRUE(set(offline, true).ok());
  idle(true);
  EXPECT_EQ(state.presence(worker)->activity_sid, offline);
}

TEST_F(Presence, ASupervisorSendsAWorkerOfflineAndTheirTasksGoBack) {
  at_work();
  idle(false);
  ASSERT_TRUE(set(offline, false, true).ok());
  ASSERT_EQ(notices.size(), 1u);
  EXPECT_TRUE(notices[0].lost);
  EXPECT_FALSE(notices[0].available);
}

TEST_F(Presence, OfflineWithoutTasksLosesNothing) {
  at_work();
  ASSERT_TRUE(set(offline).ok());
  EXPECT_FALSE(notices[0].lost);
}

// ---- connections ----

TEST_F(Presence, TheGraceKeepsAWorkerAvailableButUnreachable) {
  at_work();
  ASSERT_TRUE(apply(SetConnected{worker, false}).ok());
  ASSERT_EQ(notices.size(), 1u);
  EXPECT_TRUE(notices[0].available);
  EXPECT_FALSE(notices[0].reachable);
  EXPECT_EQ(state.next_deadline(), now + kConnectionGrace);
  ASSERT_TRUE(apply(SetConnected{worker, true}, Duration::seconds(29)).ok());
  EXPECT_EQ(state.next_deadline(), Instant::never());
  tick(Duration::seconds(10));
  EXPECT_TRUE(notices.empty());
}

TEST_F(Presence, PastTheGraceTheWorkerIsLostOnceAndComesBackByConnecting) {
  at_work();
  idle(false);
  ASSERT_TRUE(apply(SetConnected{worker, false}).ok());
  tick(kConnectionGrace);
  ASSERT_EQ(notices.size(), 1u);
  EXPECT_TRUE(notices[0].lost);
  EXPECT_FALSE(notices[0].available);
  EXPECT_TRUE(state.presence(worker)->counted_as_lost);
  tick(Duration::hours(1));
  EXPECT_TRUE(notices.empty());
  ASSERT_TRUE(apply(SetConnected{worker, true}).ok());
  EXPECT_TRUE(state.available(worker));
  EXPECT_FALSE(state.presence(worker)->counted_as_lost);
}

TEST_F(Presence, AWorkerWhoNeedsNoConnectionIsNeverLost) {
  worker = add(false);
  ASSERT_TRUE(apply(SetConnected{worker, true}).ok());
  ASSERT_TRUE(apply(SetConnected{worker, false}).ok());
  EXPECT_EQ(state.next_deadline(), Instant::never());
  EXPECT_TRUE(state.reachable(worker));
}

TEST_F(Presence, RequiringAConnectionFromNowOnStartsAGrace) {
  worker = add(false);
  ASSERT_TRUE(set(available).ok());
  ASSERT_TRUE(apply(AddWorker{worker, true}).ok());
  EXPECT_TRUE(state.available(worker));
  EXPECT_FALSE(state.reachable(worker));
  tick(kConnectionGrace);
  EXPECT_FALSE(state.available(worker));
}

TEST_F(Presence, ARestartGivesEverybodyWhoWasThereThirtySeconds) {
  at_work();
  const WorkerId first = worker;
  at_work();
  ASSERT_TRUE(apply(SetConnected{first, false}).ok());  // in the grace when we went down
  now = now + Duration::seconds(20);
  Context context{.now = now, .ids = ids, .events = events, .entry = ++entry};
  state.begin(context);
  state.restarted(context, Duration::seconds(20));
  notices = state.take_notices();
  EXPECT_EQ(state.presence(first)->grace_until, now + kConnectionGrace);
  EXPECT_EQ(state.presence(worker)->grace_until, now + kConnectionGrace);
  EXPECT_TRUE(state.available(worker));
  EXPECT_FALSE(state.reachable(worker));
  tick(kConnectionGrace);
  EXPECT_EQ(notices.size(), 2u);
  EXPECT_TRUE(notices[0].lost && notices[1].lost);
}

// ---- maxima ----

TEST_F(Presence, ALongLunchRaisesOneAlertAndNothingElse) {
  at_work();
  ASSERT_TRUE(set(lunch).ok());
  EXPECT_EQ(state.next_deadline(), now + Duration::minutes(30));
  tick(Duration::minutes(30));
  ASSERT_EQ(events.size(), 1u);
  EXPECT_EQ(events[0].from, state.presence(worker)->activity_since);
  EXPECT_EQ(events[0].type, EventType::kAlertRaised);
  EXPECT_EQ(events[0].reason, Reason::none);
  EXPECT_EQ(events[0].activity, lunch);
  EXPECT_TRUE(notices.empty());
  tick(Duration::hours(5));
  EXPECT_TRUE(events.empty());
  ASSERT_TRUE(set(available).ok());
  EXPECT_FALSE(state.presence(worker)->overstayed);
}

TEST_F(Presence, AShorterMaximumAppliesToThoseInItAtOnce) {
  at_work();
  ASSERT_TRUE(set(lunch).ok());
  ActivityRecord shorter = *state.activity(lunch);
  shorter.maximum = Duration::minutes(10);
  ASSERT_TRUE(apply(PutActivity{shorter}, Duration::minutes(5)).ok());
  EXPECT_EQ(state.next_deadline(), now + Duration::minutes(5));
}

TEST_F(Presence, ARestartMovesTheMaximum) {
  at_work();
  ASSERT_TRUE(set(lunch).ok());
  const Instant before = state.presence(worker)->overstays_at;
  auto context = begin(Duration::minutes(1));
  state.restarted(context, Duration::minutes(1));
  EXPECT_EQ(state.presence(worker)->overstays_at, before + Duration::minutes(1));
}

// ---- activities as things ----

TEST_F(Presence, NamesAreUniqueAndAtMostSixtyFourCharacters) {
  EXPECT_EQ(code(apply(PutActivity{{.friendly_name = "Lunch"}})), ErrorCode::kNameTaken);
  EXPECT_TRUE(apply(PutActivity{{.friendly_name = "lunch"}}).ok());  // another case, another name
  EXPECT_EQ(code(apply(PutActivity{{.friendly_name = std::string(65, 'a')}})), ErrorCode::kTooLong);
  std::string sixty_four;
  for (int i = 0; i < 64; ++i) sixty_four += "ü";
  EXPECT_TRUE(apply(PutActivity{{.friendly_name = sixty_four}}).ok());
  EXPECT_EQ(code(apply(PutActivity{{.friendly_name = ""}})), ErrorCode::kMissingField);
  EXPECT_EQ(code(apply(PutActivity{{.friendly_name = "a\nb"}})), ErrorCode::kInvalidValue);
}

TEST_F(Presence, AnActivityInUseOrWaitedForStays) {
  at_work();
  idle(false);
  ASSERT_TRUE(set(lunch, true).ok());
  EXPECT_EQ(code(apply(DeleteActivity{available})), ErrorCode::kInUse);
  EXPECT_EQ(code(apply(DeleteActivity{lunch})), ErrorCode::kInUse);
  EXPECT_EQ(code(apply(DeleteActivity{offline})), ErrorCode::kStateForbids);
  ASSERT_TRUE(apply(DeleteActivity{meeting}).ok());
  EXPECT_EQ(state.changes().deleted_activities, std::vector{meeting});
  EXPECT_EQ(code(apply(DeleteActivity{meeting})), ErrorCode::kNotFound);
}

TEST_F(Presence, ThereIsOneOfflineActivityForEver) {
  EXPECT_EQ(
      code(apply(PutActivity{{.friendly_name = "Away", .activity_class = ActivityClass::system, .offline = true}})),
      ErrorCode::kInvalidValue);
  ActivityRecord changed = *state.activity(offline);
  changed.offline = false;
  EXPECT_EQ(code(apply(PutActivity{changed})), ErrorCode::kInvalidValue);
  changed = *state.activity(offline);
  changed.activity_class = ActivityClass::available;
  EXPECT_EQ(code(apply(PutActivity{changed})), ErrorCode::kInvalidValue);
}

TEST_F(Presence, AnEditNeedsTheVersionItRead) {
  ActivityRecord changed = *state.activity(lunch);
  changed.paid = false, changed.version = 9;
  EXPECT_EQ(code(apply(PutActivity{changed})), ErrorCode::kVersionMismatch);
  changed.version = 1;
  ASSERT_TRUE(apply(PutActivity{changed}).ok());
  EXPECT_EQ(state.activity(lunch)->version, 2);
  EXPECT_TRUE(said(EventType::kActivityUpdated));
  changed.version = 0;
  ASSERT_TRUE(apply(PutActivity{changed}).ok());
  EXPECT_EQ(state.activity(lunch)->version, 2);  // nothing changed
  EXPECT_TRUE(state.changes().empty());
}

TEST_F(Presence, RenamingAnActivityIsToldForThoseInIt) {
  at_work();
  ActivityRecord changed = *state.activity(available);
  changed.friendly_name = "Ready";
  ASSERT_TRUE(apply(PutActivity{changed}).ok());
  ASSERT_EQ(notices.size(), 1u);
  EXPECT_EQ(notices[0].activity_name, "Ready");
  EXPECT_TRUE(notices[0].available);
}

TEST_F(Presence, AnActivityThatIsNoLongerAvailableTakesNewWorkAway) {
  at_work();
  ActivityRecord changed = *state.activity(available);
  changed.activity_class = ActivityClass::productive;
  ASSERT_TRUE(apply(PutActivity{changed}).ok());
  ASSERT_EQ(notices.size(), 1u);
  EXPECT_FALSE(notices[0].available);
}

TEST_F(Presence, ARemovedWorkerLeavesNoTimerAndNoNotice) {
  at_work();
  ASSERT_TRUE(apply(SetConnected{worker, false}).ok());
  ASSERT_TRUE(apply(RemoveWorker{worker}).ok());
  EXPECT_EQ(state.changes().deleted_presences, std::vector{worker});
  EXPECT_EQ(state.next_deadline(), Instant::never());
  EXPECT_EQ(code(apply(SetConnected{worker, true})), ErrorCode::kNotFound);
  idle(true);  // routing's last word about them comes late
  EXPECT_TRUE(notices.empty());
}

TEST_F(Presence, AWorkerWithTasksIsNotRemoved) {
  at_work();
  idle(false);
  EXPECT_EQ(code(apply(RemoveWorker{worker})), ErrorCode::kStateForbids);
}

// ---- rows ----

TEST_F(Presence, ContradictingRowsAreRefused) {
  at_work();
  Rows rows = state.rows();
  rows.presences[0].activity_sid = {};
  State other;
  EXPECT_FALSE(other.load(rows).ok());
  rows = state.rows();
  rows.activities.push_back(rows.activities[0]);
  EXPECT_FALSE(other.load(rows).ok());
}

TEST_F(Presence, TenThousandTimersAnEntryAndTheRestInTheNext) {
  std::vector<WorkerId> all;
  for (int i = 0; i < 10'001; ++i) {
    all.push_back(add());
    ASSERT_TRUE(apply(SetConnected{all.back(), true}).ok());
  }
  for (const auto sid : all) ASSERT_TRUE(apply(SetConnected{sid, false}).ok());
  tick(kConnectionGrace);
  EXPECT_EQ(notices.size(), 10'000u);
  EXPECT_LE(state.next_deadline(), now);
  tick({});
  EXPECT_EQ(notices.size(), 1u);
}

// Random life; at every step a copy made from rows does the same as the original.
TEST_F(Presence, RowsRestoreTheStateInTheMiddleOfAnything) {
  std::mt19937_64 random(42);
  auto pick = [&](std::uint64_t n) { return random() % n; };
  std::vector<WorkerId> all;
  for (int i = 0; i < 6; ++i) all.push_back(add(i % 3 != 0));
  const std::vector<ActivityId> activities{offline, available, lunch, meeting};
  for (int step = 0; step < 3000; ++step) {
    State copy;
    ASSERT_TRUE(copy.load(decode<Rows>(encode(state.rows())).value()).ok());
    ASSERT_EQ(copy.rows(), state.rows());
    for (const auto sid : all) copy.set_idle_after_load(sid, state.idle(sid));
    ASSERT_EQ(copy.next_deadline(), state.next_deadline());
    worker = all[pick(all.size())];
    const Command commands[] = {
        SetActivity{worker, activities[pick(4)], pick(2) == 0, pick(3) == 0},
        SetConnected{worker, pick(2) == 0},
        ClearPendingActivity{worker},
    };
    const auto kind = pick(5);
    const bool idles = pick(2) == 0;
    const Duration later = Duration::seconds(static_cast<std::int64_t>(pick(40)));
    auto step_on = [&](State& s) {
      ids = IdMaker(Seed{7, static_cast<std::uint64_t>(entry)});
      Context context{.now = now, .ids = ids, .events = events, .entry = entry};
      s.begin(context);
      s.expire(context);
      std::string outcome = "-";
      if (kind == 3) s.worker_idle(context, worker, idles);
      if (kind == 4 && step % 50 == 0) s.restarted(context, later);
      if (kind < 3) {
        auto r = s.apply(context, commands[kind]);
        outcome = r ? *r : r.error().message;
      }
      for (const auto& n : s.take_notices()) {
        outcome += n.worker.str() + n.activity_name + (n.available ? "a" : "") + (n.reachable ? "r" : "") +
                   (n.lost ? "l" : "");
      }
      for (const auto* row : s.changes().presences) outcome += encode(*row);
      return outcome;
    };
    now = now + later, ++entry;
    events.clear();
    const std::string original = step_on(state);
    const auto said_by_original = events.size();
    events.clear();
    ASSERT_EQ(step_on(copy), original) << "step " << step;
    ASSERT_EQ(events.size(), said_by_original);
    ASSERT_EQ(copy.rows(), state.rows());
  }
}

}  // namespace
}  // namespace carillon::presence
