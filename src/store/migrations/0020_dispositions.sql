-- What may be said to have come of a task; no decision reads it. What was deleted keeps its row, because history names it.

CREATE TABLE dispositions (
  workspace_id {{text}} NOT NULL,
  sid {{text}} NOT NULL,
  friendly_name {{text}} NOT NULL,
  -- JSON list of sids; empty: every queue.
  task_queue_sids {{text}} NOT NULL,
  rank {{int}} NOT NULL,
  retired {{int}} NOT NULL,
  -- 1 once a task was given it: then it can be retired, not removed.
  used {{int}} NOT NULL,
  version {{int}} NOT NULL,
  created_at {{int}} NOT NULL,
  updated_at {{int}} NOT NULL,
  deleted_at {{int}},
  PRIMARY KEY (workspace_id, sid)
) {{table_options}};
CREATE UNIQUE INDEX dispositions_by_name ON dispositions (workspace_id, friendly_name) WHERE deleted_at IS NULL;
