#include "routing/dispositions.h"

#include "door/configuration.h"
#include "routing/rest.h"
#include "runtime/json_out.h"
#include "secrets/secrets.h"

namespace carillon::routing {
namespace {

constexpr std::size_t kMostDispositions = 1000;
constexpr const char* kPlace = "/api/v1/dispositions/";
constexpr store::Sql kQueues = "SELECT sid FROM task_queues WHERE workspace_id = ?1 AND deleted_at IS NULL";

Result<door::Rendered> disposition_row(store::Reader& reader, WorkspaceId workspace, const std::string& sid) {
  const auto id = DispositionId::parse(sid);
  if (!id) return door::no_such("disposition", sid);
  auto found = read_disposition(reader, workspace, *id);
  if (!found) return found.error();
  if (!*found) return door::no_such("disposition", sid);
  door::Rendered out{.json = {}, .version = (*found)->version};
  render(out.json, workspace, **found);
  return out;
}

struct DispositionFields {
  std::optional<std::string> name;
  std::optional<std::vector<QueueId>> queues;
  std::optional<std::int64_t> rank;
  std::optional<bool> retired;

  static DispositionFields read(http::Fields& in, bool is_new) {
    DispositionFields out;
    out.name = is_new ? in.required_string("friendly_name", 1, 64) : in.optional_string("friendly_name", 1, 64);
    out.queues = in.optional_sids<QueueId>("task_queue_sids", 0, 200);
    out.rank = in.optional_int("rank", 0, 10'000);
    out.retired = in.optional_bool("retired");
    return out;
  }

  void put_into(DispositionRecord& record) const {
    if (name) record.friendly_name = *name;
    if (queues) record.task_queue_sids = *queues;
    if (rank) record.rank = *rank;
    if (retired) record.retired = *retired;
  }

  Result<void> check_queues(store::Reader& reader, WorkspaceId workspace) const {
    if (!queues || queues->empty()) return {};
    auto rows = reader.query(kQueues, {workspace});
    if (!rows) return rows.error();
    std::vector<QueueId> there;
    for (const store::Row row : *rows) there.push_back(row.id<QueueId>(0));
    for (std::size_t i = 0; i < queues->size(); ++i) {
      if (std::find(there.begin(), there.end(), (*queues)[i]) != there.end()) continue;
      return Error(ErrorCode::kInvalidValue,
                   "found no task queue " + (*queues)[i].str() + "; list them with GET /api/v1/task-queues")
          .at("/task_queue_sids/" + std::to_string(i));
    }
    return {};
  }
};

// What the rows answer, said as the contract says it.
bool mend(door::Call&, Error& error) {
  if (error.code == ErrorCode::kNameTaken) {
    error = Error(ErrorCode::kNameTaken, "another disposition has this name; choose another").at("/friendly_name");
  } else if (error.code == ErrorCode::kStoreConflict) {
    error = Error(ErrorCode::kVersionMismatch, "it has changed since you read it; read it again and repeat the change")
                .at("If-Match");
  }
  return false;
}

runtime::RecordChange change_of(const door::Call& call, DispositionId sid, store::Statement statement) {
  runtime::RecordChange out;
  out.workspace = call.workspace();
  out.sid = sid.str();
  out.change.statements.push_back(std::move(statement));
  return out;
}

void list_dispositions(door::Call call) {
  http::QueryFields query(call.request.query);
  door::NamePage page;
  if (auto fine = page.read(query); !fine) return call.fail(fine.error());
  if (auto fine = query.finish(); !fine) return call.fail(fine.error());
  door::read(std::move(call), [page](store::Reader& reader, const door::Call& held) -> Result<http::Response> {
    auto found = read_dispositions(reader, held.workspace());
    if (!found) return found.error();
    std::vector<const DispositionRecord*> all;
    for (const DispositionRecord& one : *found) all.push_back(&one);
    return page.write(
        all, [](const DispositionRecord& d) -> std::string_view { return d.friendly_name; },
        [&](std::string& out, const DispositionRecord& d) { render(out, held.workspace(), d); });
  });
}

void get_disposition(door::Call call) {
  auto sid = call.request.sid<DispositionId>("sid");
  if (!sid) return call.fail(sid.error());
  door::read_one(std::move(call), disposition_row, sid->str());
}

void create_disposition(door::Call call) {
  auto body = call.body();
  if (!body) return call.fail(body.error());
  http::Fields in(*body);
  auto fields = DispositionFields::read(in, true);
  if (auto fine = in.finish(); !fine) return call.fail(fine.error());
  door::with_reader(std::move(call), [fields = std::move(fields)](door::Call held, store::Reader& reader) {
    if (auto fine = fields.check_queues(reader, held.workspace()); !fine) return held.fail(fine.error());
    auto there = read_dispositions(reader, held.workspace());
    if (!there) return held.fail(there.error());
    if (there->size() >= kMostDispositions) {
      return held.fail(
          Error(ErrorCode::kLimit, "found " + std::to_string(there->size()) + " dispositions, the most there may be"));
    }
    DispositionRecord record;
    record.sid = secrets::random_id<DispositionId>();
    fields.put_into(record);
    auto statement = insert_disposition(held.workspace(), record, held.services->clock.now());
    auto made = change_of(held, record.sid, std::move(statement));
    door::change(std::move(held), std::move(made),
                 {.status = 201, .row = disposition_row, .location = kPlace, .refused = mend});
  });
}

// Reads the row, judges existence and version, and hands both on.
void with_disposition(door::Call call, std::function<void(door::Call, store::Reader&, DispositionRecord)> then) {
  auto sid = call.request.sid<DispositionId>("sid");
  if (!sid) return call.fail(sid.error());
  door::with_reader(std::move(call), [id = *sid, then = std::move(then)](door::Call held, store::Reader& reader) {
    auto found = read_disposition(reader, held.workspace(), id);
    if (!found) return held.fail(found.error());
    if (!*found) return held.fail(door::no_such("disposition", id.str()));
    if (auto fine = door::check_version(held.version(), (*found)->version); !fine) {
      http::Response response = http::Response::problem(fine.error(), held.request.path);
      if (fine.error().code == ErrorCode::kVersionMismatch) response = std::move(response).etag((*found)->version);
      return held.answer(std::move(response));
    }
    then(std::move(held), reader, **std::move(found));
  });
}

void update_disposition_at(door::Call call) {
  auto body = door::patch_body(call);
  if (!body) return call.fail(body.error());
  http::Fields in(*body);
  auto fields = DispositionFields::read(in, false);
  if (auto fine = in.finish(); !fine) return call.fail(fine.error());
  with_disposition(std::move(call),
                   [fields = std::move(fields)](door::Call held, store::Reader& reader, DispositionRecord record) {
                     if (auto fine = fields.check_queues(reader, held.workspace()); !fine)
                       return held.fail(fine.error());
                     const std::int64_t version = record.version++;
                     fields.put_into(record);
                     auto statement = update_disposition(held.workspace(), record, version, held.services->clock.now());
                     auto changed = change_of(held, record.sid, std::move(statement));
                     door::change(std::move(held), std::move(changed),
                                  {.row = disposition_row, .sid = record.sid.str(), .refused = mend});
                   });
}

void delete_disposition_at(door::Call call) {
  with_disposition(std::move(call), [](door::Call held, store::Reader&, DispositionRecord record) {
    if (record.used) {
      return held.fail(
          Error(ErrorCode::kInUse, "tasks have this disposition; retire it instead: PATCH with \"retired\": true"));
    }
    auto statement = delete_disposition(held.workspace(), record.sid, record.version, held.services->clock.now());
    auto changed = change_of(held, record.sid, std::move(statement));
    door::change(std::move(held), std::move(changed),
                 {.status = 204, .row = disposition_row, .sid = record.sid.str(), .refused = mend});
  });
}

}  // namespace

void render(std::string& out, WorkspaceId workspace, const DispositionRecord& disposition) {
  runtime::JsonOut json(out);
  json.id("sid", disposition.sid).id("workspace_sid", workspace).number("version", disposition.version);
  json.text("friendly_name", disposition.friendly_name).ids("task_queue_sids", disposition.task_queue_sids);
  json.number("rank", disposition.rank).flag("retired", disposition.retired);
  json.end();
}

void add_disposition_routes(door::Api& api) {
  api.on("list_dispositions", list_dispositions);
  api.on("get_disposition", get_disposition);
  api.on("create_disposition", create_disposition);
  api.on("update_disposition", update_disposition_at);
  api.on("delete_disposition", delete_disposition_at);
}

}  // namespace carillon::routing
