// Reply: the one answer to one request.
//
// What:   move-only; called once, from any thread, now or later. It posts the answer to the connection's loop.
// Errors: destroyed without a call (a lost reply, an exception in a handler): 500 problem and a line in the log. A second call
//         breaks an invariant. A client that has gone is harmless: the answer is dropped.
// Owns:   a share of the connection, never of the server's threads: it may outlive the server.
// Example:
//   void create(Request request, Reply reply) {
//     brain.post([..., reply = std::move(reply)]() mutable { reply(Response::json(201, ...)); });
//   }
//   Reply fake = Reply::to([&](Response r) { got = std::move(r); });   // in a unit test of a handler
#pragma once

#include <cstdint>
#include <functional>
#include <memory>

#include "http/request.h"

namespace carillon::http {

// Where answers go: a connection, or a test. `ticket` tells the requests of one connection apart.
class ReplyPort {
 public:
  virtual ~ReplyPort() = default;
  virtual void answer(std::uint64_t ticket, Response response) = 0;
  virtual void abandoned(std::uint64_t ticket) = 0;  // nobody answered
};

class [[nodiscard]] Reply {
 public:
  Reply() = default;
  Reply(std::shared_ptr<ReplyPort> port, std::uint64_t ticket) : port_(std::move(port)), ticket_(ticket) {}
  Reply(Reply&& other) noexcept : port_(std::move(other.port_)), ticket_(other.ticket_) {}
  Reply& operator=(Reply&& other) noexcept;
  ~Reply();

  // An answer to a function instead of a socket; abandoned replies give the 500 problem to it too.
  static Reply to(std::function<void(Response)> take);

  void operator()(Response response);
  void problem(const Error& error, std::string_view instance = {}) { (*this)(Response::problem(error, instance)); }
  bool pending() const { return port_ != nullptr; }

 private:
  std::shared_ptr<ReplyPort> port_;
  std::uint64_t ticket_ = 0;
};

// Runs on a net thread and must not block; what takes time goes to another thread together with the Reply.
using Handler = std::function<void(Request, Reply)>;

}  // namespace carillon::http
