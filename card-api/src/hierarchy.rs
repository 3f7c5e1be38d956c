//! What a class inherits: superclasses, interfaces, and methods with their tokens (JCVM §4.3.7, §5.7).

use crate::api::ApiSet;
use crate::package::{Class, Method};

impl ApiSet {
    /// The superclasses, `java/lang/Object` first and the direct one last.
    pub(crate) fn superclasses<'a>(&'a self, class: &'a Class) -> Vec<&'a Class> {
        let superclass = |class: &&Class| self.class(class.head.superclass.as_deref()?);
        let mut classes: Vec<_> = std::iter::successors(superclass(&class), superclass).collect();
        classes.reverse();
        classes
    }

    /// All interfaces: those of the superclasses, then its own, each after the ones it extends.
    pub(crate) fn interfaces<'a>(&'a self, class: &'a Class) -> Vec<&'a Class> {
        let mut interfaces = Vec::new();
        for class in self.superclasses(class) {
            self.add_interfaces(class, &mut interfaces);
        }
        self.add_interfaces(class, &mut interfaces);
        interfaces
    }

    fn add_interfaces<'a>(&'a self, class: &'a Class, interfaces: &mut Vec<&'a Class>) {
        let own = class.head.interfaces.iter();
        for interface in own.filter_map(|name| self.class(name)) {
            self.add_interfaces(interface, interfaces);
            if !interfaces.iter().any(|known| known.name == interface.name) {
                interfaces.push(interface);
            }
        }
    }

    /// Whether an interface or a superinterface has this name.
    pub(crate) fn is_a(&self, class: &Class, interface: &str) -> bool {
        class.name == interface || self.interfaces(class).iter().any(|known| known.name == interface)
    }

    /// The virtual methods of a class or the methods of an interface, inherited ones included, in the order of their tokens.
    pub(crate) fn virtual_methods(&self, class: &Class) -> Vec<Method> {
        let own = class.methods.iter().filter(|method| !method.has_static_token());
        let mut methods = match class.head.is_interface() {
            true => self.superinterface_methods(class),
            false => match class.head.superclass.as_deref().and_then(|name| self.class(name)) {
                Some(superclass) => self.virtual_methods(superclass),
                None => Vec::new(),
            },
        };
        for method in own {
            methods.retain(|inherited| !inherited.is_same_as(method));
            methods.push(method.clone());
        }
        methods.sort_by_key(|method| method.token);
        methods
    }

    /// The methods of the superinterfaces, numbered one after another (JCVM §4.3.7.7). A method that the interface has in its own
    /// table has the token from there, and takes none here.
    fn superinterface_methods(&self, class: &Class) -> Vec<Method> {
        let direct = class.head.interfaces.iter();
        let mut methods: Vec<Method> = Vec::new();
        for interface in direct.filter_map(|name| self.class(name)) {
            for method in self.virtual_methods(interface) {
                let is_known = |other: &Method| other.is_same_as(&method);
                if !class.methods.iter().any(|own| own.is_hidden && is_known(own))
                    && !methods.iter().any(is_known)
                {
                    methods.push(method);
                }
            }
        }
        for (method, token) in methods.iter_mut().zip(0..=u8::MAX) {
            method.token = token;
        }
        methods
    }
}
