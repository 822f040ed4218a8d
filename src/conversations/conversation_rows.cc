#include "conversations/conversation_rows.h"

#include <algorithm>
#include <set>

#include "conversations/task_rows.h"
#include "runtime/json_out.h"
#include "runtime/resource_render.h"

namespace carillon::conversations {
namespace {

// A reservation that is or was more than an offer that somebody else took.
constexpr std::string_view kTheirs = "(r.accepted_at <> 0 OR r.ended_at = 0)";

std::string seen_by(const std::string& column, const std::string& at) {
  return "(SELECT " + column +
         " FROM reservations r JOIN contacts k ON k.workspace_id = r.workspace_id AND k.sid = r.contact_sid "
         "WHERE r.workspace_id = ?1 AND r.worker_sid = " +
         at + " AND " + std::string(kTheirs);
}

// What a page of conversations needs beside their rows.
struct Details {
  std::map<ConversationId, std::string> names;
  std::map<ConversationId, ReadMarks> marks;
  std::map<ConversationId, MessageRow> last;
  std::map<ConversationId, std::vector<ContactRecord>> contacts;
};

Result<Details> read_details(store::Reader& reader, WorkspaceId workspace,
                             const std::vector<ConversationRecord>& list) {
  Details out;
  std::vector<std::pair<ConversationId, CustomerId>> of;
  std::vector<ConversationId> sids;
  for (const auto& one : list) of.emplace_back(one.sid, one.customer_sid), sids.push_back(one.sid);
  auto names = customer_names(reader, workspace, of);
  if (!names) return names.error();
  out.names = *std::move(names);

  store::Params params{workspace};
  const std::string in = in_list(params, sids);
  auto marks = reader.query(store::Sql::dynamic("SELECT conversation_sid, side, message_index FROM read_marks "
                                                "WHERE workspace_id = ?1 AND conversation_sid IN " +
                                                in),
                            params);
  if (!marks) return marks.error();
  for (const auto row : *marks) {
    ReadMarks& of_it = out.marks[row.id<ConversationId>(0)];
    (row.text(1) == "customer" ? of_it.customer : of_it.worker) = row.integer(2);
  }
  // The last message has the index that the conversation counts.
  std::string pairs;
  store::Params last{workspace};
  for (const auto& one : list) {
    if (one.messages == 0) continue;
    last.emplace_back(one.sid), last.emplace_back(one.messages);
    if (!pairs.empty()) pairs += " OR ";
    pairs += "(conversation_sid = ?" + std::to_string(last.size() - 1) + " AND message_index = ?" +
             std::to_string(last.size()) + ")";
  }
  if (!pairs.empty()) {
    auto rows = reader.query(
        store::Sql::dynamic(std::string(kSelectMessage) + " WHERE workspace_id = ?1 AND (" + pairs + ")"), last);
    if (!rows) return rows.error();
    for (const auto row : *rows) {
      MessageRow message = read_message(row);
      out.last.emplace(message.conversation_sid, std::move(message));
    }
  }
  auto contacts = read_where<ContactRecord>(
      reader, "workspace_id = ?1 AND status = 'open' AND conversation_sid IN " + in + " ORDER BY seq", params);
  if (!contacts) return contacts.error();
  for (auto& one : *contacts) out.contacts[one.conversation_sid].push_back(std::move(one));
  return out;
}

void render_detail(std::string& out, WorkspaceId workspace, const ConversationRecord& conversation, Details& details) {
  const ReadMarks marks = details.marks[conversation.sid];
  const auto last = details.last.find(conversation.sid);
  runtime::JsonOut json(out);
  json.key("conversation");
  runtime::render(out, workspace, conversation);
  json.text_or_null("customer_display_name", details.names[conversation.sid]).key("open_contacts");
  out += '[';
  bool first = true;
  for (const ContactRecord& contact : details.contacts[conversation.sid]) {
    if (!std::exchange(first, false)) out += ',';
    runtime::render(out, workspace, contact);
  }
  out += ']';
  json.number("message_count", conversation.messages).key("last_message");
  if (last == details.last.end()) {
    out += "null";
  } else {
    render(out, last->second, marks);
  }
  json.number("read_index_by_worker", marks.worker).number("read_index_by_customer", marks.customer);
  json.end();
}

}  // namespace

Result<std::optional<ConversationRecord>> find_conversation(store::Reader& reader, WorkspaceId workspace,
                                                            ConversationId sid) {
  auto found = read_where<ConversationRecord>(reader, "workspace_id = ?1 AND sid = ?2", {workspace, sid});
  if (!found) return found.error();
  return found->empty() ? std::optional<ConversationRecord>() : std::optional(std::move(found->front()));
}

Result<bool> may_see(store::Reader& reader, WorkspaceId workspace, const ConversationRecord& conversation,
                     WorkerId worker) {
  if (!worker) return false;
  auto rows = reader.query(
      "SELECT 1 FROM contacts k JOIN reservations r ON r.workspace_id = k.workspace_id AND r.contact_sid = k.sid "
      "WHERE k.workspace_id = ?1 AND k.conversation_sid = ?2 AND r.worker_sid = ?3 AND (r.accepted_at <> 0 OR "
      "r.ended_at = 0) LIMIT 1",
      {workspace, conversation.sid, worker});
  if (!rows) return rows.error();
  if (!rows->empty() || !conversation.customer_sid) return !rows->empty();
  auto theirs = reader.query(
      "SELECT 1 FROM contacts k JOIN reservations r ON r.workspace_id = k.workspace_id AND r.contact_sid = k.sid "
      "WHERE k.workspace_id = ?1 AND k.customer_sid = ?2 AND r.worker_sid = ?3 AND (r.accepted_at <> 0 OR r.ended_at = "
      "0) LIMIT 1",
      {workspace, conversation.customer_sid, worker});
  if (!theirs) return theirs.error();
  return !theirs->empty();
}

std::string conversations_of_worker(const std::string& at) { return seen_by("k.conversation_sid", at) + ")"; }
std::string contacts_of_worker(const std::string& at) { return seen_by("k.sid", at) + ")"; }
std::string customers_of_worker(const std::string& at) {
  return seen_by("k.customer_sid", at) + " AND k.customer_sid IS NOT NULL)";
}

Result<std::map<ConversationId, std::string>> customer_names(
    store::Reader& reader, WorkspaceId workspace, const std::vector<std::pair<ConversationId, CustomerId>>& of) {
  std::map<ConversationId, std::string> out;
  std::set<CustomerId> customers;
  std::set<ConversationId> nameless;
  for (const auto& [conversation, customer] : of) {
    if (customer) customers.insert(customer);
    nameless.insert(conversation);
  }
  std::map<CustomerId, std::string> names;
  if (!customers.empty()) {
    store::Params params{workspace};
    const std::string in = in_list(params, customers);
    auto rows = reader.query(
        store::Sql::dynamic("SELECT sid, display_name FROM customers WHERE workspace_id = ?1 AND sid IN " + in),
        params);
    if (!rows) return rows.error();
    for (const auto row : *rows) names[row.id<CustomerId>(0)] = row.str(1);
  }
  for (const auto& [conversation, customer] : of) {
    const auto named = names.find(customer);
    if (named == names.end() || named->second.empty()) continue;
    out[conversation] = named->second;
    nameless.erase(conversation);
  }
  if (nameless.empty()) return out;
  store::Params params{workspace};
  const std::string in = in_list(params, nameless);
  auto rows =
      reader.query(store::Sql::dynamic("SELECT conversation_sid, author_name FROM messages WHERE workspace_id = ?1 "
                                       "AND conversation_sid IN " +
                                       in + " AND message_index = 1 AND author_type = 'customer'"),
                   params);
  if (!rows) return rows.error();
  for (const auto row : *rows) out[row.id<ConversationId>(0)] = row.str(1);
  return out;
}

Result<std::vector<std::string>> render_details(store::Reader& reader, WorkspaceId workspace,
                                                const std::vector<ConversationRecord>& list) {
  std::vector<std::string> out;
  if (list.empty()) return out;
  auto details = read_details(reader, workspace, list);
  if (!details) return details.error();
  for (const ConversationRecord& one : list) render_detail(out.emplace_back(), workspace, one, *details);
  return out;
}

std::string contains_pattern(std::string_view text) {
  std::string out = "%";
  for (char c : text) {
    if (c == '%' || c == '_' || c == '\\') out += '\\';
    out += c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  }
  return out + "%";
}

}  // namespace carillon::conversations
