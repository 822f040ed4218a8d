#include "http/net/shared.h"

#include <cstdio>

namespace carillon::http {
namespace {

std::string_view level_name(LogLevel level) {
  switch (level) {
    case LogLevel::kDebug:
      return "debug";
    case LogLevel::kInfo:
      return "info";
    case LogLevel::kWarning:
      return "warning";
    case LogLevel::kError:
      return "error";
  }
  return "";
}

}  // namespace

void Shared::log(const LogEvent& e) const {
  if (!wants(e.level)) return;
  if (options.log) return options.log(e);
  const auto cut = [](std::string_view s) { return static_cast<int>(std::min<std::size_t>(s.size(), 200)); };
  std::fprintf(stderr, "http %s %.*s: %.*s [%.*s %.*s %.*s %d]\n", level_name(e.level).data(), cut(e.event),
               e.event.data(), cut(e.message), e.message.data(), cut(e.remote), e.remote.data(), cut(e.method),
               e.method.data(), cut(e.path), e.path.data(), e.status);
}

std::string Shared::make_request_id() {
  static constexpr char kDigits[] = "0123456789abcdefghjkmnpqrstvwxyz";
  std::uint64_t x = next_id.fetch_add(0x9e3779b97f4a7c15ULL, std::memory_order_relaxed);
  x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9ULL;
  x = (x ^ (x >> 27)) * 0x94d049bb133111ebULL;
  x ^= x >> 31;
  std::string out(13, '0');
  for (char& c : out) c = kDigits[x & 31], x >>= 5;
  return out;
}

void Shared::left() {
  if (open.fetch_sub(1) != 1) return;
  const std::lock_guard lock(drain_mutex);
  drained.notify_all();
}

}  // namespace carillon::http
