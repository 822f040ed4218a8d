#include "routing/core/workflow_document.h"

#include <algorithm>
#include <boost/json.hpp>
#include <charconv>
#include <initializer_list>

#include "expr/core/utf8.h"

namespace carillon::routing {
namespace {

namespace json = boost::json;

constexpr std::size_t kMaxBytes = 256 * 1024;
constexpr std::size_t kMaxFilters = 1000;
constexpr std::size_t kMaxTargets = 50;
constexpr std::size_t kMaxRings = 20;
constexpr std::int64_t kMaxTimeoutSeconds = 1'209'600;
constexpr std::int64_t kMaxPriority = 2'147'483'647;

// As much of a text as is shown to people: at most `bytes`, whole characters.
std::string begin_of(std::string_view text, std::size_t bytes) {
  if (text.size() <= bytes) return std::string(text);
  return std::string(text.substr(0, expr::valid_utf8_bytes(text.substr(0, bytes))));
}

// A name as a step of a JSON pointer (RFC 6901 section 3); long ones are cut.
std::string pointer_step(std::string_view name) {
  std::string out;
  for (const char c : begin_of(name, 64)) {
    if (c == '~' || c == '/') {
      out += c == '~' ? "~0" : "~1";
    } else {
      out += c;
    }
  }
  return out;
}

// One object of the document with its JSON pointer; the first fault is kept and ends the compilation.
class Reader {
 public:
  Reader(const json::object& object, std::string pointer, std::optional<Error>& fault,
         std::vector<std::string>& warnings)
      : object_(object), pointer_(std::move(pointer)), fault_(fault), warnings_(warnings) {}

  std::string at(std::string_view key) const { return pointer_ + "/" + std::string(key); }

  void fail(std::string_view key, std::string found, std::string expected) {
    if (fault_) return;
    fault_ = Error(ErrorCode::kWorkflowFault, at(key) + ": found " + found + ", expected " + expected)
                 .at(at(key))
                 .expecting(std::move(expected));
  }

  const json::value* find(std::string_view key) const { return object_.if_contains(key); }

  const json::object* object(std::string_view key, bool required) {
    const auto* value = find(key);
    if (!value || value->is_null()) {
      if (required) fail(key, "nothing", "an object");
      return nullptr;
    }
    if (!value->is_object()) return fail(key, kind_of(*value), "an object"), nullptr;
    return &value->get_object();
  }

  const json::array* array(std::string_view key, std::size_t limit, bool required) {
    const auto* value = find(key);
    if (!value || value->is_null()) {
      if (required) fail(key, "nothing", "a list");
      return nullptr;
    }
    if (!value->is_array()) return fail(key, kind_of(*value), "a list"), nullptr;
    if (value->get_array().size() > limit) {
      fail(key, std::to_string(value->get_array().size()) + " items", "at most " + std::to_string(limit));
      return nullptr;
    }
    return &value->get_array();
  }

  std::optional<std::string> string(std::string_view key, std::size_t limit) {
    const auto* value = find(key);
    if (!value || value->is_null()) return std::nullopt;
    if (!value->is_string()) return fail(key, kind_of(*value), "a string"), std::nullopt;
    // Counted as the contract does; only a continuation byte begins with the bits 10.
    const auto characters = static_cast<std::size_t>(std::count_if(
        value->get_string().begin(), value->get_string().end(), [](char c) { return (c & 0xc0) != 0x80; }));
    if (characters > limit) {
      fail(key, std::to_string(characters) + " characters", "at most " + std::to_string(limit));
      return std::nullopt;
    }
    return std::string(value->get_string());
  }

  // TaskRouter also takes numbers written as strings.
  std::optional<std::int64_t> integer(std::string_view key, std::int64_t least, std::int64_t most) {
    const auto* value = find(key);
    if (!value || value->is_null()) return std::nullopt;
    std::optional<std::int64_t> number;
    boost::system::error_code failed;
    if (value->is_number()) {
      const auto n = value->to_number<std::int64_t>(failed);
      if (!failed) number = n;
    } else if (value->is_string()) {
      const std::string_view text = value->get_string();
      std::int64_t n = 0;
      const auto [end, ec] = std::from_chars(text.data(), text.data() + text.size(), n);
      if (ec == std::errc() && end == text.data() + text.size() && !text.empty()) number = n;
    }
    if (!number || *number < least || *number > most) {
      fail(key, number ? std::to_string(*number) : kind_of(*value),
           "an integer from " + std::to_string(least) + " to " + std::to_string(most));
      return std::nullopt;
    }
    return number;
  }

  std::optional<bool> boolean(std::string_view key) {
    const auto* value = find(key);
    if (!value || value->is_null()) return std::nullopt;
    if (!value->is_bool()) return fail(key, kind_of(*value), "true or false"), std::nullopt;
    return value->get_bool();
  }

  QueueId queue(std::string_view key, bool required) {
    const auto text = string(key, 64);
    if (!text || text->empty()) {
      if (required) fail(key, "nothing", "the sid of a task queue");
      return {};
    }
    const auto id = QueueId::parse(*text);
    if (!id) return fail(key, "'" + *text + "'", "the sid of a task queue (WQ and 32 hex digits)"), QueueId{};
    return *id;
  }

  expr::Expression expression(std::string_view key, std::string_view text, expr::Scope scope) {
    auto parsed = expr::parse(text, scope);
    if (parsed) return *parsed;
    if (!fault_) {
      Error error = std::move(parsed).error();
      error.field = at(key);
      error.message = at(key) + ": " + error.message;
      fault_ = std::move(error);
    }
    return {};
  }

  expr::OrderBy order_by(std::string_view key, std::string_view text) {
    auto parsed = expr::parse_order_by(text);
    if (parsed) return *parsed;
    if (!fault_) {
      Error error = std::move(parsed).error();
      error.field = at(key);
      error.message = at(key) + ": " + error.message;
      fault_ = std::move(error);
    }
    return {};
  }

  void warn_unknown(std::initializer_list<std::string_view> known) {
    for (const auto& entry : object_) {
      const std::string_view key = entry.key();
      if (std::find(known.begin(), known.end(), key) != known.end()) continue;
      if (warnings_.size() < 100)
        warnings_.push_back(at(pointer_step(key)) + ": not known here; kept, but without effect");
    }
  }

  static std::string kind_of(const json::value& value) {
    switch (value.kind()) {
      case json::kind::null:
        return "null";
      case json::kind::bool_:
        return "a boolean";
      case json::kind::string:
        return "the string '" + begin_of(value.get_string(), 40) + "'";
      case json::kind::array:
        return "a list";
      case json::kind::object:
        return "an object";
      default:
        return "a number";
    }
  }

  std::optional<Error>& fault() { return fault_; }
  std::vector<std::string>& warnings() { return warnings_; }

 private:
  const json::object& object_;
  std::string pointer_;
  std::optional<Error>& fault_;
  std::vector<std::string>& warnings_;
};

std::string quoted(std::string_view text) {
  std::string out = "'";
  for (const char c : text) {
    if (c == '\'' || c == '\\') out += '\\';
    out += c;
  }
  return out += "'";
}

// A known worker is one more term: a literal, or a task attribute that holds it.
void add_known_worker(Reader& reader, std::string_view key, std::string_view worker_key,
                      std::vector<expr::Expression>& terms) {
  const auto text = reader.string(key, 256);
  if (!text || text->empty()) return;
  // Only a plain key is taken as a key; anything else is the worker's sid or name itself.
  const bool is_key = text->starts_with("task.") &&
                      text->find_first_not_of("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_.[]") ==
                          std::string::npos;
  const std::string other = is_key ? *text : quoted(*text);
  auto term = expr::parse(std::string(worker_key) + " == " + other, expr::Scope::kTarget);
  if (term) return terms.push_back(*std::move(term));
  // Its columns are those of a text that nobody wrote.
  reader.fail(key, "'" + begin_of(*text, 64) + "'",
              "a task's attribute such as task.agent, or the sid or name of a worker");
}

void read_rings(Reader& carillon, Target& target) {
  const auto* rings = carillon.array("rings", kMaxRings, false);
  if (!rings) return;
  target.rings.clear();
  for (std::size_t i = 0; i < rings->size(); ++i) {
    const std::string pointer = carillon.at("rings") + "/" + std::to_string(i);
    if (!(*rings)[i].is_object())
      return carillon.fail("rings/" + std::to_string(i), Reader::kind_of((*rings)[i]), "an object");
    Reader reader((*rings)[i].get_object(), pointer, carillon.fault(), carillon.warnings());
    Ring ring;
    ring.after = Duration::seconds(reader.integer("after_s", 0, kMaxTimeoutSeconds).value_or(0));
    ring.expression =
        reader.expression("expression", reader.string("expression", 4096).value_or(""), expr::Scope::kTarget);
    reader.warn_unknown({"after_s", "expression"});
    target.rings.push_back(std::move(ring));
  }
  for (std::size_t i = 1; i < target.rings.size(); ++i) {
    if (target.rings[i].after <= target.rings[i - 1].after) {
      return carillon.fail("rings/" + std::to_string(i) + "/after_s", "a time not after the ring before",
                           "rings in growing order of after_s");
    }
  }
}

void read_carillon(Reader& owner, Target& target) {
  const auto* object = owner.object("carillon", false);
  if (!object) return;
  Reader reader(*object, owner.at("carillon"), owner.fault(), owner.warnings());
  read_rings(reader, target);
  if (const auto interrupt = reader.boolean("interrupt")) target.interrupt = *interrupt;
  if (const auto seconds = reader.integer("last_worker_s", 0, kMaxTimeoutSeconds))
    target.last_worker = Duration::seconds(*seconds);
  if (const auto* overflow = reader.object("overflow", false)) {
    Reader inner(*overflow, reader.at("overflow"), owner.fault(), owner.warnings());
    Overflow out;
    out.queue = inner.queue("queue", true);
    out.max_waiting = inner.integer("max_waiting", 0, 1'000'000);
    if (const auto s = inner.integer("max_expected_wait_s", 0, kMaxTimeoutSeconds))
      out.max_expected_wait = Duration::seconds(*s);
    if (!out.max_waiting && !out.max_expected_wait)
      inner.fail("max_waiting", "nothing", "max_waiting or max_expected_wait_s");
    inner.warn_unknown({"queue", "max_waiting", "max_expected_wait_s"});
    target.overflow = out;
  }
  reader.warn_unknown({"rings", "interrupt", "last_worker_s", "overflow"});
}

Target read_target(Reader& reader, Reader& filter) {
  Target target;
  target.queue = reader.queue("queue", true);
  target.priority = reader.integer("priority", 0, kMaxPriority);
  if (const auto timeout = reader.integer("timeout", 0, kMaxTimeoutSeconds))
    target.timeout = Duration::seconds(*timeout);
  std::vector<expr::Expression> terms;
  if (const auto text = reader.string("expression", 4096)) {
    terms.push_back(reader.expression("expression", *text, expr::Scope::kTarget));
  }
  add_known_worker(reader, "known_worker_sid", "worker.sid", terms);
  add_known_worker(reader, "known_worker_friendly_name", "worker.friendly_name", terms);
  target.expression = terms.size() == 1 ? terms.front() : expr::conjunction(terms);
  if (const auto text = reader.string("order_by", 1000)) {
    target.order_by_text = *text;
    target.order_by = reader.order_by("order_by", *text);
  }
  if (const auto text = reader.string("skip_if", 4096); text && !text->empty()) {
    target.skip_if = reader.expression("skip_if", *text, expr::Scope::kSkipIf);
  }
  read_carillon(filter, target);
  read_carillon(reader, target);
  reader.warn_unknown({"queue", "priority", "timeout", "expression", "order_by", "skip_if", "known_worker_sid",
                       "known_worker_friendly_name", "carillon"});
  return target;
}

void read_filters(Reader& routing, WorkflowDocument& out) {
  const auto* filters = routing.array("filters", kMaxFilters, false);
  if (!filters) return;
  for (std::size_t i = 0; i < filters->size() && !routing.fault(); ++i) {
    const std::string place = "filters/" + std::to_string(i);
    if (!(*filters)[i].is_object()) return routing.fail(place, Reader::kind_of((*filters)[i]), "an object");
    Reader reader((*filters)[i].get_object(), routing.at(place), routing.fault(), routing.warnings());
    Filter filter;
    filter.friendly_name =
        reader.string("filter_friendly_name", 64).value_or(reader.string("friendly_name", 64).value_or(""));
    const auto text = reader.string("expression", 4096);
    if (!text) reader.fail("expression", "nothing", "an expression over task attributes, such as type == 'sales'");
    if (text) filter.expression = reader.expression("expression", *text, expr::Scope::kFilter);
    const auto* targets = reader.array("targets", kMaxTargets, true);
    for (std::size_t n = 0; targets && n < targets->size() && !routing.fault(); ++n) {
      const std::string where = "targets/" + std::to_string(n);
      if (!(*targets)[n].is_object()) return reader.fail(where, Reader::kind_of((*targets)[n]), "an object");
      Reader target((*targets)[n].get_object(), reader.at(where), routing.fault(), routing.warnings());
      filter.targets.push_back(read_target(target, reader));
    }
    if (targets && targets->empty()) reader.fail("targets", "an empty list", "at least one target");
    reader.warn_unknown({"filter_friendly_name", "friendly_name", "expression", "targets", "carillon"});
    out.filters.push_back(std::move(filter));
  }
}

}  // namespace

std::vector<QueueId> WorkflowDocument::queues() const {
  std::vector<QueueId> out;
  const auto add = [&](QueueId id) {
    if (id && std::find(out.begin(), out.end(), id) == out.end()) out.push_back(id);
  };
  for (const Filter& filter : filters) {
    for (const Target& target : filter.targets) {
      add(target.queue);
      if (target.overflow) add(target.overflow->queue);
    }
  }
  add(default_queue);
  return out;
}

Result<WorkflowDocument> compile_workflow(std::string_view text) {
  if (text.size() > kMaxBytes) {
    return Error(ErrorCode::kTooLong, "found a document of " + std::to_string(text.size()) +
                                          " bytes, expected at most " + std::to_string(kMaxBytes))
        .at("/");
  }
  json::parse_options options;
  options.max_depth = 32;
  boost::system::error_code failed;
  const json::value document = json::parse(text, failed, {}, options);
  if (failed) return Error(ErrorCode::kWorkflowFault, "found text that is not JSON: " + failed.message()).at("/");
  if (!document.is_object()) {
    return Error(ErrorCode::kWorkflowFault,
                 "found " + Reader::kind_of(document) + ", expected an object with task_routing")
        .at("/")
        .expecting(R"({"task_routing":{"filters":[...],"default_filter":{"queue":"WQ..."}}})");
  }
  WorkflowDocument out;
  std::optional<Error> fault;
  Reader top(document.get_object(), "", fault, out.warnings);
  if (const auto* object = top.object("task_routing", true)) {
    Reader routing(*object, "/task_routing", fault, out.warnings);
    read_filters(routing, out);
    if (const auto* last = routing.object("default_filter", false)) {
      Reader reader(*last, "/task_routing/default_filter", fault, out.warnings);
      out.default_queue = reader.queue("queue", true);
      reader.warn_unknown({"queue", "filter_friendly_name", "friendly_name"});
    }
    routing.warn_unknown({"filters", "default_filter"});
  }
  top.warn_unknown({"task_routing"});
  if (fault) return *std::move(fault);
  return out;
}

}  // namespace carillon::routing
