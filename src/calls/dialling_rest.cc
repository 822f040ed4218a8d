// What may be called: destinations, emergency numbers, the do-not-call list.
#include <algorithm>
#include <tuple>

#include "calls/core/state.h"
#include "calls/do_not_call.h"
#include "calls/rest.h"
#include "door/configuration.h"
#include "door/page.h"
#include "door/words.h"
#include "runtime/json_out.h"
#include "runtime/resource_render.h"

namespace carillon::calls {
namespace {

constexpr store::Sql kIsListed = "SELECT 1 FROM do_not_call WHERE workspace_id = ?1 AND address = ?2";
constexpr store::Sql kAdd =
    "INSERT INTO do_not_call (workspace_id, address, note, created_at, created_by) VALUES (?1, ?2, ?3, ?4, ?5) "
    "ON CONFLICT (workspace_id, address) DO NOTHING";
constexpr store::Sql kRemove = "DELETE FROM do_not_call WHERE workspace_id = ?1 AND address = ?2";
constexpr std::size_t kMostAtOnce = 1'000;

// ---- destinations and emergency numbers ----

Result<door::Rendered> dialling_row(const runtime::View& view, const std::string&) {
  door::Rendered out;
  const DiallingRecord& record = view.state.calls().dialling();
  runtime::render(out.json, view.state.workspace().sid, record);
  out.version = record.version;
  return out;
}

// The first digits of a number, or a whole one.
std::string read_digits(http::Fields& in, std::string_view name) {
  std::string text = in.required_string(name, 1, 32);
  const std::string_view digits = std::string_view(text).substr(text.starts_with('+') ? 1 : 0);
  const bool fine =
      !digits.empty() && std::all_of(digits.begin(), digits.end(), [](char c) { return c >= '0' && c <= '9'; });
  if (in.ok() && !fine) in.fault(name, ErrorCode::kInvalidValue, "found '" + text + "'", "digits, such as +49900");
  return text;
}

std::optional<std::vector<DestinationRule>> read_destinations(http::Fields& in) {
  auto list = in.optional_list("destinations", 0, 1'000);
  if (!list) return std::nullopt;
  std::vector<DestinationRule> out;
  for (http::Fields& one : *list) {
    DestinationRule rule{.prefix = read_digits(one, "prefix")};
    rule.needs = door::optional_word<DiallingRight>(one, "needs").value_or(DiallingRight::agent);
    rule.per_hour = one.optional_int("per_hour", 0, 1'000'000).value_or(0);
    out.push_back(std::move(rule));
  }
  return out;
}

std::optional<std::vector<EmergencyNumber>> read_emergency(http::Fields& in) {
  auto list = in.optional_list("emergency", 0, 100);
  if (!list) return std::nullopt;
  std::vector<EmergencyNumber> out;
  for (http::Fields& one : *list) {
    EmergencyNumber number{.address = read_digits(one, "address")};
    number.trunk = one.nullable_string("trunk", 0, 64).value.value_or("");
    number.caller_id = one.nullable_string("caller_id", 0, 256).value.value_or("");
    number.location = one.nullable_string("location", 0, 1'000).value.value_or("");
    out.push_back(std::move(number));
  }
  return out;
}

void update_dialling(door::Call call) {
  auto body = door::patch_body(call);
  if (!body) return call.fail(body.error());
  http::Fields in(*body);
  const auto destinations = read_destinations(in);
  const auto emergency = read_emergency(in);
  if (auto fine = in.finish(); !fine) return call.fail(fine.error());
  door::Answer answer{.sid = call.workspace().str(), .live_row = dialling_row};
  answer.prepare = [=, version = call.version()](const runtime::View& view,
                                                 workspace::Command& command) -> Result<void> {
    DiallingRecord record = view.state.calls().dialling();
    if (auto fine = door::check_version(version, record.version); !fine) return fine;
    if (destinations) record.destinations = *destinations;
    if (emergency) record.emergency = *emergency;
    command = Command{PutDialling{std::move(record)}};
    return {};
  };
  door::change(std::move(call), workspace::Tick{}, std::move(answer));
}

// An agent may not read how numbers are set up; from which they may call they must know.
Result<http::Response> choices(const runtime::View& view, const door::Call&) {
  auto numbers = view.state.calls().numbers();
  std::sort(numbers.begin(), numbers.end(), [](const NumberRecord* a, const NumberRecord* b) {
    return std::tie(a->friendly_name, a->seq) < std::tie(b->friendly_name, b->seq);
  });
  std::string out;
  runtime::JsonOut json(out);
  json.key("numbers");
  out += '[';
  for (const NumberRecord* number : numbers) {
    if (out.back() != '[') out += ',';
    runtime::JsonOut one(out);
    one.id("sid", number->sid).text("friendly_name", number->friendly_name).text("address", number->address);
    one.end();
  }
  out += ']';
  std::vector<std::string> emergency;
  for (const EmergencyNumber& one : view.state.calls().dialling().emergency) emergency.push_back(one.address);
  json.key("emergency");
  codec::append(out, emergency);
  json.end();
  return http::Response::json_text(200, std::move(out));
}

// ---- the do-not-call list ----

std::vector<std::string> read_addresses(http::Fields& in) {
  auto given = in.optional_strings("addresses", 1, kMostAtOnce, {.min = 1, .max = 256});
  if (!given) {
    in.fault("addresses", ErrorCode::kMissingField, "found no addresses", "1 to 1000 numbers or SIP addresses");
    return {};
  }
  for (std::string& one : *given) {
    auto address = callable(one);
    if (address) {
      one = *std::move(address);
    } else {
      in.fault("addresses", address.error().code, address.error().message, "a number, or sip:user@host");
    }
  }
  return *std::move(given);
}

Result<door::Rendered> count_row(store::Reader&, WorkspaceId, const std::string& count) {
  return door::Rendered{.json = "{\"addresses\":" + count + "}"};
}

void change_list(door::Call call, bool add) {
  auto body = call.body();
  if (!body) return call.fail(body.error());
  http::Fields in(*body);
  const auto addresses = read_addresses(in);
  const std::string note = add ? in.nullable_string("note", 0, 256).value.value_or("") : std::string();
  if (auto fine = in.finish(); !fine) return call.fail(fine.error());
  runtime::RecordChange record;
  record.workspace = call.workspace();
  record.sid = std::to_string(addresses.size());
  const Instant now = call.services->clock.now();
  for (const std::string& address : addresses) {
    if (add) {
      record.change.run(kAdd, call.workspace(), address, note, now, call.caller().actor().sid);
    } else {
      record.change.run(kRemove, call.workspace(), address);
    }
  }
  door::change(std::move(call), std::move(record), {.row = count_row});
}

void list_do_not_call(door::Call call) {
  http::QueryFields query(call.request.query);
  door::ListSql list("SELECT address, note, created_at, created_by FROM do_not_call", "created_at", "address", true);
  list.where("workspace_id = ", call.workspace());
  if (const auto address = query.optional_string("address", 1, 256)) {
    auto one = callable(*address);
    list.where("address = ", one ? *one : *address);
  }
  if (auto fine = list.page(query); !fine) return call.fail(fine.error());
  if (auto fine = query.finish(); !fine) return call.fail(fine.error());
  door::answer_page(
      std::move(call), std::move(list),
      [](const store::Row& row) { return std::pair(row.integer(2), std::string(row.str(0))); },
      [](std::string& out, const door::Call&, const store::Row& row) {
        runtime::JsonOut json(out);
        json.text("address", row.str(0)).text_or_null("note", row.str(1)).time("created_at", row.instant(2));
        json.text_or_null("created_by", row.str(3));
        json.end();
      });
}

}  // namespace

Result<bool> is_listed(store::Reader& reader, WorkspaceId workspace, const std::string& address) {
  auto rows = reader.query(kIsListed, {workspace, address});
  if (!rows) return rows.error();
  return !rows->empty();
}

void add_dialling_routes(door::Api& api) {
  api.on("get_dialling", [](door::Call call) { door::live_one(std::move(call), dialling_row, ""); });
  api.on("update_dialling", update_dialling);
  api.on("get_dialling_choices", [](door::Call call) { door::live(std::move(call), choices); });
  api.on("list_do_not_call", list_do_not_call);
  api.on("add_do_not_call", [](door::Call call) { change_list(std::move(call), true); });
  api.on("remove_do_not_call", [](door::Call call) { change_list(std::move(call), false); });
}

}  // namespace carillon::calls
