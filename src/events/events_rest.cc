#include "events/events_rest.h"

#include <charconv>

#include "door/configuration.h"
#include "runtime/event_render.h"

namespace carillon::events {
namespace {

constexpr store::Sql kKept = "SELECT events_deleted_to, position FROM workspace_heads WHERE workspace_id = ?1";
// A row holds the events of several changes, under position and instant of the last.
constexpr store::Sql kFrom =
    "SELECT position, at FROM events WHERE workspace_id = ?1 AND position > ?2 ORDER BY position LIMIT 1";
constexpr std::size_t kChunk = 200;
// Records no decision reads take their instant before they take their position.
constexpr Duration kDisorder = Duration::seconds(10);

struct Wanted {
  std::optional<std::int64_t> after;
  std::vector<std::string> types, resources;
  std::optional<Instant> from, to;
  std::size_t page_size = 50;
  std::optional<std::pair<std::int64_t, std::size_t>> cursor;  // the last one shown

  bool wants(const runtime::PublishedEntry& entry, const runtime::PublishedEvent& event) const {
    if (from && entry.at < *from) return false;
    if (to && entry.at >= *to) return false;
    if (!types.empty() && std::find(types.begin(), types.end(), event.type) == types.end()) return false;
    if (resources.empty()) return true;
    return std::any_of(resources.begin(), resources.end(), [&](const std::string& sid) {
      return std::find(event.refs.begin(), event.refs.end(), sid) != event.refs.end();
    });
  }
};

// "e", position, '.', index.
std::optional<std::pair<std::int64_t, std::size_t>> read_cursor(std::string_view given) {
  const auto text = door::decode_cursor(given);
  if (!text || text->size() < 4 || text->front() != 'e') return std::nullopt;
  std::pair<std::int64_t, std::size_t> out;
  const char* end = text->data() + text->size();
  const auto [stop, failed] = std::from_chars(text->data() + 1, end, out.first);
  if (failed != std::errc() || stop == end || *stop != '.' || out.first < 0) return std::nullopt;
  const auto [last, wrong] = std::from_chars(stop + 1, end, out.second);
  if (wrong != std::errc() || last != end) return std::nullopt;
  return out;
}

Result<Wanted> read_wanted(const http::QueryParams& params) {
  http::QueryFields query(params);
  Wanted out;
  out.after = query.optional_int("after", 0, std::numeric_limits<std::int64_t>::max());
  out.types = query.strings("type", 50, 64);
  out.resources = query.strings("resource_sid", 50, 64);
  for (const std::string& type : out.types) {
    if (type.empty()) query.fault("type", ErrorCode::kOutOfRange, "this type is empty", "such as task.created");
  }
  for (const std::string& sid : out.resources) {
    if (!is_sid(sid))
      query.fault("resource_sid", ErrorCode::kInvalidValue, "this is no id", "two letters and 32 hex digits");
  }
  out.from = query.optional_time("from");
  out.to = query.optional_time("to");
  out.page_size = static_cast<std::size_t>(query.optional_int("page_size", 1, 200).value_or(50));
  const auto cursor = query.optional_string("cursor", 1, door::kLongestCursor);
  if (cursor) out.cursor = read_cursor(*cursor);
  if (cursor && !out.cursor) {
    return Error(ErrorCode::kCursorInvalid, "found a cursor that is not one of ours; use next_cursor as it came")
        .at("cursor");
  }
  if (auto fine = query.finish(); !fine) return fine.error();
  return out;
}

// What is kept of a workspace's events: after `first`, up to `last`.
struct Kept {
  std::int64_t first = 0;
  std::int64_t last = 0;
};
Result<Kept> read_kept(store::Reader& reader, WorkspaceId workspace) {
  auto rows = reader.query(kKept, {workspace});
  if (!rows) return rows.error();
  if (rows->empty()) return Error(ErrorCode::kNotFound, "found no workspace " + workspace.str());
  return Kept{(*rows)[0].integer(0), (*rows)[0].integer(1)};
}

// A position up to which everything is earlier than `at`: instants grow with positions, give or take kDisorder.
Result<std::int64_t> position_before(store::Reader& reader, WorkspaceId workspace, Kept kept, Instant at) {
  std::int64_t low = kept.first, high = kept.last;
  while (low < high) {
    const std::int64_t middle = low + (high - low) / 2;
    auto rows = reader.query(kFrom, {workspace, middle});
    if (!rows) return rows.error();
    if (!rows->empty() && (*rows)[0].instant(1) < at) {
      low = std::max(middle + 1, (*rows)[0].integer(0));
    } else {
      high = middle;
    }
  }
  return low;
}

class Page {
 public:
  explicit Page(const Wanted& wanted) : wanted_(wanted) {}

  // False when the page is full.
  bool add(const runtime::PublishedEntry& entry) {
    for (std::size_t i = 0; i < entry.events.size(); ++i) {
      if (wanted_.cursor && entry.position == wanted_.cursor->first && i <= wanted_.cursor->second) continue;
      if (!wanted_.wants(entry, entry.events[i])) continue;
      if (items_ == wanted_.page_size) return more_ = true, false;
      if (items_++) text_ += ',';
      runtime::append_event(text_, entry, entry.events[i]);
      last_ = {entry.position, i};
    }
    looked_at_ = {entry.position, std::numeric_limits<std::size_t>::max()};
    return true;
  }

  http::Response finish(bool gave_up) {
    std::string next;
    const auto& at = more_ ? last_ : looked_at_;
    if (more_ || gave_up) next = door::encode_cursor("e" + std::to_string(at.first) + "." + std::to_string(at.second));
    return door::NamePage::finish(std::move(text_), next);
  }

 private:
  const Wanted& wanted_;
  std::string text_ = "{\"items\":[";
  std::size_t items_ = 0;
  bool more_ = false;
  std::pair<std::int64_t, std::size_t> last_, looked_at_;
};

Result<http::Response> answer_page(store::Reader& reader, const door::Call& call, const Wanted& wanted) {
  const WorkspaceId workspace = call.workspace();
  const runtime::EventLog& log = call.services->runtime.events();
  auto kept = read_kept(reader, workspace);
  if (!kept) return kept.error();
  std::int64_t after = wanted.after.value_or(kept->first);
  if (wanted.from) {
    auto begin = position_before(reader, workspace, *kept, *wanted.from - kDisorder);
    if (!begin) return begin.error();
    after = std::max(after, *begin);
  }
  // The entry of the cursor may have more to show.
  if (wanted.cursor) after = std::max(after, wanted.cursor->first - 1);
  Page page(wanted);
  for (std::int64_t looked_through = 0; looked_through < kMostLookedThrough; looked_through += kChunk) {
    auto entries = log.read_since(reader, workspace, after, kChunk);
    if (!entries) return entries.error();
    for (const auto& entry : *entries) {
      if (wanted.to && entry->at >= *wanted.to + kDisorder) return page.finish(false);
      if (!page.add(*entry)) return page.finish(false);
      after = entry->position;
    }
    if (entries->size() < kChunk) return page.finish(false);
  }
  return page.finish(true);
}

void list_events(door::Call call) {
  auto wanted = read_wanted(call.request.query);
  if (!wanted) return call.fail(wanted.error());
  door::read(std::move(call), [wanted = *std::move(wanted)](store::Reader& reader, const door::Call& held) {
    return answer_page(reader, held, wanted);
  });
}

// Looks at what was committed from `from` on and is not later than `until`.
Result<std::optional<std::string>> find_event(store::Reader& reader, const door::Call& call, EventId sid, Instant from,
                                              Instant until) {
  const WorkspaceId workspace = call.workspace();
  auto kept = read_kept(reader, workspace);
  if (!kept) return kept.error();
  auto after = position_before(reader, workspace, *kept, from);
  if (!after) return after.error();
  const std::string wanted = "\"sid\":\"" + sid.str() + "\"";
  for (std::int64_t looked_through = 0; looked_through < kMostLookedThrough; looked_through += kChunk) {
    auto entries = call.services->runtime.events().read_since(reader, workspace, *after, kChunk);
    if (!entries) return entries.error();
    for (const auto& entry : *entries) {
      if (entry->at > until) return std::optional<std::string>();
      *after = entry->position;
      for (const runtime::PublishedEvent& event : entry->events) {
        if (event.head.find(wanted) == std::string::npos) continue;
        std::string body;
        runtime::append_event(body, *entry, event);
        return std::optional<std::string>(std::move(body));
      }
    }
    if (entries->size() < kChunk) break;
  }
  return std::optional<std::string>();
}

// The id says when: first that instant is looked at, then what is near it.
Result<http::Response> answer_event(store::Reader& reader, const door::Call& call, EventId sid) {
  const Instant at = runtime::time_of_event(sid);
  for (const Duration slack : {Duration{}, kDisorder}) {
    auto found = find_event(reader, call, sid, at - slack, at + slack);
    if (!found) return found.error();
    if (*found) return http::Response::json_text(200, std::move(**found));
  }
  return door::no_such("event", sid.str());
}

void get_event(door::Call call) {
  auto sid = call.request.sid<EventId>("sid");
  if (!sid) return call.fail(sid.error());
  door::read(std::move(call),
             [id = *sid](store::Reader& reader, const door::Call& held) { return answer_event(reader, held, id); });
}

}  // namespace

void add_event_routes(door::Api& api) {
  api.on("list_events", list_events);
  api.on("get_event", get_event);
}

}  // namespace carillon::events
