// Legal holds over HTTP: placed, lifted, listed (spec/paths/legal-holds.yaml).
#include "door/configuration.h"
#include "door/page.h"
#include "recordings/holds.h"
#include "recordings/recordings.h"
#include "recordings/rest.h"
#include "secrets/secrets.h"

namespace carillon::recordings {
namespace {

using door::Call;

constexpr std::size_t kMaxReason = 1'000;

door::Row hold_row() {
  return [](store::Reader& reader, WorkspaceId workspace, const std::string& text) -> Result<door::Rendered> {
    const auto sid = LegalHoldId::parse(text);
    if (!sid) return door::no_such("legal hold", text);
    auto found = find_hold(reader, workspace, *sid);
    if (!found) return found.error();
    if (!*found) return door::no_such("legal hold", text);
    return door::Rendered{.json = **std::move(found)};
  };
}

runtime::RecordChange change_of(const Call& call, LegalHoldId sid, store::Change change, const char* type) {
  runtime::RecordChange out;
  out.workspace = call.workspace();
  out.change = std::move(change);
  out.sid = sid.str();
  out.actor = call.caller().actor();
  runtime::EventDraft event{
      .type = type, .resource_type = "legal-hold", .resource_sid = out.sid, .refs = {}, .payload = {}};
  event.payload.emplace_back("lifted", std::string(type) == "legal-hold.lifted" ? "true" : "false");
  out.events.push_back(std::move(event));
  return out;
}

Result<door::ListSql> read_list(const Call& call) {
  http::QueryFields query(call.request.query);
  door::ListSql list(std::string(select_holds()), "placed_at", "sid", true);
  list.where("workspace_id = ", call.workspace());
  if (const auto contact = query.optional_sid<ContactId>("contact_sid")) list.where("contact_sid = ", *contact);
  if (const auto sid = query.optional_sid<RecordingId>("recording_sid")) list.where("recording_sid = ", *sid);
  if (const auto lifted = query.optional_bool("lifted")) {
    list.where(*lifted ? "lifted_at IS NOT NULL" : "lifted_at IS NULL");
  }
  if (auto fine = list.page(query); !fine) return fine.error();
  if (auto fine = query.finish(); !fine) return fine.error();
  return list;
}

void list_legal_holds(Call call) {
  auto list = read_list(call);
  if (!list) return call.fail(list.error());
  door::answer_page(
      std::move(call), *std::move(list),
      [](const store::Row& row) { return std::pair(placed_at_of(row).us, std::string(row.str(0))); },
      [](std::string& out, const Call& held, const store::Row& row) { render_hold(out, held.workspace(), row); });
}

// What is held must be there: a slip of the pen would keep nothing.
Result<void> check_there(store::Reader& reader, WorkspaceId workspace, const NewHold& hold) {
  if (hold.recording_sid) {
    auto found = find(reader, workspace, hold.recording_sid);
    if (!found) return found.error();
    if (*found && (*found)->deleted_at.us == 0) return {};
    return Error(ErrorCode::kInvalidValue, "found no recording " + hold.recording_sid.str() + " whose sound is there")
        .at("recording_sid");
  }
  auto rows =
      reader.query("SELECT 1 FROM contacts WHERE workspace_id = ?1 AND sid = ?2", {workspace, hold.contact_sid});
  if (!rows) return rows.error();
  if (!rows->empty()) return {};
  return Error(ErrorCode::kInvalidValue, "found no contact " + hold.contact_sid.str()).at("contact_sid");
}

void create_legal_hold(Call call) {
  auto body = call.body();
  if (!body) return call.fail(body.error());
  http::Fields in(*body);
  NewHold hold;
  hold.contact_sid = in.optional_sid<ContactId>("contact_sid").value_or(ContactId{});
  hold.recording_sid = in.optional_sid<RecordingId>("recording_sid").value_or(RecordingId{});
  hold.reason = in.required_string("reason", 1, kMaxReason);
  if (hold.contact_sid.empty() == hold.recording_sid.empty()) {
    in.fault("contact_sid", ErrorCode::kInvalidValue, "found both or none",
             "exactly one of contact_sid, recording_sid");
  }
  if (auto fine = in.finish(); !fine) return call.fail(fine.error());
  door::with_reader(std::move(call), [hold](Call held, store::Reader& reader) mutable {
    if (auto there = check_there(reader, held.workspace(), hold); !there) {
      return held.fail(door::in_body(there.error()));
    }
    hold.sid = secrets::random_id<LegalHoldId>();
    const Instant now = held.services->clock.now();
    auto change =
        change_of(held, hold.sid, hold_placed(held.workspace(), hold, now, held.caller().actor()), "legal-hold.placed");
    door::change(std::move(held), std::move(change),
                 {.status = 201, .row = hold_row(), .location = "/api/v1/legal-holds/", .sid = hold.sid.str()});
  });
}

void get_legal_hold(Call call) {
  auto sid = call.request.sid<LegalHoldId>("sid");
  if (!sid) return call.fail(sid.error());
  door::read_one(std::move(call), hold_row(), sid->str());
}

void lift_legal_hold(Call call) {
  auto sid = call.request.sid<LegalHoldId>("sid");
  if (!sid) return call.fail(sid.error());
  door::with_reader(std::move(call), [id = *sid](Call held, store::Reader& reader) {
    auto found = find_hold(reader, held.workspace(), id);
    if (!found) return held.fail(found.error());
    if (!*found) return held.fail(door::no_such("legal hold", id.str()));
    const Instant now = held.services->clock.now();
    auto change =
        change_of(held, id, hold_lifted(held.workspace(), id, now, held.caller().actor()), "legal-hold.lifted");
    const auto refused = [](Call&, Error& error) {
      if (error.code == ErrorCode::kStoreConflict) {
        error = Error(ErrorCode::kStateForbids, "the legal hold is lifted already");
      }
      return false;
    };
    door::change(std::move(held), std::move(change), {.row = hold_row(), .sid = id.str(), .refused = refused});
  });
}

}  // namespace

void add_hold_routes(door::Api& api) {
  api.on("list_legal_holds", list_legal_holds);
  api.on("create_legal_hold", create_legal_hold);
  api.on("get_legal_hold", get_legal_hold);
  api.on("lift_legal_hold", lift_legal_hold);
}

}  // namespace carillon::recordings
