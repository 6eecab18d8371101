//! The mapping of the Finago Office and 24SevenOffice documents, row by row, in their order (docs/mapping/finago.md).

use jiff::civil::Date;

use super::super::required;
use super::wire::{self, Company, InvoiceOrder, InvoiceRow, Product};
use crate::tenant::Settings;
use crate::words::domain::{
    Address, Article, CodeName, Customer, DeliveryDate, Order, OrderInfo, OrderLine, OrderNotification, Supplier,
    SupplierAddress,
};
use crate::words::fault::Result;

/// Article registry.
///
/// # Errors
/// With the path of the member that is missing.
pub fn article(product: &Product, settings: &Settings) -> Result<Article> {
    Ok(Article {
        product_code: Some(required(product.id.clone(), "/Id")?),
        article_number: required(product.no.clone(), "/No")?,
        article_name: product.name.clone(),
        article_description: product.description.clone(),
        bar_code: product.ean1.clone(),
        weight: product.weight.map(|weight| settings.kilograms(weight)),
        erp_keeps_stock: Some(product.stock_controlled),
        supplier: product.supplier.as_ref().map(supplier).transpose()?,
        ..Article::default()
    })
}

/// Sales orders.
///
/// # Errors
/// With the path of the member that is missing.
pub fn order(order: &InvoiceOrder, settings: &Settings, today: Date) -> Result<Order> {
    let delivery = order.delivery();
    let (phone, email) = (order.phone(), order.email());
    Ok(Order {
        order_info: OrderInfo {
            goods_owner_order_id: order.order_id.clone(),
            goods_owner_order_number: required(order.order_id.clone(), "/OrderId")?,
            delivery_date: DeliveryDate::or_today(order.delivery_date, today),
            reference_number: order.reference_number.clone(),
            sales_code: order.your_reference.clone(),
            way_of_delivery: order.delivery_method.as_ref().and_then(|method| method.description.clone()),
            way_of_delivery_type: order.delivery_method.as_ref().and_then(way_of_delivery_type),
            order_remark: order.invoice_title.clone(),
            order_notification: notification(phone.clone(), email.clone(), settings),
            ..OrderInfo::default()
        },
        customer: Customer {
            number: order.customer_id.clone(),
            name: order.customer_delivery_name.clone().or_else(|| order.customer_name.clone()),
            address: delivery.and_then(|address| address.street.clone()),
            post_code: delivery.and_then(|address| address.postal_code.clone()),
            city: delivery.and_then(wire::Address::place),
            country_code: delivery.and_then(|address| address.country.clone()),
            country_state_code: delivery.and_then(|address| address.state.clone()),
            mobile_phone: phone.clone(),
            telephone: phone,
            email,
            invoice_address: Some(invoice_address(order)),
            ..Customer::default()
        },
        order_lines: order.goods(settings).into_iter().map(|(at, row)| order_line(row, at)).collect::<Result<_>>()?,
        order_text_lines: Vec::new(),
        extra: Vec::new(),
        mapped: Vec::new(),
        first_seen_as: None,
    })
}

fn invoice_address(order: &InvoiceOrder) -> Address {
    let invoice = order.addresses.as_ref().and_then(|addresses| addresses.invoice.as_ref());
    Address {
        name: order.customer_name.clone(),
        address: invoice.and_then(|address| address.street.clone()),
        post_code: invoice.and_then(|address| address.postal_code.clone()),
        city: invoice.and_then(wire::Address::place),
        country_code: invoice.and_then(|address| address.country.clone()),
        country_state_code: invoice.and_then(|address| address.state.clone()),
        ..Address::default()
    }
}

fn order_line(row: &InvoiceRow, at: usize) -> Result<OrderLine> {
    let at = format!("/InvoiceRows/InvoiceRow/{at}");
    Ok(OrderLine {
        product_code: row.product_id.clone(),
        article_key: row.product_id.clone(),
        external_order_line_code: required(row.row_id.clone(), &format!("{at}/RowId"))?,
        number_of_items: required(row.quantity, &format!("{at}/Quantity"))?,
        ..OrderLine::default()
    })
}

/// Supplier registry: what travels with the articles that refer to the supplier.
fn supplier(company: &Company) -> Result<Supplier> {
    let post = company.addresses.as_ref().and_then(|addresses| addresses.post.as_ref());
    Ok(Supplier {
        supplier_number: required(company.id.clone(), "/Supplier/Id")?,
        supplier_name: company.name.clone(),
        address: Some(SupplierAddress {
            address: post.and_then(|address| address.street.clone()),
            post_code: post.and_then(|address| address.postal_code.clone()),
            city: post.and_then(|address| address.city.clone().or_else(|| address.postal_area.clone())),
            country_code: post.and_then(|address| address.country.clone()).or_else(|| company.country.clone()),
            ..SupplierAddress::default()
        }),
    })
}

fn way_of_delivery_type(method: &wire::DeliveryMethod) -> Option<CodeName> {
    let either = |first: &Option<String>, second: &Option<String>| first.clone().or_else(|| second.clone());
    Some(CodeName { code: either(&method.id, &method.description)?, name: either(&method.description, &method.id)? })
}

/// The document names no notification: only the tenant's settings switch one on, where there is an address for it.
fn notification(phone: Option<String>, email: Option<String>, settings: &Settings) -> OrderNotification {
    let email = email.filter(|_| settings.notify_by_email.unwrap_or(false));
    let mobile_phone = phone.filter(|_| settings.notify_by_sms.unwrap_or(false));
    OrderNotification {
        notify_by_email: email.is_some(),
        email,
        notify_by_sms: mobile_phone.is_some(),
        mobile_phone,
        telephone: None,
    }
}
