//! Facts of Ongoing WMS.

use super::{Fact, Vendor, answer};

pub(super) const FACTS: &[Fact] = &[
    Fact {
        id: "ongoing.put-omitted",
        vendor: Vendor::Ongoing,
        section: "2.1, 8",
        question: "What does a PUT do to a member that it leaves out?",
        answers: &[
            answer("kept", "says null for what the last body had and this one has not"),
            answer("cleared", "the same; nothing else is lost, since every body is whole"),
        ],
    },
    Fact {
        id: "ongoing.put-null",
        vendor: Vendor::Ongoing,
        section: "8",
        question: "What does a PUT do to a member that it says is null?",
        answers: &[
            answer("cleared", "nothing more is to be done"),
            answer("kept", "looks after the write, and the ledger names the members that are left and this fact"),
        ],
    },
    Fact {
        id: "ongoing.rows-omitted",
        vendor: Vendor::Ongoing,
        section: "2.5",
        question: "Are rows removed that a PUT leaves out?",
        answers: &[
            answer("removed", "looks after the write and finds nothing to do"),
            answer("kept", "looks after the write and empties the rows that are left: quantity 0"),
        ],
    },
    Fact {
        id: "ongoing.zero-quantity",
        vendor: Vendor::Ongoing,
        section: "8",
        question: "Is a row of quantity 0 taken?",
        answers: &[
            answer("taken", "empties rows with it, where rows that are left out stay"),
            answer(
                "refused",
                "sends none, but where rows that are left out stay: then the order is parked with Ongoing's words",
            ),
        ],
    },
    Fact {
        id: "ongoing.unknown-article",
        vendor: Vendor::Ongoing,
        section: "2.1",
        question: "What becomes of an order that names an article which Ongoing does not have?",
        answers: &[
            answer("refused", "articles go first; what is refused waits for the article that is missing"),
            answer("made", "articles go first; a later article of that number is the same one"),
        ],
    },
    Fact {
        id: "ongoing.unknown-member",
        vendor: Vendor::Ongoing,
        section: "0.5",
        question: "Is a body refused that has a member which is not declared?",
        answers: &[answer("refused", "sends declared members alone"), answer("passed over", "the same")],
    },
    Fact {
        id: "ongoing.long-text",
        vendor: Vendor::Ongoing,
        section: "2.3, 8",
        question: "Is a text refused that is too long?",
        answers: &[answer("refused", "cuts texts and parks keys before they are sent"), answer("cut", "the same")],
    },
    Fact {
        id: "ongoing.refusal-status",
        vendor: Vendor::Ongoing,
        section: "2.4",
        question: "With which status is a change of an order refused that the warehouse has begun?",
        answers: &[
            answer("400", "looks at the order again: begun is blocked, anything else parked"),
            answer("409", "the same"),
            answer("403", "the same"),
            answer("422", "the same"),
        ],
    },
    Fact {
        id: "ongoing.cancel-again",
        vendor: Vendor::Ongoing,
        section: "2.4",
        question: "What does the cancellation of a cancelled order answer?",
        answers: &[
            answer("refused", "looks at the order before and after: cancelled is cancelled"),
            answer("taken", "the same"),
        ],
    },
    Fact {
        id: "ongoing.cancelled-number",
        vendor: Vendor::Ongoing,
        section: "6.12",
        question: "May the number of a cancelled order be used again?",
        answers: &[
            answer("refused", "an order that is cancelled is never written: it is left for a person"),
            answer("opened again", "the same"),
        ],
    },
    Fact {
        id: "ongoing.start-status",
        vendor: Vendor::Ongoing,
        section: "2.3",
        question: "With which status does an order begin?",
        answers: &[answer("300", "compares with started_from_status alone"), answer("200", "the same")],
    },
    Fact {
        id: "ongoing.write-id",
        vendor: Vendor::Ongoing,
        section: "1.8",
        question: "Does an accepted write always answer with an id?",
        answers: &[answer("always", "takes it"), answer("never", "reads the id by the number")],
    },
    Fact {
        id: "ongoing.purchase-order-id",
        vendor: Vendor::Ongoing,
        section: "2.6",
        question: "Does Ongoing keep the ERP's id of a purchase order?",
        answers: &[
            answer("kept", "tells its own purchase orders by it"),
            answer("unknown", "tells its own by the ledger, and leaves the rest to a person"),
        ],
    },
    Fact {
        id: "ongoing.header-names",
        vendor: Vendor::Ongoing,
        section: "0.1",
        question: "Are header names in small letters refused?",
        answers: &[answer("refused", "sends them with capitals"), answer("taken", "the same")],
    },
    Fact {
        id: "ongoing.kit-picks",
        vendor: Vendor::Ongoing,
        section: "3.1",
        question: "Where do the picks of a kit stand?",
        answers: &[
            answer("on its row", "takes the row's"),
            answer("on its parts alone", "takes as many kits as the part that is shortest allows"),
        ],
    },
    Fact {
        id: "ongoing.same-article",
        vendor: Vendor::Ongoing,
        section: "2.3",
        question: "What becomes of two rows of one article in one order?",
        answers: &[
            answer("two rows", "takes each row's picks"),
            answer("one of both", "shares the picks of one row out among the rows of the ERP"),
            answer("one of the last", "looks after the write, and sends one row with the pieces of both"),
        ],
    },
    Fact {
        id: "ongoing.shared-address",
        vendor: Vendor::Ongoing,
        section: "6.4",
        question: "Does an open order keep its address, when another order of its customer number has another?",
        answers: &[
            answer("it does", "sends the customer's number as it is"),
            answer(
                "it takes the other's",
                "sends a number for each address where customer_number is per_address; else a proof names the orders that go elsewhere",
            ),
        ],
    },
    Fact {
        id: "ongoing.absent-members",
        vendor: Vendor::Ongoing,
        section: "0.4",
        question: "How is a member spelled that is not there?",
        answers: &[
            answer("null", "takes all three alike"),
            answer("left out", "the same"),
            answer("an empty list", "the same"),
        ],
    },
];
