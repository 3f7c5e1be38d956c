//! The order in which the new virtual methods of a class take their tokens (JCVM §4.3.7.6). The method table of a subclass reaches
//! from the lowest token that it overrides to the end: methods that are overridden should come last.

use std::collections::HashMap;

use crate::class_model::Class;
use crate::hierarchy::{ClassId, Program};
use crate::input::CodeStyle;
use crate::tokens::{PackageKind, Signature, VirtualTable, signature};

/// For each class of the package its subclasses in the package, direct and indirect.
pub(super) fn subclasses(program: &Program<'_>) -> Vec<Vec<usize>> {
    let mut below = vec![Vec::new(); program.classes.len()];
    for index in 0..program.classes.len() {
        let mut above = program.superclass(ClassId::Own(index));
        while let Some(ClassId::Own(class)) = above {
            below[class].push(index);
            above = program.superclass(ClassId::Own(class));
        }
    }
    below
}

/// The methods of a class by place, in the order in which they take tokens. `public` and `package` are the tables it inherits.
pub(super) fn of_methods(
    program: &Program<'_>,
    class: &Class,
    (kind, style): (PackageKind, CodeStyle),
    subclasses: &[usize],
    (public, package): (&VirtualTable, &VirtualTable),
) -> Vec<usize> {
    let abstract_last = sorted(class, |place| class.methods[place].is_abstract());
    // Where other packages know the tokens, or a vendor's file is compared with, abstract methods come last, as vendors' converters do
    // it: a library keeps its tokens whichever converter it is built with.
    let exported = kind == PackageKind::Library && class.is_public();
    if style == CodeStyle::Classic || exported || subclasses.is_empty() {
        return abstract_last;
    }
    let subclasses: Vec<_> = subclasses.iter().map(|index| &program.classes[*index]).collect();
    let tables = [(public, true), (package, false)];
    let tables = tables.map(|(inherited, visible)| Table::new(class, inherited, visible, &subclasses));
    let [visible, hidden] = tables.each_ref().map(Table::overriders);
    let by_use = sorted(class, |place| visible[place] + hidden[place]);
    let entries = |order: &[usize]| tables.iter().map(|table| table.entries(order)).sum::<usize>();
    match entries(&by_use) < entries(&abstract_last) {
        true => by_use,
        false => abstract_last,
    }
}

/// All places of methods, by `key`, and in the order of the class file where it is the same.
fn sorted<K: Ord>(class: &Class, key: impl Fn(usize) -> K) -> Vec<usize> {
    let mut places: Vec<usize> = (0..class.methods.len()).collect();
    places.sort_by_key(|place| key(*place));
    places
}

/// The new methods of one visibility, and which of them the subclasses override.
struct Table {
    /// By place: whether it is one of them.
    is_new: Vec<bool>,
    /// For each subclass whose table begins with a method of this class: those that it overrides.
    overridden: Vec<Vec<usize>>,
}

impl Table {
    fn new(class: &Class, inherited: &VirtualTable, visible: bool, subclasses: &[&Class]) -> Self {
        let virtuals = |class: &Class| {
            let methods = class.methods.iter().enumerate();
            let methods = methods.filter(|(_, method)| !method.is_called_directly());
            methods
                .map(|(place, method)| (place, signature(method), method.access.is_visible_outside()))
                .collect::<Vec<_>>()
        };
        let mut is_new = vec![false; class.methods.len()];
        let mut places: HashMap<Signature, usize> = HashMap::new();
        for (place, signature, sees) in virtuals(class) {
            if sees == visible && inherited.find(&signature).is_none() {
                is_new[place] = true;
                places.insert(signature, place);
            }
        }
        let overridden = subclasses.iter().filter_map(|subclass| {
            let methods = virtuals(subclass);
            // Its table has all methods of this class anyway when it begins with one of a class above.
            let begins_above = methods
                .iter()
                .any(|(_, signature, _)| inherited.find(signature).is_some());
            let methods = methods.iter().filter(|_| !begins_above);
            let overridden: Vec<usize> = methods
                .filter_map(|(_, signature, _)| places.get(signature).copied())
                .collect();
            (!overridden.is_empty()).then_some(overridden)
        });
        Self {
            overridden: overridden.collect(),
            is_new,
        }
    }

    /// By place: how many subclasses override the method.
    fn overriders(&self) -> Vec<usize> {
        let mut count = vec![0; self.is_new.len()];
        for place in self.overridden.iter().flatten() {
            count[*place] += 1;
        }
        count
    }

    /// Entries for the methods of this class in the tables of all subclasses.
    fn entries(&self, order: &[usize]) -> usize {
        let new: Vec<usize> = order
            .iter()
            .copied()
            .filter(|place| self.is_new[*place])
            .collect();
        let mut position = vec![0; self.is_new.len()];
        for (token, place) in new.iter().enumerate() {
            position[*place] = token;
        }
        let lowest = |places: &Vec<usize>| places.iter().map(|place| position[*place]).min();
        let lowest = self.overridden.iter().filter_map(lowest);
        lowest.map(|token| new.len() - token).sum()
    }
}
