//! The whole story through the program itself, as a newcomer runs it: real server, real PC/SC stack, simulated card.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test fails by panicking"
)]

use std::{
    io::{BufRead, BufReader, Read, Write},
    net::TcpStream,
    path::Path,
    process::{Child, Command, Stdio},
};

use serde_json::Value;

fn deploy(database: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_deploy"));
    command.current_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join(".."));
    command
        .arg("--database")
        .arg(database)
        .args(arguments)
        .stdin(Stdio::null());
    command
}

fn run(database: &Path, arguments: &[&str]) -> (Value, String, Option<i32>) {
    let output = deploy(database, arguments).output().expect("deploy starts");
    let words = String::from_utf8_lossy(&output.stderr).into_owned();
    (
        serde_json::from_slice(&output.stdout).unwrap_or_default(),
        words,
        output.status.code(),
    )
}

/// The rows whose step contains `step`.
fn rows<'a>(report: &'a Value, step: &str) -> Vec<&'a Value> {
    let steps = report["steps"].as_array().unwrap();
    steps
        .iter()
        .filter(|row| row["step"].as_str().unwrap().contains(step))
        .collect()
}

#[test]
fn the_samples_arrive_and_are_proven() {
    let folder = tempfile::tempdir().unwrap();
    let database = folder.path().join("ota.sqlite");
    let (report, words, status) = run(&database, &["--json"]);
    assert_eq!(status, Some(0), "{words}\n{report:#}");
    for (step, rows_wanted, came_back) in [
        ("S210–S430, S461: phonebook", 1, "all 50 commands"),
        ("S210–S430, S461: authentication-values", 1, "all 3 commands"),
        ("S210–S430, S461: languages", 1, "the command executed"),
        ("S210–S460: bank-service", 1, "commands executed"),
        ("PIN of storage 1", 1, "6982; 9000"),
        ("read back storage 1: phonebook", 1, "山田 太郎"),
        ("object 0101", 1, "XX76 TWOF 0000 0012 3456 7890"),
        ("object 0102", 1, "1092 octets, as sent"),
        (
            "object 0103",
            1,
            "6982 (security status not satisfied): as its access rule says; then «9999 0000 0000 0004», as sent",
        ),
        ("object DF10", 1, "6982"),
        ("language preferences", 1, "pl, en, fr: as sent"),
        (
            "wrong checksum",
            1,
            "6200 and no data; counters, storages and records as before",
        ),
        (
            "type-1 keys for storage 2",
            1,
            "6200 and no data; counters, storages and records as before",
        ),
        ("replay", 1, "02 (CNTR low)"),
    ] {
        let found = rows(&report, step);
        assert_eq!(found.len(), rows_wanted, "rows of {step}: {report:#}");
        let text = found[0]["came_back"].as_str().unwrap();
        assert!(
            text.contains(came_back),
            "{step}: {text:?} does not say {came_back:?}"
        );
        assert_eq!(found[0]["ok"], true, "{step}");
    }
    assert!(!words.contains("1011121314151617"), "a key was shown");

    // A new card with the same server: its counters go on from where they were, so nothing of the first run works on it.
    let (report, words, status) = run(&database, &["--json"]);
    assert_eq!(status, Some(0), "{words}");
    let applets = rows(&report, "applets")[0]["came_back"]
        .as_str()
        .unwrap()
        .to_owned();
    assert!(
        !applets.contains("first stage at counter 0,"),
        "the second card started at {applets}"
    );
}

#[test]
fn what_cannot_be_run_is_said() {
    let folder = tempfile::tempdir().unwrap();
    let database = folder.path().join("ota.sqlite");
    for (arguments, expected) in [
        (["--target", "jcardsim:x"], "a target is jcardsim"),
        (["--card", "keys/nothing.toml"], "keys/nothing.toml"),
        (["--samples", "scripts"], "holds no data items"),
        (["--listen", "0.0.0.0:0"], "loopback"),
        (["--target", "pcsc:no such reader"], "published test keys"),
    ] {
        let (_, words, status) = run(&database, &arguments);
        assert_eq!(status, Some(2), "{arguments:?}: {words}");
        assert!(
            words.contains(expected),
            "{arguments:?}: {words:?} does not say {expected:?}"
        );
    }
}

/// Ends the program with the signal a person sends with Ctrl-C.
struct Kept(Child);

impl Drop for Kept {
    fn drop(&mut self) {
        // The shell has a kill of its own; the program is not on every machine.
        let pid = self.0.id().to_string();
        let _ = Command::new("sh").args(["-c", "kill -INT $0", &pid]).status();
        let _ = self.0.wait();
    }
}

fn http(address: &str, request: &str) -> String {
    let mut stream = TcpStream::connect(address).unwrap();
    stream.write_all(request.as_bytes()).unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    answer
}

#[test]
fn kept_up_it_serves_the_page_and_other_programs() {
    let folder = tempfile::tempdir().unwrap();
    let database = folder.path().join("ota.sqlite");
    let mut child = deploy(&database, &["--keep"])
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let output = BufReader::new(child.stdout.take().unwrap());
    let kept = Kept(child);
    let mut lines = output.lines().map_while(Result::ok);
    let page = lines.find(|line| line.trim_start().starts_with("page "));
    let address = between(&page.expect("the line with the page"), "http://", "/");
    request_on_the_page(&address);

    // Another program uses the same card through PC/SC, and leaves it reset.
    let other = lines.find(|line| line.contains("PCSCLITE_CSOCK_NAME="));
    let socket = between(
        &other.expect("the line for other programs"),
        "PCSCLITE_CSOCK_NAME=",
        " ",
    );
    let target = [
        "--target",
        "pcsc:Twofold virtual reader 00 00",
        "--published-test-keys",
    ];
    let output = deploy(&folder.path().join("other.sqlite"), &target)
        .env("PCSCLITE_CSOCK_NAME", socket)
        .output()
        .unwrap();
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    request_on_the_page(&address);
    drop(kept);
}

/// Asks for an item as the page's button does, and waits until it is on the card.
fn request_on_the_page(address: &str) {
    let body = r#"{"card":"8999900000000000006","item":"authentication-values"}"#;
    let headers = format!("Host: {address}\r\nConnection: close\r\n");
    let length = body.len();
    let answer = http(
        address,
        &format!(
            "POST /requests HTTP/1.1\r\n{headers}Content-Type: application/json\r\nContent-Length: {length}\r\n\r\n{body}"
        ),
    );
    assert!(answer.contains("202 Accepted"), "{answer}");
    let url = between(&answer, "\"url\":\"", "\"");
    let get = format!("GET {url} HTTP/1.1\r\n{headers}\r\n");
    let done = (0..200).any(|_| {
        std::thread::sleep(std::time::Duration::from_millis(50));
        http(address, &get).contains("\"state\":\"done\"")
    });
    assert!(done, "the delivery did not end: {}", http(address, &get));
}

/// What stands between two texts.
fn between(text: &str, before: &str, after: &str) -> String {
    let rest = text
        .split(before)
        .nth(1)
        .unwrap_or_else(|| panic!("{text:?} has no {before:?}"));
    rest.split(after).next().unwrap_or_default().to_owned()
}
