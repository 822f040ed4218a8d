// Goal: numbers and calls over HTTP do what the contract says: rights of agents, versions, what a live call can be told and when.
// Method: a real runtime and real sockets, a clock that stands still; calls arrive and connect by the core's commands.
#include "calls/rest.h"

#include <gtest/gtest.h>

#include <future>

#include "door/testing/rest_world.h"
#include "presence/activities_rest.h"
#include "routing/rest.h"

namespace carillon::calls {
namespace {

using door::testing::at;
using http::testing::Answer;

// Presses nothing; remembers what it was asked.
struct FakePhones final : Phones {
  void connect(const Desk&, std::string, Answered) override {}
  void disconnect(const Desk&) override {}
  void press(WorkspaceId, CallId call, WorkerId worker, std::string digits,
             std::function<void(Result<void>)> done) override {
    pressed = call.str() + " " + worker.str() + " " + digits;
    done(refusal ? Result<void>(*refusal) : Result<void>());
  }
  void gather_secret(WorkspaceId, CallId, SecretWish wish, std::function<void(Result<SecretDigits>)> done) override {
    most = wish.most;
    refusal ? done(*refusal) : done(SecretDigits{"4111", SecretDigits::End::finish_key});
  }
  void stop_secret(WorkspaceId, CallId, std::function<void(Result<void>)> done) override {
    done(refusal ? Result<void>(*refusal) : Result<void>());
  }
  std::string pressed;
  int most = 0;
  std::optional<Error> refusal;
};

class CallsRest : public ::testing::Test {
 protected:
  explicit CallsRest(bool telephony = true) : telephony_(telephony) {
    queue = world.make("/task-queues", R"({"friendly_name":"Sales"})");
    ana = world.make_worker("Ana");
  }
  std::string number(const std::string& address, const std::string& more = "") {
    return world.make("/numbers", R"({"friendly_name":"Shop","address":")" + address + R"(","task_queue_sid":")" +
                                      queue + "\"" + more + "}");
  }
  std::string tell(Command command) {
    std::promise<std::string> told;
    world.runtime->submit({.workspace = world.workspace,
                           .command = std::move(command),
                           .actor = {},
                           .companion = {},
                           .idempotency = {},
                           .reply = [&](Result<runtime::Committed> done) {
                             told.set_value(done ? done->sid : "! " + done.error().message);
                           }});
    return told.get_future().get();
  }
  std::string ring(const std::string& at_number, const std::string& from = "+491701234567") {
    return tell(Arrive{.leg_sid = LegId{1, ++legs},
                       .number_sid = *NumberId::parse(at_number),
                       .from = from,
                       .from_name = "Eva",
                       .to = "+4930",
                       .identity = from});
  }
  // Ana takes what rings, and her sound flows.
  void take(const std::string& call) {
    const Answer offers = world.get("/reservations?status=pending&worker_sid=" + ana);
    ASSERT_EQ(world.post("/reservations/" + at(offers, "/items/0/sid") + "/accept", "").status, 200);
    const std::string leg = at(world.get("/calls/" + call), "/legs/1/sid");
    EXPECT_EQ(tell(LegConnected{*CallId::parse(call), *LegId::parse(leg)}), leg);
  }
  Answer command(const std::string& call, const std::string& verb, const std::string& body, const std::string& who) {
    return world.post("/calls/" + call + "/" + verb, body, who);
  }
  std::string as_ana() const { return "agent:" + ana; }

  const bool telephony_;
  FakePhones phones;
  door::testing::RestWorld world{[this](door::Api& api) {
    add_routes(api, telephony_ ? &phones : nullptr);
    routing::add_routes(api);
    presence::add_activity_routes(api);
  }};
  std::string queue, ana;
  std::uint64_t legs = 0;
};

void expect_problem(const Answer& answer, int status, std::string_view code, std::string_view field = "") {
  EXPECT_EQ(answer.status, status) << answer.body;
  EXPECT_EQ(answer.code(), code) << answer.body;
  if (!field.empty()) {
    EXPECT_EQ(at(answer, "/field"), field) << answer.body;
  }
}

TEST_F(CallsRest, NumbersAreMadeReadChangedUnderAVersionAndRemoved) {
  const Answer made = world.post("/numbers", R"({"friendly_name":"Shop","address":"+4930123456","task_queue_sid":")" +
                                                 queue + R"(","greeting":{"text":"Welcome."},"always_open":false,)" +
                                                 R"("openings":[{"from":"2026-01-05T08:00:00Z",)" +
                                                 R"("until":"2026-01-05T16:00:00Z"}],"blocked":["+49666"]})");
  ASSERT_EQ(made.status, 201) << made.body;
  const std::string path = "/numbers/" + at(made, "/sid");
  EXPECT_EQ(made.headers.value("Location"), "/api/v1" + path);
  EXPECT_EQ(at(made, "/greeting"), R"({"prompt":null,"text":"Welcome."})");
  EXPECT_EQ(at(made, "/openings/0/until"), "2026-01-05T16:00:00.000000Z");
  EXPECT_EQ(world.get(path).body, made.body);
  expect_problem(world.patch(path, R"({"priority":3})", 0), 428, "version_required");
  const Answer changed = world.patch(path, R"({"worker_sid":")" + ana + R"(","announce_every_s":45})", 1);
  ASSERT_EQ(changed.status, 200) << changed.body;
  EXPECT_EQ(at(changed, "/worker_sid"), ana);
  EXPECT_EQ(at(changed, "/task_queue_sid"), "null") << "one place takes the place of another";
  EXPECT_EQ(at(changed, "/announce_every_s"), "45");
  EXPECT_EQ(changed.headers.value("ETag"), "\"2\"");
  expect_problem(world.patch(path, R"({"priority":3})", 1), 412, "version_mismatch");
  EXPECT_EQ(at(world.get("/numbers"), "/items/0"), changed.body);
  EXPECT_EQ(world.del(path, 2).status, 204);
  expect_problem(world.get(path), 404, "not_found");
}

TEST_F(CallsRest, NumbersSayWhatIsWrong) {
  const auto made = [&](const std::string& json) { return world.post("/numbers", json); };
  expect_problem(made(R"({"friendly_name":"S"})"), 422, "missing_field", "/address");
  expect_problem(made(R"({"friendly_name":"S","address":"shop"})"), 422, "invalid_value", "/workflow_sid");
  expect_problem(made(R"({"friendly_name":"S","address":"a shop","task_queue_sid":")" + queue + "\"}"), 422,
                 "invalid_value", "/address");
  number("shop");
  expect_problem(made(R"({"friendly_name":"S","address":"shop","task_queue_sid":")" + queue + "\"}"), 409, "name_taken",
                 "/address");
  expect_problem(made(R"({"friendly_name":"S","address":"b","task_queue_sid":"WQ00000000000000000000000000000001"})"),
                 422, "invalid_value", "/task_queue_sid");
  expect_problem(world.get("/numbers", as_ana()), 403, "forbidden");
  EXPECT_EQ(world.get("/numbers", "supervisor").status, 200);
  expect_problem(world.post("/numbers", "{}", "supervisor"), 403, "forbidden");
}

TEST_F(CallsRest, AgentsSeeTheirOwnCallsSupervisorsAll) {
  const std::string shop = number("shop"), desk = number("desk");
  const std::string ben = world.make_worker("Ben");
  const std::string first = ring(shop);
  world.advance(Duration::seconds(1));
  take(first);
  world.advance(Duration::seconds(1));
  const std::string second = ring(desk, "+4915");
  const auto sids = [&](const std::string& query, const std::string& who = "supervisor") {
    std::vector<std::string> out;
    const auto page = world.get("/calls" + query, who).json();
    for (const auto& item : page.as_object().at("items").as_array()) out.push_back(at(item, "/sid"));
    return out;
  };
  using Sids = std::vector<std::string>;
  EXPECT_EQ(sids(""), (Sids{second, first}));
  EXPECT_EQ(sids("?status=talking"), Sids{first});
  EXPECT_EQ(sids("?number_sid=" + desk), Sids{second});
  EXPECT_EQ(sids("?from=%2B4915"), Sids{second});
  EXPECT_EQ(sids("?worker_sid=" + ana), Sids{first});
  EXPECT_EQ(sids("", as_ana()), Sids{first});
  EXPECT_EQ(sids("", "agent:" + ben), Sids{second}) << "it rings there";
  EXPECT_EQ(sids("?page_size=1"), Sids{second});
  EXPECT_EQ(world.get("/calls/" + first, as_ana()).body, world.get("/calls/" + first).body);
  expect_problem(world.get("/calls/" + first, "agent:" + ben), 404, "not_found");
  expect_problem(world.get("/calls/CA00000000000000000000000000000001"), 404, "not_found");
  EXPECT_EQ(world.get("/calls?status=asleep").status, 422);
}

TEST_F(CallsRest, SecretDigitsAreToldToProgramsAndCountedForPeople) {
  const std::string call = ring(number("shop"));
  expect_problem(command(call, "secret-digits", "{}", as_ana()), 409, "state_forbids");
  take(call);
  const Answer counted = command(call, "secret-digits", "{}", as_ana());
  ASSERT_EQ(counted.status, 200) << counted.body;
  EXPECT_EQ(counted.body, R"({"digits":null,"count":4,"ended_by":"finish_key"})");
  EXPECT_EQ(phones.most, 32);
  const Answer told = command(call, "secret-digits", R"({"max_digits":16})", "key");
  EXPECT_EQ(at(told, "/digits"), "4111") << told.body;
  EXPECT_EQ(phones.most, 16);
  expect_problem(command(call, "secret-digits", R"({"timeout_s":51})", "key"), 422, "out_of_range", "/timeout_s");
  expect_problem(command(call, "secret-digits", "{}", "agent:" + world.make_worker("Ben")), 404, "not_found");
  EXPECT_EQ(world.del("/calls/" + call + "/secret-digits", 0, "key").status, 204);
  phones.refusal = Error(ErrorCode::kStateForbids, "nobody types in this call");
  expect_problem(world.del("/calls/" + call + "/secret-digits", 0, as_ana()), 409, "state_forbids");
}

TEST_F(CallsRest, ALiveCallIsHeldMutedAndHungUp) {
  const std::string call = ring(number("shop"));
  expect_problem(command(call, "hold", R"({"on_hold":true})", as_ana()), 409, "state_forbids");
  take(call);
  const Answer held = command(call, "hold", R"({"on_hold":true})", as_ana());
  ASSERT_EQ(held.status, 200) << held.body;
  EXPECT_EQ(at(held, "/legs/0/on_hold"), "true");
  EXPECT_EQ(at(held, "/from_name"), "Eva");
  EXPECT_EQ(world.get("/calls/" + call).body, held.body);
  EXPECT_EQ(at(command(call, "hold", R"({"on_hold":false})", as_ana()), "/legs/0/on_hold"), "false");
  EXPECT_EQ(at(command(call, "mute", R"({"muted":true})", as_ana()), "/legs/1/muted"), "true");
  expect_problem(command(call, "mute", "{}", as_ana()), 422, "missing_field", "/muted");
  const Answer over = command(call, "hang-up", "", as_ana());
  ASSERT_EQ(over.status, 200) << over.body;
  EXPECT_EQ(at(over, "/status"), "ended");
  EXPECT_EQ(at(over, "/reason"), "by_worker");
  EXPECT_EQ(at(world.get("/tasks?status=wrapping"), "/items/0/worker_sid"), ana) << "what is left is wrap-up";
  expect_problem(command(call, "hang-up", "", as_ana()), 409, "state_forbids");
  expect_problem(command(call, "hold", R"({"on_hold":true})", as_ana()), 409, "state_forbids");
}

TEST_F(CallsRest, OthersCommandACallOnlyOnBehalfOfWhoIsInIt) {
  const std::string ben = world.make_worker("Ben");
  const std::string call = ring(number("shop"));
  take(call);
  const std::string on = R"({"muted":true,"worker_sid":")";
  expect_problem(command(call, "mute", R"({"muted":true})", "agent:" + ben), 404, "not_found");
  expect_problem(command(call, "hang-up", "", "agent:" + ben), 404, "not_found");
  expect_problem(command(call, "mute", on + ben + "\"}", as_ana()), 422, "invalid_value", "/worker_sid");
  expect_problem(command(call, "mute", R"({"muted":true})", "supervisor"), 422, "missing_field", "/worker_sid");
  expect_problem(command(call, "mute", on + ben + "\"}", "supervisor"), 409, "state_forbids");
  EXPECT_EQ(at(command(call, "mute", on + ana + "\"}", "supervisor"), "/legs/1/muted"), "true");
  EXPECT_EQ(at(command(call, "hang-up", "", "supervisor"), "/reason"), "by_supervisor");
  EXPECT_EQ(at(command(ring(number("desk")), "hang-up", "", "key"), "/reason"), "by_api");
}

TEST_F(CallsRest, SupervisorsListenWhisperAndBarge) {
  const std::string call = ring(number("shop"));
  take(call);
  expect_problem(command(call, "monitor", R"({"mode":"listen"})", as_ana()), 403, "forbidden");
  expect_problem(command(call, "monitor", R"({"mode":"shout"})", "supervisor"), 422, "invalid_value", "/mode");
  const Answer listening = command(call, "monitor", R"({"mode":"listen"})", "supervisor");
  ASSERT_EQ(listening.status, 200) << listening.body;
  EXPECT_EQ(at(listening, "/legs/2/role"), "coach");
  EXPECT_EQ(at(listening, "/legs/2/monitoring"), "listen");
  EXPECT_EQ(at(listening, "/legs/2/worker_sid"), "null");
  EXPECT_EQ(at(listening, "/legs/2/user_sid").substr(0, 2), "US");
  EXPECT_EQ(world.get("/calls/" + call).body, listening.body);
  EXPECT_EQ(at(command(call, "monitor", R"({"mode":"barge"})", "supervisor"), "/legs/2/monitoring"), "barge");
  EXPECT_EQ(at(command(call, "monitor", R"({"mode":"off"})", "supervisor"), "/legs/2/status"), "ended");
  const std::string ben = world.make_worker("Ben");
  const auto by_key = [&](const std::string& worker) {
    return command(call, "monitor", R"({"mode":"whisper","worker_sid":")" + worker + "\"}", "key");
  };
  expect_problem(command(call, "monitor", R"({"mode":"whisper"})", "key"), 422, "missing_field", "/worker_sid");
  expect_problem(by_key("WK00000000000000000000000000000001"), 422, "invalid_value", "/worker_sid");
  EXPECT_EQ(at(by_key(ben), "/legs/3/worker_sid"), ben);
  expect_problem(by_key(ana), 409, "state_forbids");
  command(call, "hang-up", "", as_ana());
  expect_problem(command(call, "monitor", R"({"mode":"listen"})", "supervisor"), 409, "state_forbids");
}

TEST_F(CallsRest, DigitsGoToThePhonesAndNowhereElse) {
  const std::string call = ring(number("shop"));
  take(call);
  const Answer sent = command(call, "digits", R"({"digits":"12#"})", as_ana());
  EXPECT_EQ(sent.status, 204) << sent.body;
  EXPECT_EQ(phones.pressed, call + " " + ana + " 12#");
  expect_problem(command(call, "digits", R"({"digits":"12x"})", as_ana()), 422, "invalid_value", "/digits");
  expect_problem(command(call, "digits", R"({"digits":""})", as_ana()), 422, "out_of_range", "/digits");
  phones.refusal = Error(ErrorCode::kUnavailable, "no media just now");
  expect_problem(command(call, "digits", R"({"digits":"1"})", as_ana()), 503, "unavailable");
  command(call, "hang-up", "", as_ana());
  expect_problem(command(call, "digits", R"({"digits":"1"})", as_ana()), 409, "state_forbids");
}

struct CallsRestWithoutTelephony : CallsRest {
  CallsRestWithoutTelephony() : CallsRest(false) {}
};

TEST_F(CallsRestWithoutTelephony, DigitsAreUnavailable) {
  const std::string call = ring(number("shop"));
  take(call);
  expect_problem(command(call, "digits", R"({"digits":"1"})", as_ana()), 503, "unavailable");
}

}  // namespace
}  // namespace carillon::calls
