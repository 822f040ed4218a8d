// Voice: SIP, browsers' phones and sound, as the configuration says; none where it names no SIP address.
#include "app/server_parts.h"

namespace carillon::app {
namespace {

voice::sip::Transport transport_of(const std::string& name) {
  if (name == "tcp") return voice::sip::Transport::kTcp;
  return name == "tls" ? voice::sip::Transport::kTls : voice::sip::Transport::kUdp;
}

// A demo has voice without being asked, on this machine only.
std::vector<std::string> sip_of(const Config& config) {
  if (!config.sip.empty() || !config.demo) return config.sip;
  return {"udp:127.0.0.1:5060", "tcp:127.0.0.1:5060"};
}

Result<switchboard::Config> wish_of(const Config& config, const std::vector<std::string>& sip) {
  switchboard::Config out;
  voice::IpAddress first;
  for (const std::string& text : sip) {
    auto one = parse_sip_address(text);
    if (!one) return one.error();
    const voice::IpAddress ip = *voice::IpAddress::parse(one->host);
    if (first.empty()) first = ip;
    out.sip.listen.push_back(
        {transport_of(one->transport), {ip, static_cast<std::uint16_t>(one->port)}, config.public_address});
  }
  const voice::IpAddress bound = config.media_address.empty() ? first : *voice::IpAddress::parse(config.media_address);
  out.public_v4 = config.public_address.empty() ? bound : *voice::IpAddress::parse(config.public_address);
  if (out.public_v4.is_unspecified()) {
    return Error(ErrorCode::kConfig,
                 "found no public_address, expected the address that telephones and browsers can reach: sip names all "
                 "addresses")
        .at("public_address");
  }
  out.sip.tls = {config.tls_cert, config.tls_key};
  out.sip.settings.unknown =
      config.calls_from_anybody || config.demo ? voice::sip::UnknownCalls::kAccept : voice::sip::UnknownCalls::kRefuse;
  for (const TrunkConfig& trunk : config.trunks) {
    voice::sip::Trunk one{.id = trunk.name,
                          .next_hops = trunk.next_hops,
                          .domain = trunk.domain,
                          .user = trunk.user,
                          .password = trunk.password,
                          .registers = trunk.registers,
                          .ping = Duration::seconds(trunk.ping_s),
                          .sources = {},
                          .trusted = trunk.trusted};
    for (const std::string& source : trunk.sources) one.sources.push_back(*voice::IpNetwork::parse(source));
    out.trunks.push_back(std::move(one));
    const auto srtp = trunk.srtp == "required"   ? switchboard::TrunkSrtp::required
                      : trunk.srtp == "optional" ? switchboard::TrunkSrtp::optional
                                                 : switchboard::TrunkSrtp::none;
    out.trunk_rules[trunk.name] = {srtp, trunk.caller_id, trunk.caller_ids};
  }
  out.direct_calls = config.calls_to_addresses || config.demo;
  out.most.calls = static_cast<std::size_t>(config.max_calls);
  out.media.max_legs = std::max(out.media.max_legs, out.most.calls * 2);
  out.media.bind_v4 = bound;
  out.media.first_port = static_cast<std::uint16_t>(config.first_rtp_port);
  out.media.last_port = static_cast<std::uint16_t>(config.last_rtp_port);
  const auto port = static_cast<std::uint16_t>(config.browser_port);
  out.media.browsers_bind = {{bound, port}};
  if (port != 0) out.media.browsers_public = {{out.public_v4, port}};
  return out;
}

}  // namespace

Result<void> open_voice(Server::Parts& p) {
  // Recordings are listened to without telephony, too.
  auto key = recordings::open_key(p.data->path() + "/recording.key");
  if (!key) return key.error();
  p.recording_key = std::make_shared<const recordings::Key>(std::move(*key));
  // So is evidence looked at.
  auto evidence = evidence::Keeper::open({.folder = p.data->files_path() + "/evidence",
                                          .clock = &p.clock,
                                          .log = [](const std::string& text) { log_line(Level::warning, text); },
                                          .keep = Duration::hours(24) * p.config.evidence_days});
  if (!evidence) return evidence.error();
  p.evidence = std::move(*evidence);
  const std::vector<std::string> sip = sip_of(p.config);
  if (sip.empty()) return {};
  auto wish = wish_of(p.config, sip);
  if (!wish) return wish.error();
  wish->files = p.data->files_path();
  wish->recording_key = p.recording_key;
  wish->evidence = p.evidence;
  const auto log = [](std::string_view text) { log_line(Level::info, "voice: " + std::string(text)); };
  prompts::Config prompts{.folders = prompts::default_voice_folders(),
                          .music_folders = prompts::default_music_folders(),
                          .cache = std::filesystem::path(p.data->path()) / "spoken",
                          .on_note = log};
  p.prompts = prompts::Prompts::open(std::move(prompts));
  auto board = switchboard::Switchboard::open({*p.runtime, *p.store, *p.pool, p.clock, p.seeds, *p.prompts, log},
                                              std::move(*wish));
  if (!board && p.config.demo && p.config.sip.empty()) {
    log_line(Level::warning, "the demo takes no calls: " + board.error().message);
    return {};
  }
  if (!board) return board.error();
  p.switchboard = std::move(*board);
  p.phones = p.switchboard.get();
  p.listeners.add(*p.switchboard);
  for (const auto& listener : p.switchboard->listeners()) {
    log("SIP by " + std::string(voice::sip::transport_name(listener.transport)) + " at " + listener.bound.text());
  }
  p.switchboard->start();
  auto reader = p.store->readers().lease();
  if (!reader) return reader.error();
  auto phones = desk_phones::all(**reader);
  if (!phones) return phones.error();
  for (const desk_phones::Account& account : *phones) p.switchboard->set_account(account);
  return {};
}

}  // namespace carillon::app
