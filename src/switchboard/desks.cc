// Desks: browsers' phones, ready before a call comes.
#include <algorithm>

#include "switchboard/board.h"
#include "switchboard/paths.h"

namespace carillon::switchboard {

namespace sdp = voice::sdp;

namespace {

constexpr std::size_t kMaxDigits = 64;

Error in_sdp(Error error) { return std::move(error).at("sdp"); }

}  // namespace

Board::Phone* Board::phone_of(WorkspaceId workspace, WorkerId worker) {
  const auto found = phones_.find({workspace, worker});
  return found == phones_.end() ? nullptr : &found->second;
}

// The sound of a browser that has made this offer, and what it is answered.
Result<Board::BrowserSound> Board::open_browser(const std::string& offer) {
  auto theirs = sdp::parse(offer);
  if (!theirs) return in_sdp(theirs.error());
  auto browser = sdp::read_browser_offer(*theirs);
  if (!browser) return in_sdp(browser.error());
  auto fingerprint = webrtc::Fingerprint::parse(browser->fingerprint);
  if (!fingerprint) return in_sdp(fingerprint.error());
  auto leg = world_.engine.open_browser({.format = format_of(browser->audio), .silent_after = kSilentLineEnds},
                                        {browser->ufrag, browser->password}, *fingerprint);
  if (!leg) return leg.error();
  auto answer = sdp::answer_browser(*theirs, browser_of(*leg, world_.seeds.next().lo >> 16));
  if (!answer) {
    (void)world_.engine.close(leg->id);
    return in_sdp(answer.error());
  }
  return BrowserSound{leg->id, sdp::print(answer->sdp)};
}

void Board::connect(Turn turn, const calls::Desk& desk, const std::string& offer,
                    const calls::Phones::Answered& answered) {
  if (phones_.size() >= kMaxDesks) return answered(Error(ErrorCode::kLimit, "too many phones are connected already"));
  auto sound = open_browser(offer);
  if (!sound) return answered(sound.error());
  const WorkerKey key{desk.workspace, desk.worker};
  // A call that the old one was in waits for the new one as for any that is lost: it may never be connected.
  if (Phone* before = phone_of(desk.workspace, desk.worker)) phone_lost(turn, *before);
  phones_[key] = Phone{.desk = desk, .sound = sound->id};
  phones_by_sound_[sound->id] = key;
  count();
  answered(std::move(sound->answer));
}

void Board::disconnect(Turn turn, const calls::Desk& desk) {
  Phone* phone = phone_of(desk.workspace, desk.worker);
  if (phone && phone->desk == desk) phone_lost(turn, *phone);
}

void Board::leave(Phone& phone) {
  if (phone.in.empty()) return;
  take_off_tape(phone);
  phone.in = {};
  (void)world_.engine.leave(phone.sound);
  if (phone.rings) (void)world_.engine.stop_script(phone.sound);
  phone.rings = false;
  if (phone.muted) (void)world_.engine.set_mute(phone.sound, false);
  phone.muted = false;
}

// Closes its sound and forgets it.
void Board::put_down(Turn, Phone& phone) {
  (void)world_.engine.close(phone.sound);
  phones_by_sound_.erase(phone.sound);
  phones_.erase({phone.desk.workspace, phone.desk.worker});
  count();
}

// The calls it was in learn that the worker is lost: they have some time to come back.
void Board::phone_lost(Turn turn, Phone& phone) {
  const calls::Desk desk = phone.desk;
  const CallId in = phone.in;
  put_down(turn, phone);
  const auto talk = talks_.find(in);
  if (talk == talks_.end()) return;
  for (const calls::LegRecord& leg : talk->second.row.legs) {
    if (leg.role == calls::LegRole::customer || leg.role == calls::LegRole::outside) continue;
    if (leg.worker_sid != desk.worker) continue;
    if (leg.status != calls::LegStatus::connected) continue;
    tell(desk.workspace, calls::LegEnded{in, leg.sid, calls::Reason::worker_lost});
  }
}

// Whatever waits for this worker can be connected now.
void Board::phone_ready(Turn turn, Phone& phone) {
  phone.connected = true;
  std::vector<CallId> waiting;
  for (const auto& [sid, talk] : talks_) {
    const auto theirs = [&](const calls::LegRecord& leg) {
      return leg.role != calls::LegRole::customer && leg.worker_sid == phone.desk.worker &&
             leg.status != calls::LegStatus::ended;
    };
    if (talk.workspace == phone.desk.workspace && std::any_of(talk.row.legs.begin(), talk.row.legs.end(), theirs)) {
      waiting.push_back(sid);
    }
  }
  std::sort(waiting.begin(), waiting.end());
  for (const CallId sid : waiting) bring_about(turn, talks_.at(sid));
}

Result<void> Board::press(WorkspaceId workspace, CallId call, WorkerId worker, const std::string& digits) {
  const bool known = std::all_of(digits.begin(), digits.end(), [](char c) {
    return std::string_view("0123456789ABCD*#").find(c) != std::string_view::npos;
  });
  if (digits.empty() || digits.size() > kMaxDigits || !known) {
    return Error(ErrorCode::kInvalidValue,
                 "found '" + digits.substr(0, kMaxDigits) + "', expected 1 to 64 of 0-9, A-D, * and #")
        .at("digits");
  }
  const auto talk = talks_.find(call);
  const Phone* phone = phone_of(workspace, worker);
  if (talk == talks_.end() || talk->second.workspace != workspace || !phone || phone->in != call) {
    return Error(ErrorCode::kStateForbids, "this worker's phone is not in the call");
  }
  for (const calls::LegRecord& leg : talk->second.row.legs) {
    const auto line = lines_by_leg_.find(leg.sid);
    if (line != lines_by_leg_.end()) (void)world_.engine.send_digits(line->second->sound, digits);
  }
  return {};
}

}  // namespace carillon::switchboard
