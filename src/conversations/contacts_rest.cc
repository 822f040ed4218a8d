// History: contacts with their filters, one contact with its evidence, the contacts of a conversation.
#include <algorithm>

#include "conversations/contact_rows.h"
#include "conversations/rest.h"
#include "conversations/seen.h"
#include "customers/rest.h"
#include "door/configuration.h"
#include "door/words.h"
#include "runtime/tables.h"

namespace carillon::conversations {
namespace {

using door::Call;

// Of the contact in question.
constexpr std::string_view kOfIt = ".workspace_id = contacts.workspace_id AND ";
std::string of_contact(const std::string& alias) {
  return alias + std::string(kOfIt) + alias + ".contact_sid = contacts.sid";
}

door::ListSql contact_list(const Call& call) {
  door::ListSql list("SELECT " + std::string(runtime::columns_of<ContactRecord>()) + " FROM contacts", "created_at",
                     "sid", true);
  list.where("workspace_id = ", call.workspace());
  return list;
}

// The last queue entry, when none is open: what the summary shows as the contact's bucket.
std::string last_entry_has(const std::string& condition) {
  return "EXISTS (SELECT 1 FROM queue_entries q WHERE " + of_contact("q") + " AND " + condition +
         " AND NOT EXISTS (SELECT 1 FROM queue_entries l WHERE " + of_contact("l") +
         " AND l.entered_at > q.entered_at)"
         " AND NOT EXISTS (SELECT 1 FROM tasks t WHERE " +
         of_contact("t") + " AND t.entry_open = 1 AND t.ended_at = 0))";
}

void read_words_filter(http::QueryFields& query, door::ListSql& list) {
  const auto q = query.optional_string("q", 0, 200);
  if (!q || q->empty()) return;
  const std::string at = list.bind(contains_pattern(*q));
  list.where("(sid IN (SELECT contact_sid FROM messages WHERE workspace_id = ?1 AND LOWER(text) LIKE " + at +
             " ESCAPE '\\') OR customer_sid IN (SELECT sid FROM customers WHERE workspace_id = ?1 AND search LIKE " +
             at + " ESCAPE '\\'))");
}

void read_outcome_filters(http::QueryFields& query, door::ListSql& list) {
  const auto buckets = door::words_of_query<events::Bucket>(query, "bucket");
  if (!buckets.empty()) {
    std::string in;
    for (const std::string& bucket : buckets) in += (in.empty() ? "q.bucket IN (" : ",") + list.bind(bucket);
    list.where(last_entry_has(in + ")"));
  }
  if (const auto within = query.optional_bool("within_service_level")) {
    list.where(last_entry_has("q.bucket IN ('answered', 'abandoned', 'timed_out') AND q.within_service_level = " +
                              list.bind(store::Value(*within ? 1 : 0))));
  }
  if (const auto queue = query.optional_sid<QueueId>("task_queue_sid")) {
    const std::string at = list.bind(store::Value(*queue));
    list.where("(EXISTS (SELECT 1 FROM queue_entries q WHERE " + of_contact("q") + " AND q.task_queue_sid = " + at +
               ") OR EXISTS (SELECT 1 FROM tasks t WHERE " + of_contact("t") + " AND t.task_queue_sid = " + at + "))");
  }
  if (const auto worker = query.optional_sid<WorkerId>("worker_sid")) {
    list.where("EXISTS (SELECT 1 FROM reservations r WHERE " + of_contact("r") +
               " AND r.accepted_at <> 0 AND r.worker_sid = " + list.bind(store::Value(*worker)) + ")");
  }
  if (const auto disposition = query.optional_sid<DispositionId>("disposition_sid")) {
    list.where("EXISTS (SELECT 1 FROM tasks t WHERE " + of_contact("t") +
               " AND t.disposition = " + list.bind(store::Value(*disposition)) + ")");
  }
}

void read_contact_filters(http::QueryFields& query, door::ListSql& list) {
  list.where_in("status", door::words_of_query<ContactStatus>(query, "status"));
  if (const auto customer = query.optional_sid<CustomerId>("customer_sid")) list.where("customer_sid = ", *customer);
  if (const auto conversation = query.optional_sid<ConversationId>("conversation_sid"))
    list.where("conversation_sid = ", *conversation);
  read_channel(query, list);
  if (const auto from = query.optional_time("created_from")) list.where("created_at >= ", *from);
  if (const auto to = query.optional_time("created_to")) list.where("created_at < ", *to);
}

Result<http::Response> write_page(store::Reader& reader, const Call& call, const door::ListSql& list) {
  auto rows = reader.query(list.sql(), list.params());
  if (!rows) return rows.error();
  std::vector<ContactRecord> found;
  for (const auto row : *rows) {
    auto record = runtime::read_row<ContactRecord>(row);
    if (!record) return record.error();
    found.push_back(*std::move(record));
  }
  auto texts = render_summaries(reader, call.workspace(), found, call.services->clock.now());
  if (!texts) return texts.error();
  door::PageWriter page(list);
  for (std::size_t i = 0; i < found.size(); ++i) {
    if (!page.add(found[i].created_at.us, found[i].sid.str(), [&](std::string& out) { out += (*texts)[i]; })) break;
  }
  return page.finish();
}

void list_contacts(Call call) {
  http::QueryFields query(call.request.query);
  door::ListSql list = contact_list(call);
  read_words_filter(query, list);
  read_contact_filters(query, list);
  read_outcome_filters(query, list);
  if (const auto worker = only_of(call)) {
    const std::string at = list.bind(worker->str());
    list.where("(sid IN " + contacts_of_worker(at) + " OR customer_sid IN " + customers_of_worker(at) + ")");
  }
  if (auto fine = list.page(query); !fine) return call.fail(fine.error());
  if (auto fine = query.finish(); !fine) return call.fail(fine.error());
  door::read(std::move(call),
             [list](store::Reader& reader, const Call& held) { return write_page(reader, held, list); });
}

void list_conversation_contacts(Call call) {
  auto sid = call.request.sid<ConversationId>("sid");
  if (!sid) return call.fail(sid.error());
  http::QueryFields query(call.request.query);
  door::ListSql list = contact_list(call);
  list.where("conversation_sid = ", *sid);
  if (auto fine = list.page(query); !fine) return call.fail(fine.error());
  if (auto fine = query.finish(); !fine) return call.fail(fine.error());
  door::read(std::move(call), [list, sid = *sid](store::Reader& reader, const Call& held) -> Result<http::Response> {
    if (auto seen = seen_conversation(reader, held, sid); !seen) return seen.error();
    return write_page(reader, held, list);
  });
}

void get_contact(Call call) {
  auto sid = call.request.sid<ContactId>("sid");
  if (!sid) return call.fail(sid.error());
  door::read(std::move(call), [sid = *sid](store::Reader& reader, const Call& held) -> Result<http::Response> {
    auto contact = find_contact(reader, held.workspace(), sid);
    if (!contact) return contact.error();
    const Error missing = Error(ErrorCode::kNotFound, "found no contact " + sid.str()).at("sid");
    if (!*contact) return missing;
    if (auto seen = seen_conversation(reader, held, (*contact)->conversation_sid); !seen) {
      return seen.error().code == ErrorCode::kNotFound ? missing : seen.error();
    }
    auto notes = customers::notes_of_contact(reader, held.workspace(), sid);
    if (!notes) return notes.error();
    auto text = render_contact_detail(reader, held.workspace(), **contact, *notes, held.services->clock.now());
    if (!text) return text.error();
    return http::Response::json_text(200, *std::move(text));
  });
}

}  // namespace

void add_contact_routes(door::Api& api) {
  api.on("list_contacts", list_contacts);
  api.on("get_contact", get_contact);
  api.on("list_conversation_contacts", list_conversation_contacts);
}

}  // namespace carillon::conversations
