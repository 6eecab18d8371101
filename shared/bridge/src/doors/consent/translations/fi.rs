//! Finnish.

use super::{Done, Failures, Mail, Paste, Said, Start, Words};

pub(super) const WORDS: Words = Words {
    code: "fi",
    name: "Suomi",
    languages: "Kieli",
    what_now: "Mitä nyt pitää tehdä",
    again: "Aloita alusta",
    by_link: "Aloita alusta avaamalla viestissäsi oleva linkki uudelleen.",
    questions: "Kysyttävää?",
    start: Start {
        title: "Yhdistä {erp} varastoosi",
        asks: "{warehouse} pyytää pääsyä yrityksesi tietoihin {erp-}palvelussa, jotta kenenkään ei tarvitse kirjata tilauksia ja tuotteita kahteen kertaan.",
        the_warehouse: "Tavarasi säilyttävä ja lähettävä varasto",
        how: "Ongoing Bridge siirtää tilaukset ja tuotteet {erp-}palvelun ja varaston Ongoing WMS -järjestelmän välillä 15 minuutin välein.",
        company: "Yritys",
        asked_by: "Pyytäjä",
        connection: "Yhteys",
        warehouse: "Varastojärjestelmä",
        goods_owner: "Tavaranomistaja",
        reads: "Mitä {erp-}palvelusta luetaan",
        articles: "Tuotteet hintoineen ja yksiköineen",
        orders: "Varastolle valmiit tilaukset sekä asiakkaan nimi, osoite, sähköposti ja puhelinnumero",
        purchase_orders: "Ostotilaukset sekä toimittajan nimi ja osoite",
        suppliers: "Toimittajat",
        writes: "Mitä sinne kirjoitetaan",
        shipments: "Mitkä tilaukset on lähetetty ja miltä osin",
        stock: "Kuinka paljon kutakin tuotetta on varastossa",
        import_status: "Mitkä tilaukset ovat saapuneet varastolle",
        nothing: "Ei mitään.",
        log_in: "Kirjaudut {erp-}palveluun, valitset siellä yrityksen ja hyväksyt pyynnön. Kukaan muu ei näe salasanaasi. \
                 Kirjaudu käyttäjänä, joka saa nähdä ja muuttaa alla lueteltuja tietoja.",
        ending: "Yritys voi lopettaa pääsyn milloin tahansa {erp-}palvelussa.",
        button: "Jatka {erp-}palveluun",
        minutes: "Napsautuksen jälkeen sinulla on kymmenen minuuttia aikaa. Voit avata tämän sivun niin monta kertaa kuin haluat, kunnes yritys on yhdistetty.",
        paste: Paste {
            title: "Tai liitä API-avain",
            open: "Avaa {erp-}palvelussa Basics-valikko, sitten API client keys ja New API key. Nimet ovat englanninkielisen käyttöliittymän.",
            client: "Anna tämä asiakastunnus, englanniksi client id: {client}",
            copy: "Kopioi siellä näkyvä avain ja liitä se tähän.",
            label: "API-avain",
            button: "Yhdistä tällä avaimella",
        },
    },
    done: Done {
        title: "Yhdistetty",
        connected: "{company} on yhdistetty {erp-}palvelusta varastoon.",
        nameless: "Yritys on yhdistetty {erp-}palvelusta varastoon.",
        next: "Ei mitään. Tuotteet ja tilaukset tulevat varastolle 15 minuutin kuluessa. Voit sulkea sivun.",
        other: "Eikö tämä ole oikea yritys? Kerro siitä linkin lähettäjälle. Hän voi tehdä uuden linkin.",
        expected: "Odotettu yritys on {expected}.",
        product: "Järjestelmä",
        date: "Yhdistetty",
        receipt: "Kuitti",
        keep: "Säilytä sivu tai kuva siitä kuittina.",
        lacking_title: "Yhdistetty, mutta jotain puuttuu",
        lacking: "Osa tiedonsiirrosta ei toimi, ennen kuin tämä on korjattu {erp-}palvelussa:",
        lacking_next: "Korjaa asia itse {erp-}palvelussa tai pyydä sitä yrityksesi pääkäyttäjältä. Uutta linkkiä ei tarvita: yhteyttä \
                       kokeillaan uudelleen 15 minuutin välein.",
        unsure_title: "Yhdistetty, mutta ei vielä tarkistettu",
        unsure: "{erp} on hyväksynyt yhteyden, mutta kaikkea ei voitu juuri nyt tarkistaa:",
        unsure_next: "Ei vielä mitään. Jos tuotteita ja tilauksia ei ole tullut varastolle tunnin kuluessa, kerro siitä linkin \
                      lähettäjälle.",
        right: "Käyttöoikeus {name}",
        restriction: "Rajoitus {name} on päällä",
        module: "Moduuli {name}",
        company: "Yrityksessä voi työskennellä",
        unchecked: "Yhteys toimii",
        right_advice: "Pyydä yrityksen pääkäyttäjää antamaan se {erp-}palvelussa käyttäjälle, joka muodosti yhteyden.",
        restriction_advice: "Pyydä yrityksen pääkäyttäjää poistamaan se {erp-}palvelussa käyttäjältä, joka muodosti yhteyden: sen takia muiden tilaukset jäävät pois.",
        module_advice: "Ota se käyttöön yrityksessä {erp-}palvelussa tai lisää se yrityksen tilaukseen.",
        company_advice: "Varmista, että yritys on {erp-}palvelussa aktiivinen eikä vain luettavissa.",
    },
    failures: Failures {
        link: Said {
            title: "Tämä linkki ei toimi",
            what: "Se on jo käytetty, yli 24 tuntia vanha tai korvattu uudemmalla. Tai osa siitä on jäänyt pois kopioitaessa.",
            next: "Jos olet juuri yhdistänyt yrityksen sillä, mitään ei tarvitse tehdä. Muussa tapauksessa pyydä linkin \
                   lähettäjältä uusi.",
        },
        state: Said {
            title: "Tämä vaihe on jo ohi",
            what: "Sen voi tehdä kerran, kymmenen minuutin kuluessa napsautuksesta. Takaisin siirtyminen tai sivun lataaminen \
                   uudelleen toistaa vaiheen.",
            next: "Jos olet nähnyt, että yritys on yhdistetty, mitään ei tarvitse tehdä. Muussa tapauksessa aloita alusta.",
        },
        other_browser: Said {
            title: "Pysy samassa selaimessa",
            what: "Vaihe aloitettiin toisessa selaimessa tai toisella laitteella, tai tämä selain ei tallenna evästeitä.",
            next: "Salli evästeet, avaa viestissäsi oleva linkki uudelleen tässä selaimessa ja aloita alusta.",
        },
        refused: Said {
            title: "Pääsyä ei myönnetty",
            what: "{erp-}palvelusta tuli kieltävä vastaus. Mitään ei yhdistetty eikä muutettu.",
            next: "Jos se oli vahinko, aloita alusta. Jos jonkun muun pitää päättää asiasta, välitä linkki hänelle.",
        },
        vendor: Said {
            title: "{erp} jäi kesken",
            what: "{erp} palautti sinut myöntämättä pääsyä. Mitään ei yhdistetty.",
            next: "Aloita alusta. Jos näin käy uudelleen, kerro siitä linkin lähettäjälle.",
        },
        exchange: Said {
            title: "{erp} ei ottanut omaa vahvistustaan vastaan",
            what: "{erp-}palvelun vahvistus on voimassa viisi minuuttia ja vain kerran. Mitään ei yhdistetty.",
            next: "Aloita alusta. Jos näin käy uudelleen, kerro siitä linkin lähettäjälle.",
        },
        unreachable: Said {
            title: "{erp} ei vastaa juuri nyt",
            what: "{erp} ei vastannut, tai vastaus jäi kesken. Yritystä ei ole vielä yhdistetty.",
            next: "Odota muutama minuutti ja aloita alusta. Linkki toimii edelleen.",
        },
        ours: Said {
            title: "Meillä tapahtui virhe",
            what: "Se ei johdu sinusta eikä {erp-}palvelusta. Yritystä ei ole vielä yhdistetty.",
            next: "Odota muutama minuutti ja aloita alusta. Linkki toimii edelleen. Jos näin käy uudelleen, kerro siitä linkin \
                   lähettäjälle.",
        },
        setup: Said {
            title: "Kaikki ei ole vielä valmista",
            what: "Meidän puolellamme on vielä asetettava jotain, ennen kuin {erp} voidaan yhdistää.",
            next: "Kerro siitä linkin lähettäjälle. Linkki toimii, kunnes se on 24 tuntia vanha.",
        },
        no_refresh: Said {
            title: "{erp} myönsi pääsyn vain tunniksi",
            what: "Lupa pysyä yhdistettynä puuttui. Mitään ei yhdistetty.",
            next: "Aloita alusta ja hyväksy kaikki, mitä {erp} pyytää. Jos näin käy uudelleen, kerro siitä linkin lähettäjälle.",
        },
        key: Said {
            title: "{erp} ei hyväksy tätä avainta",
            what: "Se ei ole kokonainen API-avain, se on tehty toiselle asiakastunnukselle tai se on peruttu. Mitään ei yhdistetty.",
            next: "Aloita alusta ja kopioi koko avain. Se pitää tehdä sivulla näkyvälle asiakastunnukselle.",
        },
        other_company: Said {
            title: "Tämä on eri yritys kuin ennen",
            what: "Tämä yhteys kuuluu yritykselle {connected}, ja valitsit yrityksen {company}. Mitään ei muutettu.",
            next: "Aloita alusta ja valitse {connected}. Jos varaston pitää tästä lähtien palvella yritystä {company}, pyydä \
                   linkin lähettäjältä linkki, joka sallii sen.",
        },
        unidentified: Said {
            title: "Emme nähneet, mikä yritys tämä on",
            what: "{erp} ei antanut meidän lukea yrityksen nimeä, ja tämä yhteys kuuluu jo jollekin yritykselle. Mitään ei \
                   muutettu.",
            next: "Varmista, että yritys on {erp-}palvelussa aktiivinen ja sen API-moduuli on käytössä. Aloita sitten alusta.",
        },
    },
    mail: Mail {
        greeting: "Hei!",
        open: "Avaa linkki, kirjaudu {erp-}palveluun, valitse yritys ja hyväksy pyyntö. Se vie muutaman minuutin:",
        good: "Linkki on voimassa 24 tuntia ja yhdistää yhden yrityksen. Välitä se vain sille, joka yrityksessäsi päättää tästä.",
    },
};
