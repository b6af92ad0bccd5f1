-- What /health/worker asks, without reading every mail that ever left.

CREATE INDEX mails_sent ON mails (sent_at DESC) WHERE sent_at IS NOT NULL;
CREATE INDEX mails_failed ON mails (updated_at DESC) WHERE state = 'failed';
