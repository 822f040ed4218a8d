-- Workspaces: their settings, and where each stands.
-- In every table of records: a column is a field of the C++ record of the same name; microseconds; NULL is "never" for an
-- instant and "none" for an id; 0 in ..._at is "not yet". A test compares the columns with the records.

-- Written with every commit of a workspace; `epoch` is the owner's, and a commit that finds another one is refused.
CREATE TABLE workspace_heads (
  workspace_id {{text}} NOT NULL,
  epoch {{int}} NOT NULL,
  last_entry {{int}} NOT NULL,
  last_now {{int}} NOT NULL,
  position {{int}} NOT NULL,
  -- Events up to this position were deleted as too old.
  events_deleted_to {{int}} NOT NULL DEFAULT 0,
  PRIMARY KEY (workspace_id)
) {{table_options}};

CREATE TABLE workspaces (
  workspace_id {{text}} NOT NULL,
  "sid" {{text}},
  "friendly_name" {{text}} NOT NULL,
  "time_zone" {{text}} NOT NULL,
  "capacity_model" {{text}} NOT NULL,
  "total_capacity" {{int}} NOT NULL,
  "last_resort_queue_sid" {{text}},
  "idle_after" {{int}} NOT NULL,
  "gone_after" {{int}} NOT NULL,
  "reopen_within" {{int}} NOT NULL,
  "version" {{int}} NOT NULL,
  "created_at" {{int}} NOT NULL,
  "updated_at" {{int}} NOT NULL,
  PRIMARY KEY (workspace_id)
) {{table_options}};

CREATE TABLE routing_settings (
  workspace_id {{text}} NOT NULL,
  "capacity_model" {{text}} NOT NULL,
  "total_capacity" {{int}} NOT NULL,
  "last_resort_queue_sid" {{text}},
  "hold_back_after" {{int}} NOT NULL,
  "passed_over_for" {{int}} NOT NULL,
  PRIMARY KEY (workspace_id)
) {{table_options}};

CREATE TABLE conversation_settings (
  workspace_id {{text}} NOT NULL,
  "idle_after" {{int}} NOT NULL,
  "gone_after" {{int}} NOT NULL,
  PRIMARY KEY (workspace_id)
) {{table_options}};

