// Authentication: turns a request's credentials into a Caller, without ever waiting.
//
// What:    Authorization: Bearer (an API key "ck_..." or a visitor token "cv_..."); else the cookie carillon_<sid> that the
//          header Carillon-Session names. On a WebSocket also ?session=, ?workspace= and the subprotocol carillon.token.TOKEN,
//          because a browser sets no headers there. Secrets are compared by their SHA-256.
// Workspace: of the key or token; of a user the one named by Carillon-Workspace, else the one chosen while signing in, else the
//          first by name of their memberships, for an instance admin of all.
// Owns:    nothing; what it is given outlives it. Thread: any; never blocks. Uses are noted in memory and saved every few
//          minutes through `save`.
// Errors:  kNotSignedIn (no such key, a forged token), kSessionExpired (ended, disabled, or a cookie that is none of ours),
//          kForbidden (a workspace that is not theirs). Null: no credentials.
// Example:
//   Authentication authentication(*directory, clock, [&](runtime::RecordChange c) { runtime.commit(std::move(c)); });
//   door::Api api(router, services, authentication);
#pragma once

#include <functional>

#include "base/clock.h"
#include "door/caller.h"
#include "runtime/submission.h"
#include "users/directory.h"

namespace carillon::users {

// What begins an API key's secret and tells it from a visitor's token.
inline constexpr std::string_view kApiKeyPrefix = "ck_";
// Of a WebSocket's second subprotocol, before the secret or token.
inline constexpr std::string_view kTokenProtocol = "carillon.token.";

std::string cookie_name(SignInId sid);  // "carillon_SI..."
// The token that pages send back: derived from the cookie's secret, so it is nowhere stored and ends with it.
std::string csrf_token_of(std::string_view cookie_secret);

class Authentication final : public door::Authenticator {
 public:
  using Save = std::function<void(runtime::RecordChange)>;

  Authentication(Directory& directory, const Clock& clock, Save save)
      : directory_(directory), clock_(clock), save_(std::move(save)) {}

  Result<door::CallerPtr> authenticate(const http::Request& request) override;

  // The same for a sign-in that began just now. `workspace` as in Carillon-Workspace, or "".
  Result<door::CallerPtr> by_cookie(SignInId sid, std::string_view secret, std::string_view workspace) const;

  // Whether what this caller was admitted by still counts: for streams, which outlive their first request. Not a use.
  bool still_counts(const door::Caller& caller) const;

 private:
  Result<door::CallerPtr> by_token(std::string_view token) const;
  Result<void> choose_workspace(const User& user, const SignIn& sign_in, std::string_view named,
                                door::Caller& caller) const;

  Directory& directory_;
  const Clock& clock_;
  Save save_;
};

}  // namespace carillon::users
