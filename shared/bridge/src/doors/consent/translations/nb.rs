//! Norwegian, bokmål.

use super::{Done, Failures, Mail, Paste, Said, Start, Words};

pub(super) const WORDS: Words = Words {
    code: "nb",
    name: "Norsk",
    languages: "Språk",
    what_now: "Hva du skal gjøre nå",
    again: "Begynn på nytt",
    by_link: "Begynn på nytt ved å åpne lenken i meldingen din igjen.",
    questions: "Spørsmål?",
    start: Start {
        title: "Koble {erp} til lageret ditt",
        asks: "{warehouse} ber om tilgang til selskapet ditt i {erp}, slik at ingen trenger å skrive inn ordrer og artikler to ganger.",
        the_warehouse: "Lageret som oppbevarer og sender varene dine,",
        how: "Ongoing Bridge overfører ordrer og artikler mellom {erp} og Ongoing WMS, som er lagerets system, hvert 15. minutt.",
        company: "Selskap",
        asked_by: "Forespurt av",
        connection: "Tilkobling",
        warehouse: "Lagersystem",
        goods_owner: "Vareeier",
        reads: "Dette leses i {erp}",
        articles: "Artikler, med priser og enheter",
        orders: "Ordrer som er klare for lageret, med kundens navn, adresse, e-post og telefon",
        purchase_orders: "Innkjøpsordrer, med leverandørens navn og adresse",
        suppliers: "Leverandører",
        writes: "Dette skrives der",
        shipments: "Hvilke ordrer som er sendt, og hvor mye av dem",
        stock: "Hvor mye som er på lager av hver artikkel",
        import_status: "Hvilke ordrer som har kommet fram til lageret",
        nothing: "Ingenting.",
        log_in: "Du logger inn hos {erp}, velger selskapet der og godkjenner. Ingen andre får se passordet ditt. Logg inn som en \
                 bruker som kan se og endre det som står nedenfor.",
        ending: "Selskapet kan når som helst avslutte tilgangen i {erp}.",
        button: "Fortsett til {erp}",
        minutes: "Etter klikket har du ti minutter. Siden kan åpnes så ofte du vil, helt til selskapet er koblet til.",
        paste: Paste {
            title: "Eller lim inn en API-nøkkel",
            open: "Åpne menyen Basics i {erp}, deretter API client keys og New API key. Slik heter de når programmet vises på engelsk.",
            client: "Oppgi denne klient-ID-en: {client}",
            copy: "Kopier nøkkelen som vises der, og lim den inn her.",
            label: "API-nøkkel",
            button: "Koble til med nøkkelen",
        },
    },
    done: Done {
        title: "Koblet til",
        connected: "{company} i {erp} er koblet til lageret.",
        nameless: "Selskapet i {erp} er koblet til lageret.",
        next: "Ingenting. Artikler og ordrer kommer til lageret innen 15 minutter. Du kan lukke siden.",
        other: "Er dette ikke riktig selskap? Si fra til den som sendte deg lenken. Vedkommende kan lage en ny.",
        expected: "Det forventede selskapet er {expected}.",
        product: "System",
        date: "Koblet til",
        receipt: "Kvittering",
        keep: "Ta vare på siden, eller et bilde av den, som kvittering.",
        lacking_title: "Koblet til, men noe mangler",
        lacking: "En del av utvekslingen virker ikke før dette er rettet i {erp}:",
        lacking_next: "Rett det i {erp}, eller be den som administrerer selskapet ditt der. Du trenger ingen ny lenke: det prøves på \
                       nytt hvert 15. minutt.",
        unsure_title: "Koblet til, men ikke kontrollert ennå",
        unsure: "{erp} har godtatt tilkoblingen, men ikke alt kunne kontrolleres akkurat nå:",
        unsure_next: "Ingenting foreløpig. Hvis ingen artikler og ordrer har kommet til lageret om en time, si fra til den som \
                      sendte deg lenken.",
        right: "Rettigheten {name}",
        restriction: "Begrensningen {name} er på",
        module: "Modulen {name}",
        company: "Det går an å arbeide i selskapet",
        unchecked: "Tilkoblingen virker",
        right_advice: "La en administrator for selskapet i {erp} gi den til brukeren som koblet til.",
        restriction_advice: "La en administrator for selskapet i {erp} fjerne den for brukeren som koblet til: med den utelates andres ordrer.",
        module_advice: "Slå den på for selskapet i {erp}, eller få den lagt til i selskapets abonnement.",
        company_advice: "Kontroller at selskapet i {erp} er aktivt og ikke bare kan leses.",
    },
    failures: Failures {
        link: Said {
            title: "Lenken virker ikke",
            what: "Den er allerede brukt, er eldre enn 24 timer eller er erstattet av en nyere. Eller en del av den falt bort da \
                   den ble kopiert.",
            next: "Hvis du nettopp har koblet til selskapet med den, trenger du ikke å gjøre noe. Ellers ber du den som sendte \
                   deg lenken, om en ny.",
        },
        state: Said {
            title: "Dette trinnet er over",
            what: "Det kan gjøres én gang, innen ti minutter etter klikket. Den som går tilbake eller laster siden på nytt, gjør \
                   det en gang til.",
            next: "Hvis du har sett at selskapet er koblet til, trenger du ikke å gjøre noe. Ellers begynner du på nytt.",
        },
        other_browser: Said {
            title: "Bli i samme nettleser",
            what: "Trinnet ble begynt i en annen nettleser eller på en annen enhet, eller nettleseren lagrer ikke \
                   informasjonskapsler.",
            next: "Tillat informasjonskapsler, åpne lenken i meldingen din igjen i denne nettleseren, og begynn på nytt.",
        },
        refused: Said {
            title: "Tilgangen ble ikke godkjent",
            what: "Svaret i {erp} var nei. Ingenting er koblet til, og ingenting er endret.",
            next: "Hvis det var en feil, begynn på nytt. Hvis en annen må bestemme, send lenken videre til vedkommende.",
        },
        vendor: Said {
            title: "{erp} ble ikke ferdig",
            what: "{erp} sendte deg tilbake uten å gi tilgang. Ingenting er koblet til.",
            next: "Begynn på nytt. Skjer det igjen, si fra til den som sendte deg lenken.",
        },
        exchange: Said {
            title: "{erp} tok ikke imot sin egen bekreftelse",
            what: "Bekreftelsen fra {erp} gjelder i fem minutter og bare én gang. Ingenting er koblet til.",
            next: "Begynn på nytt. Skjer det igjen, si fra til den som sendte deg lenken.",
        },
        unreachable: Said {
            title: "{erp} kan ikke nås akkurat nå",
            what: "{erp} svarte ikke, eller ikke helt til slutten. Selskapet er ikke koblet til ennå.",
            next: "Vent noen minutter og begynn på nytt. Lenken virker fortsatt.",
        },
        ours: Said {
            title: "Noe gikk galt hos oss",
            what: "Det skyldes verken deg eller {erp}. Selskapet er ikke koblet til ennå.",
            next: "Vent noen minutter og begynn på nytt. Lenken virker fortsatt. Skjer det igjen, si fra til den som sendte deg \
                   lenken.",
        },
        setup: Said {
            title: "Ikke alt er klart ennå",
            what: "Noe må settes opp hos oss før {erp} kan kobles til.",
            next: "Si fra til den som sendte deg lenken. Den virker til den er 24 timer gammel.",
        },
        no_refresh: Said {
            title: "{erp} ga tilgang i bare én time",
            what: "Tillatelsen til å forbli tilkoblet manglet. Ingenting er koblet til.",
            next: "Begynn på nytt, og godkjenn alt som {erp} spør om. Skjer det igjen, si fra til den som sendte deg lenken.",
        },
        key: Said {
            title: "{erp} godtar ikke nøkkelen",
            what: "Det er ikke en hel API-nøkkel, den er laget for en annen klient-ID, eller den er trukket tilbake. Ingenting er \
                   koblet til.",
            next: "Begynn på nytt og kopier hele nøkkelen. Den må lages for klient-ID-en som vises på siden.",
        },
        other_company: Said {
            title: "Dette er et annet selskap enn før",
            what: "Tilkoblingen hører til {connected}, og du valgte {company}. Ingenting er endret.",
            next: "Begynn på nytt og velg {connected}. Hvis lageret skal arbeide med {company} fra nå av, be den som sendte deg \
                   lenken, om en som tillater det.",
        },
        unidentified: Said {
            title: "Vi kunne ikke se hvilket selskap dette er",
            what: "{erp} lot oss ikke lese selskapets navn, og tilkoblingen hører allerede til et selskap. Ingenting er endret.",
            next: "Kontroller at selskapet i {erp} er aktivt, og at API-modulen er slått på. Begynn deretter på nytt.",
        },
    },
    mail: Mail {
        greeting: "Hei!",
        open: "Åpne lenken, logg inn i {erp}, velg selskapet og godkjenn. Det tar noen minutter:",
        good: "Lenken gjelder i 24 timer og kobler til ett selskap. Send den bare videre til den i selskapet som bestemmer dette.",
    },
};
