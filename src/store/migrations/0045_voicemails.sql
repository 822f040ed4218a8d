-- Keys of waiting callers, the longest wait, and messages they leave. A message's sound is a recording of the kind voicemail; that
-- there is one stands in the row of its call; what became of it in the inbox stands here, and no row is a new one.

ALTER TABLE numbers ADD COLUMN "voicemail_key" {{text}} NOT NULL DEFAULT '';
ALTER TABLE numbers ADD COLUMN "key_words" {{text}} NOT NULL DEFAULT '{"prompt":"","text":""}';
ALTER TABLE numbers ADD COLUMN "on_closed" {{text}} NOT NULL DEFAULT 'words';
ALTER TABLE numbers ADD COLUMN "on_full" {{text}} NOT NULL DEFAULT 'words';
ALTER TABLE numbers ADD COLUMN "on_unstaffed" {{text}} NOT NULL DEFAULT 'words';
ALTER TABLE numbers ADD COLUMN "max_wait" {{int}} NOT NULL DEFAULT 0;
ALTER TABLE numbers ADD COLUMN "on_max_wait" {{text}} NOT NULL DEFAULT 'words';
ALTER TABLE numbers ADD COLUMN "max_wait_words" {{text}} NOT NULL DEFAULT '{"prompt":"","text":""}';
ALTER TABLE numbers ADD COLUMN "voicemail_words" {{text}} NOT NULL DEFAULT '{"prompt":"vm-intro","text":"Please leave your message after the tone. Then hang up, or press the pound key."}';
ALTER TABLE numbers ADD COLUMN "voicemail_max" {{int}} NOT NULL DEFAULT 180000000;

ALTER TABLE calls ADD COLUMN "more_words" {{text}} NOT NULL DEFAULT '[]';
ALTER TABLE calls ADD COLUMN "key_words" {{text}} NOT NULL DEFAULT '{"prompt":"","text":""}';
ALTER TABLE calls ADD COLUMN "voicemail_key" {{text}} NOT NULL DEFAULT '';
ALTER TABLE calls ADD COLUMN "max_wait_at" {{int}};
ALTER TABLE calls ADD COLUMN "voicemail_reason" {{text}} NOT NULL DEFAULT 'none';
ALTER TABLE calls ADD COLUMN "message_since" {{int}} NOT NULL DEFAULT 0;
ALTER TABLE calls ADD COLUMN "message_by" {{int}};
ALTER TABLE calls ADD COLUMN "voicemail_sid" {{text}};
CREATE INDEX calls_with_voicemail ON calls (workspace_id, voicemail_sid) WHERE voicemail_sid IS NOT NULL;

ALTER TABLE recordings ADD COLUMN kind {{text}} NOT NULL DEFAULT 'call';
CREATE INDEX recordings_voicemails ON recordings (workspace_id, started_at) WHERE kind = 'voicemail' AND deleted_at IS NULL;

CREATE TABLE voicemails (
  workspace_id {{text}} NOT NULL,
  sid {{text}} NOT NULL,
  state {{text}} NOT NULL,
  changed_at {{int}} NOT NULL,
  changed_by_type {{text}} NOT NULL,
  changed_by_sid {{text}} NOT NULL,
  changed_by_name {{text}} NOT NULL,
  PRIMARY KEY (workspace_id, sid)
) {{table_options_rowid}};
