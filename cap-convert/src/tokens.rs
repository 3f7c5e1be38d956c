//! Token assignment (JCVM §4.3.7): the numbers by which a CAP file knows classes, fields and methods.

mod interfaces;
mod order;

pub(crate) use interfaces::interface_methods;

use cap_format::export_file::ExportedMethod;

use crate::class_model::{Access, Class, Field, Method, MethodType};
use crate::finding::Rule;
use crate::hierarchy::{ClassId, Program, is_virtual};
use crate::input::CodeStyle;
use crate::report::{Place, Report};

/// The token bit of package-visible virtual methods (JCVM §4.3.7.6).
pub(crate) const PACKAGE_VISIBLE: u8 = 0x80;
/// Virtual methods a class can have of either visibility: tokens have seven bits (JCVM §2.2.4.2).
const MAX_VIRTUAL: usize = 128;
/// Tokens that eight bits can number, without FF (JCVM §4.3.7).
const MAX_TOKENS: usize = 255;

/// The tokens of one class, and what its entry of the Class component needs.
#[derive(Debug, Default)]
pub(crate) struct Layout {
    /// The class token; `None` for a class that is not public.
    pub(crate) class_token: Option<u8>,
    /// By place of the field; `None` for compile-time constants and static fields not visible outside.
    pub(crate) field_tokens: Vec<Option<u8>>,
    /// Words of the instance fields.
    pub(crate) instance_size: u8,
    pub(crate) first_reference: Option<u8>,
    pub(crate) reference_count: u8,
    /// By place of the method: virtual or static token; `None` where neither is needed.
    pub(crate) method_tokens: Vec<Option<u8>>,
    pub(crate) public_methods: VirtualTable,
    pub(crate) package_methods: VirtualTable,
    /// Methods of interfaces that an abstract class leaves open without declaring them.
    pub(crate) open_methods: Vec<OpenMethod>,
    /// Of an interface: its methods by token.
    pub(crate) interface_methods: Vec<Signature>,
    /// All interfaces, and the virtual token for each of their methods.
    pub(crate) interfaces: Vec<(ClassId, Vec<u8>)>,
    pub(crate) is_shareable: bool,
    pub(crate) is_remote: bool,
}

/// Name and type of a method.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) struct Signature {
    pub(crate) name: String,
    pub(crate) kind: MethodType,
}

impl Signature {
    fn of_export(method: &ExportedMethod) -> Option<Self> {
        Some(Self {
            name: method.name.clone(),
            kind: MethodType::parse(&method.descriptor)?,
        })
    }
}

/// A method that the class file does not declare, but the method table needs.
#[derive(Debug, Clone)]
pub(crate) struct OpenMethod {
    pub(crate) signature: Signature,
    pub(crate) token: u8,
}

/// Where the code of a virtual method is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Implementation {
    /// In another package.
    Elsewhere,
    Own {
        class: usize,
        method: usize,
    },
    /// An [`OpenMethod`] of a class.
    Open {
        class: usize,
        index: usize,
    },
}

/// The virtual methods of one visibility, by token.
#[derive(Debug, Clone, Default)]
pub(crate) struct VirtualTable {
    pub(crate) slots: Vec<(Signature, Implementation)>,
    /// The lowest token that the class itself overrides or introduces.
    pub(crate) base: usize,
}

impl VirtualTable {
    /// The token of a method without the bit of package-visible ones.
    pub(crate) fn find(&self, signature: &Signature) -> Option<usize> {
        self.slots.iter().position(|(known, _)| known == signature)
    }

    /// The table a subclass begins with: everything is inherited.
    fn inherited(&self) -> Self {
        Self {
            slots: self.slots.clone(),
            base: self.slots.len(),
        }
    }

    fn implement(&mut self, token: usize, implementation: Implementation) {
        if let Some(slot) = self.slots.get_mut(token) {
            slot.1 = implementation;
            self.base = self.base.min(token);
        }
    }

    /// The token of a new method. A table that is too long already, for which the package is refused, grows no more.
    fn introduce(&mut self, signature: Signature, implementation: Implementation) -> usize {
        if self.slots.len() <= MAX_VIRTUAL {
            self.slots.push((signature, implementation));
        }
        self.slots.len() - 1
    }
}

/// Whether other packages see the public classes of a package.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum PackageKind {
    /// They see all.
    Library,
    /// They see shareable interfaces only.
    Applets,
}

/// The layouts of all classes, in the order of the program.
pub(crate) fn assign(
    program: &Program<'_>,
    kind: PackageKind,
    style: CodeStyle,
    report: &mut Report,
) -> Vec<Layout> {
    let subclasses = order::subclasses(program);
    let mut layouts: Vec<Layout> = Vec::with_capacity(program.classes.len());
    let class_tokens = class_tokens(program, kind);
    for (index, class) in program.classes.iter().enumerate() {
        let mut layout = Layout {
            class_token: class_tokens[index],
            is_shareable: program.is_shareable(ClassId::Own(index)),
            is_remote: program.is_remote(ClassId::Own(index)),
            ..Layout::default()
        };
        assign_fields(class, &mut layout, report);
        match class.is_interface() {
            true => {
                layout.interface_methods = interfaces::declared_methods(program, index, &layouts);
                layout.interfaces = interfaces::without_tables(program, index);
                let token_of = |signature: &Signature| {
                    let place = layout
                        .interface_methods
                        .iter()
                        .position(|known| known == signature);
                    place.and_then(|place| u8::try_from(place).ok())
                };
                layout.method_tokens = class
                    .methods
                    .iter()
                    .map(|method| token_of(&signature(method)))
                    .collect();
            }
            false => {
                (layout.public_methods, layout.package_methods) = inherited_tables(program, index, &layouts);
                let order = order::of_methods(
                    program,
                    class,
                    (kind, style),
                    &subclasses[index],
                    (&layout.public_methods, &layout.package_methods),
                );
                assign_methods(program, index, kind, &order, &mut layout, report);
                interfaces::assign(program, index, &layouts, &mut layout, report);
            }
        }
        check_limits(class, &layout, report);
        layouts.push(layout);
    }
    layouts
}

/// JCVM §4.3.7.1: public classes and interfaces from 0 on. Those that other packages see come first, since their tokens are their
/// places in the Export component (§6.13).
fn class_tokens(program: &Program<'_>, kind: PackageKind) -> Vec<Option<u8>> {
    let classes = || program.classes.iter().enumerate();
    let is_exported = |index: usize, class: &Class| match kind {
        PackageKind::Library => true,
        PackageKind::Applets => class.is_interface() && program.is_shareable(ClassId::Own(index)),
    };
    let mut tokens = vec![None; program.classes.len()];
    let mut next = 0;
    for exported in [true, false] {
        let public = classes().filter(|(_, class)| class.is_public());
        for (index, _) in public.filter(|(index, class)| is_exported(*index, class) == exported) {
            tokens[index] = take_token(&mut next);
        }
    }
    tokens
}

pub(crate) fn signature(method: &Method) -> Signature {
    Signature {
        name: method.name.clone(),
        kind: method.kind.clone(),
    }
}

fn take_token(next: &mut usize) -> Option<u8> {
    let token = u8::try_from(*next).ok();
    *next += 1;
    token
}

/// JCVM §4.3.7.3: fields visible outside first, references next to each other at the border; an int takes two tokens.
fn assign_fields(class: &Class, layout: &mut Layout, report: &mut Report) {
    layout.field_tokens = vec![None; class.fields.len()];
    let mut next: usize = 0;
    for group in [
        FieldGroup::VISIBLE_PRIMITIVES,
        FieldGroup::VISIBLE_REFERENCES,
        FieldGroup::HIDDEN_REFERENCES,
        FieldGroup::HIDDEN_PRIMITIVES,
    ] {
        let members = class
            .fields
            .iter()
            .enumerate()
            .filter(|(_, field)| group.has(field));
        for (index, field) in members {
            let token = u8::try_from(next).ok();
            layout.field_tokens[index] = token;
            if group.references {
                layout.first_reference = layout.first_reference.or(token);
                layout.reference_count = layout.reference_count.saturating_add(1);
            }
            next += usize::from(field.kind.words());
        }
    }
    layout.instance_size = u8::try_from(next).unwrap_or(u8::MAX);
    if next > MAX_TOKENS {
        let construct = format!("{next} words of instance fields");
        report.add(
            Rule::Limit,
            Place::class(class),
            construct,
            "use at most 255 words of fields in a class",
        );
    }
    // JCVM §4.3.7.2: static fields visible outside, without compile-time constants.
    let mut next = 0;
    for (index, field) in class.fields.iter().enumerate() {
        if field.is_static() && field.access.is_visible_outside() && field.compile_time_constant().is_none() {
            layout.field_tokens[index] = take_token(&mut next);
        }
    }
}

/// One of the four groups of instance fields.
#[derive(Clone, Copy)]
struct FieldGroup {
    visible: bool,
    references: bool,
}

impl FieldGroup {
    const VISIBLE_PRIMITIVES: Self = Self {
        visible: true,
        references: false,
    };
    const VISIBLE_REFERENCES: Self = Self {
        visible: true,
        references: true,
    };
    const HIDDEN_REFERENCES: Self = Self {
        visible: false,
        references: true,
    };
    const HIDDEN_PRIMITIVES: Self = Self {
        visible: false,
        references: false,
    };

    fn has(self, field: &Field) -> bool {
        !field.is_static()
            && field.access.is_visible_outside() == self.visible
            && field.kind.is_reference() == self.references
    }
}

/// Tables the class begins with: those of its superclass.
fn inherited_tables(program: &Program<'_>, class: usize, layouts: &[Layout]) -> (VirtualTable, VirtualTable) {
    match program.superclass(ClassId::Own(class)) {
        Some(ClassId::Own(above)) => layouts.get(above).map_or_else(Default::default, |layout| {
            (
                layout.public_methods.inherited(),
                layout.package_methods.inherited(),
            )
        }),
        Some(above) => (
            external_table(program, above).inherited(),
            VirtualTable::default(),
        ),
        None => Default::default(),
    }
}

/// The virtual methods of an imported class by token. A token that its export file leaves out belongs to no name.
fn external_table(program: &Program<'_>, class: ClassId) -> VirtualTable {
    let mut slots: Vec<(Signature, Implementation)> = Vec::new();
    let nameless = || Signature {
        name: String::new(),
        kind: MethodType {
            parameters: Vec::new(),
            result: None,
        },
    };
    let methods = program.external(class).map_or(&[][..], |class| &class.methods);
    for method in methods.iter().filter(|method| is_virtual(method)) {
        let token = usize::from(method.token & !PACKAGE_VISIBLE);
        while slots.len() <= token {
            slots.push((nameless(), Implementation::Elsewhere));
        }
        slots[token].0 = Signature::of_export(method).unwrap_or_else(nameless);
    }
    VirtualTable { slots, base: 0 }
}

/// JCVM §4.3.7.4 to §4.3.7.6: static methods and constructors; virtual methods of either visibility. The tables of `layout` are those
/// that the class inherits; new methods take their tokens in `order`.
fn assign_methods(
    program: &Program<'_>,
    index: usize,
    kind: PackageKind,
    order: &[usize],
    layout: &mut Layout,
    report: &mut Report,
) {
    let class = &program.classes[index];
    layout.method_tokens = vec![None; class.methods.len()];
    let mut next_static = 0;
    for place in order.iter().copied() {
        let method = &class.methods[place];
        if method.is_called_directly() {
            if method.access.is_visible_outside() && !method.is_class_initializer() {
                layout.method_tokens[place] = take_token(&mut next_static);
            }
            continue;
        }
        let implementation = Implementation::Own {
            class: index,
            method: place,
        };
        let signature = signature(method);
        let was_hidden = layout.package_methods.find(&signature).is_some();
        // JCVM §4.3.7.6: a method has one token, package-visible or not, in all classes.
        if was_hidden && method.access.is_visible_outside() {
            report.add(
                Rule::Inheritance,
                Place::method(class, method),
                "a public or protected method that overrides a package-visible one",
                "make the method above public or protected too, or give this one another name",
            );
        }
        let token = assign_virtual(signature, method.access, implementation, layout);
        layout.method_tokens[place] = token;
        // JCVM §2.2.1.3.2: a subclass in another package could not implement it.
        if kind == PackageKind::Library
            && class.is_public()
            && method.is_abstract()
            && !method.access.is_visible_outside()
        {
            report.add(
                Rule::Inheritance,
                Place::method(class, method),
                "an abstract method that only this package sees, in a public class",
                "make it public or protected",
            );
        }
    }
    if next_static > MAX_TOKENS {
        let construct = format!("{next_static} static methods and constructors");
        report.add(Rule::Limit, Place::class(class), construct, "divide the class");
    }
}

/// The token of a virtual method: the one it overrides, or a new one.
fn assign_virtual(
    signature: Signature,
    access: Access,
    implementation: Implementation,
    layout: &mut Layout,
) -> Option<u8> {
    let in_package = layout.package_methods.find(&signature);
    if let Some(token) = in_package {
        layout.package_methods.implement(token, implementation);
    }
    if let Some(token) = layout.public_methods.find(&signature) {
        layout.public_methods.implement(token, implementation);
        return u8::try_from(token).ok();
    }
    match (access.is_visible_outside(), in_package) {
        (true, _) => u8::try_from(layout.public_methods.introduce(signature, implementation)).ok(),
        (false, Some(token)) => u8::try_from(token).ok().map(|token| token | PACKAGE_VISIBLE),
        (false, None) => {
            let token = layout.package_methods.introduce(signature, implementation);
            u8::try_from(token).ok().map(|token| token | PACKAGE_VISIBLE)
        }
    }
}

fn check_limits(class: &Class, layout: &Layout, report: &mut Report) {
    for (count, visibility) in [
        (layout.public_methods.slots.len(), "public or protected"),
        (layout.package_methods.slots.len(), "package-visible"),
        (layout.interface_methods.len(), "interface"),
    ] {
        if count > MAX_VIRTUAL {
            let construct = format!("more than {MAX_VIRTUAL} {visibility} methods, inherited ones included");
            report.add(
                Rule::Limit,
                Place::class(class),
                construct,
                "use at most 128 in a class or interface",
            );
        }
    }
    if layout.interfaces.len() > cap_format::component::class::MAX_INTERFACES {
        let construct = format!("{} interfaces, those above included", layout.interfaces.len());
        report.add(Rule::Limit, Place::class(class), construct, "use at most 15");
    }
}
