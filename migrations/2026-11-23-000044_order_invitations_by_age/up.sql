-- The API sorts and asks by the moment of creation. Built beside writes.
CREATE INDEX CONCURRENTLY IF NOT EXISTS invitations_of_tenant_by_created ON invitations (tenant_id, created_at, id);
