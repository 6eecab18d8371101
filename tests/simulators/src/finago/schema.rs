//! The members of the vendor's types, in the order the services declare them, with the defaults that .NET leaves out
//! (Finago sheet, sections 3 and 5.4). Requests are read and answers are written by these tables alone.

use std::collections::BTreeMap;
use std::sync::LazyLock;

/// How a member's text is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// 32 bits, and the two that only differ in size.
    Int,
    /// 16 bits.
    Short,
    /// 64 bits.
    Long,
    /// An exact decimal without exponent.
    Decimal,
    /// A binary floating point number.
    Double,
    /// `yyyy-mm-ddThh:mm:ss`.
    DateTime,
    /// `true` or `false`.
    Bool,
    /// Text.
    Str,
    /// A GUID.
    Guid,
    /// One of the listed words.
    Enum(&'static str),
    /// Another type of this table.
    Of(&'static str),
}

/// One member of a type.
#[derive(Clone, Debug)]
pub struct Member {
    /// The element's name.
    pub name: &'static str,
    /// What is inside.
    pub kind: Kind,
    /// The value that stands for "not set" and is left out when written.
    pub default: Option<&'static str>,
    /// Must be there.
    pub required: bool,
    /// May come any number of times.
    pub repeated: bool,
    /// May be `xsi:nil`.
    pub nillable: bool,
}

/// The words of an enumeration.
#[must_use]
pub fn words(name: &str) -> &'static [&'static str] {
    match name {
        "OrderSlipStateType" => &[
            "None",
            "Offer",
            "Pack",
            "Invoiced",
            "Web",
            "Repeating",
            "CollectingOrder",
            "Return",
            "Distribution",
            "Rest",
            "ForInvoicing",
            "OvertimeRent",
            "Confirmed",
            "OrderState_Sent",
            "Production",
            "PaymentReminder",
            "OnAccount",
            "Lending",
            "InvoicedCashAccount",
            "InvoicedPack",
            "Inactive",
            "Hours",
            "OrderState_SuperStore",
            "Draft",
        ],
        "Distributor" => &["Default", "Manual", "Auto"],
        "DistributionMethod" => &["Unchanged", "Print", "EMail", "ElectronicInvoice", "Default"],
        "ChangeState" => &["None", "Add", "Edit", "Delete"],
        "RowType" => &["Normal", "Text", "TextBold"],
        "CompanyType" => &["None", "Lead", "Consumer", "Business", "Supplier"],
        // The vendor lists every currency; these are the ones a Nordic company meets.
        "CurrencyType" => &["LOCAL", "DKK", "EUR", "GBP", "ISK", "NOK", "SEK", "USD"],
        _ => &[],
    }
}

/// The members of a type or operation, `None` when the services have no such thing.
#[must_use]
pub fn members(name: &str) -> Option<&'static [Member]> {
    TYPES.get(name).map(Vec::as_slice)
}

/// Every type of the table.
pub fn types() -> impl Iterator<Item = (&'static str, &'static [Member])> {
    TYPES.iter().map(|(name, members)| (*name, members.as_slice()))
}

static TYPES: LazyLock<BTreeMap<&'static str, Vec<Member>>> = LazyLock::new(|| {
    super::tables::ALL
        .iter()
        .flat_map(|table| table.lines())
        .filter_map(|line| line.trim().split_once(" = "))
        .map(|(name, list)| (name, list.split_whitespace().map(member).collect()))
        .chain(super::tables::EMPTY.iter().map(|name| (*name, Vec::new())))
        .collect()
});

/// `Name:kind` with `!` for required, `~` for nillable, `*` for repeated, `=x` for a default other than the kind's own,
/// `=` alone for none.
fn member(text: &'static str) -> Member {
    let (name, rest) = text.split_once(':').unwrap_or((text, "str"));
    let (rest, default) = rest.split_once('=').map_or((rest, None), |(rest, default)| (rest, Some(default)));
    let word = rest.trim_end_matches(['!', '~', '*']);
    let marks = &rest[word.len()..];
    let (kind, own) = match word {
        "int" => (Kind::Int, Some("-2147483648")),
        "short" => (Kind::Short, Some("-32768")),
        "long" => (Kind::Long, None),
        "decimal" => (Kind::Decimal, Some("-79228162514264337593543950335")),
        "double" => (Kind::Double, Some("-1.7976931348623157E+308")),
        "dateTime" => (Kind::DateTime, Some("0001-01-01T00:00:00")),
        "boolean" => (Kind::Bool, None),
        "text" => (Kind::Str, Some("")),
        "string" => (Kind::Str, None),
        "guid" => (Kind::Guid, Some("00000000-0000-0000-0000-000000000000")),
        word if !words(word).is_empty() => (Kind::Enum(word), None),
        word => (Kind::Of(word), None),
    };
    let default = match default {
        Some("") => None,
        Some(default) => Some(default),
        None if marks.contains(['!', '*']) => None,
        None => own,
    };
    let (required, nillable, repeated) = (marks.contains('!'), marks.contains('~'), marks.contains('*'));
    Member { name, kind, default, required, repeated, nillable }
}
