//! A principal whose permission has been checked. Actions take an [`Actor`], so they cannot be called without one.

use std::marker::PhantomData;
use std::ops::Deref;
use std::sync::Arc;

use super::permission::Grant;
use super::principal::Principal;

/// Somebody who holds the grant `G`. Made only by [`Actor::granted`].
#[derive(Debug)]
pub struct Actor<G> {
    principal: Arc<Principal>,
    /// Names this request in the history and in the log.
    pub request_id: String,
    grant: PhantomData<fn() -> G>,
}

impl<G> Clone for Actor<G> {
    fn clone(&self) -> Self {
        Self { principal: Arc::clone(&self.principal), request_id: self.request_id.clone(), grant: PhantomData }
    }
}

impl<G: Grant> Actor<G> {
    /// The actor, if `principal` holds the grant.
    pub fn granted(principal: Arc<Principal>, request_id: String) -> Option<Self> {
        G::allows(&principal).then_some(Self { principal, request_id, grant: PhantomData })
    }

    /// The same actor under another grant, if they hold that too.
    pub fn also<H: Grant>(&self) -> Option<Actor<H>> {
        Actor::granted(Arc::clone(&self.principal), self.request_id.clone())
    }
}

impl<G> Deref for Actor<G> {
    type Target = Principal;

    fn deref(&self) -> &Principal {
        &self.principal
    }
}
