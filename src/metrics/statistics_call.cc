#include "metrics/statistics_call.h"

#include <charconv>

#include "metrics/statistics_rest.h"

namespace carillon::metrics {
namespace {

// "[a-z][a-z0-9_-]*".
bool is_unique_name(std::string_view text) {
  if (text.empty() || text.front() < 'a' || text.front() > 'z') return false;
  return std::all_of(text.begin(), text.end(),
                     [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' || c == '-'; });
}

// "5,15,30": at most ten numbers of at most six digits.
std::optional<std::vector<std::int64_t>> read_split(std::string_view text) {
  std::vector<std::int64_t> out;
  while (true) {
    const std::size_t comma = text.find(',');
    const std::string_view part = text.substr(0, comma);
    std::int64_t seconds = 0;
    const auto [end, failed] = std::from_chars(part.data(), part.data() + part.size(), seconds);
    if (part.empty() || part.size() > 6 || part.front() == '-' || failed != std::errc() ||
        end != part.data() + part.size())
      return std::nullopt;
    out.push_back(seconds);
    if (out.size() > 10) return std::nullopt;
    if (comma == std::string_view::npos) return out;
    text.remove_prefix(comma + 1);
  }
}

}  // namespace

void with_look(door::Call call, LookWish wish, AnswerFromLook answer) {
  const WorkspaceId workspace = call.workspace();
  auto held = std::make_shared<door::Call>(std::move(call));
  held->services->runtime.ask(
      workspace, [wish](const runtime::View& view) { return look(view, wish); },
      [held, answer = std::move(answer)](Result<runtime::Answer<LiveLook>> seen) {
        if (!seen) return held->fail(seen.error());
        auto found = std::make_shared<LiveLook>(std::move(seen->value));
        found->position = seen->position;
        door::with_reader(std::move(*held), [found, answer](door::Call back, store::Reader& reader) {
          auto response = answer(reader, back, *found);
          if (!response) return back.fail(response.error());
          back.answer(door::with_position(*std::move(response), found->position));
        });
      },
      runtime::Release::immediate);
}

Result<Asked> Asked::read(const http::QueryParams& params) {
  http::QueryFields query(params);
  Asked out;
  out.start = query.optional_time("start_time");
  out.end = query.optional_time("end_time");
  out.channel = query.optional_string("task_channel", 1, 64).value_or("");
  if (!out.channel.empty() && !is_unique_name(out.channel)) {
    query.fault("task_channel", ErrorCode::kInvalidValue, "this is no name of a task channel",
                "its unique_name, such as chat");
  }
  if (const auto text = query.optional_string("split_by_wait_time", 0, 100)) {
    auto split = read_split(*text);
    if (split) {
      out.split_s = *std::move(split);
    } else {
      query.fault("split_by_wait_time", ErrorCode::kInvalidValue, "these are no seconds",
                  "one to ten numbers with commas, such as 5,15,30");
    }
  }
  if (auto fine = query.finish(); !fine) return fine.error();
  return out;
}

Result<Period> Asked::period(const LiveLook& look) const {
  Period out{start.value_or(Instant{}), end.value_or(look.now)};
  if (!start) {
    auto day = schedule::day_of(look.time_zone, look.now);
    if (!day) return day.error();
    out.from = day->from;
  }
  if (out.from < out.to || (!start && !end)) return out;
  return Error(ErrorCode::kOutOfRange, "found a period from " + to_rfc3339(out.from) + " to " + to_rfc3339(out.to))
      .at(end ? "end_time" : "start_time")
      .expecting("an end_time after start_time");
}

Result<std::optional<TaskChannelId>> Asked::channel_of(const LiveLook& look) const {
  if (channel.empty()) return std::optional<TaskChannelId>();
  const auto found = look.channels.find(channel);
  if (found != look.channels.end()) return std::optional<TaskChannelId>(found->second);
  return Error(ErrorCode::kInvalidValue,
               "found no task channel called '" + channel + "'; list them with GET /api/v1/task-channels")
      .at("task_channel");
}

void add_statistics_routes(door::Api& api) {
  add_real_time_routes(api);
  add_cumulative_routes(api);
  add_today_routes(api);
}

}  // namespace carillon::metrics
