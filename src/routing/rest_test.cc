// Goal: routing over HTTP does what the contract says: answers, rights of agents, order of judging, races that cannot be.
// Method: a real runtime and real sockets, a clock that stands still.
#include "routing/rest.h"

#include <gtest/gtest.h>

#include "door/testing/rest_world.h"
#include "presence/activities_rest.h"

namespace carillon::routing {
namespace {

using door::testing::at;
using http::testing::Answer;

class RoutingRest : public ::testing::Test {
 protected:
  static void routes(door::Api& api) {
    add_routes(api);
    presence::add_activity_routes(api);
  }
  std::string queue(const std::string& name, const std::string& more = "") {
    return world.make("/task-queues", R"({"friendly_name":")" + name + "\"" + more + "}");
  }
  std::string task(const std::string& queue_sid, const std::string& more = "") {
    return world.make("/tasks", R"({"task_queue_sid":")" + queue_sid + "\"" + more + "}");
  }
  std::string offer_of(const std::string& task_sid) {
    return at(world.get("/reservations?task_sid=" + task_sid), "/items/0/sid");
  }
  static std::string as_agent(const std::string& worker) { return "agent:" + worker; }

  door::testing::RestWorld world{routes};
};

void expect_problem(const Answer& answer, int status, std::string_view code, std::string_view field = "") {
  EXPECT_EQ(answer.status, status) << answer.body;
  EXPECT_EQ(answer.code(), code) << answer.body;
  if (!field.empty()) {
    EXPECT_EQ(at(answer, "/field"), field) << answer.body;
  }
}

TEST_F(RoutingRest, ConfigurationIsMadeReadChangedUnderAVersionAndRemoved) {
  const Answer made =
      world.post("/task-queues", R"({"friendly_name":"Sales","expression":"skills HAS 'x'","max_size":5})");
  ASSERT_EQ(made.status, 201) << made.body;
  const std::string path = "/task-queues/" + at(made, "/sid");
  EXPECT_EQ(made.headers.value("Location"), "/api/v1" + path);
  EXPECT_EQ(world.get(path).body, made.body);
  expect_problem(world.patch(path, R"({"max_size":null})", 0), 428, "version_required");
  const Answer changed = world.patch(path, R"({"max_size":null,"task_order":"lifo"})", 1);
  ASSERT_EQ(changed.status, 200) << changed.body;
  EXPECT_EQ(at(changed, "/max_size"), "null");
  EXPECT_EQ(at(changed, "/expression"), "skills HAS 'x'");
  EXPECT_EQ(changed.headers.value("ETag"), "\"2\"");
  const Answer late = world.patch(path, R"({"max_size":7})", 1);
  expect_problem(late, 412, "version_mismatch");
  EXPECT_EQ(late.headers.value("ETag"), "\"2\"");
  expect_problem(world.patch(path, "{}", 2), 422, "missing_field");
  expect_problem(world.del(path, 1), 412, "version_mismatch");
  EXPECT_EQ(world.del(path, 2).status, 204);
  expect_problem(world.get(path), 404, "not_found");
  expect_problem(world.del(path, 2), 404, "not_found");
}

TEST_F(RoutingRest, ListsAreByNameAndTurnPageByPage) {
  for (const char* name : {"Zoe", "Adam", "Mia"}) queue(name);
  const Answer whole = world.get("/task-queues");
  std::vector<std::string> names;
  const auto list = whole.json();
  for (const auto& item : list.as_object().at("items").as_array()) names.push_back(at(item, "/friendly_name"));
  EXPECT_EQ(names, (std::vector<std::string>{"Adam", "Everyone", "Mia", "Zoe"}));
  std::vector<std::string> paged;
  std::string cursor;
  do {
    const Answer page = world.get("/task-queues?page_size=1" + (cursor.empty() ? "" : "&cursor=" + cursor));
    ASSERT_EQ(page.status, 200) << page.body;
    paged.push_back(at(page, "/items/0/friendly_name"));
    cursor = at(page, "/next_cursor");
  } while (cursor != "null" && paged.size() < 10);
  EXPECT_EQ(paged, names);
  expect_problem(world.get("/task-queues?cursor=bm90IGEgY3Vyc29y"), 400, "cursor_invalid", "cursor");
  expect_problem(world.get("/task-queues?no_such=1"), 422, "unknown_field", "no_such");
}

TEST_F(RoutingRest, BadInputIsToldByItsPlace) {
  expect_problem(world.post("/task-queues", R"({"friendly_name":"Q","colour":1})"), 422, "unknown_field", "/colour");
  expect_problem(world.post("/task-queues", R"({"friendly_name":"Q","wrap_up":{"mode":"timed","seconds":5}})"), 422,
                 "missing_field", "/wrap_up/extensions");
  expect_problem(world.post("/task-queues", R"({"friendly_name":"Q","expression":"a HAS 'b' AND AND c"})"), 422,
                 "expression_fault", "/expression");
  queue("Taken");
  expect_problem(world.post("/task-queues", R"({"friendly_name":"Taken"})"), 409, "name_taken", "/friendly_name");
  expect_problem(world.post("/task-channels", R"({"friendly_name":"Voice","unique_name":"other"})"), 409, "name_taken",
                 "/friendly_name");
  expect_problem(world.post("/task-channels", R"({"friendly_name":"X","unique_name":"Not Good"})"), 422,
                 "invalid_value", "/unique_name");
  expect_problem(world.post("/tasks", "{}"), 422, "invalid_value", "/workflow_sid");
  expect_problem(world.post("/tasks", R"({"task_queue_sid":"WQ00000000000000000000000000000001"})"), 422,
                 "invalid_value", "/task_queue_sid");
  expect_problem(world.post("/tasks/WT00000000000000000000000000000001/cancel", ""), 404, "not_found");
  expect_problem(world.get("/tasks?status=tired"), 422, "invalid_value", "status");
}

TEST_F(RoutingRest, AWorkflowsFaultsHaveTheirPlaceInTheDocument) {
  const std::string sales = queue("Sales");
  const auto document = [](const std::string& queue_sid, const std::string& more) {
    return R"({"friendly_name":"W","document":{"task_routing":{"filters":[{"expression":"1 == 1","targets":[{"queue":")" +
           queue_sid + "\"" + more + "}]}]}}}";
  };
  const Answer made = world.post("/workflows", document(sales, R"(,"colour":"blue")"));
  ASSERT_EQ(made.status, 201) << made.body;
  EXPECT_NE(at(made, "/warnings").find("colour"), std::string::npos);
  EXPECT_EQ(world.get("/workflows/" + at(made, "/sid")).body, made.body);
  expect_problem(world.post("/workflows", document("WQ00000000000000000000000000000001", "")), 422, "workflow_fault",
                 "/document/task_routing/filters/0/targets/0/queue");
  expect_problem(world.post("/workflows", document(sales, R"(,"expression":"worker.x ==")")), 422, "expression_fault",
                 "/document/task_routing/filters/0/targets/0/expression");
  const auto named = [&](int letters) {
    std::string name;
    for (int i = 0; i < letters; ++i) name += "\u00e9";
    return R"({"document":{"task_routing":{"filters":[{"expression":"1 == 1","filter_friendly_name":")" + name +
           R"(","targets":[{"queue":")" + sales + R"("}]}]}}})";
  };
  EXPECT_EQ(at(world.post("/workflows/check", named(64)), "/valid"), "true") << "letters are counted, not bytes";
  EXPECT_EQ(at(world.post("/workflows/check", named(65)), "/faults/0/field"),
            "/document/task_routing/filters/0/filter_friendly_name");
  expect_problem(world.post("/workflows", R"({"friendly_name":"W","document":{"task_routing":{}}})"), 422,
                 "missing_field", "/document/task_routing/filters");
  const Answer checked = world.post(
      "/workflows/check",
      R"({"document":{"task_routing":{"filters":[],"default_filter":{"queue":"WQ00000000000000000000000000000001"}}}})");
  EXPECT_EQ(at(checked, "/valid"), "false") << checked.body;
  EXPECT_EQ(at(checked, "/faults/0/field"), "/document/task_routing/default_filter/queue");
}

TEST_F(RoutingRest, ATaskIsOfferedAcceptedAndCompletedAndRowsSayTheSame) {
  const std::string sales =
      queue("Sales", R"(,"assign":"offer","wrap_up":{"mode":"timed","seconds":60,"extensions":1})");
  const std::string ana = world.make_worker("Ana");
  const Answer made =
      world.post("/tasks", R"({"task_queue_sid":")" + sales + R"(","attributes":{"topic":"x"},"priority":3})");
  ASSERT_EQ(made.status, 201) << made.body;
  const std::string path = "/tasks/" + at(made, "/sid");
  EXPECT_EQ(at(made, "/status"), "reserved");
  EXPECT_EQ(world.get(path).body, made.body);
  const std::string offer = "/reservations/" + offer_of(at(made, "/sid"));
  const Answer accepted = world.post(offer + "/accept", "");
  ASSERT_EQ(accepted.status, 200) << accepted.body;
  EXPECT_EQ(at(accepted, "/status"), "accepted");
  EXPECT_EQ(world.get(offer).body, accepted.body);
  EXPECT_EQ(at(world.get(path), "/worker_friendly_name"), "Ana");
  const Answer wrapping = world.post(path + "/wrap-up", "");
  EXPECT_EQ(at(wrapping, "/wrap_up/extensions_left"), "1") << wrapping.body;
  EXPECT_EQ(world.get(path).body, wrapping.body);
  const std::string solved = world.make("/dispositions", R"({"friendly_name":"Solved"})");
  expect_problem(world.post(path + "/complete", R"({"disposition_sid":"DI00000000000000000000000000000001"})"), 422,
                 "invalid_value", "/disposition_sid");
  const Answer done = world.post(path + "/complete", R"({"disposition_sid":")" + solved + "\"}");
  EXPECT_EQ(at(done, "/status"), "completed") << done.body;
  EXPECT_EQ(at(done, "/disposition_sid"), solved);
  EXPECT_EQ(world.get(path).body, done.body);
  expect_problem(world.post(path + "/cancel", ""), 409, "state_forbids");
  expect_problem(world.post(offer + "/accept", ""), 409, "state_forbids");
  expect_problem(world.del("/dispositions/" + solved, 1), 409, "in_use");
}

TEST_F(RoutingRest, ADispositionIsCorrectedWhenTheTaskHasEnded) {
  const std::string sales = queue("Sales", R"(,"assign":"direct")");
  world.make_worker("Ana");
  const std::string path = "/tasks/" + task(sales);
  const std::string solved = world.make("/dispositions", R"({"friendly_name":"Solved"})");
  EXPECT_EQ(at(world.put(path + "/disposition", R"({"disposition_sid":")" + solved + "\"}"), "/disposition_sid"),
            solved);
  ASSERT_EQ(at(world.post(path + "/complete", "{}"), "/status"), "completed");
  const Answer cleared = world.put(path + "/disposition", R"({"disposition_sid":null})");
  EXPECT_EQ(at(cleared, "/disposition_sid"), "null") << cleared.body;
  EXPECT_EQ(at(world.put(path + "/disposition", R"({"disposition_sid":")" + solved + "\"}"), "/disposition_sid"),
            solved);
  expect_problem(world.put(path + "/disposition", "{}"), 422, "missing_field", "/disposition_sid");
}

TEST_F(RoutingRest, AnAgentSeesAndDoesOnlyTheirOwn) {
  const std::string sales = queue("Sales", R"(,"assign":"offer","expression":"name == 'ana'")");
  const std::string ana = world.make_worker("Ana", R"({"name":"ana"})");
  const std::string ben = world.make_worker("Ben", R"({"name":"ben"})");
  const std::string sid = task(sales);
  const std::string offer = offer_of(sid);
  for (const std::string& path : {"/tasks/" + sid, "/reservations/" + offer}) {
    EXPECT_EQ(world.get(path, as_agent(ana)).status, 200);
    expect_problem(world.get(path, as_agent(ben)), 404, "not_found");
    expect_problem(world.get(path, "agent"), 404, "not_found");
  }
  expect_problem(world.post("/reservations/" + offer + "/accept", "", as_agent(ben)), 404, "not_found");
  EXPECT_EQ(world.post("/reservations/" + offer + "/accept", "", as_agent(ana)).status, 200);
  expect_problem(world.post("/tasks/" + sid + "/complete", "{}", as_agent(ben)), 404, "not_found");
  expect_problem(world.post("/tasks/" + sid + "/cancel", "", as_agent(ana)), 403, "forbidden");
  expect_problem(world.post("/tasks", R"({"task_queue_sid":")" + sales + "\"}", as_agent(ana)), 403, "forbidden");
  EXPECT_EQ(at(world.get("/tasks", as_agent(ana)), "/items/0/sid"), sid);
  EXPECT_EQ(at(world.get("/tasks", as_agent(ben)), "/items"), "[]");
  EXPECT_EQ(at(world.get("/reservations", as_agent(ben)), "/items"), "[]");
  const Answer done = world.post("/tasks/" + sid + "/complete", "{}", as_agent(ana));
  EXPECT_EQ(at(done, "/reason"), "by_worker") << done.body;
  EXPECT_EQ(world.get("/tasks/" + sid, as_agent(ana)).status, 200);
  expect_problem(world.post("/tasks/" + sid + "/complete", "{}", as_agent(ana)), 409, "state_forbids");
  expect_problem(world.post("/tasks/" + sid + "/complete", "{}", as_agent(ben)), 404, "not_found");
}

TEST_F(RoutingRest, AnAgentChangesOnlyTheirOwnActivity) {
  const std::string ana = world.make_worker("Ana");
  const std::string ben = world.make_worker("Ben");
  const std::string lunch = world.make(
      "/activities", R"({"friendly_name":"Lunch with the boss","activity_class":"break","pickable_by":"supervisor"})");
  const std::string body = R"({"activity_sid":")" + lunch + "\"}";
  expect_problem(world.put("/workers/" + ben + "/activity", body, as_agent(ana)), 403, "forbidden");
  expect_problem(world.put("/workers/" + ana + "/activity", body, as_agent(ana)), 403, "forbidden");
  const Answer set = world.put("/workers/" + ana + "/activity", body, "supervisor");
  EXPECT_EQ(at(set, "/activity_name"), "Lunch with the boss") << set.body;
  EXPECT_EQ(at(set, "/activity_class"), "break");
  expect_problem(world.put("/workers/" + ana + "/activity", R"({"activity_sid":"WA00000000000000000000000000000001"})"),
                 422, "invalid_value", "/activity_sid");
}

TEST_F(RoutingRest, WorkersAreChosenByNameQueueExpressionAndActivity) {
  const std::string sales = queue("Sales", R"(,"expression":"skills HAS 'sales'")");
  const std::string ana = world.make_worker("Ana", R"({"skills":["sales"],"level":3})");
  const std::string ben = world.make_worker("Ben", R"({"skills":["mail"],"level":1})");
  world.make("/workers", R"({"friendly_name":"Cy","attributes":{"skills":["sales"]}})");
  const auto names = [&](const std::string& query) {
    std::string out;
    const Answer answer = world.get("/workers" + query);
    EXPECT_EQ(answer.status, 200) << answer.body;
    const auto list = answer.json();
    for (const auto& item : list.as_object().at("items").as_array()) out += at(item, "/friendly_name") + " ";
    return out;
  };
  EXPECT_EQ(names(""), "Ana Ben Cy ");
  EXPECT_EQ(names("?q=AN"), "Ana ");
  EXPECT_EQ(names("?available=true"), "Ana Ben ");
  EXPECT_EQ(names("?task_queue_sid=" + sales), "Ana Cy ");
  EXPECT_EQ(names("?expression=level%20%3E%3D%202"), "Ana ");
  expect_problem(world.get("/workers?expression=level%20%3E%3D"), 422, "expression_fault", "expression");
  const Answer checked =
      world.post("/expressions/check", R"({"expression":"skills HAS 'sales'","place":"task_queue"})");
  EXPECT_EQ(at(checked, "/matching_workers"), "2") << checked.body;
  EXPECT_EQ(at(world.post("/expressions/check", R"({"expression":"level HAS 'x'","place":"task_queue"})"), "/warnings")
                    .size() > 4,
            true);
  EXPECT_EQ(at(world.post("/expressions/check", R"({"expression":"a ==","place":"task_queue"})"), "/fault/column"),
            "5");
}

TEST_F(RoutingRest, WhatAWorkerTakesOfATaskChannelIsChangedWithoutAVersion) {
  const std::string ana = world.make_worker("Ana");
  std::string chat;
  world.look([&](const runtime::View& view) { chat = view.state.routing().task_channel("chat")->sid.str(); });
  const Answer off = world.patch("/workers/" + ana + "/channels/" + chat, R"({"configured_capacity":0})", 0);
  ASSERT_EQ(off.status, 200) << off.body;
  EXPECT_NE(off.body.find(R"("configured_capacity":0,"available":false)"), std::string::npos);
  expect_problem(world.patch("/workers/" + ana + "/channels/TC00000000000000000000000000000001",
                             R"({"configured_capacity":0})", 0),
                 404, "not_found");
}

TEST_F(RoutingRest, TheSameIdempotencyKeyMakesOneTask) {
  const std::string sales = queue("Sales", R"(,"expression":"x == 1")");
  const std::string body = R"({"task_queue_sid":")" + sales + "\"}";
  const auto once = [&](const std::string& json) {
    return world.post("/tasks", json, "key", {{"Idempotency-Key", "order-4711"}});
  };
  const Answer first = once(body), again = once(body);
  EXPECT_EQ(again.status, 201);
  EXPECT_EQ(again.body, first.body);
  EXPECT_EQ(again.headers.value("Carillon-Position"), first.headers.value("Carillon-Position"));
  expect_problem(once(R"({"task_queue_sid":")" + sales + R"(","priority":1})"), 409, "idempotency_mismatch");
  EXPECT_EQ(at(world.get("/tasks"), "/items/1"), "");
}

TEST_F(RoutingRest, ATransferAnswersWithBothTasks) {
  const std::string sales = queue(
      "Sales", R"(,"assign":"direct","wrap_up":{"mode":"timed","seconds":60,"extensions":0},"expression":"x == 1")");
  const std::string other = queue("Other", R"(,"expression":"y == 1")");
  world.make_worker("Ana", R"({"x":1})");
  const std::string sid = task(sales);
  const auto give = [&] {
    return world.post("/tasks/" + sid + "/transfer", R"({"task_queue_sid":")" + other + "\"}", "key",
                      {{"Idempotency-Key", "t-1"}});
  };
  const Answer done = give();
  ASSERT_EQ(done.status, 200) << done.body;
  EXPECT_EQ(at(done, "/task/status"), "wrapping");
  EXPECT_EQ(at(done, "/new_task/transferred_from_sid"), sid);
  EXPECT_EQ(at(done, "/new_task/boost_s"), "60");
  EXPECT_EQ(give().body, done.body);
  expect_problem(
      world.post("/tasks/" + at(done, "/new_task/sid") + "/transfer", R"({"task_queue_sid":")" + sales + "\"}"), 409,
      "state_forbids");
}

TEST_F(RoutingRest, WhyTellsWhoWasPassedOver) {
  const std::string sales = queue("Sales", R"(,"expression":"x == 1","assign":"offer")");
  EXPECT_EQ(at(world.get("/task-queues/" + sales + "/why-idle"), "/verdict"), "nothing_waiting");
  const std::string sid = task(sales);
  world.make_worker("Ana", R"({"x":2})");
  const Answer idle = world.get("/task-queues/" + sales + "/why-idle");
  EXPECT_EQ(at(idle, "/verdict"), "no_worker_matches") << idle.body;
  EXPECT_EQ(at(idle, "/first_task/task_sid"), sid);
  const Answer why = world.get("/tasks/" + sid + "/why");
  EXPECT_EQ(at(why, "/candidates/0/verdict"), "not_eligible") << why.body;
  world.make_worker("Ben", R"({"x":1})");
  EXPECT_EQ(at(world.get("/task-queues/" + sales + "/why-idle"), "/verdict"), "offering");
  expect_problem(world.get("/tasks/" + sid + "/why", "agent"), 403, "forbidden");
}

}  // namespace
}  // namespace carillon::routing
