//! The consent pages (contract, section 4): a company's bookkeeper gets one link, clicks, and the company is connected.
//!
//! Three things stand between a stranger and a connection. The *ticket* is in the link that the operator's command makes;
//! whoever has it may look at the page as often as they like. The *state* begins at the click, goes to the ERP and comes
//! back once. The *cookie* ties that state to the browser in which the click was. Of none of them is more kept than a digest.

#[expect(dead_code, reason = "the pages that look at tickets come next")]
pub mod ticket;
