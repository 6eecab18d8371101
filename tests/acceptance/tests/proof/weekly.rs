//! The proof by its schedule: what stays different at the second look raises the alarm, and nothing else does.

use std::time::Duration;

use acceptance::shops::{self, PowerOfficeShop, article_number};
use bridge::ports::Run;
use bridge::roads::proof::scheduled;
use bridge::words::envelope::{Job, Look};
use bridge::words::feed::Feed;
use bridge::words::metric::Metric;
use serde_json::Value;

use crate::scene::{HOUR, Scene};

const WEEK: Duration = Duration::from_secs(7 * 24 * 3600);

impl Scene<'_> {
    /// Feed and number of what was counted for the alarm, by feed.
    fn alarmed(&self) -> Vec<(&'static str, f64)> {
        let stays = self.world.logs.counted().into_iter().filter(|one| one.metric == Metric::DifferencesStay);
        stays.map(|one| (one.feed, one.value)).collect()
    }

    /// What the last proof of a feed left in the state.
    fn last(&self, feed: Feed) -> Value {
        self.world.memory.items("tenant#acme", &format!("proof#{feed}"))[0].body.clone()
    }

    async fn look(&self, look: Look) -> usize {
        let run = Run { id: "weekly".into(), deadline: self.world.now() + 24 * HOUR };
        let job = Job { feeds: Some(vec![Feed::Articles]), proof: Some(look), ..Job::tick("acme") };
        scheduled::job(&self.world.ports(), &run, &job).await.unwrap()
    }
}

#[tokio::test(start_paused = true)]
async fn a_week_in_which_all_is_the_same_alarms_nobody() {
    for shop in shops::all() {
        let scene = Scene::open(shop.as_ref(), 3, 2).await;
        let (writes, before) = (scene.world.writes(), scene.world.now());
        scene.world.prove().await;
        assert_eq!((scene.alarmed(), scene.world.writes()), (vec![], writes), "{}", shop.kind());
        for feed in [Feed::Articles, Feed::Orders] {
            let last = scene.last(feed);
            assert_eq!((&last["whole"], &last["differences"]), (&true.into(), &0.into()), "{}: {last}", shop.kind());
        }
        // No second look where the first found nothing.
        assert!(scene.world.now().duration_since(before).as_secs() < 15 * 60, "{}", shop.kind());
    }
}

#[tokio::test(start_paused = true)]
async fn what_differs_at_both_looks_alarms_by_how_much_it_is_and_again_a_week_later() {
    for shop in shops::all() {
        let scene = Scene::open(shop.as_ref(), 6, 2).await;
        scene.lose(5);
        scene.add("HAND-1");
        scene.rename(3);
        scene.world.prove().await;
        assert_eq!(scene.alarmed(), [("articles", 3.0)], "{}", shop.kind());
        assert_eq!(scene.last(Feed::Articles)["differences"], 3, "{}", shop.kind());
        assert_eq!(scene.last(Feed::Orders)["differences"], 0, "{}", shop.kind());
        // The log names each, by number and without a name of anybody.
        let log = scene.world.logs.text();
        for number in [article_number(5), article_number(3), "HAND-1".into()] {
            assert!(log.lines().any(|line| line.contains("\"difference\"") && line.contains(&number)), "{number}");
        }
        assert!(!log.contains("Somebody's name"), "{}", shop.kind());
        scene.world.wait(WEEK).await;
        scene.world.prove().await;
        // Both looks of the second week find what the first week's last one had found.
        assert_eq!(scene.alarmed(), [("articles", 3.0); 3], "{}: {:#?}", shop.kind(), scene.prove().await.differences);
    }
}

#[tokio::test(start_paused = true)]
async fn what_is_put_right_between_the_looks_alarms_nobody() {
    let scene = Scene::open(&PowerOfficeShop, 4, 1).await;
    let body = scene.body(&article_number(3));
    scene.rename(3);
    assert_eq!(scene.look(Look::First).await, 0);
    assert_eq!(scene.last(Feed::Articles)["differences"], 1);
    scene.by_hand("PUT", "articles", &body);
    assert_eq!(scene.look(Look::Second).await, 0);
    assert_eq!(scene.last(Feed::Articles)["differences"], 0);
    assert_eq!(scene.alarmed(), []);
    // Another one that comes later is new, whatever there was before.
    scene.rename(2);
    assert_eq!(scene.look(Look::First).await, 0);
    assert_eq!(scene.look(Look::Second).await, 1);
    assert_eq!(scene.alarmed(), [("articles", 1.0)]);
}
