// Town: a database with people in it and the Directory that knows them, for tests.
//
// What:    keeps() commits what a use case decided, as the runtime would, and tells the Directory. Passwords cost nothing and
//          are counted. Nothing runs on other threads.
// Owns:    store, clock, directory. Thread: one.
// Example:
//   Town town;
//   UserId maria = town.user("maria", Role::agent);
//   Cookie cookie = town.sign_in("maria");
//   auto caller = town.authentication.authenticate(request_of(cookie));
#pragma once

#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "base/clock.h"
#include "store/testing/memory_store.h"
#include "users/authentication.h"
#include "users/passwords.h"
#include "users/people.h"
#include "users/sign_in.h"

namespace carillon::users::testing {

// Not a hash worth the name. Thread: any; what it counted is looked at when nobody is at work.
class CountingPasswords final : public Passwords {
 public:
  Result<std::string> hash(std::string_view password) override;
  bool matches(std::string_view hash, std::string_view password) override;

  int hashed = 0;
  std::vector<std::string> checked;  // the hashes that were checked against, in order

 private:
  std::mutex mutex_;
};

// What a browser holds of one sign-in.
struct Cookie {
  SignInId session;
  std::string secret;
  std::string csrf() const { return csrf_token_of(secret); }
};

http::Request request_of(const std::vector<Cookie>& cookies, SignInId named);
http::Request request_of(const Cookie& cookie);
http::Request bearing(std::string_view token);
// The same as the upgrade of a WebSocket.
http::Request as_websocket(http::Request request);

class Town {
 public:
  static constexpr std::string_view kPassword = "correct horse battery";

  explicit Town(std::unique_ptr<store::Store> migrated = store::testing::memory_store());

  // Writes and applies; a use case's error is the answer.
  Result<std::string> keeps(const Result<Decided>& decided);
  WorkspaceId workspace(const std::string& name);
  UserId user(const std::string& username, Role role, bool instance_admin = false);
  UserId user_in(const std::string& username, WorkspaceId workspace, Role role);
  Cookie sign_in(const std::string& username, WorkspaceId workspace = {}, std::string_view password = kPassword);
  Result<BegunSignIn> try_sign_in(const std::string& username, std::string_view password, WorkspaceId workspace = {});
  // A new Directory from the rows, as after a restart.
  void restart();

  std::unique_ptr<store::Store> store;
  FakeClock clock;
  CountingPasswords passwords;
  PasswordCheck check{passwords};
  std::unique_ptr<Directory> directory;
  std::unique_ptr<Authentication> authentication;
  WorkspaceId home;
  int uses_saved = 0;
  std::vector<std::string> ended;

 private:
  void open();
};

}  // namespace carillon::users::testing
