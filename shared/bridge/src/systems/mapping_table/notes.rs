//! What a mapping document says of its rows beside the tables: bullets that begin with `Row 9:` or `Rows 21 to 25:`, and the
//! footnotes of the columns.

use super::Row;

/// The notes of a document.
#[derive(Debug, Default)]
pub(super) struct Notes {
    /// The rows of each, and what it says.
    of_rows: Vec<(Vec<String>, String)>,
    /// The footnotes, by the number of their stars less one.
    footnotes: Vec<String>,
}

impl Notes {
    pub(super) fn read(text: &str) -> Self {
        let mut notes = Self::default();
        for line in text.lines() {
            if let Some(footnotes) = line.strip_prefix("\\* ") {
                notes.footnotes = footnotes.split("\\*\\* ").map(|note| plain(note.trim())).collect();
            }
            let Some(bullet) = line.strip_prefix("- Row") else { continue };
            // One bullet may be about several.
            let parts = bullet.split(". Row").map(|part| part.strip_prefix("s ").unwrap_or(part).trim());
            for (rows, says) in parts.filter_map(|part| part.split_once(": ")) {
                notes.of_rows.push((numbers(rows), plain(says)));
            }
        }
        notes
    }

    pub(super) fn of(&self, row: &Row) -> Option<String> {
        let stars = row.erp.len() - row.erp.trim_end_matches('*').len();
        let footnote = stars.checked_sub(1).and_then(|at| self.footnotes.get(at)).cloned();
        let notes = self.of_rows.iter().filter(|(rows, _)| rows.contains(&row.number)).map(|(_, says)| says.clone());
        let all: Vec<String> = footnote.into_iter().chain(notes).collect();
        (!all.is_empty()).then(|| all.join(" "))
    }
}

/// `16 and 18`, `17, 26 and 36`, `21 to 25`, `a`.
fn numbers(text: &str) -> Vec<String> {
    let mut all = Vec::new();
    for part in text.split([',']).flat_map(|part| part.split(" and ")).map(str::trim).filter(|part| !part.is_empty()) {
        match part.split_once(" to ") {
            Some((first, last)) => {
                let range = first.parse::<u32>().ok().zip(last.parse::<u32>().ok());
                all.extend(range.into_iter().flat_map(|(first, last)| first..=last).map(|number| number.to_string()));
            }
            None => all.push(part.to_owned()),
        }
    }
    all
}

/// Without the marks of Markdown, as a sentence with its end.
fn plain(text: &str) -> String {
    let text = text.replace('`', "");
    if text.ends_with('.') { text } else { text + "." }
}

#[cfg(test)]
mod tests {
    use crate::systems::mapping_table;
    use crate::words::kind::Kind;

    fn note(kind: Kind, number: &str) -> Option<String> {
        let document = mapping_table::of(kind).unwrap();
        let mut rows = document.sections.iter().flat_map(|section| &section.rows);
        document.note(rows.find(|row| row.number == number).unwrap())
    }

    #[test]
    fn a_row_has_its_notes_and_its_footnote() {
        assert!(note(Kind::PowerOffice, "23").unwrap().starts_with("the mail address if its street"));
        assert_eq!(
            note(Kind::Finago, "24").unwrap(),
            "If null or empty: the e-mail addresses of the customer's company. of the company's e-mail addresses the \
             first that is set of invoice, primary, work, home, alternative."
        );
        assert_eq!(note(Kind::Finago, "38").unwrap(), "where the city is empty, the post office.");
        assert_eq!(note(Kind::Visma, "1"), None);
        assert!(note(Kind::Procountor, "a").unwrap().contains("calendar of Finland"));
    }
}
