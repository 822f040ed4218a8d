-- Calls that begin here: by which trunks, to whom, and what must not be called.

ALTER TABLE numbers ADD COLUMN "trunks" {{text}} NOT NULL DEFAULT '[]';
ALTER TABLE calls ADD COLUMN "direction" {{text}} NOT NULL DEFAULT 'inbound';
ALTER TABLE calls ADD COLUMN "consulting" {{int}} NOT NULL DEFAULT 0;
ALTER TABLE calls ADD COLUMN "transfer_leg_sid" {{text}};
ALTER TABLE calls ADD COLUMN "transfer_task_sid" {{text}};

CREATE TABLE dialling (
  workspace_id {{text}} NOT NULL,
  "destinations" {{text}} NOT NULL,
  "emergency" {{text}} NOT NULL,
  "counts" {{text}} NOT NULL,
  "version" {{int}} NOT NULL,
  PRIMARY KEY (workspace_id)
) {{table_options}};

CREATE TABLE do_not_call (
  workspace_id {{text}} NOT NULL,
  -- As it is called: "+4930123456", or "sip:user@host".
  address {{text}} NOT NULL,
  note {{text}} NOT NULL,
  created_at {{int}} NOT NULL,
  created_by {{text}} NOT NULL,
  PRIMARY KEY (workspace_id, address)
) {{table_options}};
