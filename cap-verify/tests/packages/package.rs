//! CV2xx: header, imports, applets, fields, methods, types of constants, exports.

use cap_format::cap::Cap;
use cap_format::component::applet::Applet;
use cap_format::component::descriptor::{
    ClassAccess, FieldAccess, FieldDescriptor, FieldLocation, MethodAccess, MethodDescriptor,
};
use cap_format::component::export::{ClassExport, ExportComponent};
use cap_format::component::header::HeaderFlags;
use cap_format::component::static_field::ArrayInitType;
use cap_format::export_file::ExportFile;
use cap_format::reference::{ClassRef, StaticRef};
use cap_format::type_descriptor::{Type, TypeDescriptor};
use cap_format::version::PackageVersion;
use cap_verify::{Environment, Rule, own_export_file, verify};

use crate::support::{
    aid, class, counting_breaks, described, descriptor, figures_breaks, method, offset_of, packages,
};

/// Places among the classes of the library and of the package with the applet.
const FIGURE: usize = 0;
const SQUARE: usize = 1;
const BOX: usize = 0;
const APPLET: usize = 1;
const SHARED_APPLET: usize = 2;

fn is_install(method: &MethodDescriptor) -> bool {
    method.access == MethodAccess::PUBLIC | MethodAccess::STATIC
}

fn instance_fields(cap: &mut Cap, class: usize) -> impl Iterator<Item = &mut FieldDescriptor> {
    let fields = described(cap, class).fields.iter_mut();
    fields.filter(|field| !field.access.contains(FieldAccess::STATIC))
}

fn static_fields(cap: &mut Cap, class: usize) -> impl Iterator<Item = &mut FieldDescriptor> {
    let fields = described(cap, class).fields.iter_mut();
    fields.filter(|field| field.access.contains(FieldAccess::STATIC))
}

#[test]
fn flags_of_the_header_are_known_and_fit_the_components() {
    counting_breaks(Rule::HeaderFlags, |cap| cap.header.flags = HeaderFlags::EXPORT);
    counting_breaks(Rule::HeaderFlags, |cap| cap.header.flags |= HeaderFlags(0x10));
    figures_breaks(Rule::HeaderFlags, |cap| cap.header.flags = HeaderFlags::default());
    figures_breaks(Rule::HeaderFlags, |cap| cap.header.flags |= HeaderFlags::APPLET);
}

#[test]
fn a_package_imports_each_other_package_once() {
    counting_breaks(Rule::ImportTwice, |cap| {
        let again = cap.imports.packages[0];
        cap.imports.packages.push(again);
    });
    counting_breaks(Rule::ImportSelf, |cap| {
        let own = cap.header.package;
        cap.imports.packages.push(own);
    });
}

#[test]
fn every_import_has_an_export_file_that_serves() {
    counting_breaks(Rule::ExportFileMissing, |cap| {
        cap.imports.packages[0].aid = aid(&[0x77])
    });
    for version in [(1, 99), (9, 0)] {
        let (major, minor) = version;
        counting_breaks(Rule::ExportFileVersion, |cap| {
            cap.imports.packages[0].version = PackageVersion { major, minor };
        });
    }
}

#[test]
fn applets_have_their_own_aid_under_that_of_the_package() {
    counting_breaks(Rule::AppletAid, |cap| {
        let other = card_proto::aid::Aid::new(&[0xA0, 0, 0, 0, 1, 2]).unwrap();
        cap.applets.as_mut().unwrap().applets[0].aid = other;
    });
    counting_breaks(Rule::AppletAidTwice, |cap| {
        let applets = &mut cap.applets.as_mut().unwrap().applets;
        applets.push(applets[0]);
    });
    counting_breaks(Rule::AppletCount, |cap| {
        cap.applets.as_mut().unwrap().applets.clear()
    });
}

#[test]
fn all_applets_can_be_selected_twice_or_none() {
    counting_breaks(Rule::AppletSelection, |cap| {
        let install_method_offset = method(cap, SHARED_APPLET, is_install).method_offset;
        let aid = aid(&[0x20, 2]);
        cap.applets.as_mut().unwrap().applets.push(Applet {
            aid,
            install_method_offset,
        });
    });
}

#[test]
fn imports_have_different_names() {
    let packages = packages();
    let mut exports = packages.exports.clone();
    let imports = &packages.counting.cap.imports.packages;
    let is_import = |file: &ExportFile| imports.iter().any(|import| import.aid == file.package.info.aid);
    for file in exports.iter_mut().filter(|file| is_import(file)) {
        file.package.name = "one/name".to_owned();
    }
    let environment = Environment {
        exports: &exports,
        ..Environment::default()
    };
    let findings = verify(packages.counting.cap.clone(), &environment).expect_err("a finding");
    assert_eq!(findings[0].rule, Rule::ExportFileNames);
}

#[test]
fn install_is_the_method_that_the_card_expects() {
    counting_breaks(Rule::AppletInstall, |cap| {
        let select = method(cap, APPLET, |method| !is_install(method)).method_offset;
        cap.applets.as_mut().unwrap().applets[0].install_method_offset = select;
    });
    counting_breaks(Rule::AppletInstall, |cap| {
        method(cap, APPLET, is_install).access = MethodAccess::PROTECTED | MethodAccess::STATIC;
    });
    counting_breaks(Rule::AppletInstall, |cap| {
        cap.applets.as_mut().unwrap().applets[0].install_method_offset = 1;
    });
}

#[test]
fn both_components_list_the_same_classes() {
    figures_breaks(Rule::ClassListed, |cap| drop(descriptor(cap).classes.pop()));
    figures_breaks(Rule::ClassListed, |cap| {
        let again = descriptor(cap).classes[0].clone();
        descriptor(cap).classes.push(again);
    });
    figures_breaks(Rule::ClassListed, |cap| {
        descriptor(cap).classes[0].this_class = ClassRef::External { package: 0, class: 0 };
    });
}

#[test]
fn flags_and_interfaces_of_a_class_are_the_same_in_both_components() {
    figures_breaks(Rule::ClassAccess, |cap| {
        described(cap, SQUARE).access |= ClassAccess::INTERFACE
    });
    figures_breaks(Rule::ClassAccess, |cap| {
        described(cap, FIGURE).access |= ClassAccess::FINAL
    });
    figures_breaks(Rule::ClassAccess, |cap| {
        described(cap, SQUARE).access |= ClassAccess(0x02)
    });
    figures_breaks(Rule::ClassInterfaces, |cap| {
        _ = described(cap, SQUARE).interfaces.pop()
    });
}

#[test]
fn public_classes_have_different_tokens() {
    figures_breaks(Rule::ClassToken, |cap| described(cap, SQUARE).token = 0xFF);
    figures_breaks(Rule::ClassToken, |cap| {
        let first = described(cap, FIGURE).token;
        described(cap, SQUARE).token = first;
    });
}

#[test]
fn fields_are_fields_of_their_class() {
    figures_breaks(Rule::FieldAccess, |cap| {
        for field in instance_fields(cap, FIGURE).take(1) {
            field.access = FieldAccess::PUBLIC | FieldAccess::PRIVATE;
        }
    });
    figures_breaks(Rule::FieldLocation, |cap| {
        for field in instance_fields(cap, FIGURE).take(1) {
            field.token = 9;
        }
    });
    figures_breaks(Rule::FieldToken, |cap| {
        for field in instance_fields(cap, FIGURE) {
            field.token = 0;
            if let FieldLocation::Instance { token, .. } = &mut field.location {
                *token = 0;
            }
        }
    });
    // A primitive that others see stands before one that they do not see.
    figures_breaks(Rule::FieldToken, |cap| {
        for field in instance_fields(cap, FIGURE) {
            field.access = match field.access {
                FieldAccess::PUBLIC => FieldAccess::PRIVATE,
                _ => FieldAccess::PUBLIC,
            };
        }
    });
}

#[test]
fn the_size_and_the_references_of_objects_are_those_of_the_fields() {
    figures_breaks(Rule::InstanceSize, |cap| {
        class(cap, FIGURE).declared_instance_size += 1
    });
    figures_breaks(Rule::ReferenceFields, |cap| {
        class(cap, FIGURE).reference_count -= 1
    });
    figures_breaks(Rule::ReferenceFields, |cap| {
        class(cap, FIGURE).first_reference_token = Some(0)
    });
    figures_breaks(Rule::ReferenceFields, |cap| {
        class(cap, FIGURE).first_reference_token = None
    });
}

#[test]
fn the_type_of_a_reference_field_is_one_class_or_array() {
    figures_breaks(Rule::FieldType, |cap| {
        let number = TypeDescriptor(vec![Type::Short]);
        let kinds = &mut descriptor(cap).types.0;
        let array = kinds.iter().position(|kind| kind.0 == [Type::ByteArray]).unwrap();
        kinds[array] = number;
    });
    figures_breaks(Rule::TypeOffset, |cap| {
        for field in instance_fields(cap, FIGURE) {
            if let cap_format::component::descriptor::FieldType::Reference(offset) = &mut field.field_type {
                *offset += 1;
            }
        }
    });
}

#[test]
fn static_fields_lie_where_their_type_belongs() {
    // A reference among the numbers.
    figures_breaks(Rule::StaticLocation, |cap| {
        for field in static_fields(cap, FIGURE).take(1) {
            field.location = FieldLocation::Static(StaticRef::Internal { offset: 3 });
        }
    });
    figures_breaks(Rule::StaticPlaces, |cap| {
        cap.static_fields.default_value_count += 1;
        for field in static_fields(cap, FIGURE).skip(1) {
            if let FieldLocation::Static(StaticRef::Internal { offset }) = &mut field.location
                && *offset == 4
            {
                *offset = 3;
            }
        }
    });
    counting_breaks(Rule::ArrayInitType, |cap| {
        cap.static_fields.array_inits[0].element = ArrayInitType::Boolean;
    });
    counting_breaks(Rule::ArrayInitSize, |cap| {
        _ = cap.static_fields.array_inits[1].values.pop();
    });
}

#[test]
fn both_components_list_the_same_methods() {
    figures_breaks(Rule::MethodListed, |cap| {
        method(cap, FIGURE, |_| true).method_offset += 1;
    });
    figures_breaks(Rule::MethodListed, |cap| _ = described(cap, SQUARE).methods.pop());
}

#[test]
fn flags_of_a_method_go_together() {
    for flags in [
        MethodAccess::INIT | MethodAccess::STATIC,
        MethodAccess::INIT | MethodAccess::FINAL,
        MethodAccess::ABSTRACT | MethodAccess::FINAL,
        MethodAccess::PUBLIC | MethodAccess::PROTECTED,
        MethodAccess(0x20),
    ] {
        figures_breaks(Rule::MethodAccess, |cap| {
            method(cap, FIGURE, |_| true).access = flags
        });
    }
    figures_breaks(Rule::MethodAbstract, |cap| {
        let is_abstract = |method: &MethodDescriptor| method.access.contains(MethodAccess::ABSTRACT);
        method(cap, FIGURE, is_abstract).access = MethodAccess::PUBLIC;
    });
    figures_breaks(Rule::MethodAbstract, |cap| {
        described(cap, FIGURE).access = ClassAccess::PUBLIC
    });
}

#[test]
fn the_header_of_a_method_counts_the_arguments_of_its_type() {
    figures_breaks(Rule::MethodArguments, |cap| {
        cap.methods.methods[0].header.nargs += 1
    });
    figures_breaks(Rule::MethodType, |cap| {
        let kinds = &mut descriptor(cap).types.0;
        for kind in kinds
            .iter_mut()
            .filter(|kind| kind.0 == [Type::Short, Type::Short])
        {
            *kind = TypeDescriptor(vec![Type::Void, Type::Short]);
        }
    });
}

#[test]
fn the_token_of_a_method_fits_its_visibility() {
    let is_public = |method: &MethodDescriptor| method.access == MethodAccess::PUBLIC;
    figures_breaks(Rule::MethodToken, |cap| {
        method(cap, SQUARE, is_public).token |= 0x80
    });
    let is_private = |method: &MethodDescriptor| method.access == MethodAccess::PRIVATE;
    figures_breaks(Rule::MethodToken, |cap| {
        method(cap, FIGURE, is_private).token = 0x84
    });
    figures_breaks(Rule::MethodToken, |cap| method(cap, FIGURE, is_install).token = 7);
}

#[test]
fn every_exception_handler_belongs_to_one_method() {
    let handles = |method: &MethodDescriptor| method.handler_count > 0;
    figures_breaks(Rule::HandlerRange, |cap| {
        method(cap, SQUARE, handles).handler_count = 0
    });
    figures_breaks(Rule::HandlerRange, |cap| {
        method(cap, SQUARE, handles).handler_index = 5
    });
    figures_breaks(Rule::HandlerRange, |cap| {
        method(cap, FIGURE, |_| true).handler_index = 1
    });
}

#[test]
fn an_interface_has_only_methods_without_code() {
    figures_breaks(Rule::InterfaceMember, |cap| {
        let interface = ClassAccess::INTERFACE;
        let mut classes = descriptor(cap).classes.iter_mut();
        let interface = classes.find(|class| class.access.contains(interface)).unwrap();
        interface.methods[0].access = MethodAccess::PUBLIC;
    });
}

#[test]
fn every_constant_has_the_type_of_what_it_refers_to() {
    figures_breaks(Rule::ConstantTypes, |cap| {
        _ = descriptor(cap).constant_types.pop()
    });
    figures_breaks(Rule::ConstantTypes, |cap| {
        let types = &mut descriptor(cap).constant_types;
        *types.iter_mut().find(|kind| kind.is_some()).unwrap() = None;
    });
    figures_breaks(Rule::TypeOffset, |cap| {
        let types = &mut descriptor(cap).constant_types;
        let offset = types.iter_mut().flatten().next().unwrap();
        *offset += 1;
    });
    counting_breaks(Rule::ConstantType, |cap| {
        let types = &mut descriptor(cap).constant_types;
        let mut some: Vec<&mut u16> = types.iter_mut().flatten().collect();
        some.rotate_left(1);
        let other = some
            .iter()
            .map(|offset| **offset)
            .find(|offset| offset != some[0]);
        *some[0] = other.unwrap();
    });
}

#[test]
fn the_export_component_lists_public_classes_and_their_static_members() {
    figures_breaks(Rule::ExportedClass, |cap| {
        cap.exports.as_mut().unwrap().classes.swap(0, 1)
    });
    figures_breaks(Rule::ExportedClass, |cap| {
        cap.exports.as_mut().unwrap().classes[0].class_offset += 1
    });
    let has_members = |class: &&mut ClassExport| class.static_methods.len() > 1;
    figures_breaks(Rule::ExportedMember, |cap| {
        let mut classes = cap.exports.as_mut().unwrap().classes.iter_mut();
        classes.find(has_members).unwrap().static_methods.swap(0, 1);
    });
    figures_breaks(Rule::ExportedMember, |cap| {
        let mut classes = cap.exports.as_mut().unwrap().classes.iter_mut();
        classes.find(has_members).unwrap().static_methods.pop();
    });
}

#[test]
fn a_package_with_applets_exports_shareable_interfaces_only() {
    counting_breaks(Rule::AppletExports, |cap| {
        let class_offset = offset_of(cap, BOX);
        described(cap, BOX).access |= ClassAccess::PUBLIC;
        described(cap, BOX).token = 1;
        let exports: &mut ExportComponent = cap.exports.as_mut().unwrap();
        exports.classes.push(ClassExport {
            class_offset,
            ..ClassExport::default()
        });
    });
}

#[test]
fn the_own_export_file_says_the_same() {
    let packages = packages();
    let cap = &packages.figures.cap;
    let changes: [fn(&mut ExportFile); 10] = [
        |file| file.package.info.version.minor += 1,
        |file| file.package.library = false,
        |file| drop(file.classes.pop()),
        |file| file.classes[0].access.0 ^= 0x0010,
        |file| drop(file.classes[4].superclasses.pop()),
        |file| drop(file.classes[4].interfaces.pop()),
        |file| file.classes[3].fields[0].access.0 ^= 0x0010,
        |file| "(B)S".clone_into(&mut file.classes[4].methods[0].descriptor),
        |file| "elsewhere/Name".clone_into(&mut file.classes[5].name),
        |file| file.classes[5].name = file.classes[1].name.clone(),
    ];
    for (index, change) in changes.into_iter().enumerate() {
        let mut file = packages.figures.export_file.clone();
        change(&mut file);
        let environment = Environment {
            exports: &packages.exports,
            own_export: Some(&file),
            ..Environment::default()
        };
        let findings = verify(cap.clone(), &environment).expect_err("a finding");
        let rules: Vec<Rule> = findings.iter().map(|finding| finding.rule).collect();
        assert!(rules.contains(&Rule::OwnExportFile), "change {index}: {rules:?}");
    }
}

#[test]
fn the_folder_of_the_package_has_the_name_of_its_export_file() {
    let packages = packages();
    let figures = &packages.figures;
    let of_folder = |archive_name: &str| {
        let environment = Environment {
            exports: &packages.exports,
            own_export: Some(&figures.export_file),
            archive_name,
            ..Environment::default()
        };
        let findings = verify(figures.cap.clone(), &environment)
            .err()
            .unwrap_or_default();
        findings.iter().map(|finding| finding.rule).collect::<Vec<_>>()
    };
    assert_eq!(of_folder(&figures.export_file.package.name), []);
    assert_eq!(of_folder("elsewhere"), [Rule::OwnExportFile]);
}

#[test]
fn the_own_export_file_is_that_of_the_version_else_of_the_aid_else_of_the_name() {
    let packages = packages();
    let cap = &packages.figures.cap;
    let own = &packages.figures.export_file;
    let another = packages.counting.cap.header.package.aid;
    let changed = |change: &dyn Fn(&mut ExportFile)| {
        let mut file = own.clone();
        change(&mut file);
        file
    };
    let newer = changed(&|file| file.package.info.version.minor += 1);
    let same_name = changed(&|file| file.package.info.aid = another);
    let other = changed(&|file| {
        file.package.info.aid = another;
        "elsewhere".clone_into(&mut file.package.name);
    });
    let files = [other.clone(), same_name.clone(), newer.clone(), own.clone()];
    let name = own.package.name.as_str();
    for (count, wanted) in [
        (4, Some(own)),
        (3, Some(&newer)),
        (2, Some(&same_name)),
        (1, None),
    ] {
        assert_eq!(
            own_export_file(cap, name, &files[..count]),
            wanted,
            "{count} files"
        );
    }
    // Without exports the name says nothing: others may have it.
    let mut silent = cap.clone();
    silent.exports = None;
    assert_eq!(own_export_file(&silent, name, &files[..2]), None);
}
