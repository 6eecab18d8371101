//! The mapping of Visma's published lists and what lies beside them, row by row (docs/mapping/visma.md).

use jiff::civil::Date;
use rust_decimal::Decimal;

use super::super::required;
use super::super::rows::Part;
use super::wire::{self, Row, code_name};
use crate::tenant::Settings;
use crate::words::domain::{
    Address, Article, Customer, DeliveryDate, Order, OrderInfo, OrderLine, OrderNotification, OrderTextLine,
};
use crate::words::fault::Result;

/// Article registry.
///
/// # Errors
/// With the path of the member that is missing.
pub fn article(article: &wire::Article) -> Result<Article> {
    Ok(Article {
        article_number: required(article.number.clone(), "/Number")?,
        article_name: article.name.clone(),
        customer_price: article.net_price,
        product_code: article.id.clone(),
        article_unit_code: article.unit_abbreviation.clone().or_else(|| article.unit_name.clone()),
        bar_code: article.barcodes.first().and_then(|barcode| barcode.barcode.clone()),
        purchase_price: article.purchase_price,
        purchase_currency_code: article.company.as_ref().and_then(|company| company.currency_code.clone()),
        active: article.is_active,
        stock_article: Some(!article.is_service_article),
        erp_keeps_stock: article.is_stock,
        ..Article::default()
    })
}

/// Orders.
///
/// # Errors
/// With the path of the member that is missing.
pub fn order(order: &wire::Order, settings: &Settings, today: Date) -> Result<Order> {
    let customer = required(order.customer.as_ref(), "/Customer")?;
    let (place, invoice) = (order.delivery_place(), order.invoice_place());
    let home = || order.company.as_ref().and_then(|company| company.country_code.clone());
    let email = first([&customer.email_address_order, &customer.contact_person_email, &customer.email_address]);
    let mobile_phone = first([&customer.contact_person_mobile, &customer.mobile_phone]);
    Ok(Order {
        order_info: OrderInfo {
            goods_owner_order_id: order.id.clone(),
            goods_owner_order_number: required(order.number.clone(), "/Number")?,
            delivery_date: DeliveryDate::or_today(order.delivery_date.or(order.order_date), today),
            customer_price: order.amount,
            terms_of_delivery_type: code_name(order.delivery_term_code.as_ref(), order.delivery_term_name.as_ref()),
            way_of_delivery_type: code_name(order.delivery_method_code.as_ref(), order.delivery_method_name.as_ref()),
            order_remark: customer.note.clone(),
            reference_number: first([&order.buyers_order_reference, &order.your_reference]),
            sales_code: order.our_reference.clone(),
            language: customer.sales_document_language.clone(),
            order_notification: OrderNotification {
                notify_by_email: email.is_some() && settings.notify_by_email.unwrap_or(false),
                email,
                notify_by_sms: mobile_phone.is_some() && settings.notify_by_sms.unwrap_or(false),
                mobile_phone,
                telephone: first([&customer.contact_person_phone, &customer.telephone]),
            },
            ..OrderInfo::default()
        },
        customer: Customer {
            mobile_phone: customer.contact_person_mobile.clone(),
            telephone: customer.telephone.clone(),
            email: customer.contact_person_email.clone(),
            external_customer_code: order.customer_id.clone(),
            number: order.customer_number.clone(),
            organisation_number: customer.corporate_identity_number.clone(),
            vat_number: customer.vat_number.clone(),
            address: place.address1.cloned(),
            address2: place.address2.cloned(),
            name: first([&order.delivery_customer_name, &order.invoice_customer_name, &order.customer_name]),
            post_code: place.postal_code.cloned(),
            city: place.city.cloned(),
            country_code: place.country_code.cloned().or_else(home),
            invoice_address: Some(Address {
                name: order.invoice_customer_name.clone(),
                address: invoice.address1.cloned(),
                address2: invoice.address2.cloned(),
                post_code: invoice.postal_code.cloned(),
                city: invoice.city.cloned(),
                country_code: invoice.country_code.cloned(),
                ..Address::default()
            }),
            ..Customer::default()
        },
        order_lines: rows(order, settings, Part::Goods, |row, at| order_line(order, row, at))?,
        order_text_lines: rows(order, settings, Part::Text, order_text_line)?,
        extra: Vec::new(),
        mapped: Vec::new(),
        first_seen_as: None,
    })
}

fn order_line(order: &wire::Order, row: &Row, at: &str) -> Result<OrderLine> {
    if row.article_id.is_none() {
        required(row.article_number.as_ref(), &format!("{at}/ArticleNumber"))?;
    }
    Ok(OrderLine {
        external_order_line_code: required(row.id.clone(), &format!("{at}/Id"))?,
        external_id: row.line_number.clone(),
        article_number: row.article_number.clone(),
        article_key: row.article_id.clone(),
        product_code: row.article_id.clone(),
        number_of_items: required(row.quantity, &format!("{at}/Quantity"))?,
        line_price: row.price(),
        customer_line_price: row.amount,
        discount: row.discount(),
        currency_code: order.currency_code.clone(),
        order_line_comment: row.text.clone(),
        line_free_text1: None,
    })
}

fn order_text_line(row: &Row, at: &str) -> Result<OrderTextLine> {
    Ok(OrderTextLine {
        external_order_line_code: required(row.id.clone(), &format!("{at}/Id"))?,
        number_of_items: Decimal::ONE,
        order_line_comment: row.text.clone(),
    })
}

fn rows<T>(
    order: &wire::Order,
    settings: &Settings,
    part: Part,
    map: impl Fn(&Row, &str) -> Result<T>,
) -> Result<Vec<T>> {
    let rows = order.rows.iter().enumerate().filter(|(_, row)| row.part(settings) == part);
    rows.map(|(index, row)| map(row, &format!("/Rows/{index}"))).collect()
}

fn first<const N: usize>(values: [&Option<String>; N]) -> Option<String> {
    values.into_iter().flatten().next().cloned()
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;
    use serde_json::{Value, json};

    use super::*;
    use crate::words::wire::decode;

    fn mapped(more: Value) -> Result<Order> {
        let mut source = json!({
            "Id": "o-1", "Number": 7, "Customer": {}, "DeliveryDate": null, "OrderDate": "", "Rows": null,
        });
        for (name, value) in more.as_object().into_iter().flatten() {
            source[name] = value.clone();
        }
        order(&decode(&source)?, &Settings::default(), date(2026, 3, 2))
    }

    #[test]
    fn an_order_without_any_date_is_for_today() {
        let today = date(2026, 3, 2);
        assert_eq!(mapped(json!({})).unwrap().order_info.delivery_date, DeliveryDate { date: today, given: false });
        let given = mapped(json!({"OrderDate": "2026-02-01T00:00:00Z"})).unwrap().order_info.delivery_date;
        assert_eq!(given, DeliveryDate { date: date(2026, 2, 1), given: true });
    }

    #[test]
    fn a_row_may_name_its_article_by_either_id() {
        let row = |more: Value| json!({"Rows": [{"Id": "r-1", "Quantity": 1, "ArticleId": more["id"], "ArticleNumber": more["no"]}]});
        let by_id = mapped(row(json!({"id": "a-1"}))).unwrap().order_lines.remove(0);
        assert_eq!((by_id.article_number, by_id.product_code.as_deref()), (None, Some("a-1")));
        assert!(mapped(row(json!({"no": "A"}))).is_ok());
        let fault = mapped(row(json!({}))).unwrap_err();
        assert!(fault.to_string().contains("/Rows/0/ArticleNumber"), "{fault}");
    }

    #[test]
    fn a_delivery_block_with_a_city_alone_is_an_address() {
        let order =
            mapped(json!({"DeliveryCity": "Kumla", "InvoiceCity": "Oslo", "InvoiceAddress1": "Gate 1"})).unwrap();
        assert_eq!((order.customer.city.as_deref(), order.customer.address), (Some("Kumla"), None));
        let order =
            mapped(json!({"DeliveryPostalCode": "1", "InvoiceCity": "Oslo", "InvoicePostalCode": "2"})).unwrap();
        assert_eq!((order.customer.city.as_deref(), order.customer.post_code.as_deref()), (Some("Oslo"), Some("2")));
    }
}
