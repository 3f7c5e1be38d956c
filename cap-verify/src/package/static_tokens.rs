//! The tokens of static fields, static methods and constructors (JCVM §4.3.7.3, §4.3.7.5).

use std::collections::BTreeMap;

use crate::finding::{Place, Report};
use crate::model::members::Members;
use crate::model::{MethodKind, Visibility};
use crate::rule::Rule;
use crate::types::TypeId;

/// "No token".
const NO_TOKEN: u8 = 0xFF;

/// Those that other packages see are numbered from 0 on in their class, the others have no token.
pub(crate) fn check(members: &Members, report: &mut Report) {
    let mut fields = Tokens::default();
    for described in members.statics.values() {
        let field = &described.field;
        fields.add(field.class, described.token, field.visibility, described.place);
    }
    fields.check(Rule::FieldToken, report);
    let mut methods = Tokens::default();
    for method in members.methods.values() {
        if matches!(method.kind, MethodKind::Static | MethodKind::Constructor) {
            methods.add(method.class, method.token, method.visibility, method.place);
        }
    }
    methods.check(Rule::MethodToken, report);
}

/// Tokens by class, each with the place where it stands; and the places of tokens that should not be there.
#[derive(Default)]
struct Tokens {
    visible: BTreeMap<TypeId, Vec<(u8, Place)>>,
    hidden: Vec<(u8, Place)>,
}

impl Tokens {
    fn add(&mut self, class: TypeId, token: u8, visibility: Visibility, place: Place) {
        match visibility {
            Visibility::Public | Visibility::Protected => {
                self.visible.entry(class).or_default().push((token, place));
            }
            Visibility::Package | Visibility::Private => self.hidden.push((token, place)),
        }
    }

    fn check(self, rule: Rule, report: &mut Report) {
        for (token, place) in self.hidden.iter().filter(|(token, _)| *token != NO_TOKEN) {
            let found = format!("the token {token:02X} of a static member that other packages do not see");
            report.add(rule, *place, found, "FF");
        }
        for mut tokens in self.visible.into_values() {
            tokens.sort_unstable();
            let wrong = (0..=u8::MAX)
                .zip(&tokens)
                .find(|(index, (token, _))| index != token);
            if let Some((index, (token, place))) = wrong {
                let found = format!("the token {token} where {index} should follow");
                report.add(
                    rule,
                    *place,
                    found,
                    "static tokens that follow each other from 0 on",
                );
            }
        }
    }
}
