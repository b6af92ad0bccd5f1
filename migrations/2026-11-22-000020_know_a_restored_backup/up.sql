-- A backup that is restored still thinks that its mails wait to be sent, though they may have left since, and that people
-- are signed in who have signed out. The portal therefore remembers which database it lives in.

CREATE FUNCTION database_mark() RETURNS text LANGUAGE sql STABLE
    RETURN (SELECT system_identifier FROM pg_control_system()) || '/'
        || (SELECT oid FROM pg_database WHERE datname = current_database());
COMMENT ON FUNCTION database_mark IS 'The cluster and the database in it. A dump that is restored is another database.';

CREATE TABLE installation (
    is_only boolean PRIMARY KEY DEFAULT true,
    mark text NOT NULL,
    restored_at timestamptz,
    CONSTRAINT installation_is_one CHECK (is_only)
);
COMMENT ON TABLE installation IS 'Where this data was when the portal last looked, and when it was last found to be restored.';
INSERT INTO installation (mark) VALUES (database_mark());

ALTER TABLE mails DROP CONSTRAINT mails_state_is_known;
ALTER TABLE mails ADD CONSTRAINT mails_state_is_known
    CHECK (state IN ('queued', 'deferred', 'held', 'sent', 'failed', 'cancelled'));
CREATE INDEX mails_held ON mails (due_at) WHERE state = 'held';
