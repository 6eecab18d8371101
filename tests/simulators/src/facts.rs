//! What nobody outside knows of the vendors, enumerated: each fact with all its possible answers, the assumed one first, and
//! what the bridge does under each. Every answer is a switch of its vendor's simulator ([`assume`](crate::Simulator::assume)).
//! `docs/facts.md` is this list.

/// Whose behaviour it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Vendor {
    /// Ongoing WMS.
    Ongoing,
    /// PowerOffice Go.
    PowerOffice,
    /// Finago Office.
    Finago,
    /// Procountor.
    Procountor,
    /// Visma eAccounting.
    Visma,
}

impl Vendor {
    /// All of them.
    pub const ALL: [Self; 5] = [Self::Ongoing, Self::PowerOffice, Self::Finago, Self::Procountor, Self::Visma];

    /// The name people know.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Ongoing => "Ongoing WMS",
            Self::PowerOffice => "PowerOffice Go",
            Self::Finago => "Finago Office",
            Self::Procountor => "Procountor",
            Self::Visma => "Visma eAccounting",
        }
    }
}

/// A fact that is not known.
#[derive(Debug)]
pub struct Fact {
    /// Its name, which begins with its vendor's.
    pub id: &'static str,
    /// Whose behaviour.
    pub vendor: Vendor,
    /// Sections of the vendor's sheet.
    pub section: &'static str,
    /// What is not known.
    pub question: &'static str,
    /// The answers that are possible, the assumed one first.
    pub answers: &'static [Answer],
}

/// A possible answer.
#[derive(Debug)]
pub struct Answer {
    /// In a word.
    pub word: &'static str,
    /// What the bridge does where it is so.
    pub then: &'static str,
}

impl Fact {
    /// The fact of this name.
    #[must_use]
    pub fn named(id: &str) -> Option<&'static Self> {
        ALL.iter().find(|fact| fact.id == id)
    }

    /// The answer that is assumed.
    #[must_use]
    pub fn assumed(&self) -> &'static str {
        self.answers[0].word
    }
}

/// Whether this vendor has the fact, and the fact the answer.
///
/// # Errors
/// Which of the two is not so.
pub fn check(vendor: Vendor, fact: &str, answer: &str) -> Result<(), String> {
    let known = Fact::named(fact).filter(|known| known.vendor == vendor);
    let known = known.ok_or_else(|| format!("{} has no fact {fact}", vendor.name()))?;
    let is_one = known.answers.iter().any(|known| known.word == answer);
    if is_one { Ok(()) } else { Err(format!("{answer} is no answer to {fact}")) }
}

/// What to say of a fact that no switch follows: a fault of the list.
#[must_use]
pub fn no_switch(fact: &str) -> String {
    format!("the fact {fact} has no switch")
}

const fn answer(word: &'static str, then: &'static str) -> Answer {
    Answer { word, then }
}

/// The one list of them.
pub static ALL: &[Fact] = &[
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
        answers: &[answer("1 s", "waits as long"), answer("not said", "waits a second and more by itself")],
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
        id: "procountor.zone",
        vendor: Vendor::Procountor,
        section: "2",
        question: "In which zone are its times?",
        answers: &[
            answer("Helsinki", "begins at Finnish time, and goes on from the times that the vendor gave"),
            answer("UTC", "NOT RIGHT YET: what changes in the first three hours of a tenant is asked for too late"),
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
];
