//! The kinds of records, their members and the way values are written.

use std::str::FromStr as _;

use jiff::Timestamp;
use rust_decimal::Decimal;
use serde_json::{Map, Number, Value, json};

/// A kind of record that a company keeps.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// `ProductDto`
    Product,
    /// `ProductGroupDto`
    ProductGroup,
    /// `OutgoingInvoiceDto`
    Invoice,
    /// `CustomerDto`
    Customer,
    /// `ContactDeliveryAddressDto`
    DeliveryAddress,
    /// `DeliveryTermDto`
    DeliveryTerm,
}

impl Kind {
    /// Every kind.
    pub const ALL: [Self; 6] =
        [Self::Product, Self::ProductGroup, Self::Invoice, Self::Customer, Self::DeliveryAddress, Self::DeliveryTerm];

    /// The record's name in answers to a person.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Product => "Products",
            Self::ProductGroup => "ProductGroups",
            Self::Invoice => "OutgoingInvoices",
            Self::Customer => "Customers",
            Self::DeliveryAddress => "ContactDeliveryAddresses",
            Self::DeliveryTerm => "DeliveryTerms",
        }
    }

    /// Members that are null unless said otherwise (section 3).
    fn nullable(self) -> &'static str {
        match self {
            Self::Product => {
                "Code CreatedFromImportJournalId Description Gtin Name OptionalSalesAccount \
                 OptionalSalesAccountAgricultureDepartment OptionalSalesAccountId ProductGroupCode ProductGroupId \
                 StandardSalesAccount StandardSalesAccountAgricultureDepartment StandardSalesAccountId StockAvailable \
                 StockOnHand StockOnHandLastChangedDatetimeOffset UnitCost UnitOfMeasureCode UnitPrice"
            }
            Self::ProductGroup => {
                "Code CreatedFromImportJournalId Description Name OptionalSalesAccount \
                 OptionalSalesAccountAgricultureDepartment OptionalSalesAccountId StandardSalesAccount \
                 StandardSalesAccountAgricultureDepartment StandardSalesAccountId UnitCost UnitOfMeasureCode UnitPrice"
            }
            Self::Invoice => {
                "Balance BalanceLastChangedDateTimeOffset BrandingThemeCode BrandingThemeId Cid ContractNo \
                 CurrencyExchangeRate CustomMatchingReference CustomerId CustomerNo CustomerReference \
                 CustomerReferenceContactPersonId DeliveryAddress1 DeliveryAddress2 DeliveryAddressCity \
                 DeliveryAddressCountryCode DeliveryAddressZipCode DeliveryDate DeliveryTerm DeliveryTermId \
                 DepartmentCode DepartmentId Dim1Code Dim1Id Dim2Code Dim2Id Dim3Code Dim3Id DueDate \
                 ExternalImportReference ImportedOrderNo InvoiceNo LocationCode LocationId MatchId OrderDate OrderNo \
                 PaymentTerm PaymentTermId ProjectCode ProjectId PurchaseOrderReference RelatedInvoiceNo \
                 SellersReferenceEmployeeId SellersReferenceEmployeeNo SentDateTimeOffset"
            }
            Self::Customer => {
                "Allowance BillableRate ContactGroupIds CreatedFromImportJournalId CustomerSince DateOfBirth \
                 DeliveryTerm DeliveryTermId DepartmentCode DepartmentId EmailAddress ExternalImportReference \
                 ExternalNumber FirstName InvoiceBrandingThemeCode InvoiceBrandingThemeId InvoiceEmailAddress \
                 InvoiceEmailAddressCC LastName LegalName Name NationalIdNumber \
                 NoticeOfDebtCollectionDeliveryType Number OrganizationNumber PaymentReminderEmailAddress PaymentTerm \
                 PaymentTermId PhoneNumber ReminderDeliveryType SalesPersonEmployeeId SalesPersonEmployeeNumber \
                 WebsiteUrl"
            }
            Self::DeliveryAddress => "AddressLine1 AddressLine2 City ExternalCode ZipCode",
            Self::DeliveryTerm => "Name",
        }
    }

    /// Members that have a value from the start.
    fn defaults(self) -> Value {
        match self {
            Self::Product => json!({"IsArchived": false, "IsStockItem": false, "ProductType": "Product"}),
            Self::ProductGroup => json!({"IsArchived": false, "ProductType": "Product"}),
            Self::Invoice => json!({
                "CurrencyCode": "NOK", "InvoiceDeliveryType": "PdfByEmail", "IsCreatedByCurrentIntegration": false,
                "IsReversed": false, "NetAmount": 0, "NetPostedAmount": 0, "TotalAmount": 0, "TotalPostedAmount": 0,
                "VoucherDate": "2026-01-02", "VoucherNo": 0, "VoucherType": "OutgoingInvoice"
            }),
            Self::Customer => json!({
                "CurrencyCode": "NOK", "DoNotAddLatePaymentFees": false, "DoNotAddLatePaymentInterest": false,
                "DoNotAutomatePaymentNotifications": false, "InvoiceDeliveryType": "PdfByEmail", "IsActive": true,
                "IsArchived": false, "IsPerson": false, "IsVatFree": false, "MailAddress": {}, "SendPaymentReminders": true,
                "SubledgerAccountId": 1500, "TransferToDebtCollectionAgency": false, "UseInvoiceFee": false
            }),
            Self::DeliveryAddress => json!({"CountryCode": "NO"}),
            Self::DeliveryTerm => json!({"IsDefault": false}),
        }
    }

    /// Members that hold the moment of creation.
    pub(super) fn created(self) -> &'static [&'static str] {
        match self {
            Self::Customer => &["CustomerCreatedDateTimeOffset", "ContactCreatedDateTimeOffset"],
            _ => &["CreatedDateTimeOffset"],
        }
    }

    /// The record with every member it leaves out.
    pub(super) fn complete(self, record: &Map<String, Value>) -> Map<String, Value> {
        let mut whole: Map<String, Value> =
            self.nullable().split_whitespace().map(|name| (name.to_owned(), Value::Null)).collect();
        if let Value::Object(defaults) = self.defaults() {
            whole.extend(defaults);
        }
        whole.extend(record.clone());
        whole
    }
}

/// Members that the vendor writes as doubles, with decimals even when they are whole.
const DOUBLES: &str = "UnitPrice UnitCost StockOnHand StockAvailable Balance NetAmount NetPostedAmount TotalAmount \
    TotalPostedAmount CurrencyExchangeRate Quantity ProductUnitPrice ProductUnitCost Allowance VatAmount VatRate \
    BillableRate";

/// A line with every member it leaves out.
pub(super) fn line(record: &Map<String, Value>) -> Value {
    let nullable = "AccountId AccountNo AgricultureDepartment Allowance DepartmentCode DepartmentId Description Dim1Code \
        Dim1Id Dim2Code Dim2Id Dim3Code Dim3Id ExternalImportReference IsAccrued LocationCode LocationId ProductCode \
        ProductId ProductUnitCost ProjectCode ProjectId Quantity SellersReferenceEmployeeId \
        SellersReferenceEmployeeNo UnitOfMeasureCode VatCode VatId VatReturnSpecification";
    let mut whole: Map<String, Value> =
        nullable.split_whitespace().map(|name| (name.to_owned(), Value::Null)).collect();
    whole.insert("LineType".into(), "Normal".into());
    for name in
        ["NetAmount", "NetPostedAmount", "TotalAmount", "TotalPostedAmount", "ProductUnitPrice", "VatAmount", "VatRate"]
    {
        whole.insert(name.into(), json!(0));
    }
    whole.extend(record.clone());
    Value::Object(whole)
}

/// The record as it goes over the wire.
pub(super) fn written(record: &Value) -> Value {
    let mut record = record.clone();
    for (name, value) in record.as_object_mut().into_iter().flatten() {
        if let Value::Number(number) = &value
            && DOUBLES.split_whitespace().any(|double| double == name)
            && !number.to_string().contains(['.', 'e', 'E'])
        {
            *value = Value::Number(Number::from_string_unchecked(format!("{number}.0")));
        }
    }
    record
}

/// An exact number; `None` for anything else.
pub(super) fn decimal(value: &Value) -> Option<Decimal> {
    let text = value.as_number()?.to_string();
    Decimal::from_str(&text).or_else(|_| Decimal::from_scientific(&text)).ok()
}

/// A JSON number from an exact one.
pub(super) fn number(value: Decimal) -> Value {
    Value::Number(Number::from_string_unchecked(value.to_string()))
}

/// The record's `Id` as text.
pub(super) fn key(record: &Value) -> String {
    match &record["Id"] {
        Value::String(id) => id.clone(),
        id => id.to_string(),
    }
}

/// A time as the vendor writes it, with seven digits of the second (section 3).
pub(super) fn stamp(now: Timestamp) -> Value {
    jiff::fmt::temporal::DateTimePrinter::new().precision(Some(7)).timestamp_to_string(&now).into()
}
