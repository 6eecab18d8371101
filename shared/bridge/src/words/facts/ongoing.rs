//! Facts of Ongoing WMS.

use super::By::{Person, Writes};
use super::{Fact, fact, right};

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
        Person,
        &[right("400"), right("409"), right("403"), right("422")],
        "the warehouse begins to pick an order that is then changed in the ERP; bridgectl where NUMBER shows Ongoing's answer",
    ),
    fact("ongoing.cancel-again", Writes, &[right("refused"), right("taken")], OWN),
    fact("ongoing.cancelled-number", Writes, &[right("refused"), right("opened again")], OWN),
    fact("ongoing.start-status", Writes, &[right("300"), right("200")], OWN),
    fact("ongoing.write-id", Writes, &[right("always"), right("never")], OWN),
    fact("ongoing.purchase-order-id", Writes, &[right("kept"), right("unknown")], OWN),
    fact(
        "ongoing.header-names",
        Person,
        &[right("refused"), right("taken")],
        "the bridge cannot send small letters: curl --http1.1 -H 'authorization: …' on orders/statuses, which answers 500 or 200",
    ),
];
