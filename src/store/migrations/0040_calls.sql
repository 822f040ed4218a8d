-- Numbers and calls. Which workspace a number leads to is looked up across workspaces, so addresses have an index of their own.

ALTER TABLE contacts ADD COLUMN "session" {{text}} NOT NULL DEFAULT '';

CREATE TABLE numbers (
  workspace_id {{text}} NOT NULL,
  "sid" {{text}} NOT NULL,
  "friendly_name" {{text}} NOT NULL,
  "address" {{text}} NOT NULL,
  "workflow_sid" {{text}},
  "task_queue_sid" {{text}},
  "worker_sid" {{text}},
  "priority" {{int}} NOT NULL,
  "greeting" {{text}} NOT NULL,
  "closed_words" {{text}} NOT NULL,
  "nobody_words" {{text}} NOT NULL,
  "full_words" {{text}} NOT NULL,
  "music" {{text}} NOT NULL,
  "always_open" {{int}} NOT NULL,
  "openings" {{text}} NOT NULL,
  "announce_position" {{int}} NOT NULL,
  "announce_wait" {{int}} NOT NULL,
  "announce_every" {{int}} NOT NULL,
  "refuse_anonymous" {{int}} NOT NULL,
  "blocked" {{text}} NOT NULL,
  "turn_away_unstaffed" {{int}} NOT NULL,
  "seq" {{int}} NOT NULL,
  "version" {{int}} NOT NULL,
  "created_at" {{int}} NOT NULL,
  "updated_at" {{int}} NOT NULL,
  "deleted_at" {{int}},
  PRIMARY KEY (workspace_id, sid)
) {{table_options_rowid}};
CREATE INDEX numbers_by_address ON numbers (address) WHERE deleted_at IS NULL;

CREATE TABLE calls (
  workspace_id {{text}} NOT NULL,
  "sid" {{text}} NOT NULL,
  "status" {{text}} NOT NULL,
  "turned_away" {{text}} NOT NULL,
  "number_sid" {{text}},
  "contact_sid" {{text}},
  "conversation_sid" {{text}},
  "customer_sid" {{text}},
  "from" {{text}} NOT NULL,
  "from_name" {{text}} NOT NULL,
  "to" {{text}} NOT NULL,
  "music" {{text}} NOT NULL,
  "words" {{text}} NOT NULL,
  "words_count" {{int}} NOT NULL,
  "reason" {{text}} NOT NULL,
  "legs" {{text}} NOT NULL,
  "created_at" {{int}},
  "answered_at" {{int}},
  "ended_at" {{int}},
  "announce_at" {{int}},
  "farewell_by" {{int}},
  "seq" {{int}} NOT NULL,
  "version" {{int}} NOT NULL,
  "updated_at" {{int}} NOT NULL,
  PRIMARY KEY (workspace_id, sid)
) {{table_options_rowid}};
CREATE INDEX calls_live ON calls (workspace_id, seq) WHERE status <> 'ended';
CREATE INDEX calls_by_time ON calls (workspace_id, created_at, sid);
CREATE INDEX calls_of_contact ON calls (workspace_id, contact_sid) WHERE contact_sid IS NOT NULL;
