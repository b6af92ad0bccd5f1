//! Which call goes on from which, as `OpenAPI`'s links: what has been made, or found, is asked for by the calls below its
//! collection. Found out from the addresses, so that a new call is linked by being there.

use serde_json::{Map, Value, json};

use super::document::operation_id;
use super::operations::Operation;

/// The links of an operation's success, each by the id of the call that it leads to.
pub fn of(operation: &Operation, all: &[Operation]) -> Map<String, Value> {
    let lists = operation.answer.1 == "List";
    let base = operation.path.strip_suffix("/find").unwrap_or(operation.path);
    let found = if lists { "$response.body#/data/0/id" } else { "$response.body#/id" };
    // What is only found is nobody's to change for an example.
    let leads = |to: &&Operation| if lists { to.method == "get" } else { operation.method == "post" };
    let linked = all.iter().filter(leads).filter_map(|to| {
        let name = new_parameter(to.path.strip_prefix(base)?)?;
        let mut parameters: Map<String, Value> =
            names(base).map(|known| (known.to_owned(), format!("$request.path.{known}").into())).collect();
        parameters.insert(name.to_owned(), found.into());
        let to = operation_id(to);
        Some((to.clone(), json!({ "operationId": to, "parameters": parameters })))
    });
    linked.collect()
}

/// The parameter of the rest of an address, if that has just one.
fn new_parameter(rest: &str) -> Option<&str> {
    let mut all = names(rest.starts_with('/').then_some(rest)?);
    let first = all.next()?;
    all.next().is_none().then_some(first)
}

/// The names of an address's parameters.
fn names(path: &str) -> impl Iterator<Item = &str> {
    path.split('/').filter_map(|part| part.strip_prefix('{')?.strip_suffix('}'))
}

#[cfg(test)]
mod tests {
    use super::super::operations;

    /// The links of a call, each with its parameters.
    fn links(method: &str, path: &str) -> Vec<String> {
        let all = operations::all();
        let one = all.iter().find(|one| one.method == method && one.path == path).unwrap();
        super::of(one, &all).into_iter().map(|(name, link)| format!("{name} {}", link["parameters"])).collect()
    }

    #[test]
    fn what_was_made_is_linked_to_all_that_can_be_done_with_it() {
        let own = r#"{"id":"$response.body#/id"}"#;
        let partner = links("post", "/api/network/partners");
        assert_eq!(partner, [format!("get_network_partners_id {own}"), format!("put_network_partners_id {own}")]);
        let user = links("post", "/api/partner-organisation/{id}");
        let both = r#"{"id":"$request.path.id","user":"$response.body#/id"}"#;
        assert_eq!(user, [format!("delete_partner_organisation_id_users_user {both}")]);
        let organisation = links("post", "/api/v1/organisations");
        assert!(organisation.contains(&format!("post_v1_organisations_id_restore {own}")), "{organisation:?}");
        assert!(links("post", "/api/v1/connections/{id}/end").is_empty());
    }

    #[test]
    fn what_was_found_is_linked_to_reading_it() {
        for (method, path) in [("get", "/api/v1/users"), ("post", "/api/v1/users/find")] {
            assert_eq!(links(method, path), [r#"get_v1_users_id {"id":"$response.body#/data/0/id"}"#]);
        }
        let number = r#"get_v1_partner_invitations_number {"number":"$response.body#/data/0/id"}"#;
        assert_eq!(links("get", "/api/v1/partner-invitations"), [number]);
        assert!(links("get", "/api/v1/users/export").is_empty());
    }
}
