#include "voice/sip/resolve.h"

#include <algorithm>

#include "voice/wire/text.h"

namespace carillon::voice::sip {
namespace {

constexpr std::size_t kMostRecords = 16;
constexpr int kMostLookups = 16;

std::uint16_t default_port(Transport t) { return is_secure(t) ? 5061 : 5060; }

std::optional<Transport> transport_of(std::string_view name) {
  for (const Transport t : {Transport::kUdp, Transport::kTcp, Transport::kTls, Transport::kWs, Transport::kWss}) {
    if (iequals(transport_param(t), name)) return t;
  }
  return std::nullopt;
}

std::string without_dot(std::string name) {
  if (name.size() > 1 && name.back() == '.') name.pop_back();
  return name;
}

// RFC 2782: by priority; within one, at random by weight.
void order_services(std::vector<Srv>& records, Entropy& entropy) {
  std::stable_sort(records.begin(), records.end(), [](const Srv& a, const Srv& b) {
    return a.priority != b.priority ? a.priority < b.priority : a.weight < b.weight;
  });
  for (std::size_t i = 0; i < records.size(); ++i) {
    std::uint64_t sum = 0;
    std::size_t end = i;
    while (end < records.size() && records[end].priority == records[i].priority) sum += records[end++].weight;
    const std::uint64_t drawn = entropy.below(sum + 1);
    std::uint64_t running = 0;
    for (std::size_t k = i; k < end; ++k) {
      running += records[k].weight;
      if (running >= drawn) {
        std::rotate(records.begin() + static_cast<std::ptrdiff_t>(i), records.begin() + static_cast<std::ptrdiff_t>(k),
                    records.begin() + static_cast<std::ptrdiff_t>(k) + 1);
        break;
      }
    }
  }
}

}  // namespace

bool Resolution::can(Transport transport) const {
  if (secure_ && !is_secure(transport)) return false;
  return transport == Transport::kUdp ? rules_.udp : transport == Transport::kTcp ? rules_.tcp : rules_.tls;
}

Resolution::Resolution(const Uri& uri, const ResolveRules& rules, Entropy&) : rules_(rules) {
  secure_ = uri.scheme == Scheme::kSips;
  host_ = std::string(uri.param("maddr").value_or(uri.host));
  std::optional<Transport> asked;
  if (const auto name = uri.param("transport")) {
    asked = transport_of(*name);
    if (!asked) return;
    // sips with transport=tcp means TLS over TCP.
    if (secure_ && *asked == Transport::kTcp) asked = Transport::kTls;
    if (!can(*asked)) return;
  }
  if (host_.empty()) return;
  const auto ip = IpAddress::parse(host_);
  if (ip || uri.port != 0) {
    const Transport transport = asked.value_or(secure_      ? Transport::kTls
                                               : rules_.udp ? Transport::kUdp
                                                            : Transport::kTcp);
    const std::uint16_t port = uri.port != 0 ? uri.port : default_port(transport);
    if (ip) {
      ready_.push_back({transport, {*ip, port}, host_});
    } else {
      add_host(steps_, host_, transport, port);
    }
    return;
  }
  if (!asked && rules.naptr) {
    steps_.push_back({LookupKind::kNaptr, host_});
  } else {
    add_services(secure_, asked);
  }
}

void Resolution::add_services(bool secure, std::optional<Transport> only) {
  const auto add = [&](Transport transport, const char* prefix) {
    if (!can(transport) || (only && *only != transport)) return;
    steps_.push_back({LookupKind::kSrv, prefix + host_, transport});
  };
  if (!secure) add(Transport::kUdp, "_sip._udp."), add(Transport::kTcp, "_sip._tcp.");
  add(Transport::kTls, "_sips._tcp.");
  // Without any service record the host itself is it (section 4.2).
  const Transport fallback = only.value_or(secure ? Transport::kTls : rules_.udp ? Transport::kUdp : Transport::kTcp);
  add_host(steps_, host_, fallback, default_port(fallback));
}

void Resolution::add_host(std::deque<Step>& steps, const std::string& host, Transport transport,
                          std::uint16_t port) const {
  if (rules_.v4) steps.push_back({LookupKind::kA, host, transport, port});
  if (rules_.v6) steps.push_back({LookupKind::kAaaa, host, transport, port});
}

std::optional<Target> Resolution::next() {
  if (ready_.empty()) return std::nullopt;
  Target target = std::move(ready_.front());
  ready_.pop_front();
  return target;
}

std::optional<Resolution::Question> Resolution::question() const {
  if (steps_.empty() || lookups_ >= kMostLookups) return std::nullopt;
  return Question{steps_.front().kind, steps_.front().name};
}

void Resolution::answer(const Records& records, Entropy& entropy) {
  if (steps_.empty()) return;
  const Step step = std::move(steps_.front());
  steps_.pop_front();
  ++lookups_;
  if (step.kind == LookupKind::kNaptr) return take_naptr(records);
  if (step.kind == LookupKind::kSrv) return take_srv(records, step, entropy);
  for (std::size_t i = 0; i < std::min(records.addresses.size(), kMostRecords); ++i) {
    const IpAddress& ip = records.addresses[i];
    if (ip.is_v4() ? rules_.v4 : rules_.v6) ready_.push_back({step.transport, {ip, step.port}, host_});
  }
}

void Resolution::take_naptr(const Records& records) {
  std::vector<Naptr> usable;
  for (const Naptr& record : records.naptr) {
    if (iequals(record.flags, "s") && usable.size() < kMostRecords) usable.push_back(record);
  }
  std::stable_sort(usable.begin(), usable.end(), [](const Naptr& a, const Naptr& b) {
    return a.order != b.order ? a.order < b.order : a.preference < b.preference;
  });
  for (const Naptr& record : usable) {
    std::optional<Transport> transport;
    if (iequals(record.service, "SIP+D2U")) transport = Transport::kUdp;
    if (iequals(record.service, "SIP+D2T")) transport = Transport::kTcp;
    if (iequals(record.service, "SIPS+D2T")) transport = Transport::kTls;
    if (transport && can(*transport)) steps_.push_back({LookupKind::kSrv, without_dot(record.replacement), *transport});
  }
  if (steps_.empty()) add_services(secure_, std::nullopt);
}

void Resolution::take_srv(const Records& records, const Step& step, Entropy& entropy) {
  if (records.srv.empty()) return;
  if (!found_service_) {
    // The host itself is only for names without any service record.
    found_service_ = true;
    std::erase_if(steps_, [this](const Step& s) { return s.kind != LookupKind::kSrv && s.name == host_; });
  }
  std::vector<Srv> services(records.srv.begin(), records.srv.begin() + static_cast<std::ptrdiff_t>(
                                                                           std::min(records.srv.size(), kMostRecords)));
  order_services(services, entropy);
  std::deque<Step> hosts;
  for (const Srv& service : services) {
    // A target of "." says that there is no such service.
    const std::string target = without_dot(service.target);
    if (target != "." && !target.empty()) add_host(hosts, target, step.transport, service.port);
  }
  steps_.insert(steps_.begin(), hosts.begin(), hosts.end());
}

}  // namespace carillon::voice::sip
