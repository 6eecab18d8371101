//! Tables for a terminal.

use comfy_table::presets::UTF8_FULL_CONDENSED;
use comfy_table::{ContentArrangement, Table};

/// A table as text; its columns share the terminal's width, or that of a usual one.
pub fn table(header: &[&str], rows: impl IntoIterator<Item = Vec<String>>) -> String {
    let mut table = Table::new();
    table.load_style(UTF8_FULL_CONDENSED);
    table.set_content_arrangement(ContentArrangement::Dynamic);
    table.set_width(width());
    table.set_header(header.to_vec());
    table.add_rows(rows);
    table.trim_fmt()
}

/// Shells keep the terminal's width in `COLUMNS`; a file or a pipe has all the width that lines need.
fn width() -> u16 {
    std::env::var("COLUMNS").ok().and_then(|width| width.parse().ok()).unwrap_or(140)
}
