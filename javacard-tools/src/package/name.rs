//! Names of the package's own things: from the Debug component, the package's export file, the manifest, and from the classes
//! and interfaces outside whose methods it overrides.

use std::collections::HashMap;

use cap_format::component::debug::{DebugClass, DebugComponent, DebugField, DebugMemberAccess, DebugMethod};
use cap_format::component::descriptor::MethodAccess;
use cap_format::component::method::MethodFlags;
use cap_format::reference::ClassRef;

use crate::names::{ClassNames, JavaSignature, MemberKind, java_name};
use crate::package::{ClassTarget, Field, FieldPlace, JavaType, Name, Package, Signature};

/// The bit of a token that says that the method is package-visible.
const PACKAGE_VISIBLE: u8 = 0x80;
/// The name of constructors.
const CONSTRUCTOR: &str = "<init>";

impl Name {
    /// A name that nothing told.
    pub(crate) fn made_up(text: String) -> Self {
        Self {
            text,
            is_known: false,
        }
    }

    /// Takes over a name that something told, unless there is one already.
    fn learn(&mut self, text: &str) {
        if !self.is_known && !text.is_empty() {
            *self = Self {
                text: text.to_owned(),
                is_known: true,
            };
        }
    }
}

/// Names everything. `archive_name` is the name of the package in its archive, with slashes.
pub(super) fn give(package: &mut Package, archive_name: &str, applet_names: &[String]) {
    let info = package.cap.debug.clone();
    let debug = info.as_deref().and_then(|info| DebugComponent::read(info).ok());
    let own = package.names.own().cloned();
    let sources = [
        archive_name,
        package.cap.header.package_name.as_str(),
        debug.as_ref().map_or("", |debug| debug.package_name),
        own.as_ref().map_or("", |own| own.name.as_str()),
    ];
    package.name = java_name(
        sources
            .into_iter()
            .find(|name| !name.is_empty())
            .unwrap_or_default(),
    );
    if let Some(debug) = debug {
        let mut namer = DebugNamer::new(package);
        debug.classes.iter().for_each(|class| namer.class(class));
    }
    for class in own.iter().flat_map(|own| &own.classes) {
        from_export_file(package, class);
    }
    from_applets(package, applet_names);
    for method in &mut package.methods {
        if method
            .access
            .is_some_and(|access| access.contains(MethodAccess::INIT))
        {
            method.name.learn(CONSTRUCTOR);
        }
    }
    inherited(package);
}

/// The name of a class without its package.
fn simple(name: &str) -> &str {
    name.rsplit_once('/').map_or(name, |(_, simple)| simple)
}

fn text_signature(descriptor: &str) -> Signature {
    let signature = JavaSignature::parse(descriptor);
    Signature {
        parameters: signature.parameters.into_iter().map(JavaType::Text).collect(),
        result: JavaType::Text(signature.result),
    }
}

/// Names from the Debug component.
struct DebugNamer<'a> {
    package: &'a mut Package,
    class_at: HashMap<usize, usize>,
    method_at: HashMap<usize, usize>,
}

impl<'a> DebugNamer<'a> {
    fn new(package: &'a mut Package) -> Self {
        let classes = package.classes.iter().zip(0..);
        let methods = package.methods.iter().zip(0..);
        Self {
            class_at: classes.map(|(class, index)| (class.offset, index)).collect(),
            method_at: methods
                .filter_map(|(method, index)| Some((method.offset?, index)))
                .collect(),
            package,
        }
    }

    fn class(&mut self, debug: &DebugClass<'_>) {
        let ClassRef::Internal { offset } = debug.location else {
            return;
        };
        let Some(index) = self.class_at.get(&usize::from(offset)).copied() else {
            return;
        };
        let Some(class) = self.package.classes.get_mut(index) else {
            return;
        };
        class.name.learn(simple(debug.name));
        class.source_file = Some(debug.source_file.to_owned());
        let (is_interface, fields, methods) =
            (class.is_interface(), class.fields.clone(), class.methods.clone());
        for index in fields {
            let name = self
                .package
                .fields
                .get(index)
                .and_then(|field| self.field_name(field, &debug.fields));
            let name = name.map(str::to_owned);
            if let (Some(field), Some(name)) = (self.package.fields.get_mut(index), name) {
                field.name.learn(&name);
            }
        }
        debug.methods.iter().for_each(|method| self.method(method));
        let without_code: Vec<_> = debug
            .methods
            .iter()
            .filter(|method| is_abstract(method))
            .collect();
        let abstract_methods: Vec<_> = methods
            .into_iter()
            .filter(|index| is_interface || self.is_abstract(*index))
            .collect();
        if abstract_methods.len() == without_code.len() {
            self.in_order(&abstract_methods, &without_code);
        }
    }

    /// The name of a field. Of a compile-time constant the Debug component has the value where others have their place, and
    /// does not say which it is: what more than one of them could be has no name.
    fn field_name<'d>(&self, field: &Field, debug: &[DebugField<'d>]) -> Option<&'d str> {
        let fits = |debug: &&DebugField<'_>| {
            let is_static = debug.access.contains(DebugMemberAccess::STATIC);
            let is_there = match field.place {
                FieldPlace::Image(offset) => is_static && u32::from(offset) == debug.contents,
                FieldPlace::Instance(token) => !is_static && u32::from(token) == debug.contents & 0xFF,
            };
            let of_type = field.field_type.as_ref();
            is_there && of_type.is_none_or(|of| fits_descriptor(of, debug.descriptor))
        };
        let fitting: Vec<_> = debug.iter().filter(fits).collect();
        let may_be_constant = |debug: &&&DebugField<'_>| {
            debug
                .access
                .contains(DebugMemberAccess::STATIC | DebugMemberAccess::FINAL)
                && debug.descriptor.len() == 1
        };
        let places: Vec<_> = fitting.iter().filter(|debug| !may_be_constant(debug)).collect();
        match (places.as_slice(), fitting.as_slice()) {
            ([only], _) => Some(only.name),
            ([], [only]) => Some(only.name),
            _ => None,
        }
    }

    fn is_abstract(&self, method: usize) -> bool {
        let method = self.package.methods.get(method);
        method.is_some_and(|method| method.header.flags.contains(MethodFlags::ABSTRACT))
    }

    /// Abstract methods have no offset in the Debug component; both components have them in the same order.
    fn in_order(&mut self, methods: &[usize], debug: &[&DebugMethod<'_>]) {
        for (index, debug) in methods.iter().zip(debug) {
            if let Some(method) = self.package.methods.get_mut(*index) {
                method.name.learn(debug.name);
            }
        }
    }

    fn method(&mut self, debug: &DebugMethod<'_>) {
        let index = self
            .method_at
            .get(&usize::from(debug.location))
            .filter(|_| !is_abstract(debug));
        let Some(method) = index.and_then(|index| self.package.methods.get_mut(*index)) else {
            return;
        };
        method.name.learn(debug.name);
        method.lines = debug
            .lines
            .iter()
            .map(|line| (line.start_pc, line.source_line))
            .collect();
        if method.signature.is_none() {
            method.signature = Some(text_signature(debug.descriptor));
        }
    }
}

/// Whether a descriptor may be that of a type: which class it names is not looked at.
fn fits_descriptor(of: &JavaType, descriptor: &str) -> bool {
    match of {
        JavaType::Primitive(name) => JavaSignature::parse(descriptor).result == *name,
        JavaType::Class(_) => descriptor.starts_with('L'),
        JavaType::Array(element) => {
            let of_element = descriptor.strip_prefix('[');
            of_element.is_some_and(|descriptor| fits_descriptor(element, descriptor))
        }
        JavaType::Text(_) => true,
    }
}

fn is_abstract(method: &DebugMethod<'_>) -> bool {
    method.access.contains(DebugMemberAccess::ABSTRACT)
}

/// Names from the export file of the package itself.
fn from_export_file(package: &mut Package, names: &ClassNames) {
    let class = package
        .classes
        .iter_mut()
        .find(|class| class.token == Some(names.token));
    let Some(class) = class else { return };
    class.name.learn(simple(&names.name));
    let (fields, methods, table) = (class.fields.clone(), class.methods.clone(), class.table.clone());
    for member in &names.members {
        match member.kind {
            MemberKind::StaticField | MemberKind::InstanceField => {
                let is_static = member.kind == MemberKind::StaticField;
                for index in &fields {
                    let Some(field) = package.fields.get_mut(*index) else {
                        continue;
                    };
                    let fits = is_static == matches!(field.place, FieldPlace::Image(_));
                    if fits && field.token == Some(member.token) {
                        field.name.learn(&member.name);
                    }
                }
            }
            MemberKind::StaticMethod | MemberKind::VirtualMethod => {
                let is_static = member.kind == MemberKind::StaticMethod;
                let of_token = |index: &&usize| {
                    let method = package.methods.get(**index);
                    let is_virtual = table.iter().any(|(_, method)| *method == Some(**index));
                    let is_interface = method.is_some_and(|method| method.offset.is_none());
                    method.is_some_and(|method| method.token == Some(member.token))
                        && is_static != (is_virtual || is_interface)
                };
                let inherited = table
                    .iter()
                    .find(|(token, _)| !is_static && *token == member.token);
                let own = methods.iter().find(of_token).copied();
                let index = own.or(inherited.and_then(|(_, method)| *method));
                let method = index.and_then(|index| package.methods.get_mut(index));
                if let Some(method) = method {
                    method.name.learn(&member.name);
                    if method.signature.is_none() {
                        method.signature = Some(text_signature(&member.descriptor));
                    }
                }
            }
        }
    }
}

/// Names from the manifest, and the method whose name the Applet component implies.
fn from_applets(package: &mut Package, names: &[String]) {
    for (index, applet) in package.applets.iter().enumerate() {
        let name = names.get(index).map_or("", String::as_str);
        let class = applet.class.and_then(|class| package.classes.get_mut(class));
        if let Some(class) = class {
            class
                .name
                .learn(name.rsplit_once('.').map_or(name, |(_, simple)| simple));
        }
        let method = applet.method.and_then(|method| package.methods.get_mut(method));
        if let Some(method) = method {
            method.name.learn("install");
        }
    }
}

/// Names of methods that override or implement one whose name is known.
fn inherited(package: &mut Package) {
    for class in 0..package.classes.len() {
        let table = package
            .classes
            .get(class)
            .map(|class| class.table.clone())
            .unwrap_or_default();
        for (token, method) in table {
            let Some(index) = method else { continue };
            let is_known = package
                .methods
                .get(index)
                .is_none_or(|method| method.name.is_known);
            if is_known {
                continue;
            }
            let Some((name, signature)) = inherited_name(package, class, token) else {
                continue;
            };
            if let Some(method) = package.methods.get_mut(index) {
                method.name.learn(&name);
                if method.signature.is_none() {
                    method.signature = signature;
                }
            }
        }
    }
}

/// The name of the virtual method with this token in a superclass or an interface of `class`.
fn inherited_name(package: &Package, class: usize, token: u8) -> Option<(String, Option<Signature>)> {
    let (chain, above) = package.ancestry(class);
    let in_package = chain.iter().skip(1).find_map(|class| {
        let table = &package.classes.get(*class)?.table;
        let method = table.iter().find(|(of, _)| *of == token)?.1?;
        known_name(package, method)
    });
    in_package
        .or_else(|| match above {
            Some(target) if token & PACKAGE_VISIBLE == 0 => outside_name(package, target, token),
            _ => None,
        })
        .or_else(|| {
            chain
                .iter()
                .find_map(|class| implemented_name(package, *class, token))
        })
}

/// The name of the interface method that a virtual method of `class` implements.
fn implemented_name(package: &Package, class: usize, token: u8) -> Option<(String, Option<Signature>)> {
    let implemented = &package.classes.get(class)?.implemented;
    implemented.iter().find_map(|(interface, methods)| {
        let position = methods.iter().position(|method| *method == token)?;
        let interface_token = u8::try_from(position).ok()?;
        match interface {
            ClassTarget::Own(interface) => {
                let methods = &package.classes.get(*interface)?.methods;
                let of_token = |method: &&usize| {
                    let method = package.methods.get(**method);
                    method.is_some_and(|method| method.token == Some(interface_token))
                };
                known_name(package, *methods.iter().find(of_token)?)
            }
            target => outside_name(package, *target, interface_token),
        }
    })
}

fn known_name(package: &Package, method: usize) -> Option<(String, Option<Signature>)> {
    let method = package.methods.get(method)?;
    let name = method.name.is_known.then(|| method.name.text.clone())?;
    Some((name, method.signature.clone()))
}

fn outside_name(package: &Package, target: ClassTarget, token: u8) -> Option<(String, Option<Signature>)> {
    let ClassTarget::Imported {
        package: import,
        class,
    } = target
    else {
        return None;
    };
    let member = package
        .names
        .member(import, class, MemberKind::VirtualMethod, token)?;
    Some((member.name, Some(text_signature(&member.descriptor))))
}
