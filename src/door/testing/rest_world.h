// RestWorld: one workspace behind a real door: sockets, runtime with its threads, a database in memory, a clock that stands
// still. Who calls is said by the header As, so that tests of a noun need no users.
//
// Callers: "key" (all scopes), "admin", "supervisor", "agent" (without a worker), "agent:WK..." (that worker).
// Thread:  the test's. Example:
//   RestWorld world([](door::Api& api) { routing::add_routes(api); });
//   Answer made = world.post("/task-queues", R"({"friendly_name":"Sales"})");
//   EXPECT_EQ(made.status, 201) << made.body;
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "door/api.h"
#include "http/testing/client.h"
#include "http/testing/test_server.h"
#include "runtime/testing/manual_clock.h"
#include "store/store.h"

namespace carillon::door::testing {

class RestWorld {
 public:
  using Answer = http::testing::Answer;
  using HeaderFields = http::testing::HeaderFields;

  explicit RestWorld(const std::function<void(Api&)>& add_routes);
  ~RestWorld();

  // Paths are below /api/v1. `who` as above.
  Answer get(const std::string& path, const std::string& who = "key") { return send("GET", path, "", who); }
  Answer post(const std::string& path, const std::string& json, const std::string& who = "key",
              HeaderFields more = {}) {
    return send("POST", path, json, who, std::move(more));
  }
  Answer put(const std::string& path, const std::string& json, const std::string& who = "key") {
    return send("PUT", path, json, who);
  }
  // With If-Match; 0: without.
  Answer patch(const std::string& path, const std::string& json, std::int64_t version, const std::string& who = "key");
  Answer del(const std::string& path, std::int64_t version, const std::string& who = "key");
  Answer send(const std::string& method, const std::string& path, const std::string& json, const std::string& who,
              HeaderFields more = {});

  // For WebSockets.
  std::uint16_t port() const;
  // The sid of what was made; the test fails when it was not.
  std::string make(const std::string& path, const std::string& json);
  // An available worker with these attributes.
  std::string make_worker(const std::string& name, const std::string& attributes = "{}");
  // Time passes, and what came due is done.
  void advance(Duration by);
  // Runs `read` on the brain.
  void look(const std::function<void(const runtime::View&)>& read);

  WorkspaceId workspace;
  runtime::testing::ManualClock clock;
  std::unique_ptr<store::Store> store;
  std::unique_ptr<runtime::Runtime> runtime;

 private:
  struct Parts;
  std::unique_ptr<Parts> parts_;
};

// What stands at a JSON pointer: a text as it is, anything else as JSON; "" when there is nothing.
std::string at(const boost::json::value& value, std::string_view pointer);
inline std::string at(const http::testing::Answer& answer, std::string_view pointer) {
  return at(answer.json(), pointer);
}

}  // namespace carillon::door::testing
