//! One table of a class over the methods that it inherits (JCVM §6.9.2.3).

use cap_format::component::class::MethodTable;

use crate::classes::method_tables::Slot;
use crate::finding::{Place, Report};
use crate::model::members::{Members, OwnMethod};
use crate::model::{MethodKind, Signature, Visibility};
use crate::package::methods::PACKAGE_VISIBLE;
use crate::rule::Rule;
use crate::scope::Scope;
use crate::types::TypeId;

/// Which of the two tables.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Public,
    Package,
}

/// A method that another one overrides.
struct Overridden {
    signature: Signature,
    visibility: Visibility,
    is_final: bool,
}

/// Puts one table of a class over what it inherits.
pub(super) struct Overlay<'m> {
    pub(super) members: &'m Members,
    pub(super) class: TypeId,
    pub(super) kind: Kind,
    pub(super) place: Place,
}

impl Overlay<'_> {
    /// The slots of the class; `inherited` are those of its superclass.
    pub(super) fn table(
        &self,
        scope: &mut Scope<'_>,
        table: &MethodTable,
        inherited: Vec<Slot>,
        report: &mut Report,
    ) -> Vec<Slot> {
        let (base, end) = (
            usize::from(table.base),
            usize::from(table.base) + table.methods.len(),
        );
        // JCVM §6.9.2.3: no token lies between the tables, and tokens have seven bits.
        if base > inherited.len() || end < inherited.len() || end > usize::from(PACKAGE_VISIBLE) {
            let rule = match self.kind {
                Kind::Public => Rule::PublicTable,
                Kind::Package => Rule::PackageTable,
            };
            let found = format!(
                "a table of the tokens {base} to {end}, {} are inherited",
                inherited.len()
            );
            let wanted =
                "from an inherited token, or the one behind, to the last one or farther, at most 128";
            report.add(rule, self.place, found, wanted);
        }
        let mut slots = inherited;
        slots.resize(slots.len().max(end), Slot::Empty);
        let tokens = (0..=u8::MAX).skip(base);
        for ((token, slot), entry) in tokens.zip(slots.iter_mut().skip(base)).zip(&table.methods) {
            *slot = self.entry(scope, token, *slot, *entry, report);
        }
        slots
    }

    /// An entry of the table over the slot that the class inherits.
    fn entry(
        &self,
        scope: &mut Scope<'_>,
        token: u8,
        inherited: Slot,
        entry: Option<u16>,
        report: &mut Report,
    ) -> Slot {
        let Some(offset) = entry else {
            if !matches!(inherited, Slot::Inherited(..)) {
                let found = format!("FFFF for token {token}, which no other package has");
                report.add(Rule::TableEntry, self.place, found, "the offset of a method");
            }
            return inherited;
        };
        let slot = Slot::Own(offset);
        if slot == inherited {
            return slot;
        }
        let Some(method) = self.members.methods.get(&offset) else {
            let found = format!("offset {offset:04X} for token {token}, where no method begins");
            report.add(Rule::TableEntry, self.place, found, "the offset of a method");
            return Slot::Empty;
        };
        let overridden = self.overridden(scope, inherited);
        if !self.belongs(method, token, overridden.as_ref()) {
            let found = format!(
                "the method at {offset:04X} for token {token}: {:?}, token {:02X}, of {}",
                method.kind,
                method.token,
                scope.types.get(method.class).name
            );
            let wanted = "a virtual method of the class with this token, or the inherited one";
            report.add(Rule::TableEntry, self.place, found, wanted);
            return Slot::Empty;
        }
        if let Some(overridden) = overridden {
            self.check_override(token, method, &overridden, report);
        }
        slot
    }

    /// Whether a method of this class may stand at this token.
    fn belongs(&self, method: &OwnMethod, token: u8, overridden: Option<&Overridden>) -> bool {
        let at_home = match self.kind {
            Kind::Public => method.token == token,
            Kind::Package => {
                // A method that is more visible than the one above has a token of the other table too.
                let widened = method.token & PACKAGE_VISIBLE == 0
                    && overridden.is_some_and(|above| above.signature == method.signature);
                method.token == token | PACKAGE_VISIBLE || widened
            }
        };
        method.class == self.class && method.kind == MethodKind::Virtual && at_home
    }

    fn overridden(&self, scope: &mut Scope<'_>, slot: Slot) -> Option<Overridden> {
        match slot {
            Slot::Own(offset) => {
                let method = self.members.methods.get(&offset)?;
                Some(Overridden {
                    signature: method.signature.clone(),
                    visibility: method.visibility,
                    is_final: method.is_final,
                })
            }
            Slot::Inherited(above, token) => {
                let method = scope.exported(above).virtual_methods.get(&token)?;
                Some(Overridden {
                    signature: method.callee.signature.clone(),
                    visibility: method.callee.visibility,
                    is_final: method.is_final,
                })
            }
            Slot::Empty => None,
        }
    }

    fn check_override(&self, token: u8, method: &OwnMethod, above: &Overridden, report: &mut Report) {
        if method.signature != above.signature {
            let found = format!("a method with token {token} of another type than the one above");
            report.add(
                Rule::OverrideType,
                method.place,
                found,
                "the parameters and result of the method above",
            );
        }
        if above.is_final {
            let found = format!("a method with token {token}, which is final above");
            report.add(
                Rule::OverrideFinal,
                method.place,
                found,
                "no method with this token",
            );
        }
        if openness(method.visibility) < openness(above.visibility) {
            let found = format!("{:?}, {:?} above", method.visibility, above.visibility);
            report.add(
                Rule::OverrideAccess,
                method.place,
                found,
                "at least the visibility of the method above",
            );
        }
    }
}

/// How many may call a method, in order.
fn openness(visibility: Visibility) -> u8 {
    match visibility {
        Visibility::Private => 0,
        Visibility::Package => 1,
        Visibility::Protected => 2,
        Visibility::Public => 3,
    }
}
