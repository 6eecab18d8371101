//! The shape that a vendor's answers have as far as they are read, and where one has another. A table an answer stands with its
//! system (`erps/<erp>/schema.rs`, `ongoing/schema.rs`) or its login; words are those of [`crate::words::vocabulary`].

use serde_json::Value;

use crate::words::schema_drift::{Drift, DriftKind};

/// The shape of a record.
#[derive(Debug)]
pub struct Schema {
    /// The ERP's word, or `ongoing`.
    pub system: &'static str,
    /// The call that brings it.
    pub call: &'static str,
    /// What is looked at.
    pub members: &'static [Member],
}

/// What a member is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Is {
    /// A text.
    Text,
    /// A number.
    Number,
    /// `true` or `false`.
    Flag,
    /// Members of its own.
    Object,
    /// Rows.
    List,
}

/// Whether it is there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum There {
    /// Nothing can be done with the record without it.
    Required,
    /// In every record, also where it is `null`.
    Always,
    /// It may be left out.
    Sometimes,
}

/// A member of a record.
#[derive(Clone, Copy, Debug)]
pub struct Member {
    /// JSON pointer; `*` stands for every row.
    at: &'static str,
    is: Is,
    there: There,
    /// Whether it is a word of its enumeration.
    word: Option<fn(&Value) -> bool>,
}

/// A member without which nothing can be done.
pub(crate) const fn required(at: &'static str, is: Is) -> Member {
    Member { at, is, there: There::Required, word: None }
}

/// A member that every record has.
pub(crate) const fn always(at: &'static str, is: Is) -> Member {
    Member { at, is, there: There::Always, word: None }
}

/// A member that a record may have.
pub(crate) const fn sometimes(at: &'static str, is: Is) -> Member {
    Member { at, is, there: There::Sometimes, word: None }
}

impl Member {
    /// The same, which is a word of an enumeration.
    pub(crate) const fn one_of(self, word: fn(&Value) -> bool) -> Self {
        Self { word: Some(word), ..self }
    }
}

impl Is {
    fn fits(self, value: &Value) -> bool {
        match self {
            Self::Text => value.is_string(),
            Self::Number => value.is_number(),
            Self::Flag => value.is_boolean(),
            Self::Object => value.is_object(),
            Self::List => value.is_array(),
        }
    }
}

impl Schema {
    /// Where a record has another shape. An empty member is none: what it means is for the mapping to say.
    #[must_use]
    pub fn drifts(&self, record: &Value) -> Vec<Drift> {
        let mut found = Vec::new();
        for member in self.members {
            let segments: Vec<&str> = member.at.split('/').skip(1).collect();
            if let Some(kind) = drift(record, &segments, member) {
                found.push(self.drift(kind, member.at, member.there == There::Required));
            }
        }
        found
    }

    pub(crate) fn drift(&self, kind: DriftKind, at: &str, required: bool) -> Drift {
        Drift { system: self.system.to_owned(), kind, path: format!("{} {at}", self.call).trim().to_owned(), required }
    }
}

fn drift(value: &Value, segments: &[&str], member: &Member) -> Option<DriftKind> {
    let Some((first, rest)) = segments.split_first() else {
        return match (value, member.word) {
            (Value::Null, _) => None,
            (value, _) if !member.is.fits(value) => Some(DriftKind::OtherType),
            (value, Some(word)) if !word(value) => Some(DriftKind::UnknownWord),
            _ => None,
        };
    };
    if *first == "*" {
        return value.as_array().into_iter().flatten().find_map(|row| drift(row, rest, member));
    }
    // What it stands in has a line of its own.
    match value.as_object()?.get(*first) {
        Some(inner) => drift(inner, rest, member),
        None if rest.is_empty() && member.there != There::Sometimes => Some(DriftKind::MemberGone),
        None => None,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    const ORDER: Schema = Schema {
        system: "visma",
        call: "GET orders",
        members: &[
            required("/Id", Is::Text),
            always("/Note", Is::Text),
            sometimes("/Status", Is::Number).one_of(|status| matches!(status.as_i64(), Some(1..=4))),
            always("/Rows", Is::List),
            required("/Rows/*/Quantity", Is::Number),
            sometimes("/Place/City", Is::Text),
        ],
    };

    fn told(record: Value) -> Vec<(DriftKind, String, bool)> {
        ORDER.drifts(&record).into_iter().map(|drift| (drift.kind, drift.path, drift.required)).collect()
    }

    #[test]
    fn a_record_of_the_known_shape_tells_nothing() {
        for record in [
            json!({"Id": "a", "Note": null, "Status": 4, "Rows": [{"Quantity": 1.5}], "Place": {"City": "Bodø"}}),
            json!({"Id": "a", "Note": "", "Rows": [], "More": {"New": 1}}),
            json!({"Id": null, "Note": null, "Rows": null, "Place": null}),
        ] {
            assert_eq!(told(record.clone()), [], "{record}");
        }
    }

    #[test]
    fn what_is_new_is_told_by_call_and_member_and_never_by_its_value() {
        let record =
            json!({"Note": ["Kari"], "Status": 9, "Rows": [{"Quantity": 1}, {"Qty": 2}], "Place": {"City": 7}});
        let told = told(record);
        let expected = [
            (DriftKind::MemberGone, "GET orders /Id", true),
            (DriftKind::OtherType, "GET orders /Note", false),
            (DriftKind::UnknownWord, "GET orders /Status", false),
            (DriftKind::MemberGone, "GET orders /Rows/*/Quantity", true),
            (DriftKind::OtherType, "GET orders /Place/City", false),
        ];
        assert_eq!(told, expected.map(|(kind, path, required)| (kind, path.to_owned(), required)));
    }
}
