// The people of a simulated center: customers who come and go, agents with habits, an admin, and accidents.
//
// What:    everybody reacts to events after a while, as people do: with the same dice, so that a seed repeats them.
// Owns:    what each of them has in mind; refers to the stage, which outlives it.
// Thread:  one at a time.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "simulation/stage.h"

namespace carillon::simulation {

// Queues, workflows, capacity model and the like, by chance (world.cc).
void build_world(Stage& stage);
void reshape_queue(Stage& stage, routing::TaskQueueRecord row);
std::string random_workflow(Dice& dice, const std::vector<const routing::TaskQueueRecord*>& queues);

class People {
 public:
  explicit People(Stage& stage);

  // They begin; whatever repeats itself goes on until close().
  void open();
  // Nobody new, no breaks, no accidents; nobody loses patience; everybody works well.
  void close();
  bool work_is_left() const;
  // Signs in whoever is away, accepts and finishes what lies around.
  void help_out();

 private:
  // customers.cc
  void arrive();
  void call_in();
  void chat_in();
  void visitor_writes(ContactId contact, int more);
  void give_up(ContactId contact);
  std::string attributes();

  // agents.cc
  void hire();
  void react(const events::Event& event);
  void ring(ReservationId offer);
  void work_on(TaskId task, ReservationId reservation);
  void finish(TaskId task, ReservationId reservation);
  void wrap_up(TaskId task);
  void pause(WorkerId worker);
  void lose_connection(WorkerId worker);
  void come_back(WorkerId worker);

  // accidents.cc
  void every(Duration mean, void (People::*what)());
  void restart();
  void jump();
  void edit_queue();
  void edit_workflow();
  void move_something();
  void somebody_goes();

  const routing::State& routing() const { return stage_.center.state->routing(); }
  const routing::TaskRecord* any_task();
  void say(ContactId contact, conversations::Author author, WorkerId worker);

  Stage& stage_;
  bool closing_ = false;
  std::vector<WorkerId> agents_;
  Duration between_arrivals_;
};

}  // namespace carillon::simulation
