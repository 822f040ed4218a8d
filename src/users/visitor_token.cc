#include "users/visitor_token.h"

#include <charconv>

#include "base/check.h"
#include "secrets/secrets.h"

namespace carillon::users {
namespace {

constexpr std::string_view kPrefix = "cv_";
constexpr std::string_view kPurpose = "carillon visitor token 1\n";  // a signature for this can serve nothing else
constexpr std::size_t kSignature = 64;
constexpr std::size_t kHex = 32;

std::string sign(const VisitorKey& key, std::string_view signed_part) {
  return secrets::hmac_sha256_hex(key.secret, std::string(kPurpose) + std::string(signed_part));
}

template <class IdType>
std::string digits_of(const IdType& id) {
  CARILLON_CHECK(!id.empty());
  return id.str().substr(2);
}

// Takes 32 digits from the front.
template <class IdType>
std::optional<IdType> take_id(std::string_view& text) {
  if (text.size() < kHex) return std::nullopt;
  const auto id = IdType::parse(std::string(IdType::kPrefix) + std::string(text.substr(0, kHex)));
  text.remove_prefix(kHex);
  return id;
}

std::optional<std::int64_t> number_of(std::string_view text, int base) {
  std::int64_t out = 0;
  const auto [stop, failed] = std::from_chars(text.data(), text.data() + text.size(), out, base);
  if (failed != std::errc() || stop != text.data() + text.size() || out < 0) return std::nullopt;
  return out;
}

Error not_ours() {
  return Error(ErrorCode::kNotSignedIn, "the visitor token is not one of ours; become a visitor again")
      .at("Authorization");
}

}  // namespace

bool looks_like_visitor_token(std::string_view token) { return token.starts_with(kPrefix); }

std::string issue_visitor_token(const VisitorKeys& keys, const VisitorClaim& claim) {
  CARILLON_CHECK(!keys.keys.empty());
  const VisitorKey& key = keys.keys.back();
  char expiry[24];
  const auto end = std::to_chars(expiry, expiry + sizeof expiry, claim.expires_at.us / 1'000'000, 16).ptr;
  std::string out(kPrefix);
  out += std::to_string(key.generation) + ".";
  out += digits_of(claim.visitor) + digits_of(claim.widget) + digits_of(claim.workspace);
  out += claim.verified ? '1' : '0';
  out.append(expiry, end);
  return out + "." + sign(key, out);
}

Result<VisitorClaim> verify_visitor_token(const VisitorKeys& keys, std::string_view token, Instant now) {
  if (!looks_like_visitor_token(token) || token.size() > 256) return not_ours();
  const std::size_t last = token.rfind('.');
  const std::size_t first = token.find('.');
  if (last == std::string_view::npos || first == last || token.size() - last - 1 != kSignature) return not_ours();
  const auto generation = number_of(token.substr(kPrefix.size(), first - kPrefix.size()), 10);
  if (!generation) return not_ours();
  const VisitorKey* key = nullptr;
  for (const VisitorKey& one : keys.keys) {
    if (one.generation == *generation) key = &one;
  }
  // The signature before anything else: what is not ours is not read.
  if (!key || !secrets::equal(sign(*key, token.substr(0, last)), token.substr(last + 1))) return not_ours();
  std::string_view rest = token.substr(first + 1, last - first - 1);
  const auto visitor = take_id<VisitorId>(rest);
  const auto widget = take_id<WidgetId>(rest);
  const auto workspace = take_id<WorkspaceId>(rest);
  if (!visitor || !widget || !workspace || rest.size() < 2) return not_ours();
  const bool verified = rest[0] == '1';
  const auto expiry = number_of(rest.substr(1), 16);
  if (!expiry) return not_ours();
  const VisitorClaim claim{*visitor, *widget, *workspace, verified, Instant{*expiry * 1'000'000}};
  if (now >= claim.expires_at) {
    return Error(ErrorCode::kSessionExpired,
                 "the visitor token ended at " + to_rfc3339(claim.expires_at) + "; become a visitor again");
  }
  return claim;
}

}  // namespace carillon::users
