//! Swedish.

use super::{Done, Failures, Mail, Paste, Said, Start, Words};

pub(super) const WORDS: Words = Words {
    code: "sv",
    name: "Svenska",
    languages: "Språk",
    what_now: "Vad du ska göra nu",
    again: "Börja om",
    by_link: "Börja om genom att öppna länken i ditt meddelande igen.",
    questions: "Frågor?",
    start: Start {
        title: "Anslut {erp} till ditt lager",
        asks: "{warehouse} ber om åtkomst till ditt företag i {erp}, så att ingen behöver skriva in order och artiklar två gånger.",
        the_warehouse: "Lagret som förvarar och skickar dina varor",
        how: "Ongoing Bridge för över order och artiklar mellan {erp} och Ongoing WMS, som är lagrets system, var 15:e minut.",
        company: "Företag",
        asked_by: "Begärs av",
        connection: "Anslutning",
        warehouse: "Lagersystem",
        goods_owner: "Varuägare",
        reads: "Det här läses i {erp}",
        articles: "Artiklar, med priser och enheter",
        orders: "Order som är klara för lagret, med kundens namn, adress, e-post och telefon",
        purchase_orders: "Inköpsorder, med leverantörens namn och adress",
        suppliers: "Leverantörer",
        writes: "Det här skrivs där",
        shipments: "Vilka order som har skickats, och hur mycket av dem",
        stock: "Hur mycket som finns i lager av varje artikel",
        import_status: "Vilka order som har kommit fram till lagret",
        nothing: "Ingenting.",
        log_in: "Du loggar in hos {erp}, väljer företaget där och godkänner. Ingen annan får se ditt lösenord. Logga in som en \
                 användare som får se och ändra det som står nedan.",
        ending: "Företaget kan när som helst avsluta åtkomsten i {erp}.",
        button: "Fortsätt till {erp}",
        minutes: "Efter klicket har du tio minuter på dig. Sidan kan öppnas hur många gånger som helst tills företaget är \
                  anslutet.",
        paste: Paste {
            title: "Eller klistra in en API-nyckel",
            open: "Öppna menyn Basics i {erp}, sedan API client keys och New API key. Så heter de när programmet visas på engelska.",
            client: "Ange detta klient-id: {client}",
            copy: "Kopiera nyckeln som visas där och klistra in den här.",
            label: "API-nyckel",
            button: "Anslut med nyckeln",
        },
    },
    done: Done {
        title: "Anslutet",
        connected: "{company} i {erp} är anslutet till lagret.",
        nameless: "Företaget i {erp} är anslutet till lagret.",
        next: "Ingenting. Artiklar och order kommer till lagret inom 15 minuter. Du kan stänga sidan.",
        other: "Är det inte rätt företag? Säg till den som skickade länken. Den personen kan göra en ny.",
        expected: "Det väntade företaget är {expected}.",
        product: "System",
        date: "Anslutet",
        receipt: "Kvitto",
        keep: "Spara sidan, eller en bild av den, som kvitto.",
        lacking_title: "Anslutet, men något saknas",
        lacking: "En del av utbytet fungerar inte förrän det här har rättats i {erp}:",
        lacking_next: "Rätta det i {erp}, eller be den som administrerar ditt företag där. Du behöver ingen ny länk: det prövas igen \
                       var 15:e minut.",
        unsure_title: "Anslutet, men inte kontrollerat än",
        unsure: "{erp} har godtagit anslutningen, men allt gick inte att kontrollera just nu:",
        unsure_next: "Ingenting just nu. Om inga artiklar och order har kommit till lagret om en timme, säg till den som \
                      skickade länken.",
        right: "Behörigheten {name}",
        restriction: "Begränsningen {name} är på",
        module: "Modulen {name}",
        company: "Företaget går att arbeta i",
        unchecked: "Anslutningen fungerar",
        right_advice: "Låt en administratör för företaget i {erp} ge den till användaren som anslöt.",
        restriction_advice: "Låt en administratör för företaget i {erp} ta bort den för användaren som anslöt: med den utelämnas andras order.",
        module_advice: "Aktivera den för företaget i {erp}, eller lägg till den i företagets abonnemang.",
        company_advice: "Kontrollera att företaget i {erp} är aktivt och inte bara kan läsas.",
    },
    failures: Failures {
        link: Said {
            title: "Länken fungerar inte",
            what: "Den har redan använts, är äldre än 24 timmar eller har ersatts av en nyare. Eller så försvann en del av den \
                   när den kopierades.",
            next: "Om du just har anslutit företaget med den behöver du inte göra något. Be annars den som skickade länken om \
                   en ny.",
        },
        state: Said {
            title: "Det här steget är över",
            what: "Det kan göras en gång, inom tio minuter från klicket. Den som går tillbaka eller laddar om sidan gör det en \
                   gång till.",
            next: "Om du har sett att företaget är anslutet behöver du inte göra något. Börja annars om.",
        },
        other_browser: Said {
            title: "Stanna i samma webbläsare",
            what: "Steget påbörjades i en annan webbläsare eller på en annan enhet, eller så sparar webbläsaren inga kakor.",
            next: "Tillåt kakor, öppna länken i ditt meddelande igen i den här webbläsaren och börja om.",
        },
        refused: Said {
            title: "Åtkomsten godkändes inte",
            what: "Svaret i {erp} var nej. Inget har anslutits och inget har ändrats.",
            next: "Om det var ett misstag, börja om. Om någon annan ska besluta, skicka länken vidare till den personen.",
        },
        vendor: Said {
            title: "{erp} blev inte klart",
            what: "{erp} skickade dig tillbaka utan att ge åtkomst. Inget har anslutits.",
            next: "Börja om. Händer det igen, säg till den som skickade länken.",
        },
        exchange: Said {
            title: "{erp} tog inte emot sin egen bekräftelse",
            what: "Bekräftelsen från {erp} gäller i fem minuter och bara en gång. Inget har anslutits.",
            next: "Börja om. Händer det igen, säg till den som skickade länken.",
        },
        unreachable: Said {
            title: "{erp} går inte att nå just nu",
            what: "{erp} svarade inte, eller inte ända till slutet. Företaget är inte anslutet än.",
            next: "Vänta några minuter och börja om. Länken fungerar fortfarande.",
        },
        ours: Said {
            title: "Något gick fel hos oss",
            what: "Det beror varken på dig eller på {erp}. Företaget är inte anslutet än.",
            next: "Vänta några minuter och börja om. Länken fungerar fortfarande. Händer det igen, säg till den som skickade \
                   länken.",
        },
        setup: Said {
            title: "Allt är inte klart än",
            what: "Något måste ställas in hos oss innan {erp} kan anslutas.",
            next: "Säg till den som skickade länken. Den fungerar tills den är 24 timmar gammal.",
        },
        no_refresh: Said {
            title: "{erp} gav åtkomst i bara en timme",
            what: "Tillåtelsen att förbli ansluten saknades. Inget har anslutits.",
            next: "Börja om och godkänn allt som {erp} frågar om. Händer det igen, säg till den som skickade länken.",
        },
        key: Said {
            title: "{erp} godtar inte nyckeln",
            what: "Det är inte en hel API-nyckel, den gjordes för ett annat klient-id eller den har återkallats. Inget har \
                   anslutits.",
            next: "Börja om och kopiera hela nyckeln. Den måste göras för det klient-id som visas på sidan.",
        },
        other_company: Said {
            title: "Det här är ett annat företag än förut",
            what: "Anslutningen hör till {connected}, och du valde {company}. Inget har ändrats.",
            next: "Börja om och välj {connected}. Om lagret ska arbeta med {company} från och med nu, be den som skickade \
                   länken om en som tillåter det.",
        },
        unidentified: Said {
            title: "Vi kunde inte se vilket företag det är",
            what: "{erp} lät oss inte läsa företagets namn, och anslutningen hör redan till ett företag. Inget har ändrats.",
            next: "Kontrollera att företaget i {erp} är aktivt och att dess API-modul är påslagen. Börja sedan om.",
        },
    },
    mail: Mail {
        greeting: "Hej!",
        open: "Öppna länken, logga in i {erp}, välj företaget och godkänn. Det tar några minuter:",
        good: "Länken gäller i 24 timmar och ansluter ett företag. Skicka den bara vidare till den på företaget som beslutar om det här.",
    },
};
