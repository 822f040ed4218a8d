// Desk phones over HTTP (spec/paths/desk-phones.yaml): an account set or rotated, read with what is registered by it, removed.
//
// Rules:  admins and programs set and remove; supervisors read. A password is in the answer that made it, and nowhere else.
// Owns:   nothing; Registrar outlives the routes. Thread: add_routes() while the server is set up; handlers run on net threads and
//         never block.
// Example:
//   desk_phones::add_routes(api, {&switchboard});
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "desk_phones/desk_phones.h"
#include "door/api.h"

namespace carillon::desk_phones {

// A telephone that has registered.
struct Registration {
  std::string contact;  // URI
  std::string address;  // where it comes from
  std::string transport;
  std::string user_agent;
  Instant expires_at;
};

// Whoever takes registrations. Functions from any thread, none waits; `done` on any.
class Registrar {
 public:
  virtual ~Registrar() = default;
  virtual void set_account(const Account& account) = 0;
  virtual void remove_account(WorkspaceId workspace, WorkerId worker) = 0;
  virtual void registrations(WorkspaceId workspace, WorkerId worker,
                             std::function<void(std::vector<Registration>)> done) = 0;
  // "sip:203.0.113.7:5060;transport=udp": what telephones are told as their server.
  virtual std::vector<std::string> servers() const = 0;
};

// Null: this server has no telephony; accounts are kept all the same.
void add_routes(door::Api& api, Registrar* registrar);

}  // namespace carillon::desk_phones
