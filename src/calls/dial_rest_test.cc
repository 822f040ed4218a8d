// Goal: calls that begin here over HTTP: who may call whom, what comes back, who else comes into a call, and what the lists forbid.
// Method: a real runtime and real sockets, a clock that stands still; what telephones do is told to the core.
#include <gtest/gtest.h>

#include <future>

#include "calls/rest.h"
#include "door/testing/rest_world.h"
#include "presence/activities_rest.h"
#include "routing/rest.h"

namespace carillon::calls {
namespace {

using door::testing::at;
using http::testing::Answer;

void expect_problem(const Answer& answer, int status, std::string_view code, std::string_view field = "") {
  EXPECT_EQ(answer.status, status) << answer.body;
  EXPECT_EQ(answer.code(), code) << answer.body;
  if (!field.empty()) {
    EXPECT_EQ(at(answer, "/field"), field) << answer.body;
  }
}

class DialRest : public ::testing::Test {
 protected:
  DialRest() {
    queue = world.make("/task-queues", R"({"friendly_name":"Sales"})");
    ana = world.make_worker("Ana");
    number =
        world.make("/numbers", R"({"friendly_name":"Shop","address":"+4930123","trunks":["north"],"task_queue_sid":")" +
                                   queue + "\"}");
  }
  void tell(Command command) {
    std::promise<std::string> told;
    world.runtime->submit(
        {.workspace = world.workspace,
         .command = std::move(command),
         .actor = {},
         .companion = {},
         .idempotency = {},
         .reply = [&](Result<runtime::Committed> done) { told.set_value(done ? "" : done.error().message); }});
    EXPECT_EQ(told.get_future().get(), "");
  }
  Answer dial(const std::string& to, const std::string& who) {
    return world.post("/calls", R"({"to":")" + to + R"(","number_sid":")" + number + "\"}", who);
  }
  Answer command(const std::string& call, const std::string& verb, const std::string& body, const std::string& who) {
    return world.post("/calls/" + call + "/" + verb, body, who);
  }
  void connect(const std::string& call, const std::string& leg) {
    tell(LegConnected{*CallId::parse(call), *LegId::parse(leg)});
  }
  // Ana talks with somebody she called.
  std::string talk() {
    const Answer made = dial("+49171", as_ana());
    EXPECT_EQ(made.status, 201) << made.body;
    const std::string call = at(made, "/sid");
    connect(call, at(made, "/legs/1/sid"));
    connect(call, at(made, "/legs/0/sid"));
    return call;
  }
  std::string as_ana() const { return "agent:" + ana; }

  door::testing::RestWorld world{[](door::Api& api) {
    add_routes(api, nullptr);
    routing::add_routes(api);
    presence::add_activity_routes(api);
  }};
  std::string queue, ana, number;
};

TEST_F(DialRest, AnAgentCallsForThemselvesAndTheAnswerIsTheCall) {
  const Answer made = dial("+49 (171) 234-5", as_ana());
  ASSERT_EQ(made.status, 201) << made.body;
  EXPECT_EQ(made.headers.value("Location"), "/api/v1/calls/" + at(made, "/sid"));
  EXPECT_EQ(at(made, "/status"), "dialling");
  EXPECT_EQ(at(made, "/direction"), "outbound");
  EXPECT_EQ(at(made, "/from"), "+4930123");
  EXPECT_EQ(at(made, "/to"), "+491712345");
  EXPECT_EQ(at(made, "/legs/0/role"), "customer");
  EXPECT_EQ(at(made, "/legs/0/status"), "ringing");
  EXPECT_EQ(at(made, "/legs/0/dialled"), "true");
  EXPECT_EQ(at(made, "/legs/1/worker_sid"), ana);
  EXPECT_EQ(world.get("/calls/" + at(made, "/sid"), as_ana()).body, made.body);
  EXPECT_EQ(at(world.get("/tasks?worker_sid=" + ana), "/items/0/status"), "assigned");
  EXPECT_EQ(at(world.get("/calls?direction=outbound"), "/items/0/sid"), at(made, "/sid"));
  EXPECT_EQ(at(world.get("/calls?direction=inbound&direction=internal"), "/items"), "[]");
  expect_problem(dial("+49172", as_ana()), 409, "state_forbids", "worker_sid");
}

TEST_F(DialRest, WhatIsWrongWithACallIsSaid) {
  const auto post = [&](const std::string& json) { return world.post("/calls", json, as_ana()); };
  expect_problem(post("{}"), 422, "missing_field", "/to");
  expect_problem(post(R"({"to":"call me"})"), 422, "invalid_value", "/to");
  expect_problem(post(R"({"to":"+49171"})"), 422, "missing_field", "/number_sid");
  expect_problem(post(R"({"to":"+49171","to_worker_sid":")" + ana + "\"}"), 422, "invalid_value", "/to");
  expect_problem(post(R"({"to":"+49171","number_sid":"PN00000000000000000000000000000001"})"), 422, "invalid_value",
                 "/number_sid");
  const std::string ben = world.make_worker("Ben");
  expect_problem(post(R"({"to":"+49171","worker_sid":")" + ben + "\"}"), 422, "invalid_value", "/worker_sid");
  expect_problem(world.post("/calls", R"({"to":"+49171"})", "key"), 422, "missing_field", "/worker_sid");
}

TEST_F(DialRest, ProgramsCallOnBehalfOfAWorker) {
  const Answer made =
      world.post("/calls", R"({"to":"+49171","number_sid":")" + number + R"(","worker_sid":")" + ana + "\"}", "key");
  EXPECT_EQ(made.status, 201) << made.body;
}

TEST_F(DialRest, AColleagueIsCalledAndBothSeeTheCall) {
  const std::string ben = world.make_worker("Ben"), eve = world.make_worker("Eve");
  const Answer made = world.post("/calls", R"({"to_worker_sid":")" + ben + "\"}", as_ana());
  ASSERT_EQ(made.status, 201) << made.body;
  const std::string path = "/calls/" + at(made, "/sid");
  EXPECT_EQ(at(made, "/direction"), "internal");
  EXPECT_EQ(at(made, "/contact_sid"), "null");
  EXPECT_EQ(world.get(path, as_ana()).status, 200);
  EXPECT_EQ(world.get(path, "agent:" + ben).status, 200);
  EXPECT_EQ(world.get(path, "agent:" + eve).status, 404);
  EXPECT_EQ(at(world.get("/calls", "agent:" + ben), "/items/0/sid"), at(made, "/sid"));
  const Answer over = command(at(made, "/sid"), "leave", "{}", as_ana());
  EXPECT_EQ(at(over, "/status"), "ended") << over.body;
}

TEST_F(DialRest, WhoIsInACallInvitesRemovesAndLeaves) {
  const std::string ben = world.make_worker("Ben");
  const std::string call = talk();
  const Answer invited = command(call, "parties", R"({"to_worker_sid":")" + ben + "\"}", as_ana());
  ASSERT_EQ(invited.status, 200) << invited.body;
  EXPECT_EQ(at(invited, "/consulting"), "true");
  EXPECT_EQ(at(invited, "/legs/0/on_hold"), "true");
  EXPECT_EQ(at(invited, "/legs/2/status"), "ringing");
  EXPECT_EQ(at(invited, "/legs/2/invited_by_sid"), ana);
  const Answer removed = command(call, "remove", R"({"leg_sid":")" + at(invited, "/legs/2/sid") + "\"}", as_ana());
  EXPECT_EQ(at(removed, "/legs/0/on_hold"), "false") << removed.body;
  expect_problem(command(call, "remove", R"({"leg_sid":")" + at(invited, "/legs/2/sid") + "\"}", as_ana()), 409,
                 "state_forbids");
  expect_problem(command(call, "leave", "{}", as_ana()), 409, "state_forbids");
  const Answer joined = command(call, "parties", R"({"to":"+4955","purpose":"join"})", as_ana());
  EXPECT_EQ(at(joined, "/legs/0/on_hold"), "false") << joined.body;
  connect(call, at(joined, "/legs/3/sid"));
  EXPECT_EQ(at(command(call, "leave", "{}", as_ana()), "/status"), "onward");
  expect_problem(command(call, "parties", R"({"to":"+4955"})", "agent:" + ben), 409, "state_forbids");
  expect_problem(command(call, "parties", "{}", as_ana()), 422, "missing_field", "/to");
}

TEST_F(DialRest, AnInvitedAgentHangsUpForThemselvesAlone) {
  const std::string ben = world.make_worker("Ben");
  const std::string call = talk();
  ASSERT_EQ(command(call, "parties", R"({"to_worker_sid":")" + ben + R"(","purpose":"join"})", as_ana()).status, 200);
  const std::string offers = "/reservations?status=pending&worker_sid=" + ben;
  ASSERT_EQ(world.post("/reservations/" + at(world.get(offers), "/items/0/sid") + "/accept", "").status, 200);
  const std::string leg = at(world.get("/calls/" + call), "/legs/2/sid");
  connect(call, leg);
  const Answer gone = command(call, "hang-up", "", "agent:" + ben);
  ASSERT_EQ(gone.status, 200) << gone.body;
  EXPECT_EQ(at(gone, "/status"), "talking");
  EXPECT_EQ(at(gone, "/legs/2/status"), "ended");
  EXPECT_EQ(at(gone, "/legs/1/status"), "connected");
  EXPECT_EQ(at(command(call, "hang-up", "", as_ana()), "/status"), "ended");
}

TEST_F(DialRest, ACallIsGivenAwayToAQueueAColleagueOrANumber) {
  const std::string call = talk();
  const std::string ben = world.make_worker("Ben");
  expect_problem(command(call, "transfer", "{}", as_ana()), 422, "missing_field", "/to");
  const Answer asked = command(call, "transfer", R"({"to_worker_sid":")" + ben + "\"}", as_ana());
  EXPECT_EQ(asked.status, 200) << asked.body;
  const std::string offers = "/reservations?status=pending&worker_sid=" + ben;
  ASSERT_EQ(world.post("/reservations/" + at(world.get(offers), "/items/0/sid") + "/reject", "").status, 200);
  const Answer out = command(call, "transfer", R"({"to":"+4955"})", as_ana());
  ASSERT_EQ(out.status, 200) << out.body;
  EXPECT_EQ(at(out, "/transfer_leg_sid"), at(out, "/legs/2/sid"));
  tell(LegEnded{*CallId::parse(call), *LegId::parse(at(out, "/legs/2/sid")), Reason::busy});
  EXPECT_EQ(at(world.get("/calls/" + call), "/legs/2/reason"), "busy");
  const Answer queued = command(call, "transfer", R"({"task_queue_sid":")" + queue + "\"}", as_ana());
  EXPECT_EQ(at(queued, "/status"), "queued") << queued.body;
}

TEST_F(DialRest, DestinationsAndEmergencyNumbersAreSet) {
  const Answer before = world.get("/dialling");
  ASSERT_EQ(before.status, 200) << before.body;
  EXPECT_EQ(at(before, "/destinations"), "[]");
  const std::string wish = R"({"destinations":[{"prefix":"+49900","needs":"supervisor","per_hour":1}],)"
                           R"("emergency":[{"address":"112","location":"Main Street 1"}]})";
  expect_problem(world.patch("/dialling", wish, 0), 428, "version_required");
  const Answer set = world.patch("/dialling", wish, 1);
  ASSERT_EQ(set.status, 200) << set.body;
  EXPECT_EQ(at(set, "/destinations/0/needs"), "supervisor");
  EXPECT_EQ(at(set, "/emergency/0/location"), "Main Street 1");
  EXPECT_EQ(world.get("/dialling").body, set.body);
  expect_problem(world.patch("/dialling", R"({"emergency":[]})", 1), 412, "version_mismatch");
  expect_problem(world.patch("/dialling", R"({"destinations":[{"prefix":"x"}]})", 2), 422, "invalid_value",
                 "/destinations/0/prefix");
  expect_problem(world.get("/dialling", as_ana()), 403, "forbidden");
  expect_problem(dial("+499001", as_ana()), 403, "destination_forbidden", "to");
  const Answer choices = world.get("/dialling/choices", as_ana());
  EXPECT_EQ(at(choices, "/numbers/0/sid"), number) << choices.body;
  EXPECT_EQ(at(choices, "/emergency"), R"(["112"])");
  const Answer called = world.post("/calls", R"({"to":"112"})", as_ana());
  EXPECT_EQ(at(called, "/legs/0/emergency"), "true") << called.body;
  command(at(called, "/sid"), "hang-up", "", as_ana());
  for (const int expected : {201, 429}) {
    const std::string ben = world.make_worker("Ben" + std::to_string(expected));
    const Answer made = world.post(
        "/calls", R"({"to":"+499001","number_sid":")" + number + R"(","worker_sid":")" + ben + "\"}", "supervisor");
    EXPECT_EQ(made.status, expected) << made.body;
  }
}

TEST_F(DialRest, WhoIsOnTheListIsNotCalled) {
  const Answer added =
      world.post("/do-not-call", R"({"addresses":["+49 171-1","+491712","sip:eva@example.org"],"note":"asked"})");
  ASSERT_EQ(added.status, 200) << added.body;
  EXPECT_EQ(at(added, "/addresses"), "3");
  EXPECT_EQ(world.post("/do-not-call", R"({"addresses":["+491711"]})").status, 200) << "again is no fault";
  expect_problem(dial("+49171 1", as_ana()), 409, "do_not_call", "to");
  const Answer one = world.get("/do-not-call?address=%2B49%201711", "supervisor");
  EXPECT_EQ(at(one, "/items/0/address"), "+491711") << one.body;
  EXPECT_EQ(at(one, "/items/0/note"), "asked");
  EXPECT_EQ(at(world.get("/do-not-call?page_size=2"), "/items/2"), "");
  expect_problem(world.post("/do-not-call", R"({"addresses":["x y"]})"), 422, "invalid_value", "/addresses");
  expect_problem(world.post("/do-not-call", R"({"addresses":["+491"]})", as_ana()), 403, "forbidden");
  EXPECT_EQ(world.post("/do-not-call/remove", R"({"addresses":["+491711"]})").status, 200);
  EXPECT_EQ(dial("+491711", as_ana()).status, 201);
}

}  // namespace
}  // namespace carillon::calls
