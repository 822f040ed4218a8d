// Notes: about a customer, a contact or a conversation.
#include "customers/rest.h"
#include "door/configuration.h"
#include "door/versioned.h"
#include "runtime/json_out.h"
#include "secrets/secrets.h"

namespace carillon::customers {
namespace {

using door::Call;

constexpr const char* kSelect =
    "SELECT sid, text, customer_sid, contact_sid, conversation_sid, author_type, author_sid, author_name, version, "
    "created_at, "
    "updated_at FROM notes";
constexpr store::Sql kInsert =
    "INSERT INTO notes (workspace_id, sid, text, customer_sid, contact_sid, conversation_sid, author_type, author_sid, "
    "author_name, "
    "version, created_at, updated_at) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, 1, ?10, ?10)";
constexpr store::Sql kUpdate =
    "UPDATE notes SET text = ?3, version = ?4 + 1, updated_at = ?5 WHERE workspace_id = ?1 AND sid = ?2 AND version = "
    "?4";
constexpr store::Sql kDelete = "DELETE FROM notes WHERE workspace_id = ?1 AND sid = ?2 AND version = ?3";

Error no_such_note(std::string_view sid) {
  return Error(ErrorCode::kNotFound, "found no note " + std::string(sid)).at("sid");
}

void render(std::string& out, WorkspaceId workspace, const store::Row& row) {
  runtime::JsonOut json(out);
  json.text("sid", row.text(0))
      .id("workspace_sid", workspace)
      .number("version", row.integer(8))
      .text("text", row.text(1));
  json.text_or_null("customer_sid", row.opt_text(2).value_or(""))
      .text_or_null("contact_sid", row.opt_text(3).value_or(""));
  json.text_or_null("conversation_sid", row.opt_text(4).value_or("")).key("author");
  runtime::JsonOut author(out);
  author.text("type", row.text(5)).text_or_null("sid", row.text(6)).text_or_null("display_name", row.text(7));
  author.end();
  json.time("created_at", row.instant(9)).time("updated_at", row.instant(10));
  json.end();
}

void list_notes(Call call) {
  http::QueryFields query(call.request.query);
  door::ListSql list(kSelect, "created_at", "sid", true);
  list.where("workspace_id = ", call.workspace());
  if (const auto sid = query.optional_sid<CustomerId>("customer_sid")) list.where("customer_sid = ", *sid);
  if (const auto sid = query.optional_sid<ContactId>("contact_sid")) list.where("contact_sid = ", *sid);
  if (const auto sid = query.optional_sid<ConversationId>("conversation_sid")) list.where("conversation_sid = ", *sid);
  if (auto fine = list.page(query); !fine) return call.fail(fine.error());
  if (auto fine = query.finish(); !fine) return call.fail(fine.error());
  door::read(std::move(call), [list](store::Reader& reader, const Call& held) -> Result<http::Response> {
    auto rows = reader.query(list.sql(), list.params());
    if (!rows) return rows.error();
    door::PageWriter page(list);
    for (const auto row : *rows) {
      if (!page.add(row.integer("created_at"), row.text("sid"),
                    [&](std::string& out) { render(out, held.workspace(), row); }))
        break;
    }
    return page.finish();
  });
}

struct NewNote {
  std::string text;
  CustomerId customer;
  ContactId contact;
  ConversationId conversation;
};

// What it is about must be there; a contact's note is its conversation's and customer's too.
Result<void> complete(store::Reader& reader, WorkspaceId workspace, NewNote& note) {
  const auto missing = [](const std::string& sid, const char* field) {
    return Error(ErrorCode::kInvalidValue, "found no such thing: " + sid)
        .at(field)
        .expecting("the sid of one of this workspace");
  };
  if (note.contact) {
    auto rows = reader.query("SELECT conversation_sid, customer_sid FROM contacts WHERE workspace_id = ?1 AND sid = ?2",
                             {workspace, note.contact});
    if (!rows) return rows.error();
    if (rows->empty()) return missing(note.contact.str(), "/contact_sid");
    if (!note.conversation) note.conversation = (*rows)[0].id<ConversationId>(0);
    if (!note.customer) note.customer = (*rows)[0].id<CustomerId>(1);
  }
  if (note.conversation) {
    auto rows = reader.query("SELECT customer_sid FROM conversations WHERE workspace_id = ?1 AND sid = ?2",
                             {workspace, note.conversation});
    if (!rows) return rows.error();
    if (rows->empty()) return missing(note.conversation.str(), "/conversation_sid");
    if (!note.customer) note.customer = (*rows)[0].id<CustomerId>(0);
  }
  if (note.customer) {
    auto rows =
        reader.query("SELECT 1 FROM customers WHERE workspace_id = ?1 AND sid = ?2", {workspace, note.customer});
    if (!rows) return rows.error();
    if (rows->empty()) return missing(note.customer.str(), "/customer_sid");
  }
  return {};
}

void create_note(Call call) {
  auto body = call.body();
  if (!body) return call.fail(body.error());
  http::Fields in(*body);
  NewNote note;
  note.text = in.required_string("text", 1, 10'000);
  note.customer = in.optional_sid<CustomerId>("customer_sid").value_or(CustomerId{});
  note.contact = in.optional_sid<ContactId>("contact_sid").value_or(ContactId{});
  note.conversation = in.optional_sid<ConversationId>("conversation_sid").value_or(ConversationId{});
  if (in.ok() && !note.customer && !note.contact && !note.conversation) {
    in.fault("customer_sid", ErrorCode::kMissingField, "found nothing the note is about",
             "one of customer_sid, contact_sid and conversation_sid");
  }
  if (auto fine = in.finish(); !fine) return call.fail(fine.error());
  door::with_reader(std::move(call), [note](Call held, store::Reader& reader) mutable {
    if (auto fine = complete(reader, held.workspace(), note); !fine) return held.fail(fine.error());
    const auto sid = secrets::random_id<NoteId>();
    const runtime::Actor author = held.caller().actor();
    runtime::RecordChange change;
    change.workspace = held.workspace();
    change.sid = sid.str();
    change.change.run(kInsert, held.workspace(), sid, note.text, note.customer, note.contact, note.conversation,
                      author.type, author.sid, author.display_name, held.services->clock.now());
    door::change(std::move(held), std::move(change), {.status = 201, .row = note_row, .location = "/api/v1/notes/"});
  });
}

struct Present {
  std::string author_sid;
  std::int64_t version = 0;
};

Result<Present> read_present(store::Reader& reader, WorkspaceId workspace, NoteId sid) {
  auto rows =
      reader.query("SELECT author_sid, version FROM notes WHERE workspace_id = ?1 AND sid = ?2", {workspace, sid});
  if (!rows) return rows.error();
  if (rows->empty()) return no_such_note(sid.str());
  return Present{(*rows)[0].str(0), (*rows)[0].integer(1)};
}

// The note, if the caller may change it and knows its version; else the call is answered.
std::optional<Present> changeable(Call& call, store::Reader& reader, NoteId sid, bool may_supervisor) {
  auto present = read_present(reader, call.workspace(), sid);
  if (!present) return call.fail(present.error()), std::nullopt;
  const bool own = present->author_sid == call.caller().actor().sid;
  if (!own && !(may_supervisor && call.caller().is(door::Role::supervisor))) {
    call.fail(Error(ErrorCode::kForbidden, "this note is somebody else's; only its writer changes it"));
    return std::nullopt;
  }
  if (auto fine = door::check_version(call.version(), present->version); !fine) {
    door::fail_version(std::move(call), fine.error(), present->version);
    return std::nullopt;
  }
  return *present;
}

void update_note(Call call) {
  auto sid = call.request.sid<NoteId>("sid");
  if (!sid) return call.fail(sid.error());
  auto body = call.body();
  if (!body) return call.fail(body.error());
  http::Fields in(*body);
  const std::string text = in.required_string("text", 1, 10'000);
  if (auto fine = in.finish(); !fine) return call.fail(fine.error());
  door::with_reader(std::move(call), [sid = *sid, text](Call held, store::Reader& reader) {
    const auto present = changeable(held, reader, sid, false);
    if (!present) return;
    runtime::RecordChange change;
    change.workspace = held.workspace();
    change.sid = sid.str();
    change.change.run_expecting(1, kUpdate, held.workspace(), sid, text, present->version, held.services->clock.now());
    door::change(std::move(held), std::move(change), door::versioned({.row = note_row, .sid = sid.str()}));
  });
}

void delete_note(Call call) {
  auto sid = call.request.sid<NoteId>("sid");
  if (!sid) return call.fail(sid.error());
  door::with_reader(std::move(call), [sid = *sid](Call held, store::Reader& reader) {
    const auto present = changeable(held, reader, sid, true);
    if (!present) return;
    runtime::RecordChange change;
    change.workspace = held.workspace();
    change.sid = sid.str();
    change.change.run_expecting(1, kDelete, held.workspace(), sid, present->version);
    door::change(std::move(held), std::move(change),
                 door::versioned({.status = 204, .row = note_row, .sid = sid.str()}));
  });
}

}  // namespace

Result<door::Rendered> note_row(store::Reader& reader, WorkspaceId workspace, const std::string& sid) {
  auto rows = reader.query(store::Sql::dynamic(std::string(kSelect) + " WHERE workspace_id = ?1 AND sid = ?2"),
                           {workspace, sid});
  if (!rows) return rows.error();
  if (rows->empty()) return no_such_note(sid);
  door::Rendered out;
  render(out.json, workspace, (*rows)[0]);
  out.version = (*rows)[0].integer("version");
  return out;
}

Result<std::string> notes_of_contact(store::Reader& reader, WorkspaceId workspace, ContactId contact) {
  auto rows = reader.query(store::Sql::dynamic(std::string(kSelect) + " WHERE workspace_id = ?1 AND contact_sid = ?2 "
                                                                      "ORDER BY created_at DESC, sid DESC LIMIT 500"),
                           {workspace, contact});
  if (!rows) return rows.error();
  std::string out = "[";
  for (const auto row : *rows) {
    if (out.size() > 1) out += ',';
    render(out, workspace, row);
  }
  return out + "]";
}

void add_note_routes(door::Api& api) {
  api.on("list_notes", list_notes);
  api.on("create_note", create_note);
  api.on("update_note", update_note);
  api.on("delete_note", delete_note);
  api.on("get_note", [](Call call) {
    auto sid = call.request.sid<NoteId>("sid");
    if (!sid) return call.fail(sid.error());
    door::read_one(std::move(call), note_row, sid->str());
  });
}

}  // namespace carillon::customers
