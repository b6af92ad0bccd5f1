DROP INDEX mails_held;
UPDATE mails SET state = 'queued' WHERE state = 'held';
ALTER TABLE mails DROP CONSTRAINT mails_state_is_known;
ALTER TABLE mails ADD CONSTRAINT mails_state_is_known
    CHECK (state IN ('queued', 'deferred', 'sent', 'failed', 'cancelled'));
DROP TABLE installation;
DROP FUNCTION database_mark;
