-- Machine credentials, tokens, limits and repeats of the API; the addresses of Shop and Self-Service. Only adds.

CREATE TABLE api_clients (
    id uuid PRIMARY KEY,
    tenant_id uuid NOT NULL REFERENCES tenants,
    organisation_id uuid NOT NULL REFERENCES organisations,
    kind text NOT NULL,
    name text NOT NULL,
    permissions text[] NOT NULL,
    created_by uuid NOT NULL REFERENCES users,
    version integer NOT NULL DEFAULT 1,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    last_used_at timestamptz,
    revoked_at timestamptz,
    CONSTRAINT api_clients_kind_is_known CHECK (kind IN ('client', 'key')),
    CONSTRAINT api_clients_name_has_length CHECK (char_length(name) BETWEEN 1 AND 100)
);
COMMENT ON TABLE api_clients IS 'Machine credentials of one organisation: a client fetches tokens with its secret, a key is sent as it is.';
COMMENT ON COLUMN api_clients.permissions IS 'What it may do; never more than whoever made it.';
CREATE INDEX api_clients_of_organisation ON api_clients (organisation_id, id DESC);

CREATE TABLE api_secrets (
    id uuid PRIMARY KEY,
    client_id uuid NOT NULL REFERENCES api_clients ON DELETE CASCADE,
    hash bytea NOT NULL,
    hint text NOT NULL,
    created_at timestamptz NOT NULL,
    ends_at timestamptz,
    last_used_at timestamptz,
    CONSTRAINT api_secrets_hash_is_unique UNIQUE (hash)
);
COMMENT ON TABLE api_secrets IS 'SHA-256 of each secret. Two are good while one takes over from the other.';
COMMENT ON COLUMN api_secrets.hint IS 'Its last four characters, so that people can tell one from another.';
CREATE INDEX api_secrets_of_client ON api_secrets (client_id, id DESC);

CREATE TABLE api_tokens (
    hash bytea PRIMARY KEY,
    client_id uuid NOT NULL REFERENCES api_clients ON DELETE CASCADE,
    permissions text[] NOT NULL,
    created_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL
);
COMMENT ON TABLE api_tokens IS 'SHA-256 of each access token: opaque, an hour at most, gone with its client.';
CREATE INDEX api_tokens_by_age ON api_tokens (expires_at);
CREATE INDEX api_tokens_of_client ON api_tokens (client_id);

CREATE TABLE api_repeats (
    client_id uuid NOT NULL REFERENCES api_clients ON DELETE CASCADE,
    key text NOT NULL,
    request_hash bytea NOT NULL,
    status smallint,
    body text,
    created_at timestamptz NOT NULL,
    PRIMARY KEY (client_id, key)
);
COMMENT ON TABLE api_repeats IS 'Answers by Idempotency-Key, for a day: a repeat gets the first one.';
CREATE INDEX api_repeats_by_age ON api_repeats (created_at);

CREATE UNLOGGED TABLE api_calls (
    bucket text PRIMARY KEY,
    at_micros bigint[] NOT NULL
);
COMMENT ON TABLE api_calls IS 'Moments of the calls of the last minute, for limits that hold across instances. Empty after a crash, by intent.';

ALTER TABLE tenants ADD COLUMN shop_url text, ADD COLUMN self_service_url text;
COMMENT ON COLUMN tenants.shop_url IS 'Where the company''s shop for partners lies; the portal gates it.';
