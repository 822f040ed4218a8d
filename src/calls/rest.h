// Calls over HTTP: numbers, calls, and what is done with a live call (spec/paths/numbers.yaml, calls.yaml).
//
// Rules:  an agent sees calls whose task was ever put before them, and commands those they are in: others are not_found. What has
//         ended is answered from rows: a command on it is state_forbids, and not_found is what never was.
// Owns:   nothing; `phones` outlives the routes. Null: this server has no telephony, and sending digits is unavailable.
// Thread: add_routes() while the server is set up; handlers run on net threads and never block.
// Example:
//   calls::add_routes(api, &switchboard);
#pragma once

#include "calls/phones.h"
#include "door/api.h"

namespace carillon::calls {

void add_number_routes(door::Api& api);
void add_call_routes(door::Api& api);
void add_dial_routes(door::Api& api);
void add_dialling_routes(door::Api& api);
void add_call_command_routes(door::Api& api, Phones* phones);
void add_callback_routes(door::Api& api);
void add_secret_digits_routes(door::Api& api, Phones* phones);

// All of them.
void add_routes(door::Api& api, Phones* phones);

}  // namespace carillon::calls
