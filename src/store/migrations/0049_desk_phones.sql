-- Desk phones: with what a worker's SIP telephone proves who it is. Hashes of "username:realm:password"; the password is nowhere.

CREATE TABLE desk_phones (
  workspace_id {{text}} NOT NULL,
  worker_sid {{text}} NOT NULL,
  -- The registrar is one for all workspaces.
  username {{text}} NOT NULL UNIQUE,
  ha1_md5 {{text}} NOT NULL,
  ha1_sha256 {{text}} NOT NULL,
  created_at {{int}} NOT NULL,
  PRIMARY KEY (workspace_id, worker_sid)
) {{table_options_rowid}};
