use super::*;
use crate::finago::{CLIENT, INVOICE, PRODUCT};

fn header(request: &mut Request, name: &str, value: &str) {
    request.headers.retain(|(key, _)| !key.eq_ignore_ascii_case(name));
    if !value.is_empty() {
        request.headers.push((name.into(), value.into()));
    }
}

#[test]
fn the_action_header_decides_the_operation() {
    let mut caller = small_shop();
    for action in ["", "GetDeliveryMethods", "\"http://24sevenoffice.com/webservices/GetDeliveryMethods\""] {
        let mut request = caller.request(INVOICE, "GetDeliveryMethods", "");
        header(&mut request, "SOAPAction", action);
        let response = caller.finago.handle(caller.now, &request);
        assert_eq!(response.status, 500);
        assert!(fault_text(&response).contains("did not recognize the value of HTTP Header SOAPAction"));
    }
    let mut request = caller.request(INVOICE, "GetDeliveryMethods", "");
    header(&mut request, "SOAPAction", "\"http://24sevenOffice.com/webservices/GetOrderSyncList\"");
    let response = caller.finago.handle(caller.now, &request);
    assert!(fault_text(&response).contains("<GetDeliveryMethods xmlns="), "{}", fault_text(&response));
}

#[test]
fn the_content_type_must_be_text_xml() {
    let mut caller = small_shop();
    for content_type in ["", "application/xml", "application/soap+xml; charset=utf-8"] {
        let mut request = caller.request(INVOICE, "GetDeliveryMethods", "");
        header(&mut request, "Content-Type", content_type);
        assert_eq!(caller.finago.handle(caller.now, &request).status, 415, "{content_type}");
    }
}

#[test]
fn only_posts_to_the_five_paths_are_served() {
    let mut caller = small_shop();
    assert_eq!(caller.call("/Economy/Invoice/InvoiceService.asmx", "GetInvoices", "").status, 404);
    assert_eq!(caller.ok(&INVOICE.to_lowercase(), "GetDeliveryMethods", "").name, "GetDeliveryMethodsResult");
    let mut request = caller.request(INVOICE, "GetDeliveryMethods", "");
    request.method = "GET".into();
    assert_eq!(caller.finago.handle(caller.now, &request).status, 500);
}

#[test]
fn an_operation_belongs_to_its_service() {
    let mut caller = small_shop();
    let (status, text) = caller.fault(PRODUCT, "GetDeliveryMethods", "");
    assert_eq!(status, 500);
    assert!(text.starts_with("soap:Client: Server did not recognize"), "{text}");
    assert_eq!(caller.ok(CLIENT, "GetClientInformation", "").child("Name").unwrap().text, "Første AS");
}

#[test]
fn a_member_of_another_namespace_is_passed_over_silently() {
    let mut caller = small_shop();
    let content = r#"<productId>7</productId><stockQuantity>4</stockQuantity><comment xmlns="">x</comment>"#;
    assert_eq!(caller.ok(PRODUCT, "SetStockQuantity", content).text, "true");
    assert_eq!(caller.finago.counts.ignored, ["SetStockQuantity/comment"]);
    let content = r#"<productId xmlns="urn:other">7</productId><stockQuantity>4</stockQuantity>"#;
    assert!(caller.fault(PRODUCT, "SetStockQuantity", content).1.contains("'productId' is missing"));
}

#[test]
fn a_misspelt_filter_filters_nothing() {
    let mut caller = small_shop();
    caller.put(Kind::Product, json!({ "Id": 8, "Name": "Skål" }));
    let names = strings(&["Id"]);
    let search = |name: &str| {
        format!(
            "<searchParams><{name}><int>7</int></{name}></searchParams><returnProperties>{names}</returnProperties>"
        )
    };
    assert_eq!(column(&caller.ok(PRODUCT, "GetProducts", &search("ProductIds")), "Id"), ["7"]);
    assert_eq!(sorted(column(&caller.ok(PRODUCT, "GetProducts", &search("Ids")), "Id")), ["7", "8"]);
    assert_eq!(caller.finago.counts.ignored, ["ProductSearchParameters/Ids"]);
}

#[test]
fn the_order_of_members_is_kept() {
    let mut caller = small_shop();
    let swapped = "<stockQuantity>4</stockQuantity><productId>7</productId>";
    let (status, text) = caller.fault(PRODUCT, "SetStockQuantity", swapped);
    assert_eq!(status, 500);
    assert!(text.contains("'productId' is not expected here"), "{text}");
}

#[test]
fn values_must_fit_their_type() {
    let mut caller = small_shop();
    for quantity in ["", "1e3", "1,5", "NaN"] {
        let content = format!("<productId>7</productId><stockQuantity>{quantity}</stockQuantity>");
        let (status, text) = caller.fault(PRODUCT, "SetStockQuantity", &content);
        assert_eq!(status, 500);
        assert!(text.starts_with("soap:Client: Server was unable to read request."), "{text}");
    }
    let order = "<searchParams><OrderStates><OrderSlipStateType>Sent</OrderSlipStateType></OrderStates></searchParams>";
    assert!(caller.fault(INVOICE, "GetInvoices", order).1.contains("'Sent'"));
}

#[test]
fn what_is_not_xml_is_turned_away() {
    let mut caller = small_shop();
    let control = "<productId>7</productId><stockQuantity>4</stockQuantity><x>&#x1;</x>";
    assert!(caller.fault(PRODUCT, "SetStockQuantity", control).1.contains("0x01 is an invalid character"));
    for body in ["", "<a><b></a>", "<!DOCTYPE a><a/>", "<a/><b/>", "<a>&nbsp;</a>"] {
        let mut request = caller.request(PRODUCT, "SetStockQuantity", "");
        request.body = body.into();
        assert!(fault_text(&caller.finago.handle(caller.now, &request)).contains("unable to read request"), "{body}");
    }
    let mut request = caller.request(PRODUCT, "SetStockQuantity", "");
    let body =
        std::str::from_utf8(&request.body).unwrap().replace("schemas.xmlsoap.org/soap", "www.w3.org/2003/05/soap");
    request.body = body.into();
    assert!(fault_text(&caller.finago.handle(caller.now, &request)).contains("version mismatch"));
}

#[test]
fn text_survives_both_ways() {
    let mut caller = small_shop();
    let name = "Grønn & blå <kopp> \"stor\" 日本";
    caller.put(Kind::Product, json!({ "Id": 9, "Name": name }));
    let content =
        format!("<searchParams><Id>9</Id></searchParams><returnProperties>{}</returnProperties>", strings(&["Name"]));
    assert_eq!(column(&caller.ok(PRODUCT, "GetProducts", &content), "Name"), [name]);
    let save = "<products><Product><Id>9</Id><Name><![CDATA[a<b]]> &amp; &#x41;</Name></Product></products>";
    caller.ok(PRODUCT, "SaveProducts", save);
    assert_eq!(column(&caller.ok(PRODUCT, "GetProducts", &content), "Name"), ["a<b & A"]);
}
