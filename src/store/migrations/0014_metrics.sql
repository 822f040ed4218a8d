-- Numbers by interval of 15 minutes; each commit adds to them. Definitions: docs/metrics.md.

CREATE TABLE queue_intervals (
  workspace_id {{text}} NOT NULL,
  "interval_start" {{int}} NOT NULL,
  "task_queue_sid" {{text}} NOT NULL,
  "task_channel_sid" {{text}} NOT NULL,
  "offered" {{int}} NOT NULL,
  "answered" {{int}} NOT NULL,
  "answered_in_time" {{int}} NOT NULL,
  "abandoned" {{int}} NOT NULL,
  "short_abandoned" {{int}} NOT NULL,
  "overflowed" {{int}} NOT NULL,
  "moved" {{int}} NOT NULL,
  "callback_taken" {{int}} NOT NULL,
  "voicemail" {{int}} NOT NULL,
  "closed" {{int}} NOT NULL,
  "full" {{int}} NOT NULL,
  "timed_out" {{int}} NOT NULL,
  "canceled" {{int}} NOT NULL,
  "failed_by_us" {{int}} NOT NULL,
  "answer_wait_us" {{int}} NOT NULL,
  "answer_wait_max_us" {{int}} NOT NULL,
  "abandon_wait_us" {{int}} NOT NULL,
  "segments" {{int}} NOT NULL,
  "talk_us" {{int}} NOT NULL,
  "wrap_us" {{int}} NOT NULL,
  "suspended_us" {{int}} NOT NULL,
  "reservations_created" {{int}} NOT NULL,
  "reservations_accepted" {{int}} NOT NULL,
  "reservations_rejected" {{int}} NOT NULL,
  "reservations_timed_out" {{int}} NOT NULL,
  "reservations_canceled" {{int}} NOT NULL,
  "reservations_rescinded" {{int}} NOT NULL,
  "acceptance_time_us" {{int}} NOT NULL,
  PRIMARY KEY (workspace_id, interval_start, task_queue_sid, task_channel_sid)
) {{table_options}};

CREATE TABLE worker_intervals (
  workspace_id {{text}} NOT NULL,
  "interval_start" {{int}} NOT NULL,
  "worker_sid" {{text}} NOT NULL,
  "activity_sid" {{text}} NOT NULL,
  "time_us" {{int}} NOT NULL,
  "handling_us" {{int}} NOT NULL,
  "segments" {{int}} NOT NULL,
  "talk_us" {{int}} NOT NULL,
  "wrap_us" {{int}} NOT NULL,
  "reservations_created" {{int}} NOT NULL,
  "reservations_accepted" {{int}} NOT NULL,
  "reservations_rejected" {{int}} NOT NULL,
  "reservations_timed_out" {{int}} NOT NULL,
  PRIMARY KEY (workspace_id, interval_start, worker_sid, activity_sid)
) {{table_options}};

CREATE TABLE center_intervals (
  workspace_id {{text}} NOT NULL,
  "interval_start" {{int}} NOT NULL,
  "task_channel_sid" {{text}} NOT NULL,
  "contacts" {{int}} NOT NULL,
  "contacts_answered" {{int}} NOT NULL,
  "contacts_abandoned" {{int}} NOT NULL,
  "contacts_ended" {{int}} NOT NULL,
  PRIMARY KEY (workspace_id, interval_start, task_channel_sid)
) {{table_options}};
