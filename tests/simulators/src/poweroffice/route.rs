//! Paths, without regard to case (section 1), and what each endpoint asks for.

use super::problem::Casing;

/// An endpoint with the ids in its path.
pub(super) enum Route {
    Token,
    Products,
    Product(String),
    Groups,
    Group(String),
    Invoices,
    Invoice(String),
    Lines(String),
    Customers,
    Customer(String),
    Addresses,
    Address(String, String),
    Terms,
    Term(String),
    Information,
}

impl Route {
    pub(super) fn of(path: &str) -> Option<Self> {
        let lower = path.to_ascii_lowercase();
        let segments: Vec<&str> = lower.trim_matches('/').split('/').collect();
        let id = |text: &str| text.to_owned();
        Some(match segments.as_slice() {
            ["oauth", "token"] => Self::Token,
            ["v2", "products"] => Self::Products,
            ["v2", "products", product] => Self::Product(id(product)),
            ["v2", "productgroups"] => Self::Groups,
            ["v2", "productgroups", group] => Self::Group(id(group)),
            ["v2", "outgoinginvoices"] => Self::Invoices,
            ["v2", "outgoinginvoices", invoice] => Self::Invoice(id(invoice)),
            ["v2", "outgoinginvoices", invoice, "lines"] => Self::Lines(id(invoice)),
            ["v2", "customers"] => Self::Customers,
            ["v2", "customers", customer] => Self::Customer(id(customer)),
            ["v2", "contactdeliveryaddresses"] => Self::Addresses,
            ["v2", "contactdeliveryaddresses", contact, address] => Self::Address(id(contact), id(address)),
            ["v2", "deliveryterms"] => Self::Terms,
            ["v2", "deliveryterms", term] => Self::Term(id(term)),
            ["v2", "clientintegrationinformation"] => Self::Information,
            _ => return None,
        })
    }

    pub(super) fn name(&self) -> &'static str {
        match self {
            Self::Token => "/OAuth/Token",
            Self::Products => "/v2/Products",
            Self::Product(_) => "/v2/Products/{id}",
            Self::Groups => "/v2/ProductGroups",
            Self::Group(_) => "/v2/ProductGroups/{id}",
            Self::Invoices => "/v2/OutgoingInvoices",
            Self::Invoice(_) => "/v2/OutgoingInvoices/{id}",
            Self::Lines(_) => "/v2/OutgoingInvoices/{id}/Lines",
            Self::Customers => "/v2/Customers",
            Self::Customer(_) => "/v2/Customers/{id}",
            Self::Addresses => "/v2/ContactDeliveryAddresses",
            Self::Address(..) => "/v2/ContactDeliveryAddresses/{contactId}/{id}",
            Self::Terms => "/v2/DeliveryTerms",
            Self::Term(_) => "/v2/DeliveryTerms/{id}",
            Self::Information => "/v2/ClientIntegrationInformation",
        }
    }

    /// Any one of these opens the endpoint; none asked for means that a token is enough (section 1).
    pub(super) fn privileges(&self, method: &str) -> &'static [&'static str] {
        match self {
            Self::Products if method == "POST" => &["Product_Full"],
            Self::Product(_) if matches!(method, "PATCH" | "DELETE") => &["Product_Full"],
            Self::Products | Self::Product(_) | Self::Groups | Self::Group(_) => &["Product", "Product_Full"],
            Self::Invoices | Self::Invoice(_) | Self::Lines(_) => &["OutgoingInvoice", "OutgoingInvoice_Full"],
            Self::Customers | Self::Customer(_) => &["Customer", "Customer_Full"],
            Self::Addresses | Self::Address(..) => &[
                "ContactDeliveryAddress",
                "ContactDeliveryAddress_Full",
                "Customer",
                "Customer_Full",
                "Supplier",
                "Supplier_Full",
                "Employee",
                "Employee_Full",
            ],
            Self::Terms | Self::Term(_) => &["CommonServices", "CommonServices_Full"],
            Self::Token | Self::Information => &[],
        }
    }

    /// The schema names the members in PascalCase and the samples in lower case, so both are met (section 5).
    pub(super) fn casing(&self) -> Casing {
        match self {
            Self::Invoices | Self::Invoice(_) | Self::Lines(_) | Self::Customers | Self::Customer(_) => Casing::Pascal,
            _ => Casing::Lower,
        }
    }

    /// Whether the endpoint is about one object.
    pub(super) fn is_single(&self) -> bool {
        self.name().contains("{id}")
    }
}
