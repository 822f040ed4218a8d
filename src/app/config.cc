#include "app/config.h"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <functional>
#include <iterator>
#include <map>
#include <stdexcept>

#include "http/server.h"
#include "switchboard/trunk_rules.h"
#include "turn/url.h"
#include "voice/wire/address.h"

namespace {
// A function of its own: g++ warns of a plain throw in the parser's noexcept parts, where it would end the program as an assertion does.
[[noreturn, gnu::noinline]] void parser_gave_up() { throw std::logic_error("it cannot be read"); }
}  // namespace
// Some malformed files run into assertions of the parser itself ("[:x]" in 3.3): they are faults of the file, not ours.
#define TOML_ASSERT(fine) ((fine) ? void(0) : parser_gave_up())
#include <toml++/toml.h>

namespace carillon::app {
namespace {

std::string place(const std::string& file, const toml::node& node) {
  return file + ":" + std::to_string(node.source().begin.line);
}

Error fault(const std::string& file, const toml::node& node, const std::string& key, const std::string& found,
            const std::string& expected) {
  return Error(ErrorCode::kConfig, place(file, node) + ": " + key + ": found " + found + ", expected " + expected)
      .at(key)
      .expecting(expected);
}

std::string kind_of(const toml::node& node) {
  if (node.is_string()) return "the text \"" + std::string(node.as_string()->get()) + "\"";
  if (node.is_integer()) return "the number " + std::to_string(node.as_integer()->get());
  if (node.is_boolean()) return node.as_boolean()->get() ? "true" : "false";
  if (node.is_array()) return "a list";
  if (node.is_table()) return "a table";
  return "another kind of value";
}

using Take = std::function<std::string(const toml::node&)>;  // "" when fine, else what is expected

Take text(std::string& into) {
  return [&into](const toml::node& node) {
    if (!node.is_string()) return "a text in quotes";
    into = node.as_string()->get();
    return "";
  };
}

Take flag(bool& into) {
  return [&into](const toml::node& node) {
    if (!node.is_boolean()) return "true or false";
    into = node.as_boolean()->get();
    return "";
  };
}

Take number(int& into, int least, int most) {
  return [&into, least, most](const toml::node& node) -> std::string {
    const auto* n = node.as_integer();
    if (!n || n->get() < least || n->get() > most)
      return "a whole number from " + std::to_string(least) + " to " + std::to_string(most);
    into = static_cast<int>(n->get());
    return "";
  };
}

Take texts(std::vector<std::string>& into) {
  return [&into](const toml::node& node) {
    if (node.is_string()) return into = {std::string(node.as_string()->get())}, "";
    const auto* list = node.as_array();
    if (!list || list->empty()) return "a text, or a list of texts";
    std::vector<std::string> out;
    for (const auto& item : *list) {
      if (!item.is_string()) return "a list of texts only";
      out.emplace_back(item.as_string()->get());
    }
    return into = std::move(out), "";
  };
}

using Takes = std::map<std::string, Take, std::less<>>;

// One table of a list of tables: each key must be known. What was found is not told: it may be a password.
Result<void> read_table(const std::string& file, const toml::table& table, const std::string& list,
                        const Takes& known) {
  for (const auto& [key, value] : table) {
    const std::string name = list + "." + std::string(key.str());
    const auto take = known.find(key.str());
    if (take == known.end()) {
      std::string names;
      for (const auto& [one, unused] : known) names += (names.empty() ? "" : ", ") + one;
      return fault(file, value, name, "a key that is not known", "one of " + names);
    }
    const std::string expected = take->second(value);
    if (!expected.empty()) return fault(file, value, name, "another kind of value", expected);
  }
  return {};
}

// The tables [[turn]].
Result<void> read_turn(const std::string& file, const toml::node& node, std::vector<TurnConfig>& into) {
  const auto* list = node.as_array();
  if (!list || !list->is_homogeneous<toml::table>()) {
    return fault(file, node, "turn", kind_of(node), "tables, each begun by [[turn]]");
  }
  into.clear();
  for (const auto& item : *list) {
    TurnConfig turn;
    const Takes known{{"urls", texts(turn.urls)},
                      {"secret", text(turn.secret)},
                      {"valid_s", number(turn.valid_s, 60, 7 * 24 * 3600)}};
    if (auto read = read_table(file, *item.as_table(), "turn", known); !read) return read;
    bool relays = false;
    for (const std::string& url : turn.urls) {
      relays = relays || url.starts_with("turn");
      if (!turn::is_ice_url(url)) {
        return fault(file, item, "turn.urls", "'" + url + "'", "turn:HOST:PORT, turns: or stun:");
      }
    }
    if (turn.urls.empty() || relays == turn.secret.empty()) {
      return fault(file, item, "turn", "a relay without urls or secret, or a secret without relay",
                   "urls, and the secret that a turn: server shares with this one");
    }
    into.push_back(std::move(turn));
  }
  return {};
}

Result<void> check_trunk_rules(const std::string& file, const toml::node& item, const TrunkConfig& trunk) {
  if (trunk.srtp != "none" && trunk.srtp != "optional" && trunk.srtp != "required") {
    return fault(file, item, "trunks.srtp", "'" + trunk.srtp + "'", "none, optional or required");
  }
  if (!trunk.caller_id.empty() && !switchboard::is_caller_id(trunk.caller_id, false)) {
    return fault(file, item, "trunks.caller_id", "'" + trunk.caller_id + "'",
                 "a number such as +4930123, or anonymous");
  }
  for (const std::string& one : trunk.caller_ids) {
    if (!switchboard::is_caller_id(one, true)) {
      return fault(file, item, "trunks.caller_ids", "'" + one + "'", "numbers such as +4930123, or +4930123*");
    }
  }
  return {};
}

// The tables [[trunks]]: each replaces what was there.
Result<void> read_trunks(const std::string& file, const toml::node& node, std::vector<TrunkConfig>& into) {
  const auto* list = node.as_array();
  if (!list || !list->is_homogeneous<toml::table>()) {
    return fault(file, node, "trunks", kind_of(node), "tables, each begun by [[trunks]]");
  }
  into.clear();
  for (const auto& item : *list) {
    TrunkConfig trunk;
    const Takes known{
        {"name", text(trunk.name)},
        {"next_hops", texts(trunk.next_hops)},
        {"domain", text(trunk.domain)},
        {"user", text(trunk.user)},
        {"password", text(trunk.password)},
        {"registers", flag(trunk.registers)},
        {"ping_s", number(trunk.ping_s, 0, 3600)},
        {"sources", texts(trunk.sources)},
        {"trusted", flag(trunk.trusted)},
        {"srtp", text(trunk.srtp)},
        {"caller_id", text(trunk.caller_id)},
        {"caller_ids", texts(trunk.caller_ids)},
    };
    if (auto read = read_table(file, *item.as_table(), "trunks", known); !read) return read;
    if (auto fine = check_trunk_rules(file, item, trunk); !fine) return fine;
    for (const std::string& source : trunk.sources) {
      if (!voice::IpNetwork::parse(source)) {
        return fault(file, item, "trunks.sources", "'" + source + "'", "a network such as 198.51.100.0/24");
      }
    }
    if (trunk.name.empty() || (trunk.next_hops.empty() && trunk.sources.empty())) {
      return fault(file, item, "trunks", "a trunk without name, or without next_hops and sources",
                   "a name, and where its calls go to (next_hops) or come from (sources)");
    }
    if (trunk.registers && trunk.next_hops.empty()) {
      return fault(file, item, "trunks", "a trunk that registers, without next_hops", "where to register");
    }
    if (trunk.next_hops.empty()) trunk.ping_s = 0;  // nobody to ask: calls only come from there
    into.push_back(std::move(trunk));
  }
  return {};
}

// Behind the text in quotes, or the triple quotes, that begins at `at`; the end when it is never closed.
std::size_t end_of_quoted(std::string_view t, std::size_t at) {
  const char quote = t[at];
  const bool escapes = quote == '"';
  const std::string triple(3, quote);
  const bool is_long = t.substr(at, 3) == triple;
  for (at += is_long ? 3 : 1; at < t.size(); ++at) {
    if (escapes && t[at] == '\\') {
      ++at;
    } else if (is_long && t.substr(at, 3) == triple) {
      at += 3;
      for (int more = 0; more < 2 && at < t.size() && t[at] == quote; ++more)
        ++at;  // up to two of its own stand before
      return at;
    } else if (!is_long && (t[at] == quote || t[at] == '\n')) {
      return at + 1;
    }
  }
  return t.size();
}

// Where a letter beyond ASCII stands outside quotes and comments, npos when none does. No TOML has one there, and the parser
// (3.3) is undefined for some of them.
std::size_t foreign_letter(std::string_view t) {
  std::size_t at = t.starts_with("\xef\xbb\xbf") ? 3 : 0;
  while (at < t.size()) {
    if (static_cast<unsigned char>(t[at]) >= 0x80) return at;
    if (t[at] == '#') {
      at = std::min(t.find('\n', at), t.size());
    } else {
      at = t[at] == '"' || t[at] == '\'' ? end_of_quoted(t, at) : at + 1;
    }
  }
  return std::string_view::npos;
}

std::string line_of(std::string_view t, std::size_t at) {
  return std::to_string(1 + std::count(t.begin(), t.begin() + static_cast<std::ptrdiff_t>(at), '\n'));
}

}  // namespace

Result<void> parse_config(std::string_view text_of_file, const std::string& file, Config& config) {
  const std::map<std::string, Take, std::less<>> known{
      {"data", text(config.data)},
      {"database", text(config.database)},
      {"listen", texts(config.listen)},
      {"tls_cert", text(config.tls_cert)},
      {"tls_key", text(config.tls_key)},
      {"tls_self_signed", flag(config.tls_self_signed)},
      {"trusted_proxies", texts(config.trusted_proxies)},
      {"web", text(config.web)},
      {"net_threads", number(config.net_threads, 1, 64)},
      {"pool_threads", number(config.pool_threads, 1, 64)},
      {"demo", flag(config.demo)},
      {"demo_traffic", flag(config.demo_traffic)},
      {"sip", texts(config.sip)},
      {"public_address", text(config.public_address)},
      {"media_address", text(config.media_address)},
      {"first_rtp_port", number(config.first_rtp_port, 1024, 65534)},
      {"last_rtp_port", number(config.last_rtp_port, 1024, 65535)},
      {"browser_port", number(config.browser_port, 0, 65535)},
      {"evidence_days", number(config.evidence_days, 1, 3650)},
      {"max_calls", number(config.max_calls, 1, 20000)},
      {"calls_from_anybody", flag(config.calls_from_anybody)},
      {"calls_to_addresses", flag(config.calls_to_addresses)},
      {"log_level", text(config.log_level)},
  };
  if (const std::size_t at = foreign_letter(text_of_file); at != std::string_view::npos) {
    return Error(ErrorCode::kConfig,
                 file + ":" + line_of(text_of_file, at) +
                     ": found a letter beyond ASCII outside quotes, expected TOML: put texts in quotes");
  }
  toml::table table;
  try {
    table = toml::parse(text_of_file, file);
  } catch (const toml::parse_error& e) {
    return Error(ErrorCode::kConfig, file + ":" + std::to_string(e.source().begin.line) +
                                         ": found text that is not TOML: " + std::string(e.description()));
  } catch (const std::exception& e) {
    return Error(ErrorCode::kConfig, file + ": found text that is not TOML: " + e.what());
  }
  for (const auto& [key, node] : table) {
    const std::string name(key.str());
    if (name == "trunks") {
      if (auto read = read_trunks(file, node, config.trunks); !read) return read;
      continue;
    }
    if (name == "turn") {
      if (auto read = read_turn(file, node, config.turn); !read) return read;
      continue;
    }
    const auto take = known.find(name);
    if (take == known.end()) {
      std::string names;
      for (const auto& [one, unused] : known) names += (names.empty() ? "" : ", ") + one;
      return fault(file, node, name, "a key that is not known", "one of " + names + ", trunks, turn");
    }
    const std::string expected = take->second(node);
    if (!expected.empty()) return fault(file, node, name, kind_of(node), expected);
  }
  Result<void> checked = check_config(config);
  if (checked) return checked;
  // What fits no other key is told at the key it stands under.
  Error error = std::move(checked).error();
  const toml::node* node = table.get(error.field);
  error.message = (node ? place(file, *node) : file) + ": " + error.message;
  return error;
}

Result<void> read_config(const std::string& file, Config& config) {
  std::ifstream in(file, std::ios::binary);
  std::string bytes{std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
  if (!in.is_open() || in.bad())
    return Error(ErrorCode::kConfig, "cannot read the configuration " + file + ": " + std::strerror(errno));
  return parse_config(bytes, file, config);
}

Result<SipAddress> parse_sip_address(const std::string& text) {
  const auto wrong = [&] {
    return Error(ErrorCode::kConfig,
                 "sip: found '" + text + "', expected udp:, tcp: or tls: with ADDRESS:PORT, such as udp:0.0.0.0:5060")
        .at("sip");
  };
  const std::size_t colon = text.find(':');
  if (colon == std::string::npos) return wrong();
  SipAddress out{.transport = text.substr(0, colon), .host = {}, .port = 0};
  if (out.transport != "udp" && out.transport != "tcp" && out.transport != "tls") return wrong();
  const auto at = voice::Endpoint::parse(text.substr(colon + 1));
  if (!at) return wrong();
  out.host = at->ip.text(), out.port = at->port;
  return out;
}

Result<void> check_config(const Config& config) {
  if (config.tls_cert.empty() != config.tls_key.empty()) {
    return Error(ErrorCode::kConfig, "found only one of tls_cert and tls_key, expected both or none").at("tls_cert");
  }
  if (config.tls_self_signed && !config.tls_cert.empty()) {
    return Error(ErrorCode::kConfig, "found tls_self_signed beside tls_cert, expected one of them")
        .at("tls_self_signed");
  }
  static constexpr std::string_view kLevels[] = {"debug", "info", "warning", "error"};
  if (std::find(std::begin(kLevels), std::end(kLevels), config.log_level) == std::end(kLevels)) {
    return Error(ErrorCode::kConfig,
                 "log_level: found '" + config.log_level + "', expected debug, info, warning or error")
        .at("log_level");
  }
  for (const std::string& sip : config.sip) {
    auto parsed = parse_sip_address(sip);
    if (!parsed) return parsed.error();
  }
  for (const auto& [key, value] :
       {std::pair{"public_address", &config.public_address}, {"media_address", &config.media_address}}) {
    if (value->empty() || voice::IpAddress::parse(*value)) continue;
    return Error(ErrorCode::kConfig, std::string(key) + ": found '" + *value + "', expected an IP address").at(key);
  }
  if (config.first_rtp_port >= config.last_rtp_port) {
    return Error(ErrorCode::kConfig, "first_rtp_port: found " + std::to_string(config.first_rtp_port) +
                                         ", expected less than last_rtp_port, " + std::to_string(config.last_rtp_port))
        .at("first_rtp_port");
  }
  for (const std::string& listen : config.listen) {
    auto parsed = http::Listener::parse(listen);
    if (!parsed) return Error(ErrorCode::kConfig, "listen: " + parsed.error().message).at("listen");
  }
  return {};
}

}  // namespace carillon::app
