-- What was said, and how far each side has read. No decision reads these rows.

-- So far, notes included: the index of the last one.
ALTER TABLE conversations ADD COLUMN "messages" {{int}} NOT NULL DEFAULT 0;

CREATE TABLE messages (
  workspace_id {{text}} NOT NULL,
  sid {{text}} NOT NULL,
  conversation_sid {{text}} NOT NULL,
  contact_sid {{text}} NOT NULL,
  -- 1, 2, 3, ... in its conversation; the workspace's state gives it.
  message_index {{int}} NOT NULL,
  at {{int}} NOT NULL,
  channel {{text}} NOT NULL,
  author_type {{text}} NOT NULL,
  -- Of the visitor or worker; '' for the system and for a supervisor who is no worker.
  author_sid {{text}} NOT NULL,
  author_name {{text}} NOT NULL,
  -- 1: a note among workers.
  internal {{int}} NOT NULL,
  text {{text}} NOT NULL,
  -- JSON list of what the contract calls Attachment.
  attachments {{text}} NOT NULL,
  client_message_id {{text}},
  PRIMARY KEY (workspace_id, sid)
) {{table_options_rowid}};
CREATE UNIQUE INDEX messages_in_order ON messages (workspace_id, conversation_sid, message_index);
-- The sender's own name for it; the edge looks before it writes, this is the last guard.
CREATE UNIQUE INDEX messages_once ON messages (workspace_id, author_type, author_sid, client_message_id, conversation_sid)
  WHERE client_message_id IS NOT NULL;

-- One row a conversation and side: the highest index that anybody of it has read.
CREATE TABLE read_marks (
  workspace_id {{text}} NOT NULL,
  conversation_sid {{text}} NOT NULL,
  side {{text}} NOT NULL CONSTRAINT read_marks_side CHECK (side IN ('customer', 'worker')),
  message_index {{int}} NOT NULL,
  at {{int}} NOT NULL,
  PRIMARY KEY (workspace_id, conversation_sid, side)
) {{table_options}};

-- Lists of conversations, last active first.
CREATE INDEX conversations_by_activity ON conversations (workspace_id, updated_at, sid);
-- Whose contact it is on its channel: what a returning visitor sees again.
CREATE INDEX contacts_of_identity ON contacts (workspace_id, channel, channel_identity, created_at);
-- The evidence of one contact.
CREATE INDEX queue_entries_of_contact ON queue_entries (workspace_id, contact_sid) WHERE contact_sid IS NOT NULL;
CREATE INDEX reservations_of_contact ON reservations (workspace_id, contact_sid) WHERE contact_sid IS NOT NULL;
