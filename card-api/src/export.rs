//! Export files (JCVM ch. 5) of a set of packages.

use cap_format::export_file::{
    ExportAccess, ExportFile, ExportedClass, ExportedField, ExportedMethod, ExportedPackage,
};
use cap_format::version::{FormatVersion, PackageInfo};

use crate::api::ApiSet;
use crate::package::{Class, Constant, Field, Method, Package, Visibility};

/// Marks a compile-time constant in the place of a token (JCVM §5.8).
const NO_TOKEN: u8 = 0xFF;

impl ApiSet {
    /// The export files of all packages, by name.
    pub fn export_files(&self) -> impl Iterator<Item = ExportFile> {
        self.packages().map(|package| self.export_file(package))
    }

    /// The export file of a package: format 2.1, or 2.2 when it has remote interfaces. Classes stand in the order of their tokens,
    /// and so do the members of a class, static ones first.
    pub fn export_file(&self, package: &Package) -> ExportFile {
        let classes: Vec<_> = package
            .classes
            .iter()
            .map(|class| self.exported_class(class))
            .collect();
        let is_remote = |class: &ExportedClass| class.access.contains(ExportAccess::REMOTE);
        ExportFile {
            format: match classes.iter().any(is_remote) {
                true => FormatVersion::V2_2,
                false => FormatVersion::V2_1,
            },
            package: ExportedPackage {
                library: true,
                name: package.name.clone(),
                info: PackageInfo {
                    version: package.version,
                    aid: package.aid,
                },
            },
            referenced_packages: Vec::new(),
            classes,
        }
    }

    fn exported_class(&self, class: &Class) -> ExportedClass {
        let names = |classes: Vec<&Class>| classes.into_iter().map(|class| class.name.clone()).collect();
        let superclasses = match class.head.is_interface() {
            true => vec!["java/lang/Object".to_owned()],
            false => names(self.superclasses(class)),
        };
        let constants = class.constants.iter().map(exported_constant);
        let fields = class.fields.iter().map(exported_field);
        let statics = class.methods.iter().filter(|method| method.has_static_token());
        let virtuals = self.virtual_methods(class);
        ExportedClass {
            token: class.head.token,
            access: self.class_access(class),
            name: class.name.clone(),
            superclasses,
            interfaces: names(self.interfaces(class)),
            fields: constants.chain(fields).collect(),
            methods: statics.chain(&virtuals).map(exported_method).collect(),
            cap22_inheritable_methods: 0,
        }
    }

    /// The flags of a class (JCVM §5.7, table 5-2).
    fn class_access(&self, class: &Class) -> ExportAccess {
        let head = &class.head;
        union(&[
            (true, ExportAccess::PUBLIC),
            (head.is_final, ExportAccess::FINAL),
            (head.is_interface(), ExportAccess::INTERFACE),
            (head.is_abstract, ExportAccess::ABSTRACT),
            (
                self.is_a(class, "javacard/framework/Shareable"),
                ExportAccess::SHAREABLE,
            ),
            (self.is_a(class, "java/rmi/Remote"), ExportAccess::REMOTE),
        ])
    }
}

fn exported_constant(constant: &Constant) -> ExportedField {
    ExportedField {
        token: NO_TOKEN,
        access: ExportAccess::PUBLIC | ExportAccess::STATIC | ExportAccess::FINAL,
        name: constant.name.clone(),
        descriptor: constant.descriptor.clone(),
        constant: Some(constant.value),
    }
}

fn exported_field(field: &Field) -> ExportedField {
    ExportedField {
        token: field.token,
        access: union(&[
            (true, visibility(field.visibility)),
            (field.is_static, ExportAccess::STATIC),
            (field.is_final, ExportAccess::FINAL),
        ]),
        name: field.name.clone(),
        descriptor: field.descriptor.clone(),
        constant: None,
    }
}

fn exported_method(method: &Method) -> ExportedMethod {
    ExportedMethod {
        token: method.token,
        access: union(&[
            (true, visibility(method.visibility)),
            (method.is_static, ExportAccess::STATIC),
            (method.is_final, ExportAccess::FINAL),
            (method.is_abstract, ExportAccess::ABSTRACT),
        ]),
        name: method.name.clone(),
        descriptor: method.descriptor.clone(),
    }
}

fn visibility(visibility: Visibility) -> ExportAccess {
    match visibility {
        Visibility::Public => ExportAccess::PUBLIC,
        Visibility::Protected => ExportAccess::PROTECTED,
    }
}

/// The flags whose condition holds.
fn union(flags: &[(bool, ExportAccess)]) -> ExportAccess {
    let set = flags.iter().filter(|(holds, _)| *holds);
    set.map(|(_, flag)| *flag).collect()
}
