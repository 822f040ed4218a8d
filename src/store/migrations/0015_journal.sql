-- The story of a workspace: what it was told, what came of it for others to see, and where a replay can begin.

-- One row an entry. digest: of the decision, so that a replay by another engine finds where it decides otherwise.
-- redacted: 1 when a customer was erased from it. Kept 90 days by default.
CREATE TABLE journal (
  workspace_id {{text}} NOT NULL,
  entry {{int}} NOT NULL,
  now {{int}} NOT NULL,
  seed_hi {{int}} NOT NULL,
  seed_lo {{int}} NOT NULL,
  engine_version {{int}} NOT NULL,
  format_version {{int}} NOT NULL,
  actor_type {{text}} NOT NULL,
  actor_sid {{text}} NOT NULL,
  command {{text}} NOT NULL,
  digest {{int}} NOT NULL,
  position {{int}} NOT NULL,
  redacted {{int}} NOT NULL DEFAULT 0,
  PRIMARY KEY (workspace_id, entry)
) {{table_options_rowid}};

-- The events of one commit of a workspace, packed (src/runtime/pack.h), for those who were away longer than memory
-- reaches. A row holds the positions first_position to position. Kept seven days.
CREATE TABLE events (
  workspace_id {{text}} NOT NULL,
  position {{int}} NOT NULL,
  first_position {{int}} NOT NULL,
  at {{int}} NOT NULL,
  body {{blob}} NOT NULL,
  PRIMARY KEY (workspace_id, position)
) {{table_options_rowid}};

-- All live rows as of an entry, as JSON. Kept as long as the journal, and the newest one before its oldest entry.
CREATE TABLE checkpoints (
  workspace_id {{text}} NOT NULL,
  entry {{int}} NOT NULL,
  at {{int}} NOT NULL,
  engine_version {{int}} NOT NULL,
  hash {{text}} NOT NULL,
  live_rows {{text}} NOT NULL,
  PRIMARY KEY (workspace_id, entry)
) {{table_options_rowid}};

-- Idempotency-Keys and what was answered. workspace_id is '' for changes of the instance. Kept 24 hours.
CREATE TABLE idempotency (
  workspace_id {{text}} NOT NULL,
  principal {{text}} NOT NULL,
  idempotency_key {{text}} NOT NULL,
  request_hash {{text}} NOT NULL,
  status {{int}} NOT NULL,
  sid {{text}} NOT NULL,
  entry {{int}} NOT NULL,
  position {{int}} NOT NULL,
  now {{int}} NOT NULL,
  expires_at {{int}} NOT NULL,
  PRIMARY KEY (workspace_id, principal, idempotency_key)
) {{table_options_rowid}};
CREATE INDEX idempotency_by_expiry ON idempotency (expires_at);

-- The command that broke an invariant: with checkpoint and journal it can be repeated on a workbench.
CREATE TABLE quarantines (
  workspace_id {{text}} NOT NULL,
  at {{int}} NOT NULL,
  entry {{int}} NOT NULL,
  seed_hi {{int}} NOT NULL,
  seed_lo {{int}} NOT NULL,
  engine_version {{int}} NOT NULL,
  command {{text}} NOT NULL,
  description {{text}} NOT NULL,
  PRIMARY KEY (workspace_id, at)
) {{table_options_rowid}};
