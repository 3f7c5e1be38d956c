//! From components to a [`Model`]: every rule but those for code, in an order in which each can rely on the ones before.

use std::collections::{BTreeSet, HashMap};

use cap_format::cap::Cap;
use cap_format::component::Tag;

use crate::classes::{hierarchy, interface_tables, method_tables, remote};
use crate::debug;
use crate::environment::{Environment, rules};
use crate::finding::{Place, Report};
use crate::layout::Layout;
use crate::model::members::Members;
use crate::model::{Callee, Constant, Method, Model};
use crate::package::{
    applets, constant_types, exports, fields, header, imports, listed, methods, own_export, static_tokens,
    statics,
};
use crate::references;
use crate::rule::Rule;
use crate::scope::Scope;
use crate::types::{THROWABLE, TypeId};

impl<'a> Model<'a> {
    /// Resolves a package; `None` when a rule is broken, but one of the Debug component.
    pub(crate) fn new(cap: &'a Cap, environment: &Environment<'_>, report: &mut Report) -> Option<Self> {
        header::check(cap, report);
        rules::check(cap, environment, report);
        let imports = imports::resolve(cap, environment, report);
        let Some(descriptor) = &cap.descriptor else {
            let found = "no Descriptor component";
            report.add(
                Rule::DescriptorMissing,
                Place::of(Tag::Descriptor),
                found,
                "a Descriptor component",
            );
            return None;
        };
        let layout = Layout::new(cap, descriptor);
        let listed = listed::check(&layout, report);
        // Without the classes there is nothing to resolve.
        let imports = imports.filter(|_| listed)?;
        let mut scope = Scope::new(&layout, environment, &imports);
        if !hierarchy::build(&mut scope, report) {
            return None;
        }
        let mut members = Members::default();
        fields::read(&mut scope, &mut members, report);
        methods::read(&mut scope, &mut members, report);
        fields::check_size(&scope, report);
        static_tokens::check(&members, report);
        statics::check(cap, &members, report);
        rules::check_int(cap, &members, report);
        let tables = method_tables::build(&mut scope, &members, report);
        interface_tables::check(&mut scope, &members, &tables, report);
        remote::check(&mut scope, &members, &tables, report);
        applets::check(&scope, &members, report);
        exports::check(&scope, &members, report);
        if let Some(file) = environment.own_export {
            own_export::check(
                &mut scope,
                &members,
                &tables,
                (file, environment.archive_name),
                report,
            );
        }
        let constants = references::resolve(&mut scope, &members, &tables, report);
        constant_types::check(&mut scope, &constants, report);
        scope.check_limits(report);
        if !report.is_empty() {
            return None;
        }
        debug::check(&mut scope, environment.own_export, report);
        let constants = constants.into_iter().collect::<Option<Vec<_>>>()?;
        finish(cap, scope, &members, constants)
    }
}

fn finish<'a>(
    cap: &'a Cap,
    mut scope: Scope<'_>,
    members: &Members,
    constants: Vec<Constant>,
) -> Option<Model<'a>> {
    let interface_methods = interface_methods(&mut scope, members, &constants);
    let mut list = Vec::with_capacity(cap.methods.methods.len());
    for (offset, method) in cap.methods.offsets() {
        let offset = u16::try_from(offset).ok()?;
        let own = members.methods.get(&offset)?;
        let handlers = own.first_handler..own.first_handler + own.handler_count;
        list.push(Method {
            offset,
            code_offset: u16::try_from(usize::from(offset) + method.header.octets()).ok()?,
            max_stack: method.header.max_stack,
            nargs: method.header.nargs,
            max_locals: method.header.max_locals,
            class: own.class,
            kind: own.kind,
            signature: own.signature.clone(),
            code: &method.code,
            is_abstract: own.is_abstract,
            first_handler: own.first_handler,
            handlers: cap.methods.handlers.get(handlers).unwrap_or_default(),
        });
    }
    let throwable = scope.named(THROWABLE);
    Some(Model {
        cap,
        object: scope.object,
        throwable,
        types: scope.types,
        constants,
        interface_methods,
        methods: list,
    })
}

/// The methods of the interfaces that constants name: others cannot be called.
fn interface_methods(
    scope: &mut Scope<'_>,
    members: &Members,
    constants: &[Constant],
) -> HashMap<(TypeId, u8), Callee> {
    let classes = constants.iter().filter_map(|constant| match constant {
        Constant::Class(class) => Some(*class),
        _ => None,
    });
    let mut all = HashMap::new();
    for class in classes.collect::<BTreeSet<_>>() {
        if scope.types.get(class).interface {
            let methods = interface_tables::methods_of(scope, members, class);
            all.extend(
                methods
                    .into_iter()
                    .map(|(token, callee)| ((class, token), callee)),
            );
        }
    }
    all
}
