#include "voice/net/resolver.h"

#include <ares.h>
#include <arpa/nameser.h>

#include <algorithm>
#include <cstring>

#include "voice/wire/text.h"

namespace carillon::voice::net {
namespace {

constexpr int kTries = 2;  // c-ares doubles the time for the second
constexpr std::size_t kMostRecords = 16;
constexpr std::int64_t kLeastKept = 1, kMostKeptTime = 300, kFailureKept = 5;  // seconds

// c-ares wants to be told once that the program uses it.
bool library_ready() {
  static const bool ready = ares_library_init(ARES_LIB_INIT_ALL) == ARES_SUCCESS;
  return ready;
}

bool is_usable(const IpAddress& ip) {
  return !ip.empty() && !ip.is_unspecified() && !ip.is_multicast() && !ip.is_broadcast();
}

// The smallest time to live of the answers; c-ares tells none for SRV and NAPTR. Fields as RFC 1035 section 4.1.3 lays them.
std::int64_t least_ttl(const unsigned char* bytes, int size) {
  if (size < 12) return kFailureKept;
  const auto u16 = [&](std::size_t at) { return static_cast<std::uint32_t>(bytes[at] << 8 | bytes[at + 1]); };
  const std::size_t end = static_cast<std::size_t>(size);
  std::size_t at = 12;
  const auto skip_name = [&] {
    while (at < end && bytes[at] != 0) {
      if ((bytes[at] & 0xC0) == 0xC0) return at += 2, at <= end;
      at += std::size_t{bytes[at]} + 1;
    }
    return ++at <= end;
  };
  for (std::uint32_t n = u16(4); n > 0; --n) {
    if (!skip_name()) return kFailureKept;
    at += 4;
  }
  std::int64_t least = kMostKeptTime;
  for (std::uint32_t n = u16(6); n > 0; --n) {
    if (!skip_name() || at + 10 > end) return kFailureKept;
    least = std::min<std::int64_t>(least, std::int64_t{u16(at + 4)} << 16 | u16(at + 6));
    at += 10 + u16(at + 8);
  }
  return least;
}

template <class Reply>
struct ReplyFree {
  void operator()(Reply* reply) const { ares_free_data(reply); }
};

sip::Records read_naptr(const unsigned char* bytes, int size) {
  sip::Records out;
  ares_naptr_reply* first = nullptr;
  if (ares_parse_naptr_reply(bytes, size, &first) != ARES_SUCCESS) return out;
  const std::unique_ptr<ares_naptr_reply, ReplyFree<ares_naptr_reply>> held(first);
  for (const ares_naptr_reply* one = first; one != nullptr && out.naptr.size() < kMostRecords; one = one->next) {
    if (!is_host_name(one->replacement)) continue;
    out.naptr.push_back({one->order, one->preference, reinterpret_cast<const char*>(one->flags),
                         reinterpret_cast<const char*>(one->service), one->replacement});
  }
  return out;
}

sip::Records read_srv(const unsigned char* bytes, int size) {
  sip::Records out;
  ares_srv_reply* first = nullptr;
  if (ares_parse_srv_reply(bytes, size, &first) != ARES_SUCCESS) return out;
  const std::unique_ptr<ares_srv_reply, ReplyFree<ares_srv_reply>> held(first);
  for (const ares_srv_reply* one = first; one != nullptr && out.srv.size() < kMostRecords; one = one->next) {
    // A target of "." says that there is no such service; c-ares gives it as "".
    const std::string target = *one->host == '\0' ? "." : one->host;
    if (target != "." && (one->port == 0 || !is_host_name(target))) continue;
    out.srv.push_back({one->priority, one->weight, one->port, target});
  }
  return out;
}

sip::Records read_addresses(const ares_addrinfo& found, sip::LookupKind kind, std::int64_t& ttl) {
  sip::Records out;
  for (const ares_addrinfo_node* one = found.nodes; one != nullptr; one = one->ai_next) {
    SocketAddress address;
    if (one->ai_addrlen > sizeof address.storage) continue;
    std::memcpy(&address.storage, one->ai_addr, one->ai_addrlen);
    const IpAddress ip = address.endpoint().ip;
    const bool asked_for = kind == sip::LookupKind::kA ? ip.is_v4() : ip.is_v6();
    const bool known = std::find(out.addresses.begin(), out.addresses.end(), ip) != out.addresses.end();
    if (!asked_for || known || !is_usable(ip) || out.addresses.size() == kMostRecords) continue;
    out.addresses.push_back(ip);
    ttl = std::min<std::int64_t>(ttl, one->ai_ttl);
  }
  return out;
}

}  // namespace

bool is_host_name(std::string_view name) {
  if (!name.empty() && name.back() == '.') name.remove_suffix(1);
  if (name.empty() || name.size() > 253) return false;
  while (!name.empty()) {
    const std::string_view label = take_until(name, '.');
    if (label.empty() || label.size() > 63) return false;
    for (const char c : label) {
      if (!is_alnum(c) && c != '-' && c != '_') return false;
    }
  }
  return true;
}

struct Resolver::Asked {
  Resolver* resolver;
  Question question;

  // Takes back what c-ares held; nothing when the resolver is going.
  static std::unique_ptr<Asked> from(void* held) {
    std::unique_ptr<Asked> asked(static_cast<Asked*>(held));
    return asked->resolver->over_ ? nullptr : std::move(asked);
  }
  static void on_reply(void* held, int status, int, unsigned char* bytes, int size) {
    const auto asked = from(held);
    if (!asked) return;
    if (status != ARES_SUCCESS) return asked->resolver->answered(asked->question, {}, kFailureKept);
    const bool naptr = asked->question.kind == sip::LookupKind::kNaptr;
    asked->resolver->answered(asked->question, naptr ? read_naptr(bytes, size) : read_srv(bytes, size),
                              least_ttl(bytes, size));
  }
  static void on_addresses(void* held, int status, int, ares_addrinfo* found) {
    const auto asked = from(held);
    std::int64_t ttl = kMostKeptTime;
    sip::Records records;
    if (asked && status == ARES_SUCCESS && found != nullptr)
      records = read_addresses(*found, asked->question.kind, ttl);
    if (found != nullptr) ares_freeaddrinfo(found);
    if (asked) asked->resolver->answered(asked->question, std::move(records), ttl);
  }
};

class Resolver::DnsSocket final : public Loop::Ready {
 public:
  DnsSocket(Resolver& resolver, int fd, std::uint32_t events) : resolver_(resolver), fd_(fd) {
    resolver_.loop_.watch(fd_, events, *this);
  }
  ~DnsSocket() override { close(); }
  // c-ares closes the descriptor after this, and somebody else may get its number.
  void close() {
    if (fd_ >= 0) resolver_.loop_.unwatch(fd_);
    fd_ = -1;
  }
  void want(std::uint32_t events) { resolver_.loop_.rewatch(fd_, events); }
  void on_ready(std::uint32_t events) override {
    const bool in = (events & (EPOLLIN | EPOLLERR | EPOLLHUP)) != 0, out = (events & EPOLLOUT) != 0;
    resolver_.process(in ? fd_ : ARES_SOCKET_BAD, out ? fd_ : ARES_SOCKET_BAD);
  }

 private:
  Resolver& resolver_;
  int fd_;
};

Resolver::Resolver(Loop& loop, Tell tell) : loop_(loop), tell_(std::move(tell)) {}

Result<std::unique_ptr<Resolver>> Resolver::open(Loop& loop, const std::vector<Endpoint>& servers, Tell tell,
                                                 Duration first_try) {
  std::unique_ptr<Resolver> out(new Resolver(loop, std::move(tell)));
  ares_options options{};
  options.flags = ARES_FLAG_NOSEARCH;  // a peer's "intranet" is not ours
  options.timeout = static_cast<int>(first_try.us / 1000);
  options.tries = kTries;
  options.sock_state_cb = [](void* self, ares_socket_t fd, int read, int write) {
    static_cast<Resolver*>(self)->socket_wants(fd, read != 0, write != 0);
  };
  options.sock_state_cb_data = out.get();
  int status = library_ready() ? ARES_SUCCESS : ARES_ENOTINITIALIZED;
  if (status == ARES_SUCCESS) {
    status = ares_init_options(&out->channel_, &options,
                               ARES_OPT_FLAGS | ARES_OPT_TIMEOUTMS | ARES_OPT_TRIES | ARES_OPT_SOCK_STATE_CB);
  }
  std::string list;
  for (const Endpoint& server : servers) list += (list.empty() ? "" : ",") + server.text();
  if (status == ARES_SUCCESS && !list.empty()) status = ares_set_servers_ports_csv(out->channel_, list.c_str());
  if (status != ARES_SUCCESS) {
    return Error(ErrorCode::kConfig, "names cannot be looked up (servers: " + (list.empty() ? "the system's" : list) +
                                         "): " + ares_strerror(status));
  }
  return out;
}

Resolver::~Resolver() {
  over_ = true;
  if (channel_ != nullptr) ares_destroy(channel_);
  loop_.cancel(timeout_);
}

void Resolver::ask(const sip::Lookup& lookup) {
  if (!is_host_name(lookup.name)) return tell_(lookup.id, {});
  const Question question{lookup.kind, to_lower(lookup.name)};
  auto found = answers_.find(question);
  if (found != answers_.end() && !found->second.asking && found->second.until > loop_.now()) {
    return tell_(lookup.id, found->second.records);
  }
  const bool new_question = found == answers_.end() || !found->second.asking;
  if (waiting_ >= kMostWaiting || (new_question && asking_ >= kMostQuestions)) return tell_(lookup.id, {});
  if (found == answers_.end()) {
    make_room();
    found = answers_.try_emplace(question).first;
  }
  found->second.waiting.push_back(lookup.id);
  ++waiting_;
  if (!new_question) return;
  found->second.asking = true;
  ++asking_;
  send(question);
}

// c-ares may answer before it returns.
void Resolver::send(const Question& question) {
  void* held = std::make_unique<Asked>(Asked{this, question}).release();
  const std::string name = question.name;
  switch (question.kind) {
    case sip::LookupKind::kNaptr:
      ares_query(channel_, name.c_str(), ns_c_in, ns_t_naptr, Asked::on_reply, held);
      break;
    case sip::LookupKind::kSrv:
      ares_query(channel_, name.c_str(), ns_c_in, ns_t_srv, Asked::on_reply, held);
      break;
    default: {
      ares_addrinfo_hints hints{};
      hints.ai_family = question.kind == sip::LookupKind::kA ? AF_INET : AF_INET6;
      hints.ai_flags = ARES_AI_NOSORT;
      ares_getaddrinfo(channel_, name.c_str(), nullptr, &hints, Asked::on_addresses, held);
    }
  }
  plan_timeout();
}

void Resolver::answered(const Question& question, sip::Records records, std::int64_t ttl) {
  const auto found = answers_.find(question);
  if (found == answers_.end()) return;
  Answer& answer = found->second;
  if (records.naptr.empty() && records.srv.empty() && records.addresses.empty()) ttl = kFailureKept;
  answer.asking = false;
  answer.until = loop_.now() + Duration::seconds(std::clamp(ttl, kLeastKept, kMostKeptTime));
  answer.records = records;
  const std::vector<sip::LookupId> waiting = std::move(answer.waiting);
  answer.waiting.clear();
  --asking_;
  waiting_ -= waiting.size();
  // Who is told may ask again, and the map may change.
  for (const sip::LookupId id : waiting) tell_(id, records);
}

void Resolver::make_room() {
  if (answers_.size() < kMostKept) return;
  const Instant now = loop_.now();
  std::erase_if(answers_, [&](const auto& one) { return !one.second.asking && one.second.until <= now; });
  // All fresh: somebody asks for many names. Those on their way stay.
  if (answers_.size() >= kMostKept) std::erase_if(answers_, [](const auto& one) { return !one.second.asking; });
}

void Resolver::socket_wants(int fd, bool read, bool write) {
  const auto found = sockets_.find(fd);
  if (!read && !write) {
    if (found == sockets_.end()) return;
    found->second->close();
    closed_.push_back(std::move(found->second));
    sockets_.erase(found);
    return;
  }
  const std::uint32_t events = (read ? std::uint32_t{EPOLLIN} : 0U) | (write ? std::uint32_t{EPOLLOUT} : 0U);
  if (found != sockets_.end()) return found->second->want(events);
  sockets_.emplace(fd, std::make_unique<DnsSocket>(*this, fd, events));
}

void Resolver::process(int read_fd, int write_fd) {
  ares_process_fd(channel_, read_fd, write_fd);
  plan_timeout();
  closed_.clear();
}

void Resolver::plan_timeout() {
  loop_.cancel(timeout_);
  timeval wait{};
  if (ares_timeout(channel_, nullptr, &wait) == nullptr) return;
  const Duration time = Duration::seconds(wait.tv_sec) + Duration::micros(wait.tv_usec) + Duration::millis(1);
  timeout_ = loop_.at(loop_.now() + time, [this] { process(ARES_SOCKET_BAD, ARES_SOCKET_BAD); });
}

}  // namespace carillon::voice::net
