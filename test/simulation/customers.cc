// Customers: they call, write, wait, lose patience, come back.
#include "simulation/people.h"

namespace carillon::simulation {

using routing::CreateTask;
using routing::TaskStatus;

void People::arrive() {
  if (closing_) return;
  stage_.after(stage_.dice.exponential(between_arrivals_), [this] { arrive(); });
  stage_.dice.chance(0.7) ? call_in() : chat_in();
}

std::string People::attributes() {
  Dice& dice = stage_.dice;
  return std::string("{\"language\":\"") + (dice.chance(0.7) ? "en" : "de") + "\",\"type\":\"" +
         (dice.chance(0.5) ? "sales" : "tech") + "\"}";
}

// Calls, mails, work items: tasks without a contact of their own here.
void People::call_in() {
  Dice& dice = stage_.dice;
  static constexpr const char* kChannels[] = {"voice", "voice", "voice", "email", "default", "video", "callback"};
  CreateTask c;
  c.task_channel_sid = stage_.center.channel(dice.pick(kChannels));
  if (dice.chance(0.75)) {
    c.workflow_sid = dice.pick(routing().workflows())->sid;
  } else if (dice.chance(0.9)) {
    c.task_queue_sid = dice.pick(routing().task_queues())->sid;
  } else {
    c.worker_sid = dice.pick(agents_);  // a call among colleagues
    c.task_channel_sid = stage_.center.channel("voice");
  }
  c.attributes.text = attributes();
  c.priority = dice.chance(0.8) ? 0 : dice.between(1, 2);
  if (dice.chance(0.3)) c.last_worker_sid = dice.pick(agents_);
  const bool live = routing().task_channel(c.task_channel_sid)->live;
  const auto made = stage_.tell(routing::Command(c));
  if (!made || !live) return;
  const TaskId task = *TaskId::parse(*made);
  stage_.after(dice.exponential(Duration::seconds(120)), [this, task] {
    const auto* row = routing().task(task);
    if (closing_ || !row || (row->status != TaskStatus::pending && row->status != TaskStatus::reserved)) return;
    stage_.tell(routing::Command(routing::CancelTask{task, events::Reason::customer_left})).ok();
  });
}

void People::chat_in() {
  Dice& dice = stage_.dice;
  conversations::OpenContact c = stage_.center.opening("visitor " + std::to_string(dice.below(30)));
  c.workflow_sid = dice.pick(routing().workflows())->sid;
  c.attributes.text = attributes();
  const auto made = stage_.tell(conversations::Command(c));
  if (!made) return;
  const ContactId contact = *ContactId::parse(*made);
  stage_.tell(conversations::Command(conversations::SetCustomerConnected{contact, true})).ok();
  visitor_writes(contact, static_cast<int>(dice.below(6)));
  stage_.after(dice.exponential(Duration::minutes(4)), [this, contact] { give_up(contact); });
}

void People::visitor_writes(ContactId contact, int more) {
  if (more == 0) {
    // Closes the page, or just says no more.
    if (stage_.dice.chance(0.5))
      stage_.tell(conversations::Command(conversations::SetCustomerConnected{contact, false})).ok();
    return;
  }
  say(contact, conversations::Author::customer, {});
  stage_.after(stage_.dice.exponential(Duration::seconds(40)),
               [this, contact, more] { visitor_writes(contact, more - 1); });
}

void People::give_up(ContactId contact) {
  if (closing_) return;
  stage_.tell(conversations::Command(conversations::EndContact{contact, events::Reason::customer_left})).ok();
}

void People::say(ContactId contact, conversations::Author author, WorkerId worker) {
  const auto* row = stage_.center.state->conversations().contact(contact);
  if (!row) return;
  conversations::PostMessage message;
  message.conversation_sid = row->conversation_sid;
  message.contact_sid = contact;
  message.message_sid = MessageId{stage_.dice.next(), stage_.dice.next()};
  message.author = author;
  message.worker_sid = worker;
  stage_.tell(conversations::Command(message)).ok();
}

}  // namespace carillon::simulation
