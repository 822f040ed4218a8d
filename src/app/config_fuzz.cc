// Goal: no configuration file makes the server do anything but start as it says or say why not.
// Checks: a fault names the file and what is wrong; what is accepted is within the limits and, written anew, reads the same.
#include "app/config.h"
#include "base/check.h"
#include "base/codec.h"
#include "http/parse/utf8.h"
#include "http/server.h"

namespace carillon::app {
namespace {

constexpr const char* kFile = "carillon.toml";

bool same(const Config& a, const Config& b) {
  return a.data == b.data && a.database == b.database && a.listen == b.listen && a.tls_cert == b.tls_cert &&
         a.tls_key == b.tls_key && a.tls_self_signed == b.tls_self_signed && a.trusted_proxies == b.trusted_proxies &&
         a.web == b.web && a.net_threads == b.net_threads && a.pool_threads == b.pool_threads && a.demo == b.demo &&
         a.demo_traffic == b.demo_traffic && a.log_level == b.log_level;
}

// A basic string of TOML 1.0; JSON's escapes are among its own, but U+007F must be one.
std::string quoted(const std::string& text) {
  std::string out;
  codec::append_json_string(out, text);
  for (std::size_t at = out.find('\x7f'); at != std::string::npos; at = out.find('\x7f', at))
    out.replace(at, 1, "\\u007f");
  return out;
}

std::string written(const Config& c) {
  const auto list = [](const std::vector<std::string>& texts) {
    std::string out;
    for (const std::string& text : texts) out += (out.empty() ? "[" : ", ") + quoted(text);
    return out + "]";
  };
  const auto flag = [](bool on) { return std::string(on ? "true" : "false"); };
  std::string out = "data = " + quoted(c.data) + "\ndatabase = " + quoted(c.database) + "\nlisten = " + list(c.listen) +
                    "\ntls_cert = " + quoted(c.tls_cert) + "\ntls_key = " + quoted(c.tls_key) +
                    "\ntls_self_signed = " + flag(c.tls_self_signed) + "\nweb = " + quoted(c.web) +
                    "\nnet_threads = " + std::to_string(c.net_threads) +
                    "\npool_threads = " + std::to_string(c.pool_threads) + "\ndemo = " + flag(c.demo) +
                    "\ndemo_traffic = " + flag(c.demo_traffic) + "\nlog_level = " + quoted(c.log_level) + "\n";
  if (!c.trusted_proxies.empty()) out += "trusted_proxies = " + list(c.trusted_proxies) + "\n";
  return out;
}

void check(std::string_view text) {
  Config config;
  if (const auto read = parse_config(text, kFile, config); !read) {
    const Error& error = read.error();
    CARILLON_CHECK(error.code == ErrorCode::kConfig && error.message.starts_with(std::string(kFile) + ":") &&
                   http::is_utf8(error.message));
    CARILLON_CHECK(error.message.size() > std::string_view(kFile).size() + 4);
    return;
  }
  CARILLON_CHECK(config.net_threads >= 1 && config.net_threads <= 64);
  CARILLON_CHECK(config.pool_threads >= 1 && config.pool_threads <= 64 && !config.listen.empty());
  for (const std::string& listen : config.listen) {
    const auto listener = http::Listener::parse(listen);
    CARILLON_CHECK(listener.ok() && !listener->address.empty());
  }
  Config again;
  CARILLON_CHECK(parse_config(written(config), kFile, again).ok() && same(config, again));
}

}  // namespace
}  // namespace carillon::app

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  carillon::app::check({reinterpret_cast<const char*>(data), size});
  return 0;
}
