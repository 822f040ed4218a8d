-- Consent to being recorded, sampling, how long sound is kept, and legal holds, which beat it.

ALTER TABLE numbers ADD COLUMN "consent" {{text}} NOT NULL DEFAULT 'none';
ALTER TABLE numbers ADD COLUMN "consent_words" {{text}} NOT NULL DEFAULT '{"prompt":"","text":""}';
ALTER TABLE numbers ADD COLUMN "keep_withdrawn" {{int}} NOT NULL DEFAULT 0;
ALTER TABLE numbers ADD COLUMN "sample_percent" {{int}} NOT NULL DEFAULT 10;
ALTER TABLE numbers ADD COLUMN "recordings_kept_days" {{int}} NOT NULL DEFAULT -1;
ALTER TABLE numbers ADD COLUMN "voicemails_kept_days" {{int}} NOT NULL DEFAULT -1;
ALTER TABLE workspaces ADD COLUMN "recordings_kept_days" {{int}} NOT NULL DEFAULT 0;
ALTER TABLE workspaces ADD COLUMN "voicemails_kept_days" {{int}} NOT NULL DEFAULT 0;

ALTER TABLE calls ADD COLUMN "consent_rule" {{text}} NOT NULL DEFAULT 'none';
ALTER TABLE calls ADD COLUMN "consent_words" {{text}} NOT NULL DEFAULT '{"prompt":"","text":""}';
ALTER TABLE calls ADD COLUMN "consent_due" {{int}} NOT NULL DEFAULT 0;
ALTER TABLE calls ADD COLUMN "keep_withdrawn" {{int}} NOT NULL DEFAULT 0;
ALTER TABLE calls ADD COLUMN "erase_recordings" {{int}} NOT NULL DEFAULT 0;
CREATE INDEX calls_to_erase ON calls (workspace_id, sid) WHERE erase_recordings = 1;
CREATE INDEX recordings_by_age ON recordings (started_at) WHERE deleted_at IS NULL;

-- Of one contact or of one recording. Who placed and who lifted it stays.
CREATE TABLE legal_holds (
  workspace_id {{text}} NOT NULL,
  sid {{text}} NOT NULL,
  contact_sid {{text}},
  recording_sid {{text}},
  reason {{text}} NOT NULL,
  placed_at {{int}} NOT NULL,
  placed_by_type {{text}} NOT NULL,
  placed_by_sid {{text}} NOT NULL,
  placed_by_name {{text}} NOT NULL,
  lifted_at {{int}},
  lifted_by_type {{text}},
  lifted_by_sid {{text}},
  lifted_by_name {{text}},
  PRIMARY KEY (workspace_id, sid)
) {{table_options_rowid}};
CREATE INDEX legal_holds_of_contact ON legal_holds (workspace_id, contact_sid) WHERE lifted_at IS NULL;
CREATE INDEX legal_holds_of_recording ON legal_holds (workspace_id, recording_sid) WHERE lifted_at IS NULL;
CREATE INDEX legal_holds_by_time ON legal_holds (workspace_id, placed_at, sid);
