//! Tokens and method tables of the package's classes (JCVM §4.3.7).

use cap_format::export_file::{ExportAccess, ExportedMethod};

use super::declarations::{FieldText, MethodText};
use super::text::Trouble;
use super::world::{ClassId, Signature, World};

/// The bit of the tokens of package-visible virtual methods (JCVM §4.3.7.6).
pub(crate) const PACKAGE_VISIBLE: u8 = 0x80;

/// A method of the package: its class and its place there.
pub(crate) type OwnMethod = (usize, usize);

/// The virtual methods of one visibility, by token; `None`: the code stands in another package.
#[derive(Debug, Clone, Default)]
pub(crate) struct Table {
    pub(crate) base: usize,
    /// How many of them the superclass has.
    pub(crate) above: usize,
    pub(crate) slots: Vec<(Signature, Option<OwnMethod>)>,
}

impl Table {
    fn inherited(&self) -> Self {
        Self {
            base: self.slots.len(),
            above: self.slots.len(),
            slots: self.slots.clone(),
        }
    }

    pub(crate) fn find(&self, signature: &Signature) -> Option<usize> {
        self.slots.iter().position(|(known, _)| known == signature)
    }

    fn put(&mut self, token: usize, signature: Signature, method: OwnMethod) {
        while self.slots.len() <= token {
            self.slots.push((signature.clone(), None));
        }
        self.slots[token] = (signature, Some(method));
        self.base = self.base.min(token);
    }
}

/// The numbers of a class or interface.
#[derive(Debug, Clone, Default)]
pub(crate) struct Layout {
    pub(crate) class_token: Option<u8>,
    pub(crate) field_tokens: Vec<Option<u8>>,
    pub(crate) instance_size: u8,
    pub(crate) first_reference: Option<u8>,
    pub(crate) reference_count: u8,
    pub(crate) method_tokens: Vec<Option<u8>>,
    pub(crate) signatures: Vec<Signature>,
    pub(crate) public: Table,
    pub(crate) package: Table,
    /// The interfaces, and the virtual token of each of their methods.
    pub(crate) interfaces: Vec<(ClassId, Vec<u8>)>,
    /// Of an interface: all its methods, by token.
    pub(crate) interface_methods: Vec<Signature>,
    pub(crate) is_shareable: bool,
    pub(crate) is_remote: bool,
}

/// The layouts of all classes, in the order of the source.
pub(crate) fn layouts(world: &World<'_>) -> Result<Vec<Layout>, Trouble> {
    let mut layouts: Vec<Layout> = Vec::new();
    let class_tokens = class_tokens(world);
    for (index, class) in world.source.types.iter().enumerate() {
        let id = ClassId::Own(index);
        let mut layout = Layout {
            class_token: class_tokens[index],
            is_shareable: is_below(world, id, SHAREABLE),
            is_remote: class.remote.unwrap_or_else(|| is_below(world, id, REMOTE)),
            ..Layout::default()
        };
        for method in &class.methods {
            let result = method.result.as_deref().unwrap_or("void");
            let descriptor = world.method_descriptor(&method.line, &method.parameters, result)?;
            layout.signatures.push(Signature {
                name: method.name.clone(),
                descriptor,
            });
        }
        fields(&class.fields, &mut layout);
        match class.is_interface {
            true => interface(world, id, &layouts, &mut layout),
            false => methods(world, index, &layouts, &mut layout)?,
        }
        layouts.push(layout);
    }
    Ok(layouts)
}

/// JCVM §4.3.7.2: the public ones, interfaces first.
fn class_tokens(world: &World<'_>) -> Vec<Option<u8>> {
    let types = &world.source.types;
    let mut next = 0..u8::MAX;
    let mut tokens = vec![None; types.len()];
    for interfaces in [true, false] {
        for (class, token) in types.iter().zip(&mut tokens) {
            if class.is_interface == interfaces && class.flags.has("public") {
                *token = next.next();
            }
        }
    }
    tokens
}

/// The interface above all whose methods can be called from outside of the card.
pub(crate) const REMOTE: &str = "java/rmi/Remote";
/// The interface above all whose methods other applets may call.
pub(crate) const SHAREABLE: &str = "javacard/framework/Shareable";

/// Whether a class or interface is this interface, extends or implements it.
pub(crate) fn is_below(world: &World<'_>, id: ClassId, interface: &str) -> bool {
    let mut next = Some(id);
    while let Some(class) = next {
        let mut all = world.interfaces(class);
        all.push(class);
        if all.iter().any(|id| world.name(*id) == interface) {
            return true;
        }
        next = world.superclass(class);
    }
    false
}

/// JCVM §4.3.7.4, §4.3.7.5: static fields seen outside; instance fields with the references next to each other.
fn fields(fields: &[FieldText], layout: &mut Layout) {
    layout.field_tokens = vec![None; fields.len()];
    let mut next: u8 = 0;
    for (visible, references) in [(true, false), (true, true), (false, true), (false, false)] {
        for (place, field) in fields.iter().enumerate() {
            let fits = field.flags.is_visible_outside() == visible && is_reference(&field.kind) == references;
            if field.flags.has("static") || !fits {
                continue;
            }
            let token = field.token.unwrap_or(next);
            layout.field_tokens[place] = Some(token);
            if references {
                layout.first_reference = layout.first_reference.or(Some(token));
                layout.reference_count += 1;
            }
            next += if field.kind == "int" { 2 } else { 1 };
        }
    }
    layout.instance_size = next;
    let mut tokens = 0..u8::MAX;
    for (place, field) in fields.iter().enumerate() {
        if field.flags.has("static") && field.flags.is_visible_outside() {
            let next = tokens.next();
            layout.field_tokens[place] = field.token.or(next);
        }
    }
}

pub(crate) fn is_reference(kind: &str) -> bool {
    !matches!(kind, "boolean" | "byte" | "short" | "int")
}

/// The methods above it first, then its own (JCVM §4.3.7.7).
fn interface(world: &World<'_>, id: ClassId, layouts: &[Layout], layout: &mut Layout) {
    layout.interfaces = world
        .interfaces(id)
        .into_iter()
        .map(|above| (above, Vec::new()))
        .collect();
    let above = layout
        .interfaces
        .iter()
        .flat_map(|(above, _)| interface_methods(world, layouts, *above));
    for method in above.chain(layout.signatures.clone()).collect::<Vec<_>>() {
        if !layout.interface_methods.contains(&method) {
            layout.interface_methods.push(method);
        }
    }
    let token = |method: &Signature| layout.interface_methods.iter().position(|known| known == method);
    let tokens = layout
        .signatures
        .iter()
        .map(|method| u8::try_from(token(method)?).ok());
    layout.method_tokens = tokens.collect();
}

/// The methods of an interface by token.
pub(crate) fn interface_methods(world: &World<'_>, layouts: &[Layout], id: ClassId) -> Vec<Signature> {
    match id {
        ClassId::Own(index) => layouts
            .get(index)
            .map(|layout| layout.interface_methods.clone())
            .unwrap_or_default(),
        ClassId::Outside { .. } => by_token(world, id).into_iter().map(signature).collect(),
    }
}

/// The virtual methods of a class outside.
fn by_token<'a>(world: &'a World<'_>, id: ClassId) -> Vec<&'a ExportedMethod> {
    let methods = world.exported(id).into_iter().flat_map(|class| &class.methods);
    let mut methods: Vec<_> = methods.filter(|method| is_virtual(method)).collect();
    methods.sort_by_key(|method| method.token);
    methods
}

pub(crate) fn is_virtual(method: &ExportedMethod) -> bool {
    !method.access.contains(ExportAccess::STATIC) && !method.name.starts_with('<')
}

pub(crate) fn signature(method: &ExportedMethod) -> Signature {
    Signature {
        name: method.name.clone(),
        descriptor: method.descriptor.clone(),
    }
}

fn methods(world: &World<'_>, index: usize, layouts: &[Layout], layout: &mut Layout) -> Result<(), Trouble> {
    let (id, class) = (ClassId::Own(index), world.own(index));
    match world.superclass(id) {
        Some(ClassId::Own(above)) => {
            let above = layouts
                .get(above)
                .ok_or_else(|| class.line.trouble("stands before its superclass"))?;
            (layout.public, layout.package) = (above.public.inherited(), above.package.inherited());
        }
        Some(above) => {
            let slots = by_token(world, above)
                .into_iter()
                .map(|method| (signature(method), None));
            layout.public.slots.extend(slots);
            layout.public = layout.public.inherited();
        }
        None => {}
    }
    let mut static_tokens = 0..u8::MAX;
    for (place, method) in class.methods.iter().enumerate() {
        let signature = layout.signatures[place].clone();
        let token = match method.is_virtual() {
            true => virtual_token(method, signature, (index, place), layout),
            false if method.flags.is_visible_outside() => static_tokens.next(),
            false => None,
        };
        layout.method_tokens.push(method.token.or(token));
    }
    for interface in world.interfaces(id) {
        let methods = interface_methods(world, layouts, interface);
        let token = |method: &Signature| u8::try_from(layout.public.find(method)?).ok();
        let tokens = methods.iter().map(|method| {
            token(method).ok_or_else(|| {
                class
                    .line
                    .trouble(format!("{} of an interface is not there", method.name))
            })
        });
        let tokens = tokens.collect::<Result<_, _>>()?;
        layout.interfaces.push((interface, tokens));
    }
    Ok(())
}

/// JCVM §4.3.7.6: the token of the method that is overridden, or the next one.
fn virtual_token(
    method: &MethodText,
    signature: Signature,
    own: OwnMethod,
    layout: &mut Layout,
) -> Option<u8> {
    let is_public = method.flags.is_visible_outside() || layout.public.find(&signature).is_some();
    let table = if is_public {
        &mut layout.public
    } else {
        &mut layout.package
    };
    let known = method.token.map(|token| usize::from(token & !PACKAGE_VISIBLE));
    let token = known
        .or_else(|| table.find(&signature))
        .unwrap_or(table.slots.len());
    table.put(token, signature, own);
    let bit = if is_public { 0 } else { PACKAGE_VISIBLE };
    u8::try_from(token).ok().map(|token| token | bit)
}
