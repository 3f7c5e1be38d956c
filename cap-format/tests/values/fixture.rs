//! The applet package of `tests/vectors/cap/applet-2.1.txt`, made as a value.

use cap_format::bytecode::{ElementType, Instruction, LookupSwitch, Opcode, Operands, encode};
use cap_format::cap::Cap;
use cap_format::component::applet::{Applet, AppletComponent};
use cap_format::component::class::{
    ClassComponent, ClassFlags, ClassInfo, ImplementedInterface, InterfaceInfo, MethodTable,
};
use cap_format::component::constant_pool::{Constant, ConstantPoolComponent};
use cap_format::component::descriptor::{
    ClassAccess, ClassDescriptor, DescriptorComponent, FieldAccess, FieldDescriptor, FieldLocation,
    FieldType, MethodAccess, MethodDescriptor, PrimitiveType,
};
use cap_format::component::export::{ClassExport, ExportComponent};
use cap_format::component::header::{HeaderComponent, HeaderFlags};
use cap_format::component::import::ImportComponent;
use cap_format::component::method::{ExceptionHandler, Method, MethodComponent, MethodHeader};
use cap_format::component::static_field::{ArrayInit, ArrayInitType, StaticFieldComponent};
use cap_format::container::CapFile;
use cap_format::reference::{ClassRef, StaticRef};
use cap_format::type_descriptor::{Type, TypeDescriptor, TypeDescriptors};
use cap_format::version::{FormatVersion, PackageInfo, PackageVersion};
use card_proto::aid::Aid;

use crate::octets;

fn aid(text: &str) -> Aid {
    Aid::new(&octets(text)).unwrap()
}

fn package(text: &str, major: u8, minor: u8) -> PackageInfo {
    PackageInfo {
        version: PackageVersion { major, minor },
        aid: aid(text),
    }
}

const fn framework(class: u8) -> ClassRef {
    ClassRef::External { package: 0, class }
}

const APPLET: ClassRef = framework(3);
const SHAREABLE: ClassRef = framework(2);
const APDU: ClassRef = framework(10);
/// `Counting` has three octets.
const COUNTING: ClassRef = ClassRef::Internal { offset: 0 };
const COUNTER: ClassRef = ClassRef::Internal { offset: 3 };

/// Offsets in the Method component: one handler, then the methods.
const INIT: u16 = 9;
const INSTALL: u16 = 26;
const COUNT: u16 = 37;
const PROCESS: u16 = 49;
const UNUSED: u16 = 111;

pub(crate) fn counter() -> CapFile {
    CapFile {
        package_name: "com/example/counter".to_owned(),
        applet_names: vec!["Counter".to_owned()],
        cap: counter_cap(),
    }
}

pub(crate) fn counter_cap() -> Cap {
    Cap {
        header: HeaderComponent {
            format: FormatVersion::V2_1,
            flags: HeaderFlags::EXPORT | HeaderFlags::APPLET,
            package: package("F0436F756E7401", 1, 0),
            package_name: String::new(),
        },
        imports: ImportComponent {
            packages: vec![package("A0000000620101", 1, 0), package("A0000000620001", 1, 0)],
        },
        applets: Some(AppletComponent {
            applets: vec![Applet {
                aid: aid("F0436F756E740101"),
                install_method_offset: INSTALL,
            }],
        }),
        classes: classes(),
        methods: methods(),
        static_fields: StaticFieldComponent {
            reference_count: 1,
            array_inits: vec![ArrayInit {
                element: ArrayInitType::Byte,
                values: vec![1, 2, 3],
            }],
            default_value_count: 0,
            non_default_values: 1000u16.to_be_bytes().to_vec(),
        },
        exports: Some(ExportComponent {
            classes: vec![ClassExport::default()],
        }),
        constant_pool: constant_pool(),
        descriptor: Some(descriptor()),
        debug: None,
        static_resources: None,
        custom_components: Vec::new(),
    }
}

fn classes() -> ClassComponent {
    let implemented = |interface, methods| ImplementedInterface { interface, methods };
    let counter = ClassInfo {
        flags: ClassFlags::SHAREABLE,
        super_class: Some(APPLET),
        declared_instance_size: 2,
        first_reference_token: Some(0),
        reference_count: 1,
        public_methods: MethodTable {
            base: 7,
            methods: vec![Some(PROCESS), Some(COUNT)],
        },
        interfaces: vec![implemented(SHAREABLE, vec![]), implemented(COUNTING, vec![8])],
        ..ClassInfo::default()
    };
    let counting = InterfaceInfo {
        flags: ClassFlags::INTERFACE | ClassFlags::SHAREABLE,
        superinterfaces: vec![SHAREABLE],
        remote_name: String::new(),
    };
    ClassComponent {
        interfaces: vec![counting],
        classes: vec![counter],
        ..ClassComponent::default()
    }
}

fn constant_pool() -> ConstantPoolComponent {
    let external = |package, class, token| StaticRef::External {
        package,
        class,
        token,
    };
    let method = |class, token| Constant::VirtualMethod { class, token };
    let constants = vec![
        Constant::InstanceField {
            class: COUNTER,
            token: 0,
        }, // last
        Constant::InstanceField {
            class: COUNTER,
            token: 1,
        }, // value
        Constant::StaticMethod(external(0, 3, 0)), // Applet.<init>()V
        method(APPLET, 1),                         // register()V
        Constant::Class(COUNTER),
        Constant::StaticMethod(StaticRef::Internal { offset: INIT }),
        method(APDU, 1),                                              // getBuffer()[B
        Constant::StaticField(StaticRef::Internal { offset: 0 }),     // steps
        method(COUNTER, 8),                                           // count(S)S
        Constant::StaticField(StaticRef::Internal { offset: 2 }),     // limit
        Constant::StaticMethod(external(0, 7, 1)),                    // ISOException.throwIt(S)V
        Constant::Class(ClassRef::External { package: 1, class: 9 }), // ArithmeticException
    ];
    ConstantPoolComponent { constants }
}

fn method(max_stack: u8, nargs: u8, max_locals: u8, code: &[Instruction]) -> Method {
    Method {
        header: MethodHeader {
            max_stack,
            nargs,
            max_locals,
            ..MethodHeader::default()
        },
        code: encode(code).unwrap(),
    }
}

fn methods() -> MethodComponent {
    use Opcode::*;
    let plain = Instruction::plain;
    let with = |opcode, index| Instruction::new(opcode, Operands::Constant(index));
    let new_bytes = Instruction::new(Newarray, Operands::Element(ElementType::Byte));
    let goto = |branch| Instruction::new(Goto, Operands::Branch(branch));
    let init = [
        plain(Aload0),
        with(Invokespecial, 2),
        plain(Aload0),
        plain(Sconst2),
        new_bytes,
        with(PutfieldA, 0),
        plain(Aload0),
        with(Invokevirtual, 3),
        plain(Return),
    ];
    let install = [
        with(New, 4),
        plain(Dup),
        with(Invokespecial, 5),
        plain(Pop),
        plain(Return),
    ];
    let count = [
        plain(Aload0),
        with(GetfieldSThis, 1),
        plain(Sload1),
        plain(Sadd),
        Instruction::new(DupX, Operands::Words { m: 1, n: 2 }),
        with(PutfieldS, 1),
        plain(Sreturn),
    ];
    let switch = LookupSwitch {
        default: 38,
        pairs: vec![(1, 13), (2, 24)],
    };
    let process = [
        plain(Aload1),
        with(Invokevirtual, 6),
        plain(Astore2),
        plain(Aload2),
        plain(Sconst1),
        plain(Baload),
        Instruction::new(Slookupswitch, Operands::LookupSwitch(switch)),
        plain(Aload0),
        with(GetstaticA, 7),
        plain(Sconst2),
        plain(Baload),
        with(Invokevirtual, 8),
        plain(Pop),
        plain(Return),
        plain(Aload0),
        with(GetstaticS, 9),
        plain(Aload2),
        plain(Sconst2),
        plain(Baload),
        plain(Sdiv),
        with(Invokevirtual, 8),
        plain(Pop),
        goto(15),
        Instruction::new(Sspush, Operands::Immediate(0x6D00)),
        with(Invokestatic, 10),
        goto(7),
        plain(Pop),
        plain(Aload0),
        plain(Sconst0),
        with(PutfieldS, 1),
        plain(Return),
    ];
    let handler = ExceptionHandler {
        start_offset: PROCESS + 7,
        active_length: 49,
        stop: true,
        handler_offset: PROCESS + 56,
        catch_type_index: 11,
    };
    MethodComponent {
        handlers: vec![handler],
        methods: vec![
            method(2, 1, 0, &init),
            method(2, 3, 0, &install),
            method(3, 2, 0, &count),
            method(4, 2, 1, &process),
            method(0, 1, 0, &[plain(Return)]),
        ],
    }
}

/// Offsets of the types, behind twelve types of constants.
const BYTES: u16 = 26;
const SHORT: u16 = 28;
const NOTHING: u16 = 30;
const TAKES_SHORT: u16 = 32;
const SHORT_TO_SHORT: u16 = 34;
const TO_BYTES: u16 = BYTES;
const INSTALL_TYPE: u16 = 36;
const PROCESS_TYPE: u16 = 39;

fn descriptor() -> DescriptorComponent {
    let types = vec![
        vec![Type::ByteArray],
        vec![Type::Short],
        vec![Type::Void],
        vec![Type::Short, Type::Void],
        vec![Type::Short, Type::Short],
        vec![Type::ByteArray, Type::Short, Type::Byte, Type::Void],
        vec![Type::Reference(APDU), Type::Void],
    ];
    let constant_types = vec![
        Some(BYTES),
        Some(SHORT),
        Some(NOTHING),
        Some(NOTHING),
        None,
        Some(NOTHING),
        Some(TO_BYTES),
        Some(BYTES),
        Some(SHORT_TO_SHORT),
        Some(SHORT),
        Some(TAKES_SHORT),
        None,
    ];
    DescriptorComponent {
        classes: vec![counting_descriptor(), counter_descriptor()],
        constant_types,
        types: TypeDescriptors(types.into_iter().map(TypeDescriptor).collect()),
    }
}

fn counting_descriptor() -> ClassDescriptor {
    ClassDescriptor {
        token: 0,
        access: ClassAccess::PUBLIC | ClassAccess::INTERFACE | ClassAccess::ABSTRACT,
        this_class: COUNTING,
        interfaces: vec![],
        fields: vec![],
        methods: vec![MethodDescriptor {
            access: MethodAccess::PUBLIC | MethodAccess::ABSTRACT,
            type_offset: SHORT_TO_SHORT,
            ..MethodDescriptor::default()
        }],
    }
}

fn counter_descriptor() -> ClassDescriptor {
    let field = |token, access, location, field_type| FieldDescriptor {
        token,
        access,
        location,
        field_type,
    };
    let instance = |token| FieldLocation::Instance {
        class: COUNTER,
        token,
    };
    let in_image = |offset| FieldLocation::Static(StaticRef::Internal { offset });
    let bytes = FieldType::Reference(BYTES);
    let short = FieldType::Primitive(PrimitiveType::Short);
    let method = |token, access, method_offset, type_offset, bytecode_count| MethodDescriptor {
        token,
        access,
        method_offset,
        type_offset,
        bytecode_count,
        ..MethodDescriptor::default()
    };
    let process = MethodDescriptor {
        handler_count: 1,
        ..method(7, MethodAccess::PUBLIC, PROCESS, PROCESS_TYPE, 60)
    };
    ClassDescriptor {
        token: 1,
        access: ClassAccess::PUBLIC,
        this_class: COUNTER,
        interfaces: vec![SHAREABLE, COUNTING],
        fields: vec![
            field(0xFF, FieldAccess::STATIC, in_image(0), bytes),
            field(0xFF, FieldAccess::STATIC, in_image(2), short),
            field(0, FieldAccess::PRIVATE, instance(0), bytes),
            field(1, FieldAccess::PRIVATE, instance(1), short),
        ],
        methods: vec![
            method(
                0xFF,
                MethodAccess::PRIVATE | MethodAccess::INIT,
                INIT,
                NOTHING,
                15,
            ),
            method(
                0,
                MethodAccess::PUBLIC | MethodAccess::STATIC,
                INSTALL,
                INSTALL_TYPE,
                9,
            ),
            method(8, MethodAccess::PUBLIC, COUNT, SHORT_TO_SHORT, 10),
            process,
            method(0xFF, MethodAccess::PRIVATE, UNUSED, NOTHING, 1),
        ],
    }
}
