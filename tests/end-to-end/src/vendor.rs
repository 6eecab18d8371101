//! The vendors' simulators on loopback, through their control routes: what a person would do in the vendor's screens.

use bridge_aws::tls;
use serde_json::Value;

use crate::{Result, variable};

/// A simulator.
#[derive(Clone)]
pub struct Vendor {
    /// Where its API answers.
    pub address: String,
    http: reqwest::Client,
}

impl Vendor {
    /// The one whose address is in `SIM_<NAME>`.
    ///
    /// # Errors
    /// When there is none.
    pub fn named(name: &str) -> Result<Self> {
        let address = variable(&format!("SIM_{}", name.to_ascii_uppercase()))?;
        Ok(Self { address, http: tls::client()?.build()? })
    }

    /// Does something by hand.
    ///
    /// # Errors
    /// When the simulator says no.
    pub async fn act(&self, action: &str, args: &Value) -> Result<Value> {
        let url = format!("{}/_sim/{action}", self.address);
        let answer = self.http.post(url).json(args).send().await?;
        let good = answer.status().is_success();
        let body: Value = answer.json().await?;
        if good { Ok(body) } else { Err(format!("{action}: {}", body["error"].as_str().unwrap_or_default()).into()) }
    }
}
