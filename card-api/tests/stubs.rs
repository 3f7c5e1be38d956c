//! Class files of the stubs: javac compiles against them and nothing else, javap and a reader of class files find in them what the
//! tables say.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use card_api::api::{Api, ApiSet};
use card_api::stub::javac_options;
use tempfile::TempDir;

fn set(platform: &str) -> ApiSet {
    Api::embedded().unwrap().choose(&[platform], &[]).unwrap()
}

/// A folder with the stubs of a platform.
fn stubs(platform: &str) -> TempDir {
    let set = set(platform);
    let folder = TempDir::new().unwrap();
    for stub in set.class_files() {
        let path = folder.path().join(format!("{}.class", stub.class));
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, stub.bytes).unwrap();
    }
    folder
}

/// The tool of `JAVA_HOME`, else the one in `PATH`.
fn java_tool(name: &str) -> Command {
    let home = std::env::var_os("JAVA_HOME").map(|home| Path::new(&home).join("bin").join(name));
    let tool = home.filter(|tool| tool.is_file());
    Command::new(tool.unwrap_or_else(|| PathBuf::from(name)))
}

fn javac(stubs: &TempDir, sources: &[PathBuf]) -> (TempDir, Output) {
    let classes = TempDir::new().unwrap();
    let output = java_tool("javac")
        .args(javac_options(stubs.path().to_str().unwrap(), "", "UTF-8"))
        .arg("-d")
        .arg(classes.path())
        .args(sources)
        .output()
        .unwrap();
    (classes, output)
}

/// Compiles classes against the stubs of a platform, each from a file of its own; the messages of javac, empty when it has none.
fn compile(platform: &str, classes: &[(&str, String)]) -> String {
    let folder = TempDir::new().unwrap();
    let write = |(name, source): &(&str, String)| {
        let file = folder.path().join(format!("{name}.java"));
        fs::write(&file, source).unwrap();
        file
    };
    let files: Vec<_> = classes.iter().map(write).collect();
    let (output_folder, output) = javac(&stubs(platform), &files);
    let messages = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.success(), messages.is_empty(), "{messages}");
    assert!(!messages.contains("exception has occurred"), "{messages}");
    for (name, _) in classes.iter().filter(|_| output.status.success()) {
        assert!(output_folder.path().join(format!("{name}.class")).is_file());
    }
    messages
}

const APPLET: &str = "
import javacard.framework.*;
import javacard.security.RandomData;

public class Counter extends Applet implements MultiSelectable {
    private static final byte INS_NEXT = 0x10;
    private final byte[] value = JCSystem.makeTransientByteArray((short) 2, JCSystem.CLEAR_ON_RESET);
    private final OwnerPIN pin = new OwnerPIN((byte) 3, (byte) 8);

    public static void install(byte[] parameters, short offset, byte length) {
        new Counter().register();
    }

    @Override
    public boolean select(boolean alreadyActive) {
        return alreadyActive ? pin.isValidated() : select();
    }

    @Override
    public void deselect(boolean stillActive) {
        pin.reset();
    }

    public void process(APDU apdu) {
        byte[] buffer = apdu.getBuffer();
        switch (buffer[ISO7816.OFFSET_INS]) {
            case ISO7816.INS_SELECT:
                return;
            case INS_NEXT:
                if (Util.getShort(value, (short) 0) == Short.MAX_VALUE) ISOException.throwIt(ISO7816.SW_UNKNOWN);
                Util.setShort(value, (short) 0, (short) (Util.getShort(value, (short) 0) + 1));
                apdu.setOutgoing();
                apdu.setOutgoingLength((short) 2);
                apdu.sendBytesLong(value, (short) 0, (short) 2);
                return;
            default:
                ISOException.throwIt(ISO7816.SW_INS_NOT_SUPPORTED);
        }
    }

    byte[] random() {
        try {
            RandomData.getInstance(RandomData.ALG_SECURE_RANDOM).generateData(value, (short) 0, (short) 2);
            UserException.throwIt((short) 1);
        } catch (UserException | SystemException error) {
            return (byte[]) null;
        }
        return value;
    }
}
";

#[test]
fn an_applet_compiles() {
    for platform in ["2.2.1", "3.0.5"] {
        assert_eq!(compile(platform, &[("Counter", APPLET.to_owned())]), "");
    }
}

#[test]
fn the_applets_of_this_project_compile_against_2_2_1() {
    let mut sources = Vec::new();
    add_java_files(
        &Path::new(env!("CARGO_MANIFEST_DIR")).join("../applets"),
        &mut sources,
    );
    assert!(sources.len() > 10);
    let (classes, output) = javac(&stubs("2.2.1"), &sources);
    assert_eq!(String::from_utf8_lossy(&output.stderr), "");
    assert!(classes.path().join("twofold/first/FirstStage.class").is_file());
}

fn add_java_files(folder: &Path, files: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            add_java_files(&path, files);
        } else if path.extension().is_some_and(|extension| extension == "java") {
            files.push(path);
        }
    }
}

const NAMES: [&str; 6] = ["A", "B", "C", "D", "E", "F"];

/// A class of each body.
fn classes<'a>(bodies: impl IntoIterator<Item = &'a str>) -> Vec<(&'static str, String)> {
    let class = |(name, body): (&'static str, &str)| {
        (
            name,
            format!("import javacard.framework.*;\nclass {name} {{ {body} }}\n"),
        )
    };
    NAMES.into_iter().zip(bodies).map(class).collect()
}

/// javac refuses each body for the reason given.
fn refused(cases: &[(&str, &str)]) {
    let messages = compile("2.2.1", &classes(cases.iter().map(|(body, _)| *body)));
    for ((body, reason), name) in cases.iter().zip(NAMES) {
        let of_file = messages
            .split(&format!("{name}.java:2: error: "))
            .nth(1)
            .unwrap_or_default();
        let first = of_file.split(".java:2: error: ").next().unwrap_or_default();
        assert!(first.contains(reason), "{body}: {messages}");
    }
}

#[test]
fn what_the_card_lacks_does_not_compile() {
    refused(&[
        ("void f() { System.gc(); }", "symbol:   variable System"),
        (
            "Object f(Object o) { return o.toString(); }",
            "symbol:   method toString()",
        ),
        ("java.util.List list;", "package java.util does not exist"),
        // Of later releases.
        (
            "short f(byte[] b) { return Util.arrayFill(b, (short) 0, (short) 1, (byte) 0); }",
            "symbol:   method arrayFill",
        ),
        (
            "Object f() { return JCSystem.makeGlobalArray((byte) 1, (short) 1); }",
            "symbol:   method makeGlobalArray",
        ),
    ]);
}

#[test]
fn hidden_constructors_and_protected_members_are_out_of_reach() {
    refused(&[
        (
            "Object f() { return new Util(); }",
            "Util() has private access in Util",
        ),
        (
            "Object f() { return new JCSystem(); }",
            "JCSystem() has private access in JCSystem",
        ),
        ("void f() { new AID(); }", "cannot be applied to given types"),
        ("class B extends APDU { }", "cannot inherit from final APDU"),
        (
            "void f(Applet a) { a.register(); }",
            "register() has protected access in Applet",
        ),
    ]);
}

#[test]
fn checked_exceptions_count() {
    refused(&[(
        "void f() { UserException.throwIt((short) 1); }",
        "unreported exception UserException",
    )]);
}

/// What no converter takes, and about which javac must not break down: the converter says what to write instead.
#[test]
fn what_the_converter_refuses_compiles() {
    let bodies = [
        "void f(byte b) { assert b > 0; }",
        "interface Act { void now(); } Act f() { return () -> { }; }",
        "Object f() { return A.class; }",
        "Object f() { return \"text\"; }",
        "long f(long a, double b, char c) { return a + c; }",
        "@SuppressWarnings(\"x\") void f() { synchronized (this) { } }",
    ];
    assert_eq!(compile("2.2.1", &classes(bodies)), "");
}

#[test]
fn nested_classes_are_found() {
    let body = "javacard.security.MessageDigest.OneShot f() {
        return javacard.security.MessageDigest.OneShot.open(javacard.security.MessageDigest.ALG_SHA_256);
    }";
    assert_eq!(compile("3.0.5", &classes([body])), "");
}

#[test]
fn javap_prints_what_the_table_says() {
    let stubs = stubs("2.2.1");
    let output = java_tool("javap")
        .args(["-s", "-protected", "-constants", "-classpath"])
        .arg(stubs.path())
        .args([
            "javacard.framework.PINException",
            "javacard.framework.MultiSelectable",
            "javacard.framework.UserException",
        ])
        .output()
        .unwrap();
    let wanted = "\
public class javacard.framework.PINException extends javacard.framework.CardRuntimeException {
  public static final short ILLEGAL_VALUE = 1;
    descriptor: S
  public javacard.framework.PINException(short);
    descriptor: (S)V

  public static void throwIt(short);
    descriptor: (S)V
}
public interface javacard.framework.MultiSelectable {
  public abstract boolean select(boolean);
    descriptor: (Z)Z

  public abstract void deselect(boolean);
    descriptor: (Z)V
}
public class javacard.framework.UserException extends javacard.framework.CardException {
  public javacard.framework.UserException();
    descriptor: ()V

  public javacard.framework.UserException(short);
    descriptor: (S)V

  public static void throwIt(short) throws javacard.framework.UserException;
    descriptor: (S)V
}
";
    assert_eq!(String::from_utf8_lossy(&output.stdout), wanted);
}

/// All stubs of all platforms, read by a reader of class files that is not ours.
#[test]
fn every_stub_is_a_class_file() {
    let api = Api::embedded().unwrap();
    for platform in ["2.1.1", "2.2.1", "2.2.2", "3.0.1", "3.0.4", "3.0.5", "3.1", "3.2"] {
        let set = api.choose(&[platform], &[]).unwrap();
        let mut names = BTreeSet::new();
        for stub in set.class_files() {
            let class =
                cafebabe::parse_class(&stub.bytes).unwrap_or_else(|error| panic!("{}: {error}", stub.class));
            assert_eq!(class.this_class.to_string(), stub.class);
            assert!(names.insert(stub.class), "a second {}", class.this_class);
            if let Some(row) = set.class(&class.this_class) {
                assert_eq!(class.fields.len(), row.constants.len() + row.fields.len());
                let declared = row.methods.iter().filter(|method| !method.is_hidden).count();
                assert!((declared..=declared + 1).contains(&class.methods.len()));
            }
        }
    }
}
