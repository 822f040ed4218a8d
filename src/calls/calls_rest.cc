// Calls: listed and read, while they live and afterwards.
#include "calls/call_view.h"
#include "calls/rest.h"
#include "door/configuration.h"
#include "door/words.h"
#include "runtime/resource_render.h"
#include "runtime/tables.h"

namespace carillon::calls {
namespace {

bool is_live_status(const std::string& word) { return word != "ended"; }

template <class IdType>
void filter(door::ListSql& list, http::QueryFields& query, std::string_view name, std::string_view condition) {
  if (const auto sid = query.optional_sid<IdType>(name)) list.where(condition, *sid);
}

void only_of_worker(door::ListSql& list, WorkspaceId workspace, WorkerId worker) {
  const std::string in = list.bind(workspace);
  list.where(calls_of(in, list.bind(worker.str())));
}

Result<door::ListSql> read_list(const door::Call& call) {
  http::QueryFields query(call.request.query);
  door::ListSql list("SELECT " + std::string(runtime::columns_of<CallRecord>()) + " FROM calls", "created_at", "sid",
                     true);
  list.where("workspace_id = ", call.workspace());
  const auto statuses = door::words_of_query<CallStatus>(query, "status");
  list.where_in("status", statuses);
  // Few live ones, whatever the history: their own index finds them.
  if (!statuses.empty() && std::all_of(statuses.begin(), statuses.end(), is_live_status))
    list.where("status <> 'ended'");
  list.where_in("direction", door::words_of_query<Direction>(query, "direction"));
  filter<NumberId>(list, query, "number_sid", "number_sid = ");
  filter<ContactId>(list, query, "contact_sid", "contact_sid = ");
  filter<ConversationId>(list, query, "conversation_sid", "conversation_sid = ");
  filter<CustomerId>(list, query, "customer_sid", "customer_sid = ");
  if (const auto worker = query.optional_sid<WorkerId>("worker_sid")) only_of_worker(list, call.workspace(), *worker);
  if (const auto from = query.optional_string("from", 1, 256)) list.where("\"from\" = ", *from);
  if (const auto from = query.optional_time("created_from")) list.where("created_at >= ", *from);
  if (const auto to = query.optional_time("created_to")) list.where("created_at < ", *to);
  if (const auto only = only_of(call)) only_of_worker(list, call.workspace(), *only);
  if (auto fine = list.page(query); !fine) return fine.error();
  if (auto fine = query.finish(); !fine) return fine.error();
  return list;
}

void list_calls(door::Call call) {
  auto list = read_list(call);
  if (!list) return call.fail(list.error());
  door::read(std::move(call),
             [list = *std::move(list)](store::Reader& reader, const door::Call& held) -> Result<http::Response> {
               auto rows = reader.query(list.sql(), list.params());
               if (!rows) return rows.error();
               door::PageWriter page(list);
               for (const store::Row row : *rows) {
                 auto one = runtime::read_row<CallRecord>(row);
                 if (!one) return one.error();
                 const bool more = page.add(one->created_at.us, one->sid.str(), [&](std::string& out) {
                   render_one(out, held.workspace(), *one, is_agent(held));
                 });
                 if (!more) break;
               }
               return page.finish();
             });
}

void get_call(door::Call call) {
  auto sid = call.request.sid<CallId>("sid");
  if (!sid) return call.fail(sid.error());
  door::read_one(
      std::move(call),
      [only = only_of(call), id = *sid](store::Reader& reader, WorkspaceId workspace,
                                        const std::string& text) -> Result<door::Rendered> {
        if (!only) return call_row(false)(reader, workspace, text);
        auto theirs = read_call(reader, workspace, id, only);
        if (!theirs) return theirs.error();
        if (!*theirs) return door::no_such("call", text);
        return call_row(true)(reader, workspace, text);
      },
      sid->str());
}

}  // namespace

void add_call_routes(door::Api& api) {
  api.on("list_calls", list_calls);
  api.on("get_call", get_call);
}

}  // namespace carillon::calls
