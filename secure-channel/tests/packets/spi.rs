use secure_channel::key::KeyType;
use secure_channel::scp80::kic::{Algorithm, RedundancyAlgorithm};
use secure_channel::scp80::{CounterMode, Integrity, Kic, Kid, PorMode, PorTransport, Spi, Tar};

/// TS 102 225 §5.1.1 bit by bit, for every value of both octets.
#[test]
fn all_values_of_spi() {
    let counter_modes = [
        CounterMode::None,
        CounterMode::Unchecked,
        CounterMode::Higher,
        CounterMode::OneHigher,
    ];
    let checks = [
        Integrity::None,
        Integrity::RedundancyCheck,
        Integrity::CryptographicChecksum,
        Integrity::DigitalSignature,
    ];
    let por_modes = [
        PorMode::Never,
        PorMode::Always,
        PorMode::OnError,
        PorMode::Reserved,
    ];
    for value in 0..=u16::MAX {
        let [spi1, spi2] = value.to_be_bytes();
        let spi = Spi::from_bytes([spi1, spi2]);
        assert_eq!(spi.to_bytes(), [spi1, spi2]);
        assert_eq!(spi.counter_mode(), counter_modes[usize::from(spi1 >> 3 & 3)]);
        assert_eq!(spi.is_ciphered(), spi1 & 4 != 0);
        assert_eq!(spi.integrity(), checks[usize::from(spi1 & 3)]);
        assert_eq!(spi.por_transport() == PorTransport::Submit, spi2 & 0x20 != 0);
        assert_eq!(spi.is_por_ciphered(), spi2 & 0x10 != 0);
        assert_eq!(spi.por_integrity(), checks[usize::from(spi2 >> 2 & 3)]);
        assert_eq!(spi.por_mode(), por_modes[usize::from(spi2 & 3)]);
        assert_eq!(spi.has_reserved_bits(), spi1 & 0xE0 != 0 || spi2 & 0xC0 != 0);
        let rebuilt = Spi::from_bytes([spi1 & 0xE0, spi2 & 0xC0])
            .with_counter_mode(spi.counter_mode())
            .with_ciphering(spi.is_ciphered())
            .with_integrity(spi.integrity())
            .with_por_transport(spi.por_transport())
            .with_por_ciphering(spi.is_por_ciphered())
            .with_por_integrity(spi.por_integrity())
            .with_por_mode(spi.por_mode());
        assert_eq!(rebuilt, spi);
    }
}

#[test]
fn named_values_are_what_their_names_say() {
    let spi = Spi::SECURED;
    assert_eq!(
        (spi.counter_mode(), spi.is_ciphered()),
        (CounterMode::Higher, true)
    );
    assert_eq!(spi.integrity(), Integrity::CryptographicChecksum);
    assert_eq!((spi.por_mode(), spi.is_por_ciphered()), (PorMode::Always, true));
    assert_eq!(spi.por_integrity(), Integrity::CryptographicChecksum);
    assert_eq!(spi.with_por_mode(PorMode::OnError), Spi::SECURED_POR_ON_ERROR);
    assert_eq!(
        spi.with_por_transport(PorTransport::Submit),
        Spi::SECURED_POR_BY_SUBMIT
    );
    assert_eq!(spi.to_string(), "16 19");
}

/// TS 102 225 §5.1.2 and §5.1.3: all 256 values of KIc and KID.
#[test]
fn all_values_of_kic_and_kid() {
    let algorithm = |octet: u8| match octet & 0x0F {
        0x0 => Algorithm::Implicit,
        0x1 => Algorithm::SingleDes,
        0x2 => Algorithm::Aes,
        0x5 => Algorithm::TripleDesTwoKeys,
        0x9 => Algorithm::TripleDesThreeKeys,
        0xD => Algorithm::SingleDesEcb,
        0x3 | 0x7 | 0xB | 0xF => Algorithm::Proprietary,
        _ => Algorithm::Reserved,
    };
    for octet in 0..=u8::MAX {
        assert_eq!(
            (Kic(octet).key_version(), Kid(octet).key_version()),
            (octet >> 4, octet >> 4)
        );
        assert_eq!(Kic(octet).algorithm(), algorithm(octet));
        let of_kid = if octet & 0x0F == 0x0D {
            Algorithm::Reserved
        } else {
            algorithm(octet)
        };
        assert_eq!(Kid(octet).algorithm(), of_kid);
        let redundancy = match octet & 0x0F {
            0x1 => Some(RedundancyAlgorithm::Crc16),
            0x5 => Some(RedundancyAlgorithm::Crc32),
            _ => None,
        };
        assert_eq!(Kid(octet).redundancy_algorithm(), redundancy);
    }
}

#[test]
fn an_algorithm_takes_only_its_keys() {
    assert!(Algorithm::Aes.takes(KeyType::Aes192) && !Algorithm::Aes.takes(KeyType::Des3Two));
    assert!(
        Algorithm::TripleDesTwoKeys.takes(KeyType::Des3Two) && Algorithm::Implicit.takes(KeyType::Des3Three)
    );
    assert!(!Algorithm::SingleDes.takes(KeyType::Des3Two) && !Algorithm::Proprietary.takes(KeyType::Aes128));
}

#[test]
fn a_tar_is_six_digits() {
    assert_eq!(
        "bfFF10".parse::<Tar>().map(|tar| (tar.0, tar.to_string())),
        Ok(([0xBF, 0xFF, 0x10], "BFFF10".into()))
    );
    for text in ["", "BFFF1", "BFFF1000", "BFFFXX"] {
        assert!(text.parse::<Tar>().is_err(), "{text}");
    }
}
