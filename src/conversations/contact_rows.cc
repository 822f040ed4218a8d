#include "conversations/contact_rows.h"

#include <algorithm>
#include <map>

#include "conversations/conversation_rows.h"
#include "conversations/task_rows.h"
#include "runtime/json_out.h"
#include "runtime/row_names.h"

namespace carillon::conversations {
namespace {

using routing::QueueEntryRecord;
using routing::ReservationRecord;
using routing::TaskRecord;

// What belongs to one contact, oldest first.
struct Evidence {
  std::vector<TaskRecord> tasks;
  std::vector<QueueEntryRecord> entries;    // those still open included: bucket none, ended_at 0
  std::vector<ReservationRecord> segments;  // accepted ones
};

// The durations of one segment, in seconds.
struct Times {
  double talk = 0, wrap = 0, suspended = 0;
};

Times times_of(const ReservationRecord& r, Instant now) {
  const Instant over = r.ended_at.us ? r.ended_at : now;
  const Instant handled = r.wrapping_at.us ? r.wrapping_at : over;
  Duration suspended = r.suspended_total;
  if (r.status == routing::ReservationStatus::suspended) suspended += now - r.suspended_at;
  const auto seconds = [](Duration d) { return std::max(0.0, d.in_seconds()); };
  return {seconds(handled - r.accepted_at - suspended), r.wrapping_at.us ? seconds(over - r.wrapping_at) : 0.0,
          seconds(suspended)};
}

QueueEntryRecord open_entry(const TaskRecord& task) {
  return {.sid = task.queue_entry_sid,
          .task_sid = task.sid,
          .task_queue_sid = task.task_queue_sid,
          .task_channel_sid = task.task_channel_sid,
          .contact_sid = task.contact_sid,
          .worker_sid = task.worker_sid,
          .entered_at = task.queue_entered_at,
          .ended_at = {},
          .bucket = events::Bucket::none,
          .estimated_wait_low = task.estimated_wait_low,
          .estimated_wait_high = task.estimated_wait_high};
}

Result<std::map<ContactId, Evidence>> read_evidence(store::Reader& reader, WorkspaceId workspace,
                                                    const std::vector<ContactId>& sids) {
  std::map<ContactId, Evidence> out;
  store::Params params{workspace};
  const std::string of = "workspace_id = ?1 AND contact_sid IN " + in_list(params, sids);
  auto tasks = read_where<TaskRecord>(reader, of + " ORDER BY seq", params);
  if (!tasks) return tasks.error();
  auto entries = read_where<QueueEntryRecord>(reader, of + " ORDER BY entered_at, ended_at", params);
  if (!entries) return entries.error();
  auto segments = read_where<ReservationRecord>(reader, of + " AND accepted_at <> 0 ORDER BY accepted_at, seq", params);
  if (!segments) return segments.error();
  for (auto& one : *entries) out[one.contact_sid].entries.push_back(std::move(one));
  for (auto& one : *segments) out[one.contact_sid].segments.push_back(std::move(one));
  for (auto& one : *tasks) {
    Evidence& of_it = out[one.contact_sid];
    if (one.entry_open && one.ended_at.us == 0 && one.task_queue_sid) of_it.entries.push_back(open_entry(one));
    of_it.tasks.push_back(std::move(one));
  }
  return out;
}

bool is_disposition(std::string_view text) { return text.size() == 34 && text.starts_with("DI"); }

Result<std::map<std::string, std::string>> disposition_names(store::Reader& reader, WorkspaceId workspace,
                                                             const std::map<ContactId, Evidence>& all) {
  std::map<std::string, std::string> out;
  for (const auto& [sid, evidence] : all) {
    for (const TaskRecord& task : evidence.tasks) {
      if (is_disposition(task.disposition)) out.emplace(task.disposition, "");
    }
  }
  if (out.empty()) return out;
  std::vector<std::string> sids;
  for (const auto& [sid, name] : out) sids.push_back(sid);
  store::Params params{workspace};
  const std::string in = in_list(params, sids);
  auto rows = reader.query(
      store::Sql::dynamic("SELECT sid, friendly_name FROM dispositions WHERE workspace_id = ?1 AND sid IN " + in),
      params);
  if (!rows) return rows.error();
  for (const auto row : *rows) out[row.str(0)] = row.str(1);
  return out;
}

// What summaries of a page share.
struct Shared {
  std::map<ContactId, Evidence> evidence;
  std::map<ConversationId, std::string> customers;
  std::map<std::string, std::string> dispositions;
};

Result<Shared> read_shared(store::Reader& reader, WorkspaceId workspace, const std::vector<ContactRecord>& contacts) {
  std::vector<ContactId> sids;
  std::vector<std::pair<ConversationId, CustomerId>> of;
  for (const ContactRecord& one : contacts)
    sids.push_back(one.sid), of.emplace_back(one.conversation_sid, one.customer_sid);
  auto evidence = read_evidence(reader, workspace, sids);
  if (!evidence) return evidence.error();
  auto customers = customer_names(reader, workspace, of);
  if (!customers) return customers.error();
  auto dispositions = disposition_names(reader, workspace, *evidence);
  if (!dispositions) return dispositions.error();
  return Shared{*std::move(evidence), *std::move(customers), *std::move(dispositions)};
}

// Whether it was answered in time; null where the service level does not count it.
void within_service_level(runtime::JsonOut& json, const QueueEntryRecord* entry) {
  using events::Bucket;
  const bool counts = entry && (entry->bucket == Bucket::answered || entry->bucket == Bucket::abandoned ||
                                entry->bucket == Bucket::timed_out);
  counts ? json.flag("within_service_level", entry->within_service_level) : json.raw("within_service_level", "null");
}

void render_summary(std::string& out, WorkspaceId workspace, const ContactRecord& contact, Shared& shared,
                    const runtime::Names& names, Instant now) {
  const Evidence& evidence = shared.evidence[contact.sid];
  const QueueEntryRecord* entry = evidence.entries.empty() ? nullptr : &evidence.entries.back();
  const WorkerId worker = evidence.segments.empty() ? WorkerId{} : evidence.segments.back().worker_sid;
  std::string disposition;
  for (const TaskRecord& task : evidence.tasks) {
    if (is_disposition(task.disposition)) disposition = task.disposition;
  }
  Times total;
  for (const ReservationRecord& segment : evidence.segments) {
    const Times times = times_of(segment, now);
    total.talk += times.talk, total.wrap += times.wrap, total.suspended += times.suspended;
  }
  double wait = 0;
  for (const QueueEntryRecord& one : evidence.entries) {
    wait += std::max(0.0, ((one.ended_at.us ? one.ended_at : now) - one.entered_at).in_seconds());
  }
  runtime::JsonOut json(out);
  json.key("contact");
  runtime::render(out, workspace, contact);
  json.text_or_null("customer_display_name", shared.customers[contact.conversation_sid]);
  json.word_or_null("bucket", entry ? entry->bucket : events::Bucket::none)
      .id("task_queue_sid", entry ? entry->task_queue_sid : QueueId{});
  json.text_or_null("task_queue_friendly_name", entry ? names.task_queue(entry->task_queue_sid) : "");
  json.id("worker_sid", worker)
      .text_or_null("worker_friendly_name", names.worker(worker))
      .text_or_null("disposition_sid", disposition);
  json.text_or_null("disposition_name", disposition.empty() ? "" : shared.dispositions[disposition]);
  json.real("wait_s", wait)
      .real("talk_s", total.talk)
      .real("hold_s", 0)
      .real("wrap_s", total.wrap)
      .real("suspended_s", total.suspended);
  within_service_level(json, entry);
  json.end();
}

void render_entry(std::string& out, const QueueEntryRecord& entry) {
  runtime::JsonOut json(out);
  json.id("sid", entry.sid).id("task_sid", entry.task_sid).id("task_queue_sid", entry.task_queue_sid);
  json.id("task_channel_sid", entry.task_channel_sid)
      .id("contact_sid", entry.contact_sid)
      .id("worker_sid", entry.worker_sid);
  json.time("entered_at", entry.entered_at).time("ended_at", entry.ended_at).word_or_null("bucket", entry.bucket);
  within_service_level(json, &entry);
  json.key("estimated_wait");
  if (entry.estimated_wait_low.us < 0 || entry.estimated_wait_high.us < 0) {
    out += "null";
  } else {
    runtime::JsonOut interval(out);
    interval.seconds("low_s", entry.estimated_wait_low)
        .number("high_s", (entry.estimated_wait_high.us + 999'999) / 1'000'000);
    interval.end();
  }
  json.end();
}

void render_segment(std::string& out, const ReservationRecord& segment, const runtime::Names& names, Instant now) {
  const Times times = times_of(segment, now);
  runtime::JsonOut json(out);
  json.id("reservation_sid", segment.sid).id("task_sid", segment.task_sid).id("worker_sid", segment.worker_sid);
  json.text("worker_friendly_name", names.worker(segment.worker_sid)).word("status", segment.status);
  json.time("accepted_at", segment.accepted_at)
      .time("ended_at", segment.ended_at)
      .real("talk_s", times.talk)
      .real("hold_s", 0);
  json.real("wrap_s", times.wrap).real("suspended_s", times.suspended);
  json.text_or_null("disposition_sid", is_disposition(segment.disposition) ? segment.disposition : "");
  json.end();
}

template <class List, class Render>
void render_list(std::string& out, runtime::JsonOut& json, std::string_view name, const List& list, Render render) {
  json.key(name);
  out += '[';
  bool first = true;
  for (const auto& one : list) {
    if (!std::exchange(first, false)) out += ',';
    render(one);
  }
  out += ']';
}

}  // namespace

Result<std::optional<ContactRecord>> find_contact(store::Reader& reader, WorkspaceId workspace, ContactId sid) {
  auto found = read_where<ContactRecord>(reader, "workspace_id = ?1 AND sid = ?2", {workspace, sid});
  if (!found) return found.error();
  return found->empty() ? std::optional<ContactRecord>() : std::optional(std::move(found->front()));
}

Result<std::vector<std::string>> render_summaries(store::Reader& reader, WorkspaceId workspace,
                                                  const std::vector<ContactRecord>& contacts, Instant now) {
  std::vector<std::string> out;
  if (contacts.empty()) return out;
  auto shared = read_shared(reader, workspace, contacts);
  if (!shared) return shared.error();
  const runtime::RowNames names(reader, workspace);
  for (const ContactRecord& contact : contacts)
    render_summary(out.emplace_back(), workspace, contact, *shared, names, now);
  return out;
}

Result<std::string> render_contact_detail(store::Reader& reader, WorkspaceId workspace, const ContactRecord& contact,
                                          const std::string& notes, Instant now) {
  auto shared = read_shared(reader, workspace, {contact});
  if (!shared) return shared.error();
  const runtime::RowNames names(reader, workspace);
  const Evidence& evidence = shared->evidence[contact.sid];
  std::string out;
  runtime::JsonOut json(out);
  json.key("summary");
  render_summary(out, workspace, contact, *shared, names, now);
  render_list(out, json, "tasks", evidence.tasks, [&](const TaskRecord& task) {
    const auto own = std::find_if(evidence.segments.begin(), evidence.segments.end(),
                                  [&](const auto& r) { return r.sid == task.reservation_sid; });
    runtime::render(out, names, workspace, task, own == evidence.segments.end() ? nullptr : &*own);
  });
  render_list(out, json, "queue_entries", evidence.entries,
              [&](const QueueEntryRecord& entry) { render_entry(out, entry); });
  render_list(out, json, "segments", evidence.segments,
              [&](const ReservationRecord& segment) { render_segment(out, segment, names, now); });
  json.raw("notes", notes);
  json.end();
  return out;
}

}  // namespace carillon::conversations
