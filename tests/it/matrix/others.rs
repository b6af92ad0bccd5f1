//! What is somebody else's and what is gone: nobody is shown it, and whatever somebody is allowed changes their own
//! only.

use std::collections::HashMap;

use diesel::pg::PgConnection;

use super::policy::Route;
use super::world::{Principal, organisation};
use crate::support::{Answer, cluster};

/// The mark of people who were removed, of records that were deleted and of sessions that have ended.
const GONE: &str = "zqgoneqz";

/// What the world has beside its things, once everything carries its marks.
///
/// One address is in use in both tenants. Accounts at providers tell whose they are, and somebody of every organisation
/// proved a moment ago who they are. Forms wait: of a neighbour such as are newer than whatever is kept here, and one of
/// whose session ran out, which is newer than what they will send.
pub const MORE: &str = "
UPDATE sessions SET ended_at = '2026-11-20 11:59Z' WHERE user_id::text LIKE '%-8000-%0112';
UPDATE users SET name = 'Gone zqgoneqz ' || mark(organisation_id, '') WHERE removed_at IS NOT NULL;
UPDATE partner_records SET company_name = 'Gone zqgoneqz ' || mark(organisation_id, 'r') WHERE deleted_at IS NOT NULL;
UPDATE sessions SET device = 'zqgoneqz' WHERE ended_at IS NOT NULL;
UPDATE users SET email = 'taken@both.example', email_key = 'taken@both.example'
WHERE id::text LIKE '%-8a05-%16' OR id::text LIKE '%-8a05-%26';
UPDATE identities i SET issuer = 'https://' || mark(u.organisation_id, '') || '.example'
FROM users u WHERE u.id = i.user_id;
INSERT INTO signin_proofs (id, browser_hash, issuer, subject, verified, provider, created_at)
SELECT gen_random_uuid(), sha256(i.id::text::bytea), i.issuer, i.subject, true, 'dev', '2026-11-20 11:59Z' FROM identities i;
INSERT INTO kept_forms (id, user_id, path, body, created_at)
SELECT gen_random_uuid(), u.id, '/waits', '', '2026-11-20 12:02Z' FROM users u, generate_series(1, 4)
WHERE u.id::text LIKE '%-8000-%0106';
INSERT INTO kept_forms (id, user_id, path, body, created_at)
SELECT gen_random_uuid(), u.id, '/waits', '', '2026-11-20 12:01Z' FROM users u WHERE u.id::text LIKE '%-8000-%0111';
-- Limits have their own tests: here every call is the first of its bucket.
CREATE FUNCTION first_call() RETURNS trigger LANGUAGE plpgsql AS
    $$ BEGIN NEW.bucket := gen_random_uuid()::text; RETURN NEW; END $$;
CREATE TRIGGER first_calls BEFORE INSERT ON api_calls FOR EACH ROW EXECUTE FUNCTION first_call();
";

/// A digest of the forms that wait, and one of every row that belongs to an organisation that is not among these; when
/// something was last used is in neither.
pub const DIGESTS: &str = "
CREATE FUNCTION matrix.waiting() RETURNS text LANGUAGE sql AS
    $$ SELECT 'kept_forms ' || md5(string_agg(r::text, ',' ORDER BY r::text)) FROM kept_forms r WHERE path = '/waits' $$;
CREATE FUNCTION matrix.of_person(person uuid) RETURNS uuid LANGUAGE sql STABLE AS
    $$ SELECT organisation_id FROM users WHERE id = person $$;
CREATE FUNCTION matrix.of_client(client uuid) RETURNS uuid LANGUAGE sql STABLE AS
    $$ SELECT organisation_id FROM api_clients WHERE id = client $$;
CREATE FUNCTION matrix.of_others(own text[]) RETURNS text LANGUAGE plpgsql AS $$
DECLARE t record; one text; whole text := ''; BEGIN
    FOR t IN SELECT * FROM (VALUES
        ('organisations', 'r.id'), ('users', 'r.organisation_id'), ('partner_records', 'r.organisation_id'),
        ('invitations', 'r.organisation_id'), ('invitation_batches', 'r.organisation_id'),
        ('api_clients', 'r.organisation_id'), ('mails', 'r.organisation_id'), ('connections', 'r.host_organisation_id'),
        ('sessions', 'matrix.of_person(r.user_id)'), ('identities', 'matrix.of_person(r.user_id)'),
        ('organisation_imports', 'matrix.of_person(r.imported_by)'),
        ('api_secrets', 'matrix.of_client(r.client_id)'),
        ('api_tokens', 'matrix.of_client(r.client_id)'),
        ('signin_proofs', '(SELECT matrix.of_person(i.user_id) FROM identities i
            WHERE (i.issuer, i.subject) = (r.issuer, r.subject) LIMIT 1)')) AS known (name, owner)
    LOOP
        EXECUTE format('SELECT md5(string_agg(s.c, '','' ORDER BY s.c)) FROM (
            SELECT (to_jsonb(r) - ''last_seen_at'' - ''last_used_at'')::text AS c FROM public.%I r
            WHERE (%s)::text <> ALL ($1)) s', t.name, t.owner) INTO one USING own;
        whole := whole || t.name || ' ' || coalesce(one, '') || E'\\n';
    END LOOP;
    RETURN whole;
END $$;
";

/// What belonged to others at first, for each set of organisations that somebody counts as their own.
pub struct Others {
    before: HashMap<String, String>,
}

impl Others {
    pub fn of(conn: &mut PgConnection, principals: &[Principal]) -> Self {
        let mut before = HashMap::new();
        for own in principals.iter().map(own) {
            let digest = digest(conn, &own);
            before.insert(own, digest);
        }
        Self { before }
    }

    /// The tables in which something changed that is not this one's.
    pub fn changed(&self, conn: &mut PgConnection, who: &Principal) -> Option<String> {
        let own = own(who);
        let now = digest(conn, &own);
        let pairs = now.lines().zip(self.before[&own].lines()).filter(|(now, before)| now != before);
        let tables: Vec<_> = pairs.filter_map(|(now, _)| now.split(' ').next()).collect();
        (!tables.is_empty()).then(|| format!("changed another organisation's {}", tables.join(", ")))
    }
}

/// The organisations whose things somebody may change: their own, and those that they see.
fn own(who: &Principal) -> String {
    let all = who.sees.iter().copied().chain([who.home]);
    all.map(|number| format!("'{}'", organisation(number))).collect::<Vec<_>>().join(",")
}

fn digest(conn: &mut PgConnection, own: &str) -> String {
    cluster::text(conn, &format!("SELECT matrix.of_others(ARRAY[{own}])"))
}

/// Whether somebody is shown what is gone, and does not bring it back.
pub fn shown_though_gone(route: &Route, answer: &Answer) -> Option<String> {
    (!route.brings_back() && answer.body.contains(GONE)).then(|| format!("shows {GONE}, which is gone"))
}
