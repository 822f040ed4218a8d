// Configuration: list, read, make, change under a version and remove, alike for everything an admin configures that lives
// in the workspace's state.
//
// What:    add_configuration<Kind>(api) serves list_, get_, create_, update_ and delete_ of the contract. Answers come from
//          live state; a change is made from what is there on the brain, so that reading and changing are one step.
// Kind:    using Record, using IdType;
//          kOne ("task_queue"), kMany ("task_queues"), kPlace ("/api/v1/task-queues/"), kTitle ("task queue");
//          find(state, sid), all(state), name(record), render(out, state, record);
//          parse(Fields&, is_new) -> Edit: makes the command from the record as it is (new: a default one);
//          remove(sid, version) -> command.
// Errors:  those of the contract, in its order: query, body, existence, version, what the core says.
// Thread:  set up on one thread; handlers on net threads.
#pragma once

#include "door/api.h"
#include "door/name_page.h"

namespace carillon::door {

template <class Record>
using Edit = std::function<Result<workspace::Command>(const runtime::View& view, Record record)>;

// The body as a PATCH: an object that names something.
inline Result<boost::json::value> patch_body(const Call& call) {
  auto body = call.body();
  if (body && body->is_object() && body->get_object().empty()) {
    return Error(ErrorCode::kMissingField, "found nothing to change in the body; name at least one field");
  }
  return body;
}

// The version of If-Match against the one there is; judged after existence.
inline Result<void> check_version(const Result<std::int64_t>& wanted, std::int64_t present) {
  if (!wanted) return wanted.error();
  if (*wanted == 0 || *wanted == present) return {};
  return Error(ErrorCode::kVersionMismatch, "found version " + std::to_string(present) + ", you changed version " +
                                                std::to_string(*wanted) + "; read it again and repeat the change")
      .at("If-Match");
}

inline Error no_such(std::string_view title, std::string_view sid) {
  return Error(ErrorCode::kNotFound, "found no " + std::string(title) + " " + std::string(sid)).at("sid");
}

template <class Kind>
LiveRow configuration_row() {
  return [](const runtime::View& view, const std::string& sid) -> Result<Rendered> {
    const auto id = Kind::IdType::parse(sid);
    const auto* record = id ? Kind::find(view.state, *id) : nullptr;
    if (!record) return no_such(Kind::kTitle, sid);
    Rendered out;
    Kind::render(out.json, view.state, *record);
    out.version = record->version;
    return out;
  };
}

template <class Kind>
void add_configuration_reads(Api& api) {
  api.on(std::string("list_") + Kind::kMany, [](Call call) {
    http::QueryFields query(call.request.query);
    NamePage page;
    if (auto fine = page.read(query); !fine) return call.fail(fine.error());
    if (auto fine = query.finish(); !fine) return call.fail(fine.error());
    live(std::move(call), [page](const runtime::View& view, const Call&) -> Result<http::Response> {
      return page.write(Kind::all(view.state), Kind::name, [&](std::string& out, const typename Kind::Record& record) {
        Kind::render(out, view.state, record);
      });
    });
  });
  api.on(std::string("get_") + Kind::kOne, [](Call call) {
    auto sid = call.request.sid<typename Kind::IdType>("sid");
    if (!sid) return call.fail(sid.error());
    live_one(std::move(call), configuration_row<Kind>(), sid->str());
  });
}

template <class Kind>
void add_configuration_changes(Api& api) {
  using Record = typename Kind::Record;
  api.on(std::string("create_") + Kind::kOne, [](Call call) {
    auto body = call.body();
    if (!body) return call.fail(body.error());
    http::Fields in(*body);
    Edit<Record> edit = Kind::parse(in, true);
    if (auto fine = in.finish(); !fine) return call.fail(fine.error());
    Answer answer{.status = 201, .location = Kind::kPlace, .live_row = configuration_row<Kind>()};
    answer.prepare = [edit = std::move(edit)](const runtime::View& view, workspace::Command& command) -> Result<void> {
      auto made = edit(view, Record{});
      if (!made) return made.error();
      command = *std::move(made);
      return {};
    };
    change(std::move(call), workspace::Tick{}, std::move(answer));
  });
  api.on(std::string("update_") + Kind::kOne, [](Call call) {
    auto sid = call.request.sid<typename Kind::IdType>("sid");
    if (!sid) return call.fail(sid.error());
    auto body = patch_body(call);
    if (!body) return call.fail(body.error());
    http::Fields in(*body);
    Edit<Record> edit = Kind::parse(in, false);
    if (auto fine = in.finish(); !fine) return call.fail(fine.error());
    Answer answer{.sid = sid->str(), .live_row = configuration_row<Kind>()};
    answer.prepare = [edit = std::move(edit), id = *sid, version = call.version()](
                         const runtime::View& view, workspace::Command& command) -> Result<void> {
      const Record* present = Kind::find(view.state, id);
      if (!present) return no_such(Kind::kTitle, id.str());
      if (auto fine = check_version(version, present->version); !fine) return fine;
      auto made = edit(view, *present);
      if (!made) return made.error();
      command = *std::move(made);
      return {};
    };
    change(std::move(call), workspace::Tick{}, std::move(answer));
  });
}

template <class Kind>
void add_configuration_removal(Api& api) {
  using Record = typename Kind::Record;
  api.on(std::string("delete_") + Kind::kOne, [](Call call) {
    auto sid = call.request.sid<typename Kind::IdType>("sid");
    if (!sid) return call.fail(sid.error());
    Answer answer{.status = 204, .sid = sid->str(), .live_row = configuration_row<Kind>()};
    answer.prepare = [id = *sid, version = call.version()](const runtime::View& view,
                                                           workspace::Command& command) -> Result<void> {
      const Record* present = Kind::find(view.state, id);
      if (!present) return no_such(Kind::kTitle, id.str());
      if (auto fine = check_version(version, present->version); !fine) return fine;
      command = Kind::remove(id, present->version);
      return {};
    };
    change(std::move(call), workspace::Tick{}, std::move(answer));
  });
}

template <class Kind>
void add_configuration(Api& api) {
  add_configuration_reads<Kind>(api);
  add_configuration_changes<Kind>(api);
  add_configuration_removal<Kind>(api);
}

}  // namespace carillon::door
