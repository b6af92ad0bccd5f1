-- An import can be looked at and taken back as a whole, so its partners have to be known.

CREATE TABLE organisation_imports (
    id uuid PRIMARY KEY,
    tenant_id uuid NOT NULL REFERENCES tenants,
    imported_by uuid NOT NULL REFERENCES users,
    size integer NOT NULL,
    created_at timestamptz NOT NULL,
    undone_at timestamptz,
    CONSTRAINT organisation_imports_size_is_not_negative CHECK (size >= 0)
);
COMMENT ON TABLE organisation_imports IS 'Files of partners that somebody brought in by the page, one transaction each.';
COMMENT ON COLUMN organisation_imports.size IS 'Partners that were created.';
CREATE INDEX organisation_imports_of_tenant ON organisation_imports (tenant_id, created_at DESC, id DESC);

-- Nullable and without a default, so the table is not rewritten.
ALTER TABLE organisations ADD COLUMN import_id uuid REFERENCES organisation_imports;
COMMENT ON COLUMN organisations.import_id IS 'The import that created it, if a page''s import did.';
CREATE INDEX organisations_by_import ON organisations (import_id, id) WHERE import_id IS NOT NULL;
