-- A second wall between organisations. The statements of a partner's request run under a role of their own, to which the
-- policies below apply: a statement that forgot whose rows it may touch then touches none of another organisation's.
-- The owner of the tables, as who staff, sign-in and the outbox work, passes; its plans stay what they were.
-- Only adds: the version before this one knows nothing of the role and goes on working.
--
-- A new table joins by having policies named wall_…: they are its grants. Without any, the role cannot touch it at all.

ALTER TABLE installation ADD COLUMN partner_role text;
COMMENT ON COLUMN installation.partner_role IS 'The role that partners'' statements run as, while it can be taken on; kept by raise_wall().';

-- Who asks, from the settings that their transaction begins with. Nobody, where they are missing.
CREATE FUNCTION wall_organisation() RETURNS uuid LANGUAGE sql STABLE PARALLEL SAFE AS $$
    SELECT nullif(current_setting('guildhall.organisation', true), '')::uuid
$$;
CREATE FUNCTION wall_tenant() RETURNS uuid LANGUAGE sql STABLE PARALLEL SAFE AS $$
    SELECT nullif(current_setting('guildhall.tenant', true), '')::uuid
$$;

-- What policies must know of other tables. As the owner, since the other table's policies would be asked once more for
-- every row; each of these names the asking organisation itself.
CREATE FUNCTION wall_has_person(person uuid) RETURNS boolean LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path FROM CURRENT AS $$
BEGIN
    RETURN EXISTS (SELECT FROM users WHERE id = person AND organisation_id = wall_organisation());
END
$$;
CREATE FUNCTION wall_has_client(client uuid) RETURNS boolean LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path FROM CURRENT AS $$
BEGIN
    RETURN EXISTS (SELECT FROM api_clients WHERE id = client AND organisation_id = wall_organisation());
END
$$;
CREATE FUNCTION wall_has_invitation(invitation uuid) RETURNS boolean LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path FROM CURRENT AS $$
BEGIN
    RETURN EXISTS (SELECT FROM invitations WHERE id = invitation AND organisation_id = wall_organisation());
END
$$;
CREATE FUNCTION wall_has_proof(whose_issuer text, whose_subject text) RETURNS boolean LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path FROM CURRENT AS $$
BEGIN
    RETURN EXISTS (SELECT FROM identities i JOIN users u ON u.id = i.user_id
        WHERE i.issuer = whose_issuer AND i.subject = whose_subject AND u.organisation_id = wall_organisation());
END
$$;
-- Somebody of another organisation whose name is part of one's own things: who invited, decided, or made a credential.
CREATE FUNCTION wall_knows_person(person uuid) RETURNS boolean LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path FROM CURRENT AS $$
DECLARE
    own uuid := wall_organisation();
BEGIN
    RETURN EXISTS (SELECT FROM invitations WHERE inviter_id = person AND to_organisation_id = own)
        OR EXISTS (SELECT FROM invitations WHERE inviter_id = person AND organisation_id = own)
        OR EXISTS (SELECT FROM invitations WHERE decided_by = person AND organisation_id = own)
        OR EXISTS (SELECT FROM invitation_batches WHERE inviter_id = person AND organisation_id = own)
        OR EXISTS (SELECT FROM api_clients WHERE created_by = person AND organisation_id = own)
        OR EXISTS (SELECT FROM connections c JOIN invitations i ON i.id = c.invitation_id
            WHERE c.guest_organisation_id = own AND i.inviter_id = person);
END
$$;
-- Organisations whose name one knows: at the other end of a connection, live or ended, of an invitation, or behind a record.
CREATE FUNCTION wall_knows_organisation(other uuid) RETURNS boolean LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path FROM CURRENT AS $$
DECLARE
    own uuid := wall_organisation();
BEGIN
    RETURN EXISTS (SELECT FROM connections WHERE host_organisation_id = own AND guest_organisation_id = other)
        OR EXISTS (SELECT FROM connections WHERE guest_organisation_id = own AND host_organisation_id = other)
        OR EXISTS (SELECT FROM invitations WHERE to_organisation_id = own AND organisation_id = other)
        OR EXISTS (SELECT FROM invitations WHERE organisation_id = own AND to_organisation_id = other)
        OR EXISTS (SELECT FROM partner_records WHERE organisation_id = own AND guest_organisation_id = other);
END
$$;
-- Organisations that let the asking one do any of these with their records, now.
CREATE FUNCTION wall_sharing(grants text[]) RETURNS uuid[] LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path FROM CURRENT AS $$
DECLARE
    own uuid := wall_organisation();
BEGIN
    RETURN ARRAY(
        SELECT host_organisation_id FROM connections
            WHERE guest_organisation_id = own AND ended_at IS NULL AND host_grants && grants
        UNION ALL
        SELECT guest_organisation_id FROM connections
            WHERE host_organisation_id = own AND ended_at IS NULL AND guest_grants && grants);
END
$$;
-- The invitation of a record that is shared with the asking organisation, and the one that its connection was born from.
CREATE FUNCTION wall_shares_invitation(invitation uuid, host uuid, record uuid) RETURNS boolean LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path FROM CURRENT AS $$
BEGIN
    RETURN EXISTS (SELECT FROM connections
            WHERE guest_organisation_id = wall_organisation() AND host_organisation_id = host AND invitation_id = invitation)
        OR record IS NOT NULL AND EXISTS (SELECT FROM partner_records WHERE id = record AND invitation_id = invitation
            AND organisation_id = ANY (wall_sharing(ARRAY['READ_PARTNER', 'WRITE_PARTNER'])));
END
$$;
CREATE INDEX invitations_by_decider ON invitations (decided_by) WHERE decided_by IS NOT NULL;
CREATE INDEX partner_records_of_guest ON partner_records (guest_organisation_id) WHERE guest_organisation_id IS NOT NULL;
CREATE INDEX api_clients_by_maker ON api_clients (created_by);

CREATE POLICY wall_own ON tenants FOR SELECT USING (id = wall_tenant());

CREATE POLICY wall_known ON organisations FOR SELECT USING (
    tenant_id = wall_tenant() AND (id = wall_organisation() OR kind = 'host' OR wall_knows_organisation(id)));
-- Whoever may write another's records locks that one's row, and changes nothing in it.
CREATE POLICY wall_own ON organisations FOR UPDATE
    USING (id = wall_organisation() OR id = ANY ((SELECT wall_sharing(ARRAY['WRITE_PARTNER']))::uuid[]))
    WITH CHECK (id = wall_organisation() AND tenant_id = wall_tenant());

CREATE POLICY wall_known ON users FOR SELECT USING (
    tenant_id = wall_tenant() AND (organisation_id = wall_organisation() OR wall_knows_person(id)));
CREATE POLICY wall_new ON users FOR INSERT
    WITH CHECK (organisation_id = wall_organisation() AND tenant_id = wall_tenant());
CREATE POLICY wall_own ON users FOR UPDATE
    USING (organisation_id = wall_organisation()) WITH CHECK (organisation_id = wall_organisation() AND tenant_id = wall_tenant());

CREATE POLICY wall_of_own_people ON identities FOR SELECT USING (wall_has_person(user_id));
CREATE POLICY wall_forgotten ON identities FOR DELETE USING (wall_has_person(user_id));
CREATE POLICY wall_of_own_people ON signin_proofs FOR SELECT USING (wall_has_proof(issuer, subject));
CREATE POLICY wall_forgotten ON signin_proofs FOR DELETE USING (wall_has_proof(issuer, subject));
CREATE POLICY wall_of_own_people ON sessions FOR SELECT USING (wall_has_person(user_id));
CREATE POLICY wall_ended ON sessions FOR UPDATE USING (wall_has_person(user_id)) WITH CHECK (wall_has_person(user_id));
CREATE POLICY wall_of_own_people ON kept_forms USING (wall_has_person(user_id)) WITH CHECK (wall_has_person(user_id));
CREATE POLICY wall_of_own_people ON used_form_keys USING (wall_has_person(user_id)) WITH CHECK (wall_has_person(user_id));

-- What is said to the other side of a connection stands in both histories; it can be read in one's own only.
CREATE POLICY wall_own ON audit_events FOR SELECT USING (organisation_id = wall_organisation());
CREATE POLICY wall_new ON audit_events FOR INSERT WITH CHECK (
    tenant_id = wall_tenant() AND (organisation_id = wall_organisation() OR wall_knows_organisation(organisation_id)));

CREATE POLICY wall_shared ON partner_records FOR SELECT USING (
    organisation_id = wall_organisation()
    OR organisation_id = ANY ((SELECT wall_sharing(ARRAY['READ_PARTNER', 'WRITE_PARTNER']))::uuid[]));
CREATE POLICY wall_new ON partner_records FOR INSERT WITH CHECK (
    tenant_id = wall_tenant() AND (organisation_id = wall_organisation()
        OR organisation_id = ANY ((SELECT wall_sharing(ARRAY['WRITE_PARTNER']))::uuid[])));
CREATE POLICY wall_changed ON partner_records FOR UPDATE
    USING (organisation_id = wall_organisation()
        OR organisation_id = ANY ((SELECT wall_sharing(ARRAY['WRITE_PARTNER']))::uuid[]))
    WITH CHECK (tenant_id = wall_tenant() AND (organisation_id = wall_organisation()
        OR organisation_id = ANY ((SELECT wall_sharing(ARRAY['WRITE_PARTNER']))::uuid[])));

CREATE POLICY wall_own ON invitation_batches
    USING (organisation_id = wall_organisation()) WITH CHECK (organisation_id = wall_organisation() AND tenant_id = wall_tenant());
CREATE POLICY wall_known ON invitations FOR SELECT USING (
    organisation_id = wall_organisation() OR to_organisation_id = wall_organisation()
    OR wall_shares_invitation(id, organisation_id, partner_record_id));
CREATE POLICY wall_new ON invitations FOR INSERT
    WITH CHECK (organisation_id = wall_organisation() AND tenant_id = wall_tenant());
CREATE POLICY wall_own ON invitations FOR UPDATE
    USING (organisation_id = wall_organisation()) WITH CHECK (organisation_id = wall_organisation() AND tenant_id = wall_tenant());
CREATE POLICY wall_of_own_invitations ON invitation_links
    USING (wall_has_invitation(invitation_id)) WITH CHECK (wall_has_invitation(invitation_id));
CREATE POLICY wall_own ON mail_stops FOR SELECT USING (organisation_id = wall_organisation());
CREATE POLICY wall_own ON mails
    USING (organisation_id = wall_organisation()) WITH CHECK (organisation_id = wall_organisation() AND tenant_id = wall_tenant());

-- A connection is born when an invitation is accepted, which the owner does.
CREATE POLICY wall_own ON connections FOR SELECT
    USING (host_organisation_id = wall_organisation() OR guest_organisation_id = wall_organisation());
CREATE POLICY wall_changed ON connections FOR UPDATE
    USING (host_organisation_id = wall_organisation() OR guest_organisation_id = wall_organisation())
    WITH CHECK (tenant_id = wall_tenant()
        AND (host_organisation_id = wall_organisation() OR guest_organisation_id = wall_organisation()));

CREATE POLICY wall_own ON api_clients
    USING (organisation_id = wall_organisation()) WITH CHECK (organisation_id = wall_organisation() AND tenant_id = wall_tenant());
CREATE POLICY wall_of_own_clients ON api_secrets USING (wall_has_client(client_id)) WITH CHECK (wall_has_client(client_id));
CREATE POLICY wall_of_own_clients ON api_tokens USING (wall_has_client(client_id)) WITH CHECK (wall_has_client(client_id));
CREATE POLICY wall_of_own_clients ON api_repeats USING (wall_has_client(client_id)) WITH CHECK (wall_has_client(client_id));

DO $$
DECLARE t regclass;
BEGIN
    FOR t IN SELECT c.oid FROM pg_class c
        WHERE c.relnamespace = current_schema()::regnamespace AND c.relkind IN ('r', 'p')
            AND c.relname <> '__diesel_schema_migrations'
    LOOP
        EXECUTE format('ALTER TABLE %s ENABLE ROW LEVEL SECURITY', t);
    END LOOP;
END
$$;

-- These write what is every organisation's: the words of the whole tenant.
ALTER FUNCTION note_new_words() SECURITY DEFINER SET search_path FROM CURRENT;
ALTER FUNCTION note_changed_words() SECURITY DEFINER SET search_path FROM CURRENT;

-- Makes the role, where it may, and gives it what the policies speak of. `guildhall migrate` calls it each time, since
-- a role belongs to the cluster and is in no dump. Tells whether the wall stands now.
CREATE FUNCTION raise_wall() RETURNS boolean LANGUAGE plpgsql AS $$
DECLARE
    partner text := left(current_database(), 55) || '_partner';
    may text := CASE WHEN current_setting('server_version_num')::int >= 160000 THEN 'SET' ELSE 'MEMBER' END;
    rule record;
BEGIN
    UPDATE installation SET partner_role = NULL WHERE partner_role IS NOT NULL;
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = partner) THEN
        BEGIN
            EXECUTE format('CREATE ROLE %I NOLOGIN', partner);
        EXCEPTION
            WHEN insufficient_privilege THEN RETURN false;
            WHEN duplicate_object OR unique_violation THEN NULL;
        END;
    END IF;
    IF EXISTS (SELECT FROM pg_roles WHERE rolname = partner AND (rolsuper OR rolbypassrls OR rolcanlogin))
        OR pg_has_role(partner, (SELECT relowner FROM pg_class WHERE oid = 'organisations'::regclass), 'MEMBER') THEN
        RETURN false;
    END IF;
    IF NOT pg_has_role(current_user, partner, may) THEN
        BEGIN
            EXECUTE format('GRANT %I TO %I', partner, current_user);
        EXCEPTION WHEN insufficient_privilege THEN RETURN false;
        END;
    END IF;
    EXECUTE format('REVOKE ALL ON ALL TABLES IN SCHEMA %I FROM %I', current_schema(), partner);
    EXECUTE format('GRANT USAGE ON SCHEMA %I TO %I', current_schema(), partner);
    FOR rule IN SELECT DISTINCT tablename, CASE cmd WHEN 'ALL' THEN 'SELECT, INSERT, UPDATE, DELETE' ELSE cmd END AS may
        FROM pg_policies WHERE schemaname = current_schema() AND policyname LIKE 'wall\_%'
    LOOP
        EXECUTE format('GRANT %s ON %I.%I TO %I', rule.may, current_schema(), rule.tablename, partner);
    END LOOP;
    -- What the policies ask is nobody else's business: whoever calls it says for whom.
    FOR rule IN SELECT p.oid::regprocedure AS asked FROM pg_proc p
        WHERE p.pronamespace = current_schema()::regnamespace AND p.proname LIKE 'wall\_%' AND p.prosecdef
    LOOP
        EXECUTE format('REVOKE ALL ON FUNCTION %s FROM PUBLIC', rule.asked);
        EXECUTE format('GRANT EXECUTE ON FUNCTION %s TO %I', rule.asked, partner);
    END LOOP;
    UPDATE installation SET partner_role = partner;
    RETURN true;
END
$$;

-- What somebody who may make roles does where the portal's own role may not.
CREATE FUNCTION wall_remedy() RETURNS text LANGUAGE sql STABLE AS $$
    SELECT CASE WHEN EXISTS (SELECT FROM pg_roles WHERE rolname = left(current_database(), 55) || '_partner') THEN ''
        ELSE format('CREATE ROLE %I NOLOGIN; ', left(current_database(), 55) || '_partner') END
        || format('GRANT %I TO %I;', left(current_database(), 55) || '_partner', current_user)
$$;

-- The role that a partner's transaction may take on here; NULL where the wall is down.
CREATE FUNCTION standing_wall() RETURNS text LANGUAGE sql STABLE AS $$
    SELECT i.partner_role FROM installation i JOIN pg_roles r ON r.rolname = i.partner_role
    WHERE NOT r.rolsuper AND NOT r.rolbypassrls
        AND pg_has_role(current_user, r.oid, CASE WHEN current_setting('server_version_num')::int >= 160000 THEN 'SET' ELSE 'MEMBER' END)
        AND has_table_privilege(r.oid, 'organisations', 'SELECT')
        AND NOT EXISTS (SELECT FROM pg_class c WHERE c.relnamespace = current_schema()::regnamespace AND c.relkind IN ('r', 'p')
            AND NOT c.relrowsecurity AND has_any_column_privilege(r.oid, c.oid, 'SELECT, INSERT, UPDATE'))
$$;
