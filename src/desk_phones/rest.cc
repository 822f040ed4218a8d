#include "desk_phones/rest.h"

#include "base/codec.h"
#include "door/configuration.h"
#include "runtime/json_out.h"

namespace carillon::desk_phones {
namespace {

using door::Call;

Result<void> check_worker(store::Reader& reader, WorkspaceId workspace, WorkerId worker) {
  auto rows = reader.query("SELECT 1 FROM workers WHERE workspace_id = ?1 AND sid = ?2 AND deleted_at IS NULL",
                           {workspace, worker});
  if (!rows) return rows.error();
  if (rows->empty()) return door::no_such("worker", worker.str());
  return {};
}

std::string registrations_json(const std::vector<Registration>& registrations) {
  std::string out = "[";
  for (const Registration& one : registrations) {
    if (out.size() > 1) out += ',';
    runtime::JsonOut json(out);
    json.text("contact", one.contact).text("address", one.address).text("transport", one.transport);
    json.text_or_null("user_agent", one.user_agent).time("expires_at", one.expires_at);
    json.end();
  }
  return out + "]";
}

std::string render(const Account& account, const std::string& password, const Registrar* registrar,
                   const std::vector<Registration>& registrations) {
  std::string out, servers = "[";
  for (const std::string& one : registrar ? registrar->servers() : std::vector<std::string>()) {
    if (servers.size() > 1) servers += ',';
    codec::append_json_string(servers, one);
  }
  runtime::JsonOut json(out);
  json.id("worker_sid", account.worker).text_or_null("username", account.username).text_or_null("password", password);
  json.text("realm", kRealm).raw("servers", servers + "]").time("created_at", account.created_at);
  json.raw("registrations", registrations_json(registrations));
  json.end();
  return out;
}

void answer_with(std::shared_ptr<Call> call, const Account& account, const std::string& password, std::int64_t position,
                 Registrar* registrar) {
  const auto answer = [=](const std::vector<Registration>& found) {
    auto out = http::Response::json_text(200, render(account, password, registrar, found));
    call->answer(door::with_position(std::move(out).header("Cache-Control", "no-store"), position));
  };
  registrar ? registrar->registrations(account.workspace, account.worker, answer) : answer({});
}

// Finds the worker and their account, on the pool.
void with_account(Call call, std::function<void(Call, WorkerId, std::optional<Account>)> then) {
  auto sid = call.request.sid<WorkerId>("sid");
  if (!sid) return call.fail(sid.error());
  door::with_reader(std::move(call), [sid = *sid, then = std::move(then)](Call held, store::Reader& reader) {
    if (auto there = check_worker(reader, held.workspace(), sid); !there) return held.fail(there.error());
    auto found = find(reader, held.workspace(), sid);
    if (!found) return held.fail(found.error());
    then(std::move(held), sid, *std::move(found));
  });
}

void get_desk_phone(Call call, Registrar* registrar) {
  with_account(std::move(call), [registrar](Call held, WorkerId worker, const std::optional<Account>& account) {
    const std::int64_t at = held.services->runtime.events().position(held.workspace());
    Account none;
    none.workspace = held.workspace(), none.worker = worker;
    answer_with(std::make_shared<Call>(std::move(held)), account.value_or(none), "", at, registrar);
  });
}

runtime::RecordChange change_of(const Call& call, WorkerId worker, store::Change change) {
  runtime::RecordChange out;
  out.workspace = call.workspace();
  out.change = std::move(change);
  out.sid = worker.str();
  out.actor = call.caller().actor();
  return out;
}

void set_desk_phone(Call call, Registrar* registrar) {
  with_account(std::move(call), [registrar](Call held, WorkerId worker, std::optional<Account> account) {
    const Instant now = held.services->clock.now();
    const Made made = account ? rotated(*std::move(account), now) : make_account(held.workspace(), worker, now);
    auto change = change_of(held, worker, put(made.account));
    auto& runtime = held.services->runtime;
    auto waiting = std::make_shared<Call>(std::move(held));
    change.reply = [waiting, made, registrar](Result<runtime::Committed> done) {
      if (!done) return waiting->fail(done.error());
      if (registrar) registrar->set_account(made.account);
      answer_with(waiting, made.account, made.password, done->position, registrar);
    };
    runtime.commit(std::move(change));
  });
}

void delete_desk_phone(Call call, Registrar* registrar) {
  with_account(std::move(call), [registrar](Call held, WorkerId worker, const std::optional<Account>& account) {
    if (!account) return held.fail(door::no_such("desk phone of worker", worker.str()));
    auto change = change_of(held, worker, removed(held.workspace(), worker));
    auto& runtime = held.services->runtime;
    auto waiting = std::make_shared<Call>(std::move(held));
    change.reply = [waiting, worker, registrar](Result<runtime::Committed> done) {
      if (!done) return waiting->fail(done.error());
      if (registrar) registrar->remove_account(waiting->workspace(), worker);
      waiting->answer(door::with_position(http::Response::no_content(), done->position));
    };
    runtime.commit(std::move(change));
  });
}

}  // namespace

void add_routes(door::Api& api, Registrar* registrar) {
  api.on("get_desk_phone", [registrar](Call call) { get_desk_phone(std::move(call), registrar); });
  api.on("set_desk_phone", [registrar](Call call) { set_desk_phone(std::move(call), registrar); });
  api.on("delete_desk_phone", [registrar](Call call) { delete_desk_phone(std::move(call), registrar); });
}

}  // namespace carillon::desk_phones
