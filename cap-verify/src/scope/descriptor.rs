//! Types as export files write them: the descriptors of class files (JVMS §4.3), without what Java Card does not have.

use cap_format::limits::NAME_OCTETS;

use crate::model::{Element, Signature, ValueType};
use crate::scope::Scope;

/// The type of a field.
pub(crate) fn field(text: &str, scope: &mut Scope<'_>) -> Option<ValueType> {
    let (kind, rest) = value(text, scope)?;
    rest.is_empty().then_some(kind)
}

/// Parameters of a method at most: their words are counted in an octet (JCVM §6.10.2).
const PARAMETERS: usize = 255;

/// The types of a method.
pub(super) fn method(text: &str, scope: &mut Scope<'_>) -> Option<Signature> {
    let mut rest = text.strip_prefix('(')?;
    let mut parameters = Vec::new();
    let result = loop {
        if let Some(result) = rest.strip_prefix(')') {
            break result;
        }
        if parameters.len() == PARAMETERS {
            return None;
        }
        let (kind, after) = value(rest, scope)?;
        parameters.push(kind);
        rest = after;
    };
    let result = match result {
        "V" => None,
        result => Some(field(result, scope)?),
    };
    let parameters = parameters.into();
    Some(Signature { parameters, result })
}

/// The first type of a text, and what follows it.
fn value<'t>(text: &'t str, scope: &mut Scope<'_>) -> Option<(ValueType, &'t str)> {
    let Some(element) = text.strip_prefix('[') else {
        return single(text, scope);
    };
    let (element, rest) = single(element, scope)?;
    let element = match element {
        ValueType::Boolean => Element::Boolean,
        ValueType::Byte => Element::Byte,
        ValueType::Short => Element::Short,
        ValueType::Int => Element::Int,
        ValueType::Object(class) => Element::Object(class),
        ValueType::Array(_) => return None,
    };
    Some((ValueType::Array(element), rest))
}

/// The first type of a text, which is no array.
fn single<'t>(text: &'t str, scope: &mut Scope<'_>) -> Option<(ValueType, &'t str)> {
    if let Some(name) = text.strip_prefix('L') {
        let (name, rest) = name
            .split_once(';')
            .filter(|(name, _)| name.len() <= NAME_OCTETS)?;
        return Some((ValueType::Object(scope.named(name)?), rest));
    }
    [
        ('Z', ValueType::Boolean),
        ('B', ValueType::Byte),
        ('S', ValueType::Short),
        ('I', ValueType::Int),
    ]
    .into_iter()
    .find_map(|(letter, kind)| Some((kind, text.strip_prefix(letter)?)))
}
