//! English.

use super::{Done, Failures, Mail, Paste, Said, Start, Words};

pub(super) const WORDS: Words = Words {
    code: "en",
    name: "English",
    languages: "Language",
    what_now: "What to do now",
    again: "Begin again",
    by_link: "To begin again, open the link from your message again.",
    questions: "Questions?",
    start: Start {
        title: "Connect {erp} to your warehouse",
        asks: "{warehouse} asks for access to your company in {erp}, so that nobody has to type orders and articles twice.",
        the_warehouse: "The warehouse that stores and ships your goods",
        how: "Ongoing Bridge carries orders and articles between {erp} and Ongoing WMS, the warehouse's system, every 15 minutes.",
        company: "Company",
        asked_by: "Asked by",
        connection: "Connection",
        warehouse: "Warehouse system",
        goods_owner: "Goods owner",
        reads: "What is read in {erp}",
        articles: "Articles, with prices and units",
        orders: "Orders that are ready for the warehouse, with the customer's name, address, e-mail and telephone",
        purchase_orders: "Purchase orders, with the supplier's name and address",
        suppliers: "Suppliers",
        writes: "What is written there",
        shipments: "Which orders have been shipped, and how much of them",
        stock: "How much of each article is in stock",
        import_status: "Which orders have reached the warehouse",
        nothing: "Nothing.",
        log_in: "You log in at {erp} itself, choose the company there, and agree. Your password is not shown to anybody else. \
                 Log in as a user who may see and change what is listed below.",
        ending: "The company can end the access in {erp} at any time.",
        button: "Continue to {erp}",
        minutes: "After the click you have ten minutes. This page can be opened as often as you like until the company is \
                  connected.",
        paste: Paste {
            title: "Or paste an API key",
            open: "Open the Basics menu in {erp}, then API client keys, then New API key.",
            client: "Enter this client id: {client}",
            copy: "Copy the key that is shown there, and paste it here.",
            label: "API key",
            button: "Connect with this key",
        },
    },
    done: Done {
        title: "Connected",
        connected: "{company} in {erp} is connected to the warehouse.",
        nameless: "The company in {erp} is connected to the warehouse.",
        next: "Nothing. Articles and orders reach the warehouse within 15 minutes. You can close this page.",
        other: "Is this not the right company? Tell the person who sent you the link. They can make a new one.",
        expected: "The company that was expected is {expected}.",
        product: "System",
        date: "Connected on",
        receipt: "Receipt",
        keep: "Keep this page, or a picture of it, as a receipt.",
        lacking_title: "Connected, but something is missing",
        lacking: "Part of the exchange does not work until this is put right in {erp}:",
        lacking_next: "Put it right in {erp}, or ask whoever administers your company there. You do not need a new link: it is \
                       tried again every 15 minutes.",
        unsure_title: "Connected, but not yet checked",
        unsure: "{erp} has accepted the connection, but some of it could not be checked just now:",
        unsure_next: "Nothing for now. If no articles and orders have reached the warehouse in an hour, tell the person who \
                      sent you the link.",
        right: "The right {name}",
        restriction: "The restriction {name} is on",
        module: "The module {name}",
        company: "The company can be worked in",
        unchecked: "The connection works",
        right_advice: "Let an administrator of the company in {erp} give it to the user who connected.",
        restriction_advice: "Let an administrator of the company in {erp} take it off the user who connected: with it, other people's orders are left out.",
        module_advice: "Switch it on for the company in {erp}, or have it added to the company's subscription.",
        company_advice: "Make sure that the company in {erp} is active and not read-only.",
    },
    failures: Failures {
        link: Said {
            title: "This link does not work",
            what: "It has been used already, is older than 24 hours, or was replaced by a newer one. Or a part of it was lost \
                   when it was copied.",
            next: "If you have just connected the company with it, there is nothing to do. Otherwise ask the person who sent \
                   you the link for a new one.",
        },
        state: Said {
            title: "This step is over",
            what: "It can be done once, within ten minutes of the click. Going back or reloading the page does it a second time.",
            next: "If you have seen that the company is connected, there is nothing to do. Otherwise begin again.",
        },
        other_browser: Said {
            title: "Please stay in one browser",
            what: "This step was begun in another browser or on another device, or this browser keeps no cookies.",
            next: "Allow cookies, open the link from your message again in this browser, and begin again.",
        },
        refused: Said {
            title: "Access was not granted",
            what: "The answer in {erp} was no. Nothing was connected, and nothing was changed.",
            next: "If that was a mistake, begin again. If somebody else has to decide, pass the link on to them.",
        },
        vendor: Said {
            title: "{erp} did not finish",
            what: "{erp} sent you back without granting access. Nothing was connected.",
            next: "Begin again. If it happens again, tell the person who sent you the link.",
        },
        exchange: Said {
            title: "{erp} did not take its own confirmation back",
            what: "The confirmation that {erp} gives is good for five minutes and only once. Nothing was connected.",
            next: "Begin again. If it happens again, tell the person who sent you the link.",
        },
        unreachable: Said {
            title: "{erp} cannot be reached just now",
            what: "{erp} did not answer, or not to the end. The company is not connected yet.",
            next: "Wait a few minutes and begin again. The link still works.",
        },
        ours: Said {
            title: "Something failed on our side",
            what: "It has nothing to do with you or with {erp}. The company is not connected yet.",
            next: "Wait a few minutes and begin again. The link still works. If it happens again, tell the person who sent you \
                   the link.",
        },
        setup: Said {
            title: "Not everything is ready yet",
            what: "Something has to be set up on our side before {erp} can be connected.",
            next: "Tell the person who sent you the link. It goes on working until it is 24 hours old.",
        },
        no_refresh: Said {
            title: "{erp} granted access for one hour only",
            what: "The permission to stay connected was left out. Nothing was connected.",
            next: "Begin again, and agree to everything that {erp} asks for. If it happens again, tell the person who sent you \
                   the link.",
        },
        key: Said {
            title: "{erp} does not accept this key",
            what: "It is not a whole API key, was made for another client id, or has been revoked. Nothing was connected.",
            next: "Begin again and copy the whole key. It has to be made for the client id that the page shows.",
        },
        other_company: Said {
            title: "This is another company than before",
            what: "This connection belongs to {connected}, and you chose {company}. Nothing was changed.",
            next: "Begin again and choose {connected}. If the warehouse is to work with {company} from now on, ask the person \
                   who sent you the link for one that allows it.",
        },
        unidentified: Said {
            title: "We could not see which company this is",
            what: "{erp} did not let us read the company's name, and this connection belongs to a company already. Nothing was \
                   changed.",
            next: "Make sure that the company in {erp} is active and that its API module is switched on. Then begin again.",
        },
    },
    mail: Mail {
        greeting: "Hello,",
        open: "Open the link, log in to {erp}, choose the company, and agree. It takes a few minutes:",
        good: "The link is good for 24 hours and connects one company. Pass it on to nobody but the person at your company who decides this.",
    },
};
