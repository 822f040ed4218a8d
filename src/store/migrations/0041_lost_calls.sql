-- Calls that a restart cut off, whose callers may call again and go on; the tasks that are held for them meanwhile.

ALTER TABLE calls ADD COLUMN "identity" {{text}} NOT NULL DEFAULT '';
ALTER TABLE calls ADD COLUMN "resumes_sid" {{text}};
ALTER TABLE calls ADD COLUMN "lost_worker_sid" {{text}};
ALTER TABLE calls ADD COLUMN "return_by" {{int}};
ALTER TABLE tasks ADD COLUMN "held" {{int}} NOT NULL DEFAULT 0;
