// One entry under way: what the dispatcher needs while it runs. Private to src/workspace/core.
//
// What:   the machines' contexts of this entry, and one handler a command of the workspace's own. Everything machines say to
//         one another passes through pass_words().
// Thread: the workspace's strand.
#pragma once

#include <optional>

#include "workspace/core/state.h"

namespace carillon::workspace {

using Answer = Result<routing::Outcome>;

struct State::Running {
  Running(State& state, const Entry& entry);

  // dispatch.cc
  void begin();
  void expire();
  void quiesce();
  bool pass_words();
  bool pass_presence();
  bool pass_requests();
  bool pass_calls();
  bool pass_routing();
  void tell_routing(const presence::Notice& notice);
  void ask_routing(conversations::Request& request);
  void ask_others(calls::Request& request);
  void open_call(calls::Request& request);
  void hold_tasks(ContactId contact);
  void go_on(const calls::Request& request);
  void end_wrap_up(const calls::Request& request);
  // dialling.cc
  Result<void> may_begin(const calls::Command& command) const;
  Result<void> may_dial(const calls::Dial& dial) const;
  Result<void> may_invite(const calls::Invite& invite) const;
  Result<void> is_free(WorkerId worker, const char* field) const;
  void open_outbound(const calls::Request& request);
  void make_task(const calls::Request& request);
  void withdraw_task(const calls::Request& request);
  void give_back(const calls::Request& request);
  TaskChannelId voice_channel() const;
  // callbacks.cc
  TaskChannelId callback_channel() const;
  std::optional<Duration> expected_wait(CallId call) const;
  Result<void> may_request(const calls::RequestCallback& wish) const;
  void ask_about_callback(const calls::Request& request);
  void take_place(const calls::Request& request);
  void open_callback(const calls::Request& request);
  void give_place(const calls::Request& request);
  void finish_callback(const calls::Request& request);
  // messages.cc
  void file_message(const calls::Request& request);
  bool file_in_contact(const calls::CallRecord& call, const calls::Request& request);
  void file_alone(const calls::CallRecord& call);
  void tell_others(const routing::Notice& notice);
  void leave_call(const routing::Notice& notice);
  void drop_if_others(const routing::Notice& notice);
  void drop_internal(const routing::Notice& notice);
  void count_word();

  // commands.cc
  Answer on(const UpdateWorkspace&);
  Answer on(const PutWorker&);
  Answer on(const DeleteWorker&);
  Answer on(const Tick&);
  Answer on(const Restarted&);
  Answer on(const routing::Command&);
  Answer on(const presence::Command&);
  Answer on(const conversations::Command&);
  Answer on(const calls::Command&);
  Answer create_task(const routing::CreateTask&);
  Answer open_contact(const conversations::OpenContact&);
  Answer talk(const conversations::Command&);
  void customer_is_known(const conversations::SetCustomer& set);
  Result<void> has_room(ContactId contact) const;
  bool staffed(const calls::NumberRecord& number) const;
  bool full(const calls::NumberRecord& number) const;

  // founding.cc
  Answer on(const CreateWorkspace&);
  void found_task_channels();
  void found_activities();
  QueueId found_everyone();

  Answer route(const routing::Command& command);  // routing's word, and routing will have to settle
  void must_route(const routing::Command& command);

  State& s;
  routing::Context routing;
  presence::Context presence;
  conversations::Context conversations;
  calls::Context calls;
  bool unsettled = false;
  int words = 0;
  std::optional<Error> refused_task;  // routing would not make the task of the contact that this entry opened
};

routing::Settings routing_settings(const WorkspaceRecord& row, const routing::Settings& rest);
conversations::Settings conversation_settings(const WorkspaceRecord& row);

}  // namespace carillon::workspace
