// Bringing about: what the rows of calls say, done to lines and phones.
#include <algorithm>

#include "switchboard/board.h"
#include "switchboard/paths.h"

namespace carillon::switchboard {

namespace sip = voice::sip;

namespace {

// How the end looks to a telephone that was never answered.
int refusal_of(const calls::CallRecord& call) { return call.turned_away == calls::Bucket::full ? 486 : 480; }

bool has_live_leg(const calls::CallPlan& plan, WorkerId worker) {
  return std::any_of(plan.legs.begin(), plan.legs.end(),
                     [&](const calls::LegPlan& leg) { return leg.wanted && leg.worker == worker; });
}

bool still_connecting(const calls::CallRecord& call, LegId leg) {
  return std::any_of(call.legs.begin(), call.legs.end(), [&](const calls::LegRecord& one) {
    return one.sid == leg && one.status == calls::LegStatus::connecting;
  });
}

// All of them, one after another, behind what there is already. `done` as Prompts says.
void prepare(prompts::Prompts& prompts, std::vector<calls::Words> words, prompts::Prompts::Done done,
             prompts::Heard so_far = {}) {
  if (words.empty()) return done(std::move(so_far));
  const calls::Words first = words.front();
  words.erase(words.begin());
  prompts.prepare({.prompt = first.prompt, .text = first.text},
                  [&prompts, words = std::move(words), done = std::move(done),
                   so_far = std::move(so_far)](prompts::Heard heard) mutable {
                    for (auto& item : heard.items) {
                      if (so_far.items.size() < media::kMaxItems) so_far.items.push_back(std::move(item));
                    }
                    prepare(prompts, std::move(words), std::move(done), std::move(so_far));
                  });
}

}  // namespace

void Board::call_changed(Turn turn, WorkspaceId workspace, const calls::CallRecord& call, Instant at) {
  auto known = talks_.find(call.sid);
  if (known == talks_.end()) {
    if (call.status == calls::CallStatus::ended) {
      // It began and ended before anybody could be connected: its line is all there is.
      Talk talk{workspace, call, 0};
      return bring_about(turn, talk);
    }
    known = talks_.emplace(call.sid, Talk{workspace, call, world_.engine.next_id()}).first;
    count();
  }
  Talk& talk = known->second;
  const Instant announcement = talk.row.announce_at;
  talk.row = call;
  bring_about(turn, talk);
  remember_caller(talk);
  if (call.status == calls::CallStatus::ended) return end_talk(turn, call.sid);
  const bool due = !announcement.is_never() && announcement <= at && call.announce_at > announcement;
  if (due && call.status == calls::CallStatus::queued) announce(turn, talk);
}

// Whoever calls from a number is a customer from then on; that takes a commit of its own, and nobody waits for it.
void Board::remember_caller(Talk& talk) {
  const calls::CallRecord& row = talk.row;
  if (talk.remembered || row.conversation_sid.empty()) return;
  talk.remembered = true;
  const std::string& number = row.direction == calls::Direction::outbound ? row.to : row.from;
  if (!row.customer_sid.empty() || !number.starts_with('+')) return;
  const std::pair key{talk.workspace, number};
  auto& conversations = strangers_[key];
  conversations.push_back(row.conversation_sid);
  if (conversations.size() > 1) return;  // being made
  const std::string name = row.from_name.empty() ? number : row.from_name;
  world_.remember(talk.workspace, number, name, [this, key](Turn, CustomerId customer) {
    const auto found = strangers_.extract(key);
    if (found.empty() || customer.empty()) return;
    for (const ConversationId conversation : found.mapped()) {
      world_.link(key.first, conversations::SetCustomer{conversation, customer});
    }
  });
}

void Board::calls_are(Turn turn, WorkspaceId workspace, const std::vector<calls::CallRecord>& live, Instant at) {
  std::vector<CallId> over;
  for (const auto& [sid, talk] : talks_) {
    const auto same = [&, &call = sid](const calls::CallRecord& row) { return row.sid == call; };
    if (talk.workspace == workspace && std::none_of(live.begin(), live.end(), same)) over.push_back(sid);
  }
  std::sort(over.begin(), over.end());
  for (const CallId sid : over) {
    calls::CallRecord row = talks_.at(sid).row;
    row.status = calls::CallStatus::ended;
    for (auto& leg : row.legs) leg.status = calls::LegStatus::ended;
    call_changed(turn, workspace, row, at);
  }
  for (const calls::CallRecord& row : live) call_changed(turn, workspace, row, at);
}

void Board::end_talk(Turn, CallId call) {
  for (auto& [key, phone] : phones_) {
    if (phone.in == call) leave(phone);
  }
  talks_.erase(call);
  count();
}

void Board::bring_about(Turn turn, Talk& talk) {
  testify(turn, talk);  // before its lines go
  const calls::CallPlan plan = calls::plan_of(talk.row);
  for (const calls::LegPlan& leg : plan.legs) {
    if (leg.dial) dial(turn, talk, leg.leg);
    if (leg.role == calls::LegRole::customer || leg.role == calls::LegRole::outside) {
      bring_line(turn, talk, plan, leg);
    } else {
      bring_desk(turn, talk, plan, leg);
    }
  }
  bring_recording(talk, plan);
}

void Board::bring_line(Turn turn, Talk& talk, const calls::CallPlan& plan, const calls::LegPlan& leg) {
  const auto found = lines_by_leg_.find(leg.leg);
  if (found == lines_by_leg_.end()) return;  // hung up: the row is being told
  const LinePtr line = found->second;
  line->call = plan.call;
  if (!leg.wanted) return end_line(turn, line, talk.row, leg.reason);
  if (leg.rings) return;
  if (line->browser) answer_guest(line);
  if (line->browser && !line->browser->connected) return;
  if (!line->answered) {
    line->answered = true;
    (void)turn.stack.answer(turn.now, line->sip, voice::sdp::print(*line->ours));
  }
  switch (leg.hears) {
    case calls::Hears::room:
      if (line->hearing == Hearing::room) return;
      line->hearing = Hearing::room;
      line->script = 0;
      (void)world_.engine.stop_script(line->sound);
      (void)world_.engine.join(talk.room, line->sound, media::Role::kCustomer);
      return;
    case calls::Hears::words:
      if (plan.words_count > line->words_said) return hear_words(plan, line);
      if (line->hearing == Hearing::room || line->hearing == Hearing::nothing) hear_music(line, plan.music);
      return;
    case calls::Hears::music:
      if (line->hearing == Hearing::room || line->hearing == Hearing::nothing) hear_music(line, plan.music);
      return;
    case calls::Hears::silence:
      if (plan.asks) stop_words(*line);
      return;
    case calls::Hears::ringing:
      return;
  }
}

void Board::end_line(Turn turn, const LinePtr& line, const calls::CallRecord& call, calls::Reason) {
  if (line->browser) return drop_guest(line);
  line->gone = true;
  if (line->answered) {
    (void)turn.stack.hang_up(turn.now, line->sip);
  } else {
    (void)turn.stack.reject(turn.now, line->sip, refusal_of(call));
  }
  drop_line(line);
}

// What was prepared is played, unless something else is to be heard by now.
void Board::hear(const LinePtr& line, std::uint64_t script, prompts::Heard heard) {
  world_.post([this, line, script, heard = std::move(heard)](Turn turn) mutable {
    if (line->gone || line->script != script) return;
    const bool music = line->hearing == Hearing::music;
    if (heard.items.empty()) return music ? void() : words_over(turn, line);
    (void)world_.engine.play(line->sound, {.id = script, .items = std::move(heard.items), .loop = music});
  });
}

void Board::begin_hearing(Line& line, Hearing hearing) {
  if (line.hearing == Hearing::room) (void)world_.engine.leave(line.sound);
  line.hearing = hearing;
  line.script = world_.engine.next_id();
}

void Board::hear_music(const LinePtr& line, const std::string& music) {
  line->music = music;
  begin_hearing(*line, Hearing::music);
  const std::uint64_t script = line->script;
  world_.prompts.music(music, [this, line, script](prompts::Heard heard) { hear(line, script, std::move(heard)); });
}

void Board::hear_words(const calls::CallPlan& plan, const LinePtr& line) {
  line->words_said = plan.words_count;
  line->music = plan.music;
  begin_hearing(*line, Hearing::words);
  const std::uint64_t script = line->script;
  prepare(world_.prompts, plan.words,
          [this, line, script](prompts::Heard heard) { hear(line, script, std::move(heard)); });
}

void Board::hear_tone(const LinePtr& line) {
  begin_hearing(*line, Hearing::nothing);
  (void)world_.engine.play(line->sound, {.id = line->script, .items = {media::tones::beep()}});
}

// The words are said: who waits hears music, who was sent away hears no more.
void Board::words_over(Turn, const LinePtr& line) {
  const auto talk = talks_.find(line->call);
  if (talk == talks_.end()) return;
  const calls::CallRecord& row = talk->second.row;
  if (calls::plan_of(row).asks) return;  // silence, until a key
  if (calls::plan_of(row).words_end_it) tell(line->workspace, calls::WordsEnded{line->call, line->words_said});
  if (row.status == calls::CallStatus::queued || row.status == calls::CallStatus::talking) {
    hear_music(line, line->music);
  }
}

void Board::announce(Turn, Talk& talk) {
  const auto found = lines_by_leg_.find(talk.row.legs.front().sid);
  if (found == lines_by_leg_.end() || found->second->hearing != Hearing::music) return;
  const LinePtr line = found->second;
  const std::vector<calls::Words> keys{talk.row.key_words, talk.row.asking.words};
  world_.standing(talk.workspace, talk.row.sid, [this, line, keys](Turn, prompts::Standing standing) {
    if (line->gone || line->hearing != Hearing::music) return;
    // The music goes on until the words are ready.
    const auto play = [this, line](prompts::Heard heard) {
      world_.post([this, line, heard = std::move(heard)](Turn) mutable {
        if (line->gone || heard.items.empty() || line->hearing != Hearing::music) return;
        begin_hearing(*line, Hearing::words);
        (void)world_.engine.play(line->sound, {.id = line->script, .items = std::move(heard.items)});
      });
    };
    world_.prompts.announce(
        standing, [this, keys, play](prompts::Heard heard) { prepare(world_.prompts, keys, play, std::move(heard)); });
  });
}

void Board::bring_desk(Turn turn, Talk& talk, const calls::CallPlan& plan, const calls::LegPlan& leg) {
  Phone* phone = phone_of(talk.workspace, leg.worker);
  if (!phone) return;
  if (!leg.wanted) {
    if (phone->in == plan.call && !has_live_leg(plan, leg.worker)) leave(*phone);
    return;
  }
  if (!phone->connected || leg.rings) return;
  if (phone->in != plan.call) {
    if (!phone->in.empty()) leave(*phone);
    phone->in = plan.call;
    phone->muted = false;
    phone->role = role_of(leg);
    (void)world_.engine.join(talk.room, phone->sound, phone->role);
    tell_agent(talk, leg, *phone);
  } else if (phone->role != role_of(leg)) {
    phone->role = role_of(leg);
    (void)world_.engine.set_role(phone->sound, phone->role);
  }
  const bool muted = !leg.speaks;
  if (phone->muted != muted) {
    phone->muted = muted;
    (void)world_.engine.set_mute(phone->sound, muted);
  }
  bring_ringing(talk, leg, *phone);
  if (still_connecting(talk.row, leg.leg)) {
    world_.tell(talk.workspace, calls::LegConnected{plan.call, leg.leg}, [](Turn, const Result<std::string>&) {});
  }
  (void)turn;
}

}  // namespace carillon::switchboard
