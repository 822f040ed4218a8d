#include "voice/sdp/sdp.h"
#include "voice/wire/text.h"

namespace carillon::voice::sdp {
namespace {

void line(std::string& out, char type, std::string_view value) {
  out += type;
  out += '=';
  out += value;
  out += "\r\n";
}

void attribute(std::string& out, std::string_view name, std::string_view value = {}) {
  out += "a=";
  out += name;
  if (!value.empty()) (out += ':') += value;
  out += "\r\n";
}

std::string address(std::string_view host) {
  std::string out = host.find(':') != std::string_view::npos ? "IN IP6 " : "IN IP4 ";
  return out += host;
}

std::string_view direction_name(Direction d) {
  constexpr std::string_view kNames[] = {"inactive", "sendonly", "recvonly", "sendrecv"};
  return kNames[static_cast<std::size_t>(d)];
}

std::string_view setup_name(Setup s) {
  constexpr std::string_view kNames[] = {"", "active", "passive", "actpass", "holdconn"};
  return kNames[static_cast<std::size_t>(s)];
}

void print_security(std::string& out, const Security& security) {
  if (!security.ice_ufrag.empty()) attribute(out, "ice-ufrag", security.ice_ufrag);
  if (!security.ice_pwd.empty()) attribute(out, "ice-pwd", security.ice_pwd);
  for (const Fingerprint& print : security.fingerprints) attribute(out, "fingerprint", print.hash + ' ' + print.bytes);
  if (security.setup != Setup::kNone) attribute(out, "setup", setup_name(security.setup));
}

void print_codec(std::string& out, const Codec& codec) {
  const std::string payload = std::to_string(codec.payload);
  std::string map = payload + ' ' + codec.name + '/' + std::to_string(codec.clock);
  if (codec.channels > 1) map += '/' + std::to_string(codec.channels);
  attribute(out, "rtpmap", map);
  if (!codec.fmtp.empty()) attribute(out, "fmtp", payload + ' ' + codec.fmtp);
  for (const std::string& feedback : codec.feedback) attribute(out, "rtcp-fb", payload + ' ' + feedback);
}

std::string candidate_text(const Candidate& c) {
  std::string out = c.foundation + ' ' + std::to_string(c.component) + ' ' + c.transport + ' ' +
                    std::to_string(c.priority) + ' ' + c.host + ' ' + std::to_string(c.port) + " typ " + c.type;
  if (!c.more.empty()) (out += ' ') += c.more;
  return out;
}

void print_media(std::string& out, const Media& m) {
  out += "m=" + m.kind_text + ' ' + std::to_string(m.port) + ' ' + m.profile_text;
  if (!m.codecs.empty()) {
    for (const Codec& codec : m.codecs) out += ' ' + std::to_string(codec.payload);
  } else {
    for (const std::string& format : m.formats) out += ' ' + format;
  }
  out += "\r\n";
  if (!m.connection.empty()) line(out, 'c', address(m.connection));
  if (!m.bandwidth.empty()) line(out, 'b', m.bandwidth);
  if (!m.mid.empty()) attribute(out, "mid", m.mid);
  for (const Codec& codec : m.codecs) print_codec(out, codec);
  if (m.ptime != 0) attribute(out, "ptime", std::to_string(m.ptime));
  if (m.maxptime != 0) attribute(out, "maxptime", std::to_string(m.maxptime));
  if (m.direction) attribute(out, direction_name(*m.direction));
  if (m.rtcp_port != 0) attribute(out, "rtcp", std::to_string(m.rtcp_port));
  if (m.rtcp_mux) attribute(out, "rtcp-mux");
  for (const Crypto& c : m.cryptos) {
    attribute(out, "crypto", std::to_string(c.tag) + ' ' + c.suite + " inline:" + c.key + c.more);
  }
  print_security(out, m.security);
  for (const Candidate& c : m.candidates) attribute(out, "candidate", candidate_text(c));
  if (m.end_of_candidates) attribute(out, "end-of-candidates");
  for (const Attribute& other : m.others) attribute(out, other.name, other.value);
}

}  // namespace

std::string print(const Session& session) {
  std::string out;
  out.reserve(512);
  line(out, 'v', "0");
  line(out, 'o',
       session.user + ' ' + std::to_string(session.id) + ' ' + std::to_string(session.version) + ' ' +
           address(session.origin_host));
  line(out, 's', session.name.empty() ? "-" : session.name);
  if (!session.connection.empty()) line(out, 'c', address(session.connection));
  if (!session.bandwidth.empty()) line(out, 'b', session.bandwidth);
  line(out, 't', "0 0");
  if (!session.bundle.empty()) {
    std::string group = "BUNDLE";
    for (const std::string& mid : session.bundle) (group += ' ') += mid;
    attribute(out, "group", group);
  }
  if (session.ice_lite) attribute(out, "ice-lite");
  if (session.direction) attribute(out, direction_name(*session.direction));
  print_security(out, session.security);
  for (const Attribute& other : session.others) attribute(out, other.name, other.value);
  for (const Media& m : session.media) print_media(out, m);
  return out;
}

Direction Session::direction_of_media(const Media& m) const {
  if (m.direction) return *m.direction;
  return direction.value_or(Direction::kSendRecv);
}

std::string_view Session::connection_of(const Media& m) const {
  return m.connection.empty() ? connection : m.connection;
}

Security Session::security_of(const Media& m) const {
  Security out = m.security;
  if (out.ice_ufrag.empty()) out.ice_ufrag = security.ice_ufrag, out.ice_pwd = security.ice_pwd;
  if (out.fingerprints.empty()) out.fingerprints = security.fingerprints;
  if (out.setup == Setup::kNone) out.setup = security.setup;
  return out;
}

std::optional<Endpoint> Session::endpoint_of(const Media& m) const {
  const auto ip = IpAddress::parse(connection_of(m));
  return ip ? std::optional(Endpoint{*ip, m.port}) : std::nullopt;
}

}  // namespace carillon::voice::sdp
