//! Facts of Procountor.

use super::{Fact, Vendor, answer};

pub(super) const FACTS: &[Fact] = &[
    Fact {
        id: "procountor.zone",
        vendor: Vendor::Procountor,
        section: "2",
        question: "In which zone are its times?",
        answers: &[
            answer("Helsinki", "begins at Finnish time, and goes on from the times that the vendor gave"),
            answer(
                "UTC",
                "right from a start_date on; without one the first three hours of a tenant are asked for too late",
            ),
        ],
    },
    Fact {
        id: "procountor.fraction",
        vendor: Vendor::Procountor,
        section: "2",
        question: "How many digits does a fraction of a second have?",
        answers: &[answer("none", "reads any"), answer("3", "reads any"), answer("7", "reads any")],
    },
    Fact {
        id: "procountor.filter-edge",
        vendor: Vendor::Procountor,
        section: "4",
        question: "Is a record of exactly versionStartDate among the answers?",
        answers: &[
            answer("taken in", "the ledger drops what is the same"),
            answer("left out", "asks from an overlap on"),
        ],
    },
    Fact {
        id: "procountor.previous-id",
        vendor: Vendor::Procountor,
        section: "4",
        question: "Does previousId work on invoices?",
        answers: &[
            answer("it does", "turns pages by it"),
            answer("it is passed over", "sees that nothing new comes, and turns pages by number"),
        ],
    },
    Fact {
        id: "procountor.send-orders",
        vendor: Vendor::Procountor,
        section: "2",
        question: "Do /approve and /send take a sales order?",
        answers: &[
            answer("taken", "sends a shipped order once"),
            answer("refused", "the shipment is left for a person, with the vendor's words"),
        ],
    },
    Fact {
        id: "procountor.approve-body",
        vendor: Vendor::Procountor,
        section: "2",
        question: "Does /approve need a body?",
        answers: &[answer("needed", "sends one"), answer("not needed", "sends one all the same")],
    },
    Fact {
        id: "procountor.total-count",
        vendor: Vendor::Procountor,
        section: "2",
        question: "Does a list say how many there are?",
        answers: &[
            answer("it does", "uses it for nothing but the end of a list"),
            answer("it does not", "ends at a page that is not full"),
        ],
    },
    Fact {
        id: "procountor.offers",
        vendor: Vendor::Procountor,
        section: "2",
        question: "Do offers come along although isOffer is false?",
        answers: &[answer("no", "leaves offers out all the same"), answer("yes", "leaves them out")],
    },
    Fact {
        id: "procountor.absent-members",
        vendor: Vendor::Procountor,
        section: "2",
        question: "How is an absent member spelled?",
        answers: &[answer("left out", "takes both alike"), answer("null", "takes both alike")],
    },
    Fact {
        id: "procountor.read-alone",
        vendor: Vendor::Procountor,
        section: "2, 7",
        question: "How does a record come that is asked for alone?",
        answers: &[answer("bare", "reads both"), answer("in a list", "reads both")],
    },
    Fact {
        id: "procountor.row-ids",
        vendor: Vendor::Procountor,
        section: "4",
        question: "Do rows keep their ids when somebody edits the document?",
        answers: &[
            answer("kept", "a row is the same row in Ongoing"),
            answer("renewed", "sends new rows, and looks whether the old ones are gone"),
        ],
    },
    Fact {
        id: "procountor.row-edits",
        vendor: Vendor::Procountor,
        section: "4",
        question: "Does every edit of a row move the document's version?",
        answers: &[
            answer("it does", "reads what has a new version; the open orders are read once an hour all the same"),
            answer("it does not", "reads the open orders once an hour, and sends what is another content"),
        ],
    },
    Fact {
        id: "procountor.inactive",
        vendor: Vendor::Procountor,
        section: "2",
        question: "Does a list of products have the inactive ones, where nobody asks for them?",
        answers: &[
            answer("listed", "asks for them in a list of their own all the same; the ledger drops what is the same"),
            answer("left out", "asks for them in a list of their own, and sets the article inactive"),
        ],
    },
    Fact {
        id: "procountor.own-version",
        vendor: Vendor::Procountor,
        section: "2",
        question: "Do our own /approve and /send move the document's version?",
        answers: &[
            answer("it moves", "reads the document again and finds it the same"),
            answer("it stays", "reads it no more"),
        ],
    },
];
