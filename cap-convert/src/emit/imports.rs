//! Which packages are imported, and their tokens (JCVM §4.3.7.1, §6.7): in the order of first use.

use cap_format::component::import::ImportComponent;

use crate::hierarchy::{ClassId, Program};
use crate::input::CodeStyle;
use crate::pool::Pool;

use super::Package;

/// Imported packages by token, as places in [`Program::exports`].
#[derive(Debug, Default)]
pub(super) struct Imports(Vec<usize>);

impl Imports {
    /// The packages that classes, constants and types name.
    pub(super) fn of(package: &Package<'_>, pool: &Pool) -> Self {
        let mut imports = Self::default();
        let program = package.program;
        for (index, layout) in package.layouts.iter().enumerate() {
            let above = program.superclass(ClassId::Own(index));
            imports.extend(above);
            // The vendor's converter imports what a superclass elsewhere implements, though nothing refers to it.
            if package.description.style == CodeStyle::Classic {
                imports.extend(above.into_iter().flat_map(|above| program.all_interfaces(above)));
            }
            imports.extend(layout.interfaces.iter().map(|(interface, _)| *interface));
            let remote = package.remote[index].iter();
            imports.extend(remote.flat_map(|remote| remote.interfaces.iter().copied()));
            for body in package.bodies[index].iter().flatten() {
                imports.extend(
                    body.keys_of_code()
                        .chain(body.keys_of_handlers())
                        .map(|(key, _)| key.class()),
                );
            }
        }
        for class in &program.classes {
            let fields = class
                .fields
                .iter()
                .filter(|field| field.compile_time_constant().is_none());
            let methods = class.methods.iter().flat_map(|method| method.kind.types());
            for kind in fields.map(|field| &field.kind).chain(methods) {
                imports.extend(kind.class_name().and_then(|name| program.find(name)));
            }
        }
        for used in pool
            .keys
            .iter()
            .filter_map(|key| super::descriptor::type_of(package, *key))
        {
            for kind in used.types() {
                imports.extend(kind.class_name().and_then(|name| program.find(name)));
            }
        }
        for method in package.remote.iter().flatten().flat_map(|remote| &remote.methods) {
            let names = method.signature.kind.types().filter_map(|kind| kind.class_name());
            imports.extend(names.filter_map(|name| program.find(name)));
        }
        // JCVM §2.2.4.1: every class is below `java.lang.Object`.
        imports.extend(program.find("java/lang/Object"));
        imports
    }

    fn extend(&mut self, classes: impl IntoIterator<Item = ClassId>) {
        for class in classes {
            if let ClassId::External { package, .. } = class
                && !self.0.contains(&package)
            {
                self.0.push(package);
            }
        }
    }

    /// The token of a package; every package that is used has one.
    pub(super) fn token(&self, package: usize) -> u8 {
        let token = self.0.iter().position(|known| *known == package);
        token
            .and_then(|token| u8::try_from(token).ok())
            .unwrap_or(u8::MAX)
    }

    /// The component. The version of an import is that of the package, not that of its export file's format.
    pub(super) fn component(&self, program: &Program<'_>) -> ImportComponent {
        let packages = self
            .0
            .iter()
            .map(|package| program.exports[*package].package.info);
        ImportComponent {
            packages: packages.collect(),
        }
    }
}
