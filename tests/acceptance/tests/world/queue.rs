//! SQS: order, visibility, receive counts, deduplication, retention, dead letters.

use std::time::Duration;

use acceptance::world::World;
use acceptance::world::sqs::{DEDUPLICATION, Message, Mixing, Queue, WINDOW};

const SECOND: Duration = Duration::from_secs(1);
const MINUTE: Duration = Duration::from_secs(60);
const DAY: Duration = Duration::from_secs(24 * 3600);

fn put(world: &World, queue: &Queue, group: &str, body: &str) -> bool {
    queue.send(world.now(), group, Some(body), body, Duration::ZERO).is_some()
}

fn take(world: &World, queue: &Queue) -> Vec<Message> {
    queue.receive(world.now(), 10)
}

fn bodies(messages: &[Message]) -> Vec<&str> {
    messages.iter().map(|message| message.body.as_str()).collect()
}

#[tokio::test(start_paused = true)]
async fn nothing_of_a_group_is_delivered_while_one_of_it_is_hidden() {
    let world = World::new();
    let queue = world.memory.queue("import.fifo");
    for body in ["a1", "a2", "b1"] {
        put(&world, queue, &body[..1], body);
    }
    let first = queue.receive(world.now(), 1);
    assert_eq!(bodies(&first), ["a1"]);
    assert_eq!(bodies(&take(&world, queue)), ["b1"], "the other group goes on");
    put(&world, queue, "a", "a3");
    assert_eq!(bodies(&take(&world, queue)), Vec::<&str>::new());
    world.wait(queue.attributes().visibility - SECOND).await;
    assert!(take(&world, queue).is_empty());
    world.wait(SECOND).await;
    let again = take(&world, queue);
    assert_eq!(bodies(&again), ["a1", "a2", "b1", "a3"]);
    assert_eq!(again.iter().map(|message| message.received).collect::<Vec<_>>(), [2, 1, 2, 1]);
    // What is deleted out of the middle lets nothing past the rest.
    assert!(queue.delete(world.now(), &again[0]));
    assert!(take(&world, queue).is_empty());
}

#[tokio::test(start_paused = true)]
async fn what_is_given_back_shows_at_its_own_time_and_an_old_receive_deletes_nothing() {
    let world = World::new();
    let queue = world.memory.queue("import.fifo");
    ["a1", "a2"].iter().for_each(|body| _ = put(&world, queue, "a", body));
    let first = take(&world, queue);
    assert!(world.memory.change_visibility(&first[0].id, 15 * SECOND));
    assert!(world.memory.change_visibility(&first[1].id, Duration::ZERO));
    world.wait(14 * SECOND).await;
    assert!(take(&world, queue).is_empty(), "a2 stands behind a1");
    assert_eq!(queue.next(world.now()), Some(world.now() + SECOND));
    world.wait(SECOND).await;
    assert!(!queue.delete(world.now(), &first[0]), "its receive is over");
    assert!(!queue.change_visibility(world.now(), &first[0], MINUTE), "nothing of it is in flight");
    let second = take(&world, queue);
    assert_eq!(
        second.iter().map(|message| (message.body.as_str(), message.received)).collect::<Vec<_>>(),
        [("a1", 2), ("a2", 2)]
    );
    assert!(!queue.delete(world.now(), &first[0]), "it was received anew");
    assert!(queue.delete(world.now(), &second[0]));
}

#[tokio::test(start_paused = true)]
async fn a_batch_has_at_most_ten_and_mixes_groups_as_it_likes() {
    for (mixing, expected) in [
        (Mixing::Sent, "a0 b0 c0 a1 b1 c1 a2 b2 c2 a3"),
        (Mixing::Grouped, "a0 a1 a2 a3 a4 b0 b1 b2 b3 b4"),
        (Mixing::Spread, "a0 b0 c0 a1 b1 c1 a2 b2 c2 a3"),
    ] {
        let world = World::new();
        let queue = world.memory.queue("import.fifo");
        queue.mix(mixing);
        for n in 0..5 {
            for group in ["a", "b", "c"] {
                put(&world, queue, group, &format!("{group}{n}"));
            }
        }
        assert_eq!(bodies(&queue.receive(world.now(), 99)).join(" "), expected, "{mixing:?}");
    }
    // A group that has much in front takes a whole batch by the order of sending, and one of ten when spread.
    for (mixing, expected) in
        [(Mixing::Sent, "a0 a1 a2 a3 a4 a5 a6 a7 a8 a9"), (Mixing::Spread, "a0 b0 a1 b1 a2 a3 a4 a5 a6 a7")]
    {
        let world = World::new();
        let queue = world.memory.queue("writeback.fifo");
        queue.mix(mixing);
        (0..12).for_each(|n| _ = put(&world, queue, "a", &format!("a{n}")));
        (0..2).for_each(|n| _ = put(&world, queue, "b", &format!("b{n}")));
        assert_eq!(bodies(&take(&world, queue)).join(" "), expected, "{mixing:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_doubled_send_is_dropped_for_five_minutes() {
    let world = World::new();
    let queue = world.memory.queue("import.fifo");
    assert!(put(&world, queue, "a", "same"));
    assert!(put(&world, queue, "b", "same"), "the scope is the group");
    let taken = take(&world, queue);
    queue.settle(world.now(), &taken, &[]);
    world.wait(DEDUPLICATION - SECOND).await;
    assert!(!put(&world, queue, "a", "same"), "although the first one is deleted");
    world.wait(SECOND).await;
    assert!(put(&world, queue, "a", "same"));
}

#[tokio::test(start_paused = true)]
async fn messages_are_gone_after_their_retention_and_a_dead_letter_counts_its_time_as_sqs_does() {
    let world = World::new();
    let (fifo, jobs) = (world.memory.queue("import.fifo"), world.memory.queue("pull-visma-jobs"));
    put(&world, fifo, "a", "a1");
    put(&world, jobs, "", "job");
    world.wait(4 * DAY - SECOND).await;
    assert_eq!(jobs.all(world.now()).len(), 1);
    world.wait(SECOND).await;
    assert!(jobs.is_empty(world.now()), "nobody said how long, which is four days");
    world.wait(10 * DAY - SECOND).await;
    assert_eq!(fifo.depth(world.now()).oldest, 14 * DAY - SECOND);
    world.wait(SECOND).await;
    assert!(fifo.is_empty(world.now()));

    for (queue, days) in [(fifo, 14), (jobs, 12)] {
        put(&world, queue, "a", "late");
        world.wait(2 * DAY).await;
        while queue.dead_letters(world.now()).is_empty() {
            take(&world, queue);
            world.wait(queue.attributes().visibility).await;
        }
        assert!(queue.is_empty(world.now()));
        world.wait(days * DAY - queue.attributes().visibility * (queue.attributes().most_receives + 2)).await;
        assert_eq!(queue.dead_letters(world.now()).len(), 1, "{}", queue.attributes().name);
        world.wait(queue.attributes().visibility * (queue.attributes().most_receives + 2)).await;
        assert_eq!(queue.dead_letters(world.now()).len(), 0, "{}", queue.attributes().name);
    }
}

#[tokio::test(start_paused = true)]
async fn what_was_received_too_often_makes_room_for_its_group() {
    let world = World::new();
    let queue = world.memory.queue("import.fifo");
    ["a1", "a2"].iter().for_each(|body| _ = put(&world, queue, "a", body));
    for nth in 1..=queue.attributes().most_receives {
        let taken = queue.receive(world.now(), 1);
        assert_eq!((taken[0].body.as_str(), taken[0].received), ("a1", nth));
        world.wait(queue.attributes().visibility).await;
    }
    let next = take(&world, queue);
    assert_eq!(bodies(&next), ["a2"]);
    assert_eq!(bodies(&queue.dead_letters(world.now())), ["a1"]);
    queue.settle(world.now(), &next, &[]);
    assert_eq!(queue.redrive(world.now()), 1);
    assert_eq!(take(&world, queue)[0].received, 1);
}

#[tokio::test(start_paused = true)]
async fn what_is_reported_as_failed_stays_hidden_and_the_rest_is_deleted() {
    let world = World::new();
    let queue = world.memory.queue("import.fifo");
    ["a1", "a2", "b1"].iter().for_each(|body| _ = put(&world, queue, &body[..1], body));
    let taken = take(&world, queue);
    queue.settle(world.now(), &taken, &[taken[1].id.clone()]);
    let depth = queue.depth(world.now());
    assert_eq!((bodies(&queue.all(world.now())), depth.waiting, depth.hidden), (vec!["a2"], 0, 1));
    world.wait(queue.attributes().visibility).await;
    assert_eq!(bodies(&take(&world, queue)), ["a2"]);
    queue.purge();
    assert!(queue.is_empty(world.now()));
    world.wait(queue.attributes().visibility).await;
    put(&world, queue, "a", "a4");
    assert_eq!(bodies(&take(&world, queue)), ["a4"], "nothing of before stands in the way");
}

#[tokio::test(start_paused = true)]
async fn a_fifo_queue_looks_at_its_first_messages_only() {
    let world = World::new();
    let queue = world.memory.queue("import.fifo");
    (0..WINDOW).for_each(|n| _ = put(&world, queue, "a", &n.to_string()));
    put(&world, queue, "b", "b1");
    let taken = take(&world, queue);
    assert_eq!(taken.len(), 10);
    assert!(take(&world, queue).is_empty(), "group b stands behind too many");
    queue.settle(world.now(), &taken[..1], &[]);
    assert_eq!(bodies(&take(&world, queue)), ["b1"]);
}

#[tokio::test(start_paused = true)]
async fn a_standard_queue_has_no_order_delays_and_delivers_twice() {
    let world = World::new();
    let queue = world.memory.queue("pull-visma-jobs");
    (0..10).for_each(|n| _ = put(&world, queue, "", &n.to_string()));
    let taken = take(&world, queue);
    let order: Vec<usize> = bodies(&taken).iter().map(|body| body.parse().unwrap()).collect();
    assert!(!order.is_sorted(), "{order:?}");
    queue.settle(world.now(), &taken, &[]);

    queue.send(world.now(), "", None, "later", 900 * SECOND);
    world.wait(899 * SECOND).await;
    assert!(take(&world, queue).is_empty());
    world.wait(SECOND).await;
    let later = take(&world, queue);
    assert_eq!(bodies(&later), ["later"]);
    queue.settle(world.now(), &later, &[]);

    queue.deliver_twice(1, MINUTE);
    put(&world, queue, "", "twice");
    let first = take(&world, queue);
    queue.settle(world.now(), &first, &[]);
    assert!(take(&world, queue).is_empty());
    world.wait(MINUTE).await;
    let second = take(&world, queue);
    assert_eq!((bodies(&second), &second[0].id), (vec!["twice"], &first[0].id));
    queue.settle(world.now(), &second, &[]);
    world.wait(DAY).await;
    assert!(queue.is_empty(world.now()));
}
