//! Rotation of Visma's refresh token, in `visma/<tenant_id>`.
//!
//! A rotating refresh token works once, and its successor is known only from the answer. So the successor cannot wait
//! in a pending version until it is tested: other invocations would meanwhile send the used token, and the consent
//! would be lost. Therefore the first step does all the work, under the same lease as every refresh
//! ([`crate::http::login`]): it sends the token and writes the answer into the version, as pending and current in one
//! call. The vendor's answer was the test.
//!
//! After that nothing is left to do. If another version is current, it comes from a later refresh or a new consent, and
//! no step restores the older one: the last step only removes the label.

use std::rc::Rc;

use async_trait::async_trait;

use super::{CURRENT, PENDING, Step, StepContext, Versions, refused};
use crate::http::Exchange;
use crate::http::login;
use crate::ports::{Ports, Put, Secrets};
use crate::state::tenants::valid;
use crate::tenant::Tenant;
use crate::words::fault::Result;
use crate::words::kind::Kind;
use crate::words::secret::Secret;

pub(super) async fn step(context: &StepContext<'_>, tenant_id: &str) -> Result<()> {
    if context.value().await?.is_some() {
        return context.end_if_finished().await;
    }
    if context.step() != Step::CreateSecret || !context.pending {
        return Err(context.without_a_value());
    }
    let tenant = tenant(context.ports, tenant_id).await?;
    let kept = PendingVersionStore {
        secrets: Rc::clone(&context.ports.secrets),
        versions: Rc::clone(context.versions),
        name: format!("visma/{tenant_id}"),
        secret: context.request.secret_id.clone(),
        version: context.request.client_request_token.clone(),
    };
    let ports = Ports { secrets: Rc::new(kept), ..context.ports.clone() };
    let exchange = Exchange { ports: &ports, budget: None, deadline: context.run.deadline };
    let done = async || Ok(context.value().await?.is_some());
    login::rotate_visma(exchange, tenant_id, &tenant.erp.auth_url, done).await
}

/// Whose consent it is: the tenant item says where it is renewed. A tenant that is switched off keeps its consent too.
async fn tenant(ports: &Ports, tenant_id: &str) -> Result<Tenant> {
    let item = ports.tenants.get(tenant_id).await?;
    let tenant = item.and_then(|item| valid(ports, &item)).filter(|tenant| tenant.erp.kind == Kind::Visma);
    tenant.ok_or_else(|| refused(format!("there is no valid tenant {tenant_id} on Visma eAccounting")))
}

/// A secret store that writes the refreshed consent into the pending version.
struct PendingVersionStore {
    secrets: Rc<dyn Secrets>,
    versions: Rc<dyn Versions>,
    name: String,
    secret: String,
    version: String,
}

#[async_trait(?Send)]
impl Secrets for PendingVersionStore {
    async fn get(&self, name: &str, fresh: bool) -> Result<Option<Secret>> {
        self.secrets.get(name, fresh).await
    }

    async fn put(&self, name: &str, value: &Secret) -> Result<()> {
        if name != self.name {
            return self.secrets.put(name, value).await;
        }
        match self.versions.put(&self.secret, &self.version, value, &[CURRENT, PENDING]).await? {
            Put::Done => Ok(()),
            // A token that exists nowhere else is kept, in whatever version.
            Put::Conflict => self.secrets.put(name, value).await,
        }
    }

    async fn set(&self, name: &str, value: &Secret) -> Result<()> {
        self.secrets.set(name, value).await
    }
}
