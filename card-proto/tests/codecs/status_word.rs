use card_proto::status_word::StatusWord;

#[test]
fn every_value_has_an_explanation() {
    for value in 0..=u16::MAX {
        let explanation = StatusWord(value).explain();
        assert!(
            !explanation.name.is_empty() && !explanation.likely_cause.is_empty(),
            "{value:04X}"
        );
    }
}

#[test]
fn values_and_ranges_have_their_names() {
    let rows = [
        (0x9000, "9000 (normal ending of the command)"),
        (0x6A82, "6A82 (file or application not found)"),
        (0x6A88, "6A88 (referenced data or reference data not found)"),
        (0x6110, "6110 (response octets still available)"),
        (0x910B, "910B (normal ending, a proactive command waits)"),
        (0x63C2, "63C2 (verification failed, tries left)"),
        (0x6310, "6310 (more data available)"),
        (0x6C10, "6C10 (wrong Le)"),
        (0x6983, "6983 (authentication method blocked)"),
        (0x9484, "9484 (algorithm not supported)"),
        (0x9485, "9485 (invalid key check value)"),
        (0x1234, "1234 (unknown status word)"),
    ];
    for (value, text) in rows {
        assert_eq!(StatusWord(value).to_string(), text);
    }
}

#[test]
fn the_silent_refusal_of_a_packet_says_where_to_look() {
    let cause = StatusWord::PACKET_REFUSED.explain().likely_cause;
    assert!(
        cause.contains("says not why") && cause.contains("SPI, KIc, KID, TAR"),
        "{cause}"
    );
}

#[test]
fn the_parts_of_a_value() {
    assert_eq!(StatusWord(0x63C2).tries_left(), Some(2));
    assert_eq!(StatusWord(0x6300).tries_left(), None);
    assert_eq!(StatusWord(0x9100).proactive_command_length(), Some(256));
    assert_eq!(StatusWord(0x912F).proactive_command_length(), Some(47));
    assert_eq!(StatusWord::OK.proactive_command_length(), None);
    let continues = [0x9000, 0x910B, 0x6282, 0x63C1, 0x6110];
    assert!(
        continues
            .iter()
            .all(|value| StatusWord(*value).lets_script_continue())
    );
    let stops = [0x6A80, 0x6985, 0x6700, 0x6F00, 0x9862];
    assert!(
        !stops
            .iter()
            .any(|value| StatusWord(*value).lets_script_continue())
    );
}
