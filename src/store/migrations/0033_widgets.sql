-- Chat on web pages: its configuration, and what visitors said about themselves.

CREATE TABLE widgets (
  workspace_id {{text}} NOT NULL,
  sid {{text}} NOT NULL,
  friendly_name {{text}} NOT NULL,
  -- JSON list.
  allowed_origins {{text}} NOT NULL,
  workflow_sid {{text}} NOT NULL,
  priority {{int}} NOT NULL,
  attributes {{text}} NOT NULL,
  title {{text}} NOT NULL,
  greeting {{text}} NOT NULL,
  ask_name {{int}} NOT NULL,
  ask_email {{int}} NOT NULL,
  accent_color {{text}} NOT NULL,
  side {{text}} NOT NULL,
  scheme {{text}} NOT NULL,
  enabled {{int}} NOT NULL,
  -- With which the site signs its customers' ids: needed as it is, to verify them.
  identity_secret {{text}} NOT NULL,
  version {{int}} NOT NULL,
  created_at {{int}} NOT NULL,
  updated_at {{int}} NOT NULL,
  PRIMARY KEY (workspace_id, sid)
) {{table_options_rowid}};
CREATE UNIQUE INDEX widgets_sid ON widgets (sid);
CREATE UNIQUE INDEX widgets_by_name ON widgets (workspace_id, friendly_name);

-- Only visitors who said something about themselves have a row.
CREATE TABLE visitors (
  workspace_id {{text}} NOT NULL,
  sid {{text}} NOT NULL,
  widget_sid {{text}} NOT NULL,
  display_name {{text}} NOT NULL,
  email {{text}} NOT NULL,
  page_url {{text}} NOT NULL,
  locale {{text}} NOT NULL,
  -- Signed by the site, or ''.
  external_id {{text}} NOT NULL,
  created_at {{int}} NOT NULL,
  updated_at {{int}} NOT NULL,
  PRIMARY KEY (workspace_id, sid)
) {{table_options_rowid}};
