-- Presence: activities, and each worker's activity and connection.

CREATE TABLE activities (
  workspace_id {{text}} NOT NULL,
  "sid" {{text}} NOT NULL,
  "friendly_name" {{text}} NOT NULL,
  "activity_class" {{text}} NOT NULL,
  "paid" {{int}} NOT NULL,
  "maximum" {{int}} NOT NULL,
  "pickable_by" {{text}} NOT NULL,
  "offline" {{int}} NOT NULL,
  "seq" {{int}} NOT NULL,
  "version" {{int}} NOT NULL,
  "created_at" {{int}} NOT NULL,
  "updated_at" {{int}} NOT NULL,
  "deleted_at" {{int}},
  PRIMARY KEY (workspace_id, sid)
) {{table_options_rowid}};

CREATE TABLE presences (
  workspace_id {{text}} NOT NULL,
  "worker_sid" {{text}} NOT NULL,
  "requires_connection" {{int}} NOT NULL,
  "connected" {{int}} NOT NULL,
  "counted_as_lost" {{int}} NOT NULL,
  "grace_until" {{int}},
  "activity_sid" {{text}},
  "activity_since" {{int}},
  "overstays_at" {{int}},
  "overstayed" {{int}} NOT NULL,
  "pending_activity_sid" {{text}},
  "seq" {{int}} NOT NULL,
  "version" {{int}} NOT NULL,
  "updated_at" {{int}} NOT NULL,
  PRIMARY KEY (workspace_id, worker_sid)
) {{table_options}};
