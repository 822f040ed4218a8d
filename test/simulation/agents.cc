// Agents: they accept, reject, miss, accept too late, work, transfer, wrap up, take breaks, lose their connection.
#include "simulation/people.h"

namespace carillon::simulation {

using events::EventType;
using routing::ReservationStatus;
using routing::TaskStatus;

People::People(Stage& stage) : stage_(stage) {
  hire();
  // From idle afternoons to more than anybody can do.
  between_arrivals_ = Duration::millis(stage.dice.between(25'000, 150'000) / static_cast<std::int64_t>(agents_.size()));
  stage_.on_event = [this](const events::Event& event) { react(event); };
}

void People::hire() {
  Dice& dice = stage_.dice;
  const std::int64_t many = dice.between(1, 10);
  for (std::int64_t n = 0; n < many; ++n) {
    workspace::PutWorker put;
    put.worker.friendly_name = "Agent " + std::to_string(n);
    // The first can do everything, so that no work is left that nobody may do.
    const bool all = n == 0;
    std::string languages = all || dice.chance(0.8) ? "\"en\"" : "\"fr\"";
    if (all || dice.chance(0.4)) languages += ",\"de\"";
    const std::string skills = all ? "\"sales\",\"tech\"" : dice.chance(0.5) ? "\"sales\"" : "\"tech\"";
    put.worker.attributes.text = "{\"languages\":[" + languages + "],\"skills\":[" + skills +
                                 "],\"level\":" + std::to_string(all ? 3 : dice.between(1, 3)) + "}";
    if (!all && dice.chance(0.2))
      put.worker.channel_capacities.push_back({stage_.center.channel("email"), dice.between(0, 2)});
    put.requires_connection = dice.chance(0.8);
    agents_.push_back(*WorkerId::parse(stage_.tell(put).value()));
    come_back(agents_.back());
  }
}

void People::come_back(WorkerId worker) {
  stage_.tell(presence::Command(presence::SetConnected{worker, true})).ok();
  stage_.tell(presence::Command(presence::SetActivity{worker, stage_.center.activity("Available"), false, false})).ok();
}

void People::react(const events::Event& event) {
  Dice& dice = stage_.dice;
  switch (event.type) {
    case EventType::kReservationCreated:
      return ring(event.reservation);
    case EventType::kReservationAccepted:
    case EventType::kReservationResumed:
      return work_on(event.task, event.reservation);
    case EventType::kReservationWrapup:
      return stage_.after(dice.exponential(Duration::seconds(20)), [this, task = event.task] { wrap_up(task); });
    case EventType::kWorkerNotResponding:
      return stage_.after(dice.exponential(Duration::seconds(40)), [this, worker = event.worker] {
        stage_.tell(routing::Command(routing::ClearNotResponding{worker, {}})).ok();
      });
    default:
      return;
  }
}

void People::ring(ReservationId offer) {
  Dice& dice = stage_.dice;
  const auto* row = routing().reservation(offer);
  if (!row || row->status != ReservationStatus::pending) return;
  const auto accept = [this, offer] { stage_.tell(routing::Command(routing::AcceptReservation{offer})).ok(); };
  if (closing_ || row->auto_accept) return stage_.after(Duration::millis(dice.between(50, 500)), accept);
  const double habit = dice.fraction();
  if (habit < 0.80) return stage_.after(dice.exponential(Duration::seconds(6)), accept);
  if (habit < 0.88) {
    const auto reject = [this, offer] { stage_.tell(routing::Command(routing::RejectReservation{offer})).ok(); };
    return stage_.after(dice.exponential(Duration::seconds(6)), reject);
  }
  // Too late: the offer has gone, by the same microsecond now and then; refused, and nothing changes.
  if (habit < 0.94)
    return stage_.after(row->expires_at - stage_.center.now() + Duration::micros(dice.between(-1, 1)), accept);
}

void People::work_on(TaskId task, ReservationId reservation) {
  Dice& dice = stage_.dice;
  const auto* row = routing().reservation(reservation);
  if (!row) return;
  stage_.after(dice.exponential(Duration::seconds(8)),
               [this, task, contact = row->contact_sid, worker = row->worker_sid] {
                 if (contact) return say(contact, conversations::Author::worker, worker);
                 if (stage_.dice.chance(0.95)) stage_.tell(routing::Command(routing::MarkAnswered{task})).ok();
               });
  stage_.after(dice.exponential(Duration::seconds(closing_ ? 30 : 120)),
               [this, task, reservation] { finish(task, reservation); });
}

// Nothing to do when the task has gone meanwhile, or is suspended: its return begins the work anew.
void People::finish(TaskId task, ReservationId reservation) {
  Dice& dice = stage_.dice;
  const auto* row = routing().reservation(reservation);
  if (!row || row->status != ReservationStatus::accepted) return;
  const auto tell = [&](routing::Command command) { stage_.tell(command).ok(); };
  const double habit = closing_ ? 0 : dice.fraction();
  if (habit < 0.3) return tell(routing::CompleteTask{task, "done", events::Reason::by_worker});
  if (habit < 0.8) return tell(routing::WrapUpTask{task, events::Reason::by_worker});
  if (habit < 0.90)
    return tell(routing::TransferTask{.task_sid = task, .task_queue_sid = dice.pick(routing().task_queues())->sid});
  if (habit < 0.95) {
    tell(routing::TransferTask{.task_sid = task, .worker_sid = dice.pick(agents_)});
    // Whoever is asked may be away; then the first one finishes.
    return stage_.after(Duration::minutes(1), [this, task, reservation] { finish(task, reservation); });
  }
  if (habit < 0.98) return tell(routing::ConnectFailed{task});
  tell(routing::CancelTask{task, events::Reason::by_supervisor});
}

void People::wrap_up(TaskId task) {
  Dice& dice = stage_.dice;
  if (dice.chance(0.2)) stage_.tell(routing::Command(routing::ExtendWrapUp{task})).ok();
  if (dice.chance(0.2) && !closing_) {  // forgets it for a while
    return stage_.after(dice.exponential(Duration::minutes(2)), [this, task] { wrap_up(task); });
  }
  stage_.tell(routing::Command(routing::CompleteTask{task, "done", events::Reason::by_worker})).ok();
}

void People::pause(WorkerId worker) {
  Dice& dice = stage_.dice;
  if (closing_) return;
  const ActivityId rest = stage_.center.activity(dice.chance(0.8) ? "Break" : "Offline");
  stage_.tell(presence::Command(presence::SetActivity{worker, rest, dice.chance(0.5), false})).ok();
  stage_.after(dice.exponential(Duration::minutes(4)), [this, worker] { come_back(worker); });
}

void People::lose_connection(WorkerId worker) {
  if (closing_) return;
  stage_.tell(presence::Command(presence::SetConnected{worker, false})).ok();
  stage_.after(stage_.dice.exponential(Duration::seconds(25)), [this, worker] { come_back(worker); });
}

bool People::work_is_left() const { return !routing().tasks().empty(); }

void People::help_out() {
  for (const WorkerId worker : agents_) {
    come_back(worker);
    stage_.tell(routing::Command(routing::ClearNotResponding{worker, {}})).ok();
  }
  std::vector<std::pair<TaskId, ReservationId>> lying;
  for (const auto* row : routing().reservations()) lying.emplace_back(row->task_sid, row->sid);
  for (const auto& [task, reservation] : lying) {
    const auto* row = routing().reservation(reservation);
    if (!row) continue;
    if (row->status == ReservationStatus::pending)
      stage_.tell(routing::Command(routing::AcceptReservation{reservation})).ok();
    if (row->status != ReservationStatus::suspended) {
      stage_.tell(routing::Command(routing::CompleteTask{task, "done", events::Reason::by_worker})).ok();
    }
  }
}

}  // namespace carillon::simulation
