// Transport: a connected socket, plain or TLS, without Asio in sight.
//
// Why:    connections are written once, compile without Asio's headers, and do not care which of the two they have.
// Owns:   the socket. It belongs to its owner; a running operation keeps the owner alive.
// Thread: the loop it was made for.
// Who closes whom: after close() the owner hears nothing more.
#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>

struct ssl_ctx_st;

namespace carillon::http {

class Loop;

// Whom a transport tells.
class TransportOwner {
 public:
  virtual ~TransportOwner() = default;
  virtual void on_ready() {}                    // start() is done, TLS is shaken hands on
  virtual void on_read(std::size_t bytes) = 0;  // what read() asked for
  virtual void on_written() = 0;                // all that write() was given
  virtual void on_write_progress() {}           // some of it
  virtual void on_end(bool clean) = 0;  // end of the stream (clean) or an error; the transport is of no more use
};

class Transport {
 public:
  virtual ~Transport() = default;
  virtual void attach(std::weak_ptr<TransportOwner> owner) = 0;
  virtual void start() = 0;
  // One at a time each; the memory must stay until the answer.
  virtual void read(std::span<char> into) = 0;
  virtual void write(std::string_view first, std::string_view second = {}) = 0;
  // No more will be sent; reading goes on.
  virtual void shutdown_send() = 0;
  virtual void close() = 0;
  virtual bool is_tls() const = 0;
};

}  // namespace carillon::http
