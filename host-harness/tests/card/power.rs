//! The watched memory: what is undone, what is counted, and that a cut of power falls where it should.

use card_proto::aid::Aid;
use card_proto::transport::CardTransport;
use host_harness::jcardsim::{
    InstallSpec, JcardsimCard, JcardsimError, JcardsimOptions, Memory, MemoryUse, Power, Via,
};
use host_harness::project::Project;
use zeroize::Zeroizing;

const INSTANCE: [u8; 7] = *b"\xF0writer";
const ALONE: u8 = 0x10;
const COMMIT: u8 = 0x12;
const ABORT: u8 = 0x14;
const LEAVE_OPEN: u8 = 0x16;
const TRANSFER: u8 = 0x1A;
const TRANSFER_TORN: u8 = 0x1C;
const ALLOCATE: u8 = 0x1E;
const CATCH: u8 = 0x20;

/// Every way to write: its number, the writes it is, the octets a transaction changes, and whether a transaction undoes it.
const KINDS: [(u8, u32, u32, bool); 12] = [
    (0, 1, 1, true),   // an octet
    (1, 1, 1, true),   // a boolean
    (2, 1, 2, true),   // a short
    (3, 1, 2, true),   // a reference
    (4, 1, 2, true),   // a field
    (5, 1, 2, true),   // a static field
    (6, 1, 4, true),   // arrayCopy
    (7, 4, 0, false),  // arrayCopyNonAtomic
    (8, 4, 0, false),  // arrayFillNonAtomic
    (9, 2, 2, true),   // setShort
    (10, 1, 16, true), // setKey
    (11, 1, 16, true), // clearKey
];

struct Writer(JcardsimCard);

impl Writer {
    fn install(via: &Via, memory: Memory) -> Self {
        let project = Project::of_this_build();
        let options = JcardsimOptions {
            applet_sources: vec![project.root().join("host-harness/tests/applets")],
            project,
            memory,
            ..JcardsimOptions::default()
        };
        let mut card = JcardsimCard::start_with(via, &options).unwrap();
        card.install(&InstallSpec {
            applet_class: "harness.check.Writer".to_owned(),
            instance_aid: Aid::new(&INSTANCE).unwrap(),
            application_data: Zeroizing::new(Vec::new()),
        })
        .unwrap();
        Self(card)
    }

    fn select(&mut self) {
        let select = [&[0, 0xA4, 4, 0, 7], INSTANCE.as_slice()].concat();
        assert_eq!(self.0.transmit(&select).unwrap(), [0x90, 0x00]);
    }

    fn run(&mut self, instruction: u8, kind: u8) -> Vec<u8> {
        self.0.transmit(&[0, instruction, kind, 0]).unwrap()
    }

    fn state(&mut self) -> Vec<u8> {
        self.0.transmit(&[0, 0x18, 0, 0, 0]).unwrap()
    }

    /// Restores what was saved; runs a command whole; gives the state afterwards and what was counted.
    fn whole(&mut self, instruction: u8, kind: u8) -> (Vec<u8>, Power) {
        self.0.restore().unwrap();
        self.select();
        self.0.count_writes().unwrap();
        assert_eq!(self.run(instruction, kind), [0x90, 0x00]);
        let power = self.0.power().unwrap();
        assert!(!power.was_cut);
        (self.state(), power)
    }

    /// Restores what was saved; runs a command with the power cut before each of its writes; gives the states after resets.
    fn cut(&mut self, instruction: u8, kind: u8) -> Vec<Vec<u8>> {
        let mut states = Vec::new();
        for write in 0.. {
            self.0.restore().unwrap();
            self.select();
            self.0.cut_power_before(write).unwrap();
            let answer = self.run(instruction, kind);
            let power = self.0.power().unwrap();
            if !power.was_cut {
                assert_eq!(power.writes, write, "as many writes as cuts");
                break;
            }
            assert_eq!(answer, [0x6F, 0x00], "the answer is never delivered");
            assert_eq!(
                self.run(0x18, 0),
                [0x6F, 0x00],
                "the card is mute until the reset"
            );
            self.0.reset().unwrap();
            self.select();
            states.push(self.state());
        }
        states
    }
}

/// Commit, abort, and a transaction that is left open, for each kind of write.
pub(crate) fn transactions(via: &Via) {
    let mut writer = Writer::install(via, Memory::Watched);
    writer.0.save().unwrap();
    writer.select();
    let before = writer.state();
    for (kind, writes, octets, is_undone) in KINDS {
        let (alone, power) = writer.whole(ALONE, kind);
        assert_ne!(alone, before, "kind {kind} writes something");
        assert_eq!(power.writes, writes, "kind {kind}");

        let (committed, power) = writer.whole(COMMIT, kind);
        assert_eq!(committed, alone, "kind {kind}");
        assert_eq!(
            (power.writes, power.largest_transaction),
            (writes + 1, octets),
            "kind {kind}: the commit is a write"
        );

        let undone = if is_undone { &before } else { &alone };
        assert_eq!(&writer.whole(ABORT, kind).0, undone, "kind {kind}");
        assert_eq!(&writer.whole(LEAVE_OPEN, kind).0, undone, "kind {kind}");
        // The next transaction starts as if there had been none.
        assert_eq!(writer.run(COMMIT, kind), [0x90, 0x00]);
        assert_eq!(writer.state(), alone);
    }
}

/// The power goes before each write in turn.
pub(crate) fn cuts(via: &Via) {
    let mut writer = Writer::install(via, Memory::Watched);
    writer.0.save().unwrap();
    writer.select();
    let before = writer.state();
    for (kind, writes, _, is_undone) in KINDS {
        let states = writer.cut(ALONE, kind);
        assert_eq!(states.len(), writes as usize, "kind {kind}");
        assert_eq!(states[0], before, "kind {kind}");
        let states = writer.cut(COMMIT, kind);
        assert_eq!(states.len(), writes as usize + 1, "kind {kind}");
        if is_undone {
            assert!(states.iter().all(|state| *state == before), "kind {kind}");
        }
    }
    // Octet by octet, where nothing is atomic.
    let octets: Vec<_> = writer
        .cut(ALONE, 7)
        .iter()
        .map(|state| state[..4].to_vec())
        .collect();
    assert_eq!(octets, [[0, 0, 0, 0], [1, 0, 0, 0], [1, 2, 0, 0], [1, 2, 3, 0]]);
}

/// Two octets change together, or do not: the driver tells the one applet from the other.
pub(crate) fn a_torn_transfer_is_seen(via: &Via) {
    let mut writer = Writer::install(via, Memory::Watched);
    writer.0.save().unwrap();
    writer.select();
    let before = writer.state();
    let after = writer.whole(TRANSFER, 0).0;
    let legal = [before, after];
    assert!(writer.cut(TRANSFER, 0).iter().all(|state| legal.contains(state)));
    assert!(
        !writer
            .cut(TRANSFER_TORN, 0)
            .iter()
            .all(|state| legal.contains(state))
    );
    // No applet survives a cut by catching it, and nothing is written behind it.
    let first = writer.cut(CATCH, 0).remove(0);
    assert_eq!(first, legal[0]);
}

/// What is taken at the installation, what is allocated later, and that a deletion gives it back.
pub(crate) fn memory_is_accounted(via: &Via) {
    let mut writer = Writer::install(via, Memory::Watched);
    let aid = Aid::new(&INSTANCE).unwrap();
    let expected = MemoryUse {
        transient: 16,
        // Octets 4, flag 1, word and reference 2 each, two keys of 16.
        persistent: vec![(aid, 4 + 1 + 2 + 2 + 32)],
        ..MemoryUse::default()
    };
    assert_eq!(writer.0.memory_use().unwrap(), expected);
    writer.select();
    assert_eq!(writer.run(COMMIT, 6), [0x90, 0x00]);
    assert_eq!(writer.run(ALLOCATE, 0), [0x90, 0x00]);
    let found = writer.0.memory_use().unwrap();
    assert_eq!(found.largest_transaction, 4);
    let [place] = found.late_allocations.as_slice() else {
        panic!("one place, not {:?}", found.late_allocations)
    };
    assert!(place.starts_with("harness.check.Writer.process:"), "{place}");

    writer.0.save().unwrap();
    writer.0.delete(&aid).unwrap();
    assert_eq!(writer.0.memory_use().unwrap().persistent, []);
    let error = writer.0.restore().unwrap_err();
    assert!(error.to_string().contains("nothing is saved"), "{error}");
}

/// A card of the ordinary kind has none of this.
pub(crate) fn a_plain_card_refuses(via: &Via) {
    let mut writer = Writer::install(via, Memory::Plain);
    for refused in [writer.0.count_writes(), writer.0.save(), writer.0.restore()] {
        assert!(
            matches!(refused, Err(JcardsimError::Refused { .. })),
            "{refused:?}"
        );
    }
    assert_eq!(writer.0.memory_use().unwrap().persistent, []);
}
