// Requests of ours on their way: finding where to, one address after the other, until one answers.
//
// What:   takes a Draft and a destination, resolves (RFC 3263), connects, runs a client transaction for each address tried,
//         and tells the user the responses of the one that answered. 503, timeout and a broken connection go on to the next
//         address while there is one (section 4.3); addresses that failed are tried last for a minute.
// Owns:   drafts, until their last transaction has ended.
// Errors: on_no_reply() with what the last attempt died of; kTransport when there was no address at all.
// Limits: 8 addresses a request, 10 s a lookup, 256 remembered failures.
// Thread: that of the stack.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "voice/sip/resolve.h"
#include "voice/sip/transactions.h"

namespace carillon::voice::sip {

struct Draft {
  Method method = Method::kOther;
  std::string start;    // request line with its end
  std::string fields;   // all but Via, Max-Forwards, Contact and content
  bool contact = true;  // ours, as the peer can reach it
  std::string type, body;
};

struct Destination {
  std::optional<Flow> flow;       // straight there while it lives
  std::vector<std::string> hops;  // otherwise these URIs in order
};

class RequestUser {
 public:
  virtual ~RequestUser() = default;
  virtual void on_sent(const Owner& owner, Handle request, const Flow& flow, const std::string& bytes) = 0;
  virtual void on_reply(const Owner& owner, Handle request, const Message& response, const Flow& from) = 0;
  virtual void on_no_reply(const Owner& owner, Handle request, Failure failure) = 0;
};

class Requests {
 public:
  Requests(Context& context, Wire& wire, Transactions& transactions, RequestUser& user)
      : context_(context), wire_(wire), transactions_(transactions), user_(user) {}

  // An ACK has no transaction: it is sent once, on_sent() tells, and that was it.
  Handle send(Draft draft, Destination to, const Owner& owner, LegId leg);
  void cancel(Handle request, std::string_view reason_field);
  // Its owner is gone; it ends by itself.
  void disown(Handle request);
  void resolved(LookupId lookup, const Records& records);
  void on_timer(Handle request);

  // From the transactions; `owner.who` is the request.
  void on_response(const Owner& owner, Handle transaction, const Message& response, const Flow& from);
  void on_failure(const Owner& owner, Handle transaction, Failure failure);
  void on_gone(const Owner& owner, Handle transaction);

  std::size_t size() const { return requests_.size(); }
  std::size_t lookups() const { return lookups_.size(); }

 private:
  struct Request {
    Draft draft;
    Destination to;
    std::size_t hop = 0;  // the next of to.hops
    Resolution way;
    std::vector<Target> later;  // failed not long ago
    Owner owner;
    LegId leg;
    Handle transaction;
    Flow flow;
    LookupId lookup;
    TimerId timer;
    int tries = 0;
    int open = 0;  // transactions not yet gone
    bool provisional = false, done = false, cancelled = false, giving_up = false;
    Failure failure = Failure::kTransport;
  };
  void advance(Handle handle);
  bool try_flow(Handle handle, Flow flow);  // a copy: what it came from may go
  bool try_target(Handle handle, const Target& target);
  std::string compose(const Request& request, Handle transaction, const Flow& flow);
  void give_up(Handle handle);
  void tell_no_reply(Handle handle);
  void release_if_over(Handle handle);
  void avoid(const Endpoint& at, Duration time);
  bool avoided(const Endpoint& at) const;
  ResolveRules rules() const;

  Context& context_;
  Wire& wire_;
  Transactions& transactions_;
  RequestUser& user_;
  Slots<Request> requests_;
  Slots<Handle> lookups_;
  std::map<Endpoint, Instant> avoided_;
};

}  // namespace carillon::voice::sip
