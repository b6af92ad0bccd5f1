//! Who stands behind an invitation: the person who sends it, or whoever answers for the machine that does. Never nobody:
//! the invited person sees a name that they can recognise, an answer reaches somebody, and accepting asks whether they
//! still may invite.

use diesel::QueryResult;
use diesel::pg::PgConnection;
use uuid::Uuid;

use super::actions::Scope;
use super::queries::{self, Host};

/// The person behind an invitation, as it names them.
#[derive(Debug, Clone)]
pub struct Voice {
    pub id: Uuid,
    pub name: String,
    pub email: String,
}

/// Of a person, themselves. Of a machine, whoever made its credential while they may invite here; else the organisation
/// speaks, and one of those who may answers for it.
pub fn of(tx: &mut PgConnection, scope: &Scope<'_>, host: &Host) -> QueryResult<Voice> {
    let user = &scope.who.user;
    if scope.who.client.is_none() {
        return Ok(Voice { id: user.id, name: user.name.clone(), email: user.email.clone() });
    }
    let maker = queries::inviter(tx, user.id)?;
    if maker.may_invite(host, Some(user.role)) {
        return Ok(Voice { id: user.id, name: maker.name, email: maker.email });
    }
    let (id, email) = queries::answerable(tx, host)?;
    Ok(Voice { id, name: host.name.clone(), email })
}
