// DNS for SIP: NAPTR, SRV, A and AAAA, asked through c-ares on the loop.
//
// What:   ask() answers once, later or at once, with what was found; nothing found, a broken answer and no answer in time are
//         all an empty Records. Same questions wait for one answer; answers are kept for their time to live, 1 s to 5 min,
//         failures for 5 s. A and AAAA look into /etc/hosts first.
// Why:    a call to a carrier is three questions; with a cache it is three in five minutes.
// Owns:   the c-ares channel, the cache.
// Thread: the loop's.
// Errors: open() when c-ares cannot start or a server's address is none.
// Limits: kMostQuestions on their way (the next gets an empty answer), kMostKept answers, 16 records of each, 4.5 s a server.
//         Names come from peers: only letters, digits, '-', '_' and '.' are asked for, at most 253.
// Example:
//   resolver->ask({id, sip::LookupKind::kSrv, "_sip._udp.carrier.example"}, ...);
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "base/result.h"
#include "voice/net/loop.h"
#include "voice/sip/resolve.h"

struct ares_channeldata;

namespace carillon::voice::net {

class Resolver final {
 public:
  static constexpr std::size_t kMostQuestions = 256, kMostKept = 1024, kMostWaiting = 4096;
  using Tell = std::function<void(sip::LookupId, const sip::Records&)>;

  // `servers`: whom to ask; empty: whom the system asks. `tell` hears each answer. A server has `first_try` to answer, and
  // twice that at the second try.
  static Result<std::unique_ptr<Resolver>> open(Loop& loop, const std::vector<Endpoint>& servers, Tell tell,
                                                Duration first_try = Duration::millis(1500));
  ~Resolver();
  Resolver(const Resolver&) = delete;
  Resolver& operator=(const Resolver&) = delete;

  void ask(const sip::Lookup& lookup);
  std::size_t on_their_way() const { return asking_; }

 private:
  struct Question {
    sip::LookupKind kind;
    std::string name;
    auto operator<=>(const Question&) const = default;
  };
  struct Answer {
    sip::Records records;
    bool asking = false;
    Instant until;  // kept
    std::vector<sip::LookupId> waiting;
  };
  struct Asked;     // what c-ares holds while a question is on its way
  class DnsSocket;  // one of c-ares' descriptors

  Resolver(Loop& loop, Tell tell);
  void send(const Question& question);
  void answered(const Question& question, sip::Records records, std::int64_t ttl);
  void make_room();
  void socket_wants(int fd, bool read, bool write);
  void process(int read_fd, int write_fd);
  void plan_timeout();

  Loop& loop_;
  Tell tell_;
  ares_channeldata* channel_ = nullptr;
  std::map<Question, Answer> answers_;
  std::map<int, std::unique_ptr<DnsSocket>> sockets_;
  std::vector<std::unique_ptr<DnsSocket>> closed_;  // kept until c-ares has returned
  std::size_t asking_ = 0, waiting_ = 0;
  Loop::Deadline timeout_;
  bool over_ = false;
};

// A name that may be asked for.
bool is_host_name(std::string_view name);

}  // namespace carillon::voice::net
