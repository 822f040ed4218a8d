// The JSON of people as the contract has it (spec/schemas/users.yaml, session.yaml), from what Directory holds.
//
// Why:    Directory holds exactly what is committed, so an answer rendered from it is an answer from rows.
// Thread: any.
// Example:
//   std::string json;
//   render(json, *user);
#pragma once

#include <string>

#include "door/caller.h"
#include "users/directory.h"

namespace carillon::users {

void render(std::string& out, const User& user);
// False when user or workspace are unknown.
bool render(std::string& out, const Directory& directory, const Membership& membership);
void render(std::string& out, const LiveApiKey& key);
void render(std::string& out, const ApiKey& key, Instant last_used_at);

// spec's Me. `workspace` and `worker` are JSON or "" for null.
void render_me(std::string& out, const Directory& directory, const door::Caller& caller, std::string_view workspace,
               std::string_view worker);
// The enumerators of the set, as JSON.
std::string scopes_json(Scopes scopes);

}  // namespace carillon::users
