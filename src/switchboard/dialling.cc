// Dialling: telephones that we call, by one trunk after another until somebody is reached.
#include <algorithm>

#include "switchboard/board.h"
#include "switchboard/paths.h"

namespace carillon::switchboard {

namespace sip = voice::sip;
namespace sdp = voice::sdp;

namespace {

bool is_uri(const std::string& address) { return address.starts_with("sip:") || address.starts_with("sips:"); }

// It says something about the trunk, not about whom we call.
bool is_trunk_fault(const sip::CallEnded& ended) {
  switch (ended.cause) {
    case sip::Cause::kNoAnswer:
    case sip::Cause::kTransport:
    case sip::Cause::kFault:
      return true;
    case sip::Cause::kRejected:
      return ended.status >= 500
                 ? ended.status < 600
                 : ended.status == 401 || ended.status == 403 || ended.status == 407 || ended.status == 408;
    default:
      return false;
  }
}

// RFC 3261 section 21, Q.850 where an exchange behind says it more exactly.
calls::Reason reason_of(const sip::CallEnded& ended) {
  constexpr int kUserBusy = 17, kNoUserResponding = 18, kNoAnswerFromUser = 19, kCallRejected = 21;
  if (ended.q850 == kUserBusy) return calls::Reason::busy;
  if (ended.q850 == kCallRejected) return calls::Reason::declined;
  if (ended.q850 == kNoUserResponding || ended.q850 == kNoAnswerFromUser) return calls::Reason::no_answer;
  switch (ended.status) {
    case 486:
    case 600:
      return calls::Reason::busy;
    case 603:
    case 607:
    case 608:
      return calls::Reason::declined;
    case 408:
    case 480:
    case 487:
      return ended.cause == sip::Cause::kRejected ? calls::Reason::no_answer : calls::Reason::unreachable;
    default:
      return calls::Reason::unreachable;
  }
}

// As a header field can carry it: help must not fail to come for a line break.
std::string on_one_line(std::string text) {
  std::replace_if(
      text.begin(), text.end(), [](unsigned char c) { return c < ' ' || c == 0x7f; }, ' ');
  return text;
}

const calls::LegRecord* leg_of(const calls::CallRecord& call, LegId sid) {
  const auto it = std::find_if(call.legs.begin(), call.legs.end(), [&](const auto& leg) { return leg.sid == sid; });
  return it == call.legs.end() ? nullptr : &*it;
}

}  // namespace

// Those that are named first; in an emergency the others after them. Trunks that are known to be down come last.
std::vector<std::string> Board::routes_of(const calls::LegRecord& leg) const {
  if (is_uri(leg.address)) {
    return world_.direct_calls ? std::vector<std::string>{""} : std::vector<std::string>{};
  }
  std::vector<std::string> out;
  for (const std::string& name : leg.trunks) {
    if (std::find(world_.trunks.begin(), world_.trunks.end(), name) != world_.trunks.end()) out.push_back(name);
  }
  if (leg.trunks.empty() || leg.emergency) {
    for (const std::string& name : world_.trunks) {
      if (std::find(out.begin(), out.end(), name) == out.end()) out.push_back(name);
    }
  }
  std::stable_partition(out.begin(), out.end(), [&](const std::string& name) { return !trunks_down_.contains(name); });
  return out;
}

// Once for each leg: what became of it is told, and the row says what follows.
void Board::dial(Turn turn, Talk& talk, LegId sid) {
  const calls::LegRecord* leg = leg_of(talk.row, sid);
  if (!leg || !talk.dialled.insert(sid).second) return;
  auto line = std::make_shared<Line>();
  line->workspace = talk.workspace;
  line->call = talk.row.sid;
  line->leg = sid;
  line->answered = true;  // by us there is nothing to answer
  line->dialled = Line::Dialled{.to = leg->address,
                                .caller_id = leg->caller_id,
                                .location = leg->emergency ? on_one_line(leg->location) : std::string(),
                                .routes = routes_of(*leg),
                                .emergency = leg->emergency};
  lines_by_leg_[sid] = line;
  count();
  if (line->dialled->routes.empty()) {
    world_.log("nobody carries a call to " + leg->address + ": no trunk, or direct calls are not allowed");
    return give_up(line, calls::Reason::unreachable);
  }
  if (auto made = take_offer(*line, {}); !made) {
    world_.log("a call could not be made: " + made.error().message);
    return give_up(line, calls::Reason::unreachable);
  }
  line->offered = false;  // the answer comes with a response, not with an ACK
  lines_by_sound_[line->sound] = line;
  try_route(turn, line);
}

const TrunkRules& Board::rules_of(const std::string& trunk) const {
  static const TrunkRules kNone;
  const auto found = world_.trunk_rules.find(trunk);
  return found == world_.trunk_rules.end() ? kNone : found->second;
}

// What a trunk is offered. Nobody else has seen its keys.
Result<void> Board::fit_offer(Line& line, const TrunkRules& rules) {
  const bool encrypted = rules.srtp != TrunkSrtp::none && !line.dialled->plain;
  const auto wanted = encrypted ? sdp::Encryption::kRequired : sdp::Encryption::kAllowed;
  if (!encrypted && line.audio.encryption == wanted) return {};
  line.audio.encryption = wanted;
  line.audio.keys = make_keys();
  auto offered = sdp::offer_sip(line.audio);
  if (!offered) return offered.error();
  line.ours = std::move(*offered);
  return {};
}

void Board::try_route(Turn turn, const LinePtr& line) {
  Line::Dialled& dialled = *line->dialled;
  for (; dialled.next < dialled.routes.size(); ++dialled.next, dialled.plain = false) {
    sip::Invite wish{.target = dialled.to, .trunk = dialled.routes[dialled.next]};
    const TrunkRules& rules = rules_of(wish.trunk);
    const Shown shown = shown_by(rules, dialled.caller_id, dialled.emergency);
    wish.from_user = shown.user;
    wish.hide_caller = shown.hidden;
    wish.emergency = dialled.emergency;
    if (shown.user.starts_with('+')) wish.asserted = "tel:" + shown.user;
    if (auto fitted = fit_offer(*line, rules); !fitted) {
      world_.log("a call could not go by trunk '" + wish.trunk + "': " + fitted.error().message);
      continue;
    }
    if (!dialled.location.empty()) wish.fields.emplace_back("X-Location", dialled.location);
    wish.sdp = sdp::print(*line->ours);
    auto leg = turn.stack.invite(turn.now, wish);
    if (leg) {
      line->sip = *leg;
      lines_[line->sip] = line;
      const auto talk = talks_.find(line->call);
      const Instant began = talk == talks_.end() ? turn.now : talk->second.row.created_at;
      witness_.dials(line->sip, line->workspace, line->call, line->leg, began);
      return;
    }
    world_.log("a call could not go by trunk '" + wish.trunk + "': " + leg.error().message);
  }
  give_up(line, calls::Reason::unreachable);
}

void Board::give_up(const LinePtr& line, calls::Reason reason) {
  line->gone = true;
  tell(line->workspace, calls::LegEnded{line->call, line->leg, reason});
  drop_line(line);
}

Result<void> Board::take_answer(Line& line, const std::string& text) {
  auto answer = sdp::parse(text);
  if (!answer) return answer.error();
  auto audio = sdp::read_sip_answer(*line.ours, *answer, line.audio);
  if (!audio) return audio.error();
  return agree(line, *audio);
}

// What the other side plays before it answers is heard by who waits for it: tones, and what carriers say.
void Board::on_progress(Turn turn, const sip::Progress& progress) {
  const LinePtr line = line_of(progress.leg);
  if (!line || !line->dialled || line->dialled->up) return;
  line->dialled->reached = true;
  const auto talk = talks_.find(line->call);
  if (progress.sdp.empty() || talk == talks_.end()) return;
  if (auto taken = take_answer(*line, progress.sdp); !taken) {
    return world_.log("early sound is not heard: " + taken.error().message);
  }
  line->dialled->early = true;
  if (line->hearing != Hearing::room) {
    line->hearing = Hearing::room;
    (void)world_.engine.join(talk->second.room, line->sound, media::Role::kCustomer);
  }
  bring_about(turn, talk->second);
}

void Board::on_answered(Turn turn, const sip::Answered& answered) {
  const LinePtr line = line_of(answered.leg);
  if (!line || !line->dialled) return;
  const auto agreed = answered.sdp.empty() && line->dialled->early ? Result<void>() : take_answer(*line, answered.sdp);
  line->dialled->up = true;
  if (agreed) return tell(line->workspace, calls::LegConnected{line->call, line->leg});
  world_.log("a call was ended: " + agreed.error().message);
  (void)turn.stack.hang_up(turn.now, line->sip, {.q850 = 0, .sip = 488, .text = "Not Acceptable Here"});
  give_up(line, calls::Reason::unreachable);
}

// 488, 415, 606: not with this description. Where encryption is a wish only, it is given up; in an emergency it always is one.
bool Board::refuses_encryption(const Line& line, const sip::CallEnded& ended) const {
  const bool refused =
      ended.cause == sip::Cause::kRejected && (ended.status == 488 || ended.status == 415 || ended.status == 606);
  const TrunkSrtp srtp = rules_of(line.dialled->routes[line.dialled->next]).srtp;
  const bool wish = srtp == TrunkSrtp::optional || (srtp == TrunkSrtp::required && line.dialled->emergency);
  return refused && !line.dialled->plain && wish;
}

// Of a call of ours that nobody answered.
void Board::not_answered(Turn turn, const LinePtr& line, const sip::CallEnded& ended) {
  lines_.erase(line->sip);
  if (line->gone || ended.cause == sip::Cause::kLocal) return drop_line(line);
  Line::Dialled& dialled = *line->dialled;
  const std::string& trunk = dialled.routes[dialled.next];
  if (refuses_encryption(*line, ended)) {
    world_.log("trunk '" + trunk + "' takes no encrypted sound: called again without");
    dialled.plain = true;
    return try_route(turn, line);
  }
  if (is_trunk_fault(ended) && !dialled.reached && dialled.next + 1 < dialled.routes.size()) {
    world_.log("trunk '" + trunk + "' did not take a call (" + std::to_string(ended.status) +
               "): the next one is tried");
    ++dialled.next;
    dialled.plain = false;
    return try_route(turn, line);
  }
  give_up(line, is_trunk_fault(ended) && !dialled.reached ? calls::Reason::unreachable : reason_of(ended));
}

// Who called somebody hears that it rings, unless the other side lets them hear something else.
void Board::bring_ringing(const Talk& talk, const calls::LegPlan& leg, Phone& phone) {
  const bool early = std::any_of(talk.row.legs.begin(), talk.row.legs.end(), [&](const calls::LegRecord& one) {
    const auto line = lines_by_leg_.find(one.sid);
    return line != lines_by_leg_.end() && line->second->dialled && line->second->dialled->early;
  });
  const bool rings = leg.hears == calls::Hears::ringing && !early;
  if (phone.rings == rings) return;
  phone.rings = rings;
  if (!rings) return (void)world_.engine.stop_script(phone.sound);
  (void)world_.engine.play(phone.sound,
                           {.id = world_.engine.next_id(), .items = {media::tones::ringback()}, .loop = true});
}

}  // namespace carillon::switchboard
