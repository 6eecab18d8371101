//! Facts of PowerOffice Go.

use super::{Fact, Vendor, answer};

pub(super) const FACTS: &[Fact] = &[
    Fact {
        id: "poweroffice.replica-lag",
        vendor: Vendor::PowerOffice,
        section: "5",
        question: "How late do reads see a write?",
        answers: &[
            answer("at once", "reads an overlap all the same"),
            answer("2 s", "the overlap brings what a read missed"),
            answer("60 s", "the overlap brings what a read missed"),
        ],
    },
    Fact {
        id: "poweroffice.retry-after",
        vendor: Vendor::PowerOffice,
        section: "8",
        question: "Does a throttled call say how long to wait?",
        answers: &[
            answer("1 s", "waits as long"),
            answer("not said", "waits a second and more by itself, and tells it as schema drift"),
        ],
    },
    Fact {
        id: "poweroffice.token-lifetime",
        vendor: Vendor::PowerOffice,
        section: "1",
        question: "How long does a token live?",
        answers: &[answer("20 min", "renews it before it ends, or on a 401"), answer("10 min", "the same")],
    },
    Fact {
        id: "poweroffice.filter-edge",
        vendor: Vendor::PowerOffice,
        section: "2.1",
        question: "Is a record of exactly the filter's moment among the answers?",
        answers: &[
            answer("left out", "asks from an overlap on"),
            answer("taken in", "the ledger drops what is the same"),
        ],
    },
    Fact {
        id: "poweroffice.archived",
        vendor: Vendor::PowerOffice,
        section: "8",
        question: "Does a list have what is archived, where nobody asks for it?",
        answers: &[
            answer("listed", "sets the article inactive"),
            answer("left out", "the article stays active until the product is read by its number: bridgectl replay"),
        ],
    },
    Fact {
        id: "poweroffice.credit-link",
        vendor: Vendor::PowerOffice,
        section: "9",
        question: "How does a credit note say which invoice it is about?",
        answers: &[
            answer("number and match", "holds it against that invoice"),
            answer("number alone", "the same"),
            answer(
                "match alone",
                "the same where it leaves nothing of an invoice that is not paid; else invoices of its customer and amount \
                 wait for a person",
            ),
            answer("not at all", "invoices of its customer and amount wait for a person"),
        ],
    },
];
