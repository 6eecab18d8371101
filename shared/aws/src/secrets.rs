//! The secret store, with a short memory.

use std::cell::RefCell;
use std::collections::HashMap;
use std::rc::Rc;

use async_trait::async_trait;
use aws_sdk_secretsmanager::Client;
use bridge::fault::{Fault, Result};
use bridge::ports::{Clock, Secrets};
use bridge::secret::Secret;
use jiff::{SignedDuration, Timestamp};

use crate::refused::fault;

/// A replaced value is seen after this at the latest (contract, section 3).
const KEPT: SignedDuration = SignedDuration::from_secs(300);

/// What was not there is looked for again sooner: somebody may just be onboarding.
const MISSED: SignedDuration = SignedDuration::from_secs(30);

/// Even a fresh read is not repeated within this.
const FRESH: SignedDuration = SignedDuration::from_secs(1);

/// Names remembered at most: anybody may call a webhook with a tenant id of their own making.
const NAMES: usize = 1000;

/// Secrets under a prefix in Secrets Manager.
pub struct SecretStore {
    client: Client,
    prefix: String,
    clock: Rc<dyn Clock>,
    kept: RefCell<HashMap<String, Kept>>,
}

#[derive(Clone)]
struct Kept {
    at: Timestamp,
    value: Option<Secret>,
}

impl Kept {
    fn serves(&self, now: Timestamp, fresh: bool) -> bool {
        let longest = match (fresh, &self.value) {
            (true, _) => FRESH,
            (false, Some(_)) => KEPT,
            (false, None) => MISSED,
        };
        // A clock that was put back must not make a value last longer.
        let age = now.duration_since(self.at);
        !age.is_negative() && age < longest
    }
}

impl SecretStore {
    /// The secrets under `prefix`.
    #[must_use]
    pub fn new(client: Client, prefix: impl Into<String>, clock: Rc<dyn Clock>) -> Self {
        Self { client, prefix: prefix.into(), clock, kept: RefCell::default() }
    }

    fn keep(&self, name: &str, at: Timestamp, value: Option<Secret>) {
        let mut kept = self.kept.borrow_mut();
        if kept.len() >= NAMES && !kept.contains_key(name) {
            kept.retain(|_, kept| kept.value.is_some() && kept.serves(at, false));
            if kept.len() >= NAMES {
                kept.clear();
            }
        }
        kept.insert(name.to_owned(), Kept { at, value });
    }

    async fn read(&self, name: &str) -> Result<Option<Secret>> {
        let id = format!("{}/{name}", self.prefix);
        let answer = self.client.get_secret_value().secret_id(&id).send().await;
        match answer {
            // A binary value is none of ours.
            Ok(answer) => match answer.secret_string {
                Some(text) => Ok(Some(Secret::new(text))),
                None => Err(Fault::Unauthorized(format!("the secret {id} is not text"))),
            },
            Err(error) if error.as_service_error().is_some_and(|e| e.is_resource_not_found_exception()) => Ok(None),
            Err(error) => Err(fault(&format!("the secret {id}"), &error)),
        }
    }
}

#[async_trait(?Send)]
impl Secrets for SecretStore {
    async fn get(&self, name: &str, fresh: bool) -> Result<Option<Secret>> {
        let now = self.clock.now();
        let kept = self.kept.borrow().get(name).filter(|kept| kept.serves(now, fresh)).cloned();
        if let Some(kept) = kept {
            return Ok(kept.value);
        }
        let value = self.read(name).await?;
        self.keep(name, now, value.clone());
        Ok(value)
    }

    async fn put(&self, name: &str, value: &Secret) -> Result<()> {
        let id = format!("{}/{name}", self.prefix);
        let call = self.client.put_secret_value().secret_id(&id).secret_string(value.expose());
        match call.send().await {
            Ok(_) => {
                self.keep(name, self.clock.now(), Some(value.clone()));
                Ok(())
            }
            Err(error) if error.as_service_error().is_some_and(|e| e.is_resource_not_found_exception()) => {
                Err(Fault::Unauthorized(format!("the secret {id} is not there")))
            }
            Err(error) => Err(fault(&format!("the secret {id}"), &error)),
        }
    }

    async fn set(&self, name: &str, value: &Secret) -> Result<()> {
        let id = format!("{}/{name}", self.prefix);
        let call = self.client.put_secret_value().secret_id(&id).secret_string(value.expose());
        match call.send().await {
            Ok(_) => {}
            Err(error) if error.as_service_error().is_some_and(|e| e.is_resource_not_found_exception()) => {
                let call = self.client.create_secret().name(&id).secret_string(value.expose());
                call.send().await.map_err(|error| fault(&format!("the secret {id}"), &error))?;
            }
            Err(error) => return Err(fault(&format!("the secret {id}"), &error)),
        }
        self.keep(name, self.clock.now(), Some(value.clone()));
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_is_kept_five_minutes_a_miss_half_a_minute_and_a_fresh_one_a_second() {
        let at = Timestamp::from_second(1_000_000).unwrap();
        let value = Kept { at, value: Some(Secret::new("{}".into())) };
        let miss = Kept { at, value: None };
        let after = |seconds: i64| at + SignedDuration::from_secs(seconds);
        assert!(value.serves(after(299), false) && !value.serves(after(300), false));
        assert!(miss.serves(after(29), false) && !miss.serves(after(30), false));
        assert!(value.serves(after(0), true) && !value.serves(after(1), true));
        assert!(!value.serves(after(-1), false));
    }

    #[test]
    fn names_that_nobody_has_do_not_fill_the_memory() {
        let config = aws_sdk_secretsmanager::Config::builder().behavior_version_latest().build();
        let client = Client::from_conf(config);
        let store = SecretStore::new(client, "stack", Rc::new(crate::clock::SystemClock));
        let now = Timestamp::now();
        store.keep("ongoing/acme", now, Some(Secret::new("{}".into())));
        for n in 0..3 * NAMES {
            store.keep(&format!("ongoing/{n}"), now, None);
            assert!(store.kept.borrow().len() <= NAMES);
        }
        assert!(store.kept.borrow().contains_key("ongoing/acme"), "what is there outlasts what is not");
        for n in 0..3 * NAMES {
            store.keep(&format!("visma/{n}"), now, Some(Secret::new("{}".into())));
            assert!(store.kept.borrow().len() <= NAMES);
        }
    }
}
