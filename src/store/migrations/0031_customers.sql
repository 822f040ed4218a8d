-- Who the customers are, how they are known, and what was noted about them. No decision reads these rows.

CREATE TABLE customers (
  workspace_id {{text}} NOT NULL,
  sid {{text}} NOT NULL,
  display_name {{text}} NOT NULL,
  attributes {{text}} NOT NULL,
  -- What searching looks at: the name, A-Z made small.
  search {{text}} NOT NULL,
  version {{int}} NOT NULL,
  created_at {{int}} NOT NULL,
  updated_at {{int}} NOT NULL,
  PRIMARY KEY (workspace_id, sid)
) {{table_options_rowid}};
CREATE INDEX customers_by_name ON customers (workspace_id, display_name, sid);

CREATE TABLE identities (
  workspace_id {{text}} NOT NULL,
  sid {{text}} NOT NULL,
  customer_sid {{text}} NOT NULL,
  type {{text}} NOT NULL CONSTRAINT identities_type CHECK (type IN ('email', 'phone', 'external_id', 'visitor')),
  value {{text}} NOT NULL,
  verified {{int}} NOT NULL,
  created_at {{int}} NOT NULL,
  PRIMARY KEY (workspace_id, sid)
) {{table_options_rowid}};
-- Addresses may be shared by a family; what is proved, or names one person by its nature, belongs to one.
CREATE UNIQUE INDEX identities_once ON identities (workspace_id, type, value)
  WHERE verified = 1 OR type IN ('external_id', 'visitor');
CREATE INDEX identities_by_value ON identities (workspace_id, value);
CREATE INDEX identities_of_customer ON identities (workspace_id, customer_sid, created_at);

CREATE TABLE notes (
  workspace_id {{text}} NOT NULL,
  sid {{text}} NOT NULL,
  text {{text}} NOT NULL,
  customer_sid {{text}},
  contact_sid {{text}},
  conversation_sid {{text}},
  author_type {{text}} NOT NULL,
  author_sid {{text}} NOT NULL,
  author_name {{text}} NOT NULL,
  version {{int}} NOT NULL,
  created_at {{int}} NOT NULL,
  updated_at {{int}} NOT NULL,
  PRIMARY KEY (workspace_id, sid)
) {{table_options_rowid}};
CREATE INDEX notes_of_customer ON notes (workspace_id, customer_sid, created_at) WHERE customer_sid IS NOT NULL;
CREATE INDEX notes_of_contact ON notes (workspace_id, contact_sid, created_at) WHERE contact_sid IS NOT NULL;
CREATE INDEX notes_of_conversation ON notes (workspace_id, conversation_sid, created_at) WHERE conversation_sid IS NOT NULL;
