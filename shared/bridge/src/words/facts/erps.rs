//! Facts of the ERPs.

use super::By::{Person, Reads, Writes};
use super::{Fact, fact, right, set};

/// A document of its own is needed.
const OWN: &str = "run it with --write, against a test company";

/// A list had nothing that tells.
const RECORDS: &str = "make or change a record of that kind in the test company, and run it again";

pub(super) const POWEROFFICE: &[Fact] = &[
    fact("poweroffice.replica-lag", Writes, &[right("at once"), right("2 s"), right("60 s")], OWN),
    fact(
        "poweroffice.retry-after",
        Person("the limit is one for all tenants together, and is not broken to see what it answers"),
        &[right("1 s"), right("not said")],
        "bridgectl status tells where a 429 without Retry-After was met; else, when no tenant is at work: curl -i twelve times \
         within a second, and whether the 429 has Retry-After",
    ),
    fact("poweroffice.token-lifetime", Reads, &[right("20 min"), right("10 min")], "what the token's answer says"),
    fact("poweroffice.filter-edge", Reads, &[right("left out"), right("taken in")], RECORDS),
    fact(
        "poweroffice.archived",
        Reads,
        &[right("listed"), right("left out")],
        "archive a product in the test company, and run it again",
    ),
    fact(
        "poweroffice.credit-link",
        Reads,
        &[right("number and match"), right("number alone"), right("match alone"), right("not at all")],
        "credit an invoice that is not paid, in full, in the test company, and run it again",
    ),
];

pub(super) const FINAGO: &[Fact] = &[
    fact("finago.filter-clock", Reads, &[right("UTC"), right("Norwegian time")], RECORDS),
    fact("finago.filter-edge", Reads, &[right("left out"), right("taken in")], RECORDS),
    fact("finago.stock-moves-change", Writes, &[right("it does"), right("it does not")], OWN),
    fact(
        "finago.session-lifetime",
        Reads,
        &[right("20 min"), right("1 min")],
        "whether the logs have a login a tick or a login a day",
    ),
    fact("finago.sessions", Reads, &[right("no"), right("yes")], "two logins one after the other"),
    fact(
        "finago.session-words",
        Reads,
        &[right("not authenticated"), right("the request is not authenticated"), right("unclear")],
        "what a call with a made-up session is answered",
    ),
    fact("finago.unset-members", Reads, &[right("left out"), right("by a stand-in")], RECORDS),
    fact("finago.change-times", Reads, &[right("to the second"), right("to the minute")], RECORDS),
    fact("finago.save-defaults", Writes, &[right("it does"), right("it does not")], OWN),
    fact("finago.stock-write", Writes, &[right("sets it"), right("adds to it")], OWN),
    fact(
        "finago.weight-unit",
        Person("a number does not say its unit, and no call does"),
        &[right("kilograms"), set("grams", "settings.weight_unit g")],
        "an article on the scales beside its weight in Finago Office; bridgectl check says where most articles would be too heavy",
    ),
    fact(
        "finago.sent-takes-stock",
        Person("an order that is sent leaves the books of stock, and no call takes that back"),
        &[right("it does"), right("it does not")],
        "set an order of a product with stock to Sent by hand: the product's stock before and after",
    ),
];

pub(super) const PROCOUNTOR: &[Fact] = &[
    fact(
        "procountor.zone",
        Reads,
        &[right("Helsinki"), set("UTC", "settings.start_date three hours before the first pull")],
        "a time that is past may be by either clock, so that reads show Helsinki alone: run it with --write, or change a product \
         and hold its time beside a clock",
    ),
    fact("procountor.fraction", Reads, &[right("none"), right("3"), right("7")], RECORDS),
    fact("procountor.filter-edge", Reads, &[right("taken in"), right("left out")], RECORDS),
    fact("procountor.previous-id", Reads, &[right("it does"), right("it is passed over")], RECORDS),
    fact(
        "procountor.send-orders",
        Writes,
        &[right("taken"), set("refused", "processes.shipments false, or each shipment is left for a person")],
        "ship an order of the test company whose e-mail address is your own, and see whether it is SENT",
    ),
    fact(
        "procountor.approve-body",
        Writes,
        &[right("needed"), right("not needed")],
        "PUT /invoices/{id}/approve without a body, on an unfinished order of the test company",
    ),
    fact("procountor.total-count", Reads, &[right("it does"), right("it does not")], RECORDS),
    fact(
        "procountor.offers",
        Reads,
        &[right("no"), right("yes")],
        "make an offer in the test company, and run it again",
    ),
    fact("procountor.absent-members", Reads, &[right("left out"), right("null")], RECORDS),
    fact("procountor.read-alone", Reads, &[right("bare"), right("in a list")], RECORDS),
    fact(
        "procountor.row-ids",
        Person("a person's edit on the screen shows it, and a write by a call is another thing"),
        &[right("kept"), right("renewed")],
        "edit a row of a test order in Procountor: the row numbers in bridgectl explain NUMBER before and after",
    ),
    fact(
        "procountor.row-edits",
        Person("a person's edit on the screen shows it, and a write by a call is another thing"),
        &[right("it does"), right("it does not")],
        "edit a row of a test order in Procountor: whether the next tick has it, or one within an hour",
    ),
    fact(
        "procountor.inactive",
        Reads,
        &[right("listed"), right("left out")],
        "set a product of the test company inactive, and run it again",
    ),
    fact("procountor.own-version", Writes, &[right("it moves"), right("it stays")], OWN),
];

pub(super) const VISMA: &[Fact] = &[
    fact("visma.row-ids", Writes, &[right("kept"), right("renewed")], OWN),
    fact("visma.completed", Writes, &[right("no"), right("yes")], OWN),
    fact("visma.modified", Reads, &[right("no"), right("yes")], "make an order and do not edit it, and run it again"),
    fact(
        "visma.times",
        Reads,
        &[right("with Z"), right("seven digits, no zone"), right("milliseconds, no zone")],
        RECORDS,
    ),
    fact("visma.or-terms", Reads, &[right("19"), right("15")], "an `or` of a few terms is refused: see the log"),
    fact("visma.order-filter", Reads, &[right("none"), right("ModifiedUtc")], "what GET /orders?$filter= answers"),
    fact("visma.order-sort", Reads, &[right("it can"), right("it cannot")], "what GET /orders?$orderby= answers"),
    fact(
        "visma.refusal-words",
        Reads,
        &[right("the vendor's"), right("the server's own")],
        "what a filter by a member that is not there is answered",
    ),
    fact("visma.decimals", Writes, &[right("refused"), right("taken")], OWN),
    fact("visma.read-only", Writes, &[right("passed over"), right("refused")], OWN),
    fact("visma.unknown-member", Writes, &[right("passed over"), right("refused")], OWN),
    fact(
        "visma.rate-endpoint",
        Person("the limit is one for all tenants together, and is not broken to see what it counts"),
        &[right("one"), right("each its own")],
        "when no tenant is at work: 601 calls of GET articles/ID within a minute with two ids, and whether both get 429",
    ),
    fact("visma.stock-write", Writes, &[right("kept"), set("passed over", "processes.stock false")], OWN),
    fact(
        "visma.refresh-token",
        Person("a refresh for its own sake spends the token that all functions live by"),
        &[right("another"), right("the same")],
        "two versions of the secret visma/TENANT, more than an hour apart: whether refresh_token is another",
    ),
];
