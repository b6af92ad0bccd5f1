//! The routes of the running program, out of what actix remembers of their registration.

use std::collections::BTreeSet;

use actix_web::introspection::{IntrospectionNode, ResourceType};

/// Every method and pattern below a node. `HEAD` is `GET` without a body and stands for itself nowhere.
pub fn of(node: &IntrospectionNode) -> BTreeSet<(String, String)> {
    let mut found: BTreeSet<_> = node.children.iter().flat_map(of).collect();
    let pattern = if node.full_path.is_empty() { "/".to_owned() } else { node.full_path.clone() };
    let methods = node.methods.iter().map(ToString::to_string).filter(|method| method != "HEAD");
    found.extend(methods.map(|method| (method, pattern.clone())));
    if matches!(node.kind, ResourceType::Resource) && node.methods.is_empty() {
        found.insert(("ANY".to_owned(), pattern));
    }
    found
}
