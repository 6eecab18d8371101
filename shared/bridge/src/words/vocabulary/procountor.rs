//! Procountor's own words: statuses of a document, types of a product (Procountor sheet, section 2).

/// Every status there is.
pub const STATUSES: [&str; 20] = [
    "EMPTY",
    "UNFINISHED",
    "NOT_SENT",
    "SENT",
    "RECEIVED",
    "PAID",
    "PAYMENT_DENIED",
    "VERIFIED",
    "APPROVED",
    "INVALIDATED",
    "PAYMENT_QUEUED",
    "PARTLY_PAID",
    "PAYMENT_SENT_TO_BANK",
    "MARKED_PAID",
    "STARTED",
    "INVOICED",
    "OVERRIDDEN",
    "DELETED",
    "UNSAVED",
    "PAYMENT_TRANSACTION_REMOVED",
];

/// Every type of product there is.
pub const TYPES: [&str; 3] = ["SALES", "PURCHASE", "TRAVEL"];

/// The statuses in which sales orders come in, unless `order_statuses` says otherwise.
pub const ORDERS: [&str; 4] = ["UNFINISHED", "NOT_SENT", "APPROVED", "STARTED"];
