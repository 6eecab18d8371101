//! Tables for a terminal: they take its width. Where that is not enough, texts are broken first, then the columns that matter
//! least go, and names are cut last.

use std::fmt::Write as _;

use comfy_table::presets::UTF8_FULL_CONDENSED;
use comfy_table::{CellAlignment, ContentArrangement, Table};
use console::{Term, measure_text_width as wide, truncate_str};

/// Columns where nobody says how wide it is: a file or a pipe has all the width that lines need.
const ANYWHERE: usize = 140;

/// A text is not broken into lines that are shorter.
const TEXT: usize = 24;

/// Before a name is cut, they are.
const SHORT: usize = 12;

/// Nothing is cut shorter.
const LEAST: usize = 8;

/// What may happen to a column where there is no room for it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Room {
    /// It stays as it is.
    Number,
    /// It is cut, when nothing else can go.
    Name,
    /// Its lines are broken.
    Text,
}

/// A column.
#[derive(Clone, Debug)]
pub struct Column {
    head: String,
    room: Room,
    /// The columns that matter least go first; 0 stays.
    drop: u8,
    right: bool,
}

impl Column {
    /// Of names, which stand on one line.
    pub fn name(head: impl Into<String>) -> Self {
        Self { head: head.into(), room: Room::Name, drop: 0, right: false }
    }

    /// Of texts, which are broken between words.
    pub fn text(head: impl Into<String>) -> Self {
        Self { room: Room::Text, ..Self::name(head) }
    }

    /// Of numbers, and of words that are as short, under each other.
    pub fn number(head: impl Into<String>) -> Self {
        Self { room: Room::Number, right: true, ..Self::name(head) }
    }

    /// That goes where there is no room; the greatest first.
    #[must_use]
    pub fn dropped(self, first: u8) -> Self {
        Self { drop: first, ..self }
    }
}

/// A table that fits standard output.
pub fn table(columns: Vec<Column>, rows: impl IntoIterator<Item = Vec<String>>) -> String {
    within(width(), columns, rows)
}

/// The width of the terminal behind standard output. Shells keep it in `COLUMNS`, which also says it of a pipe.
#[must_use]
pub fn width() -> usize {
    let said = std::env::var("COLUMNS").ok().and_then(|width| width.parse().ok());
    said.or_else(|| Term::stdout().size_checked().map(|(_, columns)| columns.into())).unwrap_or(ANYWHERE)
}

/// A table of at most this width.
pub fn within(width: usize, columns: Vec<Column>, rows: impl IntoIterator<Item = Vec<String>>) -> String {
    let mut sized = Sized::of(columns, rows.into_iter().collect());
    let dropped = sized.fit(width);
    let mut text = sized.draw();
    if !dropped.is_empty() {
        let _ = write!(text, "\nmore in a wider terminal: {}", dropped.join(", "));
    }
    text
}

/// The columns with their widths.
struct Sized {
    columns: Vec<Column>,
    rows: Vec<Vec<String>>,
    widths: Vec<usize>,
}

impl Sized {
    fn of(columns: Vec<Column>, rows: Vec<Vec<String>>) -> Self {
        let width = |at: usize| {
            let cells = rows.iter().filter_map(|row| row.get(at)).flat_map(|cell| cell.lines());
            cells.chain([columns[at].head.as_str()]).map(wide).max().unwrap_or_default()
        };
        let widths = (0..columns.len()).map(width).collect();
        Self { columns, rows, widths }
    }

    /// With a blank on each side of every cell, and lines between them and around.
    fn total(&self) -> usize {
        self.widths.iter().sum::<usize>() + 3 * self.widths.len() + 1
    }

    /// Brings the table down to a width; the heads of the columns that went.
    fn fit(&mut self, width: usize) -> Vec<String> {
        let mut dropped = Vec::new();
        self.shrink(width, Room::Text, TEXT);
        while self.total() > width
            && let Some((at, column)) = self.columns.iter().enumerate().max_by_key(|(_, column)| column.drop)
            && column.drop > 0
        {
            dropped.push(self.columns.remove(at).head);
            self.widths.remove(at);
            self.rows.iter_mut().filter(|row| at < row.len()).for_each(|row| drop(row.remove(at)));
        }
        self.shorten(width);
        // What a column that went leaves free, the texts take.
        if !dropped.is_empty() {
            *self = Self::of(std::mem::take(&mut self.columns), std::mem::take(&mut self.rows));
            self.shrink(width, Room::Text, TEXT);
            self.shorten(width);
        }
        dropped
    }

    /// Where nothing else can go.
    fn shorten(&mut self, width: usize) {
        self.shrink(width, Room::Text, SHORT);
        self.shrink(width, Room::Name, LEAST);
        self.shrink(width, Room::Text, LEAST);
    }

    /// Takes from the widest of these columns, down to `least`.
    fn shrink(&mut self, width: usize, room: Room, least: usize) {
        while self.total() > width {
            let mut of = (0..self.widths.len()).filter(|at| self.columns[*at].room == room && self.widths[*at] > least);
            let Some(first) = of.next() else { return };
            let widest = of.fold(first, |best, at| if self.widths[at] > self.widths[best] { at } else { best });
            self.widths[widest] -= 1;
        }
    }

    fn draw(&self) -> String {
        let mut table = Table::new();
        table.load_style(UTF8_FULL_CONDENSED);
        table.set_content_arrangement(ContentArrangement::Disabled);
        let cell = |at: usize, text: &str| match self.columns[at].room {
            Room::Name | Room::Number => cut(text, self.widths[at]),
            Room::Text => broken(text, self.widths[at]),
        };
        table.set_header(self.columns.iter().enumerate().map(|(at, column)| cell(at, &column.head)));
        for row in &self.rows {
            table.add_row(row.iter().enumerate().map(|(at, text)| cell(at, text)));
        }
        for (at, _) in self.columns.iter().enumerate().filter(|(_, column)| column.right) {
            if let Some(column) = table.column_mut(at) {
                column.set_cell_alignment(CellAlignment::Right);
            }
        }
        table.trim_fmt()
    }
}

/// Each line of a cell, cut where it is too long.
fn cut(text: &str, width: usize) -> String {
    text.lines().map(|line| truncate_str(line, width, "…")).collect::<Vec<_>>().join("\n")
}

/// A text in lines of a width, broken between words, and inside a word that is longer.
fn broken(text: &str, width: usize) -> String {
    let mut lines: Vec<String> = Vec::new();
    for paragraph in text.lines() {
        let mut line = String::new();
        for word in paragraph.split_whitespace() {
            if !line.is_empty() && wide(&line) + 1 + wide(word) > width {
                lines.push(std::mem::take(&mut line));
            }
            if !line.is_empty() {
                line.push(' ');
            }
            for letter in word.chars() {
                if wide(&line) + wide(letter.encode_utf8(&mut [0; 4])) > width {
                    lines.push(std::mem::take(&mut line));
                }
                line.push(letter);
            }
        }
        lines.push(line);
    }
    lines.join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    const REASON: &str =
        "rejected at /consignee/address/postCode: the postal code of a consignee in Norway has four digits";

    fn told(width: usize) -> String {
        let columns = vec![
            Column::name("tenant"),
            Column::name("feed").dropped(1),
            Column::name("number"),
            Column::number("tries").dropped(3),
            Column::name("next try").dropped(2),
            Column::text("reason"),
        ];
        let row = |tenant: &str, number: &str, reason: &str| {
            [tenant, "purchase_orders", number, "12", "Sun 23:41", reason].map(str::to_owned).to_vec()
        };
        let rows = [row("nordlys-sport-og-fritid", "SO-2026-100023", REASON), row("a", "1", "no city")];
        within(width, columns, rows)
    }

    fn widest(text: &str) -> usize {
        text.lines().map(wide).max().unwrap_or_default()
    }

    #[test]
    fn a_table_takes_the_width_and_drops_what_matters_least() {
        let (narrow, wide, endless) = (told(80), told(140), told(1_000));
        for (text, most) in [(&narrow, 80), (&wide, 140), (&endless, 1_000)] {
            assert!(widest(text) <= most, "{most}:\n{text}");
            // Names are whole where there is room, and no word of the reason is lost.
            assert!(text.contains("nordlys-sport-og-fritid") && text.contains("SO-2026-100023"), "{text}");
            let words = REASON.split_whitespace().filter(|word| word.len() < TEXT);
            assert!(words.clone().all(|word| text.contains(word)), "{text}");
        }
        assert!(narrow.ends_with("more in a wider terminal: tries, next try, feed"), "{narrow}");
        assert!(wide.contains("purchase_orders") && wide.contains("tries") && !wide.contains("more in"), "{wide}");
        assert!(widest(&wide) > 130, "the width is not taken:\n{wide}");
        assert!(endless.contains(REASON), "{endless}");
    }

    #[test]
    fn a_name_is_cut_only_where_nothing_else_can_go() {
        let name = "x".repeat(60);
        let columns = || vec![Column::name("number"), Column::name("name"), Column::name("more").dropped(1)];
        let row = || vec!["A-1".to_owned(), name.clone(), "y".repeat(30)];
        let roomy = within(80, columns(), [row()]);
        assert!(roomy.contains(&name) && roomy.contains("more in a wider terminal: more"), "{roomy}");
        let tight = within(40, columns(), [row()]);
        assert!(widest(&tight) <= 40 && tight.contains("A-1") && tight.contains("xxx…"), "{tight}");
    }

    #[test]
    fn cells_of_several_lines_and_wide_letters_keep_to_the_width() {
        let columns = vec![Column::name("a"), Column::text("b")];
        let text = within(60, columns, [vec!["orders 9 min\narticles never".into(), "日本語の".repeat(20)]]);
        assert!(widest(&text) <= 60 && text.contains("articles never"), "{text}");
    }
}
