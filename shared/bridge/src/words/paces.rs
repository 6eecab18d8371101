//! How many calls a minute all tenants of a deployment may make together at a vendor's API: a setting of the stack
//! (`CallsPerMinute`), since test hosts and contracts differ: Procountor's test host takes 90 (Procountor sheet, section 4).

use std::str::FromStr;
use std::time::Duration;

use crate::words::kind::Kind;

/// Calls a minute, by ERP. Each a little below the vendor's limit, with room for a call that comes late.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Paces([u32; Kind::ALL.len()]);

/// No limit of a vendor's is as high.
const MOST: u32 = 60_000;

impl Default for Paces {
    fn default() -> Self {
        Self(Kind::ALL.map(|kind| match kind {
            // 10 a second for a subscription key (PowerOffice sheet, section 5).
            Kind::PowerOffice => 520,
            // 7,200 an hour for an address (Finago sheet, section 5.1); all functions of a deployment may go out through one.
            Kind::Finago => 117,
            // 60 a second for a client id (Procountor sheet, section 4); who goes over may be shut off with all its customers.
            Kind::Procountor => 3_300,
            // 600 a minute for a client id, which is ours, and an endpoint (Visma sheet, section 4).
            Kind::Visma => 570,
        }))
    }
}

impl Paces {
    /// Of an ERP, calls a minute.
    #[must_use]
    pub fn of(&self, kind: Kind) -> u32 {
        self.0[kind as usize]
    }

    /// From one call to the next.
    #[must_use]
    pub fn interval(calls_a_minute: u32) -> Duration {
        Duration::from_secs(60) / calls_a_minute.max(1)
    }
}

/// `poweroffice=520,procountor=80`; what is left out is as by default.
impl FromStr for Paces {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let mut paces = Self::default();
        for part in text.split(',').map(str::trim).filter(|part| !part.is_empty()) {
            let (word, number) = part.split_once('=').ok_or_else(|| format!("{part} is not ERP=NUMBER"))?;
            let kind = Kind::named(word.trim()).ok_or_else(|| format!("{word} is no ERP"))?;
            let number = number.trim().parse().ok().filter(|number| (1..=MOST).contains(number));
            let number = number.ok_or_else(|| format!("{word}: a number from 1 to {MOST} is expected"))?;
            paces.0[kind as usize] = number;
        }
        Ok(paces)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_left_out_is_as_by_default() {
        assert_eq!("".parse(), Ok(Paces::default()));
        let test_host: Paces = " procountor = 80, ".parse().unwrap();
        assert_eq!((test_host.of(Kind::Procountor), test_host.of(Kind::Visma)), (80, 570));
        assert_eq!(Paces::interval(120), Duration::from_millis(500));
    }

    #[test]
    fn an_error_names_the_part() {
        let refused = |text: &str| text.parse::<Paces>().unwrap_err();
        assert!(refused("procountor").contains("procountor is not ERP=NUMBER"));
        assert!(refused("procountor=0").contains("1 to 60000"));
        assert!(refused("netsuite=1").contains("netsuite"));
    }
}
