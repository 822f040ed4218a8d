// Callbacks: asked for by programs and supervisors, listed, read, canceled.
#include <algorithm>

#include "calls/behalf.h"
#include "calls/core/state.h"
#include "calls/do_not_call.h"
#include "calls/known_customer.h"
#include "calls/rest.h"
#include "door/configuration.h"
#include "door/words.h"
#include "runtime/resource_render.h"
#include "runtime/tables.h"

namespace carillon::calls {
namespace {

Result<std::optional<CallbackRecord>> read_callback(store::Reader& reader, WorkspaceId workspace, CallbackId sid) {
  static const store::Sql kOne = store::Sql::dynamic("SELECT " + std::string(runtime::columns_of<CallbackRecord>()) +
                                                     " FROM callbacks WHERE workspace_id = ?1 AND sid = ?2");
  auto rows = reader.query(kOne, {workspace, sid});
  if (!rows) return rows.error();
  if (rows->empty()) return std::optional<CallbackRecord>();
  auto record = runtime::read_row<CallbackRecord>((*rows)[0]);
  if (!record) return record.error();
  return std::optional<CallbackRecord>(*std::move(record));
}

Result<door::Rendered> callback_row(store::Reader& reader, WorkspaceId workspace, const std::string& sid) {
  const auto id = CallbackId::parse(sid);
  if (!id) return door::no_such("callback", sid);
  auto found = read_callback(reader, workspace, *id);
  if (!found) return found.error();
  if (!*found) return door::no_such("callback", sid);
  door::Rendered out;
  runtime::render(out.json, workspace, **found);
  out.version = (*found)->version;
  return out;
}

bool render_callback(const runtime::Applied& applied, CallbackId sid, door::Rendered& out) {
  const CallbackRecord* found = applied.state.calls().callback(sid);
  if (!found) return false;
  runtime::render(out.json, applied.state.workspace().sid, *found);
  out.version = found->version;
  return true;
}

// ---- reading ----

template <class IdType>
void filter(door::ListSql& list, http::QueryFields& query, std::string_view name, std::string_view condition) {
  if (const auto sid = query.optional_sid<IdType>(name)) list.where(condition, *sid);
}

bool is_open_word(const std::string& word) { return word == "waiting" || word == "calling" || word == "paused"; }

Result<door::ListSql> read_list(const door::Call& call) {
  http::QueryFields query(call.request.query);
  door::ListSql list("SELECT " + std::string(runtime::columns_of<CallbackRecord>()) + " FROM callbacks", "created_at",
                     "sid", true);
  list.where("workspace_id = ", call.workspace());
  const auto statuses = door::words_of_query<CallbackStatus>(query, "status");
  list.where_in("status", statuses);
  // Few open ones, whatever the history: their own index finds them.
  if (!statuses.empty() && std::all_of(statuses.begin(), statuses.end(), is_open_word)) list.where("ended_at = 0");
  filter<NumberId>(list, query, "number_sid", "number_sid = ");
  filter<QueueId>(list, query, "task_queue_sid", "task_queue_sid = ");
  filter<ContactId>(list, query, "contact_sid", "contact_sid = ");
  filter<CustomerId>(list, query, "customer_sid", "customer_sid = ");
  if (const auto to = query.optional_string("to", 1, 256)) {
    auto address = callable(*to);
    list.where("\"to\" = ", address ? *address : *to);
  }
  if (const auto from = query.optional_time("created_from")) list.where("created_at >= ", *from);
  if (const auto to = query.optional_time("created_to")) list.where("created_at < ", *to);
  if (auto fine = list.page(query); !fine) return fine.error();
  if (auto fine = query.finish(); !fine) return fine.error();
  return list;
}

void list_callbacks(door::Call call) {
  auto list = read_list(call);
  if (!list) return call.fail(list.error());
  door::read(std::move(call),
             [list = *std::move(list)](store::Reader& reader, const door::Call& held) -> Result<http::Response> {
               auto rows = reader.query(list.sql(), list.params());
               if (!rows) return rows.error();
               door::PageWriter page(list);
               for (const store::Row row : *rows) {
                 auto one = runtime::read_row<CallbackRecord>(row);
                 if (!one) return one.error();
                 const bool more = page.add(one->created_at.us, one->sid.str(),
                                            [&](std::string& out) { runtime::render(out, held.workspace(), *one); });
                 if (!more) break;
               }
               return page.finish();
             });
}

void get_callback(door::Call call) {
  auto sid = call.request.sid<CallbackId>("sid");
  if (!sid) return call.fail(sid.error());
  door::read_one(std::move(call), callback_row, sid->str());
}

// ---- asking ----

RequestCallback read_wish(http::Fields& in) {
  RequestCallback wish;
  wish.to = in.required_string("to", 1, 256);
  if (in.ok()) {
    auto clean = callable(wish.to);
    if (clean) {
      wish.to = *std::move(clean);
    } else {
      in.fault("to", clean.error().code, clean.error().message, "a number such as +4930123456, or sip:user@host");
    }
  }
  wish.number_sid = in.required_sid<NumberId>("number_sid");
  wish.task_queue_sid = in.optional_sid<QueueId>("task_queue_sid").value_or(QueueId{});
  wish.mode = door::optional_word<CallbackMode>(in, "mode");
  wish.customer_sid = in.optional_sid<CustomerId>("customer_sid").value_or(CustomerId{});
  wish.name = in.optional_string("name", 0, 256).value_or("");
  wish.not_before = in.optional_time("not_before").value_or(Instant{});
  wish.not_after = in.optional_time("not_after").value_or(Instant{});
  return wish;
}

void create_callback(door::Call call) {
  auto body = call.body();
  if (!body) return call.fail(body.error());
  http::Fields in(*body);
  RequestCallback wish = read_wish(in);
  if (auto fine = in.finish(); !fine) return call.fail(fine.error());
  wish.right = right_of(call.caller());
  door::with_reader(std::move(call), [wish = std::move(wish)](door::Call held, store::Reader& reader) mutable {
    auto listed = is_listed(reader, held.workspace(), wish.to);
    if (!listed) return held.fail(listed.error());
    auto who = customer_of(reader, held.workspace(), wish.customer_sid, wish.to);
    if (!who) return held.fail(who.error());
    wish.do_not_call = *listed;
    wish.customer_sid = who->sid;
    if (wish.name.empty()) wish.name = who->name;
    door::Answer answer{.status = 201, .row = callback_row, .location = "/api/v1/callbacks/"};
    answer.live = [](const runtime::Applied& applied, door::Rendered& out) {
      const auto sid = CallbackId::parse(applied.effects.outcome->sid);
      return sid && render_callback(applied, *sid, out);
    };
    door::change(std::move(held), workspace::Command(Command{wish}), std::move(answer));
  });
}

// What has ended is answered from its row.
void refuse_ended_callback(door::Call& call, CallbackId sid) {
  door::with_reader(std::move(call), [sid](door::Call held, store::Reader& reader) {
    auto found = read_callback(reader, held.workspace(), sid);
    if (!found) return held.fail(found.error());
    if (!*found) return held.fail(door::no_such("callback", sid.str()));
    held.fail(Error(ErrorCode::kStateForbids, "callback " + sid.str() + " is " +
                                                  std::string(codec::enum_name((*found)->status)) +
                                                  "; only an open one can be canceled"));
  });
}

void cancel_callback(door::Call call) {
  auto sid = call.request.sid<CallbackId>("sid");
  if (!sid) return call.fail(sid.error());
  const bool program = call.caller().kind == door::Caller::Kind::api_key;
  const CancelCallback cancel{*sid, program ? Reason::by_api : Reason::by_supervisor};
  door::Answer answer{.row = callback_row, .sid = sid->str()};
  answer.live = [id = *sid](const runtime::Applied& applied, door::Rendered& out) {
    return render_callback(applied, id, out);
  };
  answer.refused = [id = *sid](door::Call& held, Error& error) {
    if (error.code != ErrorCode::kNotFound) return false;
    refuse_ended_callback(held, id);
    return true;
  };
  door::change(std::move(call), workspace::Command(Command{cancel}), std::move(answer));
}

}  // namespace

void add_callback_routes(door::Api& api) {
  api.on("list_callbacks", list_callbacks);
  api.on("create_callback", create_callback);
  api.on("get_callback", get_callback);
  api.on("cancel_callback", cancel_callback);
}

}  // namespace carillon::calls
