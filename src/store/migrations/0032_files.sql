-- Attachments. The bytes are in DATA/files, named by their SHA-256; equal files are kept once.

CREATE TABLE files (
  workspace_id {{text}} NOT NULL,
  sid {{text}} NOT NULL,
  name {{text}} NOT NULL,
  content_type {{text}} NOT NULL,
  size {{int}} NOT NULL,
  sha256 {{text}} NOT NULL,
  created_by_type {{text}} NOT NULL,
  created_by_sid {{text}} NOT NULL,
  created_by_name {{text}} NOT NULL,
  created_at {{int}} NOT NULL,
  -- Set once a message carries it.
  conversation_sid {{text}},
  -- 1 once a message that the customer sees carries it.
  shared {{int}} NOT NULL,
  PRIMARY KEY (workspace_id, sid)
) {{table_options_rowid}};
