#include "voice/sip/digest.h"

#include "voice/sip/response.h"
#include "voice/sip/syntax.h"
#include "voice/wire/text.h"

namespace carillon::voice::sip {
namespace {

constexpr Duration kNonceTime = Duration::minutes(5);
constexpr std::size_t kMostParams = 32;

template <std::size_t N>
std::string hex(const std::array<std::uint8_t, N>& bytes) {
  std::string out;
  out.reserve(2 * N);
  for (const std::uint8_t byte : bytes) append_hex(out, byte, 2);
  return out;
}

std::string_view algorithm_name(Algorithm a) { return a == Algorithm::kMd5 ? "MD5" : "SHA-256"; }

std::optional<Algorithm> algorithm_of(std::string_view name) {
  if (name.empty() || iequals(name, "MD5")) return Algorithm::kMd5;
  if (iequals(name, "SHA-256")) return Algorithm::kSha256;
  return std::nullopt;
}

// Equal in a time that does not tell where they differ.
bool same_secret(std::string_view a, std::string_view b) {
  if (a.size() != b.size()) return false;
  unsigned differs = 0;
  for (std::size_t i = 0; i < a.size(); ++i)
    differs |= static_cast<unsigned char>(lower(a[i])) ^ static_cast<unsigned char>(b[i]);
  return differs == 0;
}

std::string response_of(const Hashes& hashes, Algorithm algorithm, std::string_view ha1, std::string_view nonce,
                        std::string_view nc, std::string_view cnonce, std::string_view qop, std::string_view method,
                        std::string_view uri) {
  const std::string ha2 = digest_hash(hashes, algorithm, std::string(method) + ':' + std::string(uri));
  std::string text(ha1);
  (text += ':') += nonce;
  if (!qop.empty()) (((((text += ':') += nc) += ':') += cnonce) += ':') += qop;
  (text += ':') += ha2;
  return digest_hash(hashes, algorithm, text);
}

}  // namespace

std::string digest_hash(const Hashes& hashes, Algorithm algorithm, std::string_view text) {
  return algorithm == Algorithm::kMd5 ? hex(hashes.md5(text)) : hex(hashes.sha256(text));
}

std::string_view DigestFields::get(std::string_view name) const {
  for (const auto& [key, value] : params) {
    if (key == name) return value;
  }
  return {};
}

bool DigestFields::has(std::string_view name) const {
  for (const auto& param : params) {
    if (param.first == name) return true;
  }
  return false;
}

std::optional<DigestFields> read_digest(std::string_view value) {
  value = trim(value);
  if (!istarts_with(value, "Digest") || value.size() < 7 || !is_space(value[6])) return std::nullopt;
  value.remove_prefix(7);
  DigestFields fields;
  while (auto piece = next_value(value)) {
    const std::string_view name = trim(take_until(*piece, '='));
    if (name.empty() || fields.params.size() == kMostParams) continue;
    fields.params.emplace_back(to_lower(name), unquote(trim(*piece)));
  }
  return fields;
}

std::optional<Challenge> read_challenge(std::string_view value) {
  const auto fields = read_digest(value);
  if (!fields) return std::nullopt;
  const auto algorithm = algorithm_of(fields->get("algorithm"));
  if (!algorithm || fields->get("nonce").empty()) return std::nullopt;
  Challenge out;
  out.algorithm = *algorithm;
  out.realm = fields->get("realm");
  out.nonce = fields->get("nonce");
  out.opaque = fields->get("opaque");
  out.has_opaque = fields->has("opaque");
  out.stale = iequals(fields->get("stale"), "true");
  if (fields->has("qop")) {
    if (!list_has(fields->get("qop"), "auth")) return std::nullopt;
    out.auth = true;
  }
  return out;
}

std::string answer_challenge(const Hashes& hashes, const Challenge& challenge, const Credentials& credentials,
                             std::string_view method, std::string_view uri, std::uint32_t count,
                             std::string_view cnonce) {
  std::string nc;
  append_hex(nc, count, 8);
  const std::string a1 =
      std::string(credentials.user) + ':' + challenge.realm + ':' + std::string(credentials.password);
  const std::string ha1 = digest_hash(hashes, challenge.algorithm, a1);
  const std::string response = response_of(hashes, challenge.algorithm, ha1, challenge.nonce, nc, cnonce,
                                           challenge.auth ? "auth" : "", method, uri);
  std::string out = "Digest username=" + quote(credentials.user) + ", realm=" + quote(challenge.realm) +
                    ", nonce=" + quote(challenge.nonce) + ", uri=" + quote(uri) + ", response=\"" + response +
                    "\", algorithm=" + std::string(algorithm_name(challenge.algorithm));
  if (challenge.auth) out += ", qop=auth, nc=" + nc + ", cnonce=" + quote(cnonce);
  if (challenge.has_opaque) out += ", opaque=" + quote(challenge.opaque);
  return out;
}

std::string DigestServer::seal(std::string_view text) const {
  const std::string key =
      std::to_string(entropy_.of("nonce key")) + std::to_string(entropy_.of("nonce key, second half"));
  return digest_hash(hashes_, Algorithm::kSha256, key + std::string(text) + key).substr(0, 16);
}

std::string DigestServer::challenge(Instant now, std::string_view name, bool stale) {
  std::string nonce;
  append_hex(nonce, static_cast<std::uint64_t>(now.us / 1'000'000), 10);
  append_hex(nonce, entropy_.next(), 16);
  nonce += seal(nonce);
  std::string out;
  for (const Algorithm algorithm : {Algorithm::kSha256, Algorithm::kMd5}) {
    if (algorithm == Algorithm::kSha256 && !sha256_) continue;
    std::string value = "Digest realm=" + quote(realm_) + ", nonce=\"" + nonce + "\", algorithm=";
    value += algorithm_name(algorithm);
    value += ", qop=\"auth\"";
    if (stale) value += ", stale=true";
    append_field(out, name, value);
  }
  return out;
}

bool DigestServer::fresh(Instant now, std::string_view nonce) const {
  if (nonce.size() != 42 || !same_secret(nonce.substr(26), seal(nonce.substr(0, 26)))) return false;
  const auto made = parse_hex(nonce.substr(0, 10));
  if (!made) return false;
  const Instant at{static_cast<std::int64_t>(*made) * 1'000'000};
  return at <= now && now - at < kNonceTime;
}

// Each count once; counts may come out of order by up to 64.
bool DigestServer::counted(std::string_view nonce, std::uint64_t count) {
  if (count == 0) return false;
  auto found = counts_.find(std::string(nonce));
  if (found == counts_.end()) {
    if (order_.size() >= kMostNonces) {
      counts_.erase(order_.front());
      order_.pop_front();
    }
    order_.emplace_back(nonce);
    found = counts_.emplace(std::string(nonce), Seen{}).first;
  }
  Seen& seen = found->second;
  if (count > seen.highest) {
    const std::uint64_t step = count - seen.highest;
    seen.window = step >= 64 ? 1 : seen.window << step | 1;
    seen.highest = count;
    return true;
  }
  const std::uint64_t back = seen.highest - count;
  if (back >= 64 || (seen.window >> back & 1) != 0) return false;
  seen.window |= std::uint64_t{1} << back;
  return true;
}

DigestServer::Outcome DigestServer::check_fields(Instant now, const DigestFields& fields, std::string_view method,
                                                 std::string_view uri, const Account* account) {
  const auto algorithm = algorithm_of(fields.get("algorithm"));
  if (!algorithm || fields.get("realm") != realm_ || fields.get("nonce").empty()) return {Verdict::kMissing, {}};
  const std::string_view nonce = fields.get("nonce");
  // Only the nonce decides about stale: who has no right password learns nothing from it.
  if (!fresh(now, nonce)) return {Verdict::kStale, {}};
  const std::string_view qop = fields.get("qop"), nc = fields.get("nc");
  if ((!qop.empty() && !iequals(qop, "auth")) || fields.get("uri").empty()) return {Verdict::kWrong, {}};
  // Proxies may rewrite the Request-URI, so theirs is hashed; but it must lead to the same user.
  const auto asked = fields.get("uri");
  if (asked.size() > 1024 || uri.empty()) return {Verdict::kWrong, {}};
  static const std::string kNobody(64, '0');
  const std::string& ha1 = account == nullptr              ? kNobody
                           : *algorithm == Algorithm::kMd5 ? account->ha1_md5
                                                           : account->ha1_sha256;
  const std::string expected =
      response_of(hashes_, *algorithm, ha1, nonce, nc, fields.get("cnonce"), qop, method, asked);
  const bool right = same_secret(fields.get("response"), expected);
  if (!right || account == nullptr || ha1.empty()) return {Verdict::kWrong, {}};
  // Without qop there is no count: the nonce serves once.
  const auto count = qop.empty() ? std::optional<std::uint64_t>(1) : parse_hex(nc);
  if (!count || !counted(nonce, *count)) return {Verdict::kStale, {}};
  return {Verdict::kGood, account->id};
}

}  // namespace carillon::voice::sip
