//! The shape of Visma's records as far as they are read (Visma sheet, section 3).

use crate::systems::schema::{Is, Schema, always, required, sometimes};

/// `ArticleApi`.
pub(super) const ARTICLE: Schema = Schema {
    system: "visma",
    call: "GET articles",
    members: &[
        required("/Id", Is::Text),
        required("/Number", Is::Text),
        always("/Name", Is::Text),
        always("/IsActive", Is::Flag),
        sometimes("/NetPrice", Is::Number),
        sometimes("/PurchasePrice", Is::Number),
        sometimes("/UnitAbbreviation", Is::Text),
        sometimes("/UnitName", Is::Text),
        sometimes("/Barcodes", Is::List),
        sometimes("/Barcodes/*/Barcode", Is::Text),
        sometimes("/IsServiceArticle", Is::Flag),
        sometimes("/IsStock", Is::Flag),
        sometimes("/StockBalance", Is::Number),
        required("/ChangedUtc", Is::Text),
    ],
};

/// `OrderApi`: draft, ongoing, shipped, invoiced.
pub(super) const ORDER: Schema = Schema {
    system: "visma",
    call: "GET orders",
    members: &[
        required("/Id", Is::Text),
        required("/Status", Is::Number).one_of(|status| matches!(status.as_i64(), Some(1..=4))),
        sometimes("/Number", Is::Number),
        required("/CustomerId", Is::Text),
        sometimes("/OrderDate", Is::Text),
        sometimes("/DeliveryDate", Is::Text),
        sometimes("/CurrencyCode", Is::Text),
        sometimes("/Amount", Is::Number),
        sometimes("/ModifiedUtc", Is::Text),
        required("/Rows", Is::List),
        required("/Rows/*/Id", Is::Text),
        required("/Rows/*/Quantity", Is::Number),
        sometimes("/Rows/*/LineNumber", Is::Number),
        sometimes("/Rows/*/ArticleId", Is::Text),
        sometimes("/Rows/*/ArticleNumber", Is::Text),
        sometimes("/Rows/*/IsTextRow", Is::Flag),
        sometimes("/Rows/*/IsServiceArticle", Is::Flag),
        sometimes("/Rows/*/Text", Is::Text),
        sometimes("/Rows/*/UnitPrice", Is::Number),
        sometimes("/Rows/*/DeliveredQuantity", Is::Number),
    ],
};

/// An article and an order as a write of them is answered with,
const WRITTEN_ARTICLE: Schema = Schema { call: "PUT articles/*", ..ARTICLE };
const WRITTEN_ORDER: Schema = Schema { call: "PUT orders/*", ..ORDER };

/// and an order as a step of it is.
pub(super) const STEP: Schema = Schema { call: "POST orders/*/*", ..ORDER };

/// The shape of what a write to an endpoint is answered with.
pub(super) fn written(endpoint: &str) -> &'static Schema {
    if endpoint == "articles" { &WRITTEN_ARTICLE } else { &WRITTEN_ORDER }
}

/// The shape of what an endpoint lists.
pub(super) fn of(endpoint: &str) -> &'static Schema {
    if endpoint == "articles" { &ARTICLE } else { &ORDER }
}
