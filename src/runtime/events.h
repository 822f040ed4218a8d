// What the runtime tells the rest of the server once a change is committed.
//
// What:   a PublishedEntry holds the events of one committed change: a journal entry's, or those of a record that no
//         decision reads. Each event is an envelope (`head`) and a payload that names resources; a resource's JSON is
//         rendered once an entry, however many events show it. append_event() writes the JSON of spec's Event.
// Owns:   its texts. Shared between the ring of recent events, the rows and every listener; it never changes.
// Thread: a PublishedEntry from any thread. EventSink's functions are called on the committer thread (entries of one
//         workspace in order of position), must not block and must be tiny: they post.
// Example:
//   void committed(const PublishedEntryPtr& entry) override { net.post([this, entry] { fan_out(*entry); }); }
//   ...
//   for (const PublishedEvent& event : entry->events)
//     if (filter.wants(event)) append_event(frame, *entry, event);
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/ids.h"
#include "base/time.h"
#include "calls/core/records.h"

namespace carillon::runtime {

// Who did it. Type is one of user, worker, api_key, visitor, system; sid is "" for system.
struct Actor {
  std::string type = "system";
  std::string sid;
  std::string display_name;  // shown in events; never in the journal
  bool operator==(const Actor&) const = default;
};

// One member of an event's payload: `"name": <text>`.
struct PayloadPart {
  std::string name;            // "task", "reservation", "reason", ...
  std::int32_t resource = -1;  // index into PublishedEntry::resources; -1: `text` is the JSON
  std::string text;
};

struct PublishedEvent {
  std::string type;           // "task.created"
  std::string resource_type;  // "task"
  std::string resource_sid;
  std::vector<std::string> refs;  // every sid it names, resource_sid included: what filters look at
  std::string head;               // members of the envelope, without braces: "sid":"EV..","type":..,"task_sid":..
  std::vector<PayloadPart> payload;
};

struct PublishedEntry {
  WorkspaceId workspace;
  std::int64_t position = 0;  // of the workspace; grows by one a committed change, a refused one may leave a gap
  std::int64_t entry = 0;     // of the journal; 0 for records that no decision reads
  Instant at;
  std::string command;  // kind of the command, "" for records
  std::string common;   // members of every event's envelope: "at":..,"workspace_sid":..,"actor":{..}
  std::vector<std::string> resources;
  std::vector<PublishedEvent> events;  // may be empty: the position still moves
  // For whoever holds the media, which must do what the rows say: those changed by this entry, ended calls among them.
  std::vector<calls::CallRecord> calls;
  std::vector<calls::NumberRecord> numbers;
  std::vector<NumberId> deleted_numbers;
};
using PublishedEntryPtr = std::shared_ptr<const PublishedEntry>;

// {"position":P,<common>,<head>,"payload":{...}}
void append_event(std::string& out, const PublishedEntry& entry, const PublishedEvent& event);

class EventSink {
 public:
  virtual ~EventSink() = default;

  // Committed, and visible to every reader that begins now.
  virtual void committed(const PublishedEntryPtr& entry) = 0;

  // The workspace's state was (re)built from rows: at start (`restarted`, after its Restarted entry is committed) or
  // after a failed commit. Whoever holds something derived (rings, connections told to presence) asks anew by query().
  virtual void ready(WorkspaceId workspace, std::int64_t position, bool restarted) = 0;
};

// What an operator must hear of. Called on any of the runtime's threads; must not block.
struct Alarm {
  enum class Kind : std::uint8_t {
    quarantined,    // a broken invariant: this workspace is stopped, the others go on
    reloading,      // a commit failed: the workspace is rebuilt from its rows and answers 503 meanwhile
    reloaded,       // and is back
    taken_over,     // another server owns the workspace now: this one serves it no longer
    load_failed,    // its rows could not be read; tried again with growing pauses
    store_failing,  // a commit of everybody failed
    housekeeping,   // a checkpoint or a deletion of what is too old failed; tried again later
  };
  Kind kind = Kind::quarantined;
  WorkspaceId workspace;  // empty: all
  std::string text;
};

class AlarmSink {
 public:
  virtual ~AlarmSink() = default;
  virtual void raised(const Alarm& alarm) = 0;
};

}  // namespace carillon::runtime
