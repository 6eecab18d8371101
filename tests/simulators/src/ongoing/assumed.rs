//! The facts of [`crate::facts`] as switches.

use super::Ongoing;
use super::rules::{Absent, Rules, SameArticle};
use crate::facts;

pub(super) fn assume(system: &mut Ongoing, fact: &str, answer: &str) -> Result<(), String> {
    facts::check(facts::Vendor::Ongoing, fact, answer)?;
    match (fact, answer) {
        ("ongoing.unknown-member", _) => system.tolerance.of_unknown_members = answer == "passed over",
        ("ongoing.long-text", _) => system.tolerance.of_long_texts = answer == "cut",
        ("ongoing.write-id", _) => system.house.null_ids = if answer == "never" { usize::MAX } else { 0 },
        ("ongoing.header-names", _) => system.strict = answer == "refused",
        _ => {
            let owners = system.owners.values_mut().map(|owner| &mut owner.rules);
            for rules in owners.chain([&mut system.rules]) {
                set(rules, fact, answer)?;
            }
        }
    }
    Ok(())
}

fn set(rules: &mut Rules, fact: &str, answer: &str) -> Result<(), String> {
    let number = || answer.parse().map_err(|_| format!("{answer} is no number"));
    match fact {
        "ongoing.put-omitted" => rules.clears_missing_fields = answer == "cleared",
        "ongoing.put-null" => rules.keeps_nulls = answer == "kept",
        "ongoing.rows-omitted" => rules.keeps_missing_rows = answer == "kept",
        "ongoing.zero-quantity" => rules.refuses_nothing = answer == "refused",
        "ongoing.unknown-article" => rules.makes_articles = answer == "made",
        "ongoing.refusal-status" => rules.refusal_status = number()?,
        "ongoing.cancel-again" => rules.cancels_again = answer == "taken",
        "ongoing.cancelled-number" => rules.opens_cancelled = answer == "opened again",
        "ongoing.start-status" => rules.start_status = i64::from(number()?),
        "ongoing.purchase-order-id" => rules.keeps_purchase_order_ids = answer == "kept",
        "ongoing.kit-picks" => rules.kits_pick_parts = answer == "on its parts alone",
        "ongoing.shared-address" => rules.shares_addresses = answer == "it takes the other's",
        "ongoing.same-article" => {
            rules.same_article = match answer {
                "two rows" => SameArticle::Apart,
                "one of both" => SameArticle::Merged,
                _ => SameArticle::Overwritten,
            };
        }
        "ongoing.absent-members" => {
            rules.absent = match answer {
                "null" => Absent::Null,
                "left out" => Absent::LeftOut,
                _ => Absent::EmptyList,
            };
        }
        _ => return Err(facts::no_switch(fact)),
    }
    Ok(())
}
