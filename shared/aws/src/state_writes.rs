//! Conditional writes of the state table that are ready at one moment go in one call.
//!
//! Each is a write of its own, with its own condition and its own answer, as if each were sent by itself beside the others:
//! `BatchExecuteStatement` neither orders nor joins its statements (AWS, `PartiQL` batch operations). What it saves is the
//! call: signing, sending and reading an answer are most of what a small write costs.

use std::cell::{Cell, RefCell};
use std::rc::Rc;
use std::time::Duration;

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::error::{ProvideErrorMetadata, SdkError};
use aws_sdk_dynamodb::types::{
    AttributeValue, BatchStatementError, BatchStatementErrorCodeEnum, BatchStatementRequest, BatchStatementResponse,
};
use bridge::ports::{Item, Put};
use bridge::words::fault::{Fault, Result};
use futures_util::FutureExt as _;
use futures_util::future::{LocalBoxFuture, Shared};
use futures_util::stream::{self, StreamExt as _};

use crate::error_mapping::fault;
use crate::item::plain;

/// Statements of one call. With items of 400 KB, the most that DynamoDB keeps, it is within the 16 MB of a call.
const MOST: usize = 25;

/// Calls at a time where each write goes alone.
const ALONE: usize = 8;

/// Times a statement is sent that DynamoDB was too busy for.
const ROUNDS: u32 = 6;

/// What became of each write of a call, in their order.
type Answers = Rc<Vec<Result<Put>>>;

/// The writes of one table.
pub(crate) struct Writes {
    table: Rc<Table>,
    open: RefCell<Option<Call>>,
}

/// The table, and whether it takes many writes in one call.
struct Table {
    client: Client,
    name: String,
    /// The caller has no right to it: `dynamodb:PartiQLInsert` and `PartiQLUpdate`.
    denied: Cell<bool>,
}

/// A call that is about to be made. Whoever waits for its answers drives it, so that it is made although one of them is
/// dropped.
struct Call {
    writes: Rc<RefCell<Joining>>,
    answers: Shared<LocalBoxFuture<'static, Answers>>,
}

/// The writes of a call, until it is made.
#[derive(Default)]
struct Joining {
    items: Vec<Item>,
    made: bool,
}

impl Joining {
    /// Whether a write may join: one item is not written twice in one call.
    fn takes(&self, item: &Item) -> bool {
        let same = |other: &Item| (&other.pk, &other.sk) == (&item.pk, &item.sk);
        !self.made && self.items.len() < MOST && !self.items.iter().any(same)
    }

    fn join(&mut self, item: Item) -> usize {
        self.items.push(item);
        self.items.len() - 1
    }
}

impl Writes {
    pub(crate) fn new(client: Client, name: String) -> Self {
        Self { table: Rc::new(Table { client, name, denied: Cell::default() }), open: RefCell::default() }
    }

    /// Writes an item if the stored revision is one less than its own.
    pub(crate) async fn put(&self, item: Item) -> Result<Put> {
        if item.rev == 0 {
            return Err(Fault::Unexpected("a revision begins at 1".into()));
        }
        // A statement changes members and does not replace an item: what expires would stay on one that expires no more.
        if item.expires.is_some() {
            return self.table.put(&item).await;
        }
        let (at, answers) = self.join(item);
        // Whatever else is ready at this moment joins before the call is made.
        tokio::task::yield_now().await;
        let answers = answers.await;
        answers.get(at).cloned().unwrap_or_else(|| Err(Fault::Unexpected("a write of a batch has no answer".into())))
    }

    /// Joins the call that is about to be made, or begins another one.
    fn join(&self, item: Item) -> (usize, Shared<LocalBoxFuture<'static, Answers>>) {
        let mut open = self.open.borrow_mut();
        if let Some(call) = open.as_ref() {
            let mut joining = call.writes.borrow_mut();
            if joining.takes(&item) {
                return (joining.join(item), call.answers.clone());
            }
        }
        let writes = Rc::new(RefCell::new(Joining::default()));
        let at = writes.borrow_mut().join(item);
        let made = made(Rc::clone(&self.table), Rc::clone(&writes));
        let answers = made.boxed_local().shared();
        *open = Some(Call { writes, answers: answers.clone() });
        (at, answers)
    }
}

/// Makes a call of what has joined until now.
async fn made(table: Rc<Table>, writes: Rc<RefCell<Joining>>) -> Answers {
    let items = {
        let mut joining = writes.borrow_mut();
        joining.made = true;
        std::mem::take(&mut joining.items)
    };
    let answers = match items.as_slice() {
        [item] => vec![table.put(item).await],
        _ if table.denied.get() => table.one_by_one(&items).await,
        _ => table.batch(&items).await,
    };
    Rc::new(answers)
}

impl Table {
    /// One write in a call of its own.
    async fn put(&self, item: &Item) -> Result<Put> {
        let mut call = self.client.put_item().table_name(&self.name);
        call = match item.rev - 1 {
            0 => call.condition_expression("attribute_not_exists(pk)"),
            before => call
                .condition_expression("rev = :before")
                .expression_attribute_values(":before", AttributeValue::N(before.to_string())),
        };
        let written = call.set_item(Some(plain(item)?)).send().await;
        settled("PutItem", written.err(), |error| error.is_conditional_check_failed_exception())
    }

    /// Each write in a call of its own, a few at a time.
    async fn one_by_one(&self, items: &[Item]) -> Vec<Result<Put>> {
        stream::iter(items).map(|item| self.put(item)).buffered(ALONE).collect().await
    }

    /// Many writes in one call; those that DynamoDB was too busy for are sent again.
    async fn batch(&self, items: &[Item]) -> Vec<Result<Put>> {
        let mut answers: Vec<Option<Result<Put>>> = vec![None; items.len()];
        for round in 0..ROUNDS {
            let open: Vec<usize> = (0..items.len()).filter(|at| answers[*at].is_none()).collect();
            if open.is_empty() {
                break;
            }
            if round > 0 {
                tokio::time::sleep(Duration::from_millis(50 << round)).await;
            }
            let asked = self.called(open.iter().map(|at| &items[*at])).await;
            for (at, answer) in open.into_iter().zip(asked) {
                answers[at] = match answer {
                    Answer::Known(known) => Some(known),
                    Answer::Busy(why) if round + 1 == ROUNDS => Some(Err(Fault::unavailable(why))),
                    Answer::Busy(_) => None,
                    Answer::Alone => Some(self.put(&items[at]).await),
                    // Nothing was written: whoever asks has the rights of an earlier release.
                    Answer::Denied(why) => {
                        if !self.denied.replace(true) {
                            tracing::warn!(target: "state", reason = why, "the table's writes go one by one");
                        }
                        Some(self.put(&items[at]).await)
                    }
                };
            }
        }
        let none = || Err(Fault::unavailable("BatchExecuteStatement: a statement has no answer"));
        answers.into_iter().map(|answer| answer.unwrap_or_else(none)).collect()
    }

    /// One call; an answer for each of its statements, in their order.
    async fn called<'i>(&self, items: impl ExactSizeIterator<Item = &'i Item>) -> Vec<Answer> {
        let many = items.len();
        match self.responses(items).await {
            Ok(responses) if responses.len() == many => {
                responses.into_iter().map(|one| one.error.map_or(Answer::Known(Ok(Put::Done)), refused)).collect()
            }
            Ok(responses) => {
                let why = format!("BatchExecuteStatement: {} answers to {many}", responses.len());
                (0..many).map(|_| Answer::Known(Err(Fault::unavailable(why.clone())))).collect()
            }
            Err(Fault::Unauthorized(why)) => (0..many).map(|_| Answer::Denied(why.clone())).collect(),
            // One that cannot be sent keeps no other from being written.
            Err(Fault::Unexpected(_)) => (0..many).map(|_| Answer::Alone).collect(),
            Err(fault) => (0..many).map(|_| Answer::Known(Err(fault.clone()))).collect(),
        }
    }

    async fn responses<'i>(&self, items: impl Iterator<Item = &'i Item>) -> Result<Vec<BatchStatementResponse>> {
        let statements = items.map(|item| statement(&self.name, item)).collect::<Result<Vec<_>>>()?;
        let answered = self.client.batch_execute_statement().set_statements(Some(statements)).send().await;
        let answered = answered.map_err(|error| fault("BatchExecuteStatement", &error))?;
        Ok(answered.responses.unwrap_or_default())
    }
}

/// The result of a conditional write. If its answer was lost and the SDK sent it again, it conflicts with itself: that
/// is a conflict too, and the caller reads the item.
pub(crate) fn settled<E, R>(what: &str, error: Option<SdkError<E, R>>, conflict: impl Fn(&E) -> bool) -> Result<Put>
where
    E: ProvideErrorMetadata,
{
    match error {
        None => Ok(Put::Done),
        Some(error) if error.as_service_error().is_some_and(&conflict) => Ok(Put::Conflict),
        Some(error) => Err(fault(what, &error)),
    }
}

/// What is answered of one statement.
enum Answer {
    Known(Result<Put>),
    /// A throttle, or an error of DynamoDB's own: nothing is known, and the condition stands for the next one.
    Busy(String),
    /// No right to it.
    Denied(String),
    /// The call was refused as a whole, for one of its statements.
    Alone,
}

/// What a refused statement means: its condition is its own answer, and what passes is sent again.
fn refused(error: BatchStatementError) -> Answer {
    use BatchStatementErrorCodeEnum as Code;
    let name = error.code.as_ref().map_or("no code", Code::as_str);
    let why = format!("BatchExecuteStatement: {name}: {}", error.message.unwrap_or_default());
    match error.code {
        Some(Code::ConditionalCheckFailed | Code::DuplicateItem) => Answer::Known(Ok(Put::Conflict)),
        Some(Code::AccessDenied) => Answer::Denied(why),
        Some(Code::ValidationError | Code::ResourceNotFound | Code::ItemCollectionSizeLimitExceeded) => {
            Answer::Known(Err(Fault::Unexpected(why)))
        }
        _ => Answer::Busy(why),
    }
}

/// An item that is not there yet is inserted; one that is changes, where it is as it was read. Both are refused where it is
/// otherwise: the first as a duplicate, the second by its condition.
fn statement(table: &str, item: &Item) -> Result<BatchStatementRequest> {
    let mut attributes = plain(item)?;
    let mut of = |name: &str| attributes.remove(name).unwrap_or(AttributeValue::Null(true));
    let (pk, sk, rev, body) = (of("pk"), of("sk"), of("rev"), of("body"));
    let (text, parameters) = match item.rev - 1 {
        0 => (
            format!(r#"INSERT INTO "{table}" VALUE {{'pk': ?, 'sk': ?, 'rev': ?, 'body': ?}}"#),
            vec![pk, sk, rev, body],
        ),
        before => (
            format!(r#"UPDATE "{table}" SET "rev" = ? SET "body" = ? WHERE "pk" = ? AND "sk" = ? AND "rev" = ?"#),
            vec![rev, body, pk, sk, AttributeValue::N(before.to_string())],
        ),
    };
    let request = BatchStatementRequest::builder().statement(text).set_parameters(Some(parameters)).build();
    request.map_err(|_| Fault::Unexpected("BatchExecuteStatement: a statement cannot be built".into()))
}
