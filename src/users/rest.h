// Rest: the operations of session, users, memberships, API keys and workspaces.
//
// What:    add_routes() serves every operation of spec/paths/{session,users,workspaces}.yaml.
// Owns:    what lives between requests: the backoff of sign-ins, two threads that hash passwords (so that a flood of sign-ins
//          leaves the pool to everybody else), secrets of API keys just made. Everything given outlives it.
// Thread:  set up on one; stop() before the runtime stops being reachable. Handlers run on net threads and do not block.
// Limits:  100 passwords waiting to be hashed, then kOverloaded.
// Example:
//   users::Rest rest({*directory, *authentication, *passwords, clock}, {.demo = doors});
//   rest.add_routes(api);
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "door/api.h"
#include "users/authentication.h"
#include "users/directory.h"
#include "users/passwords.h"

namespace carillon::users {

struct DemoAccount {
  std::string role, display_name, username, password, about;
};

// What GET /demo answers: the three doors.
struct DemoDoors {
  WorkspaceId workspace;
  WidgetId widget;
  std::string customer_url = "/demo/";
  std::string agent_url = "/console/";
  std::string supervisor_url = "/console/";
  std::string admin_url = "/console/";
  std::vector<DemoAccount> accounts;
  bool traffic = false;
};

struct RestOptions {
  std::optional<DemoDoors> demo{};  // nothing: GET /demo is 404
  // Whether a name is an IANA time zone; without it only its letters are looked at.
  std::function<bool(std::string_view)> knows_time_zone{};
};

class Rest {
 public:
  struct World {
    Directory& directory;
    Authentication& authentication;
    Passwords& passwords;
    const Clock& clock;
  };

  explicit Rest(World world, RestOptions options = {});
  ~Rest();
  Rest(const Rest&) = delete;
  Rest& operator=(const Rest&) = delete;

  void add_routes(door::Api& api);
  // Finishes the passwords that are being hashed.
  void stop();

  struct Parts;  // for users/*_rest.cc

 private:
  std::unique_ptr<Parts> parts_;
};

}  // namespace carillon::users
