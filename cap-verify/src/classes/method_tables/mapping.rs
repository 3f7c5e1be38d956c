//! Tokens that are others in the superclass (format 2.3): a superclass of another package may get new methods without the tokens of
//! its subclasses changing.

use cap_format::component::class::{MethodTable, TokenMapping};

use crate::classes::method_tables::Slot;
use crate::finding::{Place, Report};
use crate::rule::Rule;

/// "Not inherited": the class introduces the method.
const NO_TOKEN: u8 = 0xFF;

/// The slots that a class inherits, by its own tokens. Entry *t* of the mapping is the token that the method with the token *t* has
/// in the superclass.
pub(super) fn remap(
    mapping: &TokenMapping,
    table: &MethodTable,
    inherited: &[Slot],
    place: Place,
    report: &mut Report,
) -> Vec<Slot> {
    let tokens = &mapping.public_tokens;
    let above: Vec<u8> = tokens
        .iter()
        .copied()
        .filter(|token| *token != NO_TOKEN)
        .collect();
    // Every method of the superclass has one token in the class, in the same order; a superclass of another package may have got
    // more since.
    let own = inherited.iter().any(|slot| matches!(slot, Slot::Own(_)));
    let enough = above.len() == inherited.len() || (!own && above.len() < inherited.len());
    let complete = enough && (0..=u8::MAX).zip(&above).all(|(index, token)| index == *token);
    if !complete {
        let found = format!(
            "a mapping to {} tokens of the superclass, which has {}",
            above.len(),
            inherited.len()
        );
        report.add(
            Rule::TokenMapping,
            place,
            found,
            "each token of the superclass once, in order",
        );
    }
    let below = tokens.iter().take(table.base.into());
    if below.clone().any(|token| *token == NO_TOKEN) {
        let found = format!(
            "a new method with a token below {}, where the table begins",
            table.base
        );
        report.add(Rule::TokenMapping, place, found, "new methods in the table");
    }
    if usize::from(mapping.cap22_inheritable_methods) > tokens.len() {
        let found = format!(
            "{} methods for subclasses of older formats, of {}",
            mapping.cap22_inheritable_methods,
            tokens.len()
        );
        report.add(Rule::TokenMapping, place, found, "no more than there are");
    }
    let slot = |token: &u8| inherited.get(usize::from(*token)).copied();
    tokens
        .iter()
        .map(|token| slot(token).unwrap_or(Slot::Empty))
        .collect()
}

#[cfg(test)]
mod tests {
    use cap_format::component::class::{MethodTable, TokenMapping};

    use super::{NO_TOKEN, remap};
    use crate::classes::method_tables::Slot;
    use crate::finding::{Place, Report};

    /// The slots of a class with this mapping whose superclass has two methods; whether a rule is broken.
    fn remapped(base: u8, public_tokens: &[u8], cap22_inheritable_methods: u8) -> (Vec<Slot>, bool) {
        let mapping = TokenMapping {
            public_tokens: public_tokens.to_vec(),
            cap22_inheritable_methods,
        };
        let table = MethodTable {
            base,
            methods: vec![None; public_tokens.len() - usize::from(base)],
        };
        let inherited = [Slot::Own(10), Slot::Own(20)];
        let mut report = Report::default();
        let slots = remap(&mapping, &table, &inherited, Place::FILE, &mut report);
        (slots, !report.is_empty())
    }

    #[test]
    fn new_methods_can_stand_between_inherited_ones() {
        let slots = vec![Slot::Own(10), Slot::Empty, Slot::Own(20)];
        assert_eq!(remapped(1, &[0, NO_TOKEN, 1], 3), (slots, false));
    }

    #[test]
    fn every_inherited_method_has_one_token_in_order() {
        for (base, tokens, inheritable) in [
            (0, &[0][..], 1),
            (0, &[1, 0], 2),
            (0, &[0, 0, 1], 2),
            (0, &[0, 1, 2], 2),
            (2, &[0, NO_TOKEN, 1], 2),
            (0, &[0, 1], 3),
        ] {
            assert!(remapped(base, tokens, inheritable).1, "{tokens:?} was taken");
        }
    }
}
