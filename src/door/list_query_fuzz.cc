// Goal: no query of a list, its filters, page size and cursor, reaches the database as anything but a question it can answer; and
//       whoever turns the pages sees everything once.
// Input: a byte that chooses the list, then the query.
// Checks: a refusal is the caller's fault; an accepted query is answered; pages follow the order, without gap or repetition, whatever
//         cursor came first; a cursor that we give is one that we take.
#include <boost/json.hpp>

#include "base/check.h"
#include "base/testing/fuzz_input.h"
#include "door/api.h"
#include "door/name_page.h"
#include "door/words.h"
#include "http/parse/utf8.h"
#include "store/sqlite/sqlite_store.h"

namespace carillon::door {
namespace {

enum class Status : std::uint8_t { pending, assigned, canceled };
BOOST_DESCRIBE_ENUM(Status, pending, assigned, canceled)

struct Item {
  TaskId sid;
  std::int64_t at = 0;
  std::string status;
  std::string name;
};

// Few instants and few names, so that ties are common; names of several bytes a character.
const std::vector<Item>& items() {
  static const std::vector<Item> made = [] {
    std::vector<Item> out;
    const char* names[] = {"", "a", "a", "\xc3\xa9", "z|1", "\xf0\x9f\x98\x80"};
    for (int i = 0; i < 60; ++i) {
      out.push_back({{1, static_cast<std::uint64_t>(100 - i)},
                     1'700'000'000'000'000 + i / 7,
                     std::string(codec::enum_name(static_cast<Status>(i % 3))),
                     names[i % 6]});
    }
    return out;
  }();
  return made;
}

constexpr store::Migration kTable{1, "list",
                                  "CREATE TABLE tasks (sid TEXT PRIMARY KEY, at INTEGER, status TEXT, name TEXT)", ""};

store::Reader& reader() {
  static const std::unique_ptr<store::Store> store = [] {
    auto opened = store::sqlite::open_store({});
    CARILLON_CHECK(opened.ok() && (*opened)->migrate({&kTable, 1}).ok());
    store::Change change;
    for (const Item& item : items())
      change.run("INSERT INTO tasks VALUES (?1, ?2, ?3, ?4)", item.sid, item.at, item.status, item.name);
    const auto answers = (*opened)->writer().commit({&change, 1});
    CARILLON_CHECK(answers.ok() && answers->front().ok());
    return std::move(*opened);
  }();
  static store::ReaderLease lease = store->readers().lease().value();
  return *lease;
}

void check_refusal(const Error& error) {
  CARILLON_CHECK(error.http_status() / 100 == 4 && !error.message.empty());
  CARILLON_CHECK(http::is_utf8(error.message) && http::is_utf8(error.field) && http::is_utf8(error.expected));
}

struct Wish {
  std::vector<std::string> statuses;
  std::optional<TaskId> sid;
  std::optional<Instant> from, to;

  bool wants(const Item& item) const {
    if (!statuses.empty() && std::find(statuses.begin(), statuses.end(), item.status) == statuses.end()) return false;
    return (!sid || item.sid == *sid) && (!from || item.at >= from->us) && (!to || item.at < to->us);
  }
};

Wish read_wish(http::QueryFields& query) {
  Wish out;
  out.statuses = words_of_query<Status>(query, "status");
  out.sid = query.optional_sid<TaskId>("sid");
  out.from = query.optional_time("from");
  out.to = query.optional_time("to");
  return out;
}

struct Page {
  std::vector<std::string> sids;
  std::string next;
};

Page page_of(const http::Response& response) {
  const auto body = boost::json::parse(std::get<std::string>(response.body));
  Page out;
  for (const auto& sid : body.at("items").as_array()) out.sids.emplace_back(sid.as_string());
  if (const auto* next = body.at("next_cursor").if_string()) out.next = std::string(*next);
  CARILLON_CHECK(out.next.size() <= kLongestCursor);
  return out;
}

// By key and tie, as tasks and contacts are listed. Nothing: the query was refused.
std::optional<Page> ask_rows(const http::QueryParams& params, bool descending) {
  http::QueryFields query(params);
  ListSql list("SELECT sid, at FROM tasks", "at", "sid", descending);
  const Wish wish = read_wish(query);
  list.where_in("status", wish.statuses);
  if (wish.sid) list.where("sid = ", *wish.sid);
  if (wish.from) list.where("at >= ", *wish.from);
  if (wish.to) list.where("at < ", *wish.to);
  Result<void> fine = list.page(query);
  if (fine) fine = query.finish();
  if (!fine) return check_refusal(fine.error()), std::nullopt;
  const auto rows = reader().query(list.sql(), list.params());
  CARILLON_CHECK(rows.ok());
  PageWriter page(list);
  for (const store::Row row : *rows) {
    if (!page.add(row.integer(1), row.str(0), [&](std::string& out) { out += '"' + row.str(0) + '"'; })) break;
  }
  Page out = page_of(page.finish());
  CARILLON_CHECK(out.sids.size() <= list.page_size() && out.sids.size() <= 200);
  return out;
}

// By name, from memory, as queues and workers are listed.
std::optional<Page> ask_names(const http::QueryParams& params) {
  http::QueryFields query(params);
  NamePage page;
  const Wish wish = read_wish(query);
  Result<void> fine = page.read(query);
  if (fine) fine = query.finish();
  if (!fine) return check_refusal(fine.error()), std::nullopt;
  std::vector<const Item*> wanted;
  for (const Item& item : items()) {
    if (wish.wants(item)) wanted.push_back(&item);
  }
  return page_of(page.write(
      wanted, [](const Item& item) -> std::string_view { return item.name; },
      [](std::string& out, const Item& item) { out += '"' + item.sid.str() + '"'; }));
}

const Item& item_of(const std::string& sid) {
  for (const Item& item : items()) {
    if (item.sid.str() == sid) return item;
  }
  CARILLON_CHECK(!"a row that nobody made");
  std::abort();
}

enum class List : std::uint8_t { kNewestFirst, kOldestFirst, kByName };

std::optional<Page> ask(List list, const http::QueryParams& params) {
  return list == List::kByName ? ask_names(params) : ask_rows(params, list == List::kNewestFirst);
}

bool in_order(List list, const Item& a, const Item& b) {
  if (list == List::kByName) return a.name != b.name ? a.name < b.name : a.sid < b.sid;
  const bool rising = a.at != b.at ? a.at < b.at : a.sid < b.sid;
  return list == List::kNewestFirst ? !rising && a.sid != b.sid : rising;
}

// The same query with another cursor.
http::QueryParams turned(const http::QueryParams& params, const std::string& cursor) {
  std::string text;
  for (const auto& p : params.params()) {
    if (p.name != "cursor") text += http::percent_encode(p.name) + "=" + http::percent_encode(p.value) + "&";
  }
  auto out = http::QueryParams::parse(text + "cursor=" + cursor);
  CARILLON_CHECK(out.ok());
  return *std::move(out);
}

void check(List list, std::string_view text) {
  const auto params = http::QueryParams::parse(text);
  if (!params) return check_refusal(params.error());
  auto page = ask(list, *params);
  if (!page) return;
  http::QueryFields query(*params);
  const Wish wish = read_wish(query);
  std::vector<std::string> seen;
  for (;;) {
    for (const std::string& sid : page->sids) {
      CARILLON_CHECK(wish.wants(item_of(sid)));
      if (!seen.empty()) CARILLON_CHECK(in_order(list, item_of(seen.back()), item_of(sid)));
      seen.push_back(sid);
    }
    if (page->next.empty()) break;
    CARILLON_CHECK(!page->sids.empty() && seen.size() <= items().size());
    page = ask(list, turned(*params, page->next));
    CARILLON_CHECK(page.has_value());
  }
  const auto all = std::count_if(items().begin(), items().end(), [&](const Item& item) { return wish.wants(item); });
  if (!query.has("cursor")) CARILLON_CHECK(static_cast<std::ptrdiff_t>(seen.size()) == all);
}

}  // namespace
}  // namespace carillon::door

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  carillon::testing::FuzzInput input(data, size);
  const auto list = static_cast<carillon::door::List>(input.byte() % 3);
  carillon::door::check(list, input.rest());
  return 0;
}
