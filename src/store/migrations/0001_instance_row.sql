-- What is known of this installation as a whole: exactly one row, made when the server first starts.
CREATE TABLE instance (
  one {{int}} NOT NULL PRIMARY KEY DEFAULT 1 CONSTRAINT instance_one CHECK (one = 1),
  instance_id {{text}} NOT NULL,
  -- When the server was last known to be alive, microseconds UTC; written every second.
  alive_at {{int}} NOT NULL,
  created_at {{int}} NOT NULL,
  -- 1 when the data was made for a demonstration and may be thrown away.
  demo {{int}} NOT NULL DEFAULT 0 CONSTRAINT instance_demo CHECK (demo IN (0, 1))
) {{table_options}};
