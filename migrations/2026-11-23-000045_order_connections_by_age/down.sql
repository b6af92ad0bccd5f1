DROP INDEX CONCURRENTLY IF EXISTS connections_of_tenant_by_created;
