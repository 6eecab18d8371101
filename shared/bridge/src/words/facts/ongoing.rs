//! Facts of Ongoing WMS.

use super::By::{Person, Writes};
use super::{Fact, fact, right, set};

/// A document of its own is needed.
const OWN: &str = "run it with --write, against a test goods owner";

pub(super) const FACTS: &[Fact] = &[
    fact("ongoing.put-omitted", Writes, &[right("kept"), right("cleared")], OWN),
    fact("ongoing.put-null", Writes, &[right("cleared"), right("kept")], OWN),
    fact("ongoing.rows-omitted", Writes, &[right("removed"), right("kept")], OWN),
    fact("ongoing.zero-quantity", Writes, &[right("taken"), right("refused")], OWN),
    fact("ongoing.unknown-article", Writes, &[right("refused"), right("made")], OWN),
    fact("ongoing.unknown-member", Writes, &[right("refused"), right("passed over")], OWN),
    fact("ongoing.long-text", Writes, &[right("refused"), right("cut")], OWN),
    fact(
        "ongoing.refusal-status",
        Person(NO_WAREHOUSE),
        &[right("400"), right("409"), right("403"), right("422")],
        "have the warehouse begin to pick a test order and change it in the ERP: the status in the log of wms-import at the next tick",
    ),
    fact("ongoing.cancel-again", Writes, &[right("refused"), right("taken")], OWN),
    fact("ongoing.cancelled-number", Writes, &[right("refused"), right("opened again")], OWN),
    fact("ongoing.start-status", Writes, &[right("300"), right("200")], OWN),
    fact("ongoing.write-id", Writes, &[right("always"), right("never")], OWN),
    fact("ongoing.purchase-order-id", Writes, &[right("kept"), right("unknown")], OWN),
    fact(
        "ongoing.header-names",
        Person("the bridge's network writes capitals and has no way to write small letters"),
        &[right("refused"), right("taken")],
        "curl --http1.1 -H 'authorization: Basic …' on orders/statuses: 500 is refused, 200 is taken",
    ),
    fact(
        "ongoing.kit-picks",
        Person(NO_WAREHOUSE),
        &[right("on its row"), right("on its parts alone")],
        "have the warehouse pick a test order of a kit: pickedNumberOfItems of its row in GET orders, beside subOrderLines",
    ),
    fact("ongoing.same-article", Writes, &[right("two rows"), right("one of both"), right("one of the last")], OWN),
    fact(
        "ongoing.shared-address",
        Writes,
        &[right("it does"), set("it takes the other's", "settings.customer_number per_address")],
        OWN,
    ),
    fact("ongoing.absent-members", Writes, &[right("null"), right("left out"), right("an empty list")], OWN),
];

/// A probe's orders have nothing in the house that could be picked.
const NO_WAREHOUSE: &str = "only a warehouse picks, and no call does: a status that a call sets is no pick";
