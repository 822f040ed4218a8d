// What an agent hears when they take a call, and nobody else: a beep, and which queue it comes from.
#include "switchboard/switchboard.h"

namespace carillon::switchboard {

// Once a leg: who comes back after a reload knows.
void Board::tell_agent(const Talk& talk, const calls::LegPlan& leg, const Phone& phone) {
  if (leg.role != calls::LegRole::agent) return;
  for (const calls::LegRecord& one : talk.row.legs) {
    if (one.sid == leg.leg && one.connected_at.us != 0) return;
  }
  const media::LegId sound = phone.sound;
  const CallId call = talk.row.sid;
  world_.agent_words(talk.workspace, call, leg.worker, [this, sound, call](Turn, const AgentWords& words) {
    if (!words.beep && words.text.empty()) return;
    world_.prompts.prepare({.prompt = {}, .text = words.text}, [this, sound, call,
                                                                beep = words.beep](prompts::Heard heard) {
      world_.post([this, sound, call, beep, heard = std::move(heard)](Turn) mutable {
        const auto key = phones_by_sound_.find(sound);
        if (key == phones_by_sound_.end() || phones_.at(key->second).in != call) return;
        std::vector<media::SoundPtr> items;
        if (beep) items.push_back(media::tones::zip());
        // A tone in the place of words that could not be spoken says nothing.
        if (heard.source != prompts::Source::kTone) {
          items.insert(items.end(), heard.items.begin(), heard.items.end());
        }
        if (items.empty()) return;
        (void)world_.engine.play(sound, {.id = world_.engine.next_id(), .items = std::move(items), .over_room = true});
      });
    });
  });
}

void Switchboard::agent_words(WorkspaceId workspace, CallId call, WorkerId worker,
                              std::function<void(Turn, const AgentWords&)> done) {
  const auto read = [call, worker](const runtime::View& view) {
    AgentWords out;
    const auto* row = view.state.calls().call(call);
    const auto* number = row ? view.state.calls().number(row->number_sid) : nullptr;
    if (!number) return out;
    out.beep = number->zip_tone;
    for (const calls::LegRecord& leg : row->legs) {
      if (!number->tell_queue || leg.worker_sid != worker || leg.role != calls::LegRole::agent) continue;
      const auto* task = view.state.routing().task(leg.task_sid);
      const auto* queue = task ? view.state.routing().task_queue(task->task_queue_sid) : nullptr;
      if (queue) out.text = queue->friendly_name;
    }
    return out;
  };
  world_.runtime.ask(
      workspace, read,
      [this, done = std::move(done)](Result<runtime::Answer<AgentWords>> answer) {
        post([done, words = answer ? answer->value : AgentWords{}](Turn turn) { done(turn, words); });
      },
      runtime::Release::immediate);
}

}  // namespace carillon::switchboard
