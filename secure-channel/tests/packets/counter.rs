use proptest::prelude::*;
use secure_channel::scp80::counter::{Verdict, accept};
use secure_channel::scp80::{Counter, CounterMode, ResponseStatus};

fn counter(value: u64) -> Counter {
    Counter::new(value).unwrap()
}

/// Mode, stored, received, verdict.
const ROWS: [(CounterMode, u64, u64, Verdict); 17] = [
    (CounterMode::None, 5, 0, Verdict::NotChecked),
    (CounterMode::Unchecked, 5, 5, Verdict::NotChecked),
    (CounterMode::Unchecked, 0xFF_FFFF_FFFF, 5, Verdict::NotChecked),
    (CounterMode::Higher, 5, 4, Verdict::Low),
    (CounterMode::Higher, 5, 5, Verdict::Low),
    (CounterMode::Higher, 5, 6, Verdict::Accepted),
    (CounterMode::Higher, 5, 0xFF_FFFF_FFFF, Verdict::Accepted),
    (
        CounterMode::Higher,
        0xFF_FFFF_FFFE,
        0xFF_FFFF_FFFF,
        Verdict::Accepted,
    ),
    (
        CounterMode::Higher,
        0xFF_FFFF_FFFF,
        0xFF_FFFF_FFFF,
        Verdict::Blocked,
    ),
    (CounterMode::Higher, 0xFF_FFFF_FFFF, 1, Verdict::Blocked),
    (CounterMode::OneHigher, 5, 4, Verdict::Low),
    (CounterMode::OneHigher, 5, 5, Verdict::Low),
    (CounterMode::OneHigher, 5, 6, Verdict::Accepted),
    (CounterMode::OneHigher, 5, 7, Verdict::High),
    (
        CounterMode::OneHigher,
        0xFF_FFFF_FFFE,
        0xFF_FFFF_FFFF,
        Verdict::Accepted,
    ),
    (CounterMode::OneHigher, 0xFF_FFFF_FFFF, 0, Verdict::Blocked),
    (CounterMode::OneHigher, 0xFF, 0x100, Verdict::Accepted),
];

#[test]
fn the_rules_of_the_standard() {
    for (mode, stored, received, verdict) in ROWS {
        assert_eq!(
            accept(mode, counter(stored), counter(received)),
            verdict,
            "{mode:?} {stored} {received}"
        );
    }
}

#[test]
fn refusals_have_their_status() {
    assert_eq!(Verdict::Accepted.refusal(), None);
    assert_eq!(Verdict::NotChecked.refusal(), None);
    assert_eq!(Verdict::Low.refusal(), Some(ResponseStatus::COUNTER_LOW));
    assert_eq!(Verdict::High.refusal(), Some(ResponseStatus::COUNTER_HIGH));
    assert_eq!(Verdict::Blocked.refusal(), Some(ResponseStatus::COUNTER_BLOCKED));
}

#[test]
fn a_counter_has_40_bits() {
    assert!(Counter::new(1 << 40).is_err());
    assert_eq!(Counter::MAX.next(), None);
    assert_eq!(counter(0x01_0203_0405).to_bytes(), [1, 2, 3, 4, 5]);
}

proptest! {
    #[test]
    fn counters_come_back(octets: [u8; 5]) {
        prop_assert_eq!(Counter::from_bytes(octets).to_bytes(), octets);
    }

    /// A value once accepted is never accepted again, whatever comes in between.
    #[test]
    fn nothing_is_accepted_twice(received in prop::collection::vec(0_u64..40, 0..60), one_higher: bool) {
        let mode = if one_higher { CounterMode::OneHigher } else { CounterMode::Higher };
        let mut stored = Counter::default();
        let mut accepted = Vec::new();
        for value in received.into_iter().map(counter) {
            if accept(mode, stored, value) == Verdict::Accepted {
                prop_assert!(!accepted.contains(&value));
                accepted.push(value);
                stored = value;
            }
        }
    }
}
