#include "app/pages.h"

#include <boost/json.hpp>

namespace carillon::app {
namespace {

namespace json = boost::json;

std::string escaped(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (c == '<') {
      out += "&lt;";
    } else if (c == '>') {
      out += "&gt;";
    } else if (c == '&') {
      out += "&amp;";
    } else if (c == '"') {
      out += "&quot;";
    } else {
      out += c;
    }
  }
  return out;
}

std::string text_of(const json::object& object, std::string_view key) {
  const auto* value = object.if_contains(key);
  return value && value->is_string() ? std::string(value->get_string()) : std::string();
}

constexpr std::string_view kStyle =
    R"(body{font:16px/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem;color:#1c2430;background:#fff}
@media(prefers-color-scheme:dark){body{background:#12161c;color:#dde3ea}a{color:#7db8ff}code,.op{background:#1c232c!important}}
h1{font-size:1.8rem}h2{margin-top:2.5rem;font-size:1.2rem}code{background:#f1f4f8;padding:.1em .35em;border-radius:4px}
.op{background:#f7f9fb;border-radius:8px;padding:.6rem .9rem;margin:.5rem 0}.op b{display:inline-block;min-width:4.2rem}
.op p{margin:.25rem 0 0}.who{opacity:.75;font-size:.9em}table{border-collapse:collapse}td,th{text-align:left;padding:.25rem .75rem .25rem 0})";

std::string operation_html(std::string_view method, std::string_view path, const json::object& operation) {
  std::string who;
  if (const auto* principals = operation.if_contains("x-principals"); principals && principals->is_array()) {
    for (const auto& one : principals->get_array()) who += (who.empty() ? "" : ", ") + std::string(one.as_string());
  }
  const std::string scope = text_of(operation, "x-scope");
  return "<div class=op id=\"" + escaped(text_of(operation, "operationId")) + "\"><b>" + escaped(method) +
         "</b> <code>" + escaped(path) + "</code><p>" + escaped(text_of(operation, "summary")) + "</p><p class=who>" +
         escaped(who) + (scope.empty() ? "" : " &middot; scope " + escaped(scope)) + "</p></div>\n";
}

// The contract for reading: no script, no other files.
std::string docs_html() {
  boost::system::error_code failed;
  json::parse_options options;
  options.max_depth = 128;
  const json::value parsed = json::parse(door::Contract::embedded_text(), failed, {}, options);
  std::string out =
      "<!doctype html><html lang=en><meta charset=utf-8><meta name=viewport content=\"width=device-width\">"
      "<title>Carillon API</title><style>" +
      std::string(kStyle) +
      "</style><h1>Carillon API</h1>"
      "<p>The whole contract, with every field, is <a href=\"/api/openapi.json\">/api/openapi.json</a> (OpenAPI "
      "3.1).</p>\n";
  if (failed || !parsed.is_object()) return out;
  std::map<std::string, std::string> by_tag;
  for (const auto& [path, methods] : parsed.at("paths").as_object()) {
    if (!methods.is_object()) continue;
    for (const auto& [method, operation] : methods.get_object()) {
      if (!operation.is_object() || !operation.get_object().contains("operationId")) continue;
      const auto* tags = operation.get_object().if_contains("tags");
      const std::string tag =
          tags && tags->is_array() && !tags->get_array().empty() ? std::string(tags->get_array()[0].as_string()) : "";
      std::string upper(method);
      for (char& c : upper) c = static_cast<char>(c >= 'a' && c <= 'z' ? c - 32 : c);
      by_tag[tag] += operation_html(upper, path, operation.get_object());
    }
  }
  for (const auto& [tag, text] : by_tag) out += "<h2 id=\"" + escaped(tag) + "\">" + escaped(tag) + "</h2>\n" + text;
  out += "<h2 id=errors>errors</h2><table><tr><th>code<th>status<th>title\n";
  static constexpr ErrorCode kCodes[] = {
#define CARILLON_ERROR(name, code, status, title) ErrorCode::name,
#include "base/errors.def"
#undef CARILLON_ERROR
  };
  for (const ErrorCode code : kCodes) {
    const ErrorInfo& known = info(code);
    out += "<tr id=\"error-" + escaped(known.code) + "\"><td><code>" + escaped(known.code) + "</code><td>" +
           std::to_string(known.http_status) + "<td>" + escaped(known.title) + "\n";
  }
  return out + "</table></html>\n";
}

http::Response health_page(int status, const Health& health) {
  json::object checks;
  for (const auto& [part, how] : health.checks) checks[part] = how;
  return http::Response::json(
      status, json::object{{"status", health.status}, {"version", CARILLON_VERSION}, {"checks", std::move(checks)}});
}

}  // namespace

void add_pages(door::Api& api, PagesGiven given) {
  api.on("get_health", [](door::Call call) { call.answer(health_page(200, {.status = "ok"})); });
  api.on("get_readiness", [health = given.health](door::Call call) {
    const Health now = health();
    call.answer(health_page(now.status == "ok" ? 200 : 503, now));
  });
  api.on("get_metrics", [metrics = given.metrics](door::Call call) {
    call.answer(http::Response::text(200, metrics(), "text/plain; version=0.0.4; charset=utf-8"));
  });
  const auto contract = std::make_shared<const std::string>(door::Contract::embedded_text());
  api.on("get_openapi", [contract](door::Call call) {
    http::Response response;
    response.headers.set("Content-Type", "application/json");
    response.body = contract;
    call.answer(std::move(response));
  });
  const auto docs = std::make_shared<const std::string>(docs_html());
  api.on("get_docs", [docs](door::Call call) {
    http::Response response;
    response.headers.set("Content-Type", "text/html; charset=utf-8");
    response.headers.set("Content-Security-Policy",
                         "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'");
    response.body = docs;
    call.answer(std::move(response));
  });
}

std::string metrics_text(const runtime::Runtime& runtime, const door::Pool& pool) {
  const runtime::RuntimeStats s = runtime.stats();
  std::string out;
  const auto add = [&](std::string_view name, std::string_view type, std::string_view help, auto value) {
    const std::string full = "carillon_" + std::string(name);
    out += "# HELP " + full + " " + std::string(help) + "\n# TYPE " + full + " " + std::string(type) + "\n" + full +
           " " + std::to_string(value) + "\n";
  };
  add("submissions_total", "counter", "Commands handed to workspaces", s.submissions);
  add("submissions_refused_total", "counter", "Commands that were refused", s.refused);
  add("overloaded_total", "counter", "Answered 503 because too much was waiting", s.overloaded);
  add("journal_entries_total", "counter", "Journal entries applied", s.entries);
  add("ticks_total", "counter", "Deadlines that came", s.ticks);
  add("queries_total", "counter", "Looks at live state", s.queries);
  add("record_changes_total", "counter", "Changes of records that no decision reads", s.records);
  add("commits_total", "counter", "Commits", s.commits);
  add("commits_failed_total", "counter", "Commits that failed", s.commits_failed);
  add("statements_total", "counter", "SQL statements committed", s.statements);
  add("workspace_reloads_total", "counter", "Workspaces rebuilt after a failed commit", s.reloads);
  add("workspace_quarantines_total", "counter", "Workspaces stopped by a broken invariant", s.quarantines);
  add("mailbox_depth", "gauge", "Submissions and queries not yet answered", s.waiting);
  add("mailbox_depth_most", "gauge", "The most ever", s.waiting_most);
  add("records_depth", "gauge", "Record changes not yet answered", s.records_waiting);
  add("commit_seconds_total", "counter", "Time spent committing", static_cast<double>(s.commit_us) / 1e6);
  add("brain_busy_seconds_total", "counter", "Time spent deciding", static_cast<double>(s.brain_busy_us) / 1e6);
  add("pool_depth", "gauge", "Works waiting for a pool thread", pool.waiting());
  add("pool_refused_total", "counter", "Works refused because the pool was full", pool.refused());
  return out;
}

}  // namespace carillon::app
