//! How long Ongoing's texts may be (Ongoing sheet, sections 2.3 and 8): the one table, for the mapping, the plan and
//! `docs/mapping/lengths.md`. Whether a longer one is refused or cut there is not known, so that none is sent.

use serde_json::Value;

use crate::words::fault::{Fault, Result};
use crate::words::feed::Feed;

/// What becomes of what is too long.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TooLong {
    /// A text for people is cut, and ends in `…`.
    Cut,
    /// A key that is cut is another key: the record is parked.
    Parked,
}

/// A member's length: JSON pointer into the body, `*` for every row; characters.
pub type Length = (&'static str, usize, TooLong);

use TooLong::{Cut, Parked};

const ARTICLES: &[Length] = &[
    ("/articleNumber", 100, Parked),
    ("/articleName", 200, Cut),
    ("/barCodeInfo/barCode", 100, Parked),
    ("/articleGroup/code", 100, Parked),
    ("/articleGroup/name", 100, Cut),
];

const ORDERS: &[Length] = &[
    ("/orderNumber", 50, Parked),
    ("/goodsOwnerOrderId", 50, Parked),
    ("/referenceNumber", 50, Cut),
    ("/productionCode", 30, Parked),
    ("/orderRemark", 500, Cut),
    ("/warehouseInstruction", 500, Cut),
    ("/servicePointCode", 50, Parked),
    ("/invoiceUrl", 200, Parked),
    ("/consignee/customerNumber", 50, Parked),
    ("/consignee/name", 200, Cut),
    ("/consignee/address1", 200, Cut),
    ("/consignee/address2", 200, Cut),
    ("/consignee/postCode", 200, Cut),
    ("/consignee/city", 200, Cut),
    ("/orderLines/*/articleNumber", 100, Parked),
    ("/orderLines/*/comment", 300, Cut),
    ("/advanced/orderTextLines/*/comment", 300, Cut),
];

const PURCHASE_ORDERS: &[Length] = &[
    ("/purchaseOrderNumber", 50, Parked),
    ("/purchaseOrderLines/*/articleNumber", 100, Parked),
    ("/purchaseOrderLines/*/comment", 300, Cut),
];

/// The lengths of a feed's body.
#[must_use]
pub fn of(feed: Feed) -> &'static [Length] {
    match feed {
        Feed::Articles => ARTICLES,
        Feed::Orders => ORDERS,
        Feed::PurchaseOrders => PURCHASE_ORDERS,
        Feed::Suppliers => &[],
    }
}

/// Cuts the texts of a body that are too long.
///
/// # Errors
/// [`Fault::Rejected`] with the path of a key that is too long.
pub fn fit(feed: Feed, body: &mut Value) -> Result<()> {
    for (pointer, longest, too_long) in of(feed) {
        let segments: Vec<&str> = pointer.split('/').skip(1).collect();
        each(body, &segments, String::new(), &mut |path, value| {
            let Value::String(text) = value else { return Ok(()) };
            let length = text.chars().count();
            if length <= *longest {
                return Ok(());
            }
            match too_long {
                Cut => *text = text.chars().take(longest - 1).chain(['…']).collect(),
                Parked => {
                    let why = format!("Ongoing takes {longest} characters here, and these are {length}");
                    return Err(Fault::rejected(path, why));
                }
            }
            Ok(())
        })?;
    }
    Ok(())
}

fn each(
    value: &mut Value,
    segments: &[&str],
    path: String,
    found: &mut dyn FnMut(String, &mut Value) -> Result<()>,
) -> Result<()> {
    let Some((first, rest)) = segments.split_first() else { return found(path, value) };
    if *first == "*" {
        let rows = value.as_array_mut().into_iter().flatten().enumerate();
        return rows.into_iter().try_for_each(|(at, row)| each(row, rest, format!("{path}/{at}"), found));
    }
    match value.get_mut(*first) {
        Some(member) => each(member, rest, format!("{path}/{first}"), found),
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn texts_are_cut_at_a_character_and_keys_are_not() {
        let mut body = json!({"orderRemark": "å".repeat(501), "consignee": {"name": "x".repeat(200)},
            "orderLines": [{"comment": "ok"}, {"comment": "y".repeat(301)}]});
        fit(Feed::Orders, &mut body).unwrap();
        assert_eq!(body["orderRemark"], format!("{}…", "å".repeat(499)));
        assert_eq!(body["consignee"]["name"], "x".repeat(200));
        assert_eq!(body["orderLines"][0]["comment"], "ok");
        assert_eq!(body["orderLines"][1]["comment"], format!("{}…", "y".repeat(299)));
        let mut body = json!({"orderLines": [{"articleNumber": "A"}, {"articleNumber": "A".repeat(101)}]});
        let fault = fit(Feed::Orders, &mut body).unwrap_err();
        assert!(fault.to_string().contains("/orderLines/1/articleNumber"), "{fault}");
    }
}
