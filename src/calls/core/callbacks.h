// What is said to who asks to be called back, and which number that is: rules without a state.
//
// What:   the words of each step, the number somebody calls from, a number typed by keys, when a number closes and opens.
// Why:    the steps themselves are State's (callbacks.cc, asking.cc); what they say and take stands here, and is tested alone.
// Thread: any; pure.
// Limits: a typed number has 3 to 20 digits. Words are English where the number does not say its own.
// Example:
//   const std::string number = own_number(call);        // "" where it cannot be called
//   const auto words = confirm_words(number);           // "You are called back on", "4", "9", ..., "Press 1 ..."
#pragma once

#include <string>
#include <vector>

#include "calls/core/records.h"

namespace carillon::calls {

inline constexpr std::size_t kFewestDigits = 3, kMostDigits = 20;

// Where they call from, as callable() gives it; empty where that is unknown or cannot be called.
std::string own_number(const CallRecord& call);
// What was typed as it is dialled: "0049..." is "+49..."; empty where it is no number.
std::string typed_number(const std::string& keys);

Words offer_words(const CallbackSettings& settings);
std::vector<Words> confirm_words(const std::string& number);
Words enter_words();
Words thanks_words();
Words waiting_on_words();    // they keep their place
Words too_late_words();      // nobody could be reached before it closes
Words not_callable_words();  // the number may not be called
Words open_already_words();  // it is going to be called anyway

// When an open number closes; never where it is always open. When it is open next, `at` where it is open then; never where it
// never is.
Instant closes_at(const NumberRecord& number, Instant at);
Instant opens_at(const NumberRecord& number, Instant at);

}  // namespace carillon::calls
