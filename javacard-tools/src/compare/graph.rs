//! A package as a graph of classes, methods and fields that refer to each other, without the numbers that building it anew
//! may change: what [`matching`](super::matching) compares.

use std::collections::hash_map::DefaultHasher;
use std::hash::{Hash, Hasher};

use cap_format::component::descriptor::{FieldAccess, MethodAccess};

use crate::compare::code::{skeleton, word};
use crate::package::{
    ClassTarget, FieldPlace, JavaType, MemberTarget, Package, Reference, initial_value, resolved_operand,
};

/// What a node stands for, with its index in the package.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Item {
    Class(usize),
    Method(usize),
    Field(usize),
}

/// How many levels of identities and strengths of labels there are.
pub(super) const IDENTITIES: usize = 3;

/// A class, method or field.
#[derive(Debug, Clone)]
pub(super) struct Node {
    pub(super) item: Item,
    /// The node of its class.
    pub(super) parent: Option<usize>,
    /// What makes it the same as another one whatever else differs: name, AID, token. Inside the class for members.
    pub(super) identities: [Option<u64>; IDENTITIES],
    /// Everything about it that does not depend on other nodes, and a part of that which changes less easily.
    pub(super) labels: [u64; 2],
    /// What it refers to: the role, the node.
    pub(super) edges: Vec<(u64, usize)>,
}

/// The graph; the nodes of classes stand before those of methods, and those before those of fields.
#[derive(Debug, Clone)]
pub(super) struct Graph {
    pub(super) nodes: Vec<Node>,
    /// For each node, what refers to it.
    pub(super) incoming: Vec<Vec<(u64, usize)>>,
    methods_begin: usize,
    fields_begin: usize,
}

/// A number for something that can be hashed; the same in each run.
pub(super) fn number(value: impl Hash) -> u64 {
    let mut hasher = DefaultHasher::new();
    value.hash(&mut hasher);
    hasher.finish()
}

impl Graph {
    pub(super) fn new(package: &Package) -> Self {
        let mut graph = Self {
            nodes: Vec::new(),
            incoming: Vec::new(),
            methods_begin: package.classes.len(),
            fields_begin: package.classes.len() + package.methods.len(),
        };
        let classes = (0..package.classes.len()).map(|index| graph.class(package, index));
        let methods = (0..package.methods.len()).map(|index| graph.method(package, index));
        let fields = (0..package.fields.len()).map(|index| graph.field(package, index));
        graph.nodes = classes.chain(methods).chain(fields).flatten().collect();
        let mut incoming = vec![Vec::new(); graph.nodes.len()];
        for (node, from) in graph.nodes.iter().zip(0..) {
            for (role, to) in &node.edges {
                if let Some(list) = incoming.get_mut(*to) {
                    list.push((*role, from));
                }
            }
        }
        graph.incoming = incoming;
        graph
    }

    pub(super) fn node_of(&self, item: Item) -> usize {
        match item {
            Item::Class(index) => index,
            Item::Method(index) => self.methods_begin + index,
            Item::Field(index) => self.fields_begin + index,
        }
    }

    fn class_node(&self, target: ClassTarget) -> Option<usize> {
        match target {
            ClassTarget::Own(index) => Some(self.node_of(Item::Class(index))),
            _ => None,
        }
    }

    fn class(&self, package: &Package, index: usize) -> Option<Node> {
        let class = package.classes.get(index)?;
        let mut outside: Vec<_> = class
            .interfaces
            .iter()
            .map(|of| class_key(package, *of))
            .collect();
        outside.sort();
        let above = class.super_class.map(|of| class_key(package, of));
        let applets = package
            .applets
            .iter()
            .filter(|applet| applet.class == Some(index));
        let applet = applets.map(|applet| applet.aid).min();
        let kind = (class.flags.0, class.access.map(|access| access.0));
        let counts = (class.declared_words, class.methods.len(), class.fields.len());
        let mut edges = Vec::new();
        for (role, of) in class.super_class.iter().map(|of| (1, of)) {
            edges.extend(self.class_node(*of).map(|node| (role, node)));
        }
        edges.extend(
            class
                .interfaces
                .iter()
                .filter_map(|of| Some((2, self.class_node(*of)?))),
        );
        Some(Node {
            item: Item::Class(index),
            parent: None,
            identities: [
                class.name.is_known.then(|| number(("name", &class.name.text))),
                applet.map(|aid| number(("applet", aid))),
                class.token.map(|token| number(("token", token))),
            ],
            labels: [
                number(("class", kind, &above, &outside, counts)),
                number(("class", class.is_interface(), &above)),
            ],
            edges,
        })
    }

    fn method(&self, package: &Package, index: usize) -> Option<Node> {
        let method = package.methods.get(index)?;
        let parent = method.class.map(|class| self.node_of(Item::Class(class)));
        let types = method.signature.as_ref().map(|signature| {
            let all = signature.parameters.iter().chain([&signature.result]);
            all.map(|of| type_shape(package, of)).collect::<Vec<_>>()
        });
        let header = method.header;
        let sizes = (header.flags.0, header.max_stack, header.nargs, header.max_locals);
        let access = method.access.map(|access| access.0);
        let is_static = method
            .access
            .map(|access| access.contains(MethodAccess::STATIC) || access.contains(MethodAccess::INIT));
        let is_exported = method.class.is_some_and(|class| {
            package
                .classes
                .get(class)
                .is_some_and(|class| class.token.is_some())
        });
        let token = method.token.filter(|_| is_exported);
        let mut edges: Vec<_> = parent.iter().map(|parent| (number("class"), *parent)).collect();
        for (role, of) in self.references(package, index) {
            edges.push((number(("reference", role)), of));
        }
        let types_of = method
            .signature
            .iter()
            .flat_map(|signature| signature.parameters.iter().chain([&signature.result]));
        for (of, role) in types_of.zip(0..) {
            edges.extend(type_class(of).and_then(|of| Some((number(("type", role)), self.class_node(of)?))));
        }
        Some(Node {
            item: Item::Method(index),
            parent,
            identities: [
                method
                    .name
                    .is_known
                    .then(|| number(("name", &method.name.text, &types))),
                None,
                token.map(|token| number(("token", token, is_static))),
            ],
            labels: [
                number(("method", access, &types, sizes, skeleton(package, method))),
                number(("method", access, &types, header.nargs)),
            ],
            edges,
        })
    }

    /// What the code of a method refers to inside the package, in its order.
    fn references(&self, package: &Package, method: usize) -> Vec<(usize, usize)> {
        let Some(method) = package.methods.get(method) else {
            return Vec::new();
        };
        let instructions = method.code.iter().map(|(_, instruction)| instruction);
        let operands = instructions.map(|instruction| resolved_operand(package, instruction));
        let handlers = method.handlers.iter().map(|handler| {
            let catch = usize::from(handler.catch?);
            package.constants.get(catch).copied()
        });
        let all = operands.chain(handlers).zip(0..);
        all.filter_map(|(reference, role)| Some((self.reference_nodes(reference?), role)))
            .flat_map(|(nodes, role)| nodes.into_iter().flatten().map(move |node| (role, node)))
            .collect()
    }

    /// The instructions of a method, each as a word that says nothing of this package, with the nodes it refers to.
    pub(super) fn code_nodes(&self, package: &Package, method: usize) -> Vec<(String, [Option<usize>; 2])> {
        let code = package.methods.get(method).map(|method| method.code.as_slice());
        let instructions = code
            .unwrap_or_default()
            .iter()
            .map(|(_, instruction)| instruction);
        instructions
            .map(|instruction| {
                let nodes = resolved_operand(package, instruction).map(|of| self.reference_nodes(of));
                (word(package, instruction), nodes.unwrap_or_default())
            })
            .collect()
    }

    fn reference_nodes(&self, reference: Reference) -> [Option<usize>; 2] {
        match reference {
            Reference::Class(class) => [self.class_node(class), None],
            Reference::Field(MemberTarget::Own(field)) => [Some(self.node_of(Item::Field(field))), None],
            Reference::Method { of, method, .. } => [
                match method {
                    MemberTarget::Own(method) => Some(self.node_of(Item::Method(method))),
                    _ => None,
                },
                of.and_then(|of| self.class_node(of)),
            ],
            Reference::Field(_) => [None, None],
        }
    }

    fn field(&self, package: &Package, index: usize) -> Option<Node> {
        let field = package.fields.get(index)?;
        let parent = field.class.map(|class| self.node_of(Item::Class(class)));
        let is_static = matches!(field.place, FieldPlace::Image(_));
        let shape = field.field_type.as_ref().map(|of| type_shape(package, of));
        let access = field.access.map(|access| access.0);
        let is_exported = match field.access {
            Some(access) if !is_static => {
                access.contains(FieldAccess::PUBLIC) || access.contains(FieldAccess::PROTECTED)
            }
            _ => is_static,
        };
        let token = field.token.filter(|_| is_exported);
        let mut edges: Vec<_> = parent.iter().map(|parent| (number("class"), *parent)).collect();
        let of_type = field.field_type.as_ref().and_then(type_class);
        edges.extend(of_type.and_then(|of| Some((number("type"), self.class_node(of)?))));
        Some(Node {
            item: Item::Field(index),
            parent,
            identities: [
                field.name.is_known.then(|| number(("name", &field.name.text))),
                None,
                token.map(|token| number(("token", token, is_static))),
            ],
            labels: [
                number(("field", access, is_static, &shape, initial_value(package, field))),
                number(("field", is_static, &shape)),
            ],
            edges,
        })
    }
}

/// A class outside by its numbers; of this package nothing but that it is.
fn class_key(package: &Package, target: ClassTarget) -> String {
    match target {
        ClassTarget::Own(_) => "own".to_owned(),
        ClassTarget::Imported {
            package: import,
            class,
        } => match package.import(import) {
            Some(info) => format!("{}.{class}", info.aid),
            None => format!("nowhere.{import}.{class}"),
        },
        ClassTarget::Nowhere(offset) => format!("nowhere.{offset}"),
    }
}

fn type_shape(package: &Package, of: &JavaType) -> String {
    match of {
        JavaType::Primitive(name) => (*name).to_owned(),
        JavaType::Class(class) => class_key(package, *class),
        JavaType::Array(element) => type_shape(package, element) + "[]",
        JavaType::Text(text) => text.clone(),
    }
}

/// The class in a type.
fn type_class(of: &JavaType) -> Option<ClassTarget> {
    match of {
        JavaType::Class(class) => Some(*class),
        JavaType::Array(element) => type_class(element),
        JavaType::Primitive(_) | JavaType::Text(_) => None,
    }
}
