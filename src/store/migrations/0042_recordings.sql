-- Recordings of calls. The sound is in DATA/files/recordings, encrypted under the instance's recording key; who listened is kept as
-- long as the row, and the row outlives the sound.

ALTER TABLE numbers ADD COLUMN "recording" {{text}} NOT NULL DEFAULT 'never';
ALTER TABLE calls ADD COLUMN "recording_policy" {{text}} NOT NULL DEFAULT 'never';
ALTER TABLE calls ADD COLUMN "recording" {{text}} NOT NULL DEFAULT 'off';
ALTER TABLE calls ADD COLUMN "recording_sid" {{text}};

CREATE TABLE recordings (
  workspace_id {{text}} NOT NULL,
  sid {{text}} NOT NULL,
  call_sid {{text}} NOT NULL,
  contact_sid {{text}},
  -- Below DATA/files.
  path {{text}} NOT NULL,
  key_id {{text}} NOT NULL,
  started_at {{int}} NOT NULL,
  -- Null while it is made. What follows is known then: of the file as it lies there, and of its sound.
  ended_at {{int}},
  whole {{int}} NOT NULL,
  fault {{text}} NOT NULL,
  bytes {{int}} NOT NULL,
  length {{int}} NOT NULL,
  sha256 {{text}} NOT NULL,
  deleted_at {{int}},
  PRIMARY KEY (workspace_id, sid)
) {{table_options_rowid}};
CREATE INDEX recordings_of_call ON recordings (workspace_id, call_sid, started_at);
CREATE INDEX recordings_open ON recordings (started_at) WHERE ended_at IS NULL;

CREATE TABLE recording_listenings (
  workspace_id {{text}} NOT NULL,
  recording_sid {{text}} NOT NULL,
  at {{int}} NOT NULL,
  actor_type {{text}} NOT NULL,
  actor_sid {{text}} NOT NULL,
  actor_name {{text}} NOT NULL
) {{table_options_rowid}};
CREATE INDEX recording_listenings_of ON recording_listenings (workspace_id, recording_sid, at);
