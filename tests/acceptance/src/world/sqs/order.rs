//! Which messages a receive gets.

use std::collections::BTreeSet;

/// How a batch is filled where several groups, or several messages of a standard queue, could be next. SQS promises none
/// of these.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Mixing {
    /// In the order in which messages were sent, whatever their group; a standard queue in no order.
    #[default]
    Sent,
    /// As many of one group as there are, then the next group.
    Grouped,
    /// One of each group in turn.
    Spread,
}

/// The places that one receive takes from the groups that may deliver, each in its own order.
pub(super) struct Merge<'a> {
    groups: Vec<(&'a BTreeSet<u64>, u64)>,
    mixing: Mixing,
    at: usize,
}

impl<'a> Merge<'a> {
    /// Of these groups' waiting messages.
    pub(super) fn new(groups: impl Iterator<Item = &'a BTreeSet<u64>>, mixing: Mixing) -> Self {
        Self { groups: groups.map(|waiting| (waiting, 0)).collect(), mixing, at: 0 }
    }

    fn head(&self, group: usize) -> Option<u64> {
        let (waiting, from) = self.groups[group];
        waiting.range(from..).next().copied()
    }
}

impl Iterator for Merge<'_> {
    type Item = u64;

    fn next(&mut self) -> Option<u64> {
        let heads = (0..self.groups.len()).filter_map(|group| Some((self.head(group)?, group)));
        let (place, group) = match self.mixing {
            Mixing::Sent => heads.min()?,
            Mixing::Grouped => heads.min_by_key(|(_, group)| *group)?,
            Mixing::Spread => {
                let (all, at) = (self.groups.len(), self.at);
                heads.min_by_key(|(_, group)| (group + all - at) % all)?
            }
        };
        self.groups[group].1 = place + 1;
        self.at = (group + 1) % self.groups.len();
        Some(place)
    }
}

/// A place in no order, yet the same in every run.
pub(super) fn shuffled(place: u64) -> u64 {
    // SplitMix64 (Steele, Lea and Flood 2014).
    let mut mixed = place.wrapping_add(0x9E37_79B9_7F4A_7C15);
    mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    mixed ^ (mixed >> 31)
}
