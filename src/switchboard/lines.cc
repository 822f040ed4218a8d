// Lines: calls of telephones from the first INVITE to the last BYE.
#include <algorithm>

#include "switchboard/board.h"
#include "switchboard/paths.h"

namespace carillon::switchboard {

namespace sip = voice::sip;
namespace sdp = voice::sdp;

namespace {

constexpr int kSecondsToComeBack = 5;

// What a refused arrival looks like to the caller's exchange.
int status_of(const Error& error) {
  switch (error.code) {
    case ErrorCode::kNotFound:
      return 404;
    case ErrorCode::kForbidden:
      return 603;
    case ErrorCode::kOverloaded:
    case ErrorCode::kUnavailable:
    case ErrorCode::kWorkspaceQuarantined:
      return 503;
    default:
      return 500;
  }
}

const sip::Party& caller_of(const sip::IncomingCall& call) { return call.asserted ? *call.asserted : call.from; }

// The same caller has the same identity however their telephone writes it: the number, else user@host.
std::string identity_of(const sip::Party& who) {
  if (!who.number.empty()) return who.number;
  return who.user.empty() ? std::string() : "sip:" + who.user + "@" + who.host;
}

}  // namespace

Board::LinePtr Board::line_of(sip::LegId leg) const {
  const auto found = lines_.find(leg);
  return found == lines_.end() ? nullptr : found->second;
}

void Board::on_call(Turn turn, sip::IncomingCall& call) {
  std::optional<Listed> number;
  if (!call.called.number.empty()) number = numbers_.find(call.called.number);
  if (!number) number = numbers_.find(call.called.user);
  if (!number) {
    (void)turn.stack.reject(turn.now, call.leg, 404);
    return;
  }
  auto line = std::make_shared<Line>();
  line->sip = call.leg;
  line->workspace = number->workspace;
  line->leg = ids_.next<LegId>();
  if (call.source.kind == sip::SourceKind::kTrunk && rules_of(call.source.id).srtp == TrunkSrtp::required) {
    line->audio.encryption = sdp::Encryption::kRequired;
  }
  if (auto taken = take_offer(*line, call.sdp); !taken) {
    if (line->sound != 0) (void)world_.engine.close(line->sound);
    world_.log("a call to " + call.called.user + " was refused: " + taken.error().message);
    (void)turn.stack.reject(turn.now, call.leg, taken.error().code == ErrorCode::kInvalidValue ? 488 : 503);
    return;
  }
  lines_[line->sip] = line;
  lines_by_leg_[line->leg] = line;
  lines_by_sound_[line->sound] = line;
  count();
  (void)turn.stack.ring(turn.now, line->sip);
  arrive(turn, line, call, *number);
}

// Makes the line's sound, when it has none, and answers the offer; without an offer ours goes out.
Result<void> Board::take_offer(Line& line, const std::string& offer) {
  std::optional<sdp::Session> theirs;
  if (!offer.empty()) {
    auto parsed = sdp::parse(offer);
    if (!parsed) return parsed.error();
    theirs = std::move(*parsed);
  }
  if (line.sound == 0) {
    auto opened = world_.engine.open_sip({.silent_after = world_.silent_line_ends});
    if (!opened) return opened.error();
    line.sound = opened->id;
    line.audio.rtp = {world_.public_v4, opened->local.port};
    line.audio.session_id = world_.seeds.next().lo >> 16;
    line.audio.rtcp_mux = false;
    line.audio.keys = make_keys();
  }
  const sdp::Session* before = line.ours ? &*line.ours : nullptr;
  line.offered = !theirs;
  if (!theirs) {
    auto offered = sdp::offer_sip(line.audio, before);
    if (!offered) return offered.error();
    line.ours = std::move(*offered);
    return {};
  }
  auto answer = sdp::answer_sip(*theirs, line.audio, before);
  if (!answer) return answer.error();
  line.ours = std::move(answer->sdp);
  return agree(line, answer->audio);
}

Result<void> Board::agree(Line& line, const sdp::AgreedAudio& audio) {
  if (audio.our_key && audio.their_key) {
    const auto ours = srtp_key_of(*audio.our_key), theirs = srtp_key_of(*audio.their_key);
    if (!ours || !theirs) return Error(ErrorCode::kInvalidValue, "found SRTP keys of a suite that is not known here");
    // The same keys go on where they are: a count of packets that began anew would not be understood (RFC 3711 section 3.3.1).
    std::pair keys(*audio.our_key, *audio.their_key);
    if (line.keys != keys) {
      if (auto set = world_.engine.set_srtp(line.sound, *ours, *theirs); !set) return set;
      line.keys = std::move(keys);
    }
  }
  if (auto set = world_.engine.set_format(line.sound, format_of(audio)); !set) return set;
  if (!audio.remote) return {};
  return world_.engine.set_remote(line.sound, *audio.remote, rtp::Latch::Trust::kAnySource);
}

void Board::arrive(Turn, const LinePtr& line, const sip::IncomingCall& call, const Listed& number) {
  const sip::Party& who = caller_of(call);
  calls::Arrive arrival{.leg_sid = line->leg,
                        .number_sid = number.number,
                        .from = call.anonymous ? std::string() : (who.number.empty() ? who.user : who.number),
                        .from_name = call.anonymous ? std::string() : who.display,
                        .to = call.called.number.empty() ? call.called.user : call.called.number,
                        .identity = call.anonymous ? std::string() : identity_of(who),
                        .identity_verified = call.asserted.has_value()};
  // The look-up takes its own arguments: the command moves on with the answer.
  const std::string identity = arrival.identity;
  world_.look_up(line->workspace, identity,
                 [this, line, arrival = std::move(arrival)](Turn, CallerFacts facts) mutable {
                   if (line->gone) return;
                   arrival.customer_sid = facts.customer;
                   arrival.last_worker_sid = facts.last_worker;
                   if (!facts.name.empty()) arrival.from_name = facts.name;
                   world_.tell(line->workspace, arrival, [this, line](Turn turn, Result<std::string> call_sid) {
                     if (!call_sid) {
                       if (line->gone) return;
                       world_.log("a call was refused: " + call_sid.error().message);
                       (void)turn.stack.reject(turn.now, line->sip, status_of(call_sid.error()));
                       return;
                     }
                     line->call = *CallId::parse(*call_sid);
                     witness_.belongs(line->sip, line->workspace, line->call, line->leg, turn.now);
                     if (line->gone)
                       tell(line->workspace, calls::LegEnded{line->call, line->leg, calls::Reason::customer_left});
                   });
                 });
}

void Board::on_established(Turn turn, const sip::Established& established) {
  const LinePtr line = line_of(established.leg);
  if (!line) return;
  if (line->offered) {
    auto answer = sdp::parse(established.sdp);
    auto audio =
        answer ? sdp::read_sip_answer(*line->ours, *answer, line->audio) : Result<sdp::AgreedAudio>(answer.error());
    const Result<void> agreed = audio ? agree(*line, *audio) : Result<void>(audio.error());
    if (!agreed) {
      world_.log("a call was ended: " + agreed.error().message);
      (void)turn.stack.hang_up(turn.now, line->sip, {.q850 = 0, .sip = 488, .text = "Not Acceptable Here"});
      tell(line->workspace, calls::LegEnded{line->call, line->leg, calls::Reason::customer_left});
      return;
    }
    line->offered = false;
  }
  tell(line->workspace, calls::LegConnected{line->call, line->leg});
}

// Hold and resume by the other side, another codec, another address.
void Board::on_offer(Turn turn, const sip::OfferReceived& offer) {
  const LinePtr line = line_of(offer.leg);
  if (!line) return;
  if (auto taken = take_offer(*line, offer.sdp); !taken) {
    (void)turn.stack.refuse_offer(turn.now, offer.leg, 488);
    return;
  }
  (void)turn.stack.answer_offer(turn.now, offer.leg, sdp::print(*line->ours));
}

void Board::on_ended(Turn turn, const sip::CallEnded& ended) {
  witness_.gone(ended.leg);
  const LinePtr line = line_of(ended.leg);
  if (!line) return;
  if (line->dialled && !line->dialled->up) return not_answered(turn, line, ended);
  line->gone = true;
  if (!line->call.empty() && ended.cause != sip::Cause::kLocal) {
    tell(line->workspace, calls::LegEnded{line->call, line->leg, calls::Reason::customer_left});
  }
  drop_line(line);
}

void Board::drop_line(const LinePtr& line) {
  if (line->gathering) gathered(line, {line->gathering->script, media::ScriptEnd::kLegClosed, {}, 0});
  lines_.erase(line->sip);
  lines_by_leg_.erase(line->leg);
  if (line->sound == 0) return;
  lines_by_sound_.erase(line->sound);
  count();
  (void)world_.engine.close(line->sound);
}

void Board::on(Turn turn, sip::Event& event) {
  if (auto* trace = std::get_if<sip::Trace>(&event)) return testify(turn, *trace);
  if (auto* call = std::get_if<sip::IncomingCall>(&event)) return on_call(turn, *call);
  if (const auto* ended = std::get_if<sip::CallEnded>(&event)) return on_ended(turn, *ended);
  if (const auto* established = std::get_if<sip::Established>(&event)) return on_established(turn, *established);
  if (const auto* offer = std::get_if<sip::OfferReceived>(&event)) return on_offer(turn, *offer);
  if (const auto* progress = std::get_if<sip::Progress>(&event)) return on_progress(turn, *progress);
  if (const auto* answered = std::get_if<sip::Answered>(&event)) return on_answered(turn, *answered);
  if (const auto* digit = std::get_if<sip::Dtmf>(&event)) {
    if (const LinePtr line = line_of(digit->leg)) (void)world_.engine.press(line->sound, digit->digit);
    return;
  }
  if (const auto* refer = std::get_if<sip::ReferReceived>(&event)) {
    // Whoever has called may not send our agents elsewhere.
    (void)turn.stack.refuse_refer(turn.now, refer->leg);
    return;
  }
  if (const auto* trunk = std::get_if<sip::TrunkChanged>(&event)) {
    trunk->up ? void(trunks_down_.erase(trunk->trunk)) : void(trunks_down_.insert(trunk->trunk));
    return world_.log("trunk " + trunk->trunk +
                      (trunk->up ? " is up" : " is down (" + std::to_string(trunk->status) + ")"));
  }
  if (const auto* throttled = std::get_if<sip::SourceThrottled>(&event)) {
    return world_.log("a stranger sends more than is heard: " + std::to_string(throttled->messages) +
                      " messages dropped from " + throttled->ip.text());
  }
  if (const auto* blocked = std::get_if<sip::SourceBlocked>(&event)) {
    return world_.log("too many failed sign-ins from " + blocked->ip.text() + ": not heard for " +
                      std::to_string(blocked->until_heard_again.us / 1'000'000) + " s");
  }
}

}  // namespace carillon::switchboard
