//! A consent that replaces an older one while a function still reads the old one.

use std::rc::Rc;
use std::time::Duration;

use acceptance::consent::visma::{consenting, open};
use acceptance::consent::{Browser, link};
use async_trait::async_trait;
use bridge::ports::{Clock, Secrets};
use bridge::words::secret::Secret;
use jiff::Timestamp;
use serde_json::{Value, json};

use crate::visma::{connect, exchanges, kept, pulled};

/// A process's secrets, where one of them is still read as it was: the secret store is not consistent at once.
struct Behind {
    store: Rc<dyn Secrets>,
    name: &'static str,
    was: Value,
    until: Timestamp,
    clock: Rc<dyn Clock>,
}

#[async_trait(?Send)]
impl Secrets for Behind {
    async fn get(&self, name: &str, fresh: bool) -> bridge::words::fault::Result<Option<Secret>> {
        if name == self.name && self.clock.now() < self.until {
            return Ok(Some(Secret::new(self.was.to_string())));
        }
        self.store.get(name, fresh).await
    }

    async fn put(&self, name: &str, value: &Secret) -> bridge::words::fault::Result<()> {
        self.store.put(name, value).await
    }

    async fn set(&self, name: &str, value: &Secret) -> bridge::words::fault::Result<()> {
        self.store.set(name, value).await
    }
}

#[tokio::test(start_paused = true)]
async fn who_still_reads_the_old_consent_neither_uses_nor_refreshes_it() {
    // With an access token that still works, and with one that has to be refreshed.
    for age in [60, 3500] {
        let world = open();
        world.vendors.visma.borrow_mut().model.oauth.rules.refresh_rotates = true;
        let browser = Browser::new(&world);
        assert_eq!(connect(&world, &browser, &link(&world, "acme", false).await).await.status, 200);
        let was = kept(&world).unwrap();
        world.wait(Duration::from_secs(age)).await;
        world.vendors.visma.borrow_mut().model.add_company("Other AB");
        consenting(&world, Some("Other AB"));
        assert_eq!(connect(&world, &browser, &link(&world, "acme", true).await).await.status, 200);
        let (now, asked) = (kept(&world).unwrap(), exchanges(&world));
        assert_ne!(was, now);
        world.new_process();
        let ports = world.ports();
        let until = world.now() + Duration::from_secs(3);
        let behind =
            Behind { store: ports.secrets, name: "visma/acme", was: was.clone(), until, clock: ports.clock.clone() };
        world.watch.begin();
        let ports = bridge::ports::Ports { secrets: Rc::new(behind), ..ports };
        assert!(pulled(&world, &ports).await.is_ok(), "{age}");
        assert!(world.now() >= until, "{age}: what is behind was not waited for");
        assert_eq!((kept(&world).unwrap(), exchanges(&world)), (now, asked), "{age}");
        let old = format!("Bearer {}", was["access_token"].as_str().unwrap());
        let used = world.watch.calls().iter().any(|call| call.headers.iter().any(|(_, value)| *value == old));
        assert!(!used, "{age}: the old company was asked");
    }
}

#[tokio::test(start_paused = true)]
async fn a_secret_that_nobody_can_use_is_replaced() {
    let world = open();
    let browser = Browser::new(&world);
    world.memory.secret("visma/acme", &json!("not what is expected"));
    let page = connect(&world, &browser, &link(&world, "acme", false).await).await;
    assert_eq!(page.status, 200, "{}", page.text());
}
