-- Opening hours as people said them (openings are made of them), and what agents hear when they take a call.
ALTER TABLE numbers ADD COLUMN "hours" {{text}} NOT NULL DEFAULT '';
ALTER TABLE numbers ADD COLUMN "zip_tone" {{int}} NOT NULL DEFAULT 0;
ALTER TABLE numbers ADD COLUMN "tell_queue" {{int}} NOT NULL DEFAULT 0;
