#include "bench/load/center.h"

#include <atomic>
#include <random>
#include <thread>

namespace carillon::bench {
namespace {

namespace json = boost::json;

constexpr const char* kPassword = "load-generator";
constexpr int kAgentsAnAddress = 20;
constexpr int kThreads = 4;

// What this run's people and queue are called: a folder that was furnished before is furnished once more.
const std::string& team() {
  static const std::string made = "load" + std::to_string(std::random_device()() % 1'000'000);
  return made;
}

json::object wrap_up_none() { return {{"mode", "none"}, {"seconds", 0}, {"extensions", 0}}; }

std::string make_key(std::uint16_t port) {
  Caller nobody(port, "");
  const Reply sign_in = nobody.must("POST", "/api/v1/sign-in", {{"username", "adam"}, {"password", "carillon-demo"}});
  const std::string session = sign_in.text("session_id");
  const std::string_view head = sign_in.head;
  const std::size_t begin = head.find("carillon_" + session);
  if (begin == std::string_view::npos) give_up("the sign-in came without its cookie:\n" + sign_in.head);
  const std::string cookie(head.substr(begin, head.find(';', begin) - begin));
  Caller admin(port, "Cookie: " + cookie + "\r\nCarillon-Session: " + session +
                         "\r\nCarillon-CSRF: " + sign_in.text("csrf_token") + "\r\n");
  const Reply made = admin.must(
      "POST", "/api/v1/api-keys",
      {{"friendly_name", "Load"},
       {"scopes", {"read", "tasks", "workers", "conversations", "customers", "configure", "users", "events"}}});
  return made.text("secret");
}

void hire(Caller& key, std::uint16_t port, const Center& center, int number, Agent& agent) {
  const std::string name = team() + "-" + std::to_string(number);
  agent.username = name;
  key.must("POST", "/api/v1/users",
           {{"username", name},
            {"display_name", name},
            {"password", kPassword},
            {"role", "agent"},
            {"worker", {{"friendly_name", name}, {"attributes", {{"team", team()}}}, {"requires_connection", true}}}});
  Caller nobody(port, "", "127.1.0." + std::to_string(1 + number / kAgentsAnAddress));
  const Reply sign_in = nobody.must("POST", "/api/v1/sign-in", {{"username", name}, {"password", kPassword}});
  agent.session_id = sign_in.text("session_id");
  const std::size_t begin = sign_in.head.find("carillon_" + agent.session_id);
  if (begin == std::string::npos) give_up("the sign-in came without its cookie:\n" + sign_in.head);
  agent.cookie = sign_in.head.substr(begin, sign_in.head.find(';', begin) - begin);
  const json::value answer = sign_in.json();
  agent.worker_sid = text_of(answer.at("me").at("worker").as_object(), "sid");
  key.must("PUT", "/api/v1/workers/" + agent.worker_sid + "/activity", {{"activity_sid", center.available}});
}

}  // namespace

std::string text_of(const json::object& object, std::string_view member) {
  const json::value* found = object.if_contains(member);
  return found && found->is_string() ? std::string(found->get_string()) : std::string();
}

json::value Reply::json() const {
  boost::system::error_code failed;
  json::value out = json::parse(body, failed);
  return failed ? json::value() : out;
}

std::string Reply::text(std::string_view member) const {
  const json::value value = json();
  return value.is_object() ? text_of(value.get_object(), member) : std::string();
}

Caller::Caller(std::uint16_t port, std::string fields, std::string from)
    : port_(port), fields_(std::move(fields)), from_(std::move(from)), loop_(std::make_unique<Loop>()) {}

Reply Caller::call(std::string_view method, std::string_view target, const json::value& body,
                   std::string_view more_fields) {
  const std::string request = request_text(method, target, fields_ + std::string(more_fields),
                                           body.is_null() ? std::string() : json::serialize(body));
  Reply reply;
  for (int attempt = 0; attempt < 2 && reply.status == 0; ++attempt) {
    if (!line_ || !line_->is_open()) line_ = std::make_unique<HttpLine>(*loop_, port_, from_);
    bool answered = false;
    line_->ask(request, [&](const Answer& a) {
      reply = {a.status, std::string(a.head), std::string(a.body), a.position};
      answered = true;
    });
    loop_->run_until([&] { return answered; });
  }
  return reply;
}

Reply Caller::must(std::string_view method, std::string_view target, const json::value& body,
                   std::string_view more_fields) {
  Reply reply = call(method, target, body, more_fields);
  if (reply.status < 200 || reply.status >= 300) {
    give_up(std::string(method) + " " + std::string(target) + " was answered " + std::to_string(reply.status) + " " +
            reply.body);
  }
  return reply;
}

std::vector<json::object> Caller::all(std::string_view target) {
  std::vector<json::object> out;
  std::string cursor;
  do {
    std::string page(target);
    page += target.find('?') == std::string_view::npos ? "?page_size=200" : "&page_size=200";
    if (!cursor.empty()) page += "&cursor=" + cursor;
    const json::value answer = get(page).json();
    for (const json::value& item : answer.at("items").as_array()) out.push_back(item.as_object());
    cursor = text_of(answer.as_object(), "next_cursor");
  } while (!cursor.empty());
  return out;
}

Center furnish(std::uint16_t port, const CenterWish& wish) {
  Center center;
  center.key = make_key(port);
  Caller key(port, center.authorization());
  for (const json::object& activity : key.all("/api/v1/activities")) {
    if (text_of(activity, "activity_class") == "available") center.available = text_of(activity, "sid");
  }
  const json::object channel{{"unique_name", team()}, {"friendly_name", team()},  {"cost", 100},
                             {"default_capacity", 1}, {"assign", "offer"},        {"offer_timeout_s", 600},
                             {"live", false},         {"wrap_up", wrap_up_none()}};
  center.channel = key.must("POST", "/api/v1/task-channels", channel).text("sid");
  const json::object queue{
      {"friendly_name", team()}, {"expression", "team == '" + team() + "'"}, {"wrap_up", wrap_up_none()}};
  center.queue = key.must("POST", "/api/v1/task-queues", queue).text("sid");
  center.agents.resize(static_cast<std::size_t>(wish.agents));
  std::atomic<int> next{0};
  std::vector<std::thread> threads;
  for (int t = 0; t < kThreads; ++t) {
    threads.emplace_back([&] {
      Caller own(port, center.authorization());
      for (int i = next++; i < wish.agents; i = next++)
        hire(own, port, center, i, center.agents[static_cast<std::size_t>(i)]);
    });
  }
  for (std::thread& thread : threads) thread.join();
  return center;
}

std::string offers_target(const Agent& agent) {
  return "/api/v1/events/stream?session=" + agent.session_id + "&own=true&types=reservation.created";
}

std::string stream_fields(const Agent& agent) {
  return "Cookie: " + agent.cookie + "\r\nSec-WebSocket-Protocol: carillon.v1\r\n";
}

}  // namespace carillon::bench
