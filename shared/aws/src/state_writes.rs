//! Conditional writes of the state table that are ready at one moment go in one call.
//!
//! Each is a write of its own, with its own condition and its own answer, as if each were sent by itself beside the others:
//! `BatchExecuteStatement` neither orders nor joins its statements (AWS, `PartiQL` batch operations). What it saves is the
//! call: signing, sending and reading an answer are most of what a small write costs.

use std::cell::RefCell;
use std::rc::Rc;
use std::time::Duration;

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::error::{ProvideErrorMetadata, SdkError};
use aws_sdk_dynamodb::types::{
    AttributeValue, BatchStatementError, BatchStatementErrorCodeEnum, BatchStatementRequest,
};
use bridge::ports::{Item, Put};
use bridge::words::fault::{Fault, Result};
use futures_util::FutureExt as _;
use futures_util::future::{LocalBoxFuture, Shared};

use crate::error_mapping::fault;
use crate::item::plain;

/// Statements of one call. With items of 400 KB, the most that DynamoDB keeps, it is within the 16 MB of a call.
const MOST: usize = 25;

/// Times a statement is sent that DynamoDB was too busy for.
const ROUNDS: u32 = 6;

/// What became of each write of a call, in their order.
type Answers = Rc<Vec<Result<Put>>>;

/// The writes of one table.
pub(crate) struct Writes {
    client: Client,
    table: String,
    open: RefCell<Option<Call>>,
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
    pub(crate) fn new(client: Client, table: String) -> Self {
        Self { client, table, open: RefCell::default() }
    }

    /// Writes an item if the stored revision is one less than its own.
    pub(crate) async fn put(&self, item: Item) -> Result<Put> {
        if item.rev == 0 {
            return Err(Fault::Unexpected("a revision begins at 1".into()));
        }
        // A statement changes members and does not replace an item: what expires would stay on one that expires no more.
        if item.expires.is_some() {
            return put(&self.client, &self.table, &item).await;
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
        let made = made(self.client.clone(), self.table.clone(), Rc::clone(&writes));
        let answers = made.boxed_local().shared();
        *open = Some(Call { writes, answers: answers.clone() });
        (at, answers)
    }
}

/// Makes a call of what has joined until now.
async fn made(client: Client, table: String, writes: Rc<RefCell<Joining>>) -> Answers {
    let items = {
        let mut joining = writes.borrow_mut();
        joining.made = true;
        std::mem::take(&mut joining.items)
    };
    Rc::new(match items.as_slice() {
        [item] => vec![put(&client, &table, item).await],
        _ => batch(&client, &table, &items).await,
    })
}

/// One write in a call of its own.
async fn put(client: &Client, table: &str, item: &Item) -> Result<Put> {
    let mut call = client.put_item().table_name(table);
    call = match item.rev - 1 {
        0 => call.condition_expression("attribute_not_exists(pk)"),
        before => call
            .condition_expression("rev = :before")
            .expression_attribute_values(":before", AttributeValue::N(before.to_string())),
    };
    let written = call.set_item(Some(plain(item)?)).send().await;
    settled("PutItem", written.err(), |error| error.is_conditional_check_failed_exception())
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

/// Many writes in one call; those that DynamoDB was too busy for are sent again.
async fn batch(client: &Client, table: &str, items: &[Item]) -> Vec<Result<Put>> {
    let mut answers: Vec<Option<Result<Put>>> = vec![None; items.len()];
    for round in 0..ROUNDS {
        let open: Vec<usize> = (0..items.len()).filter(|at| answers[*at].is_none()).collect();
        if open.is_empty() {
            break;
        }
        if round > 0 {
            tokio::time::sleep(Duration::from_millis(50 << round)).await;
        }
        let last = round + 1 == ROUNDS;
        for (at, answer) in open.iter().zip(called(client, table, open.iter().map(|at| &items[*at])).await) {
            answers[*at] = match answer {
                Answer::Busy(why) if last => Some(Err(Fault::unavailable(why))),
                Answer::Busy(_) => None,
                Answer::Known(known) => Some(known),
            };
        }
    }
    let none = || Err(Fault::unavailable("BatchExecuteStatement: a statement has no answer"));
    answers.into_iter().map(|answer| answer.unwrap_or_else(none)).collect()
}

/// What is answered of one statement.
enum Answer {
    Known(Result<Put>),
    Busy(String),
}

async fn called<'i>(client: &Client, table: &str, items: impl ExactSizeIterator<Item = &'i Item>) -> Vec<Answer> {
    let many = items.len();
    let all = |fault: &Fault| (0..many).map(|_| Answer::Known(Err(fault.clone()))).collect();
    let statements = match items.map(|item| statement(table, item)).collect::<Result<Vec<_>>>() {
        Ok(statements) => statements,
        Err(fault) => return all(&fault),
    };
    let answered = client.batch_execute_statement().set_statements(Some(statements)).send().await;
    let answered = match answered.map_err(|error| fault("BatchExecuteStatement", &error)) {
        Ok(answered) => answered,
        Err(fault) => return all(&fault),
    };
    let responses = answered.responses.unwrap_or_default();
    if responses.len() != many {
        return all(&Fault::unavailable(format!("BatchExecuteStatement: {} answers to {many}", responses.len())));
    }
    responses.into_iter().map(|response| response.error.map_or(Answer::Known(Ok(Put::Done)), refused)).collect()
}

/// What a refused statement means: its condition is its own answer, and what passes is sent again.
fn refused(error: BatchStatementError) -> Answer {
    use BatchStatementErrorCodeEnum as Code;
    let name = error.code.as_ref().map_or("no code", Code::as_str);
    let why = format!("BatchExecuteStatement: {name}: {}", error.message.unwrap_or_default());
    match error.code {
        Some(Code::ConditionalCheckFailed | Code::DuplicateItem) => Answer::Known(Ok(Put::Conflict)),
        Some(Code::AccessDenied) => Answer::Known(Err(Fault::Unauthorized(why))),
        Some(Code::ValidationError | Code::ResourceNotFound | Code::ItemCollectionSizeLimitExceeded) => {
            Answer::Known(Err(Fault::Unexpected(why)))
        }
        // A throttle, or an error of DynamoDB's own.
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
