#include <algorithm>

#include "voice/sdp/sdp.h"
#include "voice/wire/text.h"

namespace carillon::voice::sdp {
namespace {

struct StaticPayload {
  std::uint8_t payload;
  std::string_view name;
  std::uint32_t clock;
};
// RFC 3551 table 4, what telephones use.
constexpr StaticPayload kStatic[] = {{0, "PCMU", 8000}, {3, "GSM", 8000}, {4, "G723", 8000},  {8, "PCMA", 8000},
                                     {9, "G722", 8000}, {13, "CN", 8000}, {15, "G728", 8000}, {18, "G729", 8000}};

constexpr std::pair<Profile, std::string_view> kProfiles[] = {
    {Profile::kAvp, "RTP/AVP"},
    {Profile::kAvpf, "RTP/AVPF"},
    {Profile::kSavp, "RTP/SAVP"},
    {Profile::kSavpf, "RTP/SAVPF"},
    {Profile::kDtlsSavp, "UDP/TLS/RTP/SAVP"},
    {Profile::kDtlsSavpf, "UDP/TLS/RTP/SAVPF"},
    {Profile::kUdptl, "udptl"},
};

bool is_control(char c) { return (static_cast<unsigned char>(c) < 0x20 && c != '\t') || c == 0x7f; }

std::string_view take_word(std::string_view& rest) {
  while (!rest.empty() && is_blank(rest.front())) rest.remove_prefix(1);
  std::size_t end = 0;
  while (end < rest.size() && !is_blank(rest[end])) ++end;
  const std::string_view word = rest.substr(0, end);
  rest.remove_prefix(end);
  return word;
}

class Parser {
 public:
  explicit Parser(std::string_view text) : rest_(text) {}

  Result<Session> run() {
    if (rest_.size() > kMostBytes) return Error(ErrorCode::kTooLong, "a session description has at most 32768 bytes");
    while (!rest_.empty()) {
      std::string_view line = take_until(rest_, '\n');
      if (!line.empty() && line.back() == '\r') line.remove_suffix(1);
      if (++line_ > kMostLines) return Error(ErrorCode::kTooLong, "a session description has at most 1000 lines");
      if (line.empty()) continue;
      if (line.size() < 2 || line[1] != '=') return fault("expected 'x=value'");
      // Words of an offer stand again in our answer: none may end a line there.
      if (std::any_of(line.begin(), line.end(), is_control)) return fault("a control character");
      if (const char* wrong = read_line(line[0], line.substr(2))) return fault(wrong);
    }
    if (!seen_version_ || !seen_origin_) return fault("v= and o= are mandatory");
    for (Media& m : session_.media) finish(m);
    return std::move(session_);
  }

 private:
  Error fault(const char* wrong) const {
    return Error(ErrorCode::kInvalidValue, "session description, line " + std::to_string(line_) + ": " + wrong)
        .in_column(static_cast<std::int64_t>(line_));
  }

  Media* medium() { return session_.media.empty() ? nullptr : &session_.media.back(); }

  // What is wrong with the line, or nullptr.
  const char* read_line(char type, std::string_view value) {
    if (!seen_version_ && type != 'v') return "v= must come first";
    switch (type) {
      case 'v':
        seen_version_ = true;
        return trim(value) == "0" ? nullptr : "v= must be 0";
      case 'o':
        return read_origin(value);
      case 's':
        session_.name = value;
        return nullptr;
      case 'c':
        return read_connection(value);
      case 'b':
        (medium() ? medium()->bandwidth : session_.bandwidth) = value;
        return nullptr;
      case 'm':
        return read_media(value);
      case 'a':
        return read_attribute(value);
      default:
        return is_letter(type) ? nullptr : "unknown type of line";
    }
  }

  const char* read_origin(std::string_view value) {
    if (seen_origin_) return "o= is repeated";
    seen_origin_ = true;
    session_.user = take_word(value);
    // Some write times with fractions or ids beyond 64 bits; they only have to be told apart.
    const std::string_view id = take_word(value), version = take_word(value);
    if (id.empty() || version.empty()) return "o= wants user, id, version, net type, address type, address";
    session_.id = parse_number(id).value_or(0);
    session_.version = parse_number(version).value_or(0);
    take_word(value), take_word(value);
    session_.origin_host = take_word(value);
    return session_.origin_host.empty() ? "o= wants an address" : nullptr;
  }

  const char* read_connection(std::string_view value) {
    const std::string_view net = take_word(value), type = take_word(value);
    std::string_view host = take_word(value);
    if (net != "IN" || (type != "IP4" && type != "IP6") || host.empty()) return "c= wants IN, IP4 or IP6, an address";
    host = take_until(host, '/');
    (medium() ? medium()->connection : session_.connection) = host;
    return nullptr;
  }

  const char* read_media(std::string_view value) {
    if (session_.media.size() == kMostMedia) return "at most 16 media";
    Media m;
    m.kind_text = take_word(value);
    m.kind = m.kind_text == "audio"   ? MediaKind::kAudio
             : m.kind_text == "video" ? MediaKind::kVideo
             : m.kind_text == "image" ? MediaKind::kImage
                                      : MediaKind::kOther;
    std::string_view ports = take_word(value);
    const auto port = parse_number(take_until(ports, '/'), 65535);
    if (!port) return "m= wants a port";
    m.port = static_cast<std::uint16_t>(*port);
    m.profile_text = take_word(value);
    if (m.profile_text.empty()) return "m= wants a protocol";
    m.profile = Profile::kOther;
    for (const auto& [profile, name] : kProfiles) {
      if (iequals(name, m.profile_text)) m.profile = profile;
    }
    while (true) {
      const std::string_view format = take_word(value);
      if (format.empty()) break;
      if (m.formats.size() == kMostFormats) return "at most 64 formats";
      m.formats.emplace_back(format);
      if (!m.is_rtp()) continue;
      const auto payload = parse_number(format, 127);
      if (!payload) return "a format of RTP is a number from 0 to 127";
      // A number that is repeated says nothing more, and its lines could mean only one of the two.
      if (codec_of(m, format) == nullptr) m.codecs.push_back({static_cast<std::uint8_t>(*payload), "", 0});
    }
    session_.media.push_back(std::move(m));
    return nullptr;
  }

  const char* read_attribute(std::string_view value) {
    const bool flag = value.find(':') == std::string_view::npos;
    const std::string_view name = take_until(value, ':');
    if (read_direction(name) || read_security(name, value)) return nullptr;
    if (name == "ice-lite" && !medium()) return session_.ice_lite = true, nullptr;
    if (name == "group" && !medium() && istarts_with(value, "BUNDLE")) {
      take_word(value);
      for (std::string_view mid = take_word(value); !mid.empty(); mid = take_word(value))
        session_.bundle.emplace_back(mid);
      return session_.bundle.size() > kMostMedia ? "at most 16 media in a bundle" : nullptr;
    }
    if (medium() && !flag) {
      if (const auto wrong = read_media_attribute(*medium(), name, value)) return *wrong;
      if (known_) return nullptr;
    }
    if (medium() && name == "rtcp-mux") return medium()->rtcp_mux = true, nullptr;
    if (medium() && name == "end-of-candidates") return medium()->end_of_candidates = true, nullptr;
    (medium() ? medium()->others : session_.others).push_back({std::string(name), std::string(value)});
    return nullptr;
  }

  bool read_direction(std::string_view name) {
    std::optional<Direction> found;
    if (name == "sendrecv") found = Direction::kSendRecv;
    if (name == "sendonly") found = Direction::kSendOnly;
    if (name == "recvonly") found = Direction::kRecvOnly;
    if (name == "inactive") found = Direction::kInactive;
    if (!found) return false;
    (medium() ? medium()->direction : session_.direction) = found;
    return true;
  }

  bool read_security(std::string_view name, std::string_view value) {
    Security& security = medium() ? medium()->security : session_.security;
    if (name == "ice-ufrag") return security.ice_ufrag = value.substr(0, 256), true;
    if (name == "ice-pwd") return security.ice_pwd = value.substr(0, 256), true;
    if (name == "setup") {
      security.setup = value == "active"     ? Setup::kActive
                       : value == "passive"  ? Setup::kPassive
                       : value == "actpass"  ? Setup::kActpass
                       : value == "holdconn" ? Setup::kHoldconn
                                             : Setup::kNone;
      return true;
    }
    if (name != "fingerprint") return false;
    Fingerprint print{to_lower(take_word(value)), std::string(trim(value))};
    for (char& c : print.bytes) c = static_cast<char>(c >= 'a' && c <= 'z' ? c - 'a' + 'A' : c);
    if (security.fingerprints.size() < 8) security.fingerprints.push_back(std::move(print));
    return true;
  }

  // Sets known_; what is wrong, or nothing when all is well.
  std::optional<const char*> read_media_attribute(Media& m, std::string_view name, std::string_view value) {
    known_ = true;
    if (name == "rtpmap") return read_rtpmap(m, value);
    if (name == "fmtp" || name == "rtcp-fb") return read_of_format(m, name, value);
    if (name == "ptime" || name == "maxptime") {
      // "20.0" is seen in the wild.
      const auto ms = parse_number(trim(value.substr(0, value.find('.'))), 1000);
      if (ms) (name == "ptime" ? m.ptime : m.maxptime) = static_cast<std::uint16_t>(*ms);
      return std::nullopt;
    }
    if (name == "mid") return m.mid = trim(value), std::nullopt;
    if (name == "rtcp") {
      m.rtcp_port = static_cast<std::uint16_t>(parse_number(take_word(value), 65535).value_or(0));
      return std::nullopt;
    }
    if (name == "candidate") return read_candidate(m, value);
    if (name == "crypto") return read_crypto(m, value);
    known_ = false;
    return std::nullopt;
  }

  static Codec* codec_of(Media& m, std::string_view payload) {
    const auto number = parse_number(payload, 127);
    for (Codec& codec : m.codecs) {
      if (number && codec.payload == *number) return &codec;
    }
    return nullptr;
  }

  static std::optional<const char*> read_rtpmap(Media& m, std::string_view value) {
    Codec* codec = codec_of(m, take_word(value));
    std::string_view encoding = take_word(value);
    const std::string_view name = take_until(encoding, '/');
    const auto clock = parse_number(take_until(encoding, '/'), 192000);
    if (!clock || *clock == 0 || name.empty()) return "rtpmap wants 'payload name/clock'";
    if (codec == nullptr) return std::nullopt;  // of a format that is not offered
    codec->name = name;
    codec->clock = static_cast<std::uint32_t>(*clock);
    codec->channels = static_cast<std::uint8_t>(encoding.empty() ? 1 : parse_number(encoding, 255).value_or(1));
    return std::nullopt;
  }

  std::optional<const char*> read_of_format(Media& m, std::string_view name, std::string_view value) {
    const std::string_view payload = take_word(value);
    Codec* codec = codec_of(m, payload);
    if (codec == nullptr) {
      known_ = payload != "*";  // for all formats: kept as text
      return std::nullopt;
    }
    if (name == "fmtp") {
      codec->fmtp = trim(value);
    } else if (codec->feedback.size() < 16) {
      codec->feedback.emplace_back(trim(value));
    }
    return std::nullopt;
  }

  static std::optional<const char*> read_candidate(Media& m, std::string_view value) {
    if (m.candidates.size() == kMostCandidates) return "at most 64 candidates";
    Candidate c;
    c.foundation = take_word(value);
    const auto component = parse_number(take_word(value), 256);
    c.transport = to_lower(take_word(value));
    const auto priority = parse_number(take_word(value), 0xffffffff);
    c.host = take_word(value);
    const auto port = parse_number(take_word(value), 65535);
    const bool typed = take_word(value) == "typ";
    c.type = take_word(value);
    c.more = trim(value);
    if (!component || !priority || !port || !typed || c.type.empty()) return "a candidate is not as RFC 8839 says";
    c.component = static_cast<std::uint16_t>(*component);
    c.priority = static_cast<std::uint32_t>(*priority);
    c.port = static_cast<std::uint16_t>(*port);
    m.candidates.push_back(std::move(c));
    return std::nullopt;
  }

  static std::optional<const char*> read_crypto(Media& m, std::string_view value) {
    if (m.cryptos.size() == kMostCryptos) return "at most 16 crypto lines";
    const auto tag = parse_number(take_word(value), 999999999);
    Crypto c;
    c.suite = take_word(value);
    const std::string_view keys = take_word(value);
    if (!tag || c.suite.empty() || !istarts_with(keys, "inline:")) return "crypto wants 'tag suite inline:key'";
    c.tag = static_cast<std::uint32_t>(*tag);
    const std::string_view key = keys.substr(7);
    const std::size_t end = key.find_first_of("|;");
    c.key = key.substr(0, end);
    c.more = end == std::string_view::npos ? std::string() : std::string(key.substr(end));
    if (!trim(value).empty()) (c.more += ' ') += trim(value);
    m.cryptos.push_back(std::move(c));
    return std::nullopt;
  }

  // Payloads below 96 need no rtpmap; a dynamic one without it means nothing and goes.
  static void finish(Media& m) {
    for (Codec& codec : m.codecs) {
      if (!codec.name.empty()) continue;
      for (const StaticPayload& known : kStatic) {
        if (known.payload == codec.payload) codec.name = known.name, codec.clock = known.clock;
      }
    }
    std::erase_if(m.codecs, [](const Codec& codec) { return codec.name.empty(); });
  }

  std::string_view rest_;
  std::size_t line_ = 0;
  bool seen_version_ = false, seen_origin_ = false, known_ = false;
  Session session_;
};

}  // namespace

Result<Session> parse(std::string_view text) { return Parser(text).run(); }

std::string_view profile_name(Profile profile) {
  for (const auto& [known, name] : kProfiles) {
    if (known == profile) return name;
  }
  return {};
}

}  // namespace carillon::voice::sdp
