//! Facts of Finago Office.

use super::{Fact, Vendor, answer};

pub(super) const FACTS: &[Fact] = &[
    Fact {
        id: "finago.filter-clock",
        vendor: Vendor::Finago,
        section: "5.3",
        question: "How is a moment without an offset read in a filter?",
        answers: &[
            answer("UTC", "asks an overlap of more than the zone's distance"),
            answer("Norwegian time", "the same overlap holds"),
        ],
    },
    Fact {
        id: "finago.filter-edge",
        vendor: Vendor::Finago,
        section: "2.1",
        question: "Is a record of exactly the filter's moment among the answers?",
        answers: &[
            answer("left out", "asks from an overlap on"),
            answer("taken in", "the ledger drops what is the same"),
        ],
    },
    Fact {
        id: "finago.stock-moves-change",
        vendor: Vendor::Finago,
        section: "2.1",
        question: "Does a stock write move the product's time of change?",
        answers: &[
            answer("it does", "reads the product again and finds it the same"),
            answer("it does not", "reads it no more"),
        ],
    },
    Fact {
        id: "finago.session-lifetime",
        vendor: Vendor::Finago,
        section: "1.3",
        question: "How long does a session live that is not used?",
        answers: &[answer("20 min", "logs in again when it is gone"), answer("1 min", "the same")],
    },
    Fact {
        id: "finago.sessions",
        vendor: Vendor::Finago,
        section: "1.3",
        question: "Does a login end the user's other sessions?",
        answers: &[answer("no", "shares one session"), answer("yes", "logs in again when it is gone")],
    },
    Fact {
        id: "finago.session-words",
        vendor: Vendor::Finago,
        section: "8",
        question: "What is said of a session that is gone?",
        answers: &[
            answer("not authenticated", "logs in again"),
            answer("the request is not authenticated", "logs in again"),
            answer("unclear", "asks HasSession, then logs in again"),
        ],
    },
    Fact {
        id: "finago.unset-members",
        vendor: Vendor::Finago,
        section: "5.4",
        question: "How does a member come that is not set?",
        answers: &[answer("left out", "takes it as absent"), answer("by a stand-in", "takes the stand-in as absent")],
    },
    Fact {
        id: "finago.change-times",
        vendor: Vendor::Finago,
        section: "8",
        question: "How fine are the times of change?",
        answers: &[
            answer("to the second", "compares the content of equal versions"),
            answer("to the minute", "compares the content of equal versions, and reads an overlap"),
        ],
    },
    Fact {
        id: "finago.save-defaults",
        vendor: Vendor::Finago,
        section: "8",
        question: "Does SaveInvoices set what is left out to its default?",
        answers: &[answer("it does", "sends back what would be"), answer("it does not", "sends it back all the same")],
    },
    Fact {
        id: "finago.stock-write",
        vendor: Vendor::Finago,
        section: "2.5",
        question: "What does SetStockQuantity do with the quantity?",
        answers: &[
            answer("sets it", "reads the stock after it and finds it so"),
            answer("adds to it", "reads the stock after it, and takes back what is too much"),
        ],
    },
    Fact {
        id: "finago.weight-unit",
        vendor: Vendor::Finago,
        section: "7",
        question: "In which unit is a product's weight?",
        answers: &[
            answer("kilograms", "sends it as it is"),
            answer("grams", "sends kilograms where weight_unit is g; else check finds that the articles are too heavy"),
        ],
    },
    Fact {
        id: "finago.sent-takes-stock",
        vendor: Vendor::Finago,
        section: "2.3",
        question: "Does an order that becomes Sent take its goods from the ERP's stock?",
        answers: &[
            answer("it does", "writes the warehouse's stock after the state"),
            answer("it does not", "the same"),
        ],
    },
];
