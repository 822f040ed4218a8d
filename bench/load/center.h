// Center: the contact center that the load runs on, made over the API of a demo server.
//
// What:   an API key for everything programs may do; a task channel of one task a worker, without wrap-up; a queue; agents
//         with a sign-in each, available and with a stream's credentials. Caller is the blocking client it is made with.
// Why:    load goes the way real clients go: agents sign in (each network address may do so 30 times at once, so they come
//         from several), commands come with an API key.
// Thread: one at a time; furnish() uses several of its own.
// Errors: give_up() with request and answer when the server refuses a step.
// Example:
//   Center center = furnish(server.port(), {.agents = 200});
//   StreamLine stream(loop, port, offers_target(center.agents[0]), stream_fields(center.agents[0]), on_text);
#pragma once

#include <boost/json.hpp>
#include <memory>
#include <string>
#include <vector>

#include "bench/load/line.h"

namespace carillon::bench {

struct Agent {
  std::string username, worker_sid, session_id, cookie;  // cookie: "carillon_SI..=secret"
};

struct CenterWish {
  int agents = 200;
};

struct Center {
  std::string key;        // secret of the API key
  std::string channel;    // sid of the task channel
  std::string queue;      // the agents' queue
  std::string available;  // sid of the activity
  std::vector<Agent> agents;

  std::string authorization() const { return "Authorization: Bearer " + key + "\r\n"; }
};

// What came of a blocking call.
struct Reply {
  int status = 0;
  std::string head, body;
  std::int64_t position = 0;
  boost::json::value json() const;                  // null when it is none
  std::string text(std::string_view member) const;  // a top-level text; "" when absent or null
};

// Asks and waits. Connects anew when the server closed the line.
class Caller {
 public:
  // `fields`: lines that go with every request, each with CRLF.
  Caller(std::uint16_t port, std::string fields, std::string from = {});
  Reply call(std::string_view method, std::string_view target, const boost::json::value& body = nullptr,
             std::string_view more_fields = {});
  // As call(); gives up unless the status is 2xx.
  Reply must(std::string_view method, std::string_view target, const boost::json::value& body = nullptr,
             std::string_view more_fields = {});
  Reply get(std::string_view target) { return must("GET", target); }
  // Every item of a list, page by page.
  std::vector<boost::json::object> all(std::string_view target);

 private:
  std::uint16_t port_;
  std::string fields_, from_;
  std::unique_ptr<Loop> loop_;
  std::unique_ptr<HttpLine> line_;
};

Center furnish(std::uint16_t port, const CenterWish& wish);

// A stream of the agent's own offers.
std::string offers_target(const Agent& agent);
std::string stream_fields(const Agent& agent);

// Text of a member, "" when absent or null.
std::string text_of(const boost::json::object& object, std::string_view member);

}  // namespace carillon::bench
