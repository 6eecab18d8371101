//! The mapping of PowerOffice Go's document, row by row, in its order (docs/mapping/poweroffice.md).

use jiff::civil::Date;
use rust_decimal::Decimal;

use super::super::required;
use super::super::rows::Part;
use super::wire::{Line, OutgoingInvoice, Product};
use crate::tenant::Settings;
use crate::words::domain::{
    Article, CodeName, Customer, DeliveryDate, Order, OrderInfo, OrderLine, OrderNotification, OrderTextLine,
};
use crate::words::fault::Result;

/// Article registry.
///
/// # Errors
/// With the path of the member that is missing.
pub fn article(product: &Product) -> Result<Article> {
    Ok(Article {
        article_number: required(product.code.clone(), "/Code")?,
        article_name: product.name.clone(),
        customer_price: product.sales_price(),
        purchase_price: product.cost_price(),
        bar_code: product.gtin.clone(),
        article_description: product.description.clone(),
        article_unit_code: product.unit(),
        article_group: group(product),
        product_code: product.id.clone(),
        erp_keeps_stock: product.is_stock_item,
        ..Article::default()
    })
}

fn group(product: &Product) -> Option<CodeName> {
    let code = product.product_group_code.clone()?;
    let name = product.product_group.as_ref().and_then(|group| group.name.clone()).unwrap_or_else(|| code.clone());
    Some(CodeName { code, name })
}

/// Invoices.
///
/// # Errors
/// With the path of the member that is missing.
pub fn order(invoice: &OutgoingInvoice, settings: &Settings, today: Date) -> Result<Order> {
    let customer = required(invoice.customer.as_ref(), "/Customer")?;
    let address = invoice.address();
    let (email, phone_number) = (customer.email(), customer.phone_number.clone());
    Ok(Order {
        order_info: OrderInfo {
            goods_owner_order_id: invoice.id.clone(),
            goods_owner_order_number: required(invoice.order_number(), "/OrderNo")?,
            delivery_date: DeliveryDate::or_today(invoice.delivery_date, today),
            terms_of_delivery_type: invoice.delivery_term.clone().map(CodeName::both),
            production_code: invoice.invoice_no.clone(),
            reference_number: invoice.customer_reference.clone(),
            order_notification: OrderNotification {
                notify_by_email: email.is_some() && settings.notify_by_email.unwrap_or(true),
                email,
                notify_by_sms: phone_number.is_some() && settings.notify_by_sms.unwrap_or(true),
                mobile_phone: phone_number,
                telephone: None,
            },
            ..OrderInfo::default()
        },
        customer: Customer {
            number: customer.number.clone(),
            name: customer.full_name(),
            address: address.and_then(|address| address.address_line1.clone()),
            address2: address.and_then(|address| address.address_line2.clone()),
            post_code: address.and_then(|address| address.zip_code.clone()),
            city: address.and_then(|address| address.city.clone()),
            country_code: address.and_then(|address| address.country_code.clone()),
            ..Customer::default()
        },
        order_lines: lines(invoice, settings, Part::Goods, |line, at| order_line(invoice, line, at))?,
        order_text_lines: lines(invoice, settings, Part::Text, order_text_line)?,
        extra: Vec::new(),
        mapped: Vec::new(),
        first_seen_as: None,
    })
}

fn order_line(invoice: &OutgoingInvoice, line: &Line, at: &str) -> Result<OrderLine> {
    Ok(OrderLine {
        external_order_line_code: required(line.id.clone(), &format!("{at}/Id"))?,
        article_number: line.product_code.clone(),
        article_key: line.product_id.clone(),
        number_of_items: required(line.quantity, &format!("{at}/Quantity"))?,
        line_price: line.price(),
        currency_code: invoice.currency_code.clone(),
        discount: line.allowance,
        customer_line_price: line.net_amount,
        order_line_comment: line.description.clone(),
        ..OrderLine::default()
    })
}

fn order_text_line(line: &Line, at: &str) -> Result<OrderTextLine> {
    Ok(OrderTextLine {
        external_order_line_code: required(line.id.clone(), &format!("{at}/Id"))?,
        number_of_items: Decimal::ONE,
        order_line_comment: line.description.clone(),
    })
}

/// Lines of type text are text lines, lines of other types order lines. What cannot be picked, since it names no product or
/// one that is no goods, is a text line too (PowerOffice sheet, section 3).
fn lines<T>(
    invoice: &OutgoingInvoice,
    settings: &Settings,
    part: Part,
    map: impl Fn(&Line, &str) -> Result<T>,
) -> Result<Vec<T>> {
    let lines = invoice.lines.iter().enumerate().filter(|(_, line)| line.part(settings) == part);
    lines.map(|(index, line)| map(line, &format!("/Lines/{index}"))).collect()
}
