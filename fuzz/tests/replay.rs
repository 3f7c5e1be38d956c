//! The corpus replayed: nothing in it makes a parser panic or write back something else than it read.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::{collections::BTreeSet, fs, path::Path};

#[test]
fn the_corpus_replays() {
    let corpus = Path::new(env!("CARGO_MANIFEST_DIR")).join("corpus");
    let mut chosen = BTreeSet::new();
    for entry in fs::read_dir(corpus).unwrap() {
        let input = fs::read(entry.unwrap().path()).unwrap();
        chosen.extend(input.first().copied());
        fuzz::run(&input);
    }
    let parsers: BTreeSet<u8> = (0..u8::try_from(fuzz::PARSERS.len()).unwrap()).collect();
    assert!(
        chosen.is_superset(&parsers),
        "the corpus has no input for {:?}",
        parsers.difference(&chosen)
    );
}

/// Every prefix of every input, and every input with each octet changed in turn.
#[test]
fn neighbors_of_the_corpus_replay() {
    let corpus = Path::new(env!("CARGO_MANIFEST_DIR")).join("corpus");
    for entry in fs::read_dir(corpus).unwrap() {
        let mut input = fs::read(entry.unwrap().path()).unwrap();
        for length in 0..input.len() {
            fuzz::run(&input[..length]);
        }
        for index in 1..input.len() {
            for mask in [0x01, 0x80, 0xFF] {
                input[index] ^= mask;
                fuzz::run(&input);
                input[index] ^= mask;
            }
        }
    }
}
