-- Pages of other systems that come up with a contact; whether agents are told who listens; messages too short to be any.
ALTER TABLE task_queues ADD COLUMN "pop_url" {{text}} NOT NULL DEFAULT '';
ALTER TABLE task_queues ADD COLUMN "pop_open" {{int}} NOT NULL DEFAULT 0;
ALTER TABLE workspaces ADD COLUMN "agent_sees_monitoring" {{int}} NOT NULL DEFAULT 1;
ALTER TABLE numbers ADD COLUMN "voicemail_min" {{int}} NOT NULL DEFAULT 5000000;
