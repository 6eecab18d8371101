//! Return properties: the services answer only with what a call names, and refuse a call that names what they do not have
//! (Finago sheet, sections 2.1 and 3).

use std::collections::BTreeSet;

use crate::tenant::Settings;
use crate::words::feed::Feed;

/// The names of a type: what the mapping reads, and what else a tenant's filters and further fields may point to.
pub(super) struct Names {
    usual: &'static [&'static str],
    others: &'static [&'static str],
}

#[rustfmt::skip]
pub(super) const PRODUCT: Names = Names {
    usual: &[
        "Id", "No", "Name", "Description", "EAN1", "Weight", "SupplierId", "StatusId", "DateChanged", "StockControlled",
    ],
    others: &[
        "CashPriceIncTax", "WebPrice", "TaxRate", "Stock", "CategoryId", "PriceGroupID", "InPrice", "DescriptionLong",
        "Cost", "Price", "MinimumStock", "OrderProposal", "StockLocation", "SupplierProductCode",
        "SupplierProductName", "Web", "ProductCode", "NewOffer", "NewProduct",
    ],
};

#[rustfmt::skip]
pub(super) const ORDER: Names = Names {
    usual: &[
        "OrderId", "OrderStatus", "CustomerId", "CustomerName", "CustomerDeliveryName", "CustomerDeliveryPhone",
        "Addresses", "DeliveryDate", "DeliveryMethod", "InvoiceEmailAddress", "InvoiceRows", "InvoiceTitle",
        "ReferenceNumber", "YourReference", "DateChanged", "CustomerDeliveryId",
    ],
    others: &[
        "InvoiceId", "DateOrdered", "DateInvoiced", "PaymentTime", "CustomerReferenceNo", "ProjectId", "OurReference",
        "IncludeVAT", "OrderTotalIncVat", "OrderTotalVat", "InvoiceText", "Paid", "OCR", "CustomerOrgNo", "Currency",
        "PaymentMethodId", "PaymentAmount", "ProductionManagerId", "SalesOpportunityId", "TypeOfSaleId", "Distributor",
        "DistributionMethod", "DepartmentId", "ExternalStatus", "ProductionNumber", "ReferenceInvoiceId",
        "ReferenceOrderId", "SkipStock", "AccrualDate", "AccrualLength", "RoundFactor", "InvoiceTemplateId",
        "VippsNumber", "DeliveryAlternative", "SendToFactoring", "Commission", "UserDefinedDimensions", "GLNNumber",
    ],
};

#[rustfmt::skip]
pub(super) const ROW: Names = Names {
    usual: &["ProductId", "RowId", "Quantity", "Type", "ProductNo", "Hidden", "SequenceNumber"],
    others: &[
        "VatRate", "Price", "Name", "DiscountRate", "QuantityDelivered", "QuantityOrdered", "QuantityRest", "Cost",
        "ChangeState", "TypeGroupId", "InPrice", "AccrualDate", "AccrualLength",
        "AccountProject", "ProjectId", "DepartmentId", "TaxSettings", "UserDefinedDimensions", "SerialNumber",
    ],
};

#[rustfmt::skip]
pub(super) const COMPANY: Names = Names {
    usual: &["Id", "Name", "Addresses", "Country", "PhoneNumbers", "EmailAddresses", "DateChanged"],
    others: &[
        "ExternalId", "OrganizationNumber", "FirstName", "NickName", "Url", "Note", "InvoiceLanguage", "Type",
        "IncorporationDate", "DateCreated", "Status", "PriceList", "Owner", "BankAccountNo", "BankAccountType",
        "BankAccountCountry", "BankAccountBic", "TermsOfDeliveryId", "AccountDebit", "AccountCredit", "Discount",
        "TypeGroup", "ShareCapital", "NumberOfEmployees", "IndustryId", "MemberNo", "BlockInvoice", "Relations",
        "Maps", "DistributionMethod", "CurrencyId", "PaymentTime", "GlnNumber", "Factoring", "LedgerCustomerAccount",
        "LedgerSupplierAccount", "VatNumber", "Private",
    ],
};

impl Names {
    /// Every name.
    pub fn every(&self) -> impl Iterator<Item = &'static str> + use<> {
        self.usual.iter().chain(self.others).copied()
    }

    /// The usual names, and the further ones that the tenant's pointers under these places go to.
    pub fn wanted(&self, settings: &Settings, places: &[(Feed, &str)]) -> BTreeSet<&'static str> {
        let pointed: Vec<&str> = pointers(settings)
            .flat_map(|(feed, pointer)| {
                let here = places.iter().filter(move |(of, _)| *of == feed);
                here.filter_map(move |(_, place)| member(pointer, place))
            })
            .collect();
        let further = self.others.iter().filter(|name| pointed.contains(name));
        self.usual.iter().chain(further).copied().collect()
    }
}

/// Whether a pointer of the tenant's goes into this member of a feed's records.
pub(super) fn points_to(settings: &Settings, feed: Feed, place: &str) -> bool {
    pointers(settings).any(|(of, pointer)| of == feed && member(pointer, place).is_some())
}

fn pointers(settings: &Settings) -> impl Iterator<Item = (Feed, &str)> {
    let filters = settings.filters.iter().map(|filter| (filter.feed, filter.path.as_str()));
    filters.chain(settings.extra_fields.iter().map(|field| (field.feed, field.from.as_str())))
}

/// The member that a pointer names below a place; an index in between is passed over.
fn member<'p>(pointer: &'p str, place: &str) -> Option<&'p str> {
    let below = pointer.strip_prefix(place)?.strip_prefix('/')?;
    below.split('/').find(|segment| segment.parse::<usize>().is_err())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn only_existing_members_that_the_tenant_points_to_are_asked_for() {
        let settings: Settings = serde_json::from_value(json!({
            "filters": [{"feed": "orders", "path": "/ExternalStatus", "in": [1]},
                {"feed": "articles", "path": "/APIException/Type", "in": [""]},
                {"feed": "suppliers", "path": "/Type", "in": ["Supplier"]}],
            "extra_fields": [{"feed": "orders", "from": "/InvoiceRows/InvoiceRow/0/Price", "to": "/freeText1"},
                {"feed": "orders", "from": "/Company/OrganizationNumber", "to": "/freeText2"}],
        }))
        .unwrap();
        let further = |names: &Names, places: &[(Feed, &str)]| -> Vec<&str> {
            let wanted = names.wanted(&settings, places);
            wanted.into_iter().filter(|name| names.others.contains(name)).collect()
        };
        assert_eq!(further(&ORDER, &[(Feed::Orders, "")]), ["ExternalStatus"]);
        assert_eq!(further(&ROW, &[(Feed::Orders, "/InvoiceRows/InvoiceRow")]), ["Price"]);
        assert_eq!(further(&COMPANY, &[(Feed::Orders, "/Company")]), ["OrganizationNumber"]);
        assert_eq!(further(&COMPANY, &[(Feed::Articles, "/Supplier"), (Feed::Suppliers, "")]), ["Type"]);
        assert!(further(&PRODUCT, &[(Feed::Articles, "")]).is_empty());
        assert!(points_to(&settings, Feed::Orders, "/Company") && !points_to(&settings, Feed::Articles, "/Supplier"));
    }
}
