//! The states of an order, and what each means for the warehouse when it is not among the tenant's `order_statuses`
//! (Finago sheet, section 2.3: the words are the service's, the pairing with the user's words is by name).

/// What an order in a state that is not pulled means for one that was imported before.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Meaning {
    /// It was taken back before it was shipped: cancel it, unless the warehouse has begun.
    Withdrawn,
    /// It is on its way, delivered, accounted for, or another kind of document: leave it as it is.
    LeftAlone,
}

/// State, the user's word, meaning.
///
/// Only what stands clearly before the confirmation, or out of use, is a withdrawal: whatever may follow a confirmation
/// (a picking state, a partial invoice, a loan) must not cancel goods that are on their way.
#[rustfmt::skip]
const STATES: [(&str, &str, Meaning); 24] = [
    ("None",                  "without a state",           Meaning::LeftAlone),
    ("Offer",                 "a proposal",                Meaning::Withdrawn),
    ("Pack",                  "with the warehouse",        Meaning::LeftAlone),
    ("Invoiced",              "invoiced",                  Meaning::LeftAlone),
    ("Web",                   "an unconfirmed web order",  Meaning::Withdrawn),
    ("Repeating",             "a subscription",            Meaning::LeftAlone),
    ("CollectingOrder",       "a collective order",        Meaning::LeftAlone),
    ("Return",                "a return",                  Meaning::LeftAlone),
    ("Distribution",          "in distribution",           Meaning::LeftAlone),
    ("Rest",                  "a back-order",              Meaning::LeftAlone),
    ("ForInvoicing",          "to be invoiced",            Meaning::LeftAlone),
    ("OvertimeRent",          "overtime rent",             Meaning::LeftAlone),
    ("Confirmed",             "confirmed",                 Meaning::LeftAlone),
    ("OrderState_Sent",       "sent",                      Meaning::LeftAlone),
    ("Production",            "in production",             Meaning::LeftAlone),
    ("PaymentReminder",       "a payment reminder",        Meaning::LeftAlone),
    ("OnAccount",             "on account",                Meaning::LeftAlone),
    ("Lending",               "on loan",                   Meaning::LeftAlone),
    ("InvoicedCashAccount",   "invoiced in cash",          Meaning::LeftAlone),
    ("InvoicedPack",          "invoiced and packed",       Meaning::LeftAlone),
    ("Inactive",              "inactive",                  Meaning::Withdrawn),
    ("Hours",                 "hours",                     Meaning::LeftAlone),
    ("OrderState_SuperStore", "a super store order",       Meaning::LeftAlone),
    ("Draft",                 "a draft",                   Meaning::Withdrawn),
];

/// How far an order has come on its way to the invoice.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Stage {
    /// Not sent yet, or on another way.
    Open,
    /// Sent.
    Sent,
    /// To be invoiced.
    ToInvoice,
    /// Invoiced or after: it can no longer be changed (Finago sheet, section 2.4).
    Invoiced,
}

/// The state of an order that was sent, which the document names for what was shipped.
pub const SENT: &str = "OrderState_Sent";

/// The stage of a state.
#[must_use]
pub fn stage(state: &str) -> Stage {
    match state {
        SENT => Stage::Sent,
        "ForInvoicing" => Stage::ToInvoice,
        "Invoiced" | "InvoicedCashAccount" | "InvoicedPack" | "OnAccount" | "PaymentReminder" => Stage::Invoiced,
        _ => Stage::Open,
    }
}

/// The state that orders are pulled in by default.
pub const CONFIRMED: &str = "Confirmed";

/// The state of an order that names none: the service leaves out what equals its default.
pub const UNNAMED: &str = "Web";

/// The service's name of every state.
pub fn names() -> impl Iterator<Item = &'static str> {
    STATES.iter().map(|(name, ..)| *name)
}

/// Whether the service has a state of this name.
#[must_use]
pub fn exists(state: &str) -> bool {
    names().any(|name| name == state)
}

/// The user's word for a state, and its meaning; a state that the service has learnt since is left alone.
#[must_use]
pub fn of(state: &str) -> (&str, Meaning) {
    let known = STATES.iter().find(|(name, ..)| *name == state);
    known.map_or((state, Meaning::LeftAlone), |(_, word, meaning)| (word, *meaning))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_state_has_its_stage_on_the_way_to_the_invoice() {
        let at = |wanted: Stage| -> Vec<&str> {
            STATES.iter().map(|(name, ..)| *name).filter(|name| stage(name) == wanted).collect()
        };
        assert_eq!(at(Stage::Sent), [SENT]);
        assert_eq!(at(Stage::ToInvoice), ["ForInvoicing"]);
        let invoiced = ["Invoiced", "PaymentReminder", "OnAccount", "InvoicedCashAccount", "InvoicedPack"];
        assert_eq!(at(Stage::Invoiced), invoiced);
        assert_eq!(stage("Novelty"), Stage::Open);
        assert!(Stage::Open < Stage::Sent && Stage::ToInvoice < Stage::Invoiced);
    }

    #[test]
    fn only_what_stands_before_a_confirmation_or_out_of_use_is_a_withdrawal() {
        let withdrawn: Vec<&str> =
            STATES.iter().filter(|(.., meaning)| *meaning == Meaning::Withdrawn).map(|(name, ..)| *name).collect();
        assert_eq!(withdrawn, ["Offer", "Web", "Inactive", "Draft"]);
        assert_eq!(of("OrderState_Sent"), ("sent", Meaning::LeftAlone));
        assert_eq!(of("Novelty"), ("Novelty", Meaning::LeftAlone));
        assert!(exists(CONFIRMED) && exists(UNNAMED) && !exists("Sent"));
    }
}
