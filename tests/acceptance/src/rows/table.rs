//! Parses a mapping table from its Markdown.

use bridge::words::feed::Feed;

/// A placeholder's name, and the source index and body index of each of its rows.
pub type Placeholder = (String, Vec<(usize, usize)>);

/// A mapping document.
#[derive(Debug)]
pub struct Document {
    /// One a feed.
    pub sections: Vec<Section>,
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

impl Row {
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
        Ok(Self { sections })
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
