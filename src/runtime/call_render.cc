// Numbers and calls as resources of the contract.
#include "runtime/json_out.h"
#include "runtime/resource_render.h"

namespace carillon::runtime {
namespace {

void words_of(std::string& out, JsonOut& json, std::string_view name, const calls::Words& words) {
  json.key(name);
  JsonOut one(out);
  one.text_or_null("prompt", words.prompt).text_or_null("text", words.text);
  one.end();
}

// -1 is null: as the workspace says.
void days_of(JsonOut& json, std::string_view name, std::int64_t days) {
  days < 0 ? json.raw(name, "null") : json.number(name, days);
}

void leg_of(std::string& out, const calls::LegRecord& leg) {
  JsonOut json(out);
  json.id("sid", leg.sid).word("role", leg.role).word("status", leg.status).word_or_null("reason", leg.reason);
  const bool no_worker = leg.user_sid && leg.worker_sid == calls::ears_of(leg.user_sid);
  json.id("worker_sid", no_worker ? WorkerId{} : leg.worker_sid).id("user_sid", leg.user_sid);
  leg.monitoring == calls::Monitoring::off ? json.raw("monitoring", "null") : json.word("monitoring", leg.monitoring);
  json.id("task_sid", leg.task_sid).text_or_null("address", leg.address);
  leg.consent == calls::Consent::none ? json.raw("consent", "null") : json.word("consent", leg.consent);
  json.flag("on_hold", leg.on_hold).flag("muted", leg.muted).time("created_at", leg.created_at);
  json.time("connected_at", leg.connected_at).time("ended_at", leg.ended_at);
  json.id("invited_by_sid", leg.invited_by_sid).flag("dialled", leg.dialled);
  json.text_or_null("caller_id", leg.caller_id).flag("emergency", leg.emergency);
  json.flag("unseen", leg.unseen).time("help_since", leg.help_since);
  json.end();
}

}  // namespace

void render(std::string& out, WorkspaceId workspace, const calls::NumberRecord& number) {
  JsonOut json(out);
  json.id("sid", number.sid).id("workspace_sid", workspace).number("version", number.version);
  json.text("friendly_name", number.friendly_name).text("address", number.address);
  json.id("workflow_sid", number.workflow_sid).id("task_queue_sid", number.task_queue_sid);
  json.id("worker_sid", number.worker_sid).number("priority", number.priority);
  words_of(out, json, "greeting", number.greeting), words_of(out, json, "closed_words", number.closed_words);
  words_of(out, json, "nobody_words", number.nobody_words), words_of(out, json, "full_words", number.full_words);
  json.text_or_null("music", number.music).flag("always_open", number.always_open);
  json.key("openings");
  out += '[';
  for (const calls::Opening& opening : number.openings) {
    if (out.back() != '[') out += ',';
    JsonOut one(out);
    one.time("from", opening.from).time("until", opening.until);
    one.end();
  }
  out += ']';
  json.flag("announce_position", number.announce_position).flag("announce_wait", number.announce_wait);
  json.seconds("announce_every_s", number.announce_every).flag("refuse_anonymous", number.refuse_anonymous);
  json.key("blocked");
  codec::append(out, number.blocked);
  json.flag("turn_away_unstaffed", number.turn_away_unstaffed).word("recording", number.recording);
  json.key("trunks");
  codec::append(out, number.trunks);
  json.text_or_null("voicemail_key", number.voicemail_key);
  words_of(out, json, "key_words", number.key_words);
  json.word("on_closed", number.on_closed).word("on_full", number.on_full).word("on_unstaffed", number.on_unstaffed);
  json.seconds("max_wait_s", number.max_wait).word("on_max_wait", number.on_max_wait);
  words_of(out, json, "max_wait_words", number.max_wait_words);
  words_of(out, json, "voicemail_words", number.voicemail_words);
  json.seconds("voicemail_max_s", number.voicemail_max).seconds("voicemail_min_s", number.voicemail_min);
  json.word("consent", number.consent);
  words_of(out, json, "consent_words", number.consent_words);
  json.flag("keep_withdrawn", number.keep_withdrawn).number("sample_percent", number.sample_percent);
  days_of(json, "recordings_kept_days", number.recordings_kept_days);
  days_of(json, "voicemails_kept_days", number.voicemails_kept_days);
  json.raw("hours", number.hours.text.empty() ? "null" : number.hours.text);
  json.flag("zip_tone", number.zip_tone).flag("tell_queue", number.tell_queue);
  json.key("callback");
  JsonOut callback(out);
  callback.text_or_null("key", number.callback.key);
  words_of(out, callback, "words", number.callback.words);
  callback.word("mode", number.callback.mode).number("tries", number.callback.tries);
  callback.seconds("retry_after_s", number.callback.retry_after);
  callback.end();
  json.end();
}

void render(std::string& out, WorkspaceId workspace, const calls::CallRecord& call) {
  JsonOut json(out);
  json.id("sid", call.sid).id("workspace_sid", workspace).number("version", call.version);
  json.word("status", call.status).word_or_null("reason", call.reason).word_or_null("turned_away", call.turned_away);
  json.word("direction", call.direction).flag("consulting", call.consulting);
  json.id("transfer_leg_sid", call.transfer_leg_sid);
  json.id("number_sid", call.number_sid).id("contact_sid", call.contact_sid);
  json.id("conversation_sid", call.conversation_sid).id("customer_sid", call.customer_sid);
  json.text("from", call.from).text_or_null("from_name", call.from_name).text("to", call.to);
  json.id("resumes_sid", call.resumes_sid);
  json.time("created_at", call.created_at).time("answered_at", call.answered_at).time("ended_at", call.ended_at);
  json.word("recording_policy", call.recording_policy).word("recording", call.recording);
  json.id("recording_sid", call.recording_sid).id("voicemail_sid", call.voicemail_sid);
  json.word("consent_rule", call.consent_rule).id("callback_sid", call.callback_sid);
  json.key("legs");
  out += '[';
  for (const calls::LegRecord& leg : call.legs) {
    if (out.back() != '[') out += ',';
    leg_of(out, leg);
  }
  out += ']';
  json.end();
}

void render(std::string& out, WorkspaceId workspace, const calls::CallbackRecord& callback) {
  JsonOut json(out);
  json.id("sid", callback.sid).id("workspace_sid", workspace).number("version", callback.version);
  json.word("status", callback.status).word_or_null("reason", callback.reason).word("mode", callback.mode);
  json.text("to", callback.to).text_or_null("name", callback.name).id("number_sid", callback.number_sid);
  json.id("task_queue_sid", callback.task_queue_sid).id("contact_sid", callback.contact_sid);
  json.id("conversation_sid", callback.conversation_sid).id("customer_sid", callback.customer_sid);
  json.id("task_sid", callback.task_sid).id("asked_in_sid", callback.asked_in_sid);
  json.id("call_sid", callback.call_sid).id("worker_sid", callback.worker_sid);
  json.number("most_tries", callback.most_tries).seconds("retry_after_s", callback.retry_after);
  json.key("tries");
  out += '[';
  for (const calls::CallbackTry& one : callback.tries) {
    if (out.back() != '[') out += ',';
    JsonOut item(out);
    item.id("call_sid", one.call_sid).id("worker_sid", one.worker_sid).time("at", one.at);
    item.word_or_null("reason", one.reason);
    item.end();
  }
  out += ']';
  json.time("next_try_at", callback.next_try_at).time("not_after", callback.not_after);
  json.time("created_at", callback.created_at).time("ended_at", callback.ended_at);
  json.end();
}

void render(std::string& out, WorkspaceId workspace, const calls::DiallingRecord& dialling) {
  JsonOut json(out);
  json.id("workspace_sid", workspace).number("version", dialling.version);
  json.key("destinations");
  out += '[';
  for (const calls::DestinationRule& rule : dialling.destinations) {
    if (out.back() != '[') out += ',';
    JsonOut one(out);
    one.text("prefix", rule.prefix).word("needs", rule.needs).number("per_hour", rule.per_hour);
    one.end();
  }
  out += ']';
  json.key("emergency");
  out += '[';
  for (const calls::EmergencyNumber& number : dialling.emergency) {
    if (out.back() != '[') out += ',';
    JsonOut one(out);
    one.text("address", number.address).text_or_null("trunk", number.trunk);
    one.text_or_null("caller_id", number.caller_id).text_or_null("location", number.location);
    one.end();
  }
  out += ']';
  json.end();
}

}  // namespace carillon::runtime
