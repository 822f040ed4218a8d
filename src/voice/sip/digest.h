// Digest authentication, both sides (RFC 3261 section 22, RFC 7616, RFC 8760): MD5 and SHA-256, qop auth.
//
// What:   a client answers the strongest challenge it can; a server makes nonces that it needs not remember until they are
//         used, and then only their counts.
// Why:    the server's nonce carries its time and a seal, so a flood of strangers costs no memory.
// Owns:   DigestServer: the seal's key, the counts of the nonces in use (at most kMostNonces, the oldest go first).
// Errors: check() says what was wrong; kStale asks again without blaming anybody.
// Thread: one at a time.
// Example:
//   const auto verdict = digest.check(now, field, "REGISTER", uri, find_account);
#pragma once

#include <deque>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/time.h"
#include "voice/sip/entropy.h"
#include "voice/sip/hashes.h"
#include "voice/sip/settings.h"

namespace carillon::voice::sip {

enum class Algorithm : std::uint8_t { kMd5, kSha256 };

struct Challenge {
  Algorithm algorithm = Algorithm::kMd5;
  std::string realm, nonce, opaque;
  bool has_opaque = false;
  bool auth = false;  // qop has auth
  bool stale = false;
};

// Parameters of an Authorization or WWW-Authenticate value, unquoted. Nothing when the scheme is not Digest.
struct DigestFields {
  std::vector<std::pair<std::string, std::string>> params;  // names in lower case
  std::string_view get(std::string_view name) const;
  bool has(std::string_view name) const;
};
std::optional<DigestFields> read_digest(std::string_view value);
// Nothing when the algorithm or qop is none of ours.
std::optional<Challenge> read_challenge(std::string_view value);

std::string digest_hash(const Hashes& hashes, Algorithm algorithm, std::string_view text);  // lower-case hex

struct Credentials {
  std::string_view user, password;
};
// The value of an Authorization field. `count` is how often this nonce was used, from 1.
std::string answer_challenge(const Hashes& hashes, const Challenge& challenge, const Credentials& credentials,
                             std::string_view method, std::string_view uri, std::uint32_t count,
                             std::string_view cnonce);

class DigestServer {
 public:
  static constexpr std::size_t kMostNonces = 20000;
  enum class Verdict : std::uint8_t { kGood, kMissing, kStale, kWrong };
  struct Outcome {
    Verdict verdict = Verdict::kMissing;
    std::string account;  // kGood: its id
  };

  DigestServer(const Hashes& hashes, Entropy& entropy, std::string realm, bool sha256 = true)
      : hashes_(hashes),
        entropy_(entropy),
        realm_(std::move(realm)),
        sha256_(sha256),
        counts_(16, KeyedHash{entropy.seed()}) {}

  // Whole field lines, SHA-256 first (RFC 8760 section 2.4). `name` is WWW-Authenticate or Proxy-Authenticate.
  std::string challenge(Instant now, std::string_view name, bool stale);

  // `find(user)` gives const Account*, nullptr when there is none.
  template <class Find>
  Outcome check(Instant now, std::string_view field, std::string_view method, std::string_view uri, Find find) {
    const auto fields = read_digest(field);
    if (!fields) return {};
    const Account* account = find(fields->get("username"));
    return check_fields(now, *fields, method, uri, account);
  }

 private:
  Outcome check_fields(Instant now, const DigestFields& fields, std::string_view method, std::string_view uri,
                       const Account* account);
  std::string seal(std::string_view text) const;
  bool fresh(Instant now, std::string_view nonce) const;
  bool counted(std::string_view nonce, std::uint64_t count);

  const Hashes& hashes_;
  Entropy& entropy_;
  std::string realm_;
  bool sha256_;
  struct Seen {
    std::uint64_t highest = 0;
    std::uint64_t window = 0;  // bit i: highest - i was used
  };
  std::unordered_map<std::string, Seen, KeyedHash> counts_;
  std::deque<std::string> order_;
};

}  // namespace carillon::voice::sip
