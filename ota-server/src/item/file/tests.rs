#![expect(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]
use super::*;

fn parse(text: &str) -> Result<Vec<DataItem>, ItemError> {
    DataItem::parse_toml(text, Path::new("items.toml"))
}

fn refused(text: &str, words: &[&str]) {
    let error = parse(text).unwrap_err().to_string();
    for word in words {
        assert!(error.contains(word), "\"{error}\" does not say \"{word}\"");
    }
}

#[test]
fn errors_name_file_and_field() {
    refused(
        "[[phonebook]]\nname='a'\nentries=[]\ncolor=1",
        &["items.toml", "color"],
    );
    refused(
        "[[phonebook]]\nname='a'\nentries=[]",
        &["items.toml", "\"a\"", "entries"],
    );
    refused("[[letters]]\nname='a'", &["items.toml", "letters"]);
    refused(
        "[[authentication]]\nname='k'\nvalues=[{slot=1,value='0011'}]",
        &["items.toml", "values[0].value", "16, 24 or 32"],
    );
    refused(
        "[[authentication]]\nname='k'\nvalues=[{slot=1,value='0g'}]",
        &["items.toml", "hexadecimal"],
    );
    refused("[[authentication]]\nname='a b'\nvalues=[]", &["name"]);
}

#[test]
fn a_name_may_stand_only_once() {
    let entry = "entries=[{name='x',number='1'}]";
    refused(
        &format!("[[phonebook]]\nname='a'\n{entry}\n[[phonebook]]\nname='a'\n{entry}"),
        &["name", "twice"],
    );
}

#[test]
fn a_load_file_and_a_certificate_come_from_files_beside_the_toml() {
    let directory = tempfile::tempdir().unwrap();
    fs::write(directory.path().join("code.bin"), [1, 2, 3]).unwrap();
    fs::write(
        directory.path().join("c.pem"),
        "-----BEGIN C-----\nZm9v\n-----END C-----\n",
    )
    .unwrap();
    let path = directory.path().join("items.toml");
    fs::write(
        &path,
        "[[service]]\nname='s'\nmodule_aid='a000000001'\ninstance_aid='a000000002'\n\
         load_file={aid='a000000003',file='code.bin'}\n\
         objects=[{tag='df20',access='never',pem='c.pem'}]",
    )
    .unwrap();
    let items = DataItem::read_toml(&path).unwrap();
    let ItemContent::Service(service) = &items[0].content else {
        panic!("not a service")
    };
    assert_eq!(service.load_file.0, [1, 2, 3]);
    assert_eq!(service.objects[0].value.0, b"foo");
    assert_eq!(service.wrap, Wrap::Double);
}

/// The smallest package with an applet, as a load file with its Descriptor.
fn applet() -> Vec<u8> {
    let text: String = include_str!("applet.hex").split_whitespace().collect();
    hex::decode(text).unwrap()
}

/// A service whose load file is this one.
fn service_of(aid: &str, load_file: &[u8]) -> String {
    format!(
        "[[service]]\nname='s'\nmodule_aid='a000000001'\ninstance_aid='a000000002'\n\
         load_file={{aid='{aid}',hex='{}'}}\n",
        hex::encode(load_file)
    )
}

#[test]
fn a_cap_file_is_verified() {
    let items = parse(&service_of("f000000001", &applet())).unwrap();
    let ItemContent::Service(service) = &items[0].content else {
        panic!("not a service")
    };
    assert_eq!(service.load_file.0, applet());
    refused(
        &service_of("f000000002", &applet()),
        &["load_file.aid", "F000000001"],
    );
    // `aload_0` of the constructor becomes `sload_0`: a number in the place of an object.
    let mut forged = applet();
    let constructor = forged
        .windows(3)
        .position(|code| code == [0x18, 0x8C, 0x00])
        .unwrap();
    forged[constructor] = 0x1C;
    refused(
        &service_of("f000000001", &forged),
        &["load_file", "does not verify", "CV5"],
    );
    refused(&service_of("f000000001", &applet()[..40]), &["load_file"]);
    refused(&service_of("f000000001", b"PK no archive"), &["load_file"]);
}

#[test]
fn an_object_has_one_source() {
    refused(
        "[[service]]\nname='s'\nmodule_aid='a000000001'\ninstance_aid='a000000002'\n\
         load_file={aid='a000000003',hex='00'}\nobjects=[{tag='df20',access='pin',text='a',hex='00'}]",
        &["objects[0]", "exactly one"],
    );
}

/// A service with these lines in its table.
fn service_with(lines: &str) -> String {
    format!(
        "[[service]]\nname='s'\nmodule_aid='a000000001'\ninstance_aid='a000000002'\n\
         load_file={{aid='a000000003',hex='00'}}\n{lines}"
    )
}

#[test]
fn a_service_may_have_a_pin() {
    let pin_of = |lines: &str| {
        let items = parse(&service_with(lines)).unwrap();
        let ItemContent::Service(service) = &items[0].content else {
            panic!("not a service")
        };
        service.pin.clone().map(|pin| hex::encode(pin.0.to_bytes()))
    };
    assert_eq!(pin_of(""), None);
    assert_eq!(pin_of("pin='1234'").unwrap(), "030331323334ffffffff");
    assert_eq!(
        pin_of("pin='12345678'\npin_tries=15").unwrap(),
        "0f0f3132333435363738"
    );
    for (lines, words) in [
        ("pin='999'", ["pin: ", "4 to 8 digits"]),
        ("pin='9999a'", ["pin: ", "4 to 8 digits"]),
        ("pin=9999", ["pin: ", "digits in quotes"]),
        ("pin=['9999']", ["pin: ", "digits in quotes"]),
        ("pin='1234'\npin_tries=0", ["pin_tries", "1 to 15"]),
        ("pin='1234'\npin_tries=16", ["pin_tries", "1 to 15"]),
        ("pin_tries=3", ["pin_tries", "needs a pin"]),
        ("pin='9999", ["items.toml: line 6", "string"]),
    ] {
        refused(&service_with(lines), &words);
        let error = parse(&service_with(lines)).unwrap_err();
        assert!(!format!("{error} {error:?}").contains("999"), "{error}");
    }
}

#[test]
fn an_object_behind_a_pin_needs_one() {
    let object = "objects=[{tag='0101',access='pin',text='a'}]";
    refused(&service_with(object), &["pin", "is needed"]);
    assert!(parse(&service_with(&format!("pin='1234'\n{object}"))).is_ok());
}

#[test]
fn tags_of_the_stage_are_refused() {
    let object = |tag: u16| service_with(&format!("objects=[{{tag='{tag:04x}',access='public',text='a'}}]"));
    for tag in 0xDF01..=0xDF0F {
        refused(&object(tag), &["objects[0].tag", "DF01 to DF0F"]);
    }
    refused(&object(0xDF10), &["objects[0].tag", "give the service a pin"]);
    assert!(parse(&object(0xDF00)).is_ok() && parse(&object(0xDF11)).is_ok());
}

#[test]
fn languages_are_one_to_four_codes() {
    let items = parse("[[languages]]\nname='l'\npreferred=['pl','en']").unwrap();
    let ItemContent::Languages(languages) = &items[0].content else {
        panic!("not languages")
    };
    assert_eq!(languages.preferred.to_bytes(), b"plen");
    for preferred in [
        "[]",
        "['a','b','c','d','e']",
        "['PL']",
        "['pol']",
        "['pl','en','de','fr','es']",
    ] {
        refused(
            &format!("[[languages]]\nname='l'\npreferred={preferred}"),
            &["items.toml", "\"l\"", "preferred"],
        );
    }
}

#[test]
fn what_the_database_keeps_comes_back() {
    let text = service_with("pin='1234'") + "\n[[languages]]\nname='l'\npreferred=['pl']";
    for item in parse(&text).unwrap() {
        let kept = serde_json::to_string(&item.content).unwrap();
        assert_eq!(
            serde_json::from_str::<ItemContent>(&kept).unwrap(),
            item.content,
            "{kept}"
        );
    }
}
