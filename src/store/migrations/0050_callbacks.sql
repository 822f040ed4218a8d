-- Callbacks: who is called back, and how often that was tried. One open one a number; the task it waits with is a row of tasks.

ALTER TABLE numbers ADD COLUMN "callback" {{text}} NOT NULL DEFAULT '{}';
ALTER TABLE calls ADD COLUMN "callback_sid" {{text}};
ALTER TABLE calls ADD COLUMN "asking" {{text}} NOT NULL DEFAULT '{}';
ALTER TABLE calls ADD COLUMN "customer_first" {{int}} NOT NULL DEFAULT 0;
ALTER TABLE tasks ADD COLUMN "held_until" {{int}};

CREATE TABLE callbacks (
  workspace_id {{text}} NOT NULL,
  "sid" {{text}} NOT NULL,
  "status" {{text}} NOT NULL,
  "reason" {{text}} NOT NULL,
  "mode" {{text}} NOT NULL,
  "to" {{text}} NOT NULL,
  "name" {{text}} NOT NULL,
  "number_sid" {{text}},
  "task_queue_sid" {{text}},
  "contact_sid" {{text}},
  "conversation_sid" {{text}},
  "customer_sid" {{text}},
  "task_sid" {{text}},
  "asked_in_sid" {{text}},
  "call_sid" {{text}},
  "worker_sid" {{text}},
  "right" {{text}} NOT NULL,
  "most_tries" {{int}} NOT NULL,
  "retry_after" {{int}} NOT NULL,
  "tries" {{text}} NOT NULL,
  "next_try_at" {{int}},
  "not_after" {{int}},
  "created_at" {{int}},
  "ended_at" {{int}},
  "seq" {{int}} NOT NULL,
  "version" {{int}} NOT NULL,
  "updated_at" {{int}} NOT NULL,
  PRIMARY KEY (workspace_id, sid)
) {{table_options_rowid}};
CREATE INDEX callbacks_open ON callbacks (workspace_id, seq) WHERE ended_at = 0;
CREATE INDEX callbacks_by_time ON callbacks (workspace_id, created_at, sid);
CREATE INDEX callbacks_of_contact ON callbacks (workspace_id, contact_sid) WHERE contact_sid IS NOT NULL;
