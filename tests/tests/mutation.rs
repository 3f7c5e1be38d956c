//! The mutation test itself is tested: the changes that are made of a small class, and that the cases notice well-known ones.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::{fs, path::Path};

use conformance::mutation::{
    bench::{Bench, Suite, Verdict},
    generator::{Compiled, Generator, Mutant},
    order::Order,
    survivors::Survivors,
};
use conformance::testbed::card_sources;
use host_harness::{profile::CardProfile, project::Project};

/// A class with one of everything that is changed.
const SAMPLE: &str = "package twofold;

final class Sample {
    static final short LIMIT = (short) 0x0F;

    static boolean isShort(short length, boolean known) {
        return length < LIMIT && known;
    }

    static short sum(byte[] data) {
        short sum = 0;
        for (short i = 0; i < data.length; i++) {
            sum |= data[i];
        }
        if (sum == 7) {
            javacard.framework.ISOException.throwIt((short) (sum << 2));
        }
        switch (sum) {
            case 1:
            case 2:
                return sum;
            default:
                return (short) (sum + 1);
        }
    }
}
";

/// Operator, line and changed text of each, in the order in which they are listed.
const CHANGES: &[(&str, u32, &str)] = &[
    ("number", 4, "0x10"),
    ("number", 4, "0x0E"),
    ("condition", 7, "!(length < LIMIT && known)"),
    ("logic", 7, "length < LIMIT || known"),
    ("negate", 7, "length >= LIMIT"),
    ("boundary", 7, "length <= LIMIT"),
    ("number", 11, "1"),
    ("number", 11, "-1"),
    ("number", 12, "1"),
    ("number", 12, "-1"),
    ("negate", 12, "i >= data.length"),
    ("boundary", 12, "i <= data.length"),
    ("assignment", 12, ";"),
    ("arithmetic", 12, "i--"),
    ("assignment", 13, ";"),
    ("compound", 13, "sum = data[i]"),
    ("check", 15, "{ }"),
    ("negate", 15, "sum != 7"),
    ("number", 15, "8"),
    ("number", 15, "6"),
    ("throw", 16, ";"),
    ("shift", 16, "sum >> 2"),
    ("number", 16, "3"),
    ("number", 16, "1"),
    ("case", 19, ""),
    ("case", 20, "return sum;"),
    ("case", 22, ""),
    ("number", 19, "2"),
    ("number", 19, "0"),
    ("number", 20, "3"),
    ("number", 20, "1"),
    ("return", 21, "return (short) 0;"),
    ("return", 23, "return (short) 0;"),
    ("arithmetic", 23, "sum - 1"),
    ("number", 23, "2"),
    ("number", 23, "0"),
];

/// Changes of the applets that no suite may miss: file, the beginning of what is changed, the operator.
const WELL_KNOWN: &[(&str, &str, &str)] = &[
    (
        "link/CommandPacket.java",
        "difference |= cmac.difference(",
        "assignment",
    ), // the checksum is not looked at
    ("link/ScriptRecord.java", "if (!isHigher(packet", "check"), // a replay is taken
    (
        "link/ScriptRecord.java",
        "Util.setShort(record, OFF_SW, sw)",
        "call",
    ), // the record forgets the status word
    ("link/PinValue.java", "memory[at] = (byte) tries", "assignment"), // a PIN may be guessed without end
    ("first/InterfaceCommands.java", "cardholder.require()", "call"), // the phonebook is read without a PIN
    (
        "second/LoadSession.java",
        "cmac.difference(arena.memory(), mac, Cmac.LENGTH) == 0",
        "negate",
    ), // the MAC of a load file
    (
        "second/ObjectReader.java",
        "rule == ServiceObjects.RULE_PIN && !inScript",
        "logic",
    ), // an object under a PIN
    (
        "second/Personalization.java",
        "rule <= ServiceObjects.RULE_NEVER",
        "boundary",
    ), // a rule there is
];

fn sample(folder: &Path) -> Generator {
    let sources = folder.join("src");
    fs::create_dir_all(sources.join("twofold")).unwrap();
    fs::write(sources.join("twofold/Sample.java"), SAMPLE).unwrap();
    Generator::start(&Project::of_this_build(), &[sources], &folder.join("classes")).unwrap()
}

#[test]
fn each_operator_changes_what_it_should() {
    let folder = tempfile::tempdir().unwrap();
    let generator = sample(folder.path());
    let found: Vec<_> = generator
        .mutants()
        .iter()
        .map(|mutant| (mutant.operator.as_str(), mutant.line, mutant.changed.as_str()))
        .collect();
    assert_eq!(found, CHANGES);
    assert_eq!(generator.mutants()[13].to_string(), "Sample.java:12:arithmetic:1");
}

#[test]
fn what_compiles_is_told_from_what_does_not() {
    let folder = tempfile::tempdir().unwrap();
    let mut generator = sample(folder.path());
    let compiled = |generator: &mut Generator, name: &str| {
        let mut mutants = generator.mutants().iter();
        let number = mutants.position(|mutant| mutant.to_string() == name);
        generator.compile(number.unwrap()).unwrap()
    };
    let Compiled::Classes(classes) = compiled(&mut generator, "Sample.java:23:arithmetic:1") else {
        panic!("sum - 1 is right Java");
    };
    assert!(classes.join("twofold/Sample.class").is_file());
    // Without `default:` the method ends without a result.
    let Compiled::Refused(message) = compiled(&mut generator, "Sample.java:22:case:1") else {
        panic!("a method must end with a result");
    };
    assert!(message.contains("missing return statement"), "{message}");
}

#[test]
fn the_cases_notice_well_known_changes() {
    let project = Project::of_this_build();
    let folder = tempfile::tempdir().unwrap();
    let profile = CardProfile::read(&project.keys().join("test-card.toml")).unwrap();
    let cases = project.root().join("tests/cases");
    let suite = Suite::read(&cases, &profile, &["power/".to_owned()]).unwrap();
    let mut generator = Generator::start(&project, &card_sources(&project), folder.path()).unwrap();
    let unchanged = generator.unchanged();
    let mut bench = Bench::new(&suite, &profile, &unchanged);
    let order = Order::new(&bench.durations().unwrap());
    for (file, original, operator) in WELL_KNOWN {
        let is_meant = |mutant: &Mutant| {
            mutant.file == *file && mutant.operator == *operator && mutant.original.starts_with(original)
        };
        let number = generator.mutants().iter().position(is_meant);
        let number = number.unwrap_or_else(|| panic!("{file} has no {operator} of {original:?} any more"));
        let mutant = generator.mutants()[number].clone();
        let Compiled::Classes(classes) = generator.compile(number).unwrap() else {
            panic!("{mutant} does not change a class");
        };
        let verdict = bench.judge(&classes, &order.for_mutant(&mutant)).unwrap();
        assert!(
            matches!(verdict, Verdict::Caught { .. }),
            "{mutant} was not noticed"
        );
    }
    // And the applets as they are pass.
    let verdict = bench.judge(&unchanged, &[]).unwrap();
    assert_eq!(verdict, Verdict::Survived);
}

#[test]
fn the_reasons_can_be_read() {
    let file = Project::of_this_build()
        .root()
        .join("tests/mutation/survivors.toml");
    Survivors::read(&file).unwrap();
}
