//! Values of every component, as the specification allows them.

use cap_format::bytecode::{
    CheckedType, ElementType, Instruction, Layout, LookupSwitch, Opcode, Operands, TableSwitch,
};
use cap_format::cap::{Cap, CustomComponent};
use cap_format::component::applet::{Applet, AppletComponent};
use cap_format::component::class::{
    ClassComponent, ClassFlags, ClassInfo, ImplementedInterface, InterfaceInfo, MethodTable, RemoteInfo,
    RemoteMethod, TokenMapping,
};
use cap_format::component::constant_pool::{Constant, ConstantPoolComponent};
use cap_format::component::descriptor::{
    ClassAccess, ClassDescriptor, DescriptorComponent, FieldAccess, FieldDescriptor, FieldLocation,
    FieldType, MethodAccess, MethodDescriptor, PrimitiveType,
};
use cap_format::component::directory::{CustomComponentInfo, DirectoryComponent};
use cap_format::component::export::{ClassExport, ExportComponent};
use cap_format::component::header::{HeaderComponent, HeaderFlags};
use cap_format::component::import::ImportComponent;
use cap_format::component::method::{ExceptionHandler, Method, MethodComponent, MethodFlags, MethodHeader};
use cap_format::component::reference_location::ReferenceLocationComponent;
use cap_format::component::static_field::{ArrayInit, ArrayInitType, StaticFieldComponent};
use cap_format::component::static_resources::{StaticResource, StaticResourcesComponent};
use cap_format::export_file::{
    ExportAccess, ExportFile, ExportedClass, ExportedField, ExportedMethod, ExportedPackage,
};
use cap_format::reference::{ClassRef, StaticRef};
use cap_format::type_descriptor::{Type, TypeDescriptor, TypeDescriptors};
use cap_format::version::{FormatVersion, PackageInfo, PackageVersion};
use card_proto::aid::Aid;
use proptest::collection::{btree_set, vec};
use proptest::option;
use proptest::prelude::*;

pub(crate) fn format() -> impl Strategy<Value = FormatVersion> {
    prop::sample::select(&FormatVersion::ALL[..])
}

fn aid() -> impl Strategy<Value = Aid> {
    vec(any::<u8>(), 5..=16).prop_map(|octets| Aid::new(&octets).unwrap())
}

fn version() -> impl Strategy<Value = PackageVersion> {
    any::<(u8, u8)>().prop_map(|(major, minor)| PackageVersion { major, minor })
}

fn package_info() -> impl Strategy<Value = PackageInfo> {
    (version(), aid()).prop_map(|(version, aid)| PackageInfo { version, aid })
}

fn class_ref() -> impl Strategy<Value = ClassRef> {
    // FFFF stands for "none" in some places.
    (0..0xFFFFu16).prop_map(ClassRef::from_u16)
}

fn static_ref() -> impl Strategy<Value = StaticRef> {
    let external = (0..=0x7Fu8, any::<u8>(), any::<u8>());
    prop_oneof![
        any::<u16>().prop_map(|offset| StaticRef::Internal { offset }),
        external.prop_map(|(package, class, token)| StaticRef::External {
            package,
            class,
            token
        }),
    ]
}

fn type_descriptors(most: usize) -> impl Strategy<Value = TypeDescriptors> {
    let one = prop_oneof![
        Just(Type::Void),
        Just(Type::Boolean),
        Just(Type::Byte),
        Just(Type::Short),
        Just(Type::Int),
        class_ref().prop_map(Type::Reference),
        Just(Type::BooleanArray),
        Just(Type::ByteArray),
        Just(Type::ShortArray),
        Just(Type::IntArray),
        class_ref().prop_map(Type::ReferenceArray),
    ];
    vec(vec(one, 0..=51).prop_map(TypeDescriptor), 0..most).prop_map(TypeDescriptors)
}

pub(crate) fn header() -> impl Strategy<Value = HeaderComponent> {
    let named = prop_oneof![
        (Just(FormatVersion::V2_1), Just(String::new())),
        (Just(FormatVersion::V2_2), "[a-zß/]{0,100}"),
        (Just(FormatVersion::V2_3), "[a-zß/]{0,100}"),
    ];
    let flags = any::<u8>().prop_map(|flags| HeaderFlags(flags & !HeaderFlags::EXTENDED.0));
    (named, flags, package_info()).prop_map(|((format, package_name), flags, package)| HeaderComponent {
        format,
        flags,
        package,
        package_name,
    })
}

pub(crate) fn directory() -> impl Strategy<Value = (FormatVersion, DirectoryComponent)> {
    let custom = (0x80..=0xFFu8, any::<u16>(), aid());
    let custom = custom.prop_map(|(tag, size, aid)| CustomComponentInfo { tag, size, aid });
    let counts = any::<([u16; 3], u8, u8)>();
    let sizes = any::<([u16; 12], u32)>();
    (format(), sizes, counts, vec(custom, 0..=128)).prop_map(|(format, sizes, counts, custom_components)| {
        let (mut sizes, mut static_resources_size) = sizes;
        if format == FormatVersion::V2_1 {
            sizes[11] = 0;
        }
        if format < FormatVersion::V2_3 {
            static_resources_size = 0;
        }
        let ([image_size, array_init_count, array_init_size], import_count, applet_count) = counts;
        let directory = DirectoryComponent {
            sizes,
            static_resources_size,
            image_size,
            array_init_count,
            array_init_size,
            import_count,
            applet_count,
            custom_components,
        };
        (format, directory)
    })
}

pub(crate) fn applets() -> impl Strategy<Value = AppletComponent> {
    let applet = (aid(), any::<u16>()).prop_map(|(aid, install_method_offset)| Applet {
        aid,
        install_method_offset,
    });
    vec(applet, 0..=255).prop_map(|applets| AppletComponent { applets })
}

pub(crate) fn imports() -> impl Strategy<Value = ImportComponent> {
    vec(package_info(), 0..=128).prop_map(|packages| ImportComponent { packages })
}

pub(crate) fn constant_pool() -> impl Strategy<Value = ConstantPoolComponent> {
    let member = || (class_ref(), any::<u8>());
    let constant = prop_oneof![
        class_ref().prop_map(Constant::Class),
        member().prop_map(|(class, token)| Constant::InstanceField { class, token }),
        member().prop_map(|(class, token)| Constant::VirtualMethod { class, token }),
        member().prop_map(|(class, token)| Constant::SuperMethod { class, token }),
        static_ref().prop_map(Constant::StaticField),
        static_ref().prop_map(Constant::StaticMethod),
    ];
    vec(constant, 0..300).prop_map(|constants| ConstantPoolComponent { constants })
}

fn interface_info() -> impl Strategy<Value = InterfaceInfo> {
    let remote = prop_oneof![Just(None), "[a-z/]{0,40}".prop_map(Some)];
    let shareable = any::<bool>();
    (vec(class_ref(), 0..=15), shareable, remote).prop_map(|(superinterfaces, shareable, remote)| {
        let mut flags = ClassFlags::INTERFACE;
        if shareable {
            flags |= ClassFlags::SHAREABLE;
        }
        if remote.is_some() {
            flags |= ClassFlags::REMOTE;
        }
        InterfaceInfo {
            flags,
            superinterfaces,
            remote_name: remote.unwrap_or_default(),
        }
    })
}

fn method_table() -> impl Strategy<Value = MethodTable> {
    let entry = any::<u16>().prop_map(|offset| Some(offset).filter(|offset| *offset != 0xFFFF));
    (any::<u8>(), vec(entry, 0..40)).prop_map(|(base, methods)| MethodTable { base, methods })
}

fn remote_info() -> impl Strategy<Value = RemoteInfo> {
    let method = any::<(u16, u16, u8)>().prop_map(|(hash, signature_offset, token)| RemoteMethod {
        hash,
        signature_offset,
        token,
    });
    let names = ("[a-z]{0,9}", "[a-z/]{0,40}");
    (vec(method, 0..9), names, vec(class_ref(), 0..9)).prop_map(|(methods, names, interfaces)| RemoteInfo {
        methods,
        hash_modifier: names.0,
        class_name: names.1,
        interfaces,
    })
}

fn class_info(format: FormatVersion) -> impl Strategy<Value = ClassInfo> {
    let implemented = (class_ref(), vec(any::<u8>(), 0..20));
    let implemented =
        implemented.prop_map(|(interface, methods)| ImplementedInterface { interface, methods });
    let numbers = (
        option::of(class_ref()),
        any::<u8>(),
        option::of(0..0xFFu8),
        any::<u8>(),
    );
    let tables = (method_table(), method_table());
    let rest = (
        vec(implemented, 0..=15),
        option::of(remote_info()),
        any::<(bool, u8)>(),
    );
    (numbers, tables, rest).prop_map(
        move |(numbers, tables, (interfaces, remote, (shareable, count)))| {
            let mut flags = ClassFlags::default();
            if shareable {
                flags |= ClassFlags::SHAREABLE;
            }
            if remote.is_some() {
                flags |= ClassFlags::REMOTE;
            }
            let tokens = usize::from(tables.0.base) + tables.0.methods.len();
            let mapping = TokenMapping {
                public_tokens: vec![count; tokens],
                cap22_inheritable_methods: count,
            };
            ClassInfo {
                flags,
                super_class: numbers.0,
                declared_instance_size: numbers.1,
                first_reference_token: numbers.2,
                reference_count: numbers.3,
                public_methods: tables.0,
                package_methods: tables.1,
                interfaces,
                remote,
                token_mapping: Some(mapping).filter(|_| format == FormatVersion::V2_3),
            }
        },
    )
}

pub(crate) fn classes() -> impl Strategy<Value = (FormatVersion, ClassComponent)> {
    format().prop_flat_map(|format| {
        let pool = type_descriptors(if format == FormatVersion::V2_1 { 1 } else { 5 });
        let items = (pool, vec(interface_info(), 0..6), vec(class_info(format), 0..12));
        items.prop_map(move |(signature_pool, interfaces, classes)| {
            let component = ClassComponent {
                signature_pool,
                interfaces,
                classes,
            };
            (format, component)
        })
    })
}

fn method_header() -> impl Strategy<Value = MethodHeader> {
    let compact = (Just(0u8), 0..=15u8, 0..=15u8, 0..=15u8);
    let extended = (
        Just(MethodFlags::EXTENDED.0),
        any::<u8>(),
        any::<u8>(),
        any::<u8>(),
    );
    prop_oneof![compact, extended].prop_map(|(flags, max_stack, nargs, max_locals)| MethodHeader {
        flags: MethodFlags(flags),
        max_stack,
        nargs,
        max_locals,
    })
}

fn handler() -> impl Strategy<Value = ExceptionHandler> {
    (any::<[u16; 3]>(), 0..=0x7FFFu16, any::<bool>()).prop_map(|(offsets, active_length, stop)| {
        let [start_offset, handler_offset, catch_type_index] = offsets;
        ExceptionHandler {
            start_offset,
            active_length,
            stop,
            handler_offset,
            catch_type_index,
        }
    })
}

/// Methods with any octets as code.
pub(crate) fn methods() -> impl Strategy<Value = MethodComponent> {
    let method = (method_header(), any::<bool>(), vec(any::<u8>(), 0..80));
    let method = method.prop_map(|(mut header, is_abstract, code)| {
        if is_abstract {
            header.flags |= MethodFlags::ABSTRACT;
        }
        Method {
            header,
            code: if is_abstract { Vec::new() } else { code },
        }
    });
    (vec(handler(), 0..=255), vec(method, 0..40))
        .prop_map(|(handlers, methods)| MethodComponent { handlers, methods })
}

/// Methods with instructions as code.
pub(crate) fn methods_of_instructions() -> impl Strategy<Value = MethodComponent> {
    let code = vec(instruction(), 0..30);
    let code = code.prop_map(|instructions| cap_format::bytecode::encode(&instructions).unwrap());
    let method = (method_header(), code).prop_map(|(header, code)| Method { header, code });
    (vec(handler(), 0..9), vec(method, 0..20))
        .prop_map(|(handlers, methods)| MethodComponent { handlers, methods })
}

pub(crate) fn static_fields() -> impl Strategy<Value = StaticFieldComponent> {
    let element = prop::sample::select(&[
        ArrayInitType::Boolean,
        ArrayInitType::Byte,
        ArrayInitType::Short,
        ArrayInitType::Int,
    ]);
    let array =
        (element, vec(any::<u8>(), 0..60)).prop_map(|(element, values)| ArrayInit { element, values });
    let parts = (0..100u16, vec(array, 0..9), 0..1000u16, vec(any::<u8>(), 0..300));
    parts.prop_map(
        |(nulls, array_inits, default_value_count, non_default_values)| StaticFieldComponent {
            reference_count: nulls + u16::try_from(array_inits.len()).unwrap(),
            array_inits,
            default_value_count,
            non_default_values,
        },
    )
}

pub(crate) fn reference_location() -> impl Strategy<Value = ReferenceLocationComponent> {
    let offsets = || btree_set(any::<u16>(), 0..200).prop_map(|offsets| offsets.into_iter().collect());
    (offsets(), offsets()).prop_map(|(byte_indices, byte2_indices)| ReferenceLocationComponent {
        byte_indices,
        byte2_indices,
    })
}

pub(crate) fn exports() -> impl Strategy<Value = ExportComponent> {
    let offsets = || vec(any::<u16>(), 0..=255);
    let class = (any::<u16>(), offsets(), offsets());
    let class = class.prop_map(|(class_offset, static_fields, static_methods)| ClassExport {
        class_offset,
        static_fields,
        static_methods,
    });
    vec(class, 0..=20).prop_map(|classes| ExportComponent { classes })
}

fn field_descriptor() -> impl Strategy<Value = FieldDescriptor> {
    let location = prop_oneof![
        static_ref().prop_map(FieldLocation::Static),
        (class_ref(), any::<u8>()).prop_map(|(class, token)| FieldLocation::Instance { class, token }),
    ];
    let primitive = prop::sample::select(&[
        PrimitiveType::Boolean,
        PrimitiveType::Byte,
        PrimitiveType::Short,
        PrimitiveType::Int,
    ]);
    let field_type = prop_oneof![
        primitive.prop_map(FieldType::Primitive),
        (0..=0x7FFFu16).prop_map(FieldType::Reference),
    ];
    (any::<u8>(), any::<u8>(), location, field_type).prop_map(|(token, access, location, field_type)| {
        let mut access = FieldAccess(access & !FieldAccess::STATIC.0);
        if matches!(location, FieldLocation::Static(_)) {
            access |= FieldAccess::STATIC;
        }
        FieldDescriptor {
            token,
            access,
            location,
            field_type,
        }
    })
}

fn method_descriptor() -> impl Strategy<Value = MethodDescriptor> {
    any::<(u8, u8, [u16; 5])>().prop_map(|(token, access, numbers)| MethodDescriptor {
        token,
        access: MethodAccess(access),
        method_offset: numbers[0],
        type_offset: numbers[1],
        bytecode_count: numbers[2],
        handler_count: numbers[3],
        handler_index: numbers[4],
    })
}

pub(crate) fn descriptor() -> impl Strategy<Value = DescriptorComponent> {
    let members = (vec(field_descriptor(), 0..20), vec(method_descriptor(), 0..20));
    let class = (any::<(u8, u8)>(), class_ref(), vec(class_ref(), 0..20), members);
    let class = class.prop_map(
        |((token, access), this_class, interfaces, members)| ClassDescriptor {
            token,
            access: ClassAccess(access),
            this_class,
            interfaces,
            fields: members.0,
            methods: members.1,
        },
    );
    let constant_types = vec(option::of(0..0xFFFFu16), 0..100);
    (vec(class, 0..9), constant_types, type_descriptors(30)).prop_map(|(classes, constant_types, types)| {
        DescriptorComponent {
            classes,
            constant_types,
            types,
        }
    })
}

pub(crate) fn static_resources() -> impl Strategy<Value = StaticResourcesComponent> {
    let resource = (any::<u16>(), vec(any::<u8>(), 0..100));
    let resource = resource.prop_map(|(id, content)| StaticResource { id, content });
    vec(resource, 0..20).prop_map(|resources| StaticResourcesComponent { resources })
}

pub(crate) fn instruction() -> impl Strategy<Value = Instruction> {
    prop::sample::select(Opcode::ALL).prop_flat_map(|opcode| {
        operands(opcode.layout()).prop_map(move |operands| Instruction { opcode, operands })
    })
}

fn operands(layout: Layout) -> BoxedStrategy<Operands> {
    let increment = |(local, by)| Operands::Increment { local, by };
    match layout {
        Layout::Plain | Layout::Value(_) | Layout::ImpliedLocal(_) => Just(Operands::None).boxed(),
        Layout::Immediate1 => any::<i8>()
            .prop_map(|value| Operands::Immediate(value.into()))
            .boxed(),
        Layout::Immediate2 => any::<i16>()
            .prop_map(|value| Operands::Immediate(value.into()))
            .boxed(),
        Layout::Immediate4 => any::<i32>().prop_map(Operands::Immediate).boxed(),
        Layout::Local => any::<u8>().prop_map(Operands::Local).boxed(),
        Layout::Increment1 => (any::<u8>(), -128..=127i16).prop_map(increment).boxed(),
        Layout::Increment2 => any::<(u8, i16)>().prop_map(increment).boxed(),
        Layout::Branch1 => (-128..=127i16).prop_map(Operands::Branch).boxed(),
        Layout::Branch2 => any::<i16>().prop_map(Operands::Branch).boxed(),
        Layout::Words => (0..=15u8, 0..=15u8)
            .prop_map(|(m, n)| Operands::Words { m, n })
            .boxed(),
        Layout::Constant1(_) => (0..=255u16).prop_map(Operands::Constant).boxed(),
        Layout::Constant2(_) => any::<u16>().prop_map(Operands::Constant).boxed(),
        Layout::Interface => any::<(u8, u16, u8)>()
            .prop_map(|(nargs, constant, token)| Operands::Interface {
                nargs,
                constant,
                token,
            })
            .boxed(),
        Layout::Element => element().prop_map(Operands::Element).boxed(),
        Layout::TypeCheck => (checked_type(), any::<u16>())
            .prop_map(|(kind, constant)| Operands::TypeCheck { kind, constant })
            .boxed(),
        Layout::TableSwitch2 => table_switch(-32768..=32000).boxed(),
        Layout::TableSwitch4 => table_switch(i32::MIN..=i32::MAX - 20).boxed(),
        Layout::LookupSwitch2 => lookup_switch(-32768..=32767).boxed(),
        Layout::LookupSwitch4 => lookup_switch(i32::MIN..=i32::MAX).boxed(),
    }
}

fn element() -> impl Strategy<Value = ElementType> {
    (10..=13u8).prop_map(|code| ElementType::from_u8(code).unwrap())
}

fn checked_type() -> impl Strategy<Value = CheckedType> {
    prop_oneof![
        Just(CheckedType::Class),
        element().prop_map(CheckedType::PrimitiveArray),
        Just(CheckedType::ReferenceArray),
    ]
}

fn table_switch(low: std::ops::RangeInclusive<i32>) -> impl Strategy<Value = Operands> {
    (any::<i16>(), low, vec(any::<i16>(), 1..20)).prop_map(|(default, low, branches)| {
        Operands::TableSwitch(TableSwitch {
            default,
            low,
            branches,
        })
    })
}

fn lookup_switch(key: std::ops::RangeInclusive<i32>) -> impl Strategy<Value = Operands> {
    (any::<i16>(), vec((key, any::<i16>()), 0..20))
        .prop_map(|(default, pairs)| Operands::LookupSwitch(LookupSwitch { default, pairs }))
}

fn exported_package() -> impl Strategy<Value = ExportedPackage> {
    (any::<bool>(), "[a-z/]{0,30}", package_info()).prop_map(|(library, name, info)| ExportedPackage {
        library,
        name,
        info,
    })
}

fn exported_class(format: FormatVersion) -> impl Strategy<Value = ExportedClass> {
    let member = || (any::<(u8, u16)>(), "[a-c]{1,2}", "[BSI]{1,2}");
    let field =
        (member(), option::of(any::<i32>())).prop_map(|(((token, access), name, descriptor), constant)| {
            ExportedField {
                token,
                access: ExportAccess(access),
                name,
                descriptor,
                constant,
            }
        });
    let method = member().prop_map(|((token, access), name, descriptor)| ExportedMethod {
        token,
        access: ExportAccess(access),
        name,
        descriptor,
    });
    let names = ("[A-C]{1,3}", vec("[A-C]{1,3}", 0..5), vec("[A-C]{1,3}", 0..5));
    let members = (vec(field, 0..9), vec(method, 0..9));
    (any::<(u8, u16, u8)>(), names, members).prop_map(move |((token, access, count), names, members)| {
        ExportedClass {
            token,
            access: ExportAccess(access),
            name: names.0,
            superclasses: names.1,
            interfaces: names.2,
            fields: members.0,
            methods: members.1,
            cap22_inheritable_methods: if format == FormatVersion::V2_3 { count } else { 0 },
        }
    })
}

pub(crate) fn export_file() -> impl Strategy<Value = ExportFile> {
    format().prop_flat_map(|format| {
        let referenced = if format == FormatVersion::V2_3 { 5 } else { 1 };
        let parts = (
            exported_package(),
            vec(exported_package(), 0..referenced),
            vec(exported_class(format), 0..6),
        );
        parts.prop_map(move |(package, referenced_packages, classes)| ExportFile {
            format,
            package,
            referenced_packages,
            classes,
        })
    })
}

/// CAP files whose components agree: each method is in the Descriptor, and no other component refers to another offset.
pub(crate) fn cap() -> impl Strategy<Value = Cap> {
    let first = (
        header(),
        imports(),
        option::of(applets()),
        classes(),
        methods_of_instructions(),
    );
    let second = (
        static_fields(),
        option::of(exports()),
        constant_pool(),
        descriptor(),
    );
    let third = (
        option::of(vec(any::<u8>(), 0..30)),
        option::of(static_resources()),
        custom_components(),
    );
    (first, second, third).prop_map(|(first, second, third)| {
        let (mut header, imports, applets, (format, classes), methods) = first;
        let (static_fields, exports, constant_pool, descriptor) = second;
        let (debug, static_resources, custom_components) = third;
        header.format = format;
        if format == FormatVersion::V2_1 {
            header.package_name.clear();
        }
        let mut cap = Cap {
            header,
            imports,
            applets,
            classes,
            methods,
            static_fields,
            exports,
            constant_pool,
            descriptor: Some(descriptor),
            debug: debug.filter(|_| format > FormatVersion::V2_1),
            static_resources: static_resources.filter(|_| format > FormatVersion::V2_2),
            custom_components,
        };
        refer_to_methods_only(&mut cap);
        cap
    })
}

fn custom_components() -> impl Strategy<Value = Vec<CustomComponent>> {
    let component = (aid(), vec(any::<u8>(), 0..30));
    prop::collection::btree_map(0x80..=0xFFu8, component, 0..4).prop_map(|components| {
        let custom = |(tag, (aid, info))| CustomComponent {
            tag,
            aid,
            name: format!("custom{tag}"),
            info,
        };
        components.into_iter().map(custom).collect()
    })
}

/// Makes all offsets of methods those of methods.
fn refer_to_methods_only(cap: &mut Cap) {
    let starts: Vec<(u16, u16)> = cap
        .methods
        .offsets()
        .map(|(offset, method)| {
            (
                u16::try_from(offset).unwrap(),
                u16::try_from(method.code.len()).unwrap(),
            )
        })
        .collect();
    let some = |offset: u16| {
        starts
            .get(usize::from(offset) % starts.len().max(1))
            .map(|(start, _)| *start)
    };
    if starts.is_empty() {
        cap.applets = None;
    }
    for applet in cap
        .applets
        .iter_mut()
        .flat_map(|component| &mut component.applets)
    {
        applet.install_method_offset = some(applet.install_method_offset).unwrap();
    }
    for class in &mut cap.classes.classes {
        for entry in [&mut class.public_methods, &mut class.package_methods]
            .into_iter()
            .flat_map(|table| &mut table.methods)
        {
            *entry = entry.and_then(some);
        }
    }
    for class in cap
        .exports
        .iter_mut()
        .flat_map(|component| &mut component.classes)
    {
        class.static_methods = class
            .static_methods
            .iter()
            .filter_map(|offset| some(*offset))
            .collect();
    }
    cap.constant_pool.constants.retain_mut(|constant| match constant {
        Constant::StaticMethod(StaticRef::Internal { offset }) => some(*offset).is_some_and(|start| {
            *offset = start;
            true
        }),
        _ => true,
    });
    list_methods(cap.descriptor.as_mut().unwrap(), &starts);
}

/// The first class of the Descriptor has all methods.
fn list_methods(descriptor: &mut DescriptorComponent, starts: &[(u16, u16)]) {
    descriptor.classes.truncate(1);
    let class = descriptor.classes.pop();
    let methods = starts
        .iter()
        .map(|(method_offset, bytecode_count)| MethodDescriptor {
            method_offset: *method_offset,
            bytecode_count: *bytecode_count,
            ..MethodDescriptor::default()
        });
    descriptor.classes.push(ClassDescriptor {
        token: 0,
        access: ClassAccess::PUBLIC,
        this_class: ClassRef::Internal { offset: 0 },
        interfaces: vec![],
        fields: class.map(|class| class.fields).unwrap_or_default(),
        methods: methods.collect(),
    });
}
