//! How actions end, for wire formats: their refusals as errors of the API.

use crate::api::ApiError;
use crate::db::Fault;
use crate::organisations::actions::Refusal;
use crate::users;

/// An action on an organisation that was not done.
pub fn refused(fault: Fault<Refusal>) -> Fault<ApiError> {
    fault.map_refusal(|refusal| match refusal {
        Refusal::Fields(problems) => ApiError::fields(&problems, |field| field),
        Refusal::NameTaken => ApiError::conflict("name", "Another organisation has this name."),
        Refusal::Gone | Refusal::NoParent | Refusal::Stale(_) => ApiError::not_found(),
    })
}

/// An action on a user that was not done.
pub fn not_for_users(fault: Fault<users::actions::Refusal>) -> Fault<ApiError> {
    use users::actions::Refusal;
    fault.map_refusal(|refusal| match refusal {
        Refusal::Fields(problems) => ApiError::fields(&problems, |field| field),
        Refusal::AddressTaken => ApiError::conflict("email", "Somebody else has this address."),
        Refusal::Forbidden(_) => ApiError::forbidden(),
        Refusal::Gone | Refusal::Stale(_) => ApiError::not_found(),
    })
}

/// What a transaction gave; what is not in the database is not there for the caller either.
///
/// # Errors
/// The refusal, or what the database's failure means.
pub fn done<T>(outcome: Result<T, Fault<ApiError>>) -> Result<T, ApiError> {
    outcome.map_err(|fault| match fault {
        Fault::Refused(error) => error,
        Fault::Db(error) => error.into(),
    })
}
