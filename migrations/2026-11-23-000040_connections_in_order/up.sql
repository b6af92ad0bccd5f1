-- The API walks connections by their ids, from either side: an organisation that most of them belong to walks along the
-- tenant's, any other looks up its own two sides. Built beside writes, so it may wait for transactions that are open.
CREATE INDEX CONCURRENTLY IF NOT EXISTS connections_of_tenant ON connections (tenant_id, id);
