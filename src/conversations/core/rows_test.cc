// Goal: rows are the state. Method: random life; at every step a copy made from rows does the same as the original.
#include <gtest/gtest.h>

#include <random>

#include "conversations/core/testing/world.h"

namespace carillon::conversations {
namespace {

using testing::World;

struct Step {
  std::uint64_t kind = 0;
  std::uint64_t which = 0;
  std::uint64_t who = 0;
  Duration later;
};

// One random step; what it did, as text.
std::string act(World& world, const Step& step) {
  world.advance(step.later);
  const auto contacts = world.state.contacts();
  std::string did = "-";
  auto said = [&](const Result<std::string>& r) { did = r ? *r : r.error().message; };
  const ContactId contact = contacts.empty() ? ContactId{} : contacts[step.which % contacts.size()]->sid;
  const ConversationId thread = world.conversation_of(contact);
  const std::string visitor = "visitor-" + std::to_string(step.who % 5);
  const CustomerId customer = step.which % 3 ? World::customer(step.who % 3) : CustomerId{};
  switch (contact ? step.kind % 14 : 0) {
    case 0:
    case 1:
      said(world.apply(world.opening(visitor, customer)));
      break;
    case 2:
      said(world.apply(world.opening(visitor, customer, "email")));
      break;
    case 3:
      world.assigned(contact, step.who % 3);
      break;
    case 4:
      world.requeued(contact);
      break;
    case 5:
      world.wrapping(contact);
      break;
    case 6:
      world.done(contact);
      break;
    case 7:
      said(world.apply(EndContact{contact}));
      break;
    case 8:
      said(world.apply(SetCustomerConnected{contact, step.who % 2 == 0}));
      break;
    case 9:
      said(world.apply(SetCustomer{thread, World::customer(step.who % 3)}));
      break;
    case 10:
      said(world.asks(contact));
      break;
    case 11:
      said(world.says(contact, World::worker(step.who % 3)));
      break;
    case 12:
      if (world.state.contact(contact)->tasks.size() < kMaxTasksAContact) world.further_task(contact);
      break;
    case 13:
      if (step.who % 10 == 0)
        world.restart(Duration::seconds(10));
      else
        world.tick({});
      break;
  }
  for (const auto& request : world.requests) {
    did += std::to_string(static_cast<int>(request.kind)) + request.contact.str() + request.task.str();
  }
  for (const auto* row : world.state.changes().contacts) did += encode(*row);
  for (const auto* row : world.state.changes().conversations) did += encode(*row);
  for (const auto& name : world.names()) did += name;
  return did;
}

TEST(ConversationRows, RestoreTheStateInTheMiddleOfAnything) {
  std::mt19937_64 random(7);
  World original;
  for (int i = 0; i < 2000; ++i) {
    World copy;
    ASSERT_TRUE(copy.state.load(decode<Rows>(encode(original.state.rows())).value()).ok()) << "step " << i;
    ASSERT_EQ(copy.state.rows(), original.state.rows());
    ASSERT_EQ(copy.state.next_deadline(), original.state.next_deadline());
    copy.now = original.now, copy.entry = original.entry;
    copy.resume_ids_of(original);
    const Step step{random() % 14, random(), random(), Duration::seconds(static_cast<std::int64_t>(random() % 120))};
    const std::string expected = act(original, step);
    ASSERT_EQ(act(copy, step), expected) << "step " << i;
    ASSERT_EQ(copy.state.rows(), original.state.rows()) << "step " << i;
  }
}

}  // namespace
}  // namespace carillon::conversations
