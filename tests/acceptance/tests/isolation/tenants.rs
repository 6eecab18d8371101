//! Fifty companies on four ERPs, each with its own goods owner and its marker in all of its data.

use acceptance::shops::finago::APPLICATION;
use acceptance::world::{Site, World};
use bridge::words::kind::Kind;
use serde_json::{Value, json};
use simulators::finago::{Identity, Kind as Office};
use simulators::ongoing::Ongoing;
use simulators::poweroffice::{Kind as Go, PowerOffice};
use simulators::procountor::Kind as Record;
use simulators::visma::Visma;

use crate::markers::{TenantNumber, guid, number, secret, text, word};

/// The tenants.
pub(crate) const ALL: std::ops::Range<TenantNumber> = 10..60;

/// Secret text, whose it is (`None`: every tenant's), and the one site that may hear it.
pub(crate) type Known = (String, Option<TenantNumber>, Site);

pub(crate) fn kind(who: TenantNumber) -> Kind {
    Kind::ALL[who % Kind::ALL.len()]
}

pub(crate) fn site(kind: Kind) -> Site {
    Site::of_erp(kind)
}

pub(crate) fn id(who: TenantNumber) -> String {
    word(who, "co")
}

pub(crate) fn goods_owner(who: TenantNumber) -> i64 {
    number(who, 900)
}

pub(crate) fn article(who: TenantNumber, n: usize) -> String {
    word(who, &format!("A{n}")).to_uppercase()
}

pub(crate) fn item(who: TenantNumber) -> Value {
    let path = match kind(who) {
        Kind::PowerOffice => "/CustomerReference",
        Kind::Finago => "/ReferenceNumber",
        Kind::Procountor => "/orderReference",
        Kind::Visma => "/YourReference",
    };
    let mut item = json!({
        "tenant_id": id(who),
        "erp": { "kind": kind(who).word() },
        "ongoing": { "base_url": "https://api.ongoingsystems.se/acme/api/v1", "goods_owner_id": goods_owner(who) },
        "processes": {},
        "settings": { "extra_fields": [{ "feed": "orders", "from": path, "to": "/freeText1" }] },
    });
    if kind(who) == Kind::Finago {
        item["processes"] = json!({ "import_status": true, "suppliers": true });
        item["settings"]["import_status"] = json!("Pack");
    }
    item
}

/// Everybody is there, with secrets and customers, and has nothing to import yet.
pub(crate) fn onboard(world: &World) -> Vec<Known> {
    let app = |of: &str| secret(0, of).replace("qz0qz", "app");
    let mut known = vec![
        (app("poweroffice-key"), None, Site::PowerOffice),
        (app("poweroffice-subscription"), None, Site::PowerOffice),
        (app("visma-secret"), None, Site::Visma),
        (APPLICATION.to_owned(), None, Site::Finago),
    ];
    world.vendors.poweroffice.borrow_mut().model = PowerOffice::new(&known[0].0, &known[1].0);
    world.memory.secret("poweroffice/app", &json!({ "application_key": known[0].0, "subscription_key": known[1].0 }));
    world.vendors.visma.borrow_mut().model = Visma::new("visma-client", &known[2].0);
    // A lost answer to a refresh would end a consent whose tokens rotate; that is another test's.
    world.vendors.visma.borrow_mut().model.oauth.rules.refresh_rotates = false;
    world.memory.secret("visma/app", &json!({ "client_id": "visma-client", "client_secret": known[2].0 }));
    world.vendors.finago.borrow_mut().model.application_id = APPLICATION.into();
    world.memory.secret("finago/app", &json!({ "application_id": APPLICATION }));
    let client = world.vendors.procountor.borrow().model.client.clone();
    let app = json!({ "client_id": client.id, "client_secret": client.secret, "redirect_uri": client.redirect_uri });
    known.push((client.secret, None, Site::Procountor));
    world.memory.secret("procountor/app", &app);
    let mut ongoing = Ongoing::new("acme");
    for who in ALL {
        let (password, token) = (secret(who, "ongoing"), secret(who, "webhook"));
        ongoing = ongoing.goods_owner(goods_owner(who), &word(who, "wms"), &password);
        let wms = json!({ "username": word(who, "wms"), "password": password, "webhook_tokens": [token] });
        world.memory.secret(&format!("ongoing/{}", id(who)), &wms);
        known.extend([(password, Some(who), Site::Ongoing), (token, Some(who), Site::Ongoing)]);
        let (kept, texts) = company(world, who);
        world.memory.secret(&format!("{}/{}", kind(who), id(who)), &kept);
        known.extend(texts.into_iter().map(|text| (text, Some(who), site(kind(who)))));
        world.onboard(item(who));
    }
    world.vendors.ongoing.borrow_mut().model = ongoing;
    known
}

/// A company of Visma's consents again.
pub(crate) fn consent(world: &World, who: TenantNumber) -> Known {
    let token = world.vendors.visma.borrow_mut().model.grant(world.now(), &id(who));
    world.memory.secret(&format!("visma/{}", id(who)), &json!({ "refresh_token": token }));
    (token, Some(who), Site::Visma)
}

/// Founds the company: its secret as it is kept, and the secret texts in it.
fn company(world: &World, who: TenantNumber) -> (Value, Vec<String>) {
    let now = world.now();
    match kind(who) {
        Kind::PowerOffice => {
            let key = secret(who, "client");
            let mut erp = world.vendors.poweroffice.borrow_mut();
            let company = erp.model.client(&key);
            company.put(
                now,
                Go::ProductGroup,
                json!({ "Id": number(who, 1), "Code": word(who, "G"), "Name": text(who, "Group") }),
            );
            company.put(now, Go::Customer, json!({
                "Id": number(who, 500), "Number": number(who, 501), "Name": text(who, "Customer"),
                "LegalName": text(who, "AS"), "EmailAddress": format!("{}@example.com", word(who, "mail")),
                "PhoneNumber": number(who, 502).to_string(),
                "MailAddress": { "AddressLine1": text(who, "Street"), "ZipCode": word(who, "Z"), "City": text(who, "Town"), "CountryCode": "NO" },
            }));
            (json!({ "client_key": key }), vec![key])
        }
        Kind::Finago => {
            let (user, password, identity) = (word(who, "user@example.com"), secret(who, "finago"), guid(who, 700));
            let mut erp = world.vendors.finago.borrow_mut();
            erp.model.add_identity(Identity::new(&identity, number(who, 701), &text(who, "AS")));
            erp.model.add_user(&user, &password, &[&identity]);
            drop(erp);
            office(
                world,
                who,
                Office::Company,
                &json!({
                    "Id": number(who, 500), "Name": text(who, "Customer AS"), "Type": "Business", "Country": "NO",
                    "PhoneNumbers": { "Mobile": { "Value": number(who, 502).to_string() } },
                    "EmailAddresses": { "Primary": { "Value": format!("{}@example.com", word(who, "mail")) } },
                }),
            );
            (json!({ "username": user, "password": password, "identity_id": identity }), vec![password])
        }
        Kind::Procountor => {
            let key = secret(who, "api");
            let mut erp = world.vendors.procountor.borrow_mut();
            let company = erp.model.add_company(now, &text(who, "Oy"));
            erp.model.company_mut(company).unwrap().api_key = Some(key.clone());
            (json!({ "api_key": key }), vec![key])
        }
        Kind::Visma => {
            let mut erp = world.vendors.visma.borrow_mut();
            erp.model.add_company(&id(who));
            let token = erp.model.grant(now, &id(who));
            let customer = json!({
                "Id": guid(who, 500), "CustomerNumber": number(who, 501).to_string(), "Name": text(who, "Customer"),
                "EmailAddress": format!("{}@example.com", word(who, "mail")), "ContactPersonMobile": number(who, 502).to_string(),
            });
            erp.model.put(now, &id(who), "customers", &customer).unwrap();
            (json!({ "refresh_token": token }), vec![token])
        }
    }
}

fn office(world: &World, who: TenantNumber, table: Office, record: &Value) {
    let mut erp = world.vendors.finago.borrow_mut();
    erp.model.identity_mut(&guid(who, 700)).unwrap().put(table, record, world.now()).unwrap();
}

fn procountor(world: &World, who: TenantNumber, kind: Record, record: Value) {
    let at = ALL.filter(|other| self::kind(*other) == Kind::Procountor).position(|other| other == who).unwrap();
    let company = 11_001 + i64::try_from(at).unwrap();
    world.vendors.procountor.borrow_mut().model.put(world.now(), company, kind, record).unwrap();
}

/// Makes or changes article `n`.
pub(crate) fn put_article(world: &World, who: TenantNumber, n: usize, name: &str) {
    let (code, name, now) = (article(who, n), text(who, name), world.now());
    match kind(who) {
        Kind::PowerOffice => {
            let product = json!({
                "Id": number(who, 10 + n), "Code": code, "Name": name, "UnitPrice": 149.5, "ProductType": "Product",
                "ProductGroupId": number(who, 1), "ProductGroupCode": word(who, "G"), "UnitOfMeasureCode": "EA",
            });
            world.vendors.poweroffice.borrow_mut().model.client(&secret(who, "client")).put(now, Go::Product, product);
        }
        Kind::Finago => office(
            world,
            who,
            Office::Product,
            &json!({
                "Id": number(who, 10 + n), "No": code, "Name": name, "Description": text(who, "Wool"), "StatusId": 1,
                "CategoryId": 12, "Stock": "48", "StockControlled": true,
            }),
        ),
        Kind::Procountor => procountor(
            world,
            who,
            Record::Product,
            json!({
                "id": number(who, 10 + n), "type": "SALES", "code": code, "name": name, "unit": "PIECE", "price": 14.95,
                "active": true, "currency": "EUR",
            }),
        ),
        Kind::Visma => {
            let article = json!({
                "Id": guid(who, 10 + n), "Number": code, "Name": name, "IsActive": true, "NetPrice": 149.5,
                "UnitAbbreviation": "st",
            });
            world.vendors.visma.borrow_mut().model.put(now, &id(who), "articles", &article).unwrap();
        }
    }
}

/// The number of order `n`.
pub(crate) fn order(who: TenantNumber, n: usize) -> String {
    number(who, 100 + n).to_string()
}

/// Makes order `n` with a row of article 0; without a quantity it cannot be mapped.
pub(crate) fn put_order(world: &World, who: TenantNumber, n: usize, quantity: Value) {
    let (key, now) = (number(who, 100 + n), world.now());
    match kind(who) {
        Kind::PowerOffice => {
            let header = json!({
                "Id": guid(who, 100 + n), "OrderNo": key, "InvoiceNo": number(who, 200 + n), "VoucherType": "OutgoingInvoice",
                "CustomerId": number(who, 500), "CustomerNo": number(who, 501), "CurrencyCode": "NOK",
                "DeliveryDate": "2026-03-09", "CustomerReference": text(who, "Ref"), "IsReversed": false, "Balance": 0,
            });
            let line = json!({
                "Id": number(who, 300 + n), "LineType": "Normal", "SortOrder": 0, "ProductCode": article(who, 0),
                "Description": text(who, "Row"), "Quantity": quantity, "ProductUnitPrice": 149.5, "Allowance": 0, "NetAmount": 299,
            });
            let mut erp = world.vendors.poweroffice.borrow_mut();
            erp.model.client(&secret(who, "client")).put_invoice(now, header, &[line]);
        }
        Kind::Finago => office(
            world,
            who,
            Office::Order,
            &json!({
                "OrderId": key, "OrderStatus": "Confirmed", "CustomerId": number(who, 500), "CustomerName": text(who, "Customer"),
                "CustomerDeliveryName": text(who, "Door"), "CustomerDeliveryPhone": number(who, 502).to_string(),
                "InvoiceEmailAddress": format!("{}@example.com", word(who, "mail")),
                "Addresses": { "Delivery": { "Street": text(who, "Street"), "PostalCode": "0150", "PostalArea": text(who, "Town"), "Country": "NO" } },
                "DeliveryDate": "2026-03-08T23:00:00", "ReferenceNumber": text(who, "Ref"), "YourReference": text(who, "Kari"),
                "InvoiceRows": { "InvoiceRow": [{ "ProductId": number(who, 10), "RowId": number(who, 300 + n), "Name": text(who, "Row"), "Quantity": quantity }] },
            }),
        ),
        Kind::Procountor => procountor(
            world,
            who,
            Record::Invoice,
            json!({
                "id": number(who, 200 + n), "type": "SALES_ORDER", "invoiceNumber": key, "orderReference": text(who, "Ref"),
                "language": "FINNISH", "partnerId": number(who, 500),
                "counterParty": {
                    "customerNumber": word(who, "C"), "email": format!("{}@example.com", word(who, "mail")),
                    "counterPartyAddress": { "name": text(who, "Oy"), "street": text(who, "Katu"), "zip": "33200", "city": text(who, "T"), "country": "FINLAND" },
                },
                "invoiceRows": [{
                    "id": number(who, 300 + n), "productId": number(who, 10), "product": text(who, "Row"), "productCode": article(who, 0),
                    "quantity": quantity, "unit": "PIECE", "unitPrice": 14.95, "discountPercent": 0, "vatPercent": 25.5,
                }],
            }),
        ),
        Kind::Visma => {
            let order = json!({
                "Id": guid(who, 100 + n), "Number": key, "Status": 2, "CustomerId": guid(who, 500), "CurrencyCode": "SEK",
                "OrderDate": "2026-03-02T00:00:00Z", "DeliveryDate": "2026-03-09T00:00:00Z", "YourReference": text(who, "Ref"),
                "Amount": 299, "DeliveryCustomerName": text(who, "Customer"), "DeliveryAddress1": text(who, "Street"),
                "DeliveryPostalCode": "582 23", "DeliveryCity": text(who, "Town"), "DeliveryCountryCode": "SE",
                "InvoiceCustomerName": text(who, "AB"), "InvoiceCity": text(who, "Town"),
                "Rows": [{
                    "Id": guid(who, 300 + n), "LineNumber": 1, "ArticleId": guid(who, 10), "ArticleNumber": article(who, 0),
                    "Text": text(who, "Row"), "Quantity": quantity, "UnitPrice": 149.5, "Amount": 299, "IsTextRow": false,
                }],
            });
            world.vendors.visma.borrow_mut().model.put(now, &id(who), "orders", &order).unwrap();
        }
    }
}
