#include "evidence/core/pcapng.h"

#include <algorithm>
#include <array>

namespace carillon::evidence {
namespace {

// Block types and options of the format; link type RAW: packets begin with their IP header.
constexpr std::uint32_t kSection = 0x0A0D0D0A, kInterface = 1, kPacket = 6, kOrder = 0x1A2B3C4D;
constexpr std::uint16_t kRaw = 101, kComment = 1, kUserApplication = 4, kEnd = 0;
constexpr std::size_t kMostPayload = 65'000;
constexpr std::uint8_t kUdp = 17;

void put16(std::string& out, std::uint16_t v) {  // little-endian, as kOrder says
  out += static_cast<char>(v & 0xff), out += static_cast<char>(v >> 8);
}
void put32(std::string& out, std::uint32_t v) {
  put16(out, static_cast<std::uint16_t>(v & 0xffff)), put16(out, static_cast<std::uint16_t>(v >> 16));
}
void big16(std::string& out, std::size_t v) {
  out += static_cast<char>((v >> 8) & 0xff), out += static_cast<char>(v & 0xff);
}
void pad(std::string& out) { out.append((4 - out.size() % 4) % 4, '\0'); }

void option(std::string& out, std::uint16_t code, std::string_view text) {
  put16(out, code);
  put16(out, static_cast<std::uint16_t>(text.size()));
  out += text;
  pad(out);
}

void block(std::string& out, std::uint32_t type, const std::string& body) {
  const auto size = static_cast<std::uint32_t>(body.size() + 12);
  put32(out, type), put32(out, size);
  out += body;
  put32(out, size);
}

// RFC 1071, over big-endian words.
std::uint32_t sum_of(std::string_view bytes, std::uint32_t sum = 0) {
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    const auto byte = static_cast<unsigned char>(bytes[i]);
    sum += i % 2 == 0 ? static_cast<std::uint32_t>(byte) << 8 : byte;
    sum = (sum & 0xffff) + (sum >> 16);
  }
  return sum;
}
std::uint16_t folded(std::uint32_t sum) {
  sum = (sum & 0xffff) + (sum >> 16);
  return static_cast<std::uint16_t>(~sum & 0xffff);
}

std::string address_of(const voice::IpAddress& ip, bool as_v6) {
  std::string out;
  if (as_v6 && !ip.is_v6()) out = std::string(10, '\0') + "\xff\xff";  // RFC 4291 section 2.5.5.2
  out.append(reinterpret_cast<const char*>(ip.bytes.data()), ip.is_v6() ? 16 : 4);
  return out;
}

std::string packet_of(const SipMessage& m) {
  const voice::Endpoint& from = m.sent ? m.ours : m.theirs;
  const voice::Endpoint& to = m.sent ? m.theirs : m.ours;
  const bool v6 = from.ip.is_v6() || to.ip.is_v6();
  const std::string source = address_of(from.ip, v6), target = address_of(to.ip, v6);
  std::string udp;
  big16(udp, from.port), big16(udp, to.port);
  const std::string_view payload = std::string_view(m.text).substr(0, kMostPayload);
  big16(udp, payload.size() + 8);
  std::string pseudo = source + target;  // RFC 768, RFC 8200 section 8.1: the same sum for both
  big16(pseudo, kUdp), big16(pseudo, payload.size() + 8);
  std::uint16_t check = folded(sum_of(payload, sum_of(udp, sum_of(pseudo))));
  if (check == 0) check = 0xffff;
  big16(udp, check);
  std::string out;
  if (v6) {
    out = std::string("\x60\0\0\0", 4);
    big16(out, udp.size() + payload.size());
    out += static_cast<char>(kUdp), out += '\x40';
  } else {
    out = std::string("\x45\0", 2);
    big16(out, 20 + udp.size() + payload.size());
    out += std::string("\0\0\x40\0\x40", 5);  // do not fragment, 64 hops
    out += static_cast<char>(kUdp);
    std::string sealed = out;
    big16(sealed, 0);
    big16(out, folded(sum_of(sealed + source + target)));
  }
  return out + source + target + udp + std::string(payload);
}

void packet(std::string& out, const SipMessage& m) {
  const std::string bytes = packet_of(m);
  const auto us = static_cast<std::uint64_t>(std::max<std::int64_t>(m.at.us, 0));
  std::string body;
  put32(body, 0);  // the only interface
  put32(body, static_cast<std::uint32_t>(us >> 32)), put32(body, static_cast<std::uint32_t>(us & 0xffffffff));
  put32(body, static_cast<std::uint32_t>(bytes.size())), put32(body, static_cast<std::uint32_t>(bytes.size()));
  body += bytes;
  pad(body);
  std::string note = m.transport == "UDP" ? "" : "by " + m.transport;
  if (m.cut) note += std::string(note.empty() ? "" : "; ") + "longer than was kept";
  if (!note.empty()) {
    option(body, kComment, note);
    option(body, kEnd, "");
  }
  block(out, kPacket, body);
}

}  // namespace

std::string pcapng_of(const Record& record) {
  std::vector<const SipMessage*> all;
  for (const Party& party : record.parties) {
    for (const SipMessage& one : party.messages) all.push_back(&one);
  }
  std::stable_sort(all.begin(), all.end(), [](const SipMessage* a, const SipMessage* b) { return a->at < b->at; });
  std::string out, section, interface;
  put32(section, kOrder), put16(section, 1), put16(section, 0);
  put32(section, 0xffffffff), put32(section, 0xffffffff);  // how long the section is, is not said
  option(section, kComment, "SIP of call " + record.call.str() + "; framed as UDP, without sound and secrets");
  option(section, kUserApplication, "Carillon");
  option(section, kEnd, "");
  block(out, kSection, section);
  put16(interface, kRaw), put16(interface, 0), put32(interface, 0);
  block(out, kInterface, interface);
  for (const SipMessage* one : all) packet(out, *one);
  return out;
}

}  // namespace carillon::evidence
