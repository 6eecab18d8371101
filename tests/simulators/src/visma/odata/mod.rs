//! The vendor's `$filter`: comparisons, `and`, `or`, `not`, `contains`, and `any` over rows (Visma sheet, section 2).

mod parse;

use std::cmp::Ordering;

use jiff::Timestamp;
use rust_decimal::Decimal;
use serde_json::Value;

use super::members::{Body, Kind, decimal, moment};

/// A filter that was understood and whose fields exist.
#[derive(Clone, Debug)]
pub enum Filter {
    /// Both.
    And(Box<Filter>, Box<Filter>),
    /// Either.
    Or(Box<Filter>, Box<Filter>),
    /// Not.
    Not(Box<Filter>),
    /// Two values compared.
    Compare(Operand, Comparison, Operand),
    /// A text inside a text, without regard to case.
    Contains(Operand, Operand),
    /// Any record of a list.
    Any(String, Box<Filter>),
}

/// The comparing words.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Comparison {
    /// `eq`
    Equal,
    /// `ne`
    NotEqual,
    /// `gt`
    Greater,
    /// `ge`
    GreaterOrEqual,
    /// `lt`
    Less,
    /// `le`
    LessOrEqual,
}

/// One side of a comparison.
#[derive(Clone, Debug)]
pub enum Operand {
    /// A member, with its sign turned around where it was written `-Member`.
    Field {
        /// The member's name.
        name: String,
        /// Whether a minus stood before it.
        negative: bool,
        /// What the member holds.
        kind: Kind,
    },
    /// A value.
    Literal(Literal),
}

/// A value, in a filter or in a record.
#[derive(Clone, Debug, PartialEq, PartialOrd)]
pub enum Literal {
    /// `null`
    Null,
    /// `true`, `false`
    Truth(bool),
    /// A number.
    Number(Decimal),
    /// A quoted text, or a bare GUID in lower case.
    Text(String),
    /// A bare ISO 8601 moment.
    Moment(Timestamp),
}

impl Filter {
    /// Whether a record passes.
    #[must_use]
    pub fn passes(&self, record: &Body) -> bool {
        match self {
            Self::And(left, right) => left.passes(record) && right.passes(record),
            Self::Or(left, right) => left.passes(record) || right.passes(record),
            Self::Not(inner) => !inner.passes(record),
            Self::Compare(left, comparison, right) => comparison.holds(&left.value(record), &right.value(record)),
            Self::Contains(left, right) => match (left.value(record), right.value(record)) {
                (Literal::Text(whole), Literal::Text(part)) => whole.to_lowercase().contains(&part.to_lowercase()),
                _ => false,
            },
            Self::Any(list, inner) => record
                .get(list)
                .and_then(Value::as_array)
                .is_some_and(|list| list.iter().filter_map(Value::as_object).any(|entry| inner.passes(entry))),
        }
    }
}

impl Comparison {
    /// Null equals null alone, and is neither more nor less than anything.
    fn holds(self, left: &Literal, right: &Literal) -> bool {
        let null = matches!((left, right), (Literal::Null, _) | (_, Literal::Null));
        match self {
            Self::Equal => left == right,
            Self::NotEqual => left != right,
            _ if null => false,
            Self::Greater => left.partial_cmp(right) == Some(Ordering::Greater),
            Self::GreaterOrEqual => matches!(left.partial_cmp(right), Some(Ordering::Greater | Ordering::Equal)),
            Self::Less => left.partial_cmp(right) == Some(Ordering::Less),
            Self::LessOrEqual => matches!(left.partial_cmp(right), Some(Ordering::Less | Ordering::Equal)),
        }
    }
}

impl Operand {
    fn value(&self, record: &Body) -> Literal {
        match self {
            Self::Literal(literal) => literal.clone(),
            Self::Field { name, negative, kind } => match literal(record, name, *kind) {
                Literal::Number(number) if *negative => Literal::Number(-number),
                value => value,
            },
        }
    }
}

/// What a record's member is worth in a comparison. Articles answer to `CodingType`, which they do not show.
#[must_use]
pub fn literal(record: &Body, name: &str, kind: Kind) -> Literal {
    if name == CODING_TYPE {
        let service = record.get("IsServiceArticle").and_then(Value::as_bool).unwrap_or_default();
        return Literal::Number(if service { Decimal::TWO } else { Decimal::ONE });
    }
    match record.get(name) {
        None | Some(Value::Null | Value::Array(_) | Value::Object(_)) => Literal::Null,
        Some(Value::Bool(truth)) => Literal::Truth(*truth),
        Some(value @ Value::Number(_)) => Literal::Number(decimal(value)),
        Some(Value::String(text)) => match kind {
            Kind::Time => moment(text).map_or(Literal::Null, Literal::Moment),
            Kind::Id => Literal::Text(text.to_lowercase()),
            _ => Literal::Text(text.clone()),
        },
    }
}

const CODING_TYPE: &str = "CodingType";
