// A visitor's conversation: starting, looking, writing, typing, reading, ending.
#include <boost/json.hpp>

#include "channels/chat/rest.h"
#include "conversations/conversation_rows.h"
#include "door/configuration.h"
#include "files/rest.h"

namespace carillon::chat {
namespace {

using conversations::MessageRow;
using door::Call;

// A place in the journal that both have: a resource without an address of its own is named by a fragment.
constexpr const char* kConversationAt = "/api/v1/visitor/conversation#";
constexpr const char* kMessageAt = "/api/v1/visitor/messages#";

// The answer of everything that gives the conversation as it is now. The place was noted on the brain, if it was.
door::Row conversation_row(runtime::Runtime& runtime, const Viewer& who, std::shared_ptr<Place> place) {
  return [&runtime, who, place](store::Reader& reader, WorkspaceId, const std::string&) -> Result<door::Rendered> {
    const std::int64_t position = runtime.events().position(who.workspace);
    auto thread = read_thread(reader, who);
    if (!thread) return thread.error();
    door::Rendered out;
    render(out.json, *thread, *place, position);
    return out;
  };
}

// Answers with the conversation as it is, place in the queue included.
void answer_conversation(Call call, const Viewer& who, int status, const std::string& location) {
  auto held = std::make_shared<Call>(std::move(call));
  runtime::Runtime& runtime = held->services->runtime;
  runtime.ask(
      who.workspace, [who](const runtime::View& view) { return place_of(view.state, who.visitor); },
      [held, who, status, location](Result<runtime::Answer<Place>> place) {
        if (!place) return held->fail(place.error());
        auto row = conversation_row(held->services->runtime, who, std::make_shared<Place>(place->value));
        door::read(std::move(*held),
                   [row, who, status, location](store::Reader& reader, const Call&) -> Result<http::Response> {
                     auto rendered = row(reader, who.workspace, "");
                     if (!rendered) return rendered.error();
                     auto response = http::Response::json_text(status, std::move(rendered->json));
                     if (!location.empty()) response = std::move(response).location(location);
                     return response;
                   });
      });
}

std::optional<Viewer> admitted(Call& call, const Widgets& widgets) {
  auto who = viewer_of(call, widgets);
  if (who) return *who;
  call.fail(who.error());
  return std::nullopt;
}

// ---- starting ----

Result<VisitWish> read_start(const Call& call, const Viewer& who, const Widgets& widgets) {
  auto body = call.body();
  if (!body) return body.error();
  http::Fields in(*body);
  VisitWish wish{.widget = widgets.find(who.widget),
                 .visitor = {.sid = who.visitor,
                             .workspace = who.workspace,
                             .widget = who.widget,
                             .display_name = {},
                             .email = {},
                             .page_url = {},
                             .locale = {},
                             .external_id = {}},
                 .verified = who.verified,
                 .text = in.required_string("text", 1, conversations::kMaxMessageText)};
  wish.visitor.display_name = in.optional_string("display_name", 1, 128).value_or("");
  wish.visitor.email = in.optional_string("email", 3, 254).value_or("");
  wish.visitor.page_url = in.optional_string("page_url", 0, 2000).value_or("");
  wish.attributes = boost::json::serialize(in.optional_object("attributes").value_or(boost::json::object{}));
  wish.leaves_message = in.optional_bool("leaves_message").value_or(false);
  wish.client_message_id = in.optional_string("client_message_id", 1, conversations::kMaxClientMessageId).value_or("");
  if (auto fine = in.finish(); !fine) return fine.error();
  if (!wish.widget) return Error(ErrorCode::kForbidden, "this widget was removed");
  return wish;
}

void start(Call call, const RestGiven& given, const Viewer& who, const VisitWish& wish);

void open(Call call, const RestGiven& given, const Viewer& who, const VisitWish& wish, PreparedVisitPtr visit) {
  auto place = std::make_shared<Place>();
  const auto row = conversation_row(given.world.runtime, who, place);
  door::Answer answer{.status = 201, .location = kConversationAt};
  answer.row = [row, &hub = given.hub, who](store::Reader& reader, WorkspaceId workspace, const std::string& sid) {
    hub.touched(who);  // it is committed: other tabs hear of it
    return row(reader, workspace, sid);
  };
  answer.prepare = [visit](const runtime::View& view, workspace::Command& command) {
    return prepare_open(*visit, view, command);
  };
  answer.companion = [visit, place, who](const runtime::Applied& applied, runtime::Companion& companion) {
    companion_open(*visit, applied, companion);
    *place = place_of(applied.state, who.visitor);
  };
  // Overtaken between looking up and deciding: look again.
  answer.refused = [given, who, wish](Call& refused, Error& error) {
    if (error.code != ErrorCode::kStoreConflict) return false;
    start(std::move(refused), given, who, wish);
    return true;
  };
  door::change(std::move(call), workspace::Tick{}, std::move(answer));
}

void start(Call call, const RestGiven& given, const Viewer& who, const VisitWish& wish) {
  auto held = std::make_shared<Call>(std::move(call));
  prepare_visit(given.world, wish, [held, given, who, wish](Result<PreparedVisitPtr> visit) {
    if (!visit) return held->fail(visit.error());
    if (!(*visit)->said_before.empty())
      return answer_conversation(std::move(*held), who, 201, kConversationAt + (*visit)->said_before);
    open(std::move(*held), given, who, wish, *visit);
  });
}

// ---- writing ----

struct Words {
  std::string text;
  std::vector<FileId> attachments;
  std::string client_message_id;
};

Result<Words> read_words(const Call& call) {
  auto body = call.body();
  if (!body) return body.error();
  http::Fields in(*body);
  Words out;
  out.text = in.optional_string("text", 0, conversations::kMaxMessageText).value_or("");
  out.attachments =
      in.optional_sids<FileId>("attachment_sids", 0, conversations::kMaxAttachments).value_or(std::vector<FileId>{});
  out.client_message_id = in.optional_string("client_message_id", 1, conversations::kMaxClientMessageId).value_or("");
  if (in.ok() && out.text.empty() && out.attachments.empty()) {
    in.fault("text", ErrorCode::kMissingField, "found neither text nor attachment; a message has one at least");
  }
  if (auto fine = in.finish(); !fine) return fine.error();
  return out;
}

Result<door::Rendered> message_row(store::Reader& reader, WorkspaceId workspace, const std::string& sid) {
  auto rows = reader.query(
      store::Sql::dynamic(std::string(conversations::kSelectMessage) + " WHERE workspace_id = ?1 AND sid = ?2"),
      {workspace, sid});
  if (!rows) return rows.error();
  if (rows->empty()) return Error(ErrorCode::kNotFound, "found no message " + sid);
  const MessageRow message = conversations::read_message((*rows)[0]);
  auto marks = conversations::read_marks(reader, workspace, message.conversation_sid);
  if (!marks) return marks.error();
  door::Rendered out;
  render_message(out.json, message, *marks);
  return out;
}

void post_words(Call call, const Viewer& who, const Words& words, store::Reader& reader, std::shared_ptr<void> ticket) {
  auto thread = read_thread(reader, who, false);
  if (!thread) return call.fail(thread.error());
  auto attachments =
      files::attachments_for(reader, who.workspace, words.attachments, who.visitor.str(), thread->conversation);
  if (!attachments) return call.fail(attachments.error());
  auto posting = conversations::begin_posting({.channel = std::string(kChannel),
                                               .channel_identity = who.visitor.str(),
                                               .author = conversations::Author::customer,
                                               .author_sid = who.visitor.str(),
                                               .author_name = thread->display_name,
                                               .text = words.text,
                                               .attachments = *std::move(attachments),
                                               .client_message_id = words.client_message_id});
  door::Answer answer{.status = 201, .row = message_row, .location = kMessageAt};
  answer.prepare = [posting](const runtime::View& view, workspace::Command& command) {
    return conversations::prepare_post(*posting, view, command);
  };
  answer.companion = [posting, ticket, workspace = who.workspace](const runtime::Applied& applied,
                                                                  runtime::Companion& companion) {
    conversations::companion_post(*posting, workspace, applied, companion);
  };
  answer.live = [posting](const runtime::Applied&, door::Rendered& out) {
    render_message(out.json, posting->row, {});
    return true;
  };
  door::change(std::move(call), workspace::Tick{}, std::move(answer));
}

void write(Call call, const RestGiven& given, const Viewer& who, const Words& words) {
  door::with_reader(std::move(call), [given, who, words](Call inside, store::Reader& reader) {
    if (words.client_message_id.empty()) return post_words(std::move(inside), who, words, reader, nullptr);
    auto held = std::make_shared<Call>(std::move(inside));
    const std::string key = "words|" + who.visitor.str() + "|" + words.client_message_id;
    auto ticket =
        given.world.once->begin(key, [held, given, who, words] { write(std::move(*held), given, who, words); });
    if (!ticket) return;
    auto rows = reader.query(
        "SELECT sid FROM messages WHERE workspace_id = ?1 AND author_type = 'customer' AND author_sid = ?2 AND "
        "client_message_id = ?3",
        {who.workspace, who.visitor, words.client_message_id});
    if (!rows) return held->fail(rows.error());
    if (rows->empty()) return post_words(std::move(*held), who, words, reader, std::move(ticket));
    auto rendered = message_row(reader, who.workspace, (*rows)[0].str(0));
    if (!rendered) return held->fail(rendered.error());
    const std::int64_t position = given.world.runtime.events().position(who.workspace);
    held->answer(door::with_position(
        http::Response::json_text(201, std::move(rendered->json)).location(kMessageAt + (*rows)[0].str(0)), position));
  });
}

// ---- the rest ----

void list_messages(Call call, const Viewer& who) {
  http::QueryFields query(call.request.query);
  door::ListSql list(std::string(conversations::kSelectMessage), "message_index", "", true);
  list.where("workspace_id = ", who.workspace).where("internal = 0");
  const std::string at = list.bind(store::Value(""));
  list.where("conversation_sid = " + at);
  if (auto fine = list.page(query); !fine) return call.fail(fine.error());
  if (auto fine = query.finish(); !fine) return call.fail(fine.error());
  door::read(std::move(call), [list, who](store::Reader& reader, const Call&) -> Result<http::Response> {
    auto thread = read_thread(reader, who, false);
    if (!thread) return thread.error();
    store::Params params = list.params();
    params[1] = store::Value(thread->conversation.str());
    auto rows = reader.query(list.sql(), params);
    if (!rows) return rows.error();
    door::PageWriter page(list);
    for (const auto row : *rows) {
      const MessageRow message = conversations::read_message(row);
      if (!page.add(message.index, "", [&](std::string& out) { render_message(out, message, thread->marks); })) break;
    }
    return page.finish();
  });
}

void set_typing(Call call, const RestGiven& given, const Viewer& who) {
  auto body = call.body();
  if (!body) return call.fail(body.error());
  http::Fields in(*body);
  const bool typing = in.optional_bool("typing").value_or(true);
  if (auto fine = in.finish(); !fine) return call.fail(fine.error());
  given.hub.visitor_typing(who, typing);
  const std::int64_t position = given.world.runtime.events().position(who.workspace);
  call.answer(door::with_position(http::Response::no_content(), position));
}

void mark_read(Call call, const Viewer& who) {
  auto body = call.body();
  if (!body) return call.fail(body.error());
  http::Fields in(*body);
  const std::int64_t index = in.required_int("index", 0, std::numeric_limits<std::int64_t>::max());
  if (auto fine = in.finish(); !fine) return call.fail(fine.error());
  door::with_reader(std::move(call), [who, index](Call held, store::Reader& reader) {
    auto thread = read_thread(reader, who, false);
    if (!thread) return held.fail(thread.error());
    auto conversation = conversations::find_conversation(reader, who.workspace, thread->conversation);
    if (!conversation) return held.fail(conversation.error());
    std::optional<runtime::RecordChange> change;
    if (*conversation) {
      auto decided = conversations::decide_read(reader, who.workspace, **conversation,
                                                {"customer", who.visitor.str(), thread->display_name}, index,
                                                held.services->clock.now());
      if (!decided) return held.fail(decided.error());
      change = *std::move(decided);
    }
    if (change) return door::change(std::move(held), *std::move(change), {.status = 204});
    const std::int64_t position = held.services->runtime.events().position(who.workspace);
    held.answer(door::with_position(http::Response::no_content(), position));
  });
}

void end(Call call, const RestGiven& given, const Viewer& who) {
  door::Answer answer{.row = conversation_row(given.world.runtime, who, std::make_shared<Place>())};
  answer.prepare = [who](const runtime::View& view, workspace::Command& command) -> Result<void> {
    const auto* contact = view.state.conversations().open_contact_of(kChannel, who.visitor.str());
    if (!contact)
      return Error(ErrorCode::kStateForbids, "there is no open conversation of yours; there is nothing to end");
    command = conversations::Command{conversations::EndContact{contact->sid, conversations::Reason::customer_left}};
    return {};
  };
  door::change(std::move(call), workspace::Tick{}, std::move(answer));
}

}  // namespace

void add_visitor_routes(door::Api& api, const RestGiven& given) {
  door::OnOptions options;
  options.cors = cors_policy(given.world.widgets);
  // Every handler begins by asking whether this page may.
  const auto on = [&](const char* operation, std::function<void(Call, const Viewer&)> handler) {
    api.on(
        operation,
        [given, handler = std::move(handler)](Call call) {
          if (const auto who = admitted(call, given.world.widgets)) handler(std::move(call), *who);
        },
        options);
  };
  on("start_visitor_conversation", [given](Call call, const Viewer& who) {
    auto wish = read_start(call, who, given.world.widgets);
    if (!wish) return call.fail(wish.error());
    start(std::move(call), given, who, *wish);
  });
  on("get_visitor_conversation",
     [](Call call, const Viewer& who) { answer_conversation(std::move(call), who, 200, ""); });
  on("create_visitor_message", [given](Call call, const Viewer& who) {
    auto words = read_words(call);
    if (!words) return call.fail(words.error());
    write(std::move(call), given, who, *words);
  });
  on("list_visitor_messages", [](Call call, const Viewer& who) { list_messages(std::move(call), who); });
  on("set_visitor_typing", [given](Call call, const Viewer& who) { set_typing(std::move(call), given, who); });
  on("mark_visitor_read", [](Call call, const Viewer& who) { mark_read(std::move(call), who); });
  on("end_visitor_conversation", [given](Call call, const Viewer& who) { end(std::move(call), given, who); });
}

void add_visitor_file_routes(door::Api& api, const RestGiven& given) {
  door::OnOptions up = files::upload_options(given.files);
  door::OnOptions down;
  up.cors = down.cors = cors_policy(given.world.widgets);
  api.on(
      "create_visitor_file",
      [given](Call call) {
        if (admitted(call, given.world.widgets)) files::take_upload(std::move(call), "/api/v1/visitor/files/");
      },
      up);
  api.on(
      "get_visitor_file_content",
      [given](Call call) {
        const auto who = admitted(call, given.world.widgets);
        if (!who) return;
        auto sid = call.request.sid<FileId>("sid");
        if (!sid) return call.fail(sid.error());
        door::read(std::move(call),
                   [given, who = *who, sid = *sid](store::Reader& reader, const Call&) -> Result<http::Response> {
                     const Error missing = Error(ErrorCode::kNotFound, "found no file " + sid.str()).at("sid");
                     auto file = files::find_file(reader, who.workspace, sid);
                     if (!file) return file.error();
                     if (!*file) return missing;
                     if ((*file)->created_by.sid != who.visitor.str()) {
                       auto theirs = is_theirs(reader, who, (*file)->conversation_sid);
                       if (!theirs) return theirs.error();
                       if (!*theirs || !(*file)->shared) return missing;
                     }
                     return files::content_of(*given.files, **file);
                   });
      },
      down);
}

void add_routes(door::Api& api, const RestGiven& given) {
  add_widget_routes(api, given);
  add_public_routes(api, given);
  add_visitor_routes(api, given);
  add_visitor_file_routes(api, given);
  given.hub.add_routes(api);
}

}  // namespace carillon::chat
