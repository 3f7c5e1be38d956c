//! The names of the Debug component and those of the export file of the package (JCVM ch. 5).

use std::collections::{HashMap, HashSet};

use cap_format::component::debug::{DebugClass, DebugMemberAccess};
use cap_format::export_file::{ExportFile, ExportedClass};

use super::{Described, place};
use crate::finding::Report;
use crate::package::own_export;
use crate::rule::Rule;
use crate::scope::Scope;

pub(super) fn check(
    scope: &Scope<'_>,
    classes: &[Described<'_, '_>],
    file: &ExportFile,
    report: &mut Report,
) {
    let classes: HashMap<u16, &DebugClass<'_>> = classes
        .iter()
        .map(|class| (class.own.offset, class.debug))
        .collect();
    for (offset, _, exported) in own_export::named(scope.layout.cap, file) {
        if let (Some(debug), Some(exported)) = (classes.get(&offset), exported) {
            check_class(debug, exported, report);
        }
    }
}

fn check_class(debug: &DebugClass<'_>, exported: &ExportedClass, report: &mut Report) {
    let mut differ = |found: String, offset: usize| {
        let wanted = "the names of the export file";
        report.add(Rule::DebugExport, place(offset), found, wanted);
    };
    if debug.name != exported.name {
        differ(
            format!("class {}, in the export file {}", debug.name, exported.name),
            debug.offset,
        );
    }
    let fields: HashSet<(&str, &str)> = debug
        .fields
        .iter()
        .map(|field| (field.name, field.descriptor))
        .collect();
    for field in &exported.fields {
        if !fields.contains(&(field.name.as_str(), field.descriptor.as_str())) {
            differ(
                format!("no field {} {}", field.name, field.descriptor),
                debug.offset,
            );
        }
    }
    let methods = exported.methods.iter();
    let methods: HashSet<(&str, &str)> = methods
        .map(|method| (method.name.as_str(), method.descriptor.as_str()))
        .collect();
    for method in &debug.methods {
        let is_visible = method.access.contains(DebugMemberAccess::PUBLIC)
            || method.access.contains(DebugMemberAccess::PROTECTED);
        if is_visible && !methods.contains(&(method.name, method.descriptor)) {
            differ(
                format!("a method {}{}", method.name, method.descriptor),
                method.offset,
            );
        }
    }
}
