// Goal: every number is what its worked example in docs/metrics.md says. Method: small event lists, counted by hand.
#include "metrics/core/fold.h"

#include <gtest/gtest.h>

#include <map>

namespace carillon::metrics {
namespace {

using events::Bucket;
using events::Event;
using events::EventType;
using events::Reason;

constexpr Instant kNine{1'772'355'600'000'000};  // 2026-03-01T09:00:00Z

Instant at(std::int64_t seconds) { return kNine + Duration::seconds(seconds); }

template <class IdType>
IdType id(std::uint64_t n) {
  IdType out;
  out.lo = n;
  return out;
}

Event in_queue(EventType type, Instant entered) {
  return {.type = type, .queue = id<QueueId>(1), .channel = id<TaskChannelId>(7), .from = entered};
}

Event entry_ended(Bucket bucket, Instant entered, std::int64_t wait_s, bool in_time = false) {
  Event e = in_queue(EventType::kQueueEntryEnded, entered);
  e.bucket = bucket, e.flag = in_time, e.wait = Duration::seconds(wait_s);
  return e;
}

Event segment(std::int64_t talk_s, std::int64_t wrap_s, std::int64_t suspended_s) {
  Event e = in_queue(EventType::kSegmentEnded, at(60));
  e.worker = id<WorkerId>(3), e.activity = id<ActivityId>(4);
  e.handle = Duration::seconds(talk_s), e.wrap = Duration::seconds(wrap_s),
  e.suspended = Duration::seconds(suspended_s);
  return e;
}

// Two answered in 10 s and 30 s (T = 20 s), one abandoned after 40 s, one short after 2 s, one overflowed, one timed out.
Deltas worked_example() {
  Deltas d;
  for (int i = 0; i < 6; ++i) fold(in_queue(EventType::kTaskQueueEntered, at(60)), at(60), d);
  fold(entry_ended(Bucket::answered, at(60), 10, true), at(70), d);
  fold(entry_ended(Bucket::answered, at(60), 30), at(90), d);
  fold(entry_ended(Bucket::abandoned, at(60), 40), at(100), d);
  fold(entry_ended(Bucket::short_abandoned, at(60), 2), at(62), d);
  fold(entry_ended(Bucket::overflowed, at(60), 50), at(110), d);
  fold(entry_ended(Bucket::timed_out, at(60), 900), at(960), d);
  return d;
}

TEST(Numbers, ServiceLevelLeavesOutShortAbandonsAndOverflows) {
  const Deltas d = worked_example();
  ASSERT_EQ(d.queues.size(), 1u);
  EXPECT_DOUBLE_EQ(*service_level(d.queues[0], 0), 100.0 * 1 / 4);  // 1 in time of 2 answered, 1 abandoned, 1 timed out
}

TEST(Numbers, ServiceLevelCountsThoseWhoWaitTooLongAlready) {
  EXPECT_DOUBLE_EQ(*service_level(worked_example().queues[0], 1), 100.0 * 1 / 5);
}

TEST(Numbers, SpeedOfAnswerIsTheMeanWaitOfTheAnswered) {
  const Deltas d = worked_example();
  EXPECT_DOUBLE_EQ(*average_speed_of_answer_s(d.queues[0]), 20.0);
  EXPECT_EQ(d.queues[0].answer_wait_max_us, 30'000'000);
  EXPECT_EQ(d.queues[0].abandon_wait_us, 42'000'000);
}

TEST(Numbers, AbandonmentLeavesOutShortAbandons) { EXPECT_DOUBLE_EQ(*abandonment(worked_example().queues[0]), 25.0); }

TEST(Numbers, HandleTimeIsTalkAndWrapPerSegmentWithoutSuspendedTime) {
  Deltas d;
  fold(segment(100, 20, 600), at(700), d);
  fold(segment(50, 30, 0), at(800), d);
  EXPECT_DOUBLE_EQ(*average_handle_time_s(d.queues[0]), 100.0);  // (120 + 80) / 2
  EXPECT_EQ(d.queues[0].suspended_us, 600'000'000);
}

TEST(Numbers, WithoutTrafficEveryNumberIsBlank) {
  const QueueInterval nothing;
  EXPECT_FALSE(service_level(nothing, 0));
  EXPECT_FALSE(average_speed_of_answer_s(nothing));
  EXPECT_FALSE(average_handle_time_s(nothing));
  EXPECT_FALSE(abandonment(nothing));
  EXPECT_FALSE(occupancy(0, 0));
}

TEST(Numbers, OccupancyIsHandlingOverAvailableOrHandling) { EXPECT_DOUBLE_EQ(*occupancy(930, 1000), 93.0); }

TEST(Fold, AnIntervalCountsByArrivalAlsoWhenTheEndComesLater) {
  Deltas d;
  fold(in_queue(EventType::kTaskQueueEntered, at(890)), at(890), d);
  fold(entry_ended(Bucket::answered, at(890), 20, true), at(910), d);  // answered in the next quarter of an hour
  ASSERT_EQ(d.queues.size(), 1u);
  EXPECT_EQ(d.queues[0].interval_start, kNine);
  EXPECT_EQ(d.queues[0].offered, 1);
  EXPECT_EQ(d.queues[0].answered, 1);
}

TEST(Fold, AnEventWithoutArrivalCountsNow) {
  Deltas d;
  fold(in_queue(EventType::kTaskQueueEntered, Instant{}), at(905), d);
  EXPECT_EQ(d.queues[0].interval_start, at(900));
}

TEST(Fold, EveryBucketHasItsColumnAndOfferedIsTheirSum) {
  Deltas d;
  for (int b = 1; b <= static_cast<int>(Bucket::failed_by_us); ++b) {
    fold(in_queue(EventType::kTaskQueueEntered, at(1)), at(1), d);
    fold(entry_ended(static_cast<Bucket>(b), at(1), 1), at(2), d);
  }
  const QueueInterval& q = d.queues[0];
  const std::int64_t each[] = {q.answered, q.abandoned,      q.short_abandoned, q.overflowed,
                               q.moved,    q.callback_taken, q.voicemail,       q.closed,
                               q.full,     q.timed_out,      q.canceled,        q.failed_by_us};
  std::int64_t sum = 0;
  for (const auto n : each) {
    EXPECT_EQ(n, 1);
    sum += n;
  }
  EXPECT_EQ(q.offered, sum);
}

TEST(Fold, WorkerTimeIsSplitAtTheQuarterHour) {
  Deltas d;
  const Event e{.type = EventType::kWorkerTime,
                .flag = true,
                .worker = id<WorkerId>(3),
                .activity = id<ActivityId>(4),
                .from = at(600)};
  fold(e, at(2000), d);  // 300 s in the first, 900 s in the second, 200 s in the third
  ASSERT_EQ(d.workers.size(), 3u);
  EXPECT_EQ(d.workers[0].time_us, 300'000'000);
  EXPECT_EQ(d.workers[1].time_us, 900'000'000);
  EXPECT_EQ(d.workers[2].time_us, 200'000'000);
  EXPECT_EQ(d.workers[2].handling_us, 200'000'000);
  EXPECT_EQ(d.workers[2].interval_start, at(1800));
}

TEST(Fold, WorkerTimeWithoutTasksIsNoHandling) {
  Deltas d;
  fold({.type = EventType::kWorkerTime, .worker = id<WorkerId>(3), .activity = id<ActivityId>(4), .from = at(0)},
       at(900), d);
  ASSERT_EQ(d.workers.size(), 1u);  // a segment that ends at the border leaves no empty row behind it
  EXPECT_EQ(d.workers[0].handling_us, 0);
}

TEST(Fold, ReservationsCountForQueueAndWorker) {
  Deltas d;
  for (const auto type :
       {EventType::kReservationCreated, EventType::kReservationAccepted, EventType::kReservationRejected,
        EventType::kReservationTimeout, EventType::kReservationCanceled, EventType::kReservationRescinded}) {
    Event e = in_queue(type, Instant{});
    e.worker = id<WorkerId>(3), e.wait = Duration::seconds(4);
    fold(e, at(5), d);
  }
  const QueueInterval& q = d.queues[0];
  EXPECT_EQ(q.reservations_created, 1);
  EXPECT_EQ(q.reservations_accepted, 1);
  EXPECT_EQ(q.reservations_rejected, 1);
  EXPECT_EQ(q.reservations_timed_out, 1);
  EXPECT_EQ(q.reservations_canceled, 1);
  EXPECT_EQ(q.reservations_rescinded, 1);
  EXPECT_EQ(q.acceptance_time_us, 4'000'000);
  EXPECT_EQ(d.workers[0].reservations_created, 1);
  EXPECT_EQ(d.workers[0].reservations_timed_out, 1);
}

TEST(Fold, TheCenterCountsAContactOnceByItsArrival) {
  Deltas d;
  Event e{.channel = id<TaskChannelId>(7), .contact = id<ContactId>(1), .from = at(899)};
  e.type = EventType::kContactCreated, fold(e, at(899), d);
  e.type = EventType::kContactUpdated, fold(e, at(901), d);  // a change of customer: answers nothing
  e.flag = true, fold(e, at(905), d);
  e.type = EventType::kContactEnded, e.reason = Reason::customer_left, fold(e, at(2000), d);
  ASSERT_EQ(d.center.size(), 1u);
  EXPECT_EQ(d.center[0], (CenterInterval{kNine, id<TaskChannelId>(7), 1, 1, 0, 1}));
}

TEST(Fold, AContactIsAbandonedWhenItsCustomerLeavesUnanswered) {
  Deltas d;
  Event e{.type = EventType::kContactEnded, .reason = Reason::customer_left, .from = at(0)};
  fold(e, at(9), d);
  e.reason = Reason::by_system, fold(e, at(9), d);
  EXPECT_EQ(d.center[0].contacts_abandoned, 1);
  EXPECT_EQ(d.center[0].contacts_ended, 2);
}

TEST(Fold, PublishedEventsThatCountNothingLeaveNothing) {
  Deltas d;
  fold({.type = EventType::kTaskCreated}, at(0), d);
  fold({.type = EventType::kWorkerCapacity}, at(0), d);
  EXPECT_TRUE(d.empty());
}

TEST(Merge, ManyKeysMergeEachIntoItsOwnRow) {
  Deltas all;
  std::map<std::uint64_t, std::int64_t> expected;
  for (std::uint64_t round = 0; round < 3; ++round) {
    Deltas part;
    for (std::uint64_t n = 0; n < 300; ++n) {
      Event e = in_queue(EventType::kTaskQueueEntered, at(0));
      e.queue = id<QueueId>(1 + (n * 7 + round) % 200);
      fold(e, at(0), part);
      ++expected[e.queue.lo];
    }
    merge(part, all);
  }
  ASSERT_EQ(all.queues.size(), expected.size());
  for (const auto& row : all.queues) EXPECT_EQ(row.offered, expected[row.task_queue_sid.lo]);
}

TEST(Merge, MaximaCombineAndSumsAddUp) {
  Deltas a, b;
  fold(entry_ended(Bucket::answered, at(0), 10), at(10), a);
  fold(entry_ended(Bucket::answered, at(0), 30), at(30), b);
  merge(b, a);
  EXPECT_EQ(a.queues[0].answer_wait_max_us, 30'000'000);
  EXPECT_EQ(a.queues[0].answer_wait_us, 40'000'000);
  a.clear();
  EXPECT_TRUE(a.empty());
  fold(in_queue(EventType::kTaskQueueEntered, at(0)), at(0), a);
  EXPECT_EQ(a.queues.size(), 1u);
}

TEST(Interval, BeginsAtTheQuarterHour) {
  EXPECT_EQ(interval_of(at(899)), kNine);
  EXPECT_EQ(interval_of(at(900)), at(900));
  EXPECT_EQ(interval_of(Instant{-1}), Instant{-kInterval.us});
}

}  // namespace
}  // namespace carillon::metrics
