//! The hashes by which remote methods are called (JCVM §6.9.2.5).

use std::collections::HashSet;
use std::iter::once;

use sha1::{Digest as _, Sha1};

use crate::tokens::Signature;

/// The first modifier with which no two methods have the same hash, and the hash of each method.
///
/// `None`: there is no such modifier among those that are tried.
pub(super) fn distinct<'a>(
    methods: impl Iterator<Item = &'a Signature> + Clone,
) -> Option<(String, Vec<u16>)> {
    modifiers().find_map(|modifier| {
        let mut seen = HashSet::new();
        let hashes = methods.clone().map(|method| hash(&modifier, method));
        let hashes: Option<Vec<u16>> = hashes.map(|hash| seen.insert(hash).then_some(hash)).collect();
        Some((modifier, hashes?))
    })
}

/// None, then each of one octet: in the order of the vendor's converter, so that both give the same hashes.
fn modifiers() -> impl Iterator<Item = String> {
    once(String::new()).chain(('\0'..='\x7F').map(String::from))
}

/// The first two octets of SHA-1 over the modifier, the name, and the descriptor as class files have it.
fn hash(modifier: &str, method: &Signature) -> u16 {
    let text = [modifier, &method.name, &method.kind.descriptor()].concat();
    let [high, low, ..] = <[u8; 20]>::from(Sha1::digest(text));
    u16::from_be_bytes([high, low])
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test fails by panicking")]
mod tests {
    use super::{distinct, hash};
    use crate::class_model::MethodType;
    use crate::tokens::Signature;

    fn method(name: &str, descriptor: &str) -> Signature {
        let kind = MethodType::parse(descriptor).unwrap();
        Signature {
            name: name.to_owned(),
            kind,
        }
    }

    /// What the vendor's converters of 2.2.2 and 3.0.5 write for these methods.
    #[test]
    fn hashes_are_those_of_the_vendor() {
        for (modifier, name, descriptor, wanted) in [
            ("", "balance", "()S", 0xC7DC),
            ("", "credit", "(SB)V", 0x38B7),
            ("", "read", "([B[S[Z)[B", 0x0677),
            ("", "any", "()Ljava/rmi/Remote;", 0x4C53),
            ("\0", "m60", "()S", 0xE246),
        ] {
            assert_eq!(hash(modifier, &method(name, descriptor)), wanted, "{name}");
        }
    }

    #[test]
    fn a_modifier_keeps_hashes_apart() {
        let [m60, m142] = ["m60", "m142"].map(|name| method(name, "()S"));
        assert_eq!(hash("", &m60), hash("", &m142));
        assert_eq!(distinct([&m60].into_iter()), Some((String::new(), vec![0xDDF8])));
        let (modifier, hashes) = distinct([&m60, &m142].into_iter()).unwrap();
        assert_eq!((modifier.as_str(), hashes), ("\0", vec![0xE246, 0x731A]));
        // Of the same method twice no modifier makes two.
        assert_eq!(distinct([&m60, &m60].into_iter()), None);
    }
}
