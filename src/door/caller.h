// Caller: who is at the door, in which workspace, with which rights.
//
// What:    a user (through a sign-in), an API key, or a visitor of the widget. Authenticator turns a request's credentials
//          into one; Api checks it against the contract's x-principals and x-scope before a handler runs.
// Owns:    its values. Thread: any; immutable.
// Example:
//   if (caller.is(Role::supervisor)) ...
//   if (caller.worker && caller.worker != task.worker_sid) return forbidden;
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include <boost/describe.hpp>

#include "base/ids.h"
#include "base/result.h"
#include "base/time.h"
#include "http/request.h"
#include "runtime/events.h"

namespace carillon::door {

enum class Role : std::uint8_t { none, agent, supervisor, admin };
BOOST_DESCRIBE_ENUM(Role, none, agent, supervisor, admin)

// Rights of an API key: a set of bits.
enum class Scope : std::uint16_t {
  none = 0,
  read = 1,
  tasks = 2,
  workers = 4,
  conversations = 8,
  customers = 16,
  configure = 32,
  users = 64,
  events = 128,
};
BOOST_DESCRIBE_ENUM(Scope, none, read, tasks, workers, conversations, customers, configure, users, events)
using Scopes = std::uint16_t;

struct Caller final : http::Principal {
  enum class Kind : std::uint8_t { user, api_key, visitor };
  Kind kind = Kind::user;
  // user
  UserId user;
  SignInId sign_in;
  std::string csrf_token;
  Instant expires_at = Instant::never();
  bool instance_admin = false;
  Role role = Role::none;  // in `workspace`
  WorkerId worker;         // that this user is in `workspace`, or empty
  std::string display_name;
  // api_key
  ApiKeyId api_key;
  Scopes scopes = 0;
  // visitor
  VisitorId visitor;
  WidgetId widget;
  bool verified = false;
  // all: empty only for an instance admin or user without any workspace
  WorkspaceId workspace;

  bool is(Role least) const { return kind == Kind::user && (instance_admin || role >= least); }
  bool is_agent_only() const { return kind == Kind::user && !instance_admin && role == Role::agent; }
  // Whose phone it is: the worker's; a supervisor who is no worker has one too, named by the user's id, to listen with.
  WorkerId ears() const {
    if (worker || !is(Role::supervisor)) return worker;
    return {user.hi, user.lo};
  }
  // For rate limits and idempotency keys: the sid of what holds the credential.
  std::string key() const {
    return kind == Kind::user ? sign_in.str() : kind == Kind::api_key ? api_key.str() : visitor.str();
  }
  // Of idempotency keys: a user keeps theirs over sign-ins.
  std::string principal() const { return kind == Kind::user ? user.str() : key(); }
  runtime::Actor actor() const {
    if (kind == Kind::api_key) return {"api_key", api_key.str(), display_name};
    if (kind == Kind::visitor) return {"visitor", visitor.str(), display_name};
    if (worker) return {"worker", worker.str(), display_name};
    return {"user", user.str(), display_name};
  }
};
using CallerPtr = std::shared_ptr<const Caller>;

class Authenticator {
 public:
  virtual ~Authenticator() = default;
  // Runs on net threads and must not block. Null: the request carries no credentials. Errors: kNotSignedIn,
  // kSessionExpired, kForbidden (a workspace that is not theirs).
  virtual Result<CallerPtr> authenticate(const http::Request& request) = 0;
};

}  // namespace carillon::door
