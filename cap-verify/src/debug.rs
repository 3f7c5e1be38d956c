//! CV7xx: what the Debug component tells a debugger is what the other components say (JCVM §6.15). It never reaches a card.

mod classes;
mod fields;
mod methods;
mod names;
mod own_export;

use cap_format::component::Tag;
use cap_format::component::debug::DebugComponent;
use cap_format::export_file::ExportFile;

use crate::finding::{Place, Report};
use crate::rule::Rule;
use crate::scope::Scope;
use crate::structure;

use classes::Described;

/// Checks the Debug component of a package whose other components are right. `own_export` is the export file of the package.
pub(crate) fn check(scope: &mut Scope<'_>, own_export: Option<&ExportFile>, report: &mut Report) {
    let cap = scope.layout.cap;
    let Some(info) = &cap.debug else {
        return;
    };
    let debug = match DebugComponent::read(info) {
        Ok(debug) => debug,
        Err(error) => return report.push(structure::finding(&error)),
    };
    // JCVM §6.4: the header has the name of the package, but not in format 2.1.
    let name = &cap.header.package_name;
    if !name.is_empty() && debug.package_name != name {
        let found = format!("package {}, in the header {name}", debug.package_name);
        report.add(
            Rule::DebugClasses,
            Place::of(Tag::Debug),
            found,
            "the same name in both",
        );
    }
    names::check(&debug, report);
    let classes = classes::described(scope, &debug, report);
    let Some(names) = names::Names::new(&classes, report) else {
        return;
    };
    for class in &classes {
        classes::check(scope, &names, class, report);
        fields::check(scope, &names, class, report);
        methods::check(scope, &names, class, report);
    }
    if names.are_exhausted() {
        let found = "more octets in the types of methods than names can have in all";
        report.add(Rule::Limit, Place::of(Tag::Debug), found, "shorter names");
    }
    if let Some(file) = own_export {
        own_export::check(scope, &classes, file, report);
    }
}

/// A place in the Debug component.
fn place(offset: usize) -> Place {
    Place::at(Tag::Debug, offset)
}
