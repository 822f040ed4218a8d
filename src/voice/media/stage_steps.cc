// What happens every 20 ms.
#include <algorithm>
#include <utility>

#include "base/check.h"
#include "voice/media/g711.h"
#include "voice/media/stage.h"
#include "voice/rtp/quality.h"
#include "voice/rtp/rtcp.h"

namespace carillon::media {
namespace {

constexpr std::uint64_t kReportSteps = 250;   // 5 s
constexpr std::uint64_t kQualitySteps = 250;  // right after a report: what was lost since the one before
constexpr std::uint64_t kWatchSteps = 50;

std::int16_t saturated(std::int32_t v) { return static_cast<std::int16_t>(std::clamp(v, -32768, 32767)); }

bool hears_coach(const Leg& coach, const Leg& listener) {
  return coach.coaches ? listener.config.id == coach.coaches : listener.role == Role::kAgent;
}

}  // namespace

void Stage::tick(Instant now) {
  ++steps_;
  for (const auto& room : rooms_) {
    if (!room->relay) mix(*room, now);
  }
  for (const auto& leg : legs_) {
    if (!leg->room || leg->room->relay) give_alone(*leg, now);
    const std::uint64_t step = steps_ + static_cast<std::uint64_t>(leg->report_step);
    if (step % kWatchSteps == 0) watch(*leg, now);
    if (step % kReportSteps == 0) report(*leg, now, false);
    if (step % kQualitySteps == 0) tell_quality(*leg, false);
  }
}

void Stage::hear_members(Room& room, Instant now) {
  const std::size_t samples = static_cast<std::size_t>(room.rate) / 50;
  std::fill_n(room.total.begin(), samples, 0);
  for (Leg* leg : room.members) {
    const MutableSamples frame(leg->frame.data(), samples);
    // Also when it is not heard: the jitter buffer goes on.
    leg->sounded = leg->ear && leg->ear->frame(now, frame);
    if (!leg->heard || leg->keeps_secret(now)) leg->sounded = false;
    if (!leg->sounded || !talks(leg->role)) continue;
    for (std::size_t i = 0; i < samples; ++i) room.total[i] += frame[i];
  }
}

void Stage::mix(Room& room, Instant now) {
  hear_members(room, now);
  for (Leg* leg : room.members) give_member(room, *leg, now);
}

void Stage::give_member(Room& room, Leg& leg, Instant now) {
  if (give_digits(leg, now)) return;
  const std::size_t samples = static_cast<std::size_t>(room.rate) / 50;
  const MutableSamples out(scratch_.data(), samples);
  bool sounded = leg.player && leg.player->frame(out, room.rate, now);
  const bool alone = leg.hold || (leg.player && !leg.player->script().over_room);
  if (!sounded) std::fill(out.begin(), out.end(), std::int16_t{0});
  if (!alone) {
    const bool own = leg.sounded && talks(leg.role);
    for (std::size_t i = 0; i < samples; ++i) out[i] = saturated(out[i] + room.total[i] - (own ? leg.frame[i] : 0));
    for (const Leg* coach : room.members) {
      if (coach == &leg || coach->role != Role::kCoach || !coach->sounded || !hears_coach(*coach, leg)) continue;
      for (std::size_t i = 0; i < samples; ++i) out[i] = saturated(out[i] + coach->frame[i]);
    }
    sounded = true;
  }
  send_frame(leg, out, sounded, now);
  end_script(leg, now);
}

// A leg without a mix: it plays, or gets silence unless packets are relayed to it.
void Stage::give_alone(Leg& leg, Instant now) {
  if (give_digits(leg, now)) return;
  if (!leg.player) {
    const auto held = [](const Leg* l) { return l->hold; };
    const bool pair = leg.room && leg.room->members.size() == 2 &&
                      std::none_of(leg.room->members.begin(), leg.room->members.end(), held);
    const bool relayed = pair && leg.out.source != 0;
    if (!relayed && leg.sendable) send_frame(leg, Samples(scratch_).first(0), false, now);
    return;
  }
  const int rate = leg.mouth ? leg.mouth->rate() : 8000;
  const MutableSamples out(scratch_.data(), static_cast<std::size_t>(rate) / 50);
  const bool sounded = leg.player->frame(out, rate, now);
  send_frame(leg, out, sounded, now);
  end_script(leg, now);
}

bool Stage::give_digits(Leg& leg, Instant now) {
  if (!leg.events_out.busy()) return false;
  if (!leg.sendable || !leg.format().send) return true;
  const std::uint32_t frame = clock_rate_of(leg.format().codec) / 50;
  rtp::Header header = next_header(leg, now);
  leg.out.timestamp = header.timestamp;
  leg.out.at = now;
  leg.out.any = true;
  const auto event = leg.events_out.step(header.timestamp, frame);
  if (!event) return true;
  header.marker = event->marker;
  header.payload_type = static_cast<std::uint8_t>(leg.format().event_payload_type);
  header.timestamp = event->timestamp;
  rtp::write_header(packet_, header);
  rtp::write_event(rtp::MutableBytes(packet_).subspan(rtp::kHeaderBytes), event->event);
  send_payload(leg, rtp::kEventBytes, now);
  return true;
}

// The header of the next packet of our own.
rtp::Header Stage::next_header(Leg& leg, Instant now) {
  OutStream& out = leg.out;
  const std::uint32_t frame = clock_rate_of(leg.format().codec) / 50;
  rtp::Header header{false, leg.format().payload_type, out.next_sequence, out.timestamp + frame, out.ssrc};
  if (!out.any || out.source != 0) {
    header.marker = true;
    const auto passed = static_cast<std::uint32_t>(std::max<std::int64_t>((now - out.at).us, 0) *
                                                   clock_rate_of(leg.format().codec) / 1'000'000);
    header.timestamp = out.timestamp + std::max(frame, passed);
    out.source = 0;
  }
  return header;
}

void Stage::send_frame(Leg& leg, Samples frame, bool sounded, Instant now) {
  if (!leg.sendable || !leg.format().send) return;
  rtp::Header header = next_header(leg, now);
  const rtp::MutableBytes payload = rtp::MutableBytes(packet_).subspan(rtp::kHeaderBytes, 1275);
  std::size_t bytes = 0;
  if (!sounded && is_g711(leg.format().codec)) {
    bytes = 160;
    const auto law = leg.format().codec == Codec::kPcmu ? g711::Law::kMu : g711::Law::kA;
    std::fill_n(payload.begin(), bytes, g711::silence_of(law));
  } else if (leg.mouth) {
    const auto samples = static_cast<std::size_t>(leg.mouth->rate()) / 50;
    if (frame.size() != samples) {
      std::fill_n(scratch_.begin(), samples, std::int16_t{0});
      frame = Samples(scratch_).first(samples);
    }
    bytes = leg.mouth->encode(frame, payload);
  }
  if (bytes == 0) return;
  rtp::write_header(packet_, header);
  leg.out.timestamp = header.timestamp;
  leg.out.at = now;
  leg.out.any = true;
  send_payload(leg, bytes, now);
}

void Stage::send_payload(Leg& leg, std::size_t bytes, Instant) {
  ++leg.out.next_sequence;
  ++leg.out.packets;
  leg.out.bytes += bytes;
  host_.send_rtp(leg, packet_, rtp::kHeaderBytes + bytes);
}

void Stage::watch(Leg& leg, Instant now) {
  if (std::exchange(leg.watch_anew, false) || !leg.format().receive) leg.watched_from = now;
  if (now - std::max(leg.heard_at, leg.watched_from) < leg.config.silent_after) return;
  leg.watched_from = now;
  leg.silent_told = true;
  host_.on_event(PeerSilent{leg.config.id, now - leg.heard_at});
}

void Stage::report(Leg& leg, Instant now, bool bye) {
  if (!leg.sendable || (!leg.any_in && leg.out.packets == 0)) return;
  rtp::Report report;
  report.ssrc = leg.out.ssrc;
  report.cname = "carillon";
  report.bye = bye;
  if (leg.out.packets != leg.out.packets_reported) {
    leg.out.packets_reported = leg.out.packets;
    const auto passed =
        static_cast<std::uint32_t>((now - leg.out.at).us * clock_rate_of(leg.format().codec) / 1'000'000);
    report.sender =
        rtp::SenderReport{rtp::ntp_of(now), leg.out.timestamp + passed, static_cast<std::uint32_t>(leg.out.packets),
                          static_cast<std::uint32_t>(leg.out.bytes)};
  }
  rtp::ReportBlock block;
  if (leg.any_in) {
    block = leg.stats.take_block(leg.ssrc_in, now);
    report.blocks = std::span(&block, 1);
  }
  const std::size_t size = rtp::write_report(packet_, report);
  host_.send_rtcp(leg, packet_, size);
}

void Stage::tell_quality(Leg& leg, bool last) {
  if (!leg.any_in && !last) return;
  Quality q;
  q.leg = leg.config.id;
  q.loss_in = leg.stats.recent_loss();
  q.loss_out = leg.loss_out;
  q.jitter = leg.stats.jitter();
  q.round_trip = leg.round_trip;
  q.packets_in = leg.stats.received();
  q.lost_in = static_cast<std::uint64_t>(std::max<std::int64_t>(leg.stats.lost(), 0));
  q.packets_out = leg.out.packets;
  q.last = last;
  // Half the way, twice the jitter for the buffer at the other end, and the packet itself.
  const Duration delay = Duration::micros(leg.round_trip.us / 2 + 2 * leg.stats.jitter().us) + kStep;
  const auto codec = is_g711(leg.format().codec) ? rtp::QualityCodec::kG711 : rtp::QualityCodec::kOpus;
  q.mos = rtp::mos_of({codec, delay, std::max(q.loss_in, q.loss_out)});
  host_.on_event(q);
}

}  // namespace carillon::media
