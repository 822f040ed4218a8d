#include "door/testing/rest_world.h"

#include <future>

#include "store/testing/memory_store.h"

namespace carillon::door::testing {
namespace {

struct Deaf final : runtime::EventSink, runtime::AlarmSink {
  void committed(const runtime::PublishedEntryPtr&) override {}
  void ready(WorkspaceId, std::int64_t, bool) override {}
  void raised(const runtime::Alarm&) override {}
};

class AsToldAuthenticator final : public Authenticator {
 public:
  Result<CallerPtr> authenticate(const http::Request& request) override {
    const std::string_view as = request.header("As");
    if (as.empty()) return CallerPtr();
    auto caller = std::make_shared<Caller>();
    caller->workspace = workspace;
    caller->display_name = std::string(as);
    if (as == "key") {
      caller->kind = Caller::Kind::api_key;
      caller->api_key = {7, 7};
      caller->scopes = 0xffff;
      return CallerPtr(std::move(caller));
    }
    caller->user = {7, as.size()};
    caller->role = as == "admin" ? Role::admin : as == "supervisor" ? Role::supervisor : Role::agent;
    if (as.starts_with("agent:")) caller->worker = WorkerId::parse(as.substr(6)).value_or(WorkerId{});
    return CallerPtr(std::move(caller));
  }

  WorkspaceId workspace;
};

}  // namespace

struct RestWorld::Parts {
  Deaf deaf;
  runtime::CountingSeeds seeds;
  AsToldAuthenticator authenticator;
  Pool pool{2};
  std::unique_ptr<Api> api;
  std::unique_ptr<http::testing::TestServer> server;
  std::unique_ptr<http::testing::Client> client;
};

RestWorld::RestWorld(const std::function<void(Api&)>& add_routes)
    : store(store::testing::memory_store()), parts_(std::make_unique<Parts>()) {
  Parts& p = *parts_;
  runtime =
      std::make_unique<runtime::Runtime>(runtime::Runtime::World{*store, clock, p.seeds, p.deaf, p.deaf, nullptr});
  CARILLON_CHECK(runtime->start().ok());
  workspace = WorkspaceId{1, 1};
  p.authenticator.workspace = workspace;
  std::promise<bool> made;
  runtime->submit({.workspace = workspace,
                   .command = workspace::CreateWorkspace{workspace, "Test", "Europe/Athens"},
                   .actor = {},
                   .companion = {},
                   .idempotency = {},
                   .reply = [&](Result<runtime::Committed> done) { made.set_value(done.ok()); }});
  CARILLON_CHECK(made.get_future().get());
  p.server = std::make_unique<http::testing::TestServer>([&](http::Router& router) {
    p.api = std::make_unique<Api>(router, Services{*runtime, *store, p.pool, clock}, p.authenticator);
    add_routes(*p.api);
  });
  p.client = std::make_unique<http::testing::Client>(p.server->port());
}

RestWorld::~RestWorld() {
  parts_->client.reset();
  parts_->server.reset();
  parts_->pool.stop();
  runtime->stop();
}

std::uint16_t RestWorld::port() const { return parts_->server->port(); }

RestWorld::Answer RestWorld::send(const std::string& method, const std::string& path, const std::string& json,
                                  const std::string& who, HeaderFields more) {
  if (!who.empty()) more.emplace_back("As", who);
  if (!json.empty()) more.emplace_back("Content-Type", "application/json");
  return parts_->client->request(method, "/api/v1" + path, json, more);
}

RestWorld::Answer RestWorld::patch(const std::string& path, const std::string& json, std::int64_t version,
                                   const std::string& who) {
  HeaderFields more;
  if (version > 0) more.emplace_back("If-Match", "\"" + std::to_string(version) + "\"");
  return send("PATCH", path, json, who, std::move(more));
}

RestWorld::Answer RestWorld::del(const std::string& path, std::int64_t version, const std::string& who) {
  HeaderFields more;
  if (version > 0) more.emplace_back("If-Match", "\"" + std::to_string(version) + "\"");
  return send("DELETE", path, "", who, std::move(more));
}

std::string RestWorld::make(const std::string& path, const std::string& json) {
  const Answer made = post(path, json);
  CARILLON_CHECK(made.status == 201);
  return at(made, "/sid");
}

std::string RestWorld::make_worker(const std::string& name, const std::string& attributes) {
  const std::string sid = make(
      "/workers", R"({"friendly_name":")" + name + R"(","requires_connection":false,"attributes":)" + attributes + "}");
  std::string available;
  look([&](const runtime::View& view) {
    for (const auto* activity : view.state.presence().activities()) {
      if (activity->activity_class == presence::ActivityClass::available) available = activity->sid.str();
    }
  });
  CARILLON_CHECK(put("/workers/" + sid + "/activity", R"({"activity_sid":")" + available + R"("})").status == 200);
  return sid;
}

void RestWorld::advance(Duration by) {
  clock.advance(by);
  // The brain fires what is due before it looks at what is asked later; asked twice, the first has let it see the time.
  for (int i = 0; i < 2; ++i) look([](const runtime::View&) {});
}

void RestWorld::look(const std::function<void(const runtime::View&)>& read) {
  std::promise<bool> done;
  runtime->query({.workspace = workspace,
                  .read = read,
                  .done = [&](Result<std::int64_t> position) { done.set_value(position.ok()); },
                  .release = runtime::Release::committed});
  CARILLON_CHECK(done.get_future().get());
}

std::string at(const boost::json::value& value, std::string_view pointer) {
  boost::system::error_code failed;
  const auto* found = value.find_pointer(pointer, failed);
  if (!found) return "";
  return found->is_string() ? std::string(std::string_view(found->get_string())) : boost::json::serialize(*found);
}

}  // namespace carillon::door::testing
