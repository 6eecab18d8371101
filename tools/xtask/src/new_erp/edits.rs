//! The files that are there, and are edited: each edit says where, by a text of the file.
//!
//! An edit is `@@ PATH`, what is done (`after`: below the line that the text is in or ends in, `before`: above the line that
//! it is in or begins in, `find`: in its place; with a number where it is there so often), the text, `put`, and what is put.
//! `{{n}}` in a text is a number, and `{{n+1}}` in what is put one more.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use super::Names;
use crate::steps::Failure;

/// The edits of the product, of its deployment and documents, of its tests.
const EDITS: [&str; 3] = [include_str!("product.edits"), include_str!("deployment.edits"), include_str!("tests.edits")];

/// A file as it is to be.
#[derive(Debug)]
pub(super) struct Edited {
    pub path: String,
    pub text: String,
    /// How many lines it has more.
    pub more: usize,
}

/// What is done at the place.
#[derive(Clone, Copy, Debug)]
enum Act {
    After,
    Before,
    Find,
}

struct Edit {
    path: String,
    act: Act,
    times: usize,
    place: String,
    put: String,
}

/// All files that are edited.
pub(super) fn of(root: &Path, names: &Names) -> Result<Vec<Edited>, Failure> {
    let mut texts: BTreeMap<String, (String, usize)> = BTreeMap::new();
    for edit in EDITS.iter().flat_map(|edits| edits.split("@@ ").skip(1)) {
        let edit = Edit::read(edit, names)?;
        if !texts.contains_key(&edit.path) {
            let text = fs::read_to_string(root.join(&edit.path));
            let text = text.map_err(|error| Failure::new(format!("{}: {error}", edit.path)))?;
            let lines = text.lines().count();
            texts.insert(edit.path.clone(), (text, lines));
        }
        if let Some((text, _)) = texts.get_mut(&edit.path) {
            *text = edit.applied(text)?;
        }
    }
    let edited = texts.into_iter().map(|(path, (text, lines))| {
        let more = text.lines().count().saturating_sub(lines);
        Edited { path, text, more }
    });
    Ok(edited.collect())
}

impl Edit {
    fn read(text: &str, names: &Names) -> Result<Self, Failure> {
        let wrong = || Failure::new(format!("an edit cannot be read: {text}"));
        let (head, put) = text.split_once("\nput\n").ok_or_else(wrong)?;
        let (path, head) = head.split_once('\n').ok_or_else(wrong)?;
        let (act, place) = head.split_once('\n').ok_or_else(wrong)?;
        let (act, times) = act.split_once(' ').unwrap_or((act, "1"));
        let act = match act {
            "after" => Act::After,
            "before" => Act::Before,
            "find" => Act::Find,
            _ => return Err(wrong()),
        };
        let times = times.parse().map_err(|_| wrong())?;
        let put = put.strip_suffix('\n').unwrap_or(put);
        Ok(Self { path: path.to_owned(), act, times, place: place.to_owned(), put: names.filled(put) })
    }

    /// The file's text with this edit.
    fn applied(&self, text: &str) -> Result<String, Failure> {
        let (place, number) = self.place_in(text)?;
        let found = text.matches(place.as_str()).count();
        if found != self.times {
            return Err(self.misses(&format!("is there {found} times, not {}", self.times)));
        }
        let put = (1..=2).fold(self.put.clone(), |put, more| {
            put.replace(&format!("{{{{n+{more}}}}}"), &(number + more).to_string())
        });
        let mut edited = String::new();
        let mut rest = text;
        while let Some(at) = rest.find(&place) {
            let (begin, end) = (at, at + place.len());
            match self.act {
                Act::Find => {
                    edited += &rest[..begin];
                    edited += &put;
                    rest = &rest[end..];
                }
                Act::Before => {
                    let line = rest[..begin].rfind('\n').map_or(0, |at| at + 1);
                    edited += &rest[..line];
                    edited += &put;
                    edited.push('\n');
                    edited += &rest[line..end];
                    rest = &rest[end..];
                }
                Act::After => {
                    let line = rest[end..].find('\n').map_or(rest.len(), |at| end + at + 1);
                    edited += &rest[..line];
                    edited += &put;
                    edited.push('\n');
                    rest = &rest[line..];
                }
            }
        }
        Ok(edited + rest)
    }

    /// The text that is looked for, and the number in it.
    fn place_in(&self, text: &str) -> Result<(String, usize), Failure> {
        let Some((before, after)) = self.place.split_once("{{n}}") else { return Ok((self.place.clone(), 0)) };
        let number = text.match_indices(before).find_map(|(at, _)| {
            let rest = &text[at + before.len()..];
            let digits = rest.len() - rest.trim_start_matches(|c: char| c.is_ascii_digit()).len();
            rest[digits..].starts_with(after).then(|| rest[..digits].parse().ok())?
        });
        let number: usize = number.ok_or_else(|| self.misses("is not there"))?;
        Ok((format!("{before}{number}{after}"), number))
    }

    fn misses(&self, how: &str) -> Failure {
        Failure::new(format!("{}: the place of an edit {how}:\n{}", self.path, self.place))
    }
}
