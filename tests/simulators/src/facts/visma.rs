//! Facts of Visma eAccounting.

use super::{Fact, Vendor, answer};

pub(super) const FACTS: &[Fact] = &[
    Fact {
        id: "visma.row-ids",
        vendor: Vendor::Visma,
        section: "2",
        question: "Do rows keep their ids when an order is written?",
        answers: &[
            answer("kept", "knows rows by their line number too"),
            answer("renewed", "knows rows by their line number"),
        ],
    },
    Fact {
        id: "visma.completed",
        vendor: Vendor::Visma,
        section: "2",
        question: "Does /completed set every delivered quantity to the ordered one?",
        answers: &[
            answer("no", "reads the order after it"),
            answer("yes", "reads the order after it, and writes what was delivered again"),
        ],
    },
    Fact {
        id: "visma.modified",
        vendor: Vendor::Visma,
        section: "2",
        question: "Does an order have ModifiedUtc before its first edit?",
        answers: &[answer("no", "asks for CreatedUtc as well"), answer("yes", "asks for both all the same")],
    },
    Fact {
        id: "visma.times",
        vendor: Vendor::Visma,
        section: "2",
        question: "How are moments spelled?",
        answers: &[
            answer("with Z", "reads all three"),
            answer("seven digits, no zone", "reads all three"),
            answer("milliseconds, no zone", "reads all three"),
        ],
    },
    Fact {
        id: "visma.or-terms",
        vendor: Vendor::Visma,
        section: "2",
        question: "How many terms of an `or` does a filter take?",
        answers: &[answer("19", "asks for 15 at most"), answer("15", "asks for 15 at most")],
    },
    Fact {
        id: "visma.order-filter",
        vendor: Vendor::Visma,
        section: "2",
        question: "Which filters of the list of orders are refused?",
        answers: &[
            answer("none", "asks with a filter"),
            answer("ModifiedUtc", "asks more plainly, and reads the list from its beginning"),
        ],
    },
    Fact {
        id: "visma.order-sort",
        vendor: Vendor::Visma,
        section: "2",
        question: "Can the list of orders be sorted?",
        answers: &[answer("it can", "asks for an order"), answer("it cannot", "asks more plainly")],
    },
    Fact {
        id: "visma.refusal-words",
        vendor: Vendor::Visma,
        section: "2",
        question: "In which words is a list refused?",
        answers: &[answer("the vendor's", "asks more plainly"), answer("the server's own", "asks more plainly")],
    },
    Fact {
        id: "visma.decimals",
        vendor: Vendor::Visma,
        section: "3",
        question: "Are more decimals refused than are allowed?",
        answers: &[
            answer("refused", "rounds what was refused, and the journal says so"),
            answer("taken", "sends them as read"),
        ],
    },
    Fact {
        id: "visma.read-only",
        vendor: Vendor::Visma,
        section: "3",
        question: "What becomes of read-only members in a write?",
        answers: &[answer("passed over", "sends none"), answer("refused", "sends none")],
    },
    Fact {
        id: "visma.unknown-member",
        vendor: Vendor::Visma,
        section: "3",
        question: "What becomes of members in a write that the vendor does not know?",
        answers: &[answer("passed over", "sends none"), answer("refused", "sends none")],
    },
    Fact {
        id: "visma.rate-endpoint",
        vendor: Vendor::Visma,
        section: "4",
        question: "Do paths that differ in an id count as one endpoint?",
        answers: &[answer("one", "counts them as one"), answer("each its own", "counts them as one all the same")],
    },
    Fact {
        id: "visma.stock-write",
        vendor: Vendor::Visma,
        section: "4",
        question: "Is the stock kept that a write of an article names?",
        answers: &[
            answer("kept", "reads it after the write and finds it so"),
            answer(
                "passed over",
                "reads it after the write, says that it is not taken, and tries again when it differs",
            ),
        ],
    },
    Fact {
        id: "visma.refresh-token",
        vendor: Vendor::Visma,
        section: "1",
        question: "Which refresh token does a refresh give?",
        answers: &[
            answer("another", "stores it before it is used; one process refreshes at a time"),
            answer("the same", "the same"),
        ],
    },
];
