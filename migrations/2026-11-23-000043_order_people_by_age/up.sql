-- The API sorts and asks by the moment of creation. Built beside writes.
CREATE INDEX CONCURRENTLY IF NOT EXISTS users_of_tenant_by_created ON users (tenant_id, created_at, id) WHERE removed_at IS NULL;
