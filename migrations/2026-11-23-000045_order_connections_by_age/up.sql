-- The API sorts and asks by the moment of creation. Built beside writes.
CREATE INDEX CONCURRENTLY IF NOT EXISTS connections_of_tenant_by_created ON connections (tenant_id, created_at, id);
