// Workers by name: chosen from rows on the pool, rendered from live state on the brain.
#include "door/name_page.h"
#include "routing/rest.h"
#include "routing/worker_rows.h"
#include "runtime/resource_render.h"

namespace carillon::routing {
namespace {

struct Wanted {
  std::string part_of_name;  // A-Z made small
  std::optional<ActivityId> activity;
  std::optional<bool> available;
  std::optional<QueueId> queue;
  std::optional<expr::Expression> expression;
  door::NamePage page;
};

std::string made_small(std::string_view text) {
  std::string out(text);
  for (char& c : out) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return out;
}

Result<Wanted> read_wanted(const http::QueryParams& params) {
  http::QueryFields query(params);
  Wanted out;
  out.part_of_name = made_small(query.optional_string("q", 0, 100).value_or(""));
  out.activity = query.optional_sid<ActivityId>("activity_sid");
  out.available = query.optional_bool("available");
  out.queue = query.optional_sid<QueueId>("task_queue_sid");
  const auto text = query.optional_string("expression", 0, 4096);
  if (auto fine = out.page.read(query); !fine) return fine.error();
  if (auto fine = query.finish(); !fine) return fine.error();
  if (text) {
    auto parsed = expr::parse(*text, expr::Scope::kQueue);
    if (!parsed) return std::move(parsed).error().at("expression");
    out.expression = *std::move(parsed);
  }
  return out;
}

struct Found {
  WorkerId sid;
  std::string friendly_name;
};

Result<std::vector<Found>> choose(store::Reader& reader, WorkspaceId workspace, const Wanted& wanted) {
  std::vector<Found> found;
  std::optional<expr::Expression> of_queue;
  if (wanted.queue) {
    auto expression = expression_of_queue(reader, workspace, *wanted.queue);
    if (!expression) return expression.error();
    if (!*expression) return found;
    of_queue = **expression;
  }
  auto read = each_worker_line(reader, workspace, [&](WorkerLine&& worker) {
    if (wanted.activity && worker.activity_sid != *wanted.activity) return;
    if (wanted.available && worker.available != *wanted.available) return;
    if (!wanted.part_of_name.empty() && made_small(worker.friendly_name).find(wanted.part_of_name) == std::string::npos)
      return;
    if (of_queue && !matches(*of_queue, worker)) return;
    if (wanted.expression && !matches(*wanted.expression, worker)) return;
    found.push_back({worker.sid, std::move(worker.friendly_name)});
  });
  if (!read) return read.error();
  return found;
}

void list_workers(door::Call call) {
  auto wanted = read_wanted(call.request.query);
  if (!wanted) return call.fail(wanted.error());
  door::with_reader(std::move(call), [wanted = *std::move(wanted)](door::Call held, store::Reader& reader) {
    auto found = choose(reader, held.workspace(), wanted);
    if (!found) return held.fail(found.error());
    std::vector<const Found*> all;
    for (const Found& one : *found) all.push_back(&one);
    std::vector<Found> page;
    for (const Found* one : wanted.page.pick(all, [](const Found& f) -> std::string_view { return f.friendly_name; }))
      page.push_back(*one);
    const std::size_t size = wanted.page.size();
    const std::string next =
        page.size() > size ? wanted.page.next(page[size - 1].friendly_name, page[size - 1].sid.str()) : "";
    if (page.size() > size) page.resize(size);
    door::live(std::move(held),
               [page = std::move(page), next](const runtime::View& view, const door::Call&) -> Result<http::Response> {
                 std::string text = "{\"items\":[";
                 bool first = true;
                 for (const Found& one : page) {
                   std::string item;
                   if (!runtime::render_worker(item, view.state, one.sid)) continue;  // removed meanwhile
                   if (!first) text += ',';
                   first = false;
                   text += item;
                 }
                 return door::NamePage::finish(std::move(text), next);
               });
  });
}

}  // namespace

void add_worker_list_routes(door::Api& api) { api.on("list_workers", list_workers); }

}  // namespace carillon::routing
