//! The mapping tables of `docs/mapping`, compiled in: what goes where, row by row. They are the input of the row tests and
//! what a person is told of where a value comes from; the mapping itself reads like them and does not read them.

mod notes;
mod way_back;

use std::sync::OnceLock;

use self::notes::Notes;
pub use self::way_back::{BackRow, way_back};
use crate::words::feed::Feed;
use crate::words::kind::Kind;

const TEXTS: &[(Kind, &str)] = &[
    (Kind::PowerOffice, include_str!("../../../../../docs/mapping/poweroffice.md")),
    (Kind::Finago, include_str!("../../../../../docs/mapping/finago.md")),
    (Kind::Procountor, include_str!("../../../../../docs/mapping/procountor.md")),
    (Kind::Visma, include_str!("../../../../../docs/mapping/visma.md")),
];

/// The tables of an ERP.
///
/// # Errors
/// The line of the document that cannot be read; a test reads them all.
pub fn of(kind: Kind) -> Result<&'static Document, &'static str> {
    static PARSED: OnceLock<Vec<(Kind, Result<Document, String>)>> = OnceLock::new();
    let all = PARSED.get_or_init(|| TEXTS.iter().map(|(kind, text)| (*kind, Document::parse(text))).collect());
    let found = all.iter().find(|(of, _)| *of == kind).map(|(_, document)| document);
    found.map_or(Err("there is no table of this ERP"), |document| document.as_ref().map_err(String::as_str))
}

/// A placeholder's name, and the source index and body index of each of its rows.
pub type Placeholder = (String, Vec<(usize, usize)>);

/// A mapping document.
#[derive(Debug)]
pub struct Document {
    /// One a table.
    pub sections: Vec<Section>,
    notes: Notes,
}

/// The table of a feed.
#[derive(Debug)]
pub struct Section {
    /// Which feed.
    pub feed: Feed,
    /// The source records it is proven with.
    pub fixtures: Vec<String>,
    /// Which rows a placeholder stands for.
    pub placeholders: Vec<Placeholder>,
    /// Source leaves that decide what becomes of the record.
    pub decides: Vec<String>,
    /// Body leaves that come from no row.
    pub always: Vec<String>,
    /// For each word out of a closed list, another one of it: any other text would be none.
    pub words: Vec<(String, String)>,
    /// The rows.
    pub rows: Vec<Row>,
}

/// One row.
#[derive(Debug)]
pub struct Row {
    /// Its number in the document.
    pub number: String,
    /// The WMS's field.
    pub ongoing: String,
    /// The ERP's field.
    pub erp: String,
    /// Where its value comes from.
    pub sources: Vec<Source>,
    /// Where it goes.
    pub bodies: Vec<Source>,
}

/// A pointer, or a constant.
#[derive(Clone, Debug)]
pub struct Source {
    /// What it is.
    pub what: What,
    /// The fixture it holds in; `None`: in those for which the cell has no other.
    pub fixture: Option<String>,
}

/// What an entry of a cell says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum What {
    /// The leaf's value.
    Value(String),
    /// Whether the leaf is there.
    IsSet(String),
    /// A value from nowhere.
    Constant(String),
    /// Nothing, with the reason.
    None(String),
}

/// Whether a pointer of a table is this one of a record: placeholders and numbers stand for any row.
#[must_use]
pub fn fits(pattern: &str, pointer: &str) -> bool {
    let any = |segment: &str| segment.starts_with('{') || is_number(segment);
    let (mut pattern, mut pointer) = (pattern.split('/'), pointer.split('/'));
    loop {
        match (pattern.next(), pointer.next()) {
            (None, None) => return true,
            (Some(wanted), Some(found)) if wanted == found || any(wanted) && is_number(found) => {}
            _ => return false,
        }
    }
}

/// A pointer of a table with the row numbers of a record's pointer in the place of placeholders and numbers.
#[must_use]
pub fn filled(pattern: &str, like: &str) -> String {
    let mut numbers = like.split('/').filter(|segment| is_number(segment));
    let segments = pattern.split('/').map(|segment| match segment {
        segment if segment.starts_with('{') => numbers.next().unwrap_or("0"),
        segment if is_number(segment) => numbers.next().unwrap_or(segment),
        segment => segment,
    });
    segments.collect::<Vec<_>>().join("/")
}

fn is_number(segment: &str) -> bool {
    !segment.is_empty() && segment.bytes().all(|byte| byte.is_ascii_digit())
}

impl Row {
    /// The pointers whose values the row takes, each once.
    #[must_use]
    pub fn values(&self) -> Vec<&str> {
        let mut all: Vec<&str> = Vec::new();
        for source in &self.sources {
            if let What::Value(pointer) = &source.what
                && !all.iter().any(|known| fits(known, &filled(pointer, "/0/0")))
            {
                all.push(pointer);
            }
        }
        all
    }

    /// Whether the row takes the value of this member of a record.
    #[must_use]
    pub fn takes(&self, pointer: &str) -> bool {
        self.values().iter().any(|pattern| fits(pattern, pointer))
    }

    /// The ERP's field without the marks of its footnotes.
    #[must_use]
    pub fn erp_words(&self) -> &str {
        self.erp.trim_end_matches('*').trim_end()
    }

    /// The members of the body that it fills, each once.
    pub fn members(&self) -> impl Iterator<Item = &str> {
        self.bodies.iter().filter_map(|body| match &body.what {
            What::Value(pointer) => Some(pointer.as_str()),
            _ => None,
        })
    }

    /// The entries of a cell that hold in a fixture.
    #[must_use]
    pub fn holding<'a>(cell: &'a [Source], fixture: &str) -> Vec<&'a What> {
        let tagged: Vec<&What> =
            cell.iter().filter(|entry| entry.fixture.as_deref() == Some(fixture)).map(|entry| &entry.what).collect();
        if tagged.is_empty() {
            cell.iter().filter(|entry| entry.fixture.is_none()).map(|entry| &entry.what).collect()
        } else {
            tagged
        }
    }
}

impl Document {
    /// Reads the tables.
    ///
    /// # Errors
    /// The line that cannot be read.
    pub fn parse(text: &str) -> Result<Self, String> {
        let mut sections: Vec<Section> = Vec::new();
        for line in text.lines() {
            if let Some(rest) = line.strip_prefix("Feed: ") {
                let word = ticked(rest).into_iter().next().ok_or_else(|| format!("no feed in {line:?}"))?;
                sections.push(Section {
                    feed: word.parse()?,
                    fixtures: Vec::new(),
                    placeholders: Vec::new(),
                    decides: Vec::new(),
                    always: Vec::new(),
                    words: Vec::new(),
                    rows: Vec::new(),
                });
            }
            let Some(section) = sections.last_mut() else { continue };
            if let Some(rest) = line.strip_prefix("Fixtures: ") {
                section.fixtures = ticked(rest);
            } else if let Some(rest) = line.strip_prefix("Rows: ") {
                section.placeholders = placeholders(rest).ok_or_else(|| format!("cannot read {line:?}"))?;
            } else if let Some(rest) = line.strip_prefix("Decides: ") {
                section.decides = ticked(rest);
            } else if let Some(rest) = line.strip_prefix("Words: ") {
                section.words = ticked(rest).chunks_exact(2).map(|pair| (pair[0].clone(), pair[1].clone())).collect();
            } else if let Some(rest) = line.strip_prefix("Always: ") {
                section.always = ticked(rest);
            } else if line.starts_with("| ") {
                section.rows.extend(row(line).map_err(|problem| format!("{problem} in {line:?}"))?);
            }
        }
        if sections.is_empty() {
            return Err("the document has no table".into());
        }
        Ok(Self { sections, notes: Notes::read(text) })
    }

    /// The tables of a feed.
    pub fn of_feed(&self, feed: Feed) -> impl Iterator<Item = &Section> {
        self.sections.iter().filter(move |section| section.feed == feed)
    }

    /// What the document says of a row beside its table.
    #[must_use]
    pub fn note(&self, row: &Row) -> Option<String> {
        self.notes.of(row)
    }

    /// The rows of all tables.
    #[must_use]
    pub fn count(&self) -> usize {
        self.sections.iter().map(|section| section.rows.len()).sum()
    }
}

fn row(line: &str) -> Result<Option<Row>, String> {
    let cells: Vec<&str> = line.trim().trim_matches('|').split('|').map(str::trim).collect();
    let [number, ongoing, erp, sources, bodies, ..] = cells.as_slice() else {
        return Err("five cells are expected".into());
    };
    if *number == "#" || number.starts_with("---") {
        return Ok(None);
    }
    Ok(Some(Row {
        number: (*number).to_owned(),
        ongoing: (*ongoing).to_owned(),
        erp: (*erp).to_owned(),
        sources: cell(sources)?,
        bodies: cell(bodies)?,
    }))
}

fn cell(text: &str) -> Result<Vec<Source>, String> {
    text.split("<br>").map(|entry| read(entry.trim())).collect()
}

fn read(entry: &str) -> Result<Source, String> {
    if let Some(reason) = entry.strip_prefix("none:") {
        return Ok(Source { what: What::None(reason.trim().to_owned()), fixture: None });
    }
    if let Some(constant) = entry.strip_prefix("constant ") {
        return Ok(Source { what: What::Constant(constant.trim_matches('`').to_owned()), fixture: None });
    }
    let pointer = ticked(entry).into_iter().next().ok_or_else(|| format!("no pointer in {entry:?}"))?;
    let fixture = entry.rsplit_once('(').map(|(_, name)| name.trim_end_matches(')').trim_matches('`').to_owned());
    let what = if entry.starts_with("is set:") { What::IsSet(pointer) } else { What::Value(pointer) };
    Ok(Source { what, fixture })
}

/// What stands in backticks.
fn ticked(text: &str) -> Vec<String> {
    text.split('`').skip(1).step_by(2).map(str::to_owned).collect()
}

/// `{normal} = 0→0, 2→1; {text} = 1→0.`
fn placeholders(text: &str) -> Option<Vec<Placeholder>> {
    text.trim_end_matches('.')
        .split(';')
        .map(|part| {
            let (name, pairs) = part.split_once('=')?;
            let pairs = pairs.split(',').map(|pair| {
                let (source, body) = pair.trim().split_once('→')?;
                Some((source.parse().ok()?, body.parse().ok()?))
            });
            Some((name.trim().to_owned(), pairs.collect::<Option<Vec<_>>>()?))
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_table_can_be_read() {
        for kind in Kind::ALL {
            let document = of(kind).unwrap();
            // The first four have more than a newer one need have.
            let first = matches!(kind, Kind::PowerOffice | Kind::Finago | Kind::Procountor | Kind::Visma);
            assert!(document.count() > if first { 30 } else { 10 }, "{kind}");
        }
    }

    #[test]
    fn a_row_s_pointer_fits_those_of_its_rows_alone() {
        assert!(fits("/Rows/{normal}/Text", "/Rows/12/Text"));
        assert!(fits("/Barcodes/0/Barcode", "/Barcodes/1/Barcode"));
        assert!(!fits("/Rows/{normal}/Text", "/Rows/x/Text"));
        assert!(!fits("/Rows/{normal}/Text", "/Rows/1"));
        assert_eq!(filled("/Rows/{normal}/Text", "/orderLines/3/comment"), "/Rows/3/Text");
    }
}
