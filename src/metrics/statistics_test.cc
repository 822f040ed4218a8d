// Goal: the numbers are those of docs/metrics.md, by every way that tells them.
// Method: a small known history on a clock that stands still, asked over HTTP; every second is accounted for.
#include "metrics/statistics_rest.h"

#include <gtest/gtest.h>

#include <future>

#include "door/testing/rest_world.h"
#include "routing/rest.h"

namespace carillon::metrics {
namespace {

using door::testing::at;
using http::testing::Answer;

class Statistics : public ::testing::Test {
 protected:
  static void routes(door::Api& api) {
    routing::add_routes(api);
    add_statistics_routes(api);
    Statistics::services = &api.services();
  }
  static inline door::Services* services = nullptr;

  Statistics() {
    world.clock.set(parse_rfc3339("2027-03-01T10:07:00Z").value());
    sales = world.make(
        "/task-queues",
        R"({"friendly_name":"Sales","expression":"x == 1","assign":"offer","service_level":{"target_s":20,"short_abandon_s":5}})");
    ana = world.make_worker("Ana", R"({"x":1})");
    // Answered after 6 s and handled 60 s; canceled after 12 s; one waits.
    world.advance(Duration::minutes(3));
    const std::string first = make_task();
    world.advance(Duration::seconds(6));
    EXPECT_EQ(
        world.post("/reservations/" + at(world.get("/reservations?task_sid=" + first), "/items/0/sid") + "/accept", "")
            .status,
        200);
    world.advance(Duration::seconds(60));
    EXPECT_EQ(world.post("/tasks/" + first + "/complete", "{}").status, 200);
    set_activity("break");
    const std::string second = make_task();
    world.advance(Duration::seconds(12));
    EXPECT_EQ(world.post("/tasks/" + second + "/cancel", "").status, 200);
    third = make_task(R"(,"priority":3)");
    world.advance(Duration::seconds(30));
  }

  std::string make_task(const std::string& more = "") {
    return world.make("/tasks", R"({"task_queue_sid":")" + sales + "\"" + more + "}");
  }
  void set_activity(const std::string& activity_class) {
    std::string sid;
    world.look([&](const runtime::View& view) {
      for (const auto* one : view.state.presence().activities()) {
        if (!one->offline && codec::enum_name(one->activity_class) == activity_class) sid = one->sid.str();
      }
    });
    EXPECT_EQ(world.put("/workers/" + ana + "/activity", R"({"activity_sid":")" + sid + "\"}").status, 200);
  }

  door::testing::RestWorld world{routes};
  std::string sales, ana, third;
};

void expect_numbers(const Answer& answer, const std::string& where) {
  const auto number = [&](const std::string& name) { return at(answer, where + "/" + name); };
  EXPECT_EQ(number("offered"), "3") << answer.body;
  EXPECT_EQ(number("buckets/answered"), "1");
  EXPECT_EQ(number("buckets/canceled"), "1");
  EXPECT_EQ(number("not_yet"), "1");
  EXPECT_EQ(number("late"), "1");
  EXPECT_EQ(number("service_level"), "50") << "one in time of one answered and one late";
  EXPECT_EQ(number("abandonment"), "0");
  EXPECT_EQ(number("asa_s"), "6");
  EXPECT_EQ(number("aht_s"), "60");
  EXPECT_EQ(number("segments"), "1");
  EXPECT_EQ(number("talk_s"), "60");
  EXPECT_EQ(number("longest_wait_s"), "6");
}

TEST_F(Statistics, OfAQueueNow) {
  const Answer now = world.get("/task-queues/" + sales + "/real-time-statistics");
  ASSERT_EQ(now.status, 200) << now.body;
  expect_numbers(now, "/now/today");
  EXPECT_EQ(at(now, "/now/waiting"), "1");
  EXPECT_EQ(at(now, "/now/late"), "1");
  EXPECT_EQ(at(now, "/now/longest_waiting_task_sid"), third);
  EXPECT_EQ(at(now, "/longest_task_waiting_age"), "30");
  EXPECT_EQ(at(now, "/longest_relative_task_sid_in_queue"), third);
  EXPECT_EQ(at(now, "/tasks_by_priority"), R"({"3":1})");
  EXPECT_EQ(at(now, "/tasks_by_status/pending"), "1");
  EXPECT_EQ(at(now, "/total_eligible_workers"), "1");
  EXPECT_EQ(at(now, "/total_available_workers"), "0");
  const Answer listed = world.get("/task-queues/real-time-statistics?task_queue_sid=" + sales);
  EXPECT_EQ(at(listed, "/items/0/task_queue_sid"), sales) << listed.body;
  EXPECT_EQ(at(listed, "/items/1"), "");
  EXPECT_EQ(world.get("/task-queues/WQ00000000000000000000000000000001/real-time-statistics").status, 404);
}

TEST_F(Statistics, OfAQueueOverAPeriod) {
  const Answer whole = world.get("/task-queues/" + sales + "/cumulative-statistics?split_by_wait_time=5,10,30");
  ASSERT_EQ(whole.status, 200) << whole.body;
  expect_numbers(whole, "/numbers");
  for (const auto& [name, value] : {std::pair("tasks_entered", "3"),
                                    {"tasks_completed", "1"},
                                    {"tasks_canceled", "1"},
                                    {"tasks_moved", "0"},
                                    {"reservations_created", "1"},
                                    {"reservations_accepted", "1"},
                                    {"avg_task_acceptance_time", "6"}}) {
    EXPECT_EQ(at(whole, "/" + std::string(name)), value) << name;
  }
  EXPECT_EQ(at(whole, "/wait_duration_until_accepted/max"), "6");
  EXPECT_EQ(at(whole, "/wait_duration_in_queue_until_accepted/total"), "6");
  EXPECT_EQ(at(whole, "/wait_duration_until_canceled/avg"), "12");
  EXPECT_EQ(at(whole, "/split_by_wait_time/5/above"), R"({"tasks_canceled":1,"reservations_accepted":1})");
  EXPECT_EQ(at(whole, "/split_by_wait_time/10/below"), R"({"tasks_canceled":0,"reservations_accepted":1})");
  EXPECT_EQ(at(whole, "/split_by_wait_time/30/below"), R"({"tasks_canceled":1,"reservations_accepted":1})");
  const std::string past = "?start_time=2020-01-01T00:00:00Z&end_time=2020-01-02T00:00:00Z";
  const Answer empty = world.get("/task-queues/" + sales + "/cumulative-statistics" + past);
  EXPECT_EQ(at(empty, "/numbers/offered"), "0");
  EXPECT_EQ(at(empty, "/numbers/service_level"), "null");
  EXPECT_EQ(at(empty, "/avg_task_acceptance_time"), "null");
  EXPECT_EQ(at(world.get("/task-queues/" + sales + "/cumulative-statistics?task_channel=voice"), "/numbers/offered"),
            "0");
}

TEST_F(Statistics, RefuseWhatIsNoPeriod) {
  const std::string path = "/task-queues/" + sales + "/cumulative-statistics";
  for (const char* query :
       {"?start_time=2020-01-02T00:00:00Z&end_time=2020-01-01T00:00:00Z", "?start_time=yesterday",
        "?split_by_wait_time=5,", "?split_by_wait_time=1,2,3,4,5,6,7,8,9,10,11", "?split_by_wait_time=-5",
        "?task_channel=Not%20One", "?task_channel=none_such", "?no_such=1"}) {
    EXPECT_EQ(world.get(path + query).status, 422) << query;
  }
  EXPECT_EQ(world.get("/statistics/intervals").code(), "missing_field");
  EXPECT_EQ(world.get("/statistics/intervals?from=2026-01-01T00:00:00Z&to=2026-01-02T00:00:00Z&interval_s=7").status,
            422);
  EXPECT_EQ(world.get("/statistics/intervals?from=2020-01-01T00:00:00Z&to=2026-01-02T00:00:00Z").code(),
            "out_of_range");
}

TEST_F(Statistics, OfTodayForASupervisorAndForAnAgent) {
  const Answer today = world.get("/statistics/today", "supervisor");
  ASSERT_EQ(today.status, 200) << today.body;
  EXPECT_EQ(at(today, "/date"), "2027-03-01");
  EXPECT_EQ(at(today, "/from"), "2027-02-28T22:00:00.000000Z") << "the day of Athens";
  EXPECT_EQ(at(today, "/task_queues/1/task_queue_sid"), sales);
  expect_numbers(today, "/task_queues/1/numbers");
  EXPECT_EQ(at(today, "/workspace/contacts"), "0");
  EXPECT_EQ(at(today, "/workspace/segments"), "1");
  // Ana: available 3 min and 66 s, on a break since, 42 s.
  EXPECT_EQ(at(today, "/workers/0/numbers/available_s"), "246");
  EXPECT_EQ(at(today, "/workers/0/numbers/signed_in_s"), "288");
  EXPECT_EQ(at(today, "/workers/0/numbers/handling_s"), "60");
  EXPECT_EQ(at(today, "/workers/0/numbers/reservations_accepted"), "1");
  const Answer own = world.get("/statistics/today", "agent:" + ana);
  EXPECT_EQ(at(own, "/workspace"), "null") << own.body;
  EXPECT_EQ(at(own, "/task_queues"), "[]");
  EXPECT_EQ(at(own, "/workers/0/worker_sid"), ana);
  EXPECT_EQ(at(own, "/workers/0/numbers"), at(today, "/workers/0/numbers"));
  EXPECT_EQ(at(world.get("/statistics/today", "agent"), "/workers"), "[]");
}

TEST_F(Statistics, InIntervalsAddUp) {
  const std::string query =
      "/statistics/intervals?from=2027-03-01T10:00:00Z&to=2027-03-01T10:20:00Z&task_queue_sid=" + sales;
  const Answer quarters = world.get(query);
  ASSERT_EQ(quarters.status, 200) << quarters.body;
  EXPECT_EQ(at(quarters, "/intervals/0/from"), "2027-03-01T10:00:00.000000Z");
  EXPECT_EQ(at(quarters, "/intervals/1/to"), "2027-03-01T10:30:00.000000Z");
  expect_numbers(quarters, "/intervals/0/numbers");
  EXPECT_EQ(at(quarters, "/intervals/0/provisional"), "true");
  EXPECT_EQ(at(quarters, "/intervals/1/numbers/offered"), "0");
  const Answer days =
      world.get("/statistics/intervals?from=2027-03-27T10:00:00Z&to=2027-03-28T10:00:00Z&interval_s=86400");
  EXPECT_EQ(at(days, "/intervals/1/from"), "2027-03-27T22:00:00.000000Z") << days.body;
  EXPECT_EQ(at(days, "/intervals/1/to"), "2027-03-28T21:00:00.000000Z") << "a day of 23 hours";
}

TEST_F(Statistics, OfAWorkflowCountItsOwnTasks) {
  const std::string workflow = world.make(
      "/workflows", R"({"friendly_name":"W","document":{"task_routing":{"filters":[],"default_filter":{"queue":")" +
                        sales + R"("}}}})");
  const std::string task = world.make("/tasks", R"({"workflow_sid":")" + workflow + "\"}");
  world.advance(Duration::seconds(10));
  EXPECT_EQ(at(world.get("/workflows/" + workflow + "/real-time-statistics"), "/total_tasks"), "1");
  set_activity("available");
  // The one that waited before, of priority 3, rings first.
  const std::string path = "/reservations?status=pending&task_sid=";
  EXPECT_EQ(world.post("/reservations/" + at(world.get(path + third), "/items/0/sid") + "/accept", "").status, 200);
  EXPECT_EQ(world.post("/tasks/" + third + "/complete", "{}").status, 200);
  EXPECT_EQ(world.post("/reservations/" + at(world.get(path + task), "/items/0/sid") + "/accept", "").status, 200);
  world.advance(Duration::seconds(40));
  EXPECT_EQ(world.post("/tasks/" + task + "/complete", "{}").status, 200);
  const Answer sums = world.get("/workflows/" + workflow + "/cumulative-statistics");
  EXPECT_EQ(at(sums, "/tasks_entered"), "1") << sums.body;
  EXPECT_EQ(at(sums, "/numbers/offered"), "1");
  EXPECT_EQ(at(sums, "/numbers/buckets/answered"), "1");
  EXPECT_EQ(at(sums, "/numbers/asa_s"), "10");
  EXPECT_EQ(at(sums, "/numbers/aht_s"), "40");
  EXPECT_EQ(at(sums, "/numbers/service_level"), "100");
  EXPECT_EQ(at(sums, "/reservations_accepted"), "1");
}

TEST_F(Statistics, OfAWorkerHaveTheStaysInActivities) {
  const Answer own = world.get("/workers/" + ana + "/cumulative-statistics", "agent:" + ana);
  ASSERT_EQ(own.status, 200) << own.body;
  std::map<std::string, std::string> total;
  const auto day = own.json();
  for (const auto& one : day.as_object().at("activity_durations").as_array())
    total[at(one, "/friendly_name")] = at(one, "/total");
  EXPECT_EQ(total["Available"], "246") << own.body;
  EXPECT_EQ(total["Lunch"], "42") << own.body;
  EXPECT_EQ(at(own, "/reservations_accepted"), "1");
  EXPECT_EQ(at(own, "/numbers/segments"), "1");
  EXPECT_EQ(world.get("/workers/" + ana + "/cumulative-statistics", "agent").status, 403);
  const Answer all = world.get("/workers/cumulative-statistics");
  EXPECT_EQ(at(all, "/worker_sid"), "null") << all.body;
  EXPECT_EQ(at(all, "/reservations_created"), "1");
}

TEST_F(Statistics, OfTheWorkspace) {
  const Answer now = world.get("/workspace/real-time-statistics");
  EXPECT_EQ(at(now, "/total_tasks"), "1") << now.body;
  EXPECT_EQ(at(now, "/total_workers"), "1");
  EXPECT_EQ(at(now, "/now/waiting"), "1");
  EXPECT_EQ(at(now, "/now/today/contacts"), "0");
  const Answer sums = world.get("/workspace/cumulative-statistics");
  expect_numbers(sums, "/numbers");
  EXPECT_EQ(at(sums, "/tasks_created"), "3");
  EXPECT_EQ(at(world.get("/workers/real-time-statistics"), "/total_workers"), "1");
}

TEST_F(Statistics, ForTheStreamAreTheSame) {
  const auto told = [&](WorkerId worker, bool everything) {
    std::promise<std::string> members;
    tell_numbers(*services, world.workspace, worker, everything,
                 [&](std::string text, std::int64_t) { members.set_value(std::move(text)); });
    return boost::json::parse("{" + members.get_future().get() + "}");
  };
  const auto everything = told({}, true);
  EXPECT_EQ(at(everything, "/task_queues/1/today/offered"), "3");
  EXPECT_EQ(at(everything, "/workspace/waiting"), "1");
  EXPECT_EQ(at(everything, "/worker"), "");
  const auto own = told(*WorkerId::parse(ana), false);
  EXPECT_EQ(at(own, "/worker/segments"), "1");
  EXPECT_EQ(at(own, "/workspace"), "");
}

}  // namespace
}  // namespace carillon::metrics
