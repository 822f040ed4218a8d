#include "calls/core/callbacks.h"

#include <algorithm>

#include "calls/core/state.h"

namespace carillon::calls {

namespace {

bool is_number(std::string_view text) {
  if (text.starts_with('+')) text.remove_prefix(1);
  return text.size() >= kFewestDigits && text.size() <= kMostDigits &&
         std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

}  // namespace

std::string own_number(const CallRecord& call) {
  if (auto number = callable(call.from); number && is_number(*number)) return *std::move(number);
  if (!call.identity.starts_with("sip:")) return {};
  auto address = callable(call.identity);
  return address ? *std::move(address) : std::string();
}

std::string typed_number(const std::string& keys) {
  std::string number = keys.starts_with("00") ? "+" + keys.substr(2) : keys;
  return is_number(number) ? number : std::string();
}

Words offer_words(const CallbackSettings& settings) {
  if (settings.key.empty() || settings.words != Words{}) return settings.words;
  const std::string key = settings.key == "*" ? "star" : settings.key == "#" ? "pound" : settings.key;
  return {"", "To be called back without losing your place, press " + key + "."};
}

std::vector<Words> confirm_words(const std::string& number) {
  std::vector<Words> out{{"", "We will call you back."}};
  if (number.starts_with("sip:") || number.starts_with("sips:")) {
    out.push_back({"", "On the telephone that you are calling from."});
  } else {
    out.push_back({"", "On this number."});
    for (const char c : number) {
      if (c >= '0' && c <= '9') out.push_back({std::string("digits/") + c, std::string(1, c)});
    }
  }
  out.push_back({"", "To confirm, press 1. For another number, press 2. To keep waiting, press star."});
  return out;
}

Words enter_words() {
  return {
      "",
      "Please type the number on which we may call you back, then press the pound key. To keep waiting, press star."};
}
Words thanks_words() { return {"", "Thank you. You keep your place, and we call you back. Goodbye."}; }
Words waiting_on_words() { return {"", "Please stay on the line. You keep your place."}; }
Words too_late_words() {
  return {"",
          "We are sorry. Nobody could call you back before we close. Please stay on the line, you keep your place."};
}
Words not_callable_words() { return {"", "We are sorry. That number cannot be called from here."}; }
Words open_already_words() {
  return {"",
          "We are going to call that number back already. Please stay on the line, or hang up and wait for our call."};
}

Instant closes_at(const NumberRecord& number, Instant at) {
  if (number.always_open) return Instant::never();
  Instant until = at;
  for (const Opening& one : number.openings) {
    if (one.from <= until && until < one.until) until = one.until;  // those that follow without a gap, too
  }
  return until;
}

Instant opens_at(const NumberRecord& number, Instant at) {
  if (is_open(number, at)) return at;
  const auto next =
      std::find_if(number.openings.begin(), number.openings.end(), [at](const Opening& one) { return one.from > at; });
  return next == number.openings.end() ? Instant::never() : next->from;
}

}  // namespace carillon::calls
