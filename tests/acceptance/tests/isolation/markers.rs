//! Markers in all data of a tenant, by which it is recognized wherever it appears.

use std::collections::BTreeSet;

/// A tenant, 10 to 99.
pub(crate) type TenantNumber = usize;

/// Text that is the tenant's alone.
pub(crate) fn text(who: TenantNumber, rest: &str) -> String {
    format!("qz{who}qz {rest}")
}

/// The same without a blank.
pub(crate) fn word(who: TenantNumber, rest: &str) -> String {
    format!("qz{who}qz-{rest}")
}

/// A number that is the tenant's alone; `n` below 1000.
pub(crate) fn number(who: TenantNumber, n: usize) -> i64 {
    i64::try_from(770_077_000 + who * 100_000 + n).unwrap()
}

/// A GUID that is the tenant's alone.
pub(crate) fn guid(who: TenantNumber, n: usize) -> String {
    format!("0d0e0000-0000-4000-8000-{:012}", number(who, n))
}

/// Secret text: it may stand in a header or a body on its way to its own host, and nowhere else.
pub(crate) fn secret(who: TenantNumber, of: &str) -> String {
    format!("cn{who}nc+{of}/qz{who}qz=")
}

/// The tenants whose marks are in a text.
pub(crate) fn found(text: &str) -> BTreeSet<TenantNumber> {
    let mut found = BTreeSet::new();
    for (at, _) in text.match_indices("qz").chain(text.match_indices("QZ")) {
        let inside = text.get(at + 2..at + 4).and_then(|digits| digits.parse::<TenantNumber>().ok());
        let ends = text.get(at + 4..at + 6).is_some_and(|end| end.eq_ignore_ascii_case("qz"));
        found.extend(inside.filter(|_| ends));
    }
    for digits in text.split(|c: char| !c.is_ascii_alphanumeric()) {
        let digits = digits.trim_start_matches('0');
        if digits.len() == 9 && digits.starts_with("77") && &digits[4..6] == "77" {
            found.extend(digits[2..4].parse::<TenantNumber>());
        }
    }
    found
}

#[test]
fn marks_are_found_again() {
    let said = format!("{} {} {} {}", text(12, "a"), number(34, 7), guid(56, 999), secret(78, "password"));
    assert_eq!(found(&said), BTreeSet::from([12, 34, 56, 78]));
    assert_eq!(found("qz1qz 77127 a771277001 7712770011 qzxxqz"), BTreeSet::new());
    assert_eq!((number(10, 0), number(59, 999)), (771_077_000, 775_977_999));
}
