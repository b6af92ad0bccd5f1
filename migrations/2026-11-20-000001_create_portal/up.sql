-- The portal's first schema: tenants, organisations, users, sign-in and history.
-- Constraint names are chosen by hand: `src/db/mod.rs` turns them into field errors.

CREATE EXTENSION IF NOT EXISTS pg_trgm;

-- What a person types who has no accents on the keyboard. The same folding is in `src/input/rules.rs`.
CREATE FUNCTION fold_text(typed text) RETURNS text LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
    SELECT replace(replace(replace(translate(
        regexp_replace(normalize(lower(typed), NFKD), '[\u0300-\u036f]', '', 'g'),
        'øłđðıħŧ', 'olddiht'), 'ß', 'ss'), 'æ', 'ae'), 'œ', 'oe')
$$;

CREATE TABLE tenants (
    id uuid PRIMARY KEY,
    slug text NOT NULL,
    name text NOT NULL,
    uses_salesforce boolean NOT NULL DEFAULT false,
    accent text,
    version integer NOT NULL DEFAULT 1,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    CONSTRAINT tenants_slug_is_unique UNIQUE (slug),
    CONSTRAINT tenants_slug_has_shape CHECK (slug ~ '^[a-z0-9][a-z0-9-]{0,31}$'),
    CONSTRAINT tenants_accent_is_hex CHECK (accent ~ '^#[0-9a-f]{6}$')
);
COMMENT ON TABLE tenants IS 'A company that runs its partner programme here. Everything else belongs to exactly one tenant.';

CREATE TABLE organisations (
    id uuid PRIMARY KEY,
    tenant_id uuid NOT NULL REFERENCES tenants,
    number bigint GENERATED ALWAYS AS IDENTITY,
    kind text NOT NULL,
    parent_id uuid REFERENCES organisations,
    name text NOT NULL,
    name_key text NOT NULL,
    code text,
    logo_url text,
    zuora_account_id text,
    invoice_owner text,
    salesforce_account_id text,
    country text,
    time_zone text NOT NULL DEFAULT 'UTC',
    customer_count integer NOT NULL DEFAULT 0,
    properties jsonb NOT NULL DEFAULT '{}',
    shop_access boolean NOT NULL DEFAULT false,
    self_service_access boolean NOT NULL DEFAULT false,
    state text NOT NULL DEFAULT 'active',
    state_before_deletion text,
    deleted_at timestamptz,
    user_count integer NOT NULL DEFAULT 0,
    version integer NOT NULL DEFAULT 1,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    sort_key text COLLATE "C" NOT NULL GENERATED ALWAYS AS (fold_text(name_key)) STORED,
    search_text text COLLATE "C" NOT NULL GENERATED ALWAYS AS (
        ' ' || fold_text(name_key) || ' ' || lower(coalesce(code, '')) || ' ' || lower(coalesce(zuora_account_id, ''))
        || ' ' || lower(coalesce(salesforce_account_id, ''))
    ) STORED,
    CONSTRAINT organisations_number_is_unique UNIQUE (number),
    CONSTRAINT organisations_kind_is_known CHECK (kind IN ('host', 'partner')),
    CONSTRAINT organisations_state_is_known CHECK (state IN ('active', 'suspended', 'deleted')),
    CONSTRAINT organisations_invoice_owner_is_known CHECK (invoice_owner IN ('partner', 'end_customer')),
    CONSTRAINT organisations_name_has_length CHECK (char_length(name) BETWEEN 1 AND 100),
    CONSTRAINT organisations_deletion_is_whole CHECK ((state = 'deleted') = (deleted_at IS NOT NULL))
);
COMMENT ON TABLE organisations IS 'A company with an account: the tenant''s own (host) or one of its partners.';
COMMENT ON COLUMN organisations.number IS 'Public number, for wire formats whose ids are numeric strings.';
COMMENT ON COLUMN organisations.name_key IS 'NFC, lower case, single spaces: what makes two names the same. Computed in organisations/model.rs.';
COMMENT ON COLUMN organisations.sort_key IS 'The name without accents, compared by bytes: every installation sorts and pages alike.';
COMMENT ON COLUMN organisations.user_count IS 'Kept by the trigger users_are_counted, so that lists neither count nor join.';
COMMENT ON COLUMN organisations.state_before_deletion IS 'What restoring from the bin brings back.';

CREATE UNIQUE INDEX organisations_one_host ON organisations (tenant_id) WHERE kind = 'host';
CREATE UNIQUE INDEX organisations_name_is_taken ON organisations (tenant_id, name_key) WHERE state <> 'deleted';
CREATE UNIQUE INDEX organisations_code_is_taken ON organisations (tenant_id, lower(code)) WHERE state <> 'deleted';
-- One index for each way the list can be sorted; each ends in id so that keyset pages have no ties.
CREATE INDEX organisations_by_name ON organisations (tenant_id, sort_key, id) WHERE kind = 'partner' AND state <> 'deleted';
CREATE INDEX organisations_by_created ON organisations (tenant_id, created_at, id) WHERE kind = 'partner' AND state <> 'deleted';
CREATE INDEX organisations_by_users ON organisations (tenant_id, user_count, id) WHERE kind = 'partner' AND state <> 'deleted';
CREATE INDEX organisations_by_state ON organisations (tenant_id, state, created_at, id) WHERE kind = 'partner';
CREATE INDEX organisations_in_bin ON organisations (tenant_id, deleted_at DESC, id) WHERE state = 'deleted';
CREATE INDEX organisations_search ON organisations USING gin (search_text gin_trgm_ops);
CREATE INDEX organisations_by_parent ON organisations (parent_id) WHERE parent_id IS NOT NULL;
CREATE INDEX organisations_code_prefix ON organisations (tenant_id, lower(code) text_pattern_ops);
CREATE INDEX organisations_zuora ON organisations (tenant_id, lower(zuora_account_id) text_pattern_ops);
CREATE INDEX organisations_salesforce ON organisations (tenant_id, lower(salesforce_account_id) text_pattern_ops);

CREATE TABLE users (
    id uuid PRIMARY KEY,
    tenant_id uuid NOT NULL REFERENCES tenants,
    organisation_id uuid NOT NULL REFERENCES organisations,
    number bigint GENERATED ALWAYS AS IDENTITY,
    name text NOT NULL,
    email text NOT NULL,
    email_key text NOT NULL,
    role text NOT NULL,
    state text NOT NULL DEFAULT 'active',
    removed_at timestamptz,
    removed_with_organisation boolean NOT NULL DEFAULT false,
    last_signed_in_at timestamptz,
    version integer NOT NULL DEFAULT 1,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    CONSTRAINT users_number_is_unique UNIQUE (number),
    CONSTRAINT users_role_is_known CHECK (role IN ('owner', 'administrator', 'auditor', 'manager', 'member')),
    CONSTRAINT users_state_is_known CHECK (state IN ('active', 'suspended')),
    CONSTRAINT users_name_has_length CHECK (char_length(name) BETWEEN 1 AND 254)
);
COMMENT ON TABLE users IS 'A person who signs in; belongs to one organisation of one tenant.';
COMMENT ON COLUMN users.email_key IS 'ASCII lower case of the whole address: what makes two addresses the same.';
COMMENT ON COLUMN users.removed_at IS 'Removed people stay as tombstones, for Undo and so that history keeps its names.';
COMMENT ON COLUMN users.removed_with_organisation IS 'Removed because the organisation went to the bin; restoring it brings them back.';

CREATE UNIQUE INDEX users_email_is_taken ON users (tenant_id, email_key) WHERE removed_at IS NULL;
CREATE INDEX users_by_email ON users (email_key) WHERE removed_at IS NULL;
CREATE INDEX users_of_organisation ON users (organisation_id, lower(name), id) WHERE removed_at IS NULL;
CREATE INDEX users_removed_with_organisation ON users (organisation_id) WHERE removed_with_organisation;

CREATE FUNCTION count_users() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    was uuid := CASE WHEN TG_OP <> 'INSERT' AND OLD.removed_at IS NULL THEN OLD.organisation_id END;
    is_now uuid := CASE WHEN TG_OP <> 'DELETE' AND NEW.removed_at IS NULL THEN NEW.organisation_id END;
BEGIN
    IF was IS DISTINCT FROM is_now THEN
        UPDATE organisations SET user_count = user_count - 1 WHERE id = was;
        UPDATE organisations SET user_count = user_count + 1 WHERE id = is_now;
    END IF;
    RETURN NULL;
END
$$;
CREATE TRIGGER users_are_counted AFTER INSERT OR DELETE OR UPDATE OF organisation_id, removed_at ON users
    FOR EACH ROW EXECUTE FUNCTION count_users();

CREATE TABLE identities (
    id uuid PRIMARY KEY,
    tenant_id uuid NOT NULL REFERENCES tenants,
    user_id uuid NOT NULL REFERENCES users ON DELETE CASCADE,
    issuer text NOT NULL,
    subject text NOT NULL,
    created_at timestamptz NOT NULL,
    CONSTRAINT identities_one_per_user UNIQUE (user_id),
    CONSTRAINT identities_one_user_per_tenant UNIQUE (tenant_id, issuer, subject)
);
COMMENT ON TABLE identities IS '(issuer, subject) of an OpenID provider, bound once by verified e-mail; from then on it, not the e-mail, signs the user in.';
CREATE INDEX identities_by_subject ON identities (issuer, subject);

CREATE TABLE sessions (
    id uuid PRIMARY KEY,
    key_hash bytea NOT NULL,
    user_id uuid NOT NULL REFERENCES users ON DELETE CASCADE,
    provider text NOT NULL,
    device text NOT NULL,
    created_at timestamptz NOT NULL,
    last_seen_at timestamptz NOT NULL,
    ended_at timestamptz,
    CONSTRAINT sessions_key_is_unique UNIQUE (key_hash)
);
COMMENT ON TABLE sessions IS 'Signed-in browsers. The cookie holds 256 random bits; only their SHA-256 is here.';
COMMENT ON COLUMN sessions.ended_at IS 'Set by sign-out, suspension and removal. Ended rows stay a day, so that a form sent too late can be kept for its author.';
CREATE INDEX sessions_of_user ON sessions (user_id, last_seen_at DESC) WHERE ended_at IS NULL;
CREATE INDEX sessions_by_age ON sessions (created_at);

CREATE TABLE signin_flows (
    id uuid PRIMARY KEY,
    browser_hash bytea NOT NULL,
    state_hash bytea NOT NULL,
    provider text NOT NULL,
    pkce_verifier text NOT NULL,
    nonce text NOT NULL,
    return_to text NOT NULL,
    created_at timestamptz NOT NULL,
    issuer text,
    subject text,
    email text,
    CONSTRAINT signin_flows_state_is_unique UNIQUE (state_hash)
);
COMMENT ON TABLE signin_flows IS 'Sign-ins under way, bound to the browser that began them; used once, ten minutes at most.';
COMMENT ON COLUMN signin_flows.issuer IS 'Filled after the provider answered, only while a person known in several tenants picks one.';
CREATE INDEX signin_flows_by_age ON signin_flows (created_at);
CREATE INDEX signin_flows_of_browser ON signin_flows (browser_hash);

CREATE TABLE kept_forms (
    id uuid PRIMARY KEY,
    user_id uuid NOT NULL REFERENCES users ON DELETE CASCADE,
    path text NOT NULL,
    body text NOT NULL,
    created_at timestamptz NOT NULL
);
COMMENT ON TABLE kept_forms IS 'What somebody had typed when their session turned out to have ended; shown again, to them only, after signing in.';
CREATE INDEX kept_forms_of_user ON kept_forms (user_id, path);
CREATE INDEX kept_forms_by_age ON kept_forms (created_at);

CREATE TABLE used_form_keys (
    key uuid PRIMARY KEY,
    user_id uuid NOT NULL REFERENCES users ON DELETE CASCADE,
    sent_hash bytea NOT NULL,
    location text NOT NULL,
    created_at timestamptz NOT NULL
);
COMMENT ON COLUMN used_form_keys.sent_hash IS 'SHA-256 of what the form held: the same key with other input is a new wish, not a second click.';
COMMENT ON TABLE used_form_keys IS 'A create form carries a key; the second submit of the same form is sent to what the first one made.';
CREATE INDEX used_form_keys_by_age ON used_form_keys (created_at);

CREATE TABLE audit_events (
    id uuid PRIMARY KEY,
    tenant_id uuid NOT NULL REFERENCES tenants,
    organisation_id uuid,
    at timestamptz NOT NULL,
    actor_kind text NOT NULL,
    actor_id uuid,
    actor_name text NOT NULL,
    verb text NOT NULL,
    object_kind text NOT NULL,
    object_id uuid,
    object_name text NOT NULL,
    changes jsonb NOT NULL DEFAULT '[]',
    request_id text,
    CONSTRAINT audit_events_actor_is_known CHECK (actor_kind IN ('user', 'system', 'api_client'))
);
COMMENT ON TABLE audit_events IS 'Who did what to which object, and when. Append-only: the trigger below refuses everything but INSERT.';
COMMENT ON COLUMN audit_events.changes IS '[{"field","from","to"}], printable values only, never a secret.';
CREATE INDEX audit_events_of_tenant ON audit_events (tenant_id, id DESC);
CREATE INDEX audit_events_of_organisation ON audit_events (organisation_id, id DESC);
CREATE INDEX audit_events_of_object ON audit_events (object_id, id DESC);

CREATE FUNCTION refuse_history_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'audit_events is append-only' USING ERRCODE = 'insufficient_privilege';
END
$$;
CREATE TRIGGER audit_events_are_final BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_events
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_history_change();
