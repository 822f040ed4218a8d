// What happens to a packet.
#include <algorithm>

#include "voice/media/g711.h"
#include "voice/media/stage.h"
#include "voice/rtp/rtcp.h"

namespace carillon::media {
namespace {
constexpr std::uint8_t kComfortNoise = 13;

std::uint32_t ticks_of(Codec codec, Duration d) {
  return static_cast<std::uint32_t>(d.us * clock_rate_of(codec) / 1'000'000);
}
}  // namespace

void Stage::note_heard(Leg& leg, const rtp::PacketView& packet, Instant now) {
  if (!leg.any_in || packet.ssrc != leg.ssrc_in) {
    if (leg.any_in) leg.stats.restart(clock_rate_of(leg.format().codec));
    leg.ssrc_in = packet.ssrc;
    if (!leg.any_in || leg.silent_told) host_.on_event(PeerHeard{leg.config.id});
    leg.silent_told = false;
    leg.any_in = true;
  } else if (leg.silent_told) {
    leg.silent_told = false;
    host_.on_event(PeerHeard{leg.config.id});
  }
  leg.heard_at = now;
}

void Stage::on_rtp(Leg& leg, rtp::MutableBytes buffer, std::size_t size, Instant now) {
  const auto packet = rtp::parse(buffer.first(size));
  if (!packet) return;
  const Format& format = leg.format();
  if (packet->payload_type == format.event_payload_in()) {
    note_heard(leg, *packet, now);
    leg.stats.on_packet(packet->sequence, packet->timestamp, now);
    return on_event_packet(leg, *packet, buffer, now);
  }
  const bool comfort_noise = packet->payload_type == kComfortNoise && is_g711(format.codec);
  if (packet->payload_type != format.payload_in() && !comfort_noise) return;
  note_heard(leg, *packet, now);
  leg.stats.on_packet(packet->sequence, packet->timestamp, now);
  if (leg.inband && !comfort_noise) listen_inband(leg, *packet, now);
  if (leg.tap.ring && !comfort_noise) record(leg, *packet, now);
  if (!leg.room || !format.receive) return;
  if (!leg.room->relay) {
    if (leg.ear) leg.ear->put(*packet, now);
    return;
  }
  const Leg* to = relay_target(leg);
  if (to) forward(leg, *packet, buffer, comfort_noise ? kComfortNoise : to->format().payload_type, now);
}

// The other of two, when it is to hear this one now.
Leg* Stage::relay_target(const Leg& from) const {
  if (from.hold || from.room->members.size() != 2) return nullptr;
  Leg* to = from.room->members[from.room->members[0] == &from ? 1 : 0];
  const bool hears = !to->hold && !to->player && !to->events_out.busy() && to->sendable && to->format().send;
  return hears ? to : nullptr;
}

void Stage::on_event_packet(Leg& leg, const rtp::PacketView& packet, rtp::MutableBytes buffer, Instant now) {
  const auto event = rtp::parse_event(packet.payload);
  if (!event) return;
  const bool secret = leg.keeps_secret(now);
  if (const auto digit = leg.events_in.on_event(packet.timestamp, *event)) on_digit(leg, *digit, now);
  if (!leg.room || !leg.room->relay || secret) return;
  const Leg* to = relay_target(leg);
  if (to && to->format().event_payload_type >= 0) {
    forward(leg, packet, buffer, static_cast<std::uint8_t>(to->format().event_payload_type), now);
  }
}

void Stage::on_digit(Leg& leg, char digit, Instant now) {
  const bool secret = leg.keeps_secret(now);
  const bool collects = leg.player && leg.player->script().collect_max > 0;
  if (leg.player) {
    leg.player->on_digit(digit, now);
    end_script(leg, now);
  }
  if (!secret && !collects) host_.on_event(DigitPressed{leg.config.id, digit});
}

void Stage::listen_inband(Leg& leg, const rtp::PacketView& packet, Instant now) {
  std::array<std::int16_t, 480> samples;
  const std::size_t n = std::min(packet.payload.size(), samples.size());
  const auto law = leg.format().codec == Codec::kPcmu ? g711::Law::kMu : g711::Law::kA;
  g711::decode(law, packet.payload.first(n), samples);
  leg.inband->on_samples(Samples(samples).first(n));
  while (const auto digit = leg.inband->next()) on_digit(leg, *digit, now);
}

void Stage::record(const Leg& leg, const rtp::PacketView& packet, Instant now) {
  if (leg.tap.paused || !leg.heard || leg.keeps_secret(now)) return;
  RecordedPacket entry;
  entry.recording = leg.tap.recording;
  entry.arrival = now;
  entry.timestamp = packet.timestamp;
  entry.ssrc = packet.ssrc;
  entry.sequence = packet.sequence;
  entry.codec = leg.format().codec;
  entry.channel = leg.tap.channel;
  leg.tap.ring->push(entry, packet.payload);
}

void Stage::forward(Leg& from, const rtp::PacketView& packet, rtp::MutableBytes buffer, std::uint8_t payload_type,
                    Instant now) {
  Leg& to = *relay_target(from);
  OutStream& out = to.out;
  rtp::Header header{packet.marker, payload_type, packet.sequence, packet.timestamp, out.ssrc};
  if (out.source != from.config.id || out.source_ssrc != packet.ssrc) {
    // Another source: numbers go on where the last one stood.
    out.source = from.config.id;
    out.source_ssrc = packet.ssrc;
    const std::uint32_t passed = out.any ? std::max(ticks_of(to.format().codec, now - out.at), 1u) : 0;
    out.timestamp_offset = out.timestamp + passed - packet.timestamp;
    out.sequence_offset = static_cast<std::uint16_t>(out.next_sequence - packet.sequence);
    header.marker = true;
  }
  header.sequence = static_cast<std::uint16_t>(packet.sequence + out.sequence_offset);
  header.timestamp = packet.timestamp + out.timestamp_offset;
  const std::size_t bytes = packet.payload.size();
  if (buffer[0] != 0x80) {  // sources, extensions and padding are between them and us
    std::copy(packet.payload.begin(), packet.payload.end(), buffer.begin() + rtp::kHeaderBytes);
    buffer[0] = 0x80;
  }
  if (from.muted || from.keeps_secret(now)) {
    if (!is_g711(from.format().codec)) return;
    const auto law = from.format().codec == Codec::kPcmu ? g711::Law::kMu : g711::Law::kA;
    std::fill_n(buffer.begin() + rtp::kHeaderBytes, bytes, g711::silence_of(law));
  }
  rtp::patch_header(buffer, header);
  if (!out.any || rtp::sequence_distance(header.sequence, out.next_sequence) >= 0) {
    out.next_sequence = static_cast<std::uint16_t>(header.sequence + 1);
    out.timestamp = header.timestamp;
    out.at = now;
  }
  out.any = true;
  ++out.packets;
  out.bytes += bytes;
  host_.send_rtp(to, buffer, rtp::kHeaderBytes + bytes);
}

void Stage::on_rtcp(Leg& leg, rtp::Bytes bytes, Instant now) {
  const auto packet = rtp::parse_rtcp(bytes);
  if (!packet) return;
  if (packet->sender) leg.stats.on_sender_report(*packet->sender, now);
  for (const rtp::ReportBlock& block : packet->blocks()) {
    if (block.ssrc != leg.out.ssrc) continue;
    leg.loss_out = block.fraction_lost / 256.0;
    if (const auto trip = rtp::round_trip_of(block, now)) leg.round_trip = *trip;
  }
}

}  // namespace carillon::media
