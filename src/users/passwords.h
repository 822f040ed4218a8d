// Passwords: hashing and checking as an interface, so that tests need not wait for argon2id and can count.
//
// Thread: any; takes tens of milliseconds and 19 MiB: on threads that may block, a few at a time.
// Example:
//   ArgonPasswords passwords;
//   bool fine = check_against(passwords, user ? user->password_hash : "", typed);
#pragma once

#include <mutex>
#include <string>
#include <string_view>

#include "base/result.h"

namespace carillon::users {

class Passwords {
 public:
  virtual ~Passwords() = default;
  // Errors: kTooLong, kUnavailable (no memory).
  virtual Result<std::string> hash(std::string_view password) = 0;
  virtual bool matches(std::string_view hash, std::string_view password) = 0;
};

class ArgonPasswords final : public Passwords {
 public:
  Result<std::string> hash(std::string_view password) override;
  bool matches(std::string_view hash, std::string_view password) override;
};

// Checks a password for somebody who may not exist: without a hash it is checked against one of our own, so that an
// unknown name costs what a known one does. One for all sign-ins.
class PasswordCheck {
 public:
  explicit PasswordCheck(Passwords& passwords) : passwords_(passwords) {}
  // `hash` is "" for nobody: false, after the same work.
  bool matches(std::string_view hash, std::string_view password);
  Passwords& passwords() { return passwords_; }

 private:
  const std::string& stand_in();

  Passwords& passwords_;
  std::once_flag once_;
  std::string stand_in_;
};

}  // namespace carillon::users
