//! Which word may have been meant.

/// The word that is most like what was written.
pub fn nearest<'a>(written: &str, words: impl IntoIterator<Item = &'a String>) -> Option<&'a str> {
    words.into_iter().max_by_key(|word| likeness(written, word)).map(String::as_str)
}

/// Whether one is so like the other that it may have been meant.
pub fn alike(written: &str, word: &str) -> bool {
    likeness(written, word) > 800
}

/// In thousandths. Case, hyphens and blanks are no difference, and the end of a longer name is often all that is remembered.
fn likeness(written: &str, word: &str) -> u32 {
    let plain = |text: &str| text.to_lowercase().replace(['-', ' '], "_");
    let (written, word) = (plain(written), plain(word));
    let end = written.len() > 3 && word.ends_with(&format!("_{written}"));
    let like = (strsim::jaro_winkler(&written, &word) * 1000.0) as u32;
    if end { like.max(900) } else { like }
}
