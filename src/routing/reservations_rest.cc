// Offers and assignments: read, listed, accepted, rejected, finished.
#include "door/configuration.h"
#include "door/words.h"
#include "routing/caller_rules.h"
#include "routing/dispositions.h"
#include "routing/rest.h"
#include "routing/task_view.h"
#include "runtime/tables.h"

namespace carillon::routing {
namespace {

void get_reservation(door::Call call) {
  auto sid = call.request.sid<ReservationId>("sid");
  if (!sid) return call.fail(sid.error());
  const auto only = only_of(call);
  door::read_one(
      std::move(call),
      [only, id = *sid](store::Reader& reader, WorkspaceId workspace,
                        const std::string& text) -> Result<door::Rendered> {
        if (only) {
          auto found = read_reservation(reader, workspace, id);
          if (!found) return found.error();
          if (!*found || (*found)->worker_sid != *only) return door::no_such("reservation", text);
        }
        return reservation_row(reader, workspace, text);
      },
      sid->str());
}

bool is_live_status(const std::string& word) {
  const auto status = codec::enum_from<ReservationStatus>(word);
  return status && *status <= ReservationStatus::wrapping;
}

Result<door::ListSql> read_list(const door::Call& call) {
  http::QueryFields query(call.request.query);
  door::ListSql list("SELECT " + std::string(runtime::columns_of<ReservationRecord>()) + " FROM reservations",
                     "created_at", "sid", true);
  list.where("workspace_id = ", call.workspace());
  const auto statuses = door::words_of_query<ReservationStatus>(query, "status");
  list.where_in("status", statuses);
  if (!statuses.empty() && std::all_of(statuses.begin(), statuses.end(), is_live_status)) list.where("ended_at = 0");
  if (const auto worker = query.optional_sid<WorkerId>("worker_sid")) list.where("worker_sid = ", *worker);
  if (const auto task = query.optional_sid<TaskId>("task_sid")) list.where("task_sid = ", *task);
  if (const auto only = only_of(call)) list.where("worker_sid = ", only->str());
  if (auto fine = list.page(query); !fine) return fine.error();
  if (auto fine = query.finish(); !fine) return fine.error();
  return list;
}

void list_reservations(door::Call call) {
  auto list = read_list(call);
  if (!list) return call.fail(list.error());
  door::read(std::move(call),
             [list = *std::move(list)](store::Reader& reader, const door::Call& held) -> Result<http::Response> {
               auto rows = reader.query(list.sql(), list.params());
               if (!rows) return rows.error();
               const runtime::RowNames names(reader, held.workspace());
               door::PageWriter page(list);
               for (const store::Row row : *rows) {
                 auto reservation = runtime::read_row<ReservationRecord>(row);
                 if (!reservation) return reservation.error();
                 const bool more = page.add(reservation->created_at.us, reservation->sid.str(), [&](std::string& out) {
                   runtime::render(out, names, held.workspace(), *reservation);
                 });
                 if (!more) break;
               }
               return page.finish();
             });
}

using Make = std::function<Result<Command>(const State& state, const ReservationRecord& reservation)>;

void command_reservation(door::Call call, ReservationId sid, Make make, door::Answer answer = {}) {
  const auto only = only_of(call);
  answer.row = reservation_row;
  answer.sid = sid.str();
  answer.live = [sid](const runtime::Applied& applied, door::Rendered& out) {
    return render_reservation(applied, sid, out.json, &out.version);
  };
  answer.prepare = [sid, only, make = std::move(make)](const runtime::View& view,
                                                       workspace::Command& command) -> Result<void> {
    const ReservationRecord* reservation = view.state.routing().reservation(sid);
    if (!reservation || (only && *only != reservation->worker_sid)) return door::no_such("live reservation", sid.str());
    auto made = make(view.state.routing(), *reservation);
    if (!made) return made.error();
    command = *std::move(made);
    return {};
  };
  answer.refused = [sid](door::Call& held, Error& error) {
    if (error.code != ErrorCode::kNotFound) return false;
    refuse_ended_reservation(held, sid);
    return true;
  };
  door::change(std::move(call), workspace::Tick{}, std::move(answer));
}

template <class C>
door::Handler plain() {
  return [](door::Call call) {
    auto sid = call.request.sid<ReservationId>("sid");
    if (!sid) return call.fail(sid.error());
    command_reservation(std::move(call), *sid,
                        [](const State&, const ReservationRecord& reservation) -> Result<Command> {
                          return Command{C{reservation.sid}};
                        });
  };
}

// Only a segment that was accepted can be finished: the core's CompleteTask is about the task's own reservation.
Result<Command> finish(const door::Caller& who, const ReservationRecord& reservation, const std::string& disposition) {
  if (reservation.status != ReservationStatus::accepted && reservation.status != ReservationStatus::wrapping) {
    return Error(ErrorCode::kStateForbids, "reservation " + reservation.sid.str() + " is " +
                                               std::string(codec::enum_name(reservation.status)) +
                                               "; completion is possible while accepted or wrapping");
  }
  return Command{CompleteTask{reservation.task_sid, disposition, reason_of(who, reservation.worker_sid)}};
}

void complete_reservation(door::Call call) {
  auto sid = call.request.sid<ReservationId>("sid");
  if (!sid) return call.fail(sid.error());
  auto body = call.body();
  if (!body) return call.fail(body.error());
  http::Fields in(*body);
  const auto disposition = in.optional_sid<DispositionId>("disposition_sid");
  if (auto fine = in.finish(); !fine) return call.fail(fine.error());
  const auto make = [who = call.who, text = disposition ? disposition->str() : ""](
                        const State&, const ReservationRecord& reservation) { return finish(*who, reservation, text); };
  if (!disposition) return command_reservation(std::move(call), *sid, make);
  door::with_reader(std::move(call),
                    [id = *sid, make, disposition = *disposition](door::Call held, store::Reader& reader) {
                      if (auto fine = check_disposition(reader, held.workspace(), disposition); !fine)
                        return held.fail(fine.error());
                      door::Answer answer;
                      answer.companion = [workspace = held.workspace(), disposition](const runtime::Applied&,
                                                                                     runtime::Companion& companion) {
                        companion.statements.push_back(use_disposition(workspace, disposition));
                      };
                      command_reservation(std::move(held), id, make, std::move(answer));
                    });
}

}  // namespace

void add_reservation_routes(door::Api& api) {
  api.on("get_reservation", get_reservation);
  api.on("list_reservations", list_reservations);
  api.on("accept_reservation", plain<AcceptReservation>());
  api.on("reject_reservation", plain<RejectReservation>());
  api.on("complete_reservation", complete_reservation);
}

}  // namespace carillon::routing
