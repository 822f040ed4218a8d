// Goal: no token, name or password that somebody sends passes for what it is not.
// Input: a byte that chooses; then a token as it came, a claim to be signed and tampered with, or the texts of a person.
// Checks: a token passes only if it is the one that is issued for the claim it gives; one changed byte spoils it; what a rule lets pass can
//         be stored and told apart.
#include "base/check.h"
#include "base/testing/fuzz_input.h"
#include "http/parse/utf8.h"
#include "store/params_check.h"
#include "users/rules.h"
#include "users/visitor_token.h"

namespace carillon::users {
namespace {

constexpr Instant kNow{1'800'000'000'000'000};
const VisitorKeys kKeys{{{1, "an older secret", {}}, {7, "the secret of today", {}}}};

void check_token(std::string_view token) {
  const auto claim = verify_visitor_token(kKeys, token, kNow);
  if (!claim) {
    CARILLON_CHECK(claim.error().http_status() == 401 && http::is_utf8(claim.error().message));
    return;
  }
  CARILLON_CHECK(looks_like_visitor_token(token) && claim->expires_at > kNow);
  const VisitorKeys older{{kKeys.keys.front()}};
  CARILLON_CHECK(issue_visitor_token(kKeys, *claim) == token || issue_visitor_token(older, *claim) == token);
}

void check_claim(carillon::testing::FuzzInput& input) {
  VisitorClaim claim;
  claim.visitor = {static_cast<std::uint64_t>(input.number()), 1};
  claim.widget = {2, static_cast<std::uint64_t>(input.number()) | 1};
  claim.workspace = {3, 4};
  claim.verified = input.byte() & 1;
  claim.expires_at = Instant{kNow.us + static_cast<std::int64_t>(input.byte()) * 1'000'000};
  std::string token = issue_visitor_token(kKeys, claim);
  const auto back = verify_visitor_token(kKeys, token, kNow);
  CARILLON_CHECK(back.ok() == (claim.expires_at > kNow));
  if (back) CARILLON_CHECK(*back == claim);
  const std::size_t at = static_cast<std::uint64_t>(input.number()) % token.size();
  const auto bit = static_cast<char>(1 << input.byte() % 8);
  token[at] = static_cast<char>(token[at] ^ bit);
  CARILLON_CHECK(!verify_visitor_token(kKeys, token, kNow).ok());
}

void check_person(std::string_view text) {
  const auto fine = [&](const Result<void>& checked) {
    if (checked) return true;
    CARILLON_CHECK(checked.error().http_status() / 100 == 4 && http::is_utf8(checked.error().message));
    return false;
  };
  if (!http::is_utf8(text)) return;  // refused at the door
  const std::string small = folded(text);
  CARILLON_CHECK(small.size() == text.size() && folded(small) == small);
  if (fine(check_username(text, "username"))) {
    CARILLON_CHECK(!text.empty() && store::is_storable_text(text) &&
                   text.find_first_of(" \t\r\n") == std::string_view::npos);
    CARILLON_CHECK(fine(check_username(small, "username")));
  }
  if (fine(check_display_name(text, "display_name"))) CARILLON_CHECK(!text.empty() && store::is_storable_text(text));
  if (fine(check_email(text, "email")))
    CARILLON_CHECK(text.empty() || (text.size() >= 3 && store::is_storable_text(text)));
  if (fine(check_new_password(text, "password"))) CARILLON_CHECK(text.size() >= 8);
}

}  // namespace
}  // namespace carillon::users

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  carillon::testing::FuzzInput input(data, size);
  switch (input.byte() % 3) {
    case 0:
      carillon::users::check_token(input.rest());
      break;
    case 1:
      carillon::users::check_claim(input);
      break;
    default:
      carillon::users::check_person(input.rest());
  }
  return 0;
}
