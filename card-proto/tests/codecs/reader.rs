use card_proto::reader::{Found, ReadError, Reader, Wanted};

#[test]
fn offsets_are_those_of_the_whole() {
    let bytes = [1, 2, 3, 4, 5];
    let mut reader = Reader::new(&bytes);
    assert_eq!(reader.u16(), Ok(0x0102));
    let mut part = reader.sub(2).unwrap();
    assert_eq!((part.offset(), part.peek()), (2, Some(3)));
    let error = part.take(3).unwrap_err();
    assert_eq!(
        error,
        ReadError {
            offset: 2,
            wanted: Wanted::Octets(3),
            found: Found::Octets(2)
        }
    );
    assert_eq!(
        error.to_string(),
        "at offset 2: wanted 3 more octets, found 2 octets"
    );
    let error = reader.finish().unwrap_err();
    assert_eq!(
        error,
        ReadError {
            offset: 4,
            wanted: Wanted::End,
            found: Found::Octets(1)
        }
    );
}

#[test]
fn expect_points_at_the_wrong_octet() {
    let mut reader = Reader::new(&[0x10, 0x20]);
    assert_eq!(reader.expect(0x10, "the first"), Ok(()));
    let error = reader.expect(0x10, "tag 10").unwrap_err();
    assert_eq!(error.to_string(), "at offset 1: wanted tag 10, found 20");
}
