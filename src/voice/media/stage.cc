// Commands: what legs and rooms look like.
#include "voice/media/stage.h"

#include <algorithm>

#include "base/check.h"

namespace carillon::media {
namespace {

// A script that is heard together with the room needs a mix.
bool hears_over_room(const Leg& leg) { return leg.player && leg.player->script().over_room; }

}  // namespace

Leg* Stage::find(LegId id) const {
  const auto found = by_id_.find(id);
  return found == by_id_.end() ? nullptr : found->second;
}

const Room* Stage::room(RoomId id) const {
  const auto found = std::find_if(rooms_.begin(), rooms_.end(), [&](const auto& r) { return r->id == id; });
  return found == rooms_.end() ? nullptr : found->get();
}

Leg* Stage::add_leg(const LegConfig& config, void* transport, Instant now) {
  CARILLON_CHECK(config.id != 0 && !by_id_.contains(config.id));
  legs_.push_back(std::make_unique<Leg>(config, transport));
  Leg& leg = *legs_.back();
  by_id_[config.id] = &leg;
  leg.made = leg.heard_at = leg.out.at = now;
  // Reports of many legs are spread over the interval.
  leg.report_step = next_report_step_ = (next_report_step_ + 37) % 250;
  fit(leg);
  return &leg;
}

void Stage::remove_leg(LegId id, Instant now) {
  Leg* leg = find(id);
  if (!leg) return;
  if (leg->player) host_.on_event(ScriptEnded{id, leg->player->stop(ScriptEnd::kLegClosed)});
  leg->player.reset();
  leave(id);
  report(*leg, now, true);
  tell_quality(*leg, true);
  by_id_.erase(id);
  std::erase_if(legs_, [&](const auto& l) { return l.get() == leg; });
}

void Stage::set_format(LegId id, const Format& format) {
  Leg* leg = find(id);
  if (!leg || leg->format() == format) return;
  const bool other_codec = leg->format().codec != format.codec || leg->format().payload_type != format.payload_type ||
                           leg->format().payload_in() != format.payload_in();
  leg->config.format = format;
  if (other_codec) {
    leg->stats.restart(clock_rate_of(format.codec));
    leg->any_in = false;
    leg->ear.reset();
    leg->mouth.reset();
    leg->inband.reset();
    leg->out.source = 0;
  }
  fit(*leg);
  if (leg->room) update(*leg->room);
}

void Stage::set_sendable(LegId id, bool sendable) {
  if (Leg* leg = find(id)) leg->sendable = sendable;
}

void Stage::join(RoomId id, LegId leg_id, Role role, LegId coaches) {
  Leg* leg = find(leg_id);
  if (!leg) return;
  if (!(leg->room && leg->room->id == id)) leave(leg_id);
  leg->role = role;
  leg->coaches = coaches;
  auto found = std::find_if(rooms_.begin(), rooms_.end(), [&](const auto& r) { return r->id == id; });
  if (found == rooms_.end()) {
    rooms_.push_back(std::make_unique<Room>());
    found = rooms_.end() - 1;
    (*found)->id = id;
    (*found)->members.reserve(4);
  }
  Room& room = **found;
  if (!leg->room && room.members.size() < kMaxMembers) {
    room.members.push_back(leg);
    leg->room = &room;
    leg->watch_anew = true;
  }
  update(room);
}

void Stage::leave(LegId id) {
  Leg* leg = find(id);
  if (!leg || !leg->room) return;
  Room& room = *leg->room;
  std::erase(room.members, leg);
  leg->room = nullptr;
  leg->heard = true;
  leg->ear.reset();
  fit(*leg);
  if (room.members.empty()) {
    std::erase_if(rooms_, [&](const auto& r) { return r.get() == &room; });
  } else {
    update(room);
  }
}

void Stage::set_role(LegId id, Role role, LegId coaches) {
  Leg* leg = find(id);
  if (!leg) return;
  leg->role = role;
  leg->coaches = coaches;
  if (leg->room) update(*leg->room);
}

void Stage::play(LegId id, Script script, Instant now) {
  Leg* leg = find(id);
  if (!leg) return host_.on_event(ScriptEnded{id, {script.id, ScriptEnd::kLegClosed, {}, 0}});
  if (leg->player) host_.on_event(ScriptEnded{id, leg->player->stop(ScriptEnd::kReplaced)});
  leg->player = std::make_unique<Player>(std::move(script), now);
  fit(*leg);
  if (leg->room) update(*leg->room);
}

void Stage::stop_script(LegId id) {
  Leg* leg = find(id);
  if (!leg || !leg->player) return;
  host_.on_event(ScriptEnded{id, leg->player->stop(ScriptEnd::kStopped)});
  leg->player.reset();
  if (leg->room) update(*leg->room);
}

// From a step or a digit, where nothing may be allocated: a room that needs a mix no longer only gives parts back.
void Stage::end_script(Leg& leg, Instant now) {
  const auto outcome = leg.player ? leg.player->ended() : std::nullopt;
  if (!outcome) return;
  host_.on_event(ScriptEnded{leg.config.id, *outcome});
  const bool over_room = leg.player->script().over_room;
  if (leg.player->script().secret) leg.secret_until = now + Duration::millis(500);
  leg.player.reset();
  if (over_room && leg.room) update(*leg.room);
}

void Stage::set_hold(LegId id, bool hold) {
  Leg* leg = find(id);
  if (!leg || leg->hold == hold) return;
  leg->hold = hold;
  if (leg->room) update(*leg->room);
}

void Stage::set_mute(LegId id, bool muted) {
  Leg* leg = find(id);
  if (!leg) return;
  leg->muted = muted;
  if (leg->room) update(*leg->room);
}

void Stage::send_digits(LegId id, std::string_view digits, int ms, Instant now) {
  Leg* leg = find(id);
  if (!leg) return;
  if (leg->format().event_payload_type < 0) return play(id, {.items = {make_dtmf(digits)}}, now);
  for (const char c : digits) leg->events_out.push(c, ms);
}

void Stage::press(LegId id, char digit, Instant now) {
  if (Leg* leg = find(id)) on_digit(*leg, digit, now);
}

void Stage::set_tap(LegId id, const RecordingTap& tap) {
  if (Leg* leg = find(id)) leg->tap = tap;
}

void Stage::pause_taps(RecordingId recording, bool paused) {
  for (const auto& leg : legs_) {
    if (leg->tap.recording == recording) leg->tap.paused = paused;
  }
}

void Stage::drop_taps(RecordingId recording) {
  for (const auto& leg : legs_) {
    if (leg->tap.recording == recording) leg->tap = {};
  }
}

// Makes and drops the parts a leg needs for what it does now.
void Stage::fit(Leg& leg) {
  const Format& format = leg.format();
  const bool mixed = leg.room && !leg.room->relay;
  const int rate = mixed ? leg.room->rate : sound_rate_of(format.codec);
  if (!mixed) leg.ear.reset();
  if (mixed && (!leg.ear || leg.ear->rate() != rate)) {
    leg.ear = std::make_unique<Ear>(format.codec, static_cast<std::uint8_t>(format.payload_in()), rate);
  }
  // Silence on G.711 needs no encoder, so a relayed leg has none until it plays something.
  const bool speaks = mixed || leg.player || !is_g711(format.codec);
  if (leg.mouth && leg.mouth->rate() != rate) leg.mouth.reset();
  if (speaks && !leg.mouth && !(leg.room && leg.room->relay && !leg.player)) {
    leg.mouth = std::make_unique<Mouth>(format.codec, rate);
  }
  if (!speaks) leg.mouth.reset();
  const bool inband = leg.config.inband_digits && is_g711(format.codec);
  if (inband && !leg.inband) leg.inband = std::make_unique<InbandDigits>();
  if (!inband) leg.inband.reset();
}

void Stage::update(Room& room) {
  const auto& members = room.members;
  const auto count = [&](auto what) { return std::count_if(members.begin(), members.end(), what); };
  const bool pair = members.size() == 2 && talks(members[0]->role) && talks(members[1]->role) &&
                    members[0]->format().codec == members[1]->format().codec;
  room.relay = pair && count([](const Leg* l) { return hears_over_room(*l); }) == 0;
  room.rate = count([](const Leg* l) { return !is_g711(l->format().codec); }) >= 2 ? 16000 : 8000;
  for (Leg* leg : members) {
    const auto ears = count([&](const Leg* l) { return l != leg && !l->hold; });
    leg->heard = !leg->hold && !leg->muted && leg->role != Role::kListener && ears > 0;
    fit(*leg);
  }
}

}  // namespace carillon::media
