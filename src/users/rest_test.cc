// Goal: the operations of people and sessions over a real socket, a real runtime, a real database in memory.
// Method: one server a test; the clock stands still.
#include "users/rest.h"

#include <gtest/gtest.h>

#include <future>

#include "http/testing/client.h"
#include "http/testing/test_server.h"
#include "runtime/testing/manual_clock.h"
#include "secrets/secrets.h"
#include "users/testing/town.h"

namespace carillon::users {
namespace {

using http::testing::Answer;
using http::testing::Client;
using http::testing::HeaderFields;

struct Deaf final : runtime::EventSink, runtime::AlarmSink {
  void committed(const runtime::PublishedEntryPtr&) override {}
  void ready(WorkspaceId, std::int64_t, bool) override {}
  void raised(const runtime::Alarm&) override {}
};

// Who is signed in, as a browser and its tab hold it.
struct Tab {
  std::string session, cookie, csrf;
  HeaderFields headers() const { return {{"Cookie", cookie}, {"Carillon-Session", session}, {"Carillon-CSRF", csrf}}; }
};

std::string text(const boost::json::value& value, std::string_view pointer) {
  boost::system::error_code failed;
  const auto* found = value.find_pointer(pointer, failed);
  return found && found->is_string() ? std::string(found->get_string()) : found ? boost::json::serialize(*found) : "";
}

HeaderFields with(HeaderFields fields, std::string name, std::string value) {
  fields.emplace_back(std::move(name), std::move(value));
  return fields;
}

constexpr std::string_view kPassword = "correct horse battery";

class RestTest : public ::testing::Test {
 protected:
  RestTest() {
    auto loaded = Directory::load(*store, clock);
    CARILLON_CHECK(loaded.ok());
    directory = *std::move(loaded);
    authentication = std::make_unique<Authentication>(
        *directory, clock, [this](runtime::RecordChange c) { runtime->commit(std::move(c)); });
    add("root", {}, Role::none, true);
    runtime = std::make_unique<runtime::Runtime>(runtime::Runtime::World{*store, clock, seeds, deaf, deaf, nullptr});
    CARILLON_CHECK(runtime->start().ok());
    pool = std::make_unique<door::Pool>(2);
    rest = std::make_unique<Rest>(Rest::World{*directory, *authentication, passwords, clock});
    server = std::make_unique<http::testing::TestServer>([this](http::Router& router) {
      api = std::make_unique<door::Api>(router, door::Services{*runtime, *store, *pool, clock}, *authentication);
      rest->add_routes(*api);
    });
    root = sign_in("root");
    const Answer made =
        client().post("/api/v1/workspaces", R"({"friendly_name":"Shop","time_zone":"UTC"})", root.headers());
    CARILLON_CHECK(made.status == 201);
    home = *WorkspaceId::parse(text(made.json(), "/sid"));
  }
  ~RestTest() override {
    server.reset();
    rest->stop();
    pool->stop();
    runtime->stop();
  }

  UserId add(const std::string& username, WorkspaceId workspace, Role role, bool instance_admin = false) {
    auto made = make_user(*directory, passwords,
                          {.username = username,
                           .display_name = username,
                           .password = std::string(kPassword),
                           .instance_admin = instance_admin,
                           .workspace = workspace,
                           .role = role},
                          clock.now());
    CARILLON_CHECK(made.ok());
    if (!runtime) {
      CARILLON_CHECK(store::commit_one(store->writer(), made->rows).ok());
    } else {
      std::promise<bool> done;
      runtime::RecordChange change;
      change.change = made->rows;
      change.reply = [&](const Result<runtime::Committed>& answer) { done.set_value(answer.ok()); };
      runtime->commit(std::move(change));
      CARILLON_CHECK(done.get_future().get());
    }
    directory->apply(made->edits);
    return *UserId::parse(made->sid);
  }
  Client client() { return Client(server->port()); }
  Answer try_sign_in(const std::string& username, std::string_view password = kPassword, HeaderFields fields = {}) {
    return client().post("/api/v1/sign-in",
                         R"({"username":")" + username + R"(","password":")" + std::string(password) + "\"}", fields);
  }
  static Tab tab_of(const Answer& answer) {
    const std::string cookie(answer.headers.value("Set-Cookie"));
    return {text(answer.json(), "/session_id"), cookie.substr(0, cookie.find(';')), text(answer.json(), "/csrf_token")};
  }
  Tab sign_in(const std::string& username, std::string_view password = kPassword) {
    const Answer answer = try_sign_in(username, password);
    EXPECT_EQ(answer.status, 201) << answer.body;
    return tab_of(answer);
  }
  Tab admin() {
    add("admin", home, Role::admin);
    return sign_in("admin");
  }

  std::unique_ptr<store::Store> store = store::testing::memory_store();
  runtime::testing::ManualClock clock;
  runtime::CountingSeeds seeds;
  Deaf deaf;
  testing::CountingPasswords passwords;
  std::unique_ptr<Directory> directory;
  std::unique_ptr<runtime::Runtime> runtime;
  std::unique_ptr<Authentication> authentication;
  std::unique_ptr<door::Pool> pool;
  std::unique_ptr<Rest> rest;
  std::unique_ptr<door::Api> api;
  std::unique_ptr<http::testing::TestServer> server;
  Tab root;
  WorkspaceId home;
};

TEST_F(RestTest, EveryOperationOfThisModuleIsServed) {
  const auto missing = api->missing();
  for (const char* id :
       {"sign_in",          "sign_out",          "get_me",          "change_my_password", "get_demo_doors",
        "list_users",       "create_user",       "get_user",        "update_user",        "set_user_password",
        "list_memberships", "create_membership", "get_membership",  "update_membership",  "delete_membership",
        "list_api_keys",    "create_api_key",    "get_api_key",     "delete_api_key",     "list_workspaces",
        "create_workspace", "get_workspace",     "update_workspace"}) {
    EXPECT_EQ(std::find(missing.begin(), missing.end(), id), missing.end()) << id;
  }
}

TEST_F(RestTest, ASignInShowsWhoAndWhereAndEndsWithSigningOut) {
  add("maria", home, Role::agent);
  const Answer answer = try_sign_in("maria");
  ASSERT_EQ(answer.status, 201) << answer.body;
  const std::string cookie(answer.headers.value("Set-Cookie"));
  EXPECT_NE(cookie.find("HttpOnly"), std::string::npos);
  EXPECT_NE(cookie.find("SameSite=Lax"), std::string::npos);
  EXPECT_NE(cookie.find("Path=/"), std::string::npos);
  EXPECT_EQ(cookie.find("Secure"), std::string::npos) << "without TLS it would not come back";
  EXPECT_EQ(text(answer.json(), "/me/role"), "agent");
  EXPECT_EQ(text(answer.json(), "/me/workspace/sid"), home.str());
  EXPECT_EQ(text(answer.json(), "/me/memberships/0/workspace_friendly_name"), "Shop");
  const Tab maria = tab_of(answer);
  const Answer me = client().get("/api/v1/me", maria.headers());
  EXPECT_EQ(text(me.json(), "/csrf_token"), maria.csrf);
  EXPECT_EQ(text(me.json(), "/worker"), "null");
  const Answer out = client().post("/api/v1/sign-out", "", maria.headers());
  EXPECT_EQ(out.status, 204);
  EXPECT_NE(out.headers.value("Set-Cookie").find("Max-Age=0"), std::string_view::npos);
  EXPECT_EQ(client().get("/api/v1/me", maria.headers()).status, 401);
}

TEST_F(RestTest, AChangeWithoutTheCsrfTokenIsRefused) {
  add("maria", home, Role::agent);
  const Tab maria = sign_in("maria"), other = sign_in("maria");
  for (const std::string& csrf : {std::string(), std::string("guess"), other.csrf}) {
    Tab forged = maria;
    forged.csrf = csrf;
    const Answer answer = client().post("/api/v1/sign-out", "", forged.headers());
    EXPECT_EQ(answer.status, 403);
    EXPECT_EQ(answer.code(), "csrf");
  }
  EXPECT_EQ(client().get("/api/v1/me", maria.headers()).status, 200);
}

TEST_F(RestTest, GuessingIsSlowedForNamesThatExistAndForThoseThatDoNot) {
  add("maria", home, Role::agent);
  for (const std::string name : {"maria", "nobody"}) {
    Answer answer;
    for (int i = 0; i < 5; ++i) {
      answer = try_sign_in(name, "wrong");
      EXPECT_EQ(answer.status, 401);
      EXPECT_EQ(answer.code(), "bad_credentials");
    }
    answer = try_sign_in(name, "wrong");
    EXPECT_EQ(answer.status, 429);
    EXPECT_EQ(answer.headers.value("Retry-After"), "1");
  }
  EXPECT_EQ(try_sign_in("maria").status, 429);
  clock.advance(Duration::seconds(1));
  EXPECT_EQ(try_sign_in("maria").status, 201);
}

TEST_F(RestTest, AnEndedSignInDoesNotHinderTheNextAndItsCookieIsTakenAway) {
  add("maria", home, Role::agent);
  const Tab old = sign_in("maria");
  ASSERT_EQ(client().post("/api/v1/sign-out", "", old.headers()).status, 204);
  const Answer again = try_sign_in("maria", kPassword, old.headers());
  ASSERT_EQ(again.status, 201) << again.body;
  bool taken_away = false;
  for (std::size_t i = 0; i < again.headers.size(); ++i) {
    const auto [name, value] = again.headers.at(i);
    taken_away = taken_away || (value.find(old.session) != std::string_view::npos &&
                                value.find("Max-Age=0") != std::string_view::npos);
  }
  EXPECT_TRUE(taken_away);
}

TEST_F(RestTest, ANewUserWithAWorkerIsMadeOnceAndIsThatWorker) {
  const Tab boss = admin();
  const std::string body =
      R"({"username":"eleni","display_name":"Eleni","password":"correct horse battery","role":"agent",)"
      R"("worker":{"friendly_name":"Eleni","attributes":{"skills":["billing"]}}})";
  const HeaderFields once = with(boss.headers(), "Idempotency-Key", "make-eleni");
  const Answer made = client().post("/api/v1/users", body, once);
  ASSERT_EQ(made.status, 201) << made.body;
  const std::string sid = text(made.json(), "/sid");
  EXPECT_EQ(made.headers.value("Location"), "/api/v1/users/" + sid);
  EXPECT_FALSE(made.headers.value("Carillon-Position").empty());
  const Answer again = client().post("/api/v1/users", body, once);
  EXPECT_EQ(again.status, 201);
  EXPECT_EQ(again.body, made.body);
  EXPECT_EQ(again.headers.value("Location"), made.headers.value("Location"));
  EXPECT_EQ(client()
                .post("/api/v1/users",
                      R"({"username":"x","display_name":"X","password":"correct horse battery","role":"agent"})", once)
                .code(),
            "idempotency_mismatch");
  const Answer twin = client().post("/api/v1/users", body, boss.headers());
  EXPECT_EQ(twin.status, 409);
  EXPECT_EQ(text(twin.json(), "/field"), "/username");
  const Answer me = client().get("/api/v1/me", sign_in("eleni").headers());
  EXPECT_EQ(text(me.json(), "/worker/user_sid"), sid) << me.body;
  EXPECT_EQ(text(me.json(), "/worker/attributes/skills/0"), "billing");
  EXPECT_EQ(text(me.json(), "/memberships/0/worker_sid"), text(me.json(), "/worker/sid"));
}

TEST_F(RestTest, AWorkerNameThatIsTakenMakesNoUser) {
  const Tab boss = admin();
  const auto body = [](const std::string& username) {
    return R"({"username":")" + username +
           R"(","display_name":"D","password":"correct horse battery","role":"agent","worker":{"friendly_name":"Same"}})";
  };
  ASSERT_EQ(client().post("/api/v1/users", body("first"), boss.headers()).status, 201);
  const Answer refused = client().post("/api/v1/users", body("second"), boss.headers());
  EXPECT_EQ(refused.status, 409);
  EXPECT_EQ(text(refused.json(), "/field"), "/worker/friendly_name");
  EXPECT_FALSE(directory->find_username("second"));
  EXPECT_EQ(client()
                .post("/api/v1/users",
                      R"({"username":"second","display_name":"D","password":"correct horse battery","role":"agent"})",
                      boss.headers())
                .status,
            201)
      << "the name is free again";
}

TEST_F(RestTest, PeopleAreListedSearchedAndTurnedPageByPage) {
  const Tab boss = admin();
  for (const char* name : {"anna", "hannah", "100%_sure"}) add(name, home, Role::agent);
  add("stranger", {}, Role::none);
  const auto listed = [&](const std::string& query) {
    return client().get("/api/v1/users" + query, boss.headers()).json();
  };
  EXPECT_EQ(listed("").at("items").as_array().size(), 4u) << "the stranger is in no workspace";
  EXPECT_EQ(listed("?q=ANNA").at("items").as_array().size(), 2u);
  EXPECT_EQ(listed("?q=%25_").at("items").as_array().size(), 1u) << "no pattern";
  std::set<std::string> seen;
  std::string query = "?page_size=1";
  for (int i = 0; i < 10; ++i) {
    const auto page = listed(query);
    ASSERT_EQ(page.at("items").as_array().size(), 1u);
    seen.insert(text(page, "/items/0/username"));
    if (page.at("next_cursor").is_null()) break;
    query = "?page_size=1&cursor=" + text(page, "/next_cursor");
  }
  EXPECT_EQ(seen.size(), 4u);
  add("plain", home, Role::agent);
  EXPECT_EQ(client().get("/api/v1/users", sign_in("plain").headers()).status, 403);
}

TEST_F(RestTest, AChangeNeedsTheVersionThatWasRead) {
  const Tab boss = admin();
  const std::string at = "/api/v1/users/" + add("maria", home, Role::agent).str();
  EXPECT_EQ(client().patch(at, R"({"display_name":"M"})", boss.headers()).status, 428);
  EXPECT_EQ(client().get(at, boss.headers()).headers.value("ETag"), "\"1\"");
  const Answer changed =
      client().patch(at, R"({"display_name":"M","email":"m@example.org"})", with(boss.headers(), "If-Match", "\"1\""));
  EXPECT_EQ(changed.status, 200) << changed.body;
  EXPECT_EQ(changed.headers.value("ETag"), "\"2\"");
  EXPECT_EQ(text(changed.json(), "/email"), "m@example.org");
  const Answer stale = client().patch(at, R"({"display_name":"N"})", with(boss.headers(), "If-Match", "\"1\""));
  EXPECT_EQ(stale.status, 412);
  EXPECT_EQ(stale.headers.value("ETag"), "\"2\"");
  const Answer none = client().patch(at, R"({"display_name":"N"})", with(boss.headers(), "If-Match", "seven"));
  EXPECT_EQ(none.status, 412);
  EXPECT_EQ(none.headers.value("ETag"), "\"2\"") << "so that the client need not ask";
  EXPECT_EQ(client().patch(at, R"({"nickname":"N"})", with(boss.headers(), "If-Match", "\"2\"")).status, 422);
  EXPECT_EQ(client().patch(at, "{}", with(boss.headers(), "If-Match", "\"2\"")).status, 422);
  const Answer cleared = client().patch(at, R"({"email":null})", with(boss.headers(), "If-Match", "\"2\""));
  EXPECT_EQ(text(cleared.json(), "/email"), "null");
}

TEST_F(RestTest, DisablingAndNewPasswordsEndSignIns) {
  const Tab boss = admin();
  const std::string at = "/api/v1/users/" + add("maria", home, Role::agent).str();
  Tab maria = sign_in("maria");
  const Tab there = sign_in("maria");
  EXPECT_EQ(client()
                .post("/api/v1/me/password", R"({"current_password":"wrong","new_password":"another password"})",
                      maria.headers())
                .code(),
            "bad_credentials");
  EXPECT_EQ(
      client()
          .post("/api/v1/me/password",
                R"({"current_password":"correct horse battery","new_password":"another password"})", maria.headers())
          .status,
      204);
  EXPECT_EQ(client().get("/api/v1/me", maria.headers()).status, 200);
  EXPECT_EQ(client().get("/api/v1/me", there.headers()).status, 401);
  EXPECT_EQ(client().post(at + "/password", R"({"new_password":"given by the admin"})", boss.headers()).status, 204);
  EXPECT_EQ(client().get("/api/v1/me", maria.headers()).status, 401);
  maria = sign_in("maria", "given by the admin");
  EXPECT_EQ(client().patch(at, R"({"disabled":true})", with(boss.headers(), "If-Match", "\"1\"")).status, 200);
  EXPECT_EQ(client().get("/api/v1/me", maria.headers()).status, 401);
  EXPECT_EQ(try_sign_in("maria", "given by the admin").status, 401);
}

TEST_F(RestTest, AnAdminHasNoPowerOverWhoIsMoreThanTheirWorkspace) {
  const Tab boss = admin();
  const UserId other_root = add("other-root", home, Role::agent, true);
  const std::string at = "/api/v1/users/" + other_root.str();
  EXPECT_EQ(client().post(at + "/password", R"({"new_password":"taken over now"})", boss.headers()).status, 403);
  EXPECT_EQ(client().post(at + "/password", R"({"new_password":"taken over now"})", root.headers()).status, 204);
}

TEST_F(RestTest, RolesAreGivenChangedAndTakenAway) {
  const Tab boss = admin();
  const UserId maria = add("maria", {}, Role::none);
  const std::string body = R"({"user_sid":")" + maria.str() + R"(","role":"agent"})";
  const HeaderFields once = with(boss.headers(), "Idempotency-Key", "invite");
  const Answer made = client().post("/api/v1/memberships", body, once);
  ASSERT_EQ(made.status, 201) << made.body;
  EXPECT_EQ(client().post("/api/v1/memberships", body, once).body, made.body);
  EXPECT_EQ(client().post("/api/v1/memberships", body, boss.headers()).status, 409);
  const std::string at = "/api/v1/memberships/" + text(made.json(), "/sid");
  EXPECT_EQ(made.headers.value("Location"), at);
  const Answer listed = client().get("/api/v1/memberships?role=agent&user_sid=" + maria.str(), boss.headers());
  EXPECT_EQ(text(listed.json(), "/items/0/sid"), text(made.json(), "/sid"));
  const Answer changed = client().patch(at, R"({"role":"supervisor"})", with(boss.headers(), "If-Match", "\"1\""));
  EXPECT_EQ(text(changed.json(), "/role"), "supervisor") << changed.body;
  EXPECT_EQ(client().del(at, boss.headers()).status, 428);
  EXPECT_EQ(client().del(at, with(boss.headers(), "If-Match", "\"1\"")).status, 412);
  EXPECT_EQ(client().del(at, with(boss.headers(), "If-Match", "\"2\"")).status, 204);
  EXPECT_EQ(client().get(at, boss.headers()).status, 404);
  EXPECT_EQ(try_sign_in("maria").status, 403) << "who belongs nowhere is told so";
}

TEST_F(RestTest, AnApiKeyIsShownOnceActsInItsScopesAndEndsWhenRevoked) {
  const Tab boss = admin();
  const HeaderFields once = with(boss.headers(), "Idempotency-Key", "first-key");
  const std::string body = R"({"friendly_name":"Order system","scopes":["read","users"]})";
  const Answer made = client().post("/api/v1/api-keys", body, once);
  ASSERT_EQ(made.status, 201) << made.body;
  const std::string sid = text(made.json(), "/api_key/sid"), secret = text(made.json(), "/secret");
  EXPECT_EQ(client().post("/api/v1/api-keys", body, once).body, made.body) << "a repeated request is answered alike";
  clock.advance(Duration::minutes(10));
  EXPECT_EQ(client().post("/api/v1/api-keys", body, once).status, 409) << "but not for ever";
  const HeaderFields bearer{{"Authorization", "Bearer " + secret}};
  EXPECT_EQ(client().get("/api/v1/users", bearer).status, 200);
  EXPECT_EQ(client().patch("/api/v1/workspace", R"({"total_capacity":5})", with(bearer, "If-Match", "\"1\"")).code(),
            "forbidden");
  const Answer me = client().get("/api/v1/me", bearer);
  EXPECT_EQ(text(me.json(), "/principal"), "api_key");
  EXPECT_EQ(text(me.json(), "/scopes"), R"(["read","users"])");
  const Answer listed = client().get("/api/v1/api-keys", boss.headers());
  EXPECT_EQ(listed.body.find(secret), std::string::npos);
  EXPECT_EQ(text(listed.json(), "/items/0/hint"), secret.substr(secret.size() - 4));
  EXPECT_NE(text(listed.json(), "/items/0/last_used_at"), "null");
  EXPECT_EQ(client().del("/api/v1/api-keys/" + sid, boss.headers()).status, 204);
  EXPECT_EQ(client().get("/api/v1/users", bearer).status, 401);
  EXPECT_EQ(client().post("/api/v1/api-keys", R"({"friendly_name":"k","scopes":["fly"]})", boss.headers()).status, 422);
  EXPECT_EQ(client()
                .post("/api/v1/api-keys",
                      R"({"friendly_name":"k","scopes":["read"],"expires_at":"2001-01-01T00:00:00Z"})", boss.headers())
                .status,
            422);
}

TEST_F(RestTest, WorkspacesAreMadeOnceShownAndChanged) {
  const HeaderFields once = with(root.headers(), "Idempotency-Key", "second-shop");
  const std::string body = R"({"friendly_name":"Zoo","time_zone":"Europe/Athens"})";
  const Answer made = client().post("/api/v1/workspaces", body, once);
  ASSERT_EQ(made.status, 201) << made.body;
  EXPECT_EQ(client().post("/api/v1/workspaces", body, once).body, made.body);
  EXPECT_EQ(client().post("/api/v1/workspaces", R"({"friendly_name":"Other","time_zone":"UTC"})", once).code(),
            "idempotency_mismatch");
  EXPECT_EQ(
      client().post("/api/v1/workspaces", R"({"friendly_name":"Zoo","time_zone":"the moon"})", root.headers()).status,
      422);
  const Tab boss = admin();
  EXPECT_EQ(client().post("/api/v1/workspaces", body, boss.headers()).status, 403);
  EXPECT_EQ(client().get("/api/v1/workspaces", root.headers()).json().at("items").as_array().size(), 2u);
  EXPECT_EQ(client().get("/api/v1/workspaces", boss.headers()).json().at("items").as_array().size(), 1u);

  const Answer there =
      client().get("/api/v1/workspace", with(root.headers(), "Carillon-Workspace", text(made.json(), "/sid")));
  EXPECT_EQ(text(there.json(), "/friendly_name"), "Zoo");
  const Answer here = client().get("/api/v1/workspace", boss.headers());
  const std::string tag(here.headers.value("ETag"));
  const Answer changed = client().patch("/api/v1/workspace", R"({"friendly_name":"Corner shop","idle_after_s":900})",
                                        with(boss.headers(), "If-Match", tag));
  ASSERT_EQ(changed.status, 200) << changed.body;
  EXPECT_EQ(text(changed.json(), "/idle_after_s"), "900");
  EXPECT_EQ(text(changed.json(), "/time_zone"), "UTC");
  const Answer stale =
      client().patch("/api/v1/workspace", R"({"idle_after_s":800})", with(boss.headers(), "If-Match", tag));
  EXPECT_EQ(stale.status, 412);
  EXPECT_EQ(stale.headers.value("ETag"), changed.headers.value("ETag"));
  const Answer me = client().get("/api/v1/me", boss.headers());
  EXPECT_EQ(text(me.json(), "/memberships/0/workspace_friendly_name"), "Corner shop");
}

TEST_F(RestTest, WithoutADemoThereAreNoDoors) { EXPECT_EQ(client().get("/api/v1/demo").status, 404); }

TEST(DemoRest, TheDoorsAreShownAsTheyWereGiven) {
  testing::Town town;
  DemoDoors doors;
  doors.workspace = town.home, doors.widget = secrets::random_id<WidgetId>();
  doors.accounts.push_back({"agent", "Alice", "alice", "secret", "Your agent"});
  runtime::testing::ManualClock clock;
  runtime::CountingSeeds seeds;
  Deaf deaf;
  runtime::Runtime runtime({*town.store, clock, seeds, deaf, deaf, nullptr}, {.threads = false});
  door::Pool pool(1);
  Rest rest({*town.directory, *town.authentication, town.passwords, clock}, {.demo = doors});
  std::unique_ptr<door::Api> api;
  http::testing::TestServer server([&](http::Router& router) {
    api = std::make_unique<door::Api>(router, door::Services{runtime, *town.store, pool, clock}, *town.authentication);
    rest.add_routes(*api);
  });
  const Answer answer = Client(server.port()).get("/api/v1/demo");
  EXPECT_EQ(answer.status, 200);
  EXPECT_EQ(text(answer.json(), "/accounts/0/username"), "alice");
  EXPECT_EQ(text(answer.json(), "/customer_url"), "/demo/");
}

}  // namespace
}  // namespace carillon::users
