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

#[test]
fn an_object_has_one_source() {
    refused(
        "[[service]]\nname='s'\nmodule_aid='a000000001'\ninstance_aid='a000000002'\n\
         load_file={aid='a000000003',hex='00'}\nobjects=[{tag='df20',access='pin',text='a',hex='00'}]",
        &["objects[0]", "exactly one"],
    );
}
