// The four transaction machines of RFC 3261 section 17, with the accepted state of RFC 6026.
//
// What:   retransmits, absorbs retransmissions, and gives up in time; sits between Wire and whoever uses transactions.
// Why:    above it each request arrives once and each response is worth looking at.
// Owns:   transactions, from start to their last timer. A branch names its slot, so responses are found without a table;
//         requests are found by branch, sent-by and method in a keyed table.
// Thread: that of the stack.
//
//   client INVITE       calling -1xx-> proceeding -2xx-> accepted (M) -> gone
//                       calling, proceeding -3xx..6xx-> completed (ACK sent, D) -> gone;   calling -B-> failed
//   client, others      calling (E, F) -1xx-> proceeding -final-> completed (K) -> gone
//   server INVITE       proceeding -2xx-> accepted (L) -> gone;   -3xx..6xx-> completed (G, H) -ACK-> confirmed (I) -> gone
//   server, others      proceeding -final-> completed (J) -> gone
#pragma once

#include <string>
#include <unordered_map>

#include "voice/sip/context.h"
#include "voice/sip/message.h"
#include "voice/sip/response.h"
#include "voice/sip/slots.h"
#include "voice/sip/wire.h"

namespace carillon::voice::sip {

enum class Failure : std::uint8_t { kTimeout, kTransport };

class TransactionUser {
 public:
  virtual ~TransactionUser() = default;
  virtual void on_request(Handle transaction, const Message& request, const Flow& from) = 0;
  virtual void on_ack(const Message& ack, const Flow& from) = 0;  // of a 2xx
  virtual void on_cancel(const Owner& invite, const Message& cancel) = 0;
  virtual void on_response(const Owner& owner, Handle transaction, const Message& response, const Flow& from) = 0;
  virtual void on_failure(const Owner& owner, Handle transaction, Failure failure) = 0;
  // The last that is heard of a client transaction.
  virtual void on_gone(const Owner& owner, Handle transaction) = 0;
};

class Transactions {
 public:
  Transactions(Context& context, Wire& wire, TransactionUser& user);

  // -- client --
  // Draws a branch; append_via() writes it, start() sends.
  Handle reserve(Method method);
  void append_via(std::string& out, Handle transaction, const Flow& flow) const;
  void start(Handle transaction, const Flow& flow, std::string request, const Owner& owner, LegId leg);
  // CANCELs an INVITE: at once or when its first 1xx comes (section 9.1). Does nothing when it has a final response.
  void cancel(Handle invite, std::string_view reason_field);
  // Nobody wants to hear of it any more; it ends by itself.
  void disown(Handle transaction);
  // A branch for a request that has no transaction: the ACK of a 2xx.
  void append_via_without(std::string& out, const Flow& flow);
  void on_connection_closed(const std::vector<Handle>& watchers);

  // -- server --
  void own(Handle transaction, const Owner& owner, LegId leg);
  // `copy` receives the bytes and where they went, for a 2xx that its sender has to repeat.
  void respond(Handle transaction, const Response& response, Send* copy = nullptr);
  // Answers without keeping anything: to what is not worth a transaction.
  void respond_without(const Message& request, const Flow& from, const Response& response);
  bool answered(Handle transaction) const;  // finally, or gone

  // -- both --
  void on_request(const Message& request, const Flow& from);
  void on_response(const Message& response, const Flow& from);
  void on_timer(const TimerKey& key);
  std::size_t clients() const { return clients_.size(); }
  std::size_t servers() const { return servers_.size(); }

 private:
  enum class State : std::uint8_t { kReserved, kCalling, kProceeding, kCompleted, kAccepted, kConfirmed };
  struct Client {
    State state = State::kReserved;
    Method method = Method::kOther;
    std::uint64_t token = 0;
    Flow flow;
    std::string request;
    Owner owner;
    LegId leg;
    Duration wait;
    TimerId retry, end;
    Handle cancel;       // of an INVITE: its CANCEL
    Handle cancel_of;    // of a CANCEL: its INVITE
    std::string reason;  // the CANCEL waits for a 1xx with this
    bool cancel_waits = false;
  };
  struct Server {
    State state = State::kProceeding;
    Method method = Method::kOther;
    std::string key;
    Flow flow;
    ResponseHead head;
    std::string last;  // response, to send again
    Owner owner;
    LegId leg;
    Duration wait;
    TimerId retry, end;
  };

  static std::string key_of(const Message& request, Method method);
  Handle find_client(const Message& response) const;
  void invite_response(Handle handle, Client& client, const Message& response, const Flow& from);
  void other_response(Handle handle, Client& client, const Message& response, const Flow& from);
  void acknowledge(Client& client, const Message& response);
  void send_cancel(Handle invite);
  void fail(Handle handle, Failure failure);
  void end_client(Handle handle);
  void end_server(Handle handle);
  void client_retry(Handle handle);
  void client_end(Handle handle);
  void server_retry(Handle handle);
  void server_end(Handle handle);
  void repeat_request(Handle handle, Server& server, const Message& request, const Flow& from);
  void on_ack(const Message& ack, const Flow& from);
  void on_cancel(Handle transaction, const Message& cancel, const Flow& from);
  Handle take_server(const Message& request, const Flow& from);

  Context& context_;
  Wire& wire_;
  TransactionUser& user_;
  Slots<Client> clients_;
  Slots<Server> servers_;
  std::unordered_map<std::string, Handle, KeyedHash> by_key_;
};

}  // namespace carillon::voice::sip
