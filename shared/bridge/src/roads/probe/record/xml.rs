//! XML with its texts replaced: tags stay as they are, and so does what stands in them.

/// The document with other texts, each by its element's name; `None` where it is none.
pub(super) fn replaced(document: &str, replace: &mut dyn FnMut(&str, &str) -> String) -> Option<String> {
    let mut told = String::with_capacity(document.len());
    let mut rest = document;
    let mut element = String::new();
    while let Some(at) = rest.find('<') {
        let (text, tag) = rest.split_at(at);
        told += &between(&element, text, replace)?;
        let end = tag.find('>')? + 1;
        let (tag, after) = tag.split_at(end);
        // A comment or a section of its own has no place in these services' answers.
        if tag.starts_with("<!") {
            return None;
        }
        if !tag.starts_with("</") {
            let name = tag.trim_start_matches('<').split([' ', '>', '/', '\n']).next().unwrap_or_default();
            element = name.rsplit(':').next().unwrap_or_default().to_owned();
        }
        told += tag;
        rest = after;
    }
    rest.trim().is_empty().then_some(told)
}

fn between(element: &str, text: &str, replace: &mut dyn FnMut(&str, &str) -> String) -> Option<String> {
    if text.trim().is_empty() {
        return Some(text.to_owned());
    }
    let plain = quick_xml::escape::unescape(text).ok()?;
    let told = replace(element, &plain);
    Some(quick_xml::escape::escape(told.as_str()).into_owned())
}
