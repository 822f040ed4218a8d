-- The instance's people: what comes before a workspace is known. Microseconds UTC.

CREATE TABLE users (
  sid {{text}} NOT NULL,
  username {{text}} NOT NULL,
  -- The username with A-Z made small: two people never differ by that alone.
  username_key {{text}} NOT NULL,
  display_name {{text}} NOT NULL,
  email {{text}},
  -- argon2id, with its salt and cost.
  password_hash {{text}} NOT NULL,
  instance_admin {{int}} NOT NULL CONSTRAINT users_instance_admin CHECK (instance_admin IN (0, 1)),
  disabled {{int}} NOT NULL CONSTRAINT users_disabled CHECK (disabled IN (0, 1)),
  -- What searching looks at: username, display name and email, A-Z made small.
  search {{text}} NOT NULL,
  -- Of what the API shows; a new password does not change it.
  version {{int}} NOT NULL,
  created_at {{int}} NOT NULL,
  updated_at {{int}} NOT NULL,
  PRIMARY KEY (sid),
  CONSTRAINT users_username UNIQUE (username_key)
) {{table_options_rowid}};

-- Who may do what where. Which worker a user is stands in workers.user_sid.
CREATE TABLE memberships (
  sid {{text}} NOT NULL,
  user_sid {{text}} NOT NULL,
  workspace_id {{text}} NOT NULL,
  role {{text}} NOT NULL CONSTRAINT memberships_role CHECK (role IN ('agent', 'supervisor', 'admin')),
  version {{int}} NOT NULL,
  created_at {{int}} NOT NULL,
  updated_at {{int}} NOT NULL,
  PRIMARY KEY (sid),
  CONSTRAINT memberships_once UNIQUE (workspace_id, user_sid)
) {{table_options}};
CREATE INDEX memberships_by_user ON memberships (user_sid);

-- One row a sign-in; the secret is in the browser's cookie. workspace_id: chosen while signing in.
CREATE TABLE sign_ins (
  sid {{text}} NOT NULL,
  user_sid {{text}} NOT NULL,
  secret_hash {{text}} NOT NULL,
  workspace_id {{text}},
  created_at {{int}} NOT NULL,
  -- Written at most every few minutes.
  last_used_at {{int}} NOT NULL,
  PRIMARY KEY (sid)
) {{table_options}};
CREATE INDEX sign_ins_by_user ON sign_ins (user_sid);

CREATE TABLE api_keys (
  sid {{text}} NOT NULL,
  workspace_id {{text}} NOT NULL,
  friendly_name {{text}} NOT NULL,
  secret_hash {{text}} NOT NULL,
  -- The last characters of the secret.
  hint {{text}} NOT NULL,
  -- Bits of door::Scope.
  scopes {{int}} NOT NULL,
  created_by {{text}},
  created_at {{int}} NOT NULL,
  -- NULL: never.
  expires_at {{int}},
  last_used_at {{int}},
  PRIMARY KEY (sid),
  CONSTRAINT api_keys_secret UNIQUE (secret_hash)
) {{table_options}};
CREATE INDEX api_keys_by_workspace ON api_keys (workspace_id, created_at);

-- Random keys of this installation, in hex: what signs visitor tokens. The highest generation signs, older ones still verify.
CREATE TABLE instance_secrets (
  name {{text}} NOT NULL,
  generation {{int}} NOT NULL,
  secret {{text}} NOT NULL,
  created_at {{int}} NOT NULL,
  PRIMARY KEY (name, generation)
) {{table_options}};
