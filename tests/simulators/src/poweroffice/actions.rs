//! What an accountant does in Go's own screens.

use jiff::Timestamp;
use serde_json::{Value, json};

use super::records::{decimal, key};
use super::{Company, Kind, PowerOffice, demo};

/// Every action takes `client_key`; the `put_` actions take the record in `record`.
pub(super) fn act(model: &mut PowerOffice, now: Timestamp, action: &str, args: &Value) -> Result<Value, String> {
    let client_key = text(args, "client_key")?;
    match action {
        "demo_company" => return Ok(demo::fill(model.client(&client_key), now)),
        "put_company" => return put_company(model.client(&client_key), args),
        _ => {}
    }
    let company = model.companies.get_mut(&client_key).ok_or_else(|| "no company has this client_key".to_owned())?;
    match action {
        "put_product" => company.put_product(now, record(args)?),
        "put_group" => Ok(json!({"Id": company.put(now, Kind::ProductGroup, record(args)?)})),
        "put_customer" => company.put_customer(now, record(args)?),
        "put_address" if !record(args)?["ContactId"].is_i64() => Err("record: ContactId is needed".into()),
        "put_address" => Ok(json!({"Id": company.put(now, Kind::DeliveryAddress, record(args)?)})),
        "put_delivery_term" => Ok(json!({"Id": company.put(now, Kind::DeliveryTerm, record(args)?)})),
        "put_invoice" => company.put_whole_invoice(now, record(args)?),
        "rename_product" => {
            let (id, name) = (product(company, args)?, text(args, "name")?);
            changed(company.change(now, Kind::Product, &id, |row| row["Name"] = name.into()))
        }
        "delete_product" => {
            let id = product(company, args)?;
            Ok(json!({"deleted": company.delete(now, Kind::Product, &id)}))
        }
        "pay_invoice" => {
            let id = invoice(company, args)?;
            changed(company.change(now, Kind::Invoice, &id, settle))
        }
        "reverse_invoice" => {
            let id = invoice(company, args)?;
            changed(company.change(now, Kind::Invoice, &id, |row| {
                row["IsReversed"] = true.into();
                settle(row);
            }))
        }
        "credit_invoice" => {
            let id = invoice(company, args)?;
            company.credit(now, &id, args)
        }
        "state" => Ok(company.state()),
        _ => Err(format!("there is no action {action}")),
    }
}

impl Company {
    /// Adds a product; a member `ProductGroup` is the group it belongs to, added first.
    ///
    /// # Errors
    /// When the record is no object.
    pub fn put_product(&mut self, now: Timestamp, mut record: Value) -> Result<Value, String> {
        let members = record.as_object_mut().ok_or("record: not an object")?;
        if let Some(group) = members.remove("ProductGroup") {
            let code = group["Code"].clone();
            let id = self.put(now, Kind::ProductGroup, group);
            members.insert("ProductGroupId".into(), id);
            members.insert("ProductGroupCode".into(), code);
        }
        Ok(json!({"Id": self.put(now, Kind::Product, record)}))
    }

    /// Adds a customer; a member `ContactDeliveryAddresses` holds the delivery addresses.
    ///
    /// # Errors
    /// When the record is no object.
    pub fn put_customer(&mut self, now: Timestamp, mut record: Value) -> Result<Value, String> {
        let members = record.as_object_mut().ok_or("record: not an object")?;
        let addresses = members.remove("ContactDeliveryAddresses").unwrap_or_default();
        let id = self.put(now, Kind::Customer, record);
        for address in addresses.as_array().into_iter().flatten() {
            let mut address = address.clone();
            address["ContactId"] = id.clone();
            self.put(now, Kind::DeliveryAddress, address);
        }
        Ok(json!({"Id": id}))
    }

    /// Adds an invoice with the members `Lines` and, as in the fixtures, `Customer` and `ContactDeliveryAddresses`.
    ///
    /// # Errors
    /// When the record is no object.
    pub fn put_whole_invoice(&mut self, now: Timestamp, mut record: Value) -> Result<Value, String> {
        let members = record.as_object_mut().ok_or("record: not an object")?;
        let lines = members.remove("Lines").unwrap_or_default();
        let addresses = members.remove("ContactDeliveryAddresses").unwrap_or_default();
        if let Some(mut customer) = members.remove("Customer") {
            customer["ContactDeliveryAddresses"] = addresses;
            self.put_customer(now, customer)?;
        }
        let lines = lines.as_array().cloned().unwrap_or_default();
        Ok(json!({"Id": self.put_invoice(now, record, &lines)}))
    }

    /// Credits an invoice: `lines` are those of the note, `amount` is its total, all of the invoice's where it is left out. What is
    /// not paid is matched with the note and has no balance then.
    ///
    /// # Errors
    /// When there is no such invoice.
    pub fn credit(&mut self, now: Timestamp, invoice_id: &str, args: &Value) -> Result<Value, String> {
        let invoice = self.get(Kind::Invoice, invoice_id).ok_or("there is no such invoice")?;
        let amount = if args["amount"].is_null() { invoice["TotalAmount"].clone() } else { args["amount"].clone() };
        let number = invoice["InvoiceNo"].as_i64().unwrap_or_default() + 50_000;
        let open = decimal(&invoice["Balance"]).is_some_and(|balance| !balance.is_zero());
        // What leaves nothing of an invoice that is not paid is matched with it; of one that is paid, with nothing yet.
        let covers = open && amount == invoice["TotalAmount"];
        let matched =
            if self.notes_match_invoices && (covers || self.notes_name_invoices) { json!(number) } else { Value::Null };
        let related = if self.notes_name_invoices { invoice["InvoiceNo"].clone() } else { Value::Null };
        let note = json!({
            "VoucherType": "OutgoingCreditNote", "InvoiceNo": number, "RelatedInvoiceNo": related,
            "VoucherDate": now.strftime("%Y-%m-%d").to_string(), "CustomerId": invoice["CustomerId"],
            "CustomerNo": invoice["CustomerNo"], "CurrencyCode": invoice["CurrencyCode"], "IsReversed": false,
            "TotalAmount": amount, "Balance": if open { json!(0) } else { amount.clone() }, "MatchId": matched,
        });
        let lines = args["lines"].as_array().cloned().unwrap_or_default();
        let id = self.put_invoice(now, note, &lines);
        if covers {
            self.change(now, Kind::Invoice, invoice_id, |row| {
                row["Balance"] = json!(0);
                row["MatchId"] = matched;
            });
        }
        Ok(json!({ "Id": id, "InvoiceNo": number }))
    }

    /// Sets an invoice's balance to zero, as a payment does. Says whether there is such an invoice.
    pub fn pay(&mut self, now: Timestamp, invoice_id: &str) -> bool {
        self.change(now, Kind::Invoice, invoice_id, settle).is_some()
    }
}

/// A balance that already is zero stays as it is written, so that its time does not move.
fn settle(invoice: &mut Value) {
    if decimal(&invoice["Balance"]).is_none_or(|balance| !balance.is_zero()) {
        invoice["Balance"] = json!(0);
    }
}

fn put_company(company: &mut Company, args: &Value) -> Result<Value, String> {
    if let Some(name) = args["name"].as_str() {
        company.name = name.to_owned();
    }
    for (member, set) in
        [("privileges", &mut company.privileges), ("invalid_privileges", &mut company.invalid_privileges)]
    {
        if let Some(list) = args.get(member) {
            let list = list.as_array().ok_or_else(|| format!("{member}: not a list"))?;
            *set = list.iter().filter_map(Value::as_str).map(str::to_owned).collect();
        }
    }
    company.removed = args["removed"].as_bool().unwrap_or(company.removed);
    Ok(json!({"name": company.name, "privileges": company.privileges, "removed": company.removed}))
}

fn text(args: &Value, name: &str) -> Result<String, String> {
    args[name].as_str().map(str::to_owned).ok_or_else(|| format!("{name}: a text is needed"))
}

fn record(args: &Value) -> Result<Value, String> {
    args.get("record").filter(|record| record.is_object()).cloned().ok_or_else(|| "record: an object is needed".into())
}

fn product(company: &Company, args: &Value) -> Result<String, String> {
    let code = text(args, "code")?;
    let rows = company.all(Kind::Product);
    rows.into_iter().find(|row| row["Code"] == *code).map(key).ok_or_else(|| format!("no product has the code {code}"))
}

fn invoice(company: &Company, args: &Value) -> Result<String, String> {
    let rows = company.all(Kind::Invoice);
    let wanted = |row: &&Value| match args["id"].as_str() {
        Some(id) => key(row).eq_ignore_ascii_case(id),
        None => !args["OrderNo"].is_null() && row["OrderNo"] == args["OrderNo"],
    };
    rows.into_iter().find(wanted).map(key).ok_or_else(|| "no invoice has this id or OrderNo".into())
}

fn changed(record: Option<Value>) -> Result<Value, String> {
    record.ok_or_else(|| "the record is gone".into())
}
