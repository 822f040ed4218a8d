// A name server for tests: answers what it was told, on whichever loop turns it.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "base/check.h"
#include "voice/net/datagrams.h"
#include "voice/wire/text.h"

namespace carillon::voice::net {

inline void u16(std::string& out, std::size_t n) { (out += static_cast<char>(n >> 8)) += static_cast<char>(n); }

inline std::string packed(std::string_view name) {
  std::string out;
  while (!name.empty()) {
    const std::string_view label = take_until(name, '.');
    (out += static_cast<char>(label.size())) += label;
  }
  return out += '\0';
}

inline std::string text(std::string_view bytes) { return static_cast<char>(bytes.size()) + std::string(bytes); }

inline std::string srv_data(int priority, int weight, int port, const std::string& target) {
  std::string out;
  u16(out, static_cast<std::size_t>(priority)), u16(out, static_cast<std::size_t>(weight));
  u16(out, static_cast<std::size_t>(port));
  return out + packed(target);
}

inline std::string naptr_data(int order, const std::string& service, const std::string& target) {
  std::string out;
  u16(out, static_cast<std::size_t>(order)), u16(out, 10);
  return out + text("s") + text(service) + text("") + packed(target);
}

// Answers what it was told, and "no such name" to all else; on the test's own loop.
class NameServer {
 public:
  enum Type { kA = 1, kSrv = 33, kNaptr = 35, kAaaa = 28 };

  explicit NameServer(Loop& loop) {
    auto socket = bind_datagrams({IpAddress::v4(127, 0, 0, 1), 0});
    CARILLON_CHECK(socket.ok());
    at = *local_endpoint(*socket);
    socket_ = std::make_unique<Datagrams>(
        loop, std::move(*socket), room_, [this](const Endpoint& from, std::string_view query) { answer(from, query); });
  }
  void add(const std::string& name, Type type, const std::string& data) {
    records_[{packed(name), type}].push_back(data);
  }

  Endpoint at;
  int asked = 0;
  std::uint32_t ttl = 60;
  std::string broken;  // sent in place of an answer's records

 private:
  void answer(const Endpoint& from, std::string_view query) {
    ++asked;
    const std::size_t end = query.find('\0', 12) + 5;
    const std::string question(query.substr(12, end - 12));
    const std::string name = to_lower(question.substr(0, question.size() - 4));
    const int type = static_cast<unsigned char>(question[question.size() - 3]);
    const auto found = records_.find({name, type});
    const bool known = found != records_.end();
    std::string out(query.substr(0, 2));
    u16(out, known ? 0x8180 : 0x8183);
    u16(out, 1), u16(out, known ? found->second.size() : 0), u16(out, 0), u16(out, 0);
    out += question;
    for (const std::string& data : known ? found->second : std::vector<std::string>()) {
      u16(out, 0xC00C), u16(out, static_cast<std::size_t>(type)), u16(out, 1);
      u16(out, ttl >> 16), u16(out, ttl & 0xffff);
      u16(out, data.size());
      out += data;
    }
    if (!broken.empty()) out = std::string(query.substr(0, 2)) + broken;
    socket_->send(from, std::move(out));
    socket_->flush();
  }

  DatagramRoom room_;
  std::unique_ptr<Datagrams> socket_;
  std::map<std::pair<std::string, int>, std::vector<std::string>> records_;
};

}  // namespace carillon::voice::net
