#include "switchboard/trunk_rules.h"

#include <algorithm>
#include <string_view>

namespace carillon::switchboard {

namespace {

constexpr std::size_t kMostLetters = 64;

bool allows(const std::string& pattern, const std::string& number) {
  if (!pattern.ends_with('*')) return pattern == number;
  return std::string_view(number).starts_with(std::string_view(pattern).substr(0, pattern.size() - 1));
}

// The number's own where it may be shown, else the first that may.
std::string allowed(const std::vector<std::string>& list, const std::string& own) {
  const auto fits = [&](const std::string& one) { return allows(one, own); };
  if (list.empty() || std::any_of(list.begin(), list.end(), fits)) return own;
  const auto whole = std::find_if(list.begin(), list.end(), [](const std::string& one) { return !one.ends_with('*'); });
  return whole == list.end() ? std::string() : *whole;
}

}  // namespace

Shown shown_by(const TrunkRules& rules, const std::string& own, bool emergency) {
  if (emergency) return {own, false};
  if (rules.caller_id.empty()) {
    std::string user = allowed(rules.caller_ids, own);
    const bool hidden = user.empty();  // nothing may be shown
    return {std::move(user), hidden};
  }
  if (rules.caller_id == kAnonymousCaller) return {allowed(rules.caller_ids, own), true};
  return {rules.caller_id, false};
}

bool is_caller_id(const std::string& text, bool pattern) {
  std::string_view left = text;
  if (pattern && left.ends_with('*')) left.remove_suffix(1);
  return !left.empty() && left.size() <= kMostLetters &&
         left.find_first_not_of("+.-_0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ") ==
             std::string_view::npos;
}

}  // namespace carillon::switchboard
