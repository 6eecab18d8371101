//! A table that was put back to an earlier moment: what came since is recognised, and written to nobody.

use acceptance::shops::{self, article_number};
use bridge::words::feed::Feed;
use serde_json::json;

use crate::scene::{HOUR, Scene};

#[tokio::test(start_paused = true)]
async fn what_was_imported_and_told_since_the_backup_is_not_written_again() {
    for shop in shops::all() {
        let kind = shop.kind();
        let mut scene = Scene::settled(shop.as_ref(), json!({})).await;
        let backup = scene.backup();
        // A day's work that the backup knows nothing of.
        shop.put_article(&scene.world, 1, "Renamed since");
        shop.put_article(&scene.world, 5, "New since");
        scene.world.wait(HOUR).await;
        scene.orders.push(shop.put_order(&scene.world, 5, &[3]));
        scene.ticks(2).await;
        scene.ship(2, json!({}));
        scene.ticks(3).await;
        // Past the daily look at the whole stock: a shop that renames an article sets its stock too.
        scene.world.wait(30 * HOUR).await;
        scene.ticks(2).await;
        scene.restore(backup).await;
        let rebuilt = scene.rebuild().await;
        // An article that keeps no stock in the ERP is left, and its stock not taken.
        let left = rebuilt.left.iter().filter(|left| left.feed != "stock").count();
        assert_eq!((left, rebuilt.for_a_person.len()), (0, 0), "{kind}: {rebuilt:#?}");
        let before = scene.sent();
        scene.ticks(3).await;
        scene.world.wait(30 * HOUR).await;
        scene.ticks(3).await;
        assert_eq!(scene.written_since(before), Vec::<String>::new(), "{kind}: {rebuilt:#?}");
        let entry = scene.world.find("acme", Feed::Articles, &article_number(5)).unwrap();
        assert!(entry.ongoing.is_some(), "{kind}");
        // The next change goes out as ever.
        let writes = scene.world.writes();
        shop.put_article(&scene.world, 5, "Changed later");
        scene.ticks(2).await;
        assert_eq!(scene.world.writes() - writes, 1, "{kind}");
    }
}

#[tokio::test(start_paused = true)]
async fn messages_that_outlived_the_table_do_nothing() {
    for shop in shops::all() {
        let kind = shop.kind();
        let scene = Scene::settled(shop.as_ref(), json!({})).await;
        // Handed out, and not imported before the table was lost.
        shop.put_article(&scene.world, 1, "On the queue");
        scene.world.pull(kind, &bridge::words::envelope::Job::tick("acme")).await;
        assert_eq!(scene.world.queued().len(), 1, "{kind}");
        let message = serde_json::to_string(&scene.world.queued()[0]).unwrap();
        let group = scene.world.queued()[0].group.clone();
        scene.world.import_all().await;
        scene.restore(Vec::new()).await;
        scene.world.wait(HOUR).await;
        scene.rebuild().await;
        let writes = scene.world.writes();
        scene.world.memory.put_message(&group, &message);
        scene.world.import_all().await;
        scene.ticks(2).await;
        assert_eq!(scene.world.writes(), writes, "{kind}");
    }
}
