// Api: every operation of the contract, served. A handler gets a Call whose caller, rights, rate and version header are checked.
//
// What:    on("create_task", handler) takes address, rights, scope and rate class from the contract; what no handler serves is
//          in missing(), which a test wants empty. Helpers below answer reads from rows (pool threads), live questions (brain)
//          and changes (brain or committer), all with Carillon-Position, ETag, Location and problem documents.
// Owns:    nothing; Services outlive it. Thread: set up on one thread; handlers run on net threads and must not block.
// Errors:  of a Call: problem documents through fail().
// Example:
//   api.on("create_task", [](Call call) {
//     auto body = call.body();
//     if (!body) return call.fail(body.error());
//     Fields in(*body);
//     routing::CreateTask command{.workflow_sid = in.required_sid<WorkflowId>("workflow_sid")};
//     if (auto fine = in.finish(); !fine) return call.fail(fine.error());
//     change(std::move(call), routing::Command{std::move(command)}, {.status = 201, .row = task_row, .location = "/api/v1/tasks/"});
//   });
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "door/caller.h"
#include "door/contract.h"
#include "door/pool.h"
#include "http/parse/fields.h"
#include "http/parse/query_fields.h"
#include "http/router.h"
#include "runtime/runtime.h"
#include "store/store.h"

namespace carillon::door {

// What handlers work with; all outlive the Api.
struct Services {
  runtime::Runtime& runtime;
  store::Store& store;
  Pool& pool;
  const Clock& clock;
};

// One request on its way to one answer. Move it to whoever answers.
struct Call {
  http::Request request;
  http::Reply reply;
  CallerPtr who;  // null where the contract says anyone and nobody signed in
  Services* services = nullptr;
  const Operation* operation = nullptr;
  std::optional<runtime::IdempotencyKey> key{};  // looked up and not used yet; see unless_repeated
  bool key_looked_up = false;

  const Caller& caller() const { return *who; }
  WorkspaceId workspace() const { return who ? who->workspace : WorkspaceId{}; }
  Result<boost::json::value> body() const { return request.json({}); }
  // The version of If-Match; 0 when it may be absent and is. kVersionRequired, kVersionMismatch.
  Result<std::int64_t> version() const;
  void fail(const Error& error) { reply.problem(error, request.path); }
  void answer(http::Response response) { reply(std::move(response)); }
};
using Handler = std::function<void(Call)>;

struct OnOptions {
  std::size_t max_body_bytes = 1 << 20;
  std::shared_ptr<const http::CorsPolicy> cors;
  std::function<Result<std::unique_ptr<http::BodySink>>(const http::Request&)> sink;
};

class Api {
 public:
  Api(http::Router& router, Services services, Authenticator& authenticator,
      const Contract& contract = Contract::embedded());

  void on(std::string_view operation_id, Handler handler, OnOptions options = {});
  // WebSockets and pages of the contract that are added to the router by others.
  void served_elsewhere(std::string_view operation_id);
  std::vector<std::string> missing() const;

  Services& services() { return services_; }
  const Contract& contract() const { return contract_; }
  http::Router& router() { return router_; }

 private:
  Result<void> admit(http::Request& request, const http::RouteOptions& options);

  http::Router& router_;
  Services services_;
  Authenticator& authenticator_;
  const Contract& contract_;
  std::vector<std::string> served_;
};

// Whether this caller may do this; also used for WebSockets.
Result<void> check_rights(const Operation& operation, const Caller* caller);

// A resource as it goes out.
struct Rendered {
  std::string json;
  std::int64_t version = 0;  // 0: no ETag
  std::string sid{};         // for Location, when it is not the outcome's
};
using Row = std::function<Result<Rendered>(store::Reader& reader, WorkspaceId workspace, const std::string& sid)>;
// The same from live state, on the brain: for what rows alone cannot show (a worker's capacity), and for configuration.
using LiveRow = std::function<Result<Rendered>(const runtime::View& view, const std::string& sid)>;

// Answers from rows, on a pool thread. The call may be moved out of by `answer` itself when it has more to do.
void read(Call call, std::function<Result<http::Response>(store::Reader& reader, const Call& call)> answer);
// Answers one resource by its row.
void read_one(Call call, Row row, std::string sid);
// The same with the call itself: for what needs more than one step. The work answers or hands the call on.
void with_reader(Call call, std::function<void(Call call, store::Reader& reader)> work);
// Answers from live state, on the brain; goes out once all it saw is committed (or at once).
void live(Call call, std::function<Result<http::Response>(const runtime::View& view, const Call& call)> answer,
          runtime::Release release = runtime::Release::committed);

// Answers one resource by live state.
void live_one(Call call, LiveRow row, std::string sid);

struct Answer {
  int status = 200;   // 204: no body
  Row row = nullptr;  // how the answer is read from its row; also for a repeated Idempotency-Key
  // Quicker than `row` where state has it: called on the brain with the accepted command's state. Returns false: use `row`.
  std::function<bool(const runtime::Applied& applied, Rendered& out)> live = nullptr;
  std::string location{};  // followed by the sid, for 201
  std::string sid{};       // of the resource to render, when it is not the outcome's
  std::function<void(const runtime::Applied&, runtime::Companion&)> companion = nullptr;
  // Once the change is committed and before the answer goes out, unless it repeats an earlier one: what is kept in memory
  // follows here. On the committer's thread: tiny.
  std::function<void(const runtime::Committed&)> committed = nullptr;
  LiveRow live_row = nullptr;  // in place of `row`
  // On the brain, right before the command is applied: fills it in from what is there (a PATCH), or refuses it.
  std::function<Result<void>(const runtime::View&, workspace::Command&)> prepare = nullptr;
  // The command was refused. May mend the error (the name of a field), or take the call over: true. Must not block.
  std::function<bool(Call& call, Error& error)> refused = nullptr;
};
// A name of the core's becomes the JSON pointer of the request's field: "priority" is "/priority".
Error in_body(Error error);

// The request's Idempotency-Key, where the operation takes one; `status` is the first answer's. kInvalidValue when malformed.
Result<std::optional<runtime::IdempotencyKey>> idempotency_of(const Call& call, int status);

// For a use case that must not even begin again: looks up the Idempotency-Key, answers with the first outcome when there is
// one, and else goes on with `then`, on the pool or within the call, which ends in change() with the same answer.
void unless_repeated(Call call, Answer answer, std::function<void(Call, Answer)> then);

// Hands a command to the workspace and answers when it is committed.
void change(Call call, workspace::Command command, Answer answer);
// Commits a change of records that no decision reads; sid and statements are the caller's.
void change(Call call, runtime::RecordChange record, Answer answer);

// Sets the headers every answer carries.
http::Response with_position(http::Response response, std::int64_t position);

// Cursor pages by a key column that never changes. `descending`: newest first.
class ListSql {
 public:
  // `select` is "SELECT columns FROM table"; `key` an integer column, `tie` a text column or "" when key is unique.
  ListSql(std::string select, std::string key, std::string tie, bool descending);

  // "status = " -> "status = ?n"; `after` follows the value: " ESCAPE '!'".
  ListSql& where(std::string_view condition, store::Value value, std::string_view after = {});
  ListSql& where(std::string_view condition);  // without a value
  ListSql& where_in(std::string_view column, const std::vector<std::string>& words);
  // Adds a parameter and gives its name ("?3"), for conditions that need it in their midst.
  std::string bind(store::Value value);
  // Reads page_size and cursor. kCursorInvalid, kOutOfRange.
  Result<void> page(http::QueryFields& query);

  store::Sql sql() const;
  const store::Params& params() const { return params_; }
  std::size_t page_size() const { return page_size_; }

 private:
  std::string key_, tie_;
  bool descending_;
  std::string text_;
  bool first_ = true;
  store::Params params_;
  std::size_t page_size_ = 50;
  friend class PageWriter;
};

// {"items":[...],"next_cursor":...}; add() each row with its key and tie until it says false.
class PageWriter {
 public:
  explicit PageWriter(const ListSql& list) : list_(list) {}
  // Appends one item; render appends its JSON. False when the page is full (there is a next one).
  bool add(std::int64_t key, std::string_view tie, const std::function<void(std::string&)>& render);
  http::Response finish();

 private:
  const ListSql& list_;
  std::string text_ = "{\"items\":[";
  std::size_t items_ = 0;
  bool more_ = false;
  std::int64_t last_key_ = 0;
  std::string last_tie_;
};

}  // namespace carillon::door
