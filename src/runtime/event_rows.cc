#include "runtime/event_rows.h"

#include <boost/json.hpp>
#include <charconv>

#include "base/codec.h"
#include "runtime/pack.h"

namespace carillon::runtime {
namespace {

constexpr std::size_t kRowText = 256 * 1024;
constexpr store::Sql kInsert =
    "INSERT INTO events (workspace_id, position, first_position, at, body) VALUES (?1, ?2, ?3, ?4, ?5)";
constexpr store::Sql kSince =
    "SELECT position, body FROM events WHERE workspace_id = ?1 AND position > ?2 ORDER BY position LIMIT 8";

Error not_ours() { return Error(ErrorCode::kInternal, "found an events row whose body is not ours; restore a backup"); }

// The members of an object, without its braces.
std::string members_of(const boost::json::object& object) {
  const std::string text = boost::json::serialize(object);
  return text.substr(1, text.size() - 2);
}

bool names_resource(std::string_view key) {
  return key.size() > 4 && key.substr(key.size() - 4) == "_sid" && key != "workspace_sid";
}

bool decode_event(const boost::json::object& from, std::size_t resources, PublishedEvent& to) {
  const auto* payload = from.if_contains("payload");
  if (!payload || !payload->is_object()) return false;
  boost::json::object head;
  for (const auto& [key, value] : from) {
    if (key == "payload") continue;
    head.emplace(key, value);
    if (!value.is_string()) continue;
    const std::string_view text = value.get_string();
    if (key == "type") to.type = text;
    if (key == "resource_type") to.resource_type = text;
    if (key == "resource_sid") to.resource_sid = text;
    if (names_resource(key) && std::find(to.refs.begin(), to.refs.end(), text) == to.refs.end()) {
      to.refs.emplace_back(text);
    }
  }
  to.head = members_of(head);
  for (const auto& [name, index] : payload->get_object()) {
    if (!index.is_int64() || index.get_int64() < 0 || static_cast<std::size_t>(index.get_int64()) >= resources)
      return false;
    to.payload.push_back({std::string(name), static_cast<std::int32_t>(index.get_int64()), {}});
  }
  return true;
}

// "POSITION ENTRY AT LENGTH COMMAND\n", the body, "\n".
class FrameReader {
 public:
  explicit FrameReader(std::string_view text) : left_(text) {}
  bool at_end() const { return left_.empty(); }

  bool next(PublishedEntry& entry, std::string_view& body) {
    std::int64_t length = 0;
    if (!number(entry.position) || !number(entry.entry) || !number(entry.at.us) || !number(length)) return false;
    const std::size_t line = left_.find('\n');
    if (line == std::string_view::npos || length < 0) return false;
    entry.command = left_.substr(0, line);
    left_.remove_prefix(line + 1);
    if (left_.size() <= static_cast<std::size_t>(length)) return false;
    body = left_.substr(0, static_cast<std::size_t>(length));
    left_.remove_prefix(static_cast<std::size_t>(length) + 1);
    return true;
  }

 private:
  bool number(std::int64_t& value) {
    const auto [end, failed] = std::from_chars(left_.data(), left_.data() + left_.size(), value);
    if (failed != std::errc() || end == left_.data() + left_.size() || *end != ' ') return false;
    left_.remove_prefix(static_cast<std::size_t>(end - left_.data()) + 1);
    return true;
  }
  std::string_view left_;
};

Result<void> read_row(WorkspaceId workspace, std::string_view packed, std::int64_t after, std::size_t limit,
                      std::vector<PublishedEntryPtr>& entries) {
  auto text = unpack(packed);
  if (!text) return text.error();
  for (FrameReader frames(*text); !frames.at_end() && entries.size() < limit;) {
    auto entry = std::make_shared<PublishedEntry>();
    entry->workspace = workspace;
    std::string_view body;
    if (!frames.next(*entry, body)) return not_ours();
    if (entry->position <= after) continue;
    if (auto decoded = decode_body(body, *entry); !decoded) return decoded.error();
    entries.push_back(std::move(entry));
  }
  return {};
}

}  // namespace

void EventRows::add(std::int64_t position, std::int64_t entry, Instant at, std::string_view command,
                    std::string_view body) {
  if (text_.empty()) first_ = position;
  last_ = position;
  at_ = at;
  for (const std::int64_t one : {position, entry, at.us, static_cast<std::int64_t>(body.size())}) {
    text_ += std::to_string(one), text_ += ' ';
  }
  text_ += command, text_ += '\n', text_ += body, text_ += '\n';
  if (text_.size() >= kRowText) close();
}

void EventRows::close() {
  if (text_.empty()) return;
  rows_.push_back({kInsert, store::Params::of(workspace_, last_, first_, at_, store::Value::blob(pack(text_)))});
  text_.clear();
}

void EventRows::into(std::vector<store::Statement>& out) {
  close();
  for (auto& row : rows_) out.push_back(std::move(row));
  rows_.clear();
}

Result<std::vector<PublishedEntryPtr>> read_events(store::Reader& reader, WorkspaceId workspace, std::int64_t after,
                                                   std::size_t limit) {
  std::vector<PublishedEntryPtr> entries;
  for (std::int64_t from = after;;) {
    auto rows = reader.query(kSince, {workspace, from});
    if (!rows) return rows.error();
    for (store::Row row : *rows) {
      from = row.integer(0);
      if (auto read = read_row(workspace, row.blob(1), after, limit, entries); !read) return read.error();
      if (entries.size() >= limit) return entries;
    }
    if (rows->size() < 8) return entries;
  }
}

std::string encode_body(const PublishedEntry& entry) {
  std::string events;
  std::string resources;
  std::size_t count = 0;
  const auto add_resource = [&](const std::string& text) {
    if (count) resources += ',';
    resources += text;
    return count++;
  };
  for (const std::string& text : entry.resources) add_resource(text);
  for (const PublishedEvent& event : entry.events) {
    if (!events.empty()) events += ',';
    events += '{', events += event.head, events += ",\"payload\":{";
    bool first = true;
    for (const PayloadPart& part : event.payload) {
      if (!first) events += ',';
      first = false;
      const std::size_t index = part.resource >= 0 ? static_cast<std::size_t>(part.resource) : add_resource(part.text);
      events += '"', events += part.name, events += "\":", events += std::to_string(index);
    }
    events += "}}";
  }
  std::string body;
  body.reserve(entry.common.size() + resources.size() + events.size() + 64);
  body += "{\"common\":{", body += entry.common, body += "},\"resources\":[", body += resources;
  body += "],\"events\":[", body += events, body += "]}";
  return body;
}

Result<void> decode_body(std::string_view body, PublishedEntry& entry) {
  auto parsed = parse_trusted_json(body);
  if (!parsed || !parsed->is_object()) return not_ours();
  const boost::json::object& object = parsed->get_object();
  const auto* common = object.if_contains("common");
  const auto* resources = object.if_contains("resources");
  const auto* events = object.if_contains("events");
  if (!common || !common->is_object() || !resources || !resources->is_array() || !events || !events->is_array()) {
    return not_ours();
  }
  entry.common = members_of(common->get_object());
  for (const auto& one : resources->get_array()) entry.resources.push_back(boost::json::serialize(one));
  for (const auto& one : events->get_array()) {
    if (!one.is_object()) return not_ours();
    if (!decode_event(one.get_object(), entry.resources.size(), entry.events.emplace_back())) return not_ours();
  }
  return {};
}

}  // namespace carillon::runtime
