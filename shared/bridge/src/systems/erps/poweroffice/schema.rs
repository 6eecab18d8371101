//! The shape of PowerOffice Go's records as far as they are read (PowerOffice sheet, section 3).

use serde_json::Value;

use crate::systems::schema::{Is, Schema, always, required, sometimes};

/// `ProductDto`.
pub(super) const PRODUCT: Schema = Schema {
    system: "poweroffice",
    call: "GET Products",
    members: &[
        required("/Id", Is::Number),
        required("/Code", Is::Text),
        always("/Name", Is::Text),
        sometimes("/Description", Is::Text),
        always("/ProductType", Is::Text).one_of(|word| is(word, &["Product", "Service"])),
        sometimes("/UnitPrice", Is::Number),
        sometimes("/UnitCost", Is::Number),
        sometimes("/Gtin", Is::Text),
        sometimes("/UnitOfMeasureCode", Is::Text),
        sometimes("/ProductGroupId", Is::Number),
        sometimes("/IsStockItem", Is::Flag),
        required("/LastChangedDateTimeOffset", Is::Text),
    ],
};

/// `OutgoingInvoiceDto`, as the list has it.
pub(super) const INVOICE: Schema = Schema {
    system: "poweroffice",
    call: "GET OutgoingInvoices",
    members: &[
        required("/Id", Is::Text),
        required("/VoucherType", Is::Text).one_of(|word| is(word, &["OutgoingInvoice", "OutgoingCreditNote"])),
        required("/Balance", Is::Number),
        always("/IsReversed", Is::Flag),
        required("/CustomerId", Is::Number),
        sometimes("/CustomerNo", Is::Number),
        sometimes("/OrderNo", Is::Number),
        sometimes("/ImportedOrderNo", Is::Number),
        sometimes("/InvoiceNo", Is::Number),
        sometimes("/DeliveryDate", Is::Text),
        sometimes("/CurrencyCode", Is::Text),
        sometimes("/RelatedInvoiceNo", Is::Number),
        sometimes("/MatchId", Is::Number),
        sometimes("/BalanceLastChangedDateTimeOffset", Is::Text),
        required("/LastChangedDateTimeOffset", Is::Text),
    ],
};

/// `OutgoingInvoiceLineDto`.
pub(super) const LINE: Schema = Schema {
    system: "poweroffice",
    call: "GET OutgoingInvoices/*/Lines",
    members: &[
        required("/Id", Is::Number),
        always("/LineType", Is::Text)
            .one_of(|word| is(word, &["Normal", "Text", "Summary", "InvoiceFee", "TotalHours"])),
        sometimes("/ProductId", Is::Number),
        sometimes("/ProductCode", Is::Text),
        sometimes("/Description", Is::Text),
        sometimes("/Quantity", Is::Number),
        sometimes("/ProductUnitPrice", Is::Number),
        sometimes("/Allowance", Is::Number),
        sometimes("/NetAmount", Is::Number),
        sometimes("/SortOrder", Is::Number),
    ],
};

/// `CustomerDto`.
pub(super) const CUSTOMER: Schema = Schema {
    system: "poweroffice",
    call: "GET Customers",
    members: &[
        required("/Id", Is::Number),
        sometimes("/Number", Is::Number),
        sometimes("/LegalName", Is::Text),
        sometimes("/Name", Is::Text),
        sometimes("/FirstName", Is::Text),
        sometimes("/LastName", Is::Text),
        sometimes("/EmailAddress", Is::Text),
        sometimes("/PhoneNumber", Is::Text),
        sometimes("/MailAddress", Is::Object),
        sometimes("/MailAddress/City", Is::Text),
        sometimes("/MailAddress/CountryCode", Is::Text),
    ],
};

fn is(word: &Value, words: &[&str]) -> bool {
    word.as_str().is_some_and(|word| words.contains(&word))
}

/// A product as a write of its stock is answered with.
pub(super) const WRITTEN: Schema = Schema {
    system: "poweroffice",
    call: "PATCH Products/*",
    members: &[required("/Id", Is::Number), required("/StockOnHand", Is::Number)],
};
