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
        Person,
        &[right("1 s"), right("not said")],
        "a limit is not broken to see it: the first log line with 429 in it tells",
    ),
    fact("poweroffice.token-lifetime", Reads, &[right("20 min"), right("10 min")], "what the token's answer says"),
    fact("poweroffice.filter-edge", Reads, &[right("left out"), right("taken in")], RECORDS),
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
];

pub(super) const PROCOUNTOR: &[Fact] = &[
    fact(
        "procountor.zone",
        Reads,
        &[right("Helsinki"), set("UTC", "settings.start_date three hours before the first pull")],
        "change a product in Procountor and run it again within the hour: the time it then has, beside a clock",
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
        Person,
        &[right("one"), right("each its own")],
        "a limit is not broken to see it: the bridge counts paths that differ in an id as one",
    ),
];
