//! Visma eAccounting: the company's state, variant and modules, by one call (Visma sheet, section 1, "After connecting,
//! check", and section 4 for the numbers of errors).

use jiff::Timestamp;
use serde_json::Value;

use super::checklist::Checklist;
use super::{Point, State, identity};
use crate::http::classify::visma_code;
use crate::ports::Ports;
use crate::systems::erps::visma::Visma;
use crate::tenant::Tenant;
use crate::words::fault::Fault;
use crate::words::feed::Feed;

const API: &str = "api_standard";
const SALES: &str = "sales_standard";
/// The same in 2020.
const SALES_BEFORE: &str = "order_standard";
const STOCK: &str = "stock";

/// Variants by number: 1 Standard or Smart, 2 Invoicing, 4 Start or Solo, 5 Pro.
const WITH_ORDERS: [i64; 3] = [1, 2, 5];
const WITH_ARTICLES: [i64; 4] = [1, 2, 4, 5];

fn works_with_orders(tenant: &Tenant) -> bool {
    tenant.feeds().contains(&Feed::Orders) || tenant.sends_shipments()
}

fn variant(tenant: &Tenant) -> Point {
    Point::Module(
        if works_with_orders(tenant) { "Standard, Invoicing, Pro" } else { "Standard, Invoicing, Solo, Pro" }.into(),
    )
}

pub(super) fn needed(tenant: &Tenant) -> Vec<Point> {
    let mut needed = vec![Point::Module(API.into()), Point::Right("ea:sales".into()), Point::Company, variant(tenant)];
    if works_with_orders(tenant) {
        needed.push(Point::Module(SALES.into()));
    }
    needed
}

pub(super) async fn look(list: &mut Checklist, ports: &Ports, tenant: &Tenant, deadline: Timestamp) {
    let settings = match Visma::new(ports, tenant, deadline).company_settings().await {
        Ok(settings) => settings,
        Err(fault) => return refused(list, tenant, &fault),
    };
    list.company(settings["Name"].as_str(), identity::visma_id(&settings));
    list.good(Point::Module(API.into()));
    list.good(Point::Right("ea:sales".into()));
    match settings["CompanyStatus"].as_i64() {
        Some(0) => list.missing(Point::Company, "the company is inactive in Visma eAccounting"),
        Some(2) => {
            list.missing(Point::Company, "the company is read-only in Visma eAccounting: its subscription has ended")
        }
        _ => list.good(Point::Company),
    }
    let orders = works_with_orders(tenant);
    let fitting: &[i64] = if orders { &WITH_ORDERS } else { &WITH_ARTICLES };
    let number = settings["ProductVariant"].as_i64();
    let advice = "the company's variant of eAccounting has none: it changes its subscription with Visma";
    list.point(variant(tenant), number.is_none_or(|number| fitting.contains(&number)), advice);
    let modules = settings["ActivatedModules"].as_array().map_or(&[][..], Vec::as_slice);
    let active = |name: &str| modules.iter().filter_map(Value::as_str).any(|one| one.eq_ignore_ascii_case(name));
    if orders {
        let advice = "orders need the sales module: the company activates it with Visma";
        list.point(Point::Module(SALES.into()), modules.is_empty() || active(SALES) || active(SALES_BEFORE), advice);
    }
    if let (true, Some(module)) = (tenant.sends_stock(), Visma::stock_module(&settings)) {
        let advice = format!(
            "Visma keeps the stock itself while its module {module} is active, and nothing is written back; \
             set processes.stock to false, or have the company switch the module off"
        );
        list.found(Point::Module(STOCK.into()), State::Warning, advice);
    }
}

/// What Visma's refusals mean, by their number.
fn refused(list: &mut Checklist, tenant: &Tenant, fault: &Fault) {
    let company = |list: &mut Checklist, advice: &str| list.missing(Point::Company, advice);
    match (visma_code(fault), fault) {
        (Some(4001 | 4002), Fault::Unauthorized(_)) => {
            list.missing(Point::Module(API.into()), "the company activates the API app in Visma eAccounting");
        }
        (Some(4003), _) => company(list, "the company has not finished the start guide of eAccounting"),
        (Some(4004), _) => company(list, "the company is inactive in Visma eAccounting"),
        (Some(4011), _) => company(
            list,
            "the user who consented has no access to the company any more: somebody who has consents anew",
        ),
        (Some(4012), _) => {
            company(list, "the company has not accepted Visma's licence: somebody logs in to eAccounting and does")
        }
        (Some(4019), _) => company(list, "the user who consented may only read: somebody who may write consents anew"),
        (Some(4034), _) => company(
            list,
            "our client is one for test companies, and this is a real one: bridgectl secret put visma/app",
        ),
        (Some(4006 | 4007), _) => {
            let advice = "the consent does not cover sales, or the user who gave it may not work with them: consent anew by somebody who may";
            list.missing(Point::Right("ea:sales".into()), advice);
        }
        (Some(4009), _) => {
            list.missing(
                variant(tenant),
                "the company's variant of eAccounting has none: it changes its subscription with Visma",
            );
        }
        (_, Fault::Unauthorized(_)) => list.turned_away(&tenant.tenant_id, fault),
        _ => list.unanswered(fault),
    }
}
