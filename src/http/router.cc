#include "http/router.h"

#include "http/net/routes.h"

namespace carillon::http {

Router::Router() : state_(std::make_unique<State>()) {}
Router::~Router() = default;

void Router::add(Method method, std::string_view pattern, RouteOptions options, Handler handler) {
  CARILLON_CHECK(handler != nullptr);
  auto route = std::make_unique<Route>();
  route->number = state_->routes.size();
  route->name = std::string(method_name(method)) + " " + std::string(pattern);
  route->method = method;
  route->options = std::move(options);
  route->handler = std::move(handler);
  state_->table.add(pattern, static_cast<std::size_t>(method), static_cast<int>(route->number));
  state_->routes.push_back(std::move(route));
}

void Router::websocket(std::string_view pattern, WebSocketOptions options, OnWebSocket on_open) {
  CARILLON_CHECK(on_open != nullptr);
  auto route = std::make_unique<Route>();
  route->number = state_->routes.size();
  route->name = "WEBSOCKET " + std::string(pattern);
  route->websocket = std::move(options);
  route->on_open = std::move(on_open);
  state_->table.add(pattern, kWebSocketSlot, static_cast<int>(route->number));
  state_->routes.push_back(std::move(route));
}

Result<std::size_t> Router::static_files(std::string_view prefix, const std::string& directory, StaticOptions options) {
  auto files = StaticFiles::load(std::string(prefix), directory, std::move(options));
  if (!files) return std::move(files).error();
  state_->table.add_prefix(prefix, static_cast<int>(state_->statics.size()));
  state_->statics.push_back(std::move(*files));
  return state_->statics.back()->size();
}

void Router::before(Before hook) {
  CARILLON_CHECK(hook != nullptr);
  state_->hooks.push_back(std::move(hook));
}

std::vector<std::string> Router::routes() const {
  std::vector<std::string> out;
  for (const auto& route : state_->routes) out.push_back(route->name);
  return out;
}

}  // namespace carillon::http
