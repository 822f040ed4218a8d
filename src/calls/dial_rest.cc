// Calls that begin here, and who else comes into a call: dial, invite, leave, remove, transfer.
#include "calls/behalf.h"
#include "calls/call_view.h"
#include "calls/core/state.h"
#include "calls/do_not_call.h"
#include "calls/known_customer.h"
#include "calls/rest.h"
#include "door/configuration.h"
#include "door/words.h"

namespace carillon::calls {
namespace {

// Whom to call: one of an address and a colleague.
struct Callee {
  std::string address;  // as callable() gives it
  WorkerId worker;
  NumberId number;
  bool listed = false;  // must not be called

  explicit Callee(http::Fields& in)
      : address(in.optional_string("to", 1, 256).value_or("")),
        worker(in.optional_sid<WorkerId>("to_worker_sid").value_or(WorkerId{})),
        number(in.optional_sid<NumberId>("number_sid").value_or(NumberId{})) {
    if (address.empty()) return;
    auto clean = callable(address);
    if (clean) {
      address = *std::move(clean);
    } else {
      in.fault("to", clean.error().code, clean.error().message, "a number such as +4930123456, or sip:user@host");
    }
  }
  int places() const { return !address.empty() + !worker.empty(); }
};

void expect_one(http::Fields& in, int found, const char* expected) {
  if (!in.ok() || found == 1) return;
  in.fault("to", found == 0 ? ErrorCode::kMissingField : ErrorCode::kInvalidValue,
           found == 0 ? "found nobody to call" : "found several at once", expected);
}

// Looks up what the list says, then goes on with the call.
void with_list(door::Call call, Callee callee, std::function<void(door::Call, Callee, store::Reader&)> then) {
  door::with_reader(std::move(call), [callee = std::move(callee), then = std::move(then)](
                                         door::Call held, store::Reader& reader) mutable {
    if (!callee.address.empty()) {
      auto listed = is_listed(reader, held.workspace(), callee.address);
      if (!listed) return held.fail(listed.error());
      callee.listed = *listed;
    }
    then(std::move(held), std::move(callee), reader);
  });
}

// ---- dial ----

void dial_with(door::Call call, const Callee& callee, const Behalf& behalf, const KnownCustomer& customer) {
  const Dial dial{.to = callee.address,
                  .to_worker_sid = callee.worker,
                  .number_sid = callee.number,
                  .customer_sid = customer.sid,
                  .to_name = customer.name,
                  .right = right_of(call.caller()),
                  .do_not_call = callee.listed};
  const bool agent = is_agent(call);
  door::Answer answer{.status = 201, .row = call_row(agent), .location = "/api/v1/calls/"};
  answer.live = [agent](const runtime::Applied& applied, door::Rendered& out) {
    const auto sid = CallId::parse(applied.effects.outcome->sid);
    return sid && render_call(applied, *sid, agent, out);
  };
  answer.prepare = [dial, behalf](const runtime::View&, workspace::Command& command) -> Result<void> {
    auto worker = behalf.acting();
    if (!worker) return worker.error();
    Dial wish = dial;
    wish.worker_sid = *worker;
    command = Command{std::move(wish)};
    return {};
  };
  door::change(std::move(call), workspace::Tick{}, std::move(answer));
}

void create_call(door::Call call) {
  auto body = call.body();
  if (!body) return call.fail(body.error());
  http::Fields in(*body);
  Callee callee(in);
  const auto customer = in.optional_sid<CustomerId>("customer_sid").value_or(CustomerId{});
  const Behalf behalf = read_behalf(call, in);
  expect_one(in, callee.places(), "exactly one of to and to_worker_sid");
  if (auto fine = in.finish(); !fine) return call.fail(fine.error());
  with_list(std::move(call), std::move(callee),
            [behalf, customer](door::Call held, const Callee& known, store::Reader& reader) {
              auto who = customer_of(reader, held.workspace(), customer, known.address);
              if (!who) return held.fail(who.error());
              dial_with(std::move(held), known, behalf, *who);
            });
}

// ---- who else ----

void invite(door::Call call, CallId sid, const Behalf& behalf, Callee callee, Purpose purpose) {
  with_list(std::move(call), std::move(callee),
            [sid, behalf, purpose](door::Call held, const Callee& known, store::Reader&) {
              const DiallingRight right = right_of(held.caller());
              command_call(std::move(held), sid, [=](const runtime::View& view) -> Result<Command> {
                auto live = behalf.call_with_leg(view, sid);
                if (!live) return live.error();
                return Command{Invite{.call_sid = sid,
                                      .worker_sid = behalf.worker,
                                      .to_worker_sid = known.worker,
                                      .to = known.address,
                                      .number_sid = known.number,
                                      .purpose = purpose,
                                      .right = right,
                                      .do_not_call = known.listed}};
              });
            });
}

constexpr http::EnumName<Purpose> kPurposes[] = {{"consult", Purpose::consult}, {"join", Purpose::join}};

void invite_to_call(door::Call call) {
  auto sid = call.request.sid<CallId>("sid");
  if (!sid) return call.fail(sid.error());
  auto body = call.body();
  if (!body) return call.fail(body.error());
  http::Fields in(*body);
  Callee callee(in);
  const Purpose purpose = in.optional_enum("purpose", kPurposes).value_or(Purpose::consult);
  const Behalf behalf = read_behalf(call, in);
  expect_one(in, callee.places(), "exactly one of to and to_worker_sid");
  if (auto fine = in.finish(); !fine) return call.fail(fine.error());
  invite(std::move(call), *sid, behalf, std::move(callee), purpose);
}

// The task by which the worker is in the call: routing gives it away.
void transfer_task(door::Call call, CallId sid, const Behalf& behalf, QueueId queue, WorkerId worker) {
  change_call(std::move(call), sid, [=](const runtime::View& view) -> Result<workspace::Command> {
    auto live = behalf.call_with_leg(view, sid);
    if (!live) return live.error();
    if ((*live)->direction == Direction::internal) {
      return Error(ErrorCode::kStateForbids, "an internal call has no customer who could be transferred");
    }
    return workspace::Command(
        routing::Command{routing::TransferTask{.task_sid = leg_of(**live, behalf.worker)->task_sid,
                                               .task_queue_sid = queue,
                                               .worker_sid = worker,
                                               .attributes = {}}});
  });
}

void transfer_call(door::Call call) {
  auto sid = call.request.sid<CallId>("sid");
  if (!sid) return call.fail(sid.error());
  auto body = call.body();
  if (!body) return call.fail(body.error());
  http::Fields in(*body);
  Callee callee(in);
  const auto queue = in.optional_sid<QueueId>("task_queue_sid").value_or(QueueId{});
  const Behalf behalf = read_behalf(call, in);
  expect_one(in, callee.places() + !queue.empty(), "exactly one of task_queue_sid, to_worker_sid and to");
  if (auto fine = in.finish(); !fine) return call.fail(fine.error());
  if (!callee.address.empty()) return invite(std::move(call), *sid, behalf, std::move(callee), Purpose::transfer);
  transfer_task(std::move(call), *sid, behalf, queue, callee.worker);
}

void remove_from_call(door::Call call) {
  auto sid = call.request.sid<CallId>("sid");
  if (!sid) return call.fail(sid.error());
  auto body = call.body();
  if (!body) return call.fail(body.error());
  http::Fields in(*body);
  const LegId leg = in.required_sid<LegId>("leg_sid");
  const Behalf behalf = read_behalf(call, in);
  if (auto fine = in.finish(); !fine) return call.fail(fine.error());
  command_call(std::move(call), *sid, [behalf, leg, id = *sid](const runtime::View& view) -> Result<Command> {
    auto live = behalf.call_with_leg(view, id);
    if (!live) return live.error();
    const auto& legs = (*live)->legs;
    const bool there = std::any_of(legs.begin(), legs.end(), [&](const LegRecord& one) {
      return one.sid == leg && one.status != LegStatus::ended;
    });
    if (!there) return Error(ErrorCode::kStateForbids, "no live leg " + leg.str() + " in this call").at("leg_sid");
    return Command{Remove{id, behalf.worker, leg}};
  });
}

}  // namespace

void add_dial_routes(door::Api& api) {
  api.on("create_call", create_call);
  api.on("invite_to_call", invite_to_call);
  api.on("remove_from_call", remove_from_call);
  api.on("leave_call", command_on_behalf<Leave>);
  api.on("transfer_call", transfer_call);
}

}  // namespace carillon::calls
