//! What the user behind an API key may do: there are no scopes (section 1, "Rights instead of scopes").

use serde_json::{Value, json};

/// One area's right.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Right {
    /// `ALL_RIGHTS`.
    All,
    /// `VIEWING_RIGHTS`.
    Viewing,
    /// `NO_ACCESS`.
    None,
    /// `NOT_ENABLED`: the company has not bought the area.
    NotEnabled,
}

impl Right {
    pub(super) fn sees(self) -> bool {
        matches!(self, Self::All | Self::Viewing)
    }

    fn wire(self) -> &'static str {
        match self {
            Self::All => "ALL_RIGHTS",
            Self::Viewing => "VIEWING_RIGHTS",
            Self::None => "NO_ACCESS",
            Self::NotEnabled => "NOT_ENABLED",
        }
    }
}

/// The rights that matter to the bridge; every one is [`Right::All`] at first.
#[derive(Clone, Copy, Debug)]
pub struct Rights {
    /// `sales.salesOrGroupInvoices`: to approve, send and change documents of the sales side.
    pub sales_or_group_invoices: Right,
    /// `sales.salesInvoiceSearch`: to see them.
    pub sales_invoice_search: Right,
    /// `sales.personalSalesInvoicesOnly`: other people's documents are left out without a word.
    pub personal_sales_invoices_only: bool,
    /// `sales.productRegister`: to see sales products.
    pub sales_product_register: Right,
    /// `purchases.purchaseInvoices`: to approve and change documents of the purchase side.
    pub purchase_invoices: Right,
    /// `purchases.purchaseInvoiceSearch`: to see them.
    pub purchase_invoice_search: Right,
    /// `purchases.personalPurchaseInvoicesOnly`.
    pub personal_purchase_invoices_only: bool,
    /// `purchases.productRegister`: to see purchase products.
    pub purchase_product_register: Right,
}

impl Default for Rights {
    fn default() -> Self {
        Self {
            sales_or_group_invoices: Right::All,
            sales_invoice_search: Right::All,
            personal_sales_invoices_only: false,
            sales_product_register: Right::All,
            purchase_invoices: Right::All,
            purchase_invoice_search: Right::All,
            personal_purchase_invoices_only: false,
            purchase_product_register: Right::All,
        }
    }
}

/// Whether a document type belongs to the sales side; everything else counts as purchases here.
fn of_sales(invoice_type: &str) -> bool {
    invoice_type.starts_with("SALES_")
}

impl Rights {
    pub(super) fn sees_invoices(&self, invoice_type: &str) -> bool {
        if of_sales(invoice_type) { self.sales_invoice_search.sees() } else { self.purchase_invoice_search.sees() }
    }

    pub(super) fn changes_invoices(&self, invoice_type: &str) -> bool {
        let right = if of_sales(invoice_type) { self.sales_or_group_invoices } else { self.purchase_invoices };
        right == Right::All
    }

    pub(super) fn own_only(&self, invoice_type: &str) -> bool {
        if of_sales(invoice_type) { self.personal_sales_invoices_only } else { self.personal_purchase_invoices_only }
    }

    pub(super) fn sees_products(&self, product_type: &str) -> bool {
        match product_type {
            "SALES" => self.sales_product_register.sees(),
            _ => self.purchase_product_register.sees(),
        }
    }

    /// The body of `GET /users/rights`.
    pub(super) fn wire(&self) -> Value {
        json!({
            "role": "User",
            "rights": {
                "sales": {
                    "salesOrGroupInvoices": self.sales_or_group_invoices.wire(),
                    "salesInvoiceSearch": self.sales_invoice_search.wire(),
                    "personalSalesInvoicesOnly": self.personal_sales_invoices_only,
                    "customerRegister": Right::Viewing.wire(),
                    "productRegister": self.sales_product_register.wire(),
                },
                "purchases": {
                    "purchaseInvoices": self.purchase_invoices.wire(),
                    "purchaseInvoiceSearch": self.purchase_invoice_search.wire(),
                    "personalPurchaseInvoicesOnly": self.personal_purchase_invoices_only,
                    "supplierRegister": Right::Viewing.wire(),
                    "productRegister": self.purchase_product_register.wire(),
                    "fixedAssetsRegister": Right::NotEnabled.wire(),
                },
            },
        })
    }
}
