// Goal: who counts as signed in, as whom and where, and what ends it.
// Method: a town on an in-memory database; time is moved by hand.
#include "users/authentication.h"

#include <gtest/gtest.h>

#include "secrets/secrets.h"
#include "users/api_keys.h"
#include "users/testing/town.h"

namespace carillon::users {
namespace {

using door::Caller;
using testing::as_websocket;
using testing::bearing;
using testing::Cookie;
using testing::request_of;
using testing::Town;

struct AuthenticationTest : ::testing::Test {
  Town town;

  Result<door::CallerPtr> ask(const http::Request& request) { return town.authentication->authenticate(request); }
  ErrorCode refused(const http::Request& request) {
    auto answer = ask(request);
    EXPECT_FALSE(answer.ok());
    return answer.ok() ? ErrorCode::kInternal : answer.error().code;
  }
  MadeApiKey key(Instant expires_at = Instant::never()) {
    auto made = make_api_key(*town.directory,
                             {.workspace = town.home, .friendly_name = "key", .scopes = 3, .expires_at = expires_at},
                             town.clock.now());
    EXPECT_TRUE(made.ok());
    EXPECT_TRUE(town.keeps(made->decided).ok());
    return *made;
  }
};

TEST_F(AuthenticationTest, WithoutCredentialsThereIsNobody) {
  town.user("maria", Role::agent);
  const Cookie cookie = town.sign_in("maria");
  http::Request unnamed = request_of(cookie);
  unnamed.headers.remove("Carillon-Session");
  for (const http::Request& request : {http::Request{}, request_of({}, cookie.session)}) {
    auto nobody = ask(request);
    ASSERT_TRUE(nobody.ok());
    EXPECT_EQ(*nobody, nullptr);
  }
  EXPECT_EQ(*ask(unnamed), nullptr);
  unnamed.headers.set("Carillon-Session", "SIwhatever");
  EXPECT_EQ(*ask(unnamed), nullptr);
}

TEST_F(AuthenticationTest, ASignInGivesTheUserWithRoleAndWorkspace) {
  const UserId maria = town.user("maria", Role::supervisor);
  const Cookie cookie = town.sign_in("maria");
  auto caller = ask(request_of(cookie));
  ASSERT_TRUE(caller.ok() && *caller);
  EXPECT_EQ((*caller)->kind, Caller::Kind::user);
  EXPECT_EQ((*caller)->user, maria);
  EXPECT_EQ((*caller)->sign_in, cookie.session);
  EXPECT_EQ((*caller)->workspace, town.home);
  EXPECT_EQ((*caller)->role, Role::supervisor);
  EXPECT_EQ((*caller)->csrf_token, cookie.csrf());
  EXPECT_FALSE((*caller)->instance_admin);
  EXPECT_EQ((*caller)->expires_at, town.clock.now() + kSignInIdle);
}

TEST_F(AuthenticationTest, SeveralSignInsLiveSideBySideInOneBrowser) {
  const UserId maria = town.user("maria", Role::agent), ada = town.user("ada", Role::admin);
  const std::vector<Cookie> jar{town.sign_in("maria"), town.sign_in("ada"), town.sign_in("maria")};
  EXPECT_EQ((*ask(request_of(jar, jar[0].session)))->user, maria);
  EXPECT_EQ((*ask(request_of(jar, jar[1].session)))->user, ada);
  EXPECT_EQ((*ask(request_of(jar, jar[2].session)))->user, maria);
  EXPECT_NE(jar[0].csrf(), jar[2].csrf());
  ASSERT_TRUE(town.keeps(end_sign_in(jar[0].session)).ok());
  EXPECT_EQ(refused(request_of(jar, jar[0].session)), ErrorCode::kSessionExpired);
  EXPECT_TRUE(ask(request_of(jar, jar[2].session)).ok());
}

TEST_F(AuthenticationTest, AWrongSecretIsNobodysWhetherTheIdExistsOrNot) {
  town.user("maria", Role::agent), town.user("ada", Role::admin);
  const Cookie maria = town.sign_in("maria"), ada = town.sign_in("ada");
  const Cookie crossed{ada.session, maria.secret};
  const Cookie invented{secrets::random_id<SignInId>(), maria.secret};
  auto known = ask(request_of(crossed)), unknown = ask(request_of(invented));
  ASSERT_FALSE(known.ok() || unknown.ok());
  EXPECT_EQ(known.error().code, ErrorCode::kSessionExpired);
  EXPECT_EQ(known.error().message, unknown.error().message);
}

TEST_F(AuthenticationTest, ASignInEndsWhenItIsNotUsed) {
  town.user("maria", Role::agent);
  const Cookie cookie = town.sign_in("maria");
  town.clock.advance(kSignInIdle - Duration::seconds(1));
  EXPECT_TRUE(ask(request_of(cookie)).ok());
  town.clock.advance(kSignInIdle - Duration::seconds(1));
  EXPECT_TRUE(ask(request_of(cookie)).ok()) << "each use gives it another twelve hours";
  town.clock.advance(kSignInIdle);
  EXPECT_EQ(refused(request_of(cookie)), ErrorCode::kSessionExpired);
}

TEST_F(AuthenticationTest, ASignInEndsAfterThirtyDaysHoweverMuchItIsUsed) {
  town.user("maria", Role::agent);
  const Instant begun = town.clock.now();
  const Cookie cookie = town.sign_in("maria");
  while (town.clock.now() + Duration::hours(6) < begun + kSignInLife) {
    town.clock.advance(Duration::hours(6));
    auto caller = ask(request_of(cookie));
    ASSERT_TRUE(caller.ok());
    EXPECT_LE((*caller)->expires_at, begun + kSignInLife);
  }
  town.clock.set(begun + kSignInLife);
  EXPECT_EQ(refused(request_of(cookie)), ErrorCode::kSessionExpired);
}

TEST_F(AuthenticationTest, UsesAreSavedSeldomAndSurviveARestart) {
  town.user("maria", Role::agent);
  const Cookie cookie = town.sign_in("maria");
  for (int i = 0; i < 100; ++i) {
    town.clock.advance(Duration::seconds(6));
    ASSERT_TRUE(ask(request_of(cookie)).ok());
  }
  EXPECT_EQ(town.uses_saved, 2);
  town.clock.advance(Duration::hours(11));
  town.restart();
  EXPECT_TRUE(ask(request_of(cookie)).ok());
}

TEST_F(AuthenticationTest, ADisabledUserIsOutAtOnceAndTheStreamsAreTold) {
  const UserId maria = town.user("maria", Role::agent);
  const Cookie a = town.sign_in("maria"), b = town.sign_in("maria");
  const door::CallerPtr caller = *ask(request_of(a));
  EXPECT_TRUE(town.authentication->still_counts(*caller));
  ASSERT_TRUE(town.keeps(change_user(*town.directory, maria, 0, {.disabled = true}, town.clock.now())).ok());
  EXPECT_EQ(refused(request_of(a)), ErrorCode::kSessionExpired);
  EXPECT_EQ(refused(request_of(b)), ErrorCode::kSessionExpired);
  EXPECT_FALSE(town.authentication->still_counts(*caller));
  EXPECT_EQ(town.ended.size(), 2u);
  ASSERT_TRUE(town.keeps(change_user(*town.directory, maria, 0, {.disabled = false}, town.clock.now())).ok());
  EXPECT_EQ(refused(request_of(a)), ErrorCode::kSessionExpired) << "enabling brings no old sign-in back";
  town.restart();
  EXPECT_EQ(refused(request_of(a)), ErrorCode::kSessionExpired);
}

TEST_F(AuthenticationTest, TheWorkspaceIsTheirsOrRefused) {
  const WorkspaceId zoo = town.workspace("Zoo"), attic = town.workspace("Attic");
  const UserId maria = town.user("maria", Role::agent);
  ASSERT_TRUE(town.keeps(add_membership(*town.directory, maria, attic, Role::admin, town.clock.now())).ok());
  const Cookie cookie = town.sign_in("maria");
  EXPECT_EQ((*ask(request_of(cookie)))->workspace, attic) << "the first by name";
  http::Request request = request_of(cookie);
  request.headers.add("Carillon-Workspace", town.home.str());
  EXPECT_EQ((*ask(request))->workspace, town.home);
  EXPECT_EQ((*ask(request))->role, Role::agent);
  for (const std::string& named : {zoo.str(), secrets::random_id<WorkspaceId>().str(), std::string("nonsense")}) {
    request.headers.set("Carillon-Workspace", named);
    EXPECT_EQ(refused(request), ErrorCode::kForbidden) << named;
  }
  const Cookie chosen = town.sign_in("maria", town.home);
  EXPECT_EQ((*ask(request_of(chosen)))->workspace, town.home) << "as chosen while signing in";
  EXPECT_EQ(town.try_sign_in("maria", Town::kPassword, zoo).error().code, ErrorCode::kForbidden);
}

TEST_F(AuthenticationTest, AnInstanceAdminMayNameAnyWorkspaceThatExists) {
  const WorkspaceId zoo = town.workspace("Zoo");
  town.user("root", Role::none, true);
  const Cookie cookie = town.sign_in("root");
  EXPECT_EQ((*ask(request_of(cookie)))->workspace, town.home);
  EXPECT_TRUE((*ask(request_of(cookie)))->instance_admin);
  EXPECT_EQ((*ask(request_of(cookie)))->role, Role::none);
  http::Request request = request_of(cookie);
  request.headers.add("Carillon-Workspace", zoo.str());
  EXPECT_EQ((*ask(request))->workspace, zoo);
  request.headers.set("Carillon-Workspace", secrets::random_id<WorkspaceId>().str());
  EXPECT_EQ(refused(request), ErrorCode::kForbidden);
}

TEST_F(AuthenticationTest, ARoleTakenAwayIsGoneAtOnce) {
  const UserId maria = town.user("maria", Role::admin);
  const Cookie cookie = town.sign_in("maria");
  const door::CallerPtr before = *ask(request_of(cookie));
  const MembershipPtr membership = town.directory->membership_of(maria, town.home);
  ASSERT_TRUE(
      town.keeps(change_role(*town.directory, membership->sid, town.home, 1, Role::agent, town.clock.now())).ok());
  EXPECT_EQ((*ask(request_of(cookie)))->role, Role::agent);
  EXPECT_FALSE(town.authentication->still_counts(*before));
  EXPECT_EQ(town.ended, std::vector<std::string>{cookie.session.str()});
  ASSERT_TRUE(town.keeps(remove_membership(*town.directory, membership->sid, town.home, 2)).ok());
  EXPECT_EQ((*ask(request_of(cookie)))->role, Role::none);
  EXPECT_TRUE((*ask(request_of(cookie)))->workspace.empty());
}

TEST_F(AuthenticationTest, TheWorkerOfAUserIsTheOneOfTheWorkspace) {
  const UserId maria = town.user("maria", Role::agent);
  const Cookie cookie = town.sign_in("maria");
  const auto worker = secrets::random_id<WorkerId>();
  EXPECT_TRUE((*ask(request_of(cookie)))->worker.empty());
  town.directory->put_worker(town.home, worker, maria);
  EXPECT_EQ((*ask(request_of(cookie)))->worker, worker);
  town.directory->put_worker(town.home, worker, {});
  EXPECT_TRUE((*ask(request_of(cookie)))->worker.empty()) << "given to nobody";
}

TEST_F(AuthenticationTest, AnApiKeyActsInItsWorkspaceUntilItEndsOrIsRevoked) {
  const MadeApiKey lasting = key(), ending = key(town.clock.now() + Duration::hours(1));
  auto caller = ask(bearing(lasting.secret));
  ASSERT_TRUE(caller.ok());
  EXPECT_EQ((*caller)->kind, Caller::Kind::api_key);
  EXPECT_EQ((*caller)->workspace, town.home);
  EXPECT_EQ((*caller)->scopes, 3);
  EXPECT_TRUE(ask(bearing(ending.secret)).ok());
  town.clock.advance(Duration::hours(1));
  EXPECT_EQ(refused(bearing(ending.secret)), ErrorCode::kSessionExpired);
  ASSERT_TRUE(town.keeps(revoke_api_key(*town.directory, lasting.key.sid, town.home)).ok());
  EXPECT_EQ(refused(bearing(lasting.secret)), ErrorCode::kNotSignedIn);
  EXPECT_EQ(town.ended, std::vector<std::string>{lasting.key.sid.str()});
  town.restart();
  EXPECT_EQ(refused(bearing(lasting.secret)), ErrorCode::kNotSignedIn);
}

TEST_F(AuthenticationTest, ATokenThatIsNoneOfOursIsRefused) {
  const MadeApiKey made = key();
  for (const std::string& token : {std::string(), std::string("ck_"), made.secret + "x", made.secret.substr(0, 40),
                                   made.key.secret_hash, std::string("cv_1.nonsense"), std::string(10'000, 'a')}) {
    EXPECT_EQ(refused(bearing(token)), ErrorCode::kNotSignedIn) << token.substr(0, 50);
  }
  http::Request basic;
  basic.headers.add("Authorization", "Basic bWFyaWE6cHc=");
  EXPECT_EQ(refused(basic), ErrorCode::kNotSignedIn);
  http::Request elsewhere = bearing(made.secret);
  elsewhere.headers.add("Carillon-Workspace", town.workspace("Zoo").str());
  EXPECT_EQ(refused(elsewhere), ErrorCode::kForbidden);
}

TEST_F(AuthenticationTest, OnAWebSocketTheQueryAndASubprotocolCarryTheCredentials) {
  const UserId maria = town.user("maria", Role::agent);
  const Cookie cookie = town.sign_in("maria");
  http::Request plain = request_of(cookie);
  plain.headers.remove("Carillon-Session");
  plain.query = *http::QueryParams::parse("session=" + cookie.session.str() + "&workspace=" + town.home.str());
  EXPECT_EQ(*ask(plain), nullptr) << "only on a WebSocket";
  EXPECT_EQ((*ask(as_websocket(std::move(plain))))->user, maria);

  http::Request with_token;
  with_token.headers.add("Sec-WebSocket-Protocol", "carillon.v1, carillon.token." + key().secret);
  EXPECT_EQ(*ask(with_token), nullptr);
  EXPECT_EQ((*ask(as_websocket(std::move(with_token))))->kind, Caller::Kind::api_key);
}

TEST_F(AuthenticationTest, AVisitorIsWhoTheTokenSays) {
  const VisitorClaim claim{secrets::random_id<VisitorId>(), secrets::random_id<WidgetId>(), town.home, true,
                           Instant{town.clock.now().us / 1'000'000 * 1'000'000} + Duration::hours(1)};
  const std::string token = issue_visitor_token(town.directory->visitor_keys(), claim);
  auto caller = ask(bearing(token));
  ASSERT_TRUE(caller.ok());
  EXPECT_EQ((*caller)->kind, Caller::Kind::visitor);
  EXPECT_EQ((*caller)->visitor, claim.visitor);
  EXPECT_EQ((*caller)->widget, claim.widget);
  EXPECT_EQ((*caller)->workspace, town.home);
  EXPECT_TRUE((*caller)->verified);
  town.restart();
  EXPECT_TRUE(ask(bearing(token)).ok()) << "the keys are kept";
  town.clock.advance(Duration::hours(1));
  EXPECT_EQ(refused(bearing(token)), ErrorCode::kSessionExpired);
  EXPECT_FALSE(town.authentication->still_counts(**caller));
}

TEST_F(AuthenticationTest, VisitorKeysAreRenewedAndOldTokensStillCount) {
  const auto token_now = [&] {
    return issue_visitor_token(town.directory->visitor_keys(),
                               {secrets::random_id<VisitorId>(), secrets::random_id<WidgetId>(), town.home, false,
                                town.clock.now() + kVisitorTokenLife});
  };
  town.clock.advance(Duration::hours(24 * 80));
  const std::string old = token_now();
  town.clock.advance(Duration::hours(24 * 15));
  town.restart();
  EXPECT_EQ(town.directory->visitor_keys().keys.size(), 2u);
  EXPECT_NE(old.substr(0, 5), token_now().substr(0, 5));
  EXPECT_TRUE(ask(bearing(old)).ok());
  EXPECT_TRUE(ask(bearing(token_now())).ok());
  town.clock.advance(Duration::hours(24 * 95));
  town.restart();
  EXPECT_EQ(town.directory->visitor_keys().keys.size(), 2u) << "the first was forgotten";
  EXPECT_EQ(refused(bearing(old)), ErrorCode::kNotSignedIn);
}

}  // namespace
}  // namespace carillon::users
