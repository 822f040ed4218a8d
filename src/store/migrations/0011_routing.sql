-- Routing: task channels, queues, workflows, workers; tasks, reservations, and the queue entries that ended.
-- What was deleted keeps its row (deleted_at), because history names it. Tables of large rows have a rowid: their rows are
-- appended, so that the busy ones share pages; only the key's index is spread.

CREATE TABLE task_channels (
  workspace_id {{text}} NOT NULL,
  "sid" {{text}} NOT NULL,
  "unique_name" {{text}} NOT NULL,
  "friendly_name" {{text}} NOT NULL,
  "cost" {{int}} NOT NULL,
  "exclusive" {{int}} NOT NULL,
  "default_capacity" {{int}} NOT NULL,
  "assign" {{text}} NOT NULL,
  "answered_on" {{text}} NOT NULL,
  "offer_timeout" {{int}} NOT NULL,
  "live" {{int}} NOT NULL,
  "time_to_live" {{int}} NOT NULL,
  "interruptible_by" {{text}} NOT NULL,
  "suspended_at_most" {{int}} NOT NULL,
  "wrap_up" {{text}} NOT NULL,
  "wrap_up_time" {{int}} NOT NULL,
  "wrap_up_extensions" {{int}} NOT NULL,
  "seq" {{int}} NOT NULL,
  "version" {{int}} NOT NULL,
  "created_at" {{int}} NOT NULL,
  "updated_at" {{int}} NOT NULL,
  "deleted_at" {{int}},
  PRIMARY KEY (workspace_id, sid)
) {{table_options_rowid}};

CREATE TABLE task_queues (
  workspace_id {{text}} NOT NULL,
  "sid" {{text}} NOT NULL,
  "friendly_name" {{text}} NOT NULL,
  "expression" {{text}} NOT NULL,
  "task_order" {{text}} NOT NULL,
  "max_reserved_workers" {{int}} NOT NULL,
  "service_level" {{int}} NOT NULL,
  "short_abandon" {{int}} NOT NULL,
  "max_size" {{int}} NOT NULL,
  "max_wait" {{int}} NOT NULL,
  "assign" {{text}} NOT NULL,
  "offer_timeout" {{int}} NOT NULL,
  "wrap_up" {{text}} NOT NULL,
  "wrap_up_time" {{int}} NOT NULL,
  "wrap_up_extensions" {{int}} NOT NULL,
  "handle_time_us" {{int}} NOT NULL,
  "handled" {{int}} NOT NULL,
  "seq" {{int}} NOT NULL,
  "version" {{int}} NOT NULL,
  "created_at" {{int}} NOT NULL,
  "updated_at" {{int}} NOT NULL,
  "deleted_at" {{int}},
  PRIMARY KEY (workspace_id, sid)
) {{table_options_rowid}};

CREATE TABLE workflows (
  workspace_id {{text}} NOT NULL,
  "sid" {{text}} NOT NULL,
  "friendly_name" {{text}} NOT NULL,
  "document" {{text}} NOT NULL,
  "older" {{text}} NOT NULL,
  "seq" {{int}} NOT NULL,
  "version" {{int}} NOT NULL,
  "created_at" {{int}} NOT NULL,
  "updated_at" {{int}} NOT NULL,
  "deleted_at" {{int}},
  PRIMARY KEY (workspace_id, sid)
) {{table_options_rowid}};

CREATE TABLE workers (
  workspace_id {{text}} NOT NULL,
  "sid" {{text}} NOT NULL,
  "friendly_name" {{text}} NOT NULL,
  "user_sid" {{text}},
  "attributes" {{text}} NOT NULL,
  "total_capacity" {{int}} NOT NULL,
  "channel_capacities" {{text}} NOT NULL,
  "not_responding" {{text}} NOT NULL,
  "available" {{int}} NOT NULL,
  "reachable" {{int}} NOT NULL,
  "activity_sid" {{text}},
  "activity_name" {{text}} NOT NULL,
  "idle_since" {{int}},
  "unavailable_since" {{int}},
  "state_since" {{int}},
  "seq" {{int}} NOT NULL,
  "version" {{int}} NOT NULL,
  "created_at" {{int}} NOT NULL,
  "updated_at" {{int}} NOT NULL,
  "deleted_at" {{int}},
  PRIMARY KEY (workspace_id, sid)
) {{table_options_rowid}};

CREATE TABLE tasks (
  workspace_id {{text}} NOT NULL,
  "sid" {{text}} NOT NULL,
  "status" {{text}} NOT NULL,
  "reason" {{text}} NOT NULL,
  "task_channel_sid" {{text}},
  "workflow_sid" {{text}},
  "workflow_version" {{int}} NOT NULL,
  "task_queue_sid" {{text}},
  "direct_worker_sid" {{text}},
  "attributes" {{text}} NOT NULL,
  "priority" {{int}} NOT NULL,
  "own_priority" {{int}} NOT NULL,
  "created_at" {{int}},
  "virtual_start_time" {{int}},
  "boost" {{int}} NOT NULL,
  "conversation_sid" {{text}},
  "contact_sid" {{text}},
  "customer_sid" {{text}},
  "transferred_from_sid" {{text}},
  "last_worker_sid" {{text}},
  "filter_index" {{int}} NOT NULL,
  "target_index" {{int}} NOT NULL,
  "workflow_entered_at" {{int}},
  "ring_index" {{int}} NOT NULL,
  "overflowed" {{int}} NOT NULL,
  "target_entered_at" {{int}},
  "target_deadline" {{int}},
  "next_ring_at" {{int}},
  "last_worker_until" {{int}},
  "time_to_live_at" {{int}},
  "max_wait_at" {{int}},
  "max_wait_alerted" {{int}} NOT NULL,
  "queue_entry_sid" {{text}},
  "queue_entered_at" {{int}},
  "entry_open" {{int}} NOT NULL,
  "estimated_wait_low" {{int}} NOT NULL,
  "estimated_wait_high" {{int}} NOT NULL,
  "passed_over" {{text}} NOT NULL,
  "reservation_sid" {{text}},
  "worker_sid" {{text}},
  "assigned_at" {{int}},
  "answered_at" {{int}},
  "disposition" {{text}} NOT NULL,
  "ended_at" {{int}},
  "seq" {{int}} NOT NULL,
  "version" {{int}} NOT NULL,
  "updated_at" {{int}} NOT NULL,
  PRIMARY KEY (workspace_id, sid)
) {{table_options_rowid}};

CREATE TABLE reservations (
  workspace_id {{text}} NOT NULL,
  "sid" {{text}} NOT NULL,
  "status" {{text}} NOT NULL,
  "reason" {{text}} NOT NULL,
  "task_sid" {{text}},
  "worker_sid" {{text}},
  "task_queue_sid" {{text}},
  "task_channel_sid" {{text}},
  "contact_sid" {{text}},
  "created_at" {{int}},
  "expires_at" {{int}},
  "auto_accept" {{int}} NOT NULL,
  "accepted_at" {{int}},
  "cost" {{int}} NOT NULL,
  "released_by_interruption" {{int}} NOT NULL,
  "interrupts" {{text}} NOT NULL,
  "interrupted_by_sid" {{text}},
  "suspended_at" {{int}},
  "suspended_total" {{int}} NOT NULL,
  "suspended_until" {{int}},
  "wrap_up" {{text}} NOT NULL,
  "wrapping_at" {{int}},
  "wrap_up_deadline" {{int}},
  "wrap_up_overdue" {{int}} NOT NULL,
  "extensions_used" {{int}} NOT NULL,
  "disposition" {{text}} NOT NULL,
  "ended_at" {{int}},
  "seq" {{int}} NOT NULL,
  "version" {{int}} NOT NULL,
  "updated_at" {{int}} NOT NULL,
  PRIMARY KEY (workspace_id, sid)
) {{table_options_rowid}};

CREATE TABLE queue_entries (
  workspace_id {{text}} NOT NULL,
  "sid" {{text}} NOT NULL,
  "task_sid" {{text}},
  "task_queue_sid" {{text}},
  "task_channel_sid" {{text}},
  "contact_sid" {{text}},
  "worker_sid" {{text}},
  "entered_at" {{int}},
  "ended_at" {{int}},
  "bucket" {{text}} NOT NULL,
  "within_service_level" {{int}} NOT NULL,
  "estimated_wait_low" {{int}} NOT NULL,
  "estimated_wait_high" {{int}} NOT NULL,
  PRIMARY KEY (workspace_id, sid)
) {{table_options_rowid}};

-- Found at start, and by lists of what is live: a few thousand rows, whatever the history.
CREATE INDEX tasks_live ON tasks (workspace_id, seq) WHERE ended_at = 0;
CREATE INDEX reservations_live ON reservations (workspace_id, seq) WHERE ended_at = 0;
-- Lists of tasks, newest first. Never rewritten: created_at does not change.
CREATE INDEX tasks_by_time ON tasks (workspace_id, created_at, sid);
CREATE INDEX tasks_of_contact ON tasks (workspace_id, contact_sid) WHERE contact_sid IS NOT NULL;
CREATE INDEX reservations_of_task ON reservations (workspace_id, task_sid);
CREATE INDEX reservations_of_worker ON reservations (workspace_id, worker_sid, created_at);
-- Lists and reports by time, by queue and time; the entries of one task.
CREATE INDEX queue_entries_by_time ON queue_entries (workspace_id, entered_at);
CREATE INDEX queue_entries_of_queue ON queue_entries (workspace_id, task_queue_sid, entered_at);
CREATE INDEX queue_entries_of_task ON queue_entries (workspace_id, task_sid);
