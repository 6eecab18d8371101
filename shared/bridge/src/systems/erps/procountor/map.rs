//! The mapping of Procountor's document, row by row, in its order (docs/mapping/procountor.md).

use jiff::civil::Date;

use super::super::required;
use super::countries;
use super::wire::{Invoice, InvoiceRow, Product};
use crate::tenant::{ArticlePrice, Settings};
use crate::words::domain::{
    Article, CodeName, Customer, DeliveryDate, Order, OrderInfo, OrderLine, OrderNotification, PurchaseOrder,
    PurchaseOrderLine, Supplier, SupplierAddress,
};
use crate::words::fault::{Fault, Result};

/// Article.
///
/// # Errors
/// With the path of the member that is missing.
pub fn article(product: &Product, settings: &Settings) -> Result<Article> {
    let (customer_price, stock_valuation_price) = match settings.article_price {
        None | Some(ArticlePrice::CustomerPrice) => (product.price, None),
        Some(ArticlePrice::StockValuationPrice) => (None, product.price),
    };
    Ok(Article {
        article_number: required(product.code.clone(), "/code")?,
        article_name: product.name.clone(),
        article_unit_code: product.unit.clone(),
        customer_price,
        stock_valuation_price,
        active: product.active,
        purchase_currency_code: product.currency.clone(),
        ..Article::default()
    })
}

/// Orders.
///
/// # Errors
/// With the path of the member that is missing or not known.
pub fn order(invoice: &Invoice, settings: &Settings, today: Date) -> Result<Order> {
    let counter_party = invoice.counter_party.as_ref();
    let address = invoice.ship_to(settings).map(|(address, _)| address);
    let email = counter_party.and_then(|party| party.email.clone());
    let mobile_phone = invoice.mobile_phone();
    Ok(Order {
        order_info: OrderInfo {
            goods_owner_order_id: Some(required(invoice.id.clone(), "/id")?),
            goods_owner_order_number: required(invoice.invoice_number.clone(), "/invoiceNumber")?,
            language: invoice.language_code().map(str::to_owned),
            terms_of_payment: invoice.payment_info.as_ref().and_then(|info| info.payment_method.clone()),
            order_remark: invoice.notes.clone(),
            delivery_instruction: invoice.delivery_instructions.clone(),
            reference_number: invoice.order_reference.clone(),
            invoice_number: invoice.invoice_number.clone(),
            delivery_date: delivery_date(invoice, today),
            order_notification: OrderNotification {
                notify_by_email: email.is_some() && settings.notify_by_email.unwrap_or(false),
                email: email.clone(),
                notify_by_sms: mobile_phone.is_some() && settings.notify_by_sms.unwrap_or(false),
                mobile_phone,
                telephone: None,
            },
            ..OrderInfo::default()
        },
        customer: Customer {
            name: [address, invoice.address()].into_iter().flatten().find_map(|address| address.name.clone()),
            address: address.and_then(|address| address.street.clone()),
            post_code: address.and_then(|address| address.zip.clone()),
            city: address.and_then(|address| address.city.clone()),
            country_code: country_code(invoice, settings)?,
            email,
            ..Customer::default()
        },
        order_lines: invoice.goods(settings).map(order_line).collect::<Result<_>>()?,
        order_text_lines: Vec::new(),
        extra: Vec::new(),
        mapped: Vec::new(),
        first_seen_as: None,
    })
}

fn order_line((index, row): (usize, &InvoiceRow)) -> Result<OrderLine> {
    let id = required(row.id.clone(), &format!("/invoiceRows/{index}/id"))?;
    Ok(OrderLine {
        article_number: row.product_code.clone(),
        article_key: row.product_id.clone(),
        order_line_comment: row.product.clone(),
        line_free_text1: row.product_id.clone(),
        discount: row.discount_percent,
        external_order_line_code: id.clone(),
        external_id: Some(id),
        number_of_items: required(row.quantity, &format!("/invoiceRows/{index}/quantity"))?,
        ..OrderLine::default()
    })
}

/// Purchase orders.
///
/// # Errors
/// With the path of the member that is missing.
pub fn purchase_order(invoice: &Invoice, settings: &Settings) -> Result<PurchaseOrder> {
    let counter_party = invoice.counter_party.as_ref();
    Ok(PurchaseOrder {
        goods_owner_purchase_order_id: Some(required(invoice.id.clone(), "/id")?),
        order_number: required(invoice.invoice_number.clone(), "/invoiceNumber")?,
        order_remark: invoice.notes.clone(),
        reference_number: invoice.order_reference.clone(),
        way_of_delivery: invoice.delivery_method.clone().map(CodeName::both),
        in_date: invoice.delivery_start_date.or(invoice.delivery_end_date),
        order_lines: invoice.goods(settings).map(purchase_order_line).collect::<Result<_>>()?,
        supplier: invoice.supplier_number().map(|supplier_number| Supplier {
            supplier_name: invoice.address().and_then(|address| address.name.clone()),
            supplier_number,
            address: Some(SupplierAddress {
                email: counter_party.and_then(|party| party.email.clone()),
                ..SupplierAddress::default()
            }),
        }),
        extra: Vec::new(),
        mapped: Vec::new(),
    })
}

fn purchase_order_line((index, row): (usize, &InvoiceRow)) -> Result<PurchaseOrderLine> {
    Ok(PurchaseOrderLine {
        article_number: row.product_code.clone(),
        article_key: row.product_id.clone(),
        article_name: row.product.clone(),
        product_code: row.product_id.clone(),
        external_order_line_id: required(row.id.clone(), &format!("/invoiceRows/{index}/id"))?,
        number_of_items: required(row.quantity, &format!("/invoiceRows/{index}/quantity"))?,
    })
}

/// The document maps no delivery date, and Ongoing requires one: the first or last day of delivery, else the billing date
/// unless it is past, else the day the order is read (Procountor sheet, section 3).
fn delivery_date(invoice: &Invoice, today: Date) -> DeliveryDate {
    let billing = invoice.date.filter(|date| *date >= today);
    let delivery = invoice.delivery_start_date.or(invoice.delivery_end_date);
    // The billing date moves to today with the calendar, so it is no more the ERP's own word than today is.
    DeliveryDate { date: delivery.or(billing).unwrap_or(today), given: delivery.is_some() }
}

fn country_code(invoice: &Invoice, settings: &Settings) -> Result<Option<String>> {
    let Some((word, path)) = invoice.country(settings) else { return Ok(None) };
    let code = countries::code(word).ok_or_else(|| Fault::rejected(path, "the country is none that is known"))?;
    Ok(Some(code.to_owned()))
}
