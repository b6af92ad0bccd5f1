-- Invitations, partner records, connections, and the mail that leaves through an outbox. Only adds.

CREATE TABLE partner_records (
    id uuid PRIMARY KEY,
    number bigint GENERATED ALWAYS AS IDENTITY,
    tenant_id uuid NOT NULL REFERENCES tenants,
    organisation_id uuid NOT NULL REFERENCES organisations,
    company_name text NOT NULL,
    name_key text NOT NULL,
    partner_type text NOT NULL,
    email text NOT NULL,
    email_key text NOT NULL,
    sales_amount integer NOT NULL,
    frequency text NOT NULL,
    payment_terms text NOT NULL,
    invitation_id uuid,
    guest_organisation_id uuid REFERENCES organisations,
    deleted_at timestamptz,
    version integer NOT NULL DEFAULT 1,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    sort_key text COLLATE "C" NOT NULL GENERATED ALWAYS AS (fold_text(name_key)) STORED,
    search_text text COLLATE "C" NOT NULL GENERATED ALWAYS AS (' ' || fold_text(name_key) || ' ' || email_key) STORED,
    CONSTRAINT partner_records_number_is_unique UNIQUE (number),
    CONSTRAINT partner_records_type_is_known CHECK (partner_type IN ('customer', 'supplier')),
    CONSTRAINT partner_records_name_has_length CHECK (char_length(company_name) BETWEEN 1 AND 100),
    CONSTRAINT partner_records_sales_are_whole CHECK (sales_amount >= 0)
);
COMMENT ON TABLE partner_records IS 'One organisation''s own record of a counterparty, present on the portal or not (seed 002).';
COMMENT ON COLUMN partner_records.sales_amount IS 'Sales a year, in whole units of whatever currency the organisation counts in.';
COMMENT ON COLUMN partner_records.invitation_id IS 'The newest invitation made from this record; its state is shown beside it.';
COMMENT ON COLUMN partner_records.guest_organisation_id IS 'Filled when an invitation made from this record is accepted.';
COMMENT ON COLUMN partner_records.deleted_at IS 'Deleted records stay for Undo and are shown nowhere.';
CREATE INDEX partner_records_by_name ON partner_records (organisation_id, sort_key, id) WHERE deleted_at IS NULL;
CREATE INDEX partner_records_by_created ON partner_records (organisation_id, created_at, id) WHERE deleted_at IS NULL;
CREATE INDEX partner_records_by_sales ON partner_records (organisation_id, sales_amount, id) WHERE deleted_at IS NULL;
CREATE INDEX partner_records_by_type ON partner_records (organisation_id, partner_type, sort_key, id) WHERE deleted_at IS NULL;
CREATE INDEX partner_records_search ON partner_records USING gin (search_text gin_trgm_ops);

CREATE TABLE invitation_batches (
    id uuid PRIMARY KEY,
    tenant_id uuid NOT NULL REFERENCES tenants,
    organisation_id uuid NOT NULL REFERENCES organisations,
    inviter_id uuid NOT NULL REFERENCES users,
    size integer NOT NULL,
    created_at timestamptz NOT NULL,
    undone_at timestamptz
);
COMMENT ON TABLE invitation_batches IS 'Invitations made from one list; they can be taken back together.';
CREATE INDEX invitation_batches_of_organisation ON invitation_batches (organisation_id, id DESC);

CREATE TABLE invitations (
    id uuid PRIMARY KEY,
    number bigint GENERATED ALWAYS AS IDENTITY,
    tenant_id uuid NOT NULL REFERENCES tenants,
    organisation_id uuid NOT NULL REFERENCES organisations,
    kind text NOT NULL,
    inviter_id uuid NOT NULL REFERENCES users,
    email text NOT NULL,
    email_key text NOT NULL,
    role text,
    company_name text,
    partner_record_id uuid REFERENCES partner_records,
    batch_id uuid REFERENCES invitation_batches,
    to_organisation_id uuid REFERENCES organisations,
    language text NOT NULL,
    lifetime_days smallint NOT NULL,
    reminder boolean NOT NULL DEFAULT true,
    state text NOT NULL DEFAULT 'pending',
    generation integer NOT NULL DEFAULT 1,
    expires_at timestamptz NOT NULL,
    last_sent_at timestamptz NOT NULL,
    decided_at timestamptz,
    decided_by uuid REFERENCES users,
    version integer NOT NULL DEFAULT 1,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    search_text text COLLATE "C" NOT NULL GENERATED ALWAYS AS (' ' || email_key || ' ' || fold_text(lower(coalesce(company_name, '')))) STORED,
    CONSTRAINT invitations_number_is_unique UNIQUE (number),
    CONSTRAINT invitations_kind_is_known CHECK (kind IN ('colleague', 'partner')),
    CONSTRAINT invitations_kind_is_whole CHECK ((kind = 'colleague') = (role IS NOT NULL) AND (kind = 'partner') = (company_name IS NOT NULL)),
    CONSTRAINT invitations_state_is_known CHECK (state IN ('pending', 'accepted', 'declined', 'revoked', 'superseded')),
    CONSTRAINT invitations_role_is_known CHECK (role IN ('owner', 'administrator', 'auditor', 'manager', 'member')),
    CONSTRAINT invitations_language_is_known CHECK (language IN ('en', 'de', 'fr', 'es', 'it')),
    CONSTRAINT invitations_lifetime_is_bounded CHECK (lifetime_days BETWEEN 1 AND 30)
);
COMMENT ON TABLE invitations IS 'A message to one address: join an organisation (colleague), or become a partner with one''s company (partner).';
COMMENT ON COLUMN invitations.organisation_id IS 'Who invites: the organisation to join, or the host of the connection to come.';
COMMENT ON COLUMN invitations.inviter_id IS 'Who stands behind it: whoever sent it last. Their right is asked again when it is accepted.';
COMMENT ON COLUMN invitations.to_organisation_id IS 'The organisation that received it: that of the address''s user, or the one that accepted.';
COMMENT ON COLUMN invitations.generation IS 'Counts the links. Each sending makes a new one; only the newest accepts.';
COMMENT ON COLUMN invitations.state IS 'Expired is not a state: it is pending and past expires_at.';
CREATE UNIQUE INDEX invitations_one_pending ON invitations (organisation_id, email_key) WHERE state = 'pending';
CREATE INDEX invitations_sent ON invitations (organisation_id, id DESC);
CREATE INDEX invitations_sent_by_state ON invitations (organisation_id, state, id DESC);
CREATE INDEX invitations_of_tenant ON invitations (tenant_id, id DESC);
CREATE INDEX invitations_of_tenant_by_state ON invitations (tenant_id, state, id DESC);
CREATE INDEX invitations_received ON invitations (to_organisation_id, id DESC);
CREATE INDEX invitations_to_address ON invitations (tenant_id, email_key, id DESC);
CREATE INDEX invitations_search ON invitations USING gin (search_text gin_trgm_ops);
CREATE INDEX invitations_by_inviter ON invitations (inviter_id, id DESC);
CREATE INDEX invitations_of_batch ON invitations (batch_id, id) WHERE batch_id IS NOT NULL;
CREATE INDEX invitations_of_record ON invitations (partner_record_id, id DESC) WHERE partner_record_id IS NOT NULL;
ALTER TABLE partner_records ADD CONSTRAINT partner_records_invitation FOREIGN KEY (invitation_id) REFERENCES invitations;
CREATE INDEX partner_records_by_invitation ON partner_records (invitation_id) WHERE invitation_id IS NOT NULL;

CREATE TABLE invitation_links (
    hash bytea PRIMARY KEY,
    invitation_id uuid NOT NULL REFERENCES invitations ON DELETE CASCADE,
    generation integer NOT NULL,
    email text NOT NULL,
    created_at timestamptz NOT NULL,
    opened_at timestamptz,
    CONSTRAINT invitation_links_one_a_generation UNIQUE (invitation_id, generation)
);
COMMENT ON TABLE invitation_links IS 'SHA-256 of each link''s secret. The secret itself is derived from the installation''s key and is only in the mail.';
COMMENT ON COLUMN invitation_links.email IS 'Where this link was mailed: after a correction its holder is somebody else than the invited person.';
COMMENT ON COLUMN invitation_links.opened_at IS 'When a browser first showed the page. A hint for the inviter, perhaps a mail scanner; it changes no state.';

CREATE TABLE mail_stops (
    organisation_id uuid NOT NULL REFERENCES organisations,
    email_key text NOT NULL,
    created_at timestamptz NOT NULL,
    PRIMARY KEY (organisation_id, email_key)
);
COMMENT ON TABLE mail_stops IS 'Addresses whose owners want no more mail from an organisation.';

CREATE TABLE connections (
    id uuid PRIMARY KEY,
    number bigint GENERATED ALWAYS AS IDENTITY,
    tenant_id uuid NOT NULL REFERENCES tenants,
    host_organisation_id uuid NOT NULL REFERENCES organisations,
    guest_organisation_id uuid NOT NULL REFERENCES organisations,
    invitation_id uuid REFERENCES invitations,
    host_grants text[] NOT NULL DEFAULT '{}',
    guest_grants text[] NOT NULL DEFAULT '{}',
    version integer NOT NULL DEFAULT 1,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    ended_at timestamptz,
    ended_by_organisation_id uuid REFERENCES organisations,
    CONSTRAINT connections_number_is_unique UNIQUE (number),
    CONSTRAINT connections_have_two_sides CHECK (host_organisation_id <> guest_organisation_id),
    CONSTRAINT connections_grants_are_known CHECK (
        host_grants <@ ARRAY['READ_PARTNER', 'WRITE_PARTNER'] AND guest_grants <@ ARRAY['READ_PARTNER', 'WRITE_PARTNER'])
);
COMMENT ON TABLE connections IS 'Host organisation and guest organisation, born when a partner invitation is accepted. Either side can end it.';
COMMENT ON COLUMN connections.host_grants IS 'What the host lets the guest do with the host''s partner records; nothing at first.';
COMMENT ON COLUMN connections.guest_grants IS 'What the guest lets the host do with the guest''s partner records; nothing at first.';
CREATE UNIQUE INDEX connections_one_live ON connections (least(host_organisation_id, guest_organisation_id), greatest(host_organisation_id, guest_organisation_id))
    WHERE ended_at IS NULL;
CREATE INDEX connections_of_host ON connections (host_organisation_id, id DESC);
CREATE INDEX connections_of_guest ON connections (guest_organisation_id, id DESC);

CREATE TABLE mails (
    id uuid PRIMARY KEY,
    tenant_id uuid NOT NULL REFERENCES tenants,
    organisation_id uuid NOT NULL REFERENCES organisations,
    invitation_id uuid REFERENCES invitations,
    generation integer,
    kind text NOT NULL,
    sender_id uuid REFERENCES users,
    to_email text NOT NULL,
    to_key text NOT NULL,
    language text NOT NULL,
    letter jsonb NOT NULL,
    state text NOT NULL DEFAULT 'queued',
    due_at timestamptz NOT NULL,
    leased_until timestamptz,
    lease uuid,
    attempts integer NOT NULL DEFAULT 0,
    unconfirmed integer NOT NULL DEFAULT 0,
    last_code integer,
    last_error text,
    created_at timestamptz NOT NULL,
    first_tried_at timestamptz,
    sent_at timestamptz,
    updated_at timestamptz NOT NULL,
    CONSTRAINT mails_kind_is_known CHECK (kind IN ('invitation', 'reminder', 'accepted', 'declined')),
    CONSTRAINT mails_state_is_known CHECK (state IN ('queued', 'deferred', 'sent', 'failed', 'cancelled')),
    CONSTRAINT mails_language_is_known CHECK (language IN ('en', 'de', 'fr', 'es', 'it'))
);
COMMENT ON TABLE mails IS 'The outbox: written in the transaction of what it tells, sent by the worker after the commit.';
COMMENT ON COLUMN mails.sender_id IS 'Who caused it, for the limit an hour.';
COMMENT ON COLUMN mails.letter IS 'The names and dates to print, as they were. Never a link: it is derived when the mail is sent.';
COMMENT ON COLUMN mails.due_at IS 'Not before this moment: the wave of a batch, the delay after a failure, the day of a reminder.';
COMMENT ON COLUMN mails.lease IS 'Which worker has it, until leased_until; after that it is anybody''s again.';
COMMENT ON COLUMN mails.unconfirmed IS 'Sendings whose end nobody knows (RFC 1047): one more is risked, then the mail is given up.';
CREATE INDEX mails_due ON mails (due_at) WHERE state IN ('queued', 'deferred');
CREATE INDEX mails_of_invitation ON mails (invitation_id, id DESC) WHERE invitation_id IS NOT NULL;
CREATE INDEX mails_by_sender ON mails (sender_id, due_at DESC) WHERE sender_id IS NOT NULL;
-- Aliases of one mailbox count as one: ana+shop@example.com is ana@example.com. For limits only.
CREATE FUNCTION mailbox_of(address text) RETURNS text LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
    SELECT regexp_replace(address, '\+[^@]*@', '@')
$$;
CREATE INDEX mails_to_mailbox ON mails (mailbox_of(to_key), due_at DESC);
CREATE INDEX mails_by_organisation ON mails (organisation_id, due_at DESC) WHERE sender_id IS NOT NULL;
CREATE INDEX mails_troubled ON mails (tenant_id, updated_at DESC) WHERE state IN ('deferred', 'failed');

CREATE TABLE signin_proofs (
    id uuid PRIMARY KEY,
    browser_hash bytea NOT NULL,
    issuer text NOT NULL,
    subject text NOT NULL,
    email text,
    verified boolean NOT NULL,
    name text,
    provider text NOT NULL,
    created_at timestamptz NOT NULL,
    CONSTRAINT signin_proofs_one_a_browser UNIQUE (browser_hash)
);
COMMENT ON TABLE signin_proofs IS 'Who a provider said is at a browser that is on its way to an invitation. Half an hour at most; grants nothing else.';
CREATE INDEX signin_proofs_by_age ON signin_proofs (created_at);
