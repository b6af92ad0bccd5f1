DROP INDEX CONCURRENTLY IF EXISTS invitations_of_tenant_by_created;
