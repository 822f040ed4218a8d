#include "runtime/testing/load.h"

#include <gtest/gtest.h>

namespace carillon::runtime::testing {

RandomLoad::RandomLoad(TestWorld& world, WorkspaceId workspace, std::uint64_t seed)
    : world_(world), workspace_(workspace), random_(seed) {}

void RandomLoad::furnish(int workers) {
  for (int i = 0; i < workers; ++i) workers_.push_back(world_.make_worker(workspace_, "Worker " + std::to_string(i)));
}

// Looks at the state at once: what is chosen may be stale by the time it is applied, as with people.
workspace::Command RandomLoad::choose() {
  std::optional<workspace::Command> chosen;
  world_.runtime->ask(
      workspace_,
      [&](const View& view) {
        const auto& routing = view.state.routing();
        const auto reservations = routing.reservations();
        const auto contacts = view.state.conversations().contacts();
        const auto activities = view.state.presence().activities();
        switch (pick(11)) {
          case 0:
          case 1:
            chosen = routing::Command(routing::CreateTask{.workflow_sid = routing.workflows().front()->sid,
                                                          .attributes = {R"({"topic":"a"})"},
                                                          .priority = static_cast<std::int64_t>(pick(3))});
            return 0;
          case 2:
            chosen = conversations::Command(
                conversations::OpenContact{.channel = "chat",
                                           .channel_identity = "visitor " + std::to_string(pick(20)),
                                           .task_channel_sid = routing.task_channel("chat")->sid,
                                           .workflow_sid = routing.workflows().front()->sid,
                                           .attributes = {"{}"}});
            return 0;
          case 3:
          case 4:
          case 5:
            if (reservations.empty()) break;
            chosen = routing::Command(routing::AcceptReservation{reservations[pick(reservations.size())]->sid});
            return 0;
          case 6:
            if (reservations.empty()) break;
            chosen = routing::Command(routing::RejectReservation{reservations[pick(reservations.size())]->sid});
            return 0;
          case 7:
          case 8:
            if (reservations.empty()) break;
            chosen = routing::Command(routing::CompleteTask{
                .task_sid = reservations[pick(reservations.size())]->task_sid, .disposition = "done"});
            return 0;
          case 9: {
            if (contacts.empty()) break;
            const auto* contact = contacts[pick(contacts.size())];
            const MessageId sid{random_(), ++messages_};
            chosen = conversations::Command(conversations::PostMessage{
                .conversation_sid = contact->conversation_sid, .contact_sid = contact->sid, .message_sid = sid});
            return 0;
          }
          default:
            break;
        }
        const WorkerId worker = workers_[pick(workers_.size())];
        if (pick(3) == 0) {
          chosen = presence::Command(presence::SetConnected{worker, pick(3) != 0});
        } else {
          chosen = presence::Command(presence::SetActivity{.worker_sid = worker,
                                                           .activity_sid = activities[pick(activities.size())]->sid,
                                                           .when_idle = pick(2) == 0});
        }
        return 0;
      },
      [](Result<Answer<int>>) {}, Release::immediate);
  while (!chosen && world_.step()) {
  }
  return chosen.value_or(workspace::Tick{});
}

void RandomLoad::act() {
  workspace::Command command = choose();
  std::string message;
  if (const auto* talk = std::get_if<conversations::Command>(&command)) {
    if (const auto* post = std::get_if<conversations::PostMessage>(talk)) message = post->message_sid.str();
  }
  send(std::move(command), std::move(message));
}

void RandomLoad::send(workspace::Command command, std::string message) {
  Submission submission{.workspace = workspace_, .command = std::move(command)};
  if (!message.empty()) {
    submission.companion = [ws = workspace_, message](const Applied& applied, Companion& companion) {
      store::Change change;
      // Stands for the row of a message's body.
      change.run("INSERT INTO idempotency VALUES (?1, 'message', ?2, '', 0, '', ?3, 0, ?4, 9000000000000000)", ws,
                 message, applied.entry, applied.now);
      companion.statements = std::move(change.statements);
    };
  }
  submission.reply = [this, message](Result<Committed> done) {
    if (!done) {
      failed_ += done.error().http_status() >= 500;
      return;
    }
    if (done->entry == 0) return;
    const bool once = acknowledged_.try_emplace(done->entry, Acknowledged{done->position, done->sid, message}).second;
    EXPECT_TRUE(once) << "entry " << done->entry << " was acknowledged twice";
  };
  world_.runtime->submit(std::move(submission));
}

void RandomLoad::verify() {
  auto reader = world_.database->readers().lease();
  ASSERT_TRUE(reader.ok());
  std::map<std::int64_t, std::int64_t> rows;
  auto journal = (*reader)->each("SELECT entry, position FROM journal WHERE workspace_id = ?1", {workspace_},
                                 [&](const store::Row& row) -> Result<void> {
                                   EXPECT_TRUE(rows.emplace(row.integer(0), row.integer(1)).second);
                                   return {};
                                 });
  ASSERT_TRUE(journal.ok()) << journal.error().message;
  auto messages = (*reader)->query(
      "SELECT idempotency_key, entry FROM idempotency WHERE workspace_id = ?1 AND principal = 'message'", {workspace_});
  ASSERT_TRUE(messages.ok());
  std::map<std::string, std::int64_t> written;
  for (store::Row row : *messages) {
    EXPECT_TRUE(written.emplace(row.str(0), row.integer(1)).second);
    EXPECT_TRUE(rows.contains(row.integer(1))) << "a message without its entry";
  }
  for (const auto& [entry, known] : acknowledged_) {
    ASSERT_TRUE(rows.contains(entry)) << "acknowledged entry " << entry << " is lost";
    EXPECT_EQ(rows[entry], known.position);
    if (!known.message.empty()) {
      EXPECT_TRUE(written.contains(known.message)) << "an acknowledged message is lost";
    }
  }
}

}  // namespace carillon::runtime::testing
