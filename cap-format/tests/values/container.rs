//! The archive: reproducible, and read back as the same value.

use std::io::{Cursor, Read, Write};

use cap_format::cap::Cap;
use cap_format::container::CapFile;
use cap_format::error::{ErrorKind, Part};
use cap_format::limits;
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipArchive, ZipWriter};

use crate::fixture::counter;

/// The files of an archive, unpacked.
fn files(archive: &[u8]) -> Vec<(String, Vec<u8>)> {
    let mut zip = ZipArchive::new(Cursor::new(archive)).unwrap();
    (0..zip.len())
        .map(|index| {
            let mut file = zip.by_index(index).unwrap();
            let mut content = Vec::new();
            file.read_to_end(&mut content).unwrap();
            (file.name().unwrap().into_owned(), content)
        })
        .collect()
}

/// An archive of files as other tools write it: compressed.
fn archive(files: &[(String, Vec<u8>)]) -> Vec<u8> {
    let options = SimpleFileOptions::default().compression_method(CompressionMethod::Deflated);
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, content) in files {
        zip.start_file(name.as_str(), options).unwrap();
        zip.write_all(content).unwrap();
    }
    zip.finish().unwrap().into_inner()
}

#[test]
fn an_archive_is_read_as_it_is_written() {
    let file = counter();
    let written = file.write().unwrap();
    assert_eq!(CapFile::read(&written), Ok(file.clone()));
    assert_eq!(Cap::read(&written), Ok(file.cap));
}

#[test]
fn two_archives_have_the_same_octets_and_no_times() {
    let written = counter().write().unwrap();
    assert_eq!(counter().write().unwrap(), written);
    let mut zip = ZipArchive::new(Cursor::new(&written)).unwrap();
    for index in 0..zip.len() {
        let file = zip.by_index(index).unwrap();
        assert_eq!(file.compression(), CompressionMethod::Stored);
        assert_eq!(file.last_modified().unwrap().to_string(), "1980-01-01 00:00:00");
        assert!(file.extra_data().is_none_or(|data| data.is_empty()));
    }
}

#[test]
fn files_stand_in_the_folder_of_the_package_by_tag() {
    let names: Vec<String> = files(&counter().write().unwrap())
        .into_iter()
        .map(|(name, _)| name)
        .collect();
    let components = [
        "Header",
        "Directory",
        "Applet",
        "Import",
        "ConstantPool",
        "Class",
        "Method",
        "StaticField",
        "RefLocation",
        "Export",
        "Descriptor",
    ];
    let mut wanted = vec!["META-INF/MANIFEST.MF".to_owned()];
    wanted.extend(components.map(|name| format!("com/example/counter/javacard/{name}.cap")));
    assert_eq!(names, wanted);
}

#[test]
fn the_manifest_says_what_the_components_say() {
    let (_, manifest) = files(&counter().write().unwrap()).remove(0);
    let version = env!("CARGO_PKG_VERSION");
    let lines = [
        "Manifest-Version: 1.0",
        &format!("Created-By: Twofold {version}"),
        "",
        "Name: com/example/counter",
        &format!("Java-Card-Converter-Version: {version}"),
        "Java-Card-Converter-Provider: Twofold",
        "Java-Card-CAP-File-Version: 2.1",
        "Java-Card-Package-Version: 1.0",
        "Java-Card-Package-Name: com.example.counter",
        "Java-Card-Package-AID: 0xf0:0x43:0x6f:0x75:0x6e:0x74:0x01",
        "Java-Card-Applet-1-Name: Counter",
        "Java-Card-Applet-1-AID: 0xf0:0x43:0x6f:0x75:0x6e:0x74:0x01:0x01",
        "Java-Card-Imported-Package-1-AID: 0xa0:0x00:0x00:0x00:0x62:0x01:0x01",
        "Java-Card-Imported-Package-1-Version: 1.0",
        "Java-Card-Imported-Package-2-AID: 0xa0:0x00:0x00:0x00:0x62:0x00:0x01",
        "Java-Card-Imported-Package-2-Version: 1.0",
        "Java-Card-Integer-Support-Required: FALSE",
        "",
        "",
    ];
    assert_eq!(String::from_utf8(manifest).unwrap(), lines.join("\r\n"));
}

#[test]
fn long_names_go_on_in_the_next_line_of_the_manifest() {
    let mut file = counter();
    file.applet_names = vec!["Ä".repeat(100)];
    let written = file.write().unwrap();
    let (_, manifest) = files(&written).remove(0);
    let longest = String::from_utf8(manifest).unwrap().lines().map(str::len).max();
    assert!(longest <= Some(72), "{longest:?}");
    assert_eq!(CapFile::read(&written), Ok(file));
}

#[test]
fn what_other_tools_add_is_ignored_and_letters_have_any_case() {
    let mut others = files(&counter().write().unwrap());
    others.push((
        "APPLET-INF/classes/com/example/counter/Counter.class".to_owned(),
        vec![0xCA; 100],
    ));
    others.push(("com/example/counter/javacard/counter.exp".to_owned(), vec![]));
    others.push(("META-INF/javacard.xml".to_owned(), vec![]));
    others.swap(1, 8);
    others[2].0 = others[2].0.replace("Directory.cap", "DIRECTORY.CAP");
    assert_eq!(CapFile::read(&archive(&others)), Ok(counter()));
}

#[test]
fn a_package_without_a_name_stands_at_the_top() {
    let mut file = counter();
    file.package_name.clear();
    let written = file.write().unwrap();
    assert_eq!(files(&written)[1].0, "javacard/Header.cap");
    assert_eq!(CapFile::read(&written), Ok(file));
}

fn refusal(files: &[(String, Vec<u8>)]) -> String {
    CapFile::read(&archive(files)).unwrap_err().to_string()
}

#[test]
fn archives_of_two_packages_are_refused() {
    let mut all = files(&counter().write().unwrap());
    all[3].0 = "com/example/other/javacard/Applet.cap".to_owned();
    assert_eq!(
        refusal(&all),
        "CAP archive, offset 0: components of a second package, `com/example/other`"
    );
}

#[test]
fn a_missing_component_is_named() {
    let mut all = files(&counter().write().unwrap());
    all.retain(|(name, _)| !name.ends_with("Class.cap"));
    assert_eq!(
        refusal(&all),
        "Class component, offset 0: the Class component is missing"
    );
}

#[test]
fn a_component_under_another_name_is_refused() {
    let mut all = files(&counter().write().unwrap());
    all[1].0 = all[1].0.replace("Header", "Footer");
    assert!(refusal(&all).contains("wanted the tag that belongs to the name of the file, found 0x1"));
}

#[test]
fn octets_behind_a_component_are_refused() {
    let mut all = files(&counter().write().unwrap());
    all[4].1.push(0);
    assert_eq!(
        refusal(&all),
        "Import component, offset 0: 1 octets are left over"
    );
    all[4].1.truncate(20);
    assert_eq!(
        refusal(&all),
        "Import component, offset 0: wanted 21 more octets, 17 are left"
    );
}

#[test]
fn a_file_that_unpacks_to_too_much_is_refused() {
    let mut all = files(&counter().write().unwrap());
    all.push((
        "com/example/counter/javacard/Debug.cap".to_owned(),
        vec![0; limits::FILE_OCTETS],
    ));
    let packed = archive(&all);
    assert!(packed.len() < limits::FILE_OCTETS / 100);
    let error = CapFile::read(&packed).unwrap_err();
    assert_eq!(error.component, Part::Container);
    assert!(matches!(error.kind, ErrorKind::Limit { .. }), "{error}");
}

#[test]
fn a_manifest_that_is_too_long_is_refused() {
    let mut all = files(&counter().write().unwrap());
    all[0].1 = vec![b'\n'; limits::MANIFEST_OCTETS];
    assert!(CapFile::read(&archive(&all)).is_ok());
    all[0].1.push(b'\n');
    let error = CapFile::read(&archive(&all)).unwrap_err();
    assert!(matches!(error.kind, ErrorKind::Limit { .. }), "{error}");
}

#[test]
fn control_characters_in_names_are_not_written() {
    let mut file = counter();
    file.package_name.push('\n');
    assert_eq!(file.write().unwrap_err().kind, ErrorKind::Text);
}

/// Replaces a text by one of the same length: in the first place, or in all.
fn replaced(archive: &[u8], from: &[u8], to: &[u8], everywhere: bool) -> Vec<u8> {
    let mut octets = archive.to_vec();
    while let Some(place) = octets.windows(from.len()).position(|part| part == from) {
        octets[place..place + from.len()].copy_from_slice(to);
        if !everywhere {
            break;
        }
    }
    octets
}

/// Who reads the directory and who reads one file after another must find the same.
#[test]
fn an_archive_that_two_readers_understand_differently_is_refused() {
    let reason = |archive: &[u8]| match CapFile::read(archive).map_err(|error| error.kind) {
        Err(ErrorKind::Zip { reason }) => reason,
        other => panic!("{other:?}"),
    };
    let mut all = files(&counter().write().unwrap());
    let (name, method) = all
        .iter()
        .find(|(name, _)| name.ends_with("Method.cap"))
        .unwrap()
        .clone();
    all.push((name.replace("Method.cap", "Methxd.txt"), method));
    let archive = archive(&all);
    assert_eq!(CapFile::read(&archive), Ok(counter()));
    // A second Method component under the name of the first, of which a directory by name has only one.
    let twice = replaced(&archive, b"Methxd.txt", b"Method.cap", true);
    assert!(reason(&twice).contains("are in no file"), "{}", reason(&twice));
    // A file that has this name only for who reads one after another.
    let hidden = replaced(&archive, b"Methxd.txt", b"Method.cap", false);
    assert!(reason(&hidden).contains("Methxd.txt"), "{}", reason(&hidden));
    // The same file before all others.
    let before = [&archive[..200], &archive].concat();
    assert!(reason(&before).contains("are in no file"), "{}", reason(&before));
}
