//! Proof that the sequences get about: which commands they lead to, and how these end.

use std::collections::BTreeMap;

use conformance::random::{generator::Generator, session::Session};

use super::{
    FIRST_SEED, SEQUENCES, STEPS,
    cards::{ModelCard, NAMES},
    faults,
};

/// Stage and place of a command, CLA and INS (INSTALL: and P1), the status words that it has to end with at least once; 63Cx is any
/// of its kind.
const ROWS: &[(&str, &str)] = &[
    ("1 interface 0020", "63Cx 6700 6983 6A86 6A88 9000"),
    ("1 interface 0024", "63Cx 6700 6983 6A80 6A86 6A88 9000"),
    ("1 interface 002C", "63Cx 6700 6A80 6A86 6A88 9000"),
    ("1 interface 0088", "6700 6982 6A86 6A88 9000"),
    ("1 interface 00A2", "6282 6310 6700 6982 6A83 6A86 9000"),
    ("1 interface 00B2", "6982 6A83 6A86 9000"),
    ("1 interface 80C2", "6200 9000"),
    ("1 interface 80CA", "6A88 9000"),
    ("1 interface 80D0", "6200 9000"),
    ("1 script 000C", "6700 6A83 6A86 9000"),
    ("1 script 00DC", "6700 6A83 6A86 9000"),
    ("1 script 00E2", "6700 6A84 6A86 9000"),
    ("1 script 80CA", "6A88 9000"),
    ("1 script 80D8", "6985 6A80 6A84 6A86 9000 9484 9485"),
    ("1 script 80E2", "6A80 6A86 6A88 9000"),
    ("1 script 80E4", "6985 6A80 6A86 6A88 9000"),
    ("2 interface 0020", "63Cx 6700 6983 6985 6A86 6A88 9000"),
    ("2 interface 0024", "6985 6A86 6A88 9000"),
    ("2 interface 80A4", "6700 6A82 6A86 9000"),
    ("2 interface 80CA", "6982 6985 6A88 9000"),
    ("2 interface 80CB", "6700 6982 6985 6A88 6B00 9000"),
    ("2 interface 80F2", "6700 6985 6A80 6A86 6A88 9000"),
    ("2 script 80CA", "6982 6985 6A88 9000"),
    ("2 script 80CB", "6700 6982 6985 6A88 6B00"),
    ("2 script 80D8", "6985 6A80 6A84 6A86 9000 9484 9485"),
    ("2 script 80E2", "6985 6A80 6A84 6A86 9000"),
    ("2 script 80E4", "6985 6A80 6A86 6A88 9000"),
    ("2 script 80E602", "6700 6A80 6A84 6A86 9000"),
    ("2 script 80E604", "6A80 6A86 6A88 9000"),
    ("2 script 80E608", "6985 6A80 6A88 9000"),
    ("2 script 80E60C", "6700 6A80 6A86 6A88 9000"),
    ("2 script 80E620", "6700 6985 6A80 6A88 9000"),
    ("2 script 80E640", "6A80 6A88 9000"),
    ("2 script 80E8", "6700 6985 6A80 6A86 9000"),
    ("2 script 80F0", "6700 6985 6A80 6A86 6A88 9000"),
    ("2 script 80F2", "6310 6700 6985 6A80 6A86 6A88 9000"),
];

/// How often each row was reached in the sequences of the default budget.
fn reached() -> BTreeMap<String, u32> {
    let mut reached = BTreeMap::new();
    for (name, seed) in NAMES
        .into_iter()
        .flat_map(|name| (FIRST_SEED..FIRST_SEED + SEQUENCES).map(move |seed| (name, seed)))
    {
        let mut card = ModelCard::new(name, faults::none);
        let model = card.start().clone();
        let mut generator = Generator::new(seed, true);
        let mut session = Session::start(&mut card, &model).unwrap();
        for _ in 0..STEPS {
            let step = generator.step(session.model());
            assert!(session.play(&step).is_ok(), "the model differs from itself");
            for executed in session.model().executed() {
                let stage = if executed.second_stage { 2 } else { 1 };
                let place = if executed.in_script { "script" } else { "interface" };
                let command = hex::encode_upper(executed.command);
                let p1 = if executed.command[1] == 0xE6 {
                    format!("{:02X}", executed.p1)
                } else {
                    String::new()
                };
                let sw = if executed.sw & 0xFFF0 == 0x63C0 {
                    "63Cx".to_owned()
                } else {
                    format!("{:04X}", executed.sw)
                };
                *reached
                    .entry(format!("{stage} {place} {command}{p1} {sw}"))
                    .or_default() += 1;
            }
        }
    }
    reached
}

#[test]
fn every_row_of_the_command_tables_is_reached() {
    let reached = reached();
    if super::environment("MODEL_SHOW").is_some() {
        reached.iter().for_each(|(row, times)| println!("{row} {times}"));
    }
    let rows = ROWS
        .iter()
        .flat_map(|(command, ends)| ends.split(' ').map(move |sw| format!("{command} {sw}")));
    let missing: Vec<String> = rows.filter(|row| !reached.contains_key(row)).collect();
    assert!(missing.is_empty(), "never reached:\n{}", missing.join("\n"));
}
