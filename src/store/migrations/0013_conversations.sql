-- Conversations and contacts.

CREATE TABLE conversations (
  workspace_id {{text}} NOT NULL,
  "sid" {{text}} NOT NULL,
  "status" {{text}} NOT NULL,
  "customer_sid" {{text}},
  "channel" {{text}} NOT NULL,
  "channel_identity" {{text}} NOT NULL,
  "identity_verified" {{int}} NOT NULL,
  "last_worker_sid" {{text}},
  "created_at" {{int}},
  "closed_at" {{int}},
  "contacts" {{int}} NOT NULL,
  "seq" {{int}} NOT NULL,
  "version" {{int}} NOT NULL,
  "updated_at" {{int}} NOT NULL,
  PRIMARY KEY (workspace_id, sid)
) {{table_options_rowid}};

CREATE TABLE contacts (
  workspace_id {{text}} NOT NULL,
  "sid" {{text}} NOT NULL,
  "conversation_sid" {{text}},
  "customer_sid" {{text}},
  "channel" {{text}} NOT NULL,
  "channel_identity" {{text}} NOT NULL,
  "task_channel_sid" {{text}},
  "live" {{int}} NOT NULL,
  "direction" {{text}} NOT NULL,
  "status" {{text}} NOT NULL,
  "reason" {{text}} NOT NULL,
  "created_at" {{int}},
  "customer_ended_at" {{int}},
  "ended_at" {{int}},
  "answered_at" {{int}},
  "tasks" {{text}} NOT NULL,
  "workers" {{text}} NOT NULL,
  "tasks_so_far" {{int}} NOT NULL,
  "customer_connected" {{int}} NOT NULL,
  "waiting_for_customer" {{int}} NOT NULL,
  "idle_at" {{int}},
  "gone_at" {{int}},
  "messages" {{int}} NOT NULL,
  "last_message_at" {{int}},
  "seq" {{int}} NOT NULL,
  "version" {{int}} NOT NULL,
  "updated_at" {{int}} NOT NULL,
  PRIMARY KEY (workspace_id, sid)
) {{table_options_rowid}};

CREATE INDEX conversations_live ON conversations (workspace_id, seq) WHERE status = 'open';
CREATE INDEX contacts_live ON contacts (workspace_id, seq) WHERE status = 'open';
-- Which conversation a returning customer continues: by customer, or by the same address on the same channel.
CREATE INDEX conversations_of_customer ON conversations (workspace_id, customer_sid, created_at) WHERE customer_sid IS NOT NULL;
CREATE INDEX conversations_of_identity ON conversations (workspace_id, channel, channel_identity, created_at);
-- History: all contacts by time, those of a customer, those of a conversation.
CREATE INDEX contacts_by_time ON contacts (workspace_id, created_at, sid);
CREATE INDEX contacts_of_customer ON contacts (workspace_id, customer_sid, created_at) WHERE customer_sid IS NOT NULL;
CREATE INDEX contacts_of_conversation ON contacts (workspace_id, conversation_sid, created_at);
