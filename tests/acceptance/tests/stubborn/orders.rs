//! Orders that their ERP cannot hand out.

use std::time::Duration;

use acceptance::shops::{self, FinagoShop, PowerOfficeShop, Shop};
use acceptance::world::{Call, Happens, Peer, Rule};
use bridge::roads::pull::End;
use bridge::words::kind::Kind;

use super::scene::{arrived, breaks_on, breaks_where, end, open, parked};

/// Puts orders, of which some are stubborn, and counts the ticks until all others have arrived, ten at most.
async fn ticks(shop: &dyn Shop, orders: usize, stubborn: &[usize]) -> (usize, usize, usize) {
    let world = open(shop).await;
    let marks: Vec<String> = stubborn.iter().flat_map(|n| shop.marks(*n)).collect();
    let held = |n: &usize| shop.marks(*n).iter().any(|mark| marks.contains(mark));
    let others: Vec<usize> = (1..=orders).filter(|n| !held(n)).collect();
    breaks_on(&world, shop, marks.clone());
    let numbers: Vec<(usize, String)> = (1..=orders).map(|n| (n, shop.put_order(&world, n, &[0]))).collect();
    let expected: Vec<String> =
        numbers.iter().filter(|(n, _)| others.contains(n)).map(|(_, number)| number.clone()).collect();
    let before = world.site(shop.site()).calls();
    for tick in 1..=10 {
        world.tick(shop.kind()).await;
        if arrived(&world, &expected).len() == expected.len() {
            let parked = parked(&world);
            let reasons: Vec<&String> = parked.iter().filter_map(|(_, entry)| entry.reason.as_ref()).collect();
            assert!(reasons.iter().all(|reason| reason.contains("could not be read")), "{reasons:?}");
            return (tick, world.site(shop.site()).calls() - before, parked.len());
        }
    }
    (usize::MAX, world.site(shop.site()).calls() - before, parked(&world).len())
}

fn print(shop: &dyn Shop, what: &str, (ticks, calls, parked): (usize, usize, usize)) {
    let ticks = if ticks == usize::MAX { "never".to_owned() } else { ticks.to_string() };
    println!(
        "figure: 4 | {} | {what} | before never; now ticks until the others are right {ticks}, calls {calls}, parked {parked}",
        shop.kind()
    );
}

#[tokio::test(start_paused = true)]
async fn one_of_many_holds_up_none_of_the_others() {
    for shop in shops::all() {
        let (ticks, calls, parked) = ticks(shop.as_ref(), 40, &[17]).await;
        print(shop.as_ref(), "one of 40 orders", (ticks, calls, parked));
        assert_eq!(ticks, 1, "{}", shop.kind());
        // With Visma a customer's five or six orders are held up.
        assert!(if shop.kind() == Kind::Visma { parked > 1 } else { parked == 1 }, "{}: {parked}", shop.kind());
        assert!(calls < 75, "{}: {calls}", shop.kind());
    }
}

#[tokio::test(start_paused = true)]
async fn one_of_a_slice_of_250_is_found_by_halving() {
    let found = ticks(&FinagoShop, 250, &[123]).await;
    print(&FinagoShop, "one of a slice of 250", found);
    let (ticks, calls, parked) = found;
    assert_eq!((ticks, parked), (1, 1));
    // Four tries of the whole, a probe, two calls for each halving, a probe; lists, articles and companies besides.
    assert!(calls <= 35, "{calls}");
}

#[tokio::test(start_paused = true)]
async fn any_number_of_them_holds_up_none_of_the_others() {
    for shop in shops::all() {
        for stubborn in [&[1, 2, 3][..], &[3, 4, 5, 6, 7, 8, 9, 10, 11, 12], &[2, 5, 8, 11, 12]] {
            let found = ticks(shop.as_ref(), 12, stubborn).await;
            print(shop.as_ref(), &format!("{} of 12 orders", stubborn.len()), found);
            assert_eq!(found.0, 1, "{}: {stubborn:?}", shop.kind());
        }
    }
}

/// A record that nothing new stands beside is as stubborn as one of many.
#[tokio::test(start_paused = true)]
async fn one_alone_is_parked_as_well() {
    for shop in shops::all() {
        let world = open(shop.as_ref()).await;
        breaks_on(&world, shop.as_ref(), shop.marks(1));
        shop.put_order(&world, 1, &[0]);
        assert_eq!(end(&world.tick(shop.kind()).await), End::Complete, "{}", shop.kind());
        assert_eq!(parked(&world).len(), 1, "{}", shop.kind());
    }
}

#[tokio::test(start_paused = true)]
async fn a_parked_one_that_is_read_again_holds_nothing_up_waits_longer_each_time_and_comes_when_it_can() {
    for shop in shops::all() {
        let shop = shop.as_ref();
        let world = open(shop).await;
        let rule = breaks_on(&world, shop, shop.marks(1));
        let stubborn = shop.put_order(&world, 1, &[0]);
        world.tick(shop.kind()).await;
        assert_eq!(parked(&world).len(), 1, "{}", shop.kind());
        let mut fresh = Vec::new();
        let mut waits = Vec::new();
        for n in 2..=6 {
            fresh.push(shop.put_order(&world, n, &[0]));
            assert_eq!(end(&world.tick(shop.kind()).await), End::Complete, "{}", shop.kind());
            let (_, entry) = parked(&world).remove(0);
            let parked = entry.parked.unwrap();
            waits.push((parked.attempt, parked.retry_at.unwrap()));
            println!(
                "figure: 4 | {} | new orders beside a parked one | before none; now arrived {} of {}, its tries {}",
                shop.kind(),
                arrived(&world, &fresh).len(),
                fresh.len(),
                parked.attempt
            );
            assert_eq!(arrived(&world, &fresh).len(), fresh.len(), "{}", shop.kind());
        }
        // A quarter of an hour, half an hour, an hour.
        let tries: Vec<u32> = waits.iter().map(|(attempt, _)| *attempt).collect();
        assert_eq!(tries, [1, 1, 2, 2, 2], "{}", shop.kind());
        assert!(waits.is_sorted());
        world.rules.remove(&rule);
        for _ in 0..8 {
            world.tick(shop.kind()).await;
        }
        assert_eq!(arrived(&world, &[stubborn]).len(), 1, "{}", shop.kind());
        assert!(parked(&world).is_empty(), "{}", shop.kind());
    }
}

#[tokio::test(start_paused = true)]
async fn an_api_that_is_down_parks_nobody_and_the_next_tick_is_right() {
    for shop in shops::all() {
        let shop = shop.as_ref();
        let world = open(shop).await;
        let orders: Vec<String> = (1..=12).map(|n| shop.put_order(&world, n, &[0])).collect();
        let rule = breaks_on(&world, shop, shop.details().iter().map(|said| (*said).to_owned()).collect());
        assert_eq!(end(&world.tick(shop.kind()).await), End::Failed, "{}", shop.kind());
        assert_eq!((parked(&world).len(), arrived(&world, &orders).len()), (0, 0), "{}", shop.kind());
        world.rules.remove(&rule);
        world.tick(shop.kind()).await;
        assert_eq!(arrived(&world, &orders).len(), 12, "{}", shop.kind());
    }
}

/// More of them than there is time for: the page ends early, nobody is passed over, and what is new comes in between.
#[tokio::test(start_paused = true)]
async fn more_than_a_run_has_time_for_are_all_found_in_the_end() {
    for shop in shops::all() {
        let shop = shop.as_ref();
        let world = open(shop).await;
        // Slow enough that a run cannot ask for all of them one by one.
        let slow = Happens::Latency(Duration::from_secs(2));
        world.rules.add(Rule::to(Peer::Vendor(shop.site()), slow));
        let stubborn: Vec<usize> = (1..=120).filter(|n| n % 7 != 0).collect();
        breaks_on(&world, shop, stubborn.iter().flat_map(|n| shop.marks(*n)).collect());
        let numbers: Vec<String> = (1..=120).map(|n| shop.put_order(&world, n, &[0])).collect();
        let others: Vec<String> = numbers.into_iter().skip(6).step_by(7).collect();
        let mut ticks = 0;
        while (arrived(&world, &others).len() < others.len() || parked(&world).len() < stubborn.len()) && ticks < 40 {
            world.tick(shop.kind()).await;
            ticks += 1;
        }
        println!(
            "figure: 4 | {} | 103 of 120 orders at 2 s a call | before never; now ticks until all are dealt with {ticks}",
            shop.kind()
        );
        assert!(
            ticks < 40,
            "{}: {} parked, {} arrived",
            shop.kind(),
            parked(&world).len(),
            arrived(&world, &others).len()
        );
        // Another one is not held up by them.
        let fresh = shop.put_order(&world, 126, &[0]);
        for _ in 0..2 {
            world.tick(shop.kind()).await;
        }
        assert_eq!(arrived(&world, &[fresh]).len(), 1, "{}", shop.kind());
    }
}

/// Parked records cannot be asked for at all; what is new can.
#[tokio::test(start_paused = true)]
async fn parked_ones_that_nobody_can_read_again_stay_due_and_the_feed_goes_on() {
    let shop = PowerOfficeShop;
    let world = open(&shop).await;
    let rule = breaks_on(&world, &shop, shop.marks(1));
    let stubborn = shop.put_order(&world, 1, &[0]);
    world.tick(shop.kind()).await;
    world.rules.remove(&rule);
    let singly = |call: &Call<'_>| call.what.contains("/OutgoingInvoices/") && !call.what.ends_with("/Lines");
    let rule = breaks_where(&world, &shop, singly);
    for n in 2..=4 {
        let fresh = shop.put_order(&world, n, &[0]);
        assert_eq!(end(&world.tick(shop.kind()).await), End::Complete);
        assert_eq!(arrived(&world, &[fresh]).len(), 1);
    }
    assert_eq!(parked(&world)[0].1.parked.as_ref().unwrap().attempt, 0, "it was not its own fault");
    world.rules.remove(&rule);
    world.tick(shop.kind()).await;
    assert_eq!(arrived(&world, &[stubborn]).len(), 1);
}
