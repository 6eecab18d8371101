//! The end-to-end assertions: each is a function that returns an error that says what is wrong.

pub mod consent;
pub mod hygiene;
pub mod kept;
pub mod operator;
pub mod plan;
pub mod roads;
pub mod rotation;
pub mod status_page;
pub mod tenants;
pub mod write_back;

use crate::Result;
use crate::scenario::{self, Scenario};
use crate::stack::Stack;
use crate::tick::{self, Tick};
use crate::vendor::Vendor;
use crate::warehouse::Warehouse;
use crate::webdriver::Driver;

/// Where the assertions play.
pub struct Stage {
    /// The deployed stack.
    pub stack: Stack,
    /// The warehouse.
    pub ongoing: Vendor,
    /// One company per ERP.
    pub scenarios: Vec<Scenario>,
    /// Browsers, where there are any.
    pub driver: Option<Driver>,
}

impl Stage {
    /// The stack and the vendors' systems that the environment names.
    ///
    /// # Errors
    /// The variable that is missing.
    pub async fn find() -> Result<Self> {
        let (stack, ongoing) = (Stack::find().await?, Vendor::named("ongoing")?);
        Ok(Self { stack, ongoing, scenarios: scenario::all(), driver: Driver::find() })
    }

    async fn tick(&self) -> Result<Vec<Tick>> {
        tick::run(&self.stack, &self.scenarios, |_| ()).await
    }

    async fn warehouse(&self, scenario: &Scenario) -> Result<Warehouse> {
        Warehouse::of(&self.ongoing, scenario.goods_owner).await
    }

    /// Waits until nothing is under way for this company's ERP.
    async fn quiet(&self, scenario: &Scenario) -> Result {
        self.stack.until_quiet(&[scenario.kind], async || Ok(())).await
    }

    /// The first company on PowerOffice Go.
    fn first(&self) -> Result<&Scenario> {
        self.scenarios.first().ok_or_else(|| "there is no scenario".into())
    }
}

/// Counts what passed and failed.
#[derive(Default)]
pub struct Report {
    passed: usize,
    failed: usize,
    left_out: usize,
}

impl Report {
    /// Notes how an assertion ended, and says so.
    pub fn note(&mut self, name: &str, outcome: Result) {
        match outcome {
            Ok(()) => {
                self.passed += 1;
                println!("ok      {name}");
            }
            Err(fault) => {
                self.failed += 1;
                println!("FAILED  {name}\n        {fault}");
            }
        }
    }

    /// Notes an assertion that cannot be tried here.
    pub fn left_out(&mut self, name: &str, reason: &str) {
        self.left_out += 1;
        println!("LEFT OUT {name}: {reason}");
    }

    /// Says how many passed and failed; whether all that were tried passed.
    #[must_use]
    pub fn end(&self) -> bool {
        println!("{} passed, {} failed, {} left out", self.passed, self.failed, self.left_out);
        self.failed == 0 && self.passed > 0
    }
}

fn ensure(good: bool, otherwise: impl FnOnce() -> String) -> Result {
    if good { Ok(()) } else { Err(otherwise().into()) }
}
