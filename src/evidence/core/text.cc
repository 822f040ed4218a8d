#include "evidence/core/text.h"

#include <boost/json.hpp>
#include <charconv>
#include <cmath>

#include "base/codec.h"
#include "evidence/core/redact.h"

namespace carillon::evidence {
namespace {

namespace json = boost::json;

constexpr std::int64_t kVersion = 1;

// One object or array, member by member.
class Out {
 public:
  Out(std::string& out, char end) : out_(out), end_(end) {}
  ~Out() { out_ += end_; }
  void key(std::string_view name) { next(), (((out_ += '"') += name) += "\":"); }
  void next() {
    if (!first_) out_ += ',';
    first_ = false;
  }
  void text(std::string_view name, std::string_view value) { key(name), codec::append_json_string(out_, value); }
  void text_or_null(std::string_view name, std::string_view value) {
    value.empty() ? raw(name, "null") : text(name, value);
  }
  void raw(std::string_view name, std::string_view value) { key(name), out_ += value; }
  void flag(std::string_view name, bool value) { raw(name, value ? "true" : "false"); }
  template <class Number>
  void number(std::string_view name, Number value) {
    char digits[40];
    raw(name, {digits, std::to_chars(digits, digits + sizeof digits, value).ptr});
  }
  void time(std::string_view name, Instant at) {
    key(name), out_ += '"';
    append_rfc3339(out_, at), out_ += '"';
  }

 private:
  std::string& out_;
  char end_;
  bool first_ = true;
};

struct Object : Out {
  explicit Object(std::string& out) : Out(out += '{', '}') {}
};
struct List : Out {
  explicit List(std::string& out) : Out(out += '[', ']') {}
};

double milliseconds(Duration d) { return static_cast<double>(d.us) / 1000; }

void put(std::string& out, const SipMessage& m) {
  const std::string text = without_secrets(m.text);
  Object o(out);
  o.time("at", m.at);
  o.text("direction", m.sent ? "out" : "in");
  o.text("transport", m.transport);
  o.text("ours", m.ours.text());
  o.text("theirs", m.theirs.text());
  o.text("method", method_of(text));
  const int status = status_of(text);
  status == 0 ? o.raw("status", "null") : o.number("status", status);
  o.text("summary", text.substr(0, std::min({text.find('\r'), text.find('\n'), std::size_t{200}})));
  o.text("sip_call_id", field_of(text, "Call-ID", 'i').substr(0, 256));
  o.text("cseq", field_of(text, "CSeq").substr(0, 64));
  o.flag("cut", m.cut);
  o.text("text", text);
}

void put(std::string& out, const QualitySample& q) {
  Object o(out);
  o.time("at", q.at);
  o.number("loss_in", q.loss_in), o.number("loss_out", q.loss_out);
  o.number("jitter_ms", milliseconds(q.jitter));
  q.round_trip.us == 0 ? o.raw("round_trip_ms", "null") : o.number("round_trip_ms", milliseconds(q.round_trip));
  o.number("mos", q.mos);
  o.number("packets_in", q.packets_in), o.number("packets_out", q.packets_out), o.number("lost_in", q.lost_in);
}

void put(std::string& out, const SoundChange& change) {
  Object o(out);
  o.time("at", change.at);
  o.text("what", change.what);
  o.text_or_null("detail", change.detail);
}

void put(std::string& out, const Party& party);
void put(std::string& out, const WhyThen& why);

template <class T>
void put_all(std::string& out, const std::vector<T>& items) {
  List list(out);
  for (const T& one : items) list.next(), put(out, one);
}

void put(std::string& out, const Party& party) {
  Object o(out);
  o.text("kind", party.leg ? "telephone" : "browser");
  o.text_or_null("leg_sid", party.leg ? party.leg.str() : "");
  o.text_or_null("worker_sid", party.worker ? party.worker.str() : "");
  o.key("messages"), put_all(out, party.messages);
  o.number("messages_left_out", party.messages_left_out);
  o.key("quality"), put_all(out, party.quality);
  o.key("changes"), put_all(out, party.changes);
}

void put(std::string& out, const WhyThen& why) {
  Object o(out);
  o.time("at", why.at);
  o.text("moment", why.moment);
  o.raw("why", why.json);
}

// ---- back; a missing or wrong member throws, and read_record() catches that ----

Instant time_of(const json::object& o, std::string_view name) {
  const auto at = parse_rfc3339(std::string(o.at(name).as_string()));
  if (!at) throw std::invalid_argument("time");
  return *at;
}
std::string text_of(const json::object& o, std::string_view name) {
  const json::value& value = o.at(name);
  return value.is_null() ? std::string() : std::string(value.as_string());
}
voice::Endpoint endpoint_of(const json::object& o, std::string_view name) {
  return voice::Endpoint::parse(text_of(o, name)).value_or(voice::Endpoint{});
}
// Shares, scores and milliseconds of at most a day.
constexpr double kMostOfAnything = 86'400'000;
double real_of(const json::object& o, std::string_view name) {
  const json::value& value = o.at(name);
  const double out = value.is_null() ? 0.0 : value.to_number<double>();
  if (!(std::abs(out) <= kMostOfAnything)) throw std::invalid_argument("number");
  return out;
}
Duration ms_of(const json::object& o, std::string_view name) {
  return Duration::micros(static_cast<std::int64_t>(real_of(o, name) * 1000 + 0.5));
}

SipMessage message_of(const json::object& o) {
  return {.at = time_of(o, "at"),
          .sent = text_of(o, "direction") == "out",
          .transport = text_of(o, "transport"),
          .ours = endpoint_of(o, "ours"),
          .theirs = endpoint_of(o, "theirs"),
          .text = text_of(o, "text"),
          .cut = o.at("cut").as_bool()};
}
QualitySample sample_of(const json::object& o) {
  return {.at = time_of(o, "at"),
          .loss_in = real_of(o, "loss_in"),
          .loss_out = real_of(o, "loss_out"),
          .jitter = ms_of(o, "jitter_ms"),
          .round_trip = ms_of(o, "round_trip_ms"),
          .mos = real_of(o, "mos"),
          .packets_in = o.at("packets_in").to_number<std::uint64_t>(),
          .packets_out = o.at("packets_out").to_number<std::uint64_t>(),
          .lost_in = o.at("lost_in").to_number<std::uint64_t>()};
}
Party party_of(const json::object& o) {
  Party out;
  if (const std::string leg = text_of(o, "leg_sid"); !leg.empty()) out.leg = LegId::parse(leg).value_or(LegId{});
  if (const std::string who = text_of(o, "worker_sid"); !who.empty())
    out.worker = WorkerId::parse(who).value_or(WorkerId{});
  for (const auto& one : o.at("messages").as_array()) out.messages.push_back(message_of(one.as_object()));
  out.messages_left_out = o.at("messages_left_out").to_number<std::uint64_t>();
  for (const auto& one : o.at("quality").as_array()) out.quality.push_back(sample_of(one.as_object()));
  for (const auto& one : o.at("changes").as_array()) {
    const json::object& c = one.as_object();
    out.changes.push_back({time_of(c, "at"), text_of(c, "what"), text_of(c, "detail")});
  }
  return out;
}

Record record_of(const json::object& o) {
  if (o.at("version").to_number<std::int64_t>() != kVersion) throw std::invalid_argument("version");
  Record out;
  out.workspace = WorkspaceId::parse(text_of(o, "workspace_sid")).value_or(WorkspaceId{});
  out.call = CallId::parse(text_of(o, "call_sid")).value_or(CallId{});
  out.from = time_of(o, "from"), out.until = time_of(o, "until");
  for (const auto& one : o.at("parties").as_array()) out.parties.push_back(party_of(one.as_object()));
  for (const auto& one : o.at("routing").as_array()) {
    const json::object& w = one.as_object();
    out.whys.push_back({time_of(w, "at"), text_of(w, "moment"), json::serialize(w.at("why"))});
  }
  return out;
}

}  // namespace

std::string parties_json(const Record& record) {
  std::string out;
  put_all(out, record.parties);
  return out;
}

std::string routing_json(const Record& record) {
  std::string out;
  put_all(out, record.whys);
  return out;
}

std::string write_record(const Record& record) {
  std::string out;
  {
    Object o(out);
    o.number("version", kVersion);
    o.text("workspace_sid", record.workspace.str());
    o.text("call_sid", record.call.str());
    o.time("from", record.from), o.time("until", record.until);
    o.raw("parties", parties_json(record));
    o.raw("routing", routing_json(record));
  }
  return out;
}

Result<Record> read_record(std::string_view text) {
  try {
    return record_of(json::parse(json::string_view(text.data(), text.size())).as_object());
  } catch (const std::exception& fault) {
    return Error(ErrorCode::kInvalidValue, std::string("found text that is no evidence of a call (") + fault.what() +
                                               "), expected what was written");
  }
}

}  // namespace carillon::evidence
