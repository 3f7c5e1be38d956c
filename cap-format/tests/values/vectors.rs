//! The files of `tests/vectors/cap/`: each is read as a CAP file, and written with the same octets.

use std::fs;
use std::path::{Path, PathBuf};

use cap_format::cap::{Cap, RawComponents};
use cap_format::component::Tag;

use crate::fixture::counter_cap;
use crate::octets;

/// The files, with their texts.
pub(crate) fn all() -> Vec<(PathBuf, String)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/vectors/cap");
    let mut paths: Vec<PathBuf> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    paths.sort();
    paths
        .into_iter()
        .map(|path| (path.clone(), fs::read_to_string(path).unwrap()))
        .collect()
}

/// A text of hexadecimal octets: `[Name]` begins a component, `#` a comment.
pub(crate) fn components(text: &str) -> RawComponents {
    let mut components = RawComponents::default();
    let mut current = None;
    for line in text
        .lines()
        .map(|line| line.split('#').next().unwrap_or_default().trim())
    {
        if let Some(name) = line.strip_prefix('[').and_then(|line| line.strip_suffix(']')) {
            current = Tag::ALL.iter().copied().find(|tag| tag.name() == name);
        } else if let Some(tag) = current {
            components.defined.entry(tag).or_default().extend(octets(line));
        }
    }
    components
}

#[test]
fn vectors_are_written_as_they_are_read() {
    let files = all();
    assert!(files.len() >= 4);
    for (path, text) in files {
        let wanted = components(&text);
        let cap = Cap::from_components(&wanted).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        let written = cap.to_components().unwrap();
        for (tag, info) in &wanted.defined {
            assert_eq!(
                hex::encode(&written.defined[tag]),
                hex::encode(info),
                "{}: {tag:?}",
                path.display()
            );
        }
        assert_eq!(written, wanted, "{}", path.display());
        let format = path
            .file_stem()
            .unwrap()
            .to_str()
            .unwrap()
            .rsplit('-')
            .next()
            .unwrap();
        assert_eq!(cap.header.format.to_string(), format, "{}", path.display());
    }
}

/// The applet made as a value is the one written by hand.
#[test]
fn the_fixture_is_the_applet_of_the_vectors() {
    let (_, text) = all()
        .into_iter()
        .find(|(path, _)| path.ends_with("applet-2.1.txt"))
        .unwrap();
    assert_eq!(Cap::from_components(&components(&text)), Ok(counter_cap()));
}
