use card_proto::uicc::search_record::{SearchDirection, SearchRecord, SearchStringError};

use crate::octets;

#[test]
fn a_search_goes_forward_or_backward_from_a_record() {
    let mut search = SearchRecord {
        from: 1,
        direction: SearchDirection::Forward,
        string: b"Anna".to_vec(),
    };
    let octets_of = |search: &SearchRecord| search.to_command().unwrap().to_bytes();
    assert_eq!(octets_of(&search), octets("00A20104 04 416E6E61 00"));
    search.direction = SearchDirection::Backward;
    search.from = 60;
    assert_eq!(octets_of(&search), octets("00A23C05 04 416E6E61 00"));
    for length in [0, 256] {
        search.string = vec![1; length];
        assert_eq!(search.to_command(), Err(SearchStringError { length }));
    }
}
