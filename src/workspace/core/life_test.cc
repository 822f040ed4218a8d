// Goal: rows are the state and the journal is the story: at every moment of a random life a state made from rows does the same
// as the original, invariants hold after every entry, and replaying the journal gives the same hash.
// Method: random commands of all machines over a small center, with late ticks, restarts and mistakes; printed seeds.
#include <gtest/gtest.h>

#include <random>

#include "base/check.h"
#include "workspace/core/state.h"
#include "workspace/testing/center.h"
#include "workspace/testing/story.h"

namespace carillon::workspace {
namespace {

using testing::Center;
using testing::story;

class Life {
 public:
  explicit Life(std::uint64_t seed) : center(seed), random_(seed) {
    center.add_queue("Sales", "skill == 'sales'");
    center.put_queue([](auto& row) {
      row.friendly_name = "Rush";
      row.max_reserved_workers = 2, row.max_size = 3;
      row.max_wait = Duration::minutes(5);
    });
    for (int i = 0; i < 4; ++i) add_worker();
    const std::string sales = center.state->routing().task_queues()[1]->sid.str();
    const std::string rush = center.state->routing().task_queues()[2]->sid.str();
    steps_ =
        center.add_workflow("Steps", R"({"task_routing":{"filters":[{"filter_friendly_name":"all","expression":"1 == 1",
      "targets":[{"queue":")" + sales + R"(","timeout":20},{"queue":")" +
                                         rush + R"(","priority":5,"timeout":40}]}]}})");
  }

  std::uint64_t pick(std::uint64_t n) { return random_() % n; }
  template <class T>
  const T& one_of(const std::vector<T>& from) {
    return from[pick(from.size())];
  }

  void add_worker() {
    const bool sells = pick(2) == 0;
    center.add_worker("W" + std::to_string(++workers_), sells ? R"({"skill":"sales"})" : "{}", pick(4) != 0);
  }

  // A command that may or may not fit the moment.
  Command any_command() {
    switch (pick(8)) {
      case 0:
        return new_task();
      case 1:
      case 2:
        return reservation_command();
      case 3:
        return presence_command();
      case 4:
      case 5:
        return conversation_command();
      case 6:
        return task_command();
      default:
        return pick(3) ? Command(Tick{}) : configuration_command();
    }
  }

  Center center;

 private:
  const State& s() const { return *center.state; }
  WorkerId worker() {
    const auto all = s().routing().workers();
    return all.empty() ? WorkerId{1, 1} : one_of(all)->sid;
  }
  QueueId queue() { return one_of(s().routing().task_queues())->sid; }
  TaskId task() {
    const auto all = s().routing().tasks();
    return all.empty() || pick(30) == 0 ? TaskId{1, 1} : one_of(all)->sid;
  }
  const conversations::ContactRecord* contact() {
    const auto all = s().conversations().contacts();
    return all.empty() ? nullptr : one_of(all);
  }

  // Mostly one in the given state.
  TaskId task(routing::TaskStatus status) {
    std::vector<TaskId> fitting;
    for (const auto* row : s().routing().tasks()) {
      if (row->status == status) fitting.push_back(row->sid);
    }
    return fitting.empty() || pick(8) == 0 ? task() : one_of(fitting);
  }

  Command new_task() {
    static const std::vector<std::string> kChannels{"voice", "chat", "email", "email", "default", "callback"};
    routing::CreateTask c;
    c.task_channel_sid = center.channel(one_of(kChannels));
    c.attributes.text = pick(20) ? "{}" : "[]";
    c.priority = static_cast<std::int64_t>(pick(3));
    switch (pick(4)) {
      case 0:
        c.workflow_sid = center.default_workflow();
        break;
      case 1:
        c.workflow_sid = steps_;
        break;
      case 2:
        c.worker_sid = worker();
        break;
      default:
        c.task_queue_sid = queue();
        break;
    }
    if (const auto* of = contact(); of && pick(6) == 0) c.contact_sid = of->sid;
    return routing::Command(c);
  }

  Command task_command() {
    using routing::TaskStatus;
    switch (pick(12)) {
      case 0:
      case 1:
        return routing::Command(routing::WrapUpTask{task(TaskStatus::assigned)});
      case 2:
        return routing::Command(routing::CompleteTask{task(TaskStatus::assigned), pick(2) ? "sold" : ""});
      case 3:
        return routing::Command(routing::CompleteTask{task(TaskStatus::wrapping), "sold"});
      case 4:
        return routing::Command(routing::CancelTask{task()});
      case 5:
      case 6: {
        routing::TransferTask c{.task_sid = task(TaskStatus::assigned)};
        if (pick(2))
          c.task_queue_sid = queue();
        else
          c.worker_sid = worker();
        return routing::Command(c);
      }
      case 7:
        return routing::Command(routing::MoveTask{task(), queue()});
      case 8:
        return routing::Command(routing::ExtendWrapUp{task(TaskStatus::wrapping)});
      case 9:
        return routing::Command(routing::ReEvaluateTask{task()});
      case 10:
        return routing::Command(routing::UpdateTask{.task_sid = task(), .priority = 7});
      default:
        return routing::Command(routing::MarkAnswered{task(TaskStatus::assigned)});
    }
  }

  Command reservation_command() {
    const auto all = s().routing().reservations();
    const ReservationId sid = all.empty() ? ReservationId{1, 1} : one_of(all)->sid;
    if (pick(4) == 0) return routing::Command(routing::RejectReservation{sid});
    if (pick(8) == 0) return routing::Command(routing::ClearNotResponding{worker(), {}});
    return routing::Command(routing::AcceptReservation{sid});
  }

  Command presence_command() {
    switch (pick(4)) {
      case 0:
        return presence::Command(presence::SetConnected{worker(), pick(3) != 0});
      case 1:
        return presence::Command(presence::ClearPendingActivity{worker()});
      case 2:
        return presence::Command(presence::SetActivity{worker(), center.activity("Available"), pick(2) == 0});
      default:
        return presence::Command(
            presence::SetActivity{worker(), one_of(s().presence().activities())->sid, pick(2) == 0, pick(3) == 0});
    }
  }

  Command conversation_command() {
    const auto* row = contact();
    const CustomerId customer = pick(3) ? CustomerId{1, 1 + pick(3)} : CustomerId{};
    if (!row || pick(4) == 0) return arrival("visitor-" + std::to_string(pick(6)), customer);
    remembered_ = *s().conversations().conversation(row->conversation_sid);
    switch (pick(8)) {
      case 0:
        return conversations::Command(conversations::EndContact{row->sid});
      case 1:
        return conversations::Command(conversations::SetCustomerConnected{row->sid, pick(2) == 0});
      case 2:
        return conversations::Command(conversations::SetCustomer{row->conversation_sid, customer});
      default: {
        conversations::PostMessage c{.conversation_sid = row->conversation_sid, .contact_sid = row->sid};
        c.message_sid = MessageId{2, ++messages_};
        c.author = pick(3) == 0 ? conversations::Author::customer : conversations::Author::worker;
        if (c.author == conversations::Author::worker)
          c.worker_sid = row->workers.empty() ? worker() : one_of(row->workers);
        return conversations::Command(c);
      }
    }
  }

  // Sometimes with what a look into the rows found: a conversation that may be closed by now.
  Command arrival(std::string visitor, CustomerId customer) {
    conversations::OpenContact c = center.opening(std::move(visitor), customer);
    if (pick(2)) c.workflow_sid = steps_;
    if (pick(2)) c.reopen_sid = remembered_.sid, c.reopen = remembered_;
    return conversations::Command(c);
  }

  Command configuration_command() {
    switch (pick(5)) {
      case 0: {
        routing::TaskQueueRecord row = *one_of(s().routing().task_queues());
        row.max_reserved_workers = 1 + static_cast<std::int64_t>(pick(3));
        row.service_level = Duration::seconds(static_cast<std::int64_t>(10 + pick(20)));
        return routing::Command(routing::PutTaskQueue{row});
      }
      case 1: {
        routing::WorkerRecord row = *s().routing().worker(worker());
        row.attributes.text = pick(2) ? R"({"skill":"sales"})" : "{}";
        return PutWorker{.worker = row, .requires_connection = pick(5) != 0};
      }
      case 2:
        return s().routing().workers().size() > 2 ? Command(DeleteWorker{worker()}) : Command(Tick{});
      case 3: {
        WorkspaceRecord row = s().workspace();
        row.total_capacity = pick(2) ? 100 : 133;
        row.idle_after = Duration::seconds(static_cast<std::int64_t>(10 + pick(100)));
        return UpdateWorkspace{row};
      }
      default: {
        routing::WorkerRecord row;
        row.friendly_name = "N" + std::to_string(pick(10)), row.attributes.text = "{}";
        return PutWorker{.worker = row, .requires_connection = pick(3) != 0};
      }
    }
  }

  std::mt19937_64 random_;
  WorkflowId steps_;
  conversations::ConversationRecord remembered_;
  int workers_ = 0;
  std::uint64_t messages_ = 0;
};

// offered = sum of buckets + not yet in one.
void check_buckets(const Center& center) {
  std::int64_t offered = 0, ended = 0, open = 0;
  for (const auto& q : center.metrics.queues) {
    offered += q.offered;
    ended += q.answered + q.abandoned + q.short_abandoned + q.overflowed + q.moved + q.callback_taken + q.voicemail +
             q.closed + q.full + q.timed_out + q.canceled + q.failed_by_us;
  }
  for (const auto* row : center.state->routing().tasks()) open += row->entry_open;
  ASSERT_EQ(offered, ended + open);
}

void live(std::uint64_t seed, int steps, bool with_copies) {
  SCOPED_TRACE("seed " + std::to_string(seed));
  Life life(seed);
  Center& center = life.center;
  for (int i = 0; i < steps; ++i) {
    if (life.pick(3) == 0) center.advance(Duration::seconds(static_cast<std::int64_t>(life.pick(20))));
    if (life.pick(40) == 0) center.oversleep(Duration::seconds(static_cast<std::int64_t>(life.pick(900))));
    if (life.pick(300) == 0) center.restart(Duration::seconds(static_cast<std::int64_t>(life.pick(600))));
    const Command command = life.any_command();
    State copy;
    if (with_copies) {
      const auto loaded = copy.load(decode<Rows>(encode(center.state->rows())).value());
      ASSERT_TRUE(loaded.ok()) << "step " << i << ": " << loaded.error().message;
      ASSERT_EQ(copy.rows(), center.state->rows()) << "step " << i;
      ASSERT_EQ(copy.next_deadline(), center.state->next_deadline()) << "step " << i;
    }
    ASSERT_NO_THROW(center.apply(command)) << "step " << i << " " << encode(command);
    if (with_copies) {
      const Entry same = center.last_entry();
      ASSERT_EQ(story(copy.apply(same, command)), story(*center.last)) << "step " << i << " " << encode(command);
      ASSERT_EQ(copy.hash(), center.state->hash()) << "step " << i << " " << encode(command);
    }
  }
  check_buckets(center);
  EXPECT_EQ(center.hash_of_replay(), center.state->hash());
}

TEST(Life, ACopyFromRowsGoesOnLikeTheOriginal) {
  for (std::uint64_t seed = 1; seed <= 3; ++seed) live(seed, 700, true);
}

TEST(Life, TheJournalReplaysToTheSameHash) {
  for (std::uint64_t seed = 11; seed <= 20; ++seed) live(seed, 2000, false);
}

}  // namespace
}  // namespace carillon::workspace
