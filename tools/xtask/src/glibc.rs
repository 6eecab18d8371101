//! Which glibc version a program requires.
//!
//! A dynamic program lists the symbol versions it needs as plain text (`GLIBC_2.34`) in its string table. Reading them
//! there needs no binutils; stray text of that form could only make the answer too careful.

/// What Lambda's `provided.al2023` has.
pub const AMAZON_LINUX_2023: (u32, u32) = (2, 34);

/// The newest version asked for; `None` for a program that asks for none.
pub fn newest(program: &[u8]) -> Option<(u32, u32)> {
    const MARK: &[u8] = b"GLIBC_";
    program
        .windows(MARK.len())
        .enumerate()
        .filter(|(_, window)| *window == MARK)
        .filter_map(|(at, _)| version(&program[at + MARK.len()..]))
        .max()
}

fn version(text: &[u8]) -> Option<(u32, u32)> {
    let end = text.iter().position(|byte| !byte.is_ascii_digit() && *byte != b'.').unwrap_or(text.len());
    let mut parts = std::str::from_utf8(&text[..end]).ok()?.split('.');
    Some((parts.next()?.parse().ok()?, parts.next()?.parse().ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_newest_version_wins_as_a_number() {
        assert_eq!(newest(b"\0GLIBC_2.9\0GLIBC_2.34\0GLIBC_2.4\0"), Some((2, 34)));
        assert_eq!(newest(b"\0GLIBC_2.2.5\0"), Some((2, 2)));
    }

    #[test]
    fn private_and_unfinished_names_are_no_versions() {
        assert_eq!(newest(b"\0GLIBC_PRIVATE\0GLIBC_2\0GLIBC_"), None);
    }

    #[test]
    fn a_newer_library_than_lambdas_is_seen() {
        assert!(newest(b"\0GLIBC_2.34\0GLIBC_2.38\0").is_some_and(|newest| newest > AMAZON_LINUX_2023));
    }
}
