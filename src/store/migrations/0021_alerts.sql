-- What a supervisor should look at, and how long workers were in which activity. Both are told by events and written with
-- them; no decision reads them.

CREATE TABLE alerts (
  workspace_id {{text}} NOT NULL,
  sid {{text}} NOT NULL,
  kind {{text}} NOT NULL,
  -- open, acknowledged
  state {{text}} NOT NULL,
  text {{text}} NOT NULL,
  task_queue_sid {{text}},
  task_sid {{text}},
  worker_sid {{text}},
  raised_at {{int}} NOT NULL,
  acknowledged_by_type {{text}},
  acknowledged_by_sid {{text}},
  acknowledged_by_name {{text}},
  acknowledged_at {{int}},
  PRIMARY KEY (workspace_id, sid)
) {{table_options}};
-- Newest first; the open ones without looking through years.
CREATE INDEX alerts_by_time ON alerts (workspace_id, raised_at, sid);
CREATE INDEX alerts_open ON alerts (workspace_id, raised_at, sid) WHERE state = 'open';

-- until: NULL while it lasts.
CREATE TABLE activity_stays (
  workspace_id {{text}} NOT NULL,
  worker_sid {{text}} NOT NULL,
  since {{int}} NOT NULL,
  activity_sid {{text}},
  until {{int}},
  PRIMARY KEY (workspace_id, worker_sid, since)
) {{table_options}};
CREATE INDEX activity_stays_by_end ON activity_stays (workspace_id, until);
