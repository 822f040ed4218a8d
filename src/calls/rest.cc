#include "calls/rest.h"

namespace carillon::calls {

void add_routes(door::Api& api, Phones* phones) {
  add_number_routes(api);
  add_call_routes(api);
  add_dial_routes(api);
  add_dialling_routes(api);
  add_call_command_routes(api, phones);
  add_callback_routes(api);
  add_secret_digits_routes(api, phones);
}

}  // namespace carillon::calls
