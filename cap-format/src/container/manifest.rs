//! The manifest: what the vendor's tools tell about a CAP file without reading it (Java Card Development Kit User's Guide 2.2.2, appendix B).

use std::collections::BTreeMap;

use card_proto::aid::Aid;

use crate::component::header::HeaderFlags;
use crate::container::CapFile;

/// The longest line, in octets without the line end; longer ones go on after a line end and a space.
const LINE_OCTETS: usize = 72;
const LINE_END: &str = "\r\n";

/// The text of the manifest. No time stands in it: two builds give the same octets.
pub(super) fn text(file: &CapFile) -> String {
    let mut lines = vec![
        line("Manifest-Version", "1.0"),
        line("Created-By", CREATOR),
        String::new(),
    ];
    lines.push(line("Name", &file.package_name));
    lines.extend(
        attributes(file)
            .iter()
            .map(|(name, value)| line(&format!("Java-Card-{name}"), value)),
    );
    lines.push(String::new());
    lines
        .iter()
        .fold(String::new(), |text, line| text + line + LINE_END)
}

/// Who made the archive.
const CREATOR: &str = concat!("Twofold ", env!("CARGO_PKG_VERSION"));

/// The attributes, without the `Java-Card-` before their names.
fn attributes(file: &CapFile) -> Vec<(String, String)> {
    let header = &file.cap.header;
    let mut all: Vec<(String, String)> = Vec::new();
    let mut add = |name: &str, value: String| all.push((name.to_owned(), value));
    add("Converter-Version", env!("CARGO_PKG_VERSION").to_owned());
    add("Converter-Provider", "Twofold".to_owned());
    add("CAP-File-Version", header.format.to_string());
    add("Package-Version", header.package.version.to_string());
    add("Package-Name", file.package_name.replace('/', "."));
    add("Package-AID", octets(&header.package.aid));
    let applets = file.cap.applets.iter().flat_map(|component| &component.applets);
    for (applet, number) in applets.zip(1usize..) {
        if let Some(name) = file.applet_names.get(number - 1) {
            add(&format!("Applet-{number}-Name"), name.clone());
        }
        add(&format!("Applet-{number}-AID"), octets(&applet.aid));
    }
    for (package, number) in file.cap.imports.packages.iter().zip(1..) {
        add(&format!("Imported-Package-{number}-AID"), octets(&package.aid));
        add(
            &format!("Imported-Package-{number}-Version"),
            package.version.to_string(),
        );
    }
    let integers = header.flags.contains(HeaderFlags::INT);
    add(
        "Integer-Support-Required",
        if integers { "TRUE" } else { "FALSE" }.to_owned(),
    );
    all
}

/// An AID as the vendor's tools write it: `0xa0:0x00:…`.
fn octets(aid: &Aid) -> String {
    let octets: Vec<String> = aid
        .as_bytes()
        .iter()
        .map(|octet| format!("{octet:#04x}"))
        .collect();
    octets.join(":")
}

/// A line, broken where it is too long.
fn line(name: &str, value: &str) -> String {
    let mut line = String::new();
    let mut octets = 0;
    for character in format!("{name}: {value}").chars() {
        if octets + character.len_utf8() > LINE_OCTETS {
            line.push_str(LINE_END);
            line.push(' ');
            octets = 1;
        }
        line.push(character);
        octets += character.len_utf8();
    }
    line
}

/// The names of the first `count` applets, up to the first that has none.
pub(super) fn applet_names(manifest: &str, count: usize) -> Vec<String> {
    let text = manifest.replace("\r\n", "\n").replace("\n ", "");
    let mut names: BTreeMap<usize, &str> = BTreeMap::new();
    for (number, name) in text.lines().filter_map(applet_name) {
        names.entry(number).or_insert(name);
    }
    let name = |number: usize| Some((*names.get(&number)?).to_owned());
    (1..=count).map_while(name).collect()
}

/// The number and name of an applet, when the line says one.
fn applet_name(line: &str) -> Option<(usize, &str)> {
    let (number, name) = line.strip_prefix("Java-Card-Applet-")?.split_once("-Name: ")?;
    let number = number
        .parse()
        .ok()
        .filter(|known: &usize| known.to_string() == number)?;
    Some((number, name))
}

#[cfg(test)]
mod tests {
    use super::applet_names;

    #[test]
    fn names_of_applets_are_found_in_any_order_up_to_the_first_that_lacks() {
        let line = |number: &str, name: &str| format!("Java-Card-Applet-{number}-Name: {name}\r\n");
        let manifest = [
            line("2", "Second"),
            line("1", "Fir\r\n st"),
            line("1", "Again"),
            line("03", "Third"),
            line("4", "Fourth"),
        ];
        let manifest = manifest.concat();
        assert_eq!(applet_names(&manifest, 255), ["First", "Second"]);
        assert_eq!(applet_names(&manifest, 1), ["First"]);
    }
}
