#include "workspace/testing/stand_ins.h"

#include <charconv>

namespace carillon::workspace::testing {

namespace {

constexpr std::size_t kSid = 34;
constexpr std::string_view kZeros = "000000000000000000000000000000";

template <class Rows>
std::string sid_at(const Rows& rows, std::size_t index) {
  return rows.empty() ? std::string() : rows[index % rows.size()]->sid.str();
}

std::string real_sid(std::string_view kind, std::size_t index, const State& state) {
  if (kind == "WQ") return sid_at(state.routing().task_queues(), index);
  if (kind == "WW") return sid_at(state.routing().workflows(), index);
  if (kind == "WT") return sid_at(state.routing().tasks(), index);
  if (kind == "WR") return sid_at(state.routing().reservations(), index);
  if (kind == "WK") return sid_at(state.routing().workers(), index);
  if (kind == "TC") return sid_at(state.routing().task_channels(), index);
  if (kind == "WA") return sid_at(state.presence().activities(), index);
  if (kind == "CT") return sid_at(state.conversations().contacts(), index);
  if (kind == "CH") return sid_at(state.conversations().conversations(), index);
  return {};
}

}  // namespace

std::string with_real_sids(std::string_view text, const State& state) {
  std::string out(text);
  for (std::size_t at = out.find(kZeros); at != std::string::npos; at = out.find(kZeros, at + 1)) {
    if (at < 2 || at - 2 + kSid > out.size()) continue;
    const std::size_t begin = at - 2;
    unsigned index = 0;
    const char* digits = out.data() + begin + kSid - 2;
    if (std::from_chars(digits, digits + 2, index, 16).ptr != digits + 2 || index == 0xff) continue;
    const std::string sid = real_sid(std::string_view(out).substr(begin, 2), index, state);
    if (!sid.empty()) out.replace(begin, kSid, sid), at += kSid - 3;
  }
  return out;
}

}  // namespace carillon::workspace::testing
