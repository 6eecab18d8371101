//! Articles: members, and the write that is a full replace (Visma sheet, sections 2 and 3).

use rust_decimal::Decimal;
use serde_json::{Value, json};

use super::company::Company;
use super::fault::{Detail, Fault};
use super::members::{Body, Kind, Member, amount, number, replace, text};
use super::{Desk, company};

/// The members of an article.
pub const MEMBERS: &[Member] = &[
    Member::plain("Id", Kind::Id).read_only(),
    Member::plain("IsActive", Kind::Truth).required(),
    Member::plain("Number", Kind::Text(40)).required(),
    Member::plain("Name", Kind::Text(50)).required(),
    Member::nullable("NameEnglish", Kind::Text(50)),
    Member::plain("NetPrice", Kind::Decimals(2)),
    Member::plain("NetPriceWithDiscount", Kind::Decimals(2)),
    Member::plain("GrossPrice", Kind::Decimals(2)),
    Member::plain("CodingId", Kind::Id).required(),
    Member::nullable("CodingName", Kind::Text(255)).read_only(),
    Member::plain("UnitId", Kind::Id).required(),
    Member::nullable("UnitName", Kind::Text(255)).read_only(),
    Member::nullable("UnitAbbreviation", Kind::Text(255)).read_only(),
    Member::plain("StockBalance", Kind::Number),
    Member::nullable("StockBalanceManuallyChangedUtc", Kind::Time).read_only(),
    Member::plain("StockBalanceReserved", Kind::Number).read_only(),
    Member::plain("StockBalanceAvailable", Kind::Number).read_only(),
    Member::plain("CreatedUtc", Kind::Time).read_only(),
    Member::plain("ChangedUtc", Kind::Time).read_only(),
    Member::nullable("HouseWorkType", Kind::Integer),
    Member::plain("PurchasePrice", Kind::Number),
    Member::nullable("PurchasePriceManuallyChangedUtc", Kind::Time).read_only(),
    Member::plain("SendToWebshop", Kind::Truth),
    Member::plain("UsesMoss", Kind::Truth),
    Member::nullable("ArticleLabels", Kind::Records(LABEL)),
    Member::nullable("MessageThreads", Kind::Texts).read_only(),
    Member::nullable("Notes", Kind::Texts).read_only(),
    Member::nullable("Note", Kind::Text(4000)),
    Member::plain("IsStock", Kind::Truth),
    Member::plain("ShowStockInformation", Kind::Truth).read_only(),
    Member::plain("IsServiceArticle", Kind::Truth).read_only(),
    Member::nullable("StockLocationReference", Kind::Text(255)),
    Member::plain("FreightCosts", Kind::Number),
    Member::nullable("FreightCostsManuallyChangedUtc", Kind::Time).read_only(),
    Member::plain("UpdateStockPrices", Kind::Truth),
    Member::nullable("Barcodes", Kind::Records(BARCODE)),
    Member::plain("StockValue", Kind::Number).read_only(),
    Member::nullable("GreenTechnologyType", Kind::Integer),
    Member::plain("DiscountPercentage", Kind::Number),
    Member::nullable("CurrencyCode", Kind::Text(3)),
    Member::plain("PurchasePriceWithCurrency", Kind::Number),
    Member::plain("FreightCostWithCurrency", Kind::Number),
    Member::nullable("OrderingPoint", Kind::Number),
    Member::nullable("SupplierId", Kind::Id),
    Member::nullable("SupplierArticleNumber", Kind::Text(16)),
];

/// The members of a barcode.
pub const BARCODE: &[Member] =
    &[Member::nullable("Barcode", Kind::Text(255)), Member::plain("BarcodeType", Kind::Choice(&[0]))];

/// The members of a label; inside an article its id names the label.
pub const LABEL: &[Member] = &[
    Member::plain("Id", Kind::Id),
    Member::plain("Name", Kind::Text(50)).required(),
    Member::nullable("Description", Kind::Text(400)),
];

/// The members of an account coding. `Type` and `VatRatePercent` decide what an article may be and cost.
pub const CODING: &[Member] = &[
    Member::plain("Id", Kind::Id).read_only(),
    Member::plain("Name", Kind::Text(255)),
    Member::nullable("NameEnglish", Kind::Text(255)),
    Member::plain("Type", Kind::Text(255)),
    Member::nullable("VatRate", Kind::Text(255)),
    Member::plain("IsActive", Kind::Truth),
    Member::plain("VatRatePercent", Kind::Number),
    Member::nullable("DomesticSalesSubjectToReversedConstructionVatAccountNumber", Kind::Integer),
    Member::nullable("DomesticSalesSubjectToVatAccountNumber", Kind::Integer),
    Member::nullable("DomesticSalesVatExemptAccountNumber", Kind::Integer),
    Member::nullable("ForeignSalesSubjectToMossAccountNumber", Kind::Integer),
    Member::nullable("ForeignSalesSubjectToThirdPartySalesAccountNumber", Kind::Integer),
    Member::nullable("ForeignSalesSubjectToVatWithinEuAccountNumber", Kind::Integer),
    Member::nullable("ForeignSalesVatExemptOutsideEuAccountNumber", Kind::Integer),
    Member::nullable("ForeignSalesVatExemptWithinEuAccountNumber", Kind::Integer),
    Member::nullable("DomesticSalesVatCodeExemptAccountNumber", Kind::Integer),
    Member::plain("ChangedUtc", Kind::Time).read_only(),
];

/// `POST /articles` and `PUT /articles/{id}`.
///
/// # Errors
/// 2000 for what does not fit, 5003 for a stock article that would change kind while it has stock.
pub fn write(desk: &mut Desk<'_>, stored: Option<&Body>, body: &Body) -> Result<Body, Fault> {
    let mut wrong = Vec::new();
    let mut article = replace(MEMBERS, stored, body, desk.rules, "", &mut wrong);
    if text(&article, "Number").is_empty() {
        wrong.push(Detail::field("Number", "The Number field is required."));
    }
    if article["Barcodes"].as_array().is_some_and(|barcodes| barcodes.len() > 1) {
        wrong.push(Detail::field("Barcodes", "An article has at most one barcode."));
    }
    let taken = desk.company.table("articles").find("Number", &article["Number"]);
    if taken.is_some_and(|other| stored.map(|stored| text(stored, "Id")) != Some(text(other, "Id"))) {
        wrong.push(Detail::field("Number", "The article number is already in use."));
    }
    prices(desk.company, &article, &mut wrong);
    for member in ["NetPrice", "GrossPrice"] {
        if desk.rules.refuses_decimals && amount(body, member).normalize().scale() > 2 {
            wrong.push(Detail::field(member, format!("Too many decimals on {member}.")));
        }
    }
    if !wrong.is_empty() {
        return Err(Fault::validation(wrong));
    }
    let stock = stored.map(|stored| amount(stored, "StockBalance")).unwrap_or_default();
    if stored.is_some_and(|stored| stored["IsStock"] != article["IsStock"]) && !stock.is_zero() {
        return Err(Fault::new(400, 5003, "A stock article cannot change kind while its stock balance is not zero."));
    }
    if desk.company.stock_module() || desk.rules.passes_over_stock {
        // The write is answered with 200 and the balance stays what Visma counted.
        article.insert("StockBalance".into(), number(stock));
    } else if amount(&article, "StockBalance") != stock {
        article.insert("StockBalanceManuallyChangedUtc".into(), json!(desk.stamp()));
    }
    if stored.is_none() {
        article.insert("Id".into(), json!(desk.ids.fresh()));
        article.insert("CreatedUtc".into(), json!(desk.stamp()));
    }
    article.insert("ChangedUtc".into(), json!(desk.stamp()));
    derive(desk.company, &mut article);
    Ok(article)
}

/// NetPrice and GrossPrice must fit the VAT rate of the coding, to the cent.
fn prices(company: &Company, article: &Body, wrong: &mut Vec<Detail>) {
    let Some(coding) = company.table("articleaccountcodings").get(text(article, "CodingId")) else { return };
    let factor = Decimal::ONE + amount(coding, "VatRatePercent") / Decimal::ONE_HUNDRED;
    let gross = (amount(article, "NetPrice") * factor).round_dp(2);
    if (gross - amount(article, "GrossPrice")).abs() > Decimal::new(1, 2) {
        wrong.push(Detail::field("GrossPrice", "NetPrice and GrossPrice do not match the VAT rate."));
    }
}

/// Fills the members that follow from other registers and from the stock, where those registers know the answer.
pub fn derive(company: &Company, article: &mut Body) {
    if let Some(unit) = company.table("units").get(text(article, "UnitId")) {
        article.insert("UnitName".into(), unit["Name"].clone());
        article.insert("UnitAbbreviation".into(), unit["Abbreviation"].clone());
    }
    if let Some(coding) = company.table("articleaccountcodings").get(text(article, "CodingId")) {
        article.insert("CodingName".into(), coding["Name"].clone());
        article.insert("IsServiceArticle".into(), Value::Bool(text(coding, "Type") == "Service"));
    }
    let available = amount(article, "StockBalance") - amount(article, "StockBalanceReserved");
    article.insert("StockBalanceAvailable".into(), number(available));
}

/// Moves an article's figures when an order moved: `reserved` by ongoing orders, `drawn` by shipped ones. Visma counts the
/// stock itself only while its stock module is active.
pub fn move_stock(company: &mut Company, article: &str, reserved: Decimal, drawn: Decimal) {
    let counts = company.stock_module();
    let Some(resource) = company::resource("articles") else { return };
    let table = company.table_mut(resource);
    let Some(mut found) = table.get(article).cloned() else { return };
    let now_reserved = amount(&found, "StockBalanceReserved") + reserved;
    let balance = amount(&found, "StockBalance") - if counts { drawn } else { Decimal::ZERO };
    found.insert("StockBalanceReserved".into(), number(now_reserved));
    found.insert("StockBalance".into(), number(balance));
    found.insert("StockBalanceAvailable".into(), number(balance - now_reserved));
    table.put(found);
}
