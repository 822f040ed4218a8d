// Goal: the story and the alerts are read over HTTP as they were told, page by page and one by one.
// Method: a real runtime and real sockets, a clock that stands still.
#include <gtest/gtest.h>

#include "door/testing/rest_world.h"
#include "events/alerts_rest.h"
#include "events/events_rest.h"
#include "routing/rest.h"

namespace carillon::events {
namespace {

using door::testing::at;
using http::testing::Answer;

class EventsRest : public ::testing::Test {
 protected:
  static void routes(door::Api& api) {
    routing::add_routes(api);
    add_alert_routes(api);
    add_event_routes(api);
  }
  EventsRest() {
    queue = world.make("/task-queues", R"({"friendly_name":"Sales","expression":"x == 1"})");
    world.advance(Duration::minutes(1));
  }
  std::string task() {
    world.advance(Duration::seconds(1));
    return world.make("/tasks", R"({"task_queue_sid":")" + queue + "\"}");
  }
  std::vector<std::string> all(const std::string& query, const std::string& member) {
    std::vector<std::string> out;
    std::string cursor;
    do {
      const Answer page = world.get("/events?" + query + (cursor.empty() ? "" : "&cursor=" + cursor));
      EXPECT_EQ(page.status, 200) << page.body;
      const auto list = page.json();
      for (const auto& item : list.as_object().at("items").as_array()) out.push_back(at(item, member));
      cursor = at(page, "/next_cursor");
    } while (cursor != "null" && out.size() < 1000);
    return out;
  }

  door::testing::RestWorld world{routes};
  std::string queue;
};

TEST_F(EventsRest, TellTheStoryPageByPage) {
  const std::string first = task(), second = task();
  const auto types = all("resource_sid=" + first + "&page_size=1", "/type");
  EXPECT_EQ(types, (std::vector<std::string>{"task-queue.entered", "task.created"}));
  EXPECT_EQ(all("type=task.created", "/resource_sid"), (std::vector<std::string>{first, second}));
  EXPECT_EQ(all("resource_sid=" + queue + "&type=task.created", "/resource_sid"),
            (std::vector<std::string>{first, second}));
  const std::string position = at(world.get("/events?resource_sid=" + second), "/items/0/position");
  EXPECT_EQ(all("after=" + position, "/type"), std::vector<std::string>());
}

TEST_F(EventsRest, AreFoundByTime) {
  const std::string first = task();
  const std::string then = to_rfc3339(world.clock.now());
  world.advance(Duration::minutes(5));
  const std::string second = task();
  EXPECT_EQ(all("type=task.created&to=" + to_rfc3339(world.clock.now()), "/resource_sid"),
            (std::vector<std::string>{first}));
  EXPECT_EQ(all("type=task.created&from=" + then, "/resource_sid"), (std::vector<std::string>{first, second}));
  EXPECT_EQ(all("type=task.created&from=" + to_rfc3339(world.clock.now()), "/resource_sid"),
            (std::vector<std::string>{second}));
  EXPECT_EQ(all("type=task.created&from=2030-01-01T00:00:00Z", "/resource_sid"), std::vector<std::string>());
}

TEST_F(EventsRest, EachIsFoundByItsSid) {
  for (int i = 0; i < 5; ++i) task();
  // One of a record change too: its events take their place by another way.
  const std::string done = task();
  ASSERT_EQ(world.post("/tasks/" + done + "/cancel", "").status, 200);
  ASSERT_EQ(world.put("/tasks/" + done + "/disposition", R"({"disposition_sid":null})").status, 200);
  const auto sids = all("page_size=7", "/sid");
  ASSERT_GT(sids.size(), 10u);
  for (const std::string& sid : sids) {
    const Answer one = world.get("/events/" + sid);
    EXPECT_EQ(one.status, 200) << one.body;
    EXPECT_EQ(at(one, "/sid"), sid);
  }
  EXPECT_EQ(world.get("/events/EV00000000000000000000000000000001").status, 404);
  EXPECT_EQ(world.get("/events/nonsense").status, 404);
  EXPECT_EQ(world.get("/events/" + sids[0] + "?no_such=1").code(), "unknown_field");
}

TEST_F(EventsRest, RefuseBadFilters) {
  for (const char* query :
       {"after=-1", "resource_sid=x", "from=then", "cursor=bm90IGEgY3Vyc29y", "no_such=1", "page_size=0"}) {
    const int status = world.get("/events?" + std::string(query)).status;
    EXPECT_TRUE(status == 422 || status == 400) << query;
  }
}

TEST_F(EventsRest, AlertsStayUntilSomebodyCares) {
  const std::string workflow =
      world.make("/workflows", R"({"friendly_name":"W","document":{"task_routing":{"filters":[]}}})");
  const std::string stranded = world.make("/tasks", R"({"workflow_sid":")" + workflow + "\"}");
  const Answer listed = world.get("/alerts?state=open", "supervisor");
  ASSERT_EQ(at(listed, "/items/0/task_sid"), stranded) << listed.body;
  EXPECT_EQ(at(listed, "/items/0/kind"), "last_resort");
  const std::string sid = at(listed, "/items/0/sid");
  EXPECT_EQ(all("type=alert.raised", "/payload/alert"), (std::vector<std::string>{at(listed, "/items/0")}));
  const auto acknowledge = [&](const std::string& key) {
    return world.post("/alerts/" + sid + "/acknowledge", "", "supervisor", {{"Idempotency-Key", key}});
  };
  const Answer done = acknowledge("once");
  EXPECT_EQ(at(done, "/state"), "acknowledged") << done.body;
  EXPECT_EQ(at(done, "/acknowledged_by/type"), "user");
  EXPECT_EQ(acknowledge("once").body, done.body);
  EXPECT_EQ(acknowledge("twice").code(), "state_forbids");
  EXPECT_EQ(world.get("/alerts/" + sid).body, done.body);
  EXPECT_EQ(at(world.get("/alerts?state=open"), "/items"), "[]");
  EXPECT_EQ(world.get("/alerts?state=angry").status, 422);
  EXPECT_EQ(world.get("/alerts/AL00000000000000000000000000000001").status, 404);
}

}  // namespace
}  // namespace carillon::events
