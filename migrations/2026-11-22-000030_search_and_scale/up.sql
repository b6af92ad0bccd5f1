-- Searching with typing errors, and indexes for lists of a million. Only adds. At a million organisations and three million
-- users it takes two or three minutes, in which the portal can be read but not written.

CREATE TABLE organisation_words (
    tenant_id uuid NOT NULL REFERENCES tenants,
    word text COLLATE "C" NOT NULL
);
COMMENT ON TABLE organisation_words IS 'Words of partners'' names, folded: what a mistyped word may have meant. One may stand twice, or have outlived its last name; both do no harm.';
CREATE INDEX organisation_words_by_beginning ON organisation_words (tenant_id, word);

-- Without a unique index, so that nobody waits for another's transaction because of a word.
CREATE FUNCTION note_new_words() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO organisation_words (tenant_id, word)
        SELECT DISTINCT made.tenant_id, split.word
        FROM made, string_to_table(made.sort_key, ' ') AS split(word)
        WHERE char_length(split.word) BETWEEN 3 AND 40
            AND NOT EXISTS (SELECT FROM organisation_words k WHERE k.tenant_id = made.tenant_id AND k.word = split.word COLLATE "C");
    RETURN NULL;
END
$$;
CREATE TRIGGER words_of_new_names AFTER INSERT ON organisations REFERENCING NEW TABLE AS made
    FOR EACH STATEMENT EXECUTE FUNCTION note_new_words();

CREATE FUNCTION note_changed_words() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO organisation_words (tenant_id, word)
        SELECT DISTINCT NEW.tenant_id, split.word
        FROM string_to_table(NEW.sort_key, ' ') AS split(word)
        WHERE char_length(split.word) BETWEEN 3 AND 40
            AND NOT EXISTS (SELECT FROM organisation_words k WHERE k.tenant_id = NEW.tenant_id AND k.word = split.word COLLATE "C");
    RETURN NULL;
END
$$;
CREATE TRIGGER words_of_changed_names AFTER UPDATE OF name_key ON organisations
    FOR EACH ROW WHEN (OLD.name_key IS DISTINCT FROM NEW.name_key) EXECUTE FUNCTION note_changed_words();

INSERT INTO organisation_words (tenant_id, word)
    SELECT DISTINCT organisations.tenant_id, split.word
    FROM organisations, string_to_table(sort_key, ' ') AS split(word)
    WHERE char_length(split.word) BETWEEN 3 AND 40;
ANALYZE organisation_words;

-- The beginning of an address, whatever the database's collation.
CREATE INDEX users_by_address ON users (tenant_id, email_key text_pattern_ops) WHERE removed_at IS NULL;

-- Parts of names and addresses, as a `find` of the API asks for them.
CREATE INDEX users_search ON users USING gin ((' ' || fold_text(lower(name)) || ' ' || email_key) gin_trgm_ops)
    WITH (gin_pending_list_limit = 256) WHERE removed_at IS NULL;

-- The API's collections in the orders that they are walked in: a small tenant beside a large one has its own stretch.
CREATE INDEX organisations_of_tenant ON organisations (tenant_id, id) WHERE state <> 'deleted';
CREATE INDEX organisations_of_tenant_by_name ON organisations (tenant_id, sort_key, id) WHERE state <> 'deleted';
CREATE INDEX organisations_of_tenant_by_created ON organisations (tenant_id, created_at, id) WHERE state <> 'deleted';
CREATE INDEX users_of_tenant ON users (tenant_id, id) WHERE removed_at IS NULL;
CREATE INDEX users_of_tenant_by_name ON users (tenant_id, lower(name), id) WHERE removed_at IS NULL;
CREATE INDEX partner_records_of_organisation ON partner_records (organisation_id, id) WHERE deleted_at IS NULL;
-- Those that still wait, among many that have expired.
CREATE INDEX invitations_of_tenant_waiting ON invitations (tenant_id, state, expires_at);
CREATE INDEX invitations_of_organisation_waiting ON invitations (organisation_id, state, expires_at);
CREATE INDEX invitations_of_partners_by_number ON invitations (organisation_id, number) WHERE kind = 'partner';
CREATE INDEX invitations_of_partners_by_created ON invitations (organisation_id, created_at, number) WHERE kind = 'partner';
CREATE INDEX invitations_of_partners_by_updated ON invitations (organisation_id, updated_at, number) WHERE kind = 'partner';

-- New entries of a search index wait in a list that every search reads from end to end; the standard is 4 MB.
ALTER INDEX organisations_search SET (gin_pending_list_limit = 256);
ALTER INDEX invitations_search SET (gin_pending_list_limit = 256);
ALTER INDEX partner_records_search SET (gin_pending_list_limit = 256);
