//! The shape of Finago's records as far as they are read (Finago sheet, section 3). The service leaves out what is empty or
//! equals its default, so that little can be called gone; and text is all that XML has.

use crate::systems::schema::{Is, Schema, required, sometimes};
use crate::words::vocabulary::finago;

/// `Product`.
pub(super) const PRODUCT: Schema = Schema {
    system: "finago",
    call: "GetProducts",
    members: &[
        required("/Id", Is::Text),
        sometimes("/No", Is::Text),
        sometimes("/Name", Is::Text),
        sometimes("/Description", Is::Text),
        sometimes("/EAN1", Is::Text),
        sometimes("/Weight", Is::Text),
        sometimes("/StockControlled", Is::Text),
        sometimes("/SupplierId", Is::Text),
    ],
};

/// `InvoiceOrder`.
pub(super) const ORDER: Schema = Schema {
    system: "finago",
    call: "GetInvoices",
    members: &[
        required("/OrderId", Is::Text),
        sometimes("/OrderStatus", Is::Text).one_of(|word| word.as_str().is_some_and(finago::exists)),
        sometimes("/CustomerId", Is::Text),
        sometimes("/CustomerName", Is::Text),
        sometimes("/Addresses", Is::Object),
        sometimes("/Addresses/Delivery", Is::Object),
        sometimes("/DeliveryDate", Is::Text),
        sometimes("/DeliveryMethod", Is::Object),
        required("/InvoiceRows", Is::Object),
        sometimes("/InvoiceRows/InvoiceRow", Is::List),
        required("/InvoiceRows/InvoiceRow/*/RowId", Is::Text),
        sometimes("/InvoiceRows/InvoiceRow/*/ProductId", Is::Text),
        sometimes("/InvoiceRows/InvoiceRow/*/ProductNo", Is::Text),
        sometimes("/InvoiceRows/InvoiceRow/*/Name", Is::Text),
        sometimes("/InvoiceRows/InvoiceRow/*/Quantity", Is::Text),
        sometimes("/InvoiceRows/InvoiceRow/*/Price", Is::Text),
        sometimes("/InvoiceRows/InvoiceRow/*/Type", Is::Text)
            .one_of(|word| word.as_str().is_some_and(|word| ["Normal", "Text", "TextBold"].contains(&word))),
    ],
};

/// `Company`.
pub(super) const COMPANY: Schema = Schema {
    system: "finago",
    call: "GetCompanies",
    members: &[
        required("/Id", Is::Text),
        sometimes("/Name", Is::Text),
        sometimes("/PhoneNumbers", Is::Object),
        sometimes("/EmailAddresses", Is::Object),
        sometimes("/Addresses", Is::Object),
    ],
};

/// What a write of a product's stock is answered with.
pub(super) const STOCK_SET: Schema = Schema {
    system: "finago",
    call: "SetStockQuantity",
    members: &[required("", Is::Text).one_of(|word| matches!(word.as_str().map(str::trim), Some("true" | "false")))],
};

/// What a save of an order is answered with.
pub(super) const SAVED_ORDER: Schema = Schema {
    system: "finago",
    call: "SaveInvoices",
    members: &[required("/InvoiceOrder", Is::List), required("/InvoiceOrder/*/OrderId", Is::Text)],
};
