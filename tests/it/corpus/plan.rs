//! Which cases of each field and each request a run takes, when it cannot take all: as many of each, evenly spread.

use super::target::Target;
use super::values::{self, Place};

/// One field, or one kind of row, of a target.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Slot {
    Field(usize),
    Rows,
    Framing,
}

/// A slot with how many cases there are, and how many are taken.
#[derive(Debug, Clone)]
pub struct Group {
    pub target: usize,
    pub slot: Slot,
    pub there: usize,
    pub taken: usize,
}

/// Every group of these targets, with `cases` spread over them.
pub fn groups(targets: &[Target], cases: usize) -> Vec<Group> {
    let mut all = Vec::new();
    for (target, of) in targets.iter().enumerate() {
        let mut add = |slot, there| all.push(Group { target, slot, there, taken: 0 });
        for (at, field) in of.fields.iter().enumerate() {
            add(Slot::Field(at), values::rows(&field.kind, field.place).len());
        }
        add(Slot::Rows, super::rows::rows(of).len());
        let framed = of.fields.iter().any(|field| matches!(field.place, Place::Form | Place::Json));
        add(Slot::Framing, if framed { super::framing::rows(of).len() } else { 0 });
    }
    spread(&mut all, cases);
    all
}

/// Gives every group as many as the others, as long as it has some.
fn spread(groups: &mut [Group], mut left: usize) {
    while left > 0 {
        let open = groups.iter().filter(|group| group.taken < group.there).count();
        if open == 0 {
            return;
        }
        let each = (left / open).max(1);
        for group in groups.iter_mut().filter(|group| group.taken < group.there) {
            let more = each.min(group.there - group.taken).min(left);
            group.taken += more;
            left -= more;
        }
    }
}

impl Group {
    /// Which of its cases are taken: spread over all, from a beginning that differs from group to group.
    pub fn chosen(&self, salt: usize) -> Vec<usize> {
        let mut all: Vec<usize> = (0..self.taken).map(|n| (n * self.there / self.taken + salt) % self.there).collect();
        all.sort_unstable();
        all.dedup();
        all
    }
}

#[test]
fn a_short_run_takes_some_of_everything_and_a_long_one_all() {
    let group = |there| Group { target: 0, slot: Slot::Rows, there, taken: 0 };
    let mut groups = vec![group(3), group(100), group(0), group(50)];
    spread(&mut groups, 23);
    assert_eq!(groups.iter().map(|one| one.taken).collect::<Vec<_>>(), [3, 10, 0, 10]);
    assert_eq!(groups[1].chosen(7), [7, 17, 27, 37, 47, 57, 67, 77, 87, 97]);
    spread(&mut groups, 1_000);
    assert!(groups.iter().all(|one| one.taken == one.there && one.chosen(5).len() == one.there));
}
