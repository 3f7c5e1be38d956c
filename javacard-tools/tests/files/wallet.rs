//! A small package, put together from symbols: two classes, a shareable interface, static fields, exception handlers. Tests
//! change the symbols, or the order in which they are numbered, and get another CAP file.

use std::error::Error;

use cap_format::bytecode::{Instruction, Opcode, Operands, encode};
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

/// `java.lang`, `javacard.framework`.
pub(crate) const LANG: &[u8] = &[0xA0, 0, 0, 0, 0x62, 0x00, 0x01];
pub(crate) const FRAMEWORK: &[u8] = &[0xA0, 0, 0, 0, 0x62, 0x01, 0x01];

/// A class by name, or by the AID of its package and its token.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ClassName {
    Own(&'static str),
    Outside(&'static [u8], u8),
}

pub(crate) const OBJECT: ClassName = ClassName::Outside(LANG, 0);
pub(crate) const APPLET: ClassName = ClassName::Outside(FRAMEWORK, 3);
pub(crate) const SHAREABLE: ClassName = ClassName::Outside(FRAMEWORK, 2);
pub(crate) const APDU: ClassName = ClassName::Outside(FRAMEWORK, 10);
pub(crate) const ISO_EXCEPTION: ClassName = ClassName::Outside(FRAMEWORK, 7);

/// What an instruction refers to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Symbol {
    Class(ClassName),
    /// Class and name of an instance field.
    Field(&'static str, &'static str),
    Static(&'static str),
    /// Class and name of a method.
    Method(&'static str, &'static str),
    /// A virtual method of a class outside.
    Virtual(ClassName, u8),
    /// A static method or constructor of a class outside.
    StaticOutside(&'static [u8], u8, u8),
}

/// An instruction.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Code {
    Is(Opcode, Operands),
    To(Opcode, Symbol),
    /// `invokeinterface` of a class of this package.
    Interface(&'static str, u8, u8),
}

/// Handlers count instructions.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Catch {
    pub(crate) start: usize,
    pub(crate) end: usize,
    pub(crate) handler: usize,
    pub(crate) class: Option<ClassName>,
}

#[derive(Debug, Clone)]
pub(crate) struct MethodSymbol {
    pub(crate) class: &'static str,
    pub(crate) name: &'static str,
    pub(crate) access: MethodAccess,
    /// The token of a virtual method.
    pub(crate) token: Option<u8>,
    pub(crate) types: Vec<Type>,
    pub(crate) stack: u8,
    pub(crate) arguments: u8,
    pub(crate) locals: u8,
    pub(crate) code: Vec<Code>,
    pub(crate) catches: Vec<Catch>,
}

#[derive(Debug, Clone)]
pub(crate) struct FieldSymbol {
    pub(crate) class: &'static str,
    pub(crate) name: &'static str,
    pub(crate) access: FieldAccess,
    pub(crate) primitive: PrimitiveType,
}

#[derive(Debug, Clone)]
pub(crate) struct ClassSymbol {
    pub(crate) name: &'static str,
    pub(crate) superclass: ClassName,
    pub(crate) access: ClassAccess,
    /// Interfaces, and the tokens of their methods.
    pub(crate) interfaces: Vec<(ClassName, Vec<u8>)>,
    /// The first field that is said to hold a reference, and how many.
    pub(crate) references: Option<(u8, u8)>,
}

/// The package.
#[derive(Debug, Clone)]
pub(crate) struct Wallet {
    pub(crate) version: PackageVersion,
    pub(crate) aid: Vec<u8>,
    pub(crate) applet: Vec<u8>,
    pub(crate) imports: Vec<(&'static [u8], PackageVersion)>,
    pub(crate) classes: Vec<ClassSymbol>,
    pub(crate) methods: Vec<MethodSymbol>,
    pub(crate) fields: Vec<FieldSymbol>,
    /// The static array `Wallet.TABLE`, the static short `Wallet.limit`.
    pub(crate) table: Vec<u8>,
    pub(crate) limit: i16,
    pub(crate) flags: HeaderFlags,
    /// Constants that nothing uses, before the others.
    pub(crate) unused_constants: Vec<Constant>,
    pub(crate) reverse_constants: bool,
    /// The names in the manifest.
    pub(crate) applet_names: Vec<String>,
}

fn plain(opcode: Opcode) -> Code {
    Code::Is(opcode, Operands::None)
}

fn branch(opcode: Opcode, by: i16) -> Code {
    Code::Is(opcode, Operands::Branch(by))
}

fn to(opcode: Opcode, symbol: Symbol) -> Code {
    Code::To(opcode, symbol)
}

/// The package as it is before a test changes it.
pub(crate) fn wallet() -> Wallet {
    let public = MethodAccess::PUBLIC;
    let method = |class, name, access, types: &[Type], sizes: (u8, u8, u8), code| MethodSymbol {
        class,
        name,
        access,
        token: None,
        types: types.to_vec(),
        stack: sizes.0,
        arguments: sizes.1,
        locals: sizes.2,
        code,
        catches: Vec::new(),
    };
    let field = |class, name, primitive| FieldSymbol {
        class,
        name,
        access: FieldAccess::PRIVATE,
        primitive,
    };
    let mut methods = vec![
        method(
            "Purse",
            "<init>",
            public | MethodAccess::INIT,
            &[Type::Void],
            (1, 1, 0),
            vec![
                plain(Opcode::Aload0),
                to(Opcode::Invokespecial, Symbol::StaticOutside(LANG, 0, 0)),
                plain(Opcode::Return),
            ],
        ),
        method(
            "Purse",
            "add",
            public,
            &[Type::Short, Type::Short],
            (3, 2, 0),
            vec![
                plain(Opcode::Aload0),
                to(Opcode::GetfieldSThis, Symbol::Field("Purse", "amount")),
                plain(Opcode::Sload1),
                plain(Opcode::Sadd),
                to(Opcode::PutfieldS, Symbol::Field("Purse", "amount")),
                to(Opcode::GetfieldSThis, Symbol::Field("Purse", "amount")),
                plain(Opcode::Sreturn),
            ],
        ),
        method(
            "Purse",
            "balance",
            public,
            &[Type::Short],
            (1, 1, 0),
            vec![
                to(Opcode::GetfieldSThis, Symbol::Field("Purse", "amount")),
                plain(Opcode::Sreturn),
            ],
        ),
        method(
            "Wallet",
            "<init>",
            MethodAccess::INIT,
            &[Type::Void],
            (2, 1, 0),
            vec![
                plain(Opcode::Aload0),
                to(Opcode::Invokespecial, Symbol::StaticOutside(FRAMEWORK, 3, 0)),
                plain(Opcode::Aload0),
                to(Opcode::Invokevirtual, Symbol::Virtual(APPLET, 1)),
                plain(Opcode::Return),
            ],
        ),
        method(
            "Wallet",
            "install",
            public | MethodAccess::STATIC,
            &[Type::ByteArray, Type::Short, Type::Byte, Type::Void],
            (2, 3, 0),
            vec![
                to(Opcode::New, Symbol::Class(ClassName::Own("Wallet"))),
                plain(Opcode::Dup),
                to(Opcode::Invokespecial, Symbol::Method("Wallet", "<init>")),
                plain(Opcode::Pop),
                plain(Opcode::Return),
            ],
        ),
        method(
            "Wallet",
            "process",
            public,
            &[
                Type::Reference(ClassRef::External {
                    package: 1,
                    class: 10,
                }),
                Type::Void,
            ],
            (3, 2, 2),
            vec![
                plain(Opcode::Aload1),
                to(Opcode::Invokevirtual, Symbol::Virtual(APDU, 1)),
                plain(Opcode::Astore2),
                plain(Opcode::Aload2),
                plain(Opcode::Sconst1),
                plain(Opcode::Baload),
                to(Opcode::GetstaticS, Symbol::Static("limit")),
                branch(Opcode::IfScmplt, 8),
                Code::Is(Opcode::Sspush, Operands::Immediate(0x6A80)),
                to(Opcode::Invokestatic, Symbol::StaticOutside(FRAMEWORK, 7, 1)),
                plain(Opcode::Aload0),
                to(Opcode::Invokespecial, Symbol::Method("Wallet", "check")),
                plain(Opcode::Pop),
                plain(Opcode::Return),
                plain(Opcode::Astore3),
                plain(Opcode::Return),
            ],
        ),
        method(
            "Wallet",
            "check",
            MethodAccess::PRIVATE,
            &[Type::Short],
            (3, 1, 0),
            vec![
                to(Opcode::GetstaticA, Symbol::Static("TABLE")),
                plain(Opcode::Sconst0),
                plain(Opcode::Baload),
                plain(Opcode::Sconst5),
                plain(Opcode::Sadd),
                to(Opcode::PutstaticS, Symbol::Static("limit")),
                plain(Opcode::Aload0),
                to(Opcode::GetfieldBThis, Symbol::Field("Wallet", "state")),
                to(Opcode::PutfieldB, Symbol::Field("Wallet", "tries")),
                to(Opcode::GetfieldBThis, Symbol::Field("Wallet", "tries")),
                plain(Opcode::Sreturn),
            ],
        ),
        method(
            "Wallet",
            "purse",
            MethodAccess::PRIVATE,
            &[Type::Short],
            (3, 1, 0),
            vec![
                to(Opcode::New, Symbol::Class(ClassName::Own("Purse"))),
                plain(Opcode::Dup),
                to(Opcode::Invokespecial, Symbol::Method("Purse", "<init>")),
                Code::Interface("Balance", 1, 0),
                plain(Opcode::Sreturn),
            ],
        ),
    ];
    for (name, token) in [("add", 1), ("balance", 2), ("process", 7)] {
        for method in methods.iter_mut().filter(|method| method.name == name) {
            method.token = Some(token);
        }
    }
    methods[5].catches = vec![Catch {
        start: 0,
        end: 13,
        handler: 14,
        class: Some(ISO_EXCEPTION),
    }];
    Wallet {
        version: PackageVersion { major: 1, minor: 0 },
        aid: vec![0xF0, 0, 0, 0, 1, 1],
        applet: vec![0xF0, 0, 0, 0, 1, 1, 1],
        imports: vec![
            (LANG, PackageVersion { major: 1, minor: 0 }),
            (FRAMEWORK, PackageVersion { major: 1, minor: 2 }),
        ],
        classes: vec![
            ClassSymbol {
                name: "Purse",
                superclass: OBJECT,
                access: ClassAccess(0),
                interfaces: vec![(ClassName::Own("Balance"), vec![2]), (SHAREABLE, vec![])],
                references: None,
            },
            ClassSymbol {
                name: "Wallet",
                superclass: APPLET,
                access: ClassAccess::PUBLIC,
                interfaces: vec![],
                references: None,
            },
        ],
        methods,
        fields: vec![
            field("Purse", "amount", PrimitiveType::Short),
            field("Wallet", "tries", PrimitiveType::Byte),
            field("Wallet", "state", PrimitiveType::Byte),
        ],
        table: vec![1, 2, 3],
        limit: 40,
        flags: HeaderFlags::APPLET | HeaderFlags::EXPORT,
        unused_constants: Vec::new(),
        reverse_constants: false,
        applet_names: vec!["example.wallet.Wallet".to_owned()],
    }
}

type Result<T> = std::result::Result<T, Box<dyn Error>>;

impl Wallet {
    /// The method of this class and name.
    pub(crate) fn method(&mut self, class: &str, name: &str) -> &mut MethodSymbol {
        let found = self
            .methods
            .iter_mut()
            .find(|method| method.class == class && method.name == name);
        found.expect("the package has the method")
    }

    /// The CAP file as an archive.
    pub(crate) fn archive(&self) -> Result<Vec<u8>> {
        let file = CapFile {
            package_name: "example/wallet".to_owned(),
            applet_names: self.applet_names.clone(),
            cap: self.cap()?,
        };
        Ok(file.write()?)
    }

    pub(crate) fn cap(&self) -> Result<Cap> {
        Assembler::new(self)?.cap()
    }

    fn class_index(&self, name: &str) -> usize {
        self.classes
            .iter()
            .position(|class| class.name == name)
            .expect("the package has the class")
    }
}

/// Octets of the class components' parts, places of everything.
struct Assembler<'a> {
    wallet: &'a Wallet,
    class_offsets: Vec<u16>,
    method_offsets: Vec<u16>,
    constants: Vec<Constant>,
    types: TypeDescriptors,
}

/// Octets of the interface `Balance`, which stands first.
const BALANCE_OCTETS: u16 = 3;
/// The static image: the reference, then the short.
const TABLE_OFFSET: u16 = 0;
const LIMIT_OFFSET: u16 = 2;

impl<'a> Assembler<'a> {
    fn new(wallet: &'a Wallet) -> Result<Self> {
        let mut assembler = Self {
            wallet,
            class_offsets: Vec::new(),
            method_offsets: vec![0; wallet.methods.len()],
            constants: Vec::new(),
            types: TypeDescriptors::default(),
        };
        let mut offset = BALANCE_OCTETS;
        for index in 0..wallet.classes.len() {
            assembler.class_offsets.push(offset);
            offset += u16::try_from(assembler.class(index).octets())?;
        }
        assembler.collect_constants();
        let mut offset = 1 + 8 * u16::try_from(
            wallet
                .methods
                .iter()
                .map(|method| method.catches.len())
                .sum::<usize>(),
        )?;
        let mut offsets = Vec::new();
        for method in &wallet.methods {
            offsets.push(offset);
            offset += u16::try_from(2 + assembler.code(method)?.len())?;
        }
        assembler.method_offsets = offsets;
        // The constants again, now with the offsets of methods.
        assembler.collect_constants();
        for method in &wallet.methods {
            let types = TypeDescriptor(assembler.renumbered(&method.types));
            if !assembler.types.0.contains(&types) {
                assembler.types.0.push(types);
            }
        }
        assembler.types.0.push(TypeDescriptor(vec![Type::ByteArray]));
        Ok(assembler)
    }

    /// Types name `javacard.framework` by its number 1; here it may have another.
    fn renumbered(&self, types: &[Type]) -> Vec<Type> {
        let framework = self.package(FRAMEWORK);
        let of = |of: &Type| match of {
            Type::Reference(ClassRef::External { class, .. }) => Type::Reference(ClassRef::External {
                package: framework,
                class: *class,
            }),
            other => *other,
        };
        types.iter().map(of).collect()
    }

    fn package(&self, aid: &[u8]) -> u8 {
        let index = self.wallet.imports.iter().position(|(of, _)| *of == aid);
        u8::try_from(index.expect("the package is imported")).expect("few imports")
    }

    fn class_ref(&self, name: ClassName) -> ClassRef {
        match name {
            ClassName::Outside(aid, class) => ClassRef::External {
                package: self.package(aid),
                class,
            },
            ClassName::Own("Balance") => ClassRef::Internal { offset: 0 },
            ClassName::Own(name) => ClassRef::Internal {
                offset: self
                    .class_offsets
                    .get(self.wallet.class_index(name))
                    .copied()
                    .unwrap_or_default(),
            },
        }
    }

    /// Fields of a class have the tokens of their order.
    fn field_token(&self, class: &str, name: &str) -> u8 {
        let of_class = self.wallet.fields.iter().filter(|field| field.class == class);
        let position = of_class.map(|field| field.name).position(|of| of == name);
        u8::try_from(position.expect("the class has the field")).expect("few fields")
    }

    fn method_offset(&self, class: &str, name: &str) -> u16 {
        let of = |method: &MethodSymbol| method.class == class && method.name == name;
        let index = self
            .wallet
            .methods
            .iter()
            .position(of)
            .expect("the package has the method");
        self.method_offsets[index]
    }

    fn constant(&self, symbol: Symbol) -> Constant {
        match symbol {
            Symbol::Class(class) => Constant::Class(self.class_ref(class)),
            Symbol::Field(class, name) => Constant::InstanceField {
                class: self.class_ref(ClassName::Own(class)),
                token: self.field_token(class, name),
            },
            Symbol::Static(name) => Constant::StaticField(StaticRef::Internal {
                offset: if name == "TABLE" {
                    TABLE_OFFSET
                } else {
                    LIMIT_OFFSET
                },
            }),
            Symbol::Method(class, name) => Constant::StaticMethod(StaticRef::Internal {
                offset: self.method_offset(class, name),
            }),
            Symbol::Virtual(class, token) => Constant::VirtualMethod {
                class: self.class_ref(class),
                token,
            },
            Symbol::StaticOutside(aid, class, token) => Constant::StaticMethod(StaticRef::External {
                package: self.package(aid),
                class,
                token,
            }),
        }
    }

    fn symbols(&self) -> Vec<Symbol> {
        let mut symbols = Vec::new();
        for method in &self.wallet.methods {
            for code in &method.code {
                match code {
                    Code::Is(..) => {}
                    Code::To(_, symbol) => symbols.push(*symbol),
                    Code::Interface(class, ..) => symbols.push(Symbol::Class(ClassName::Own(class))),
                }
            }
            symbols.extend(
                method
                    .catches
                    .iter()
                    .filter_map(|catch| Some(Symbol::Class(catch.class?))),
            );
        }
        symbols
    }

    fn collect_constants(&mut self) {
        // Index 0 is taken by a constant that no handler catches: there it would mean all exceptions.
        let mut constants = vec![Constant::Class(self.class_ref(OBJECT))];
        constants.extend(&self.wallet.unused_constants);
        let mut used: Vec<Constant> = Vec::new();
        for symbol in self.symbols() {
            let constant = self.constant(symbol);
            if !used.contains(&constant) {
                used.push(constant);
            }
        }
        if self.wallet.reverse_constants {
            used.reverse();
        }
        constants.extend(used);
        self.constants = constants;
    }

    fn index(&self, symbol: Symbol) -> u16 {
        let constant = self.constant(symbol);
        let index = self
            .constants
            .iter()
            .skip(1)
            .position(|of| *of == constant)
            .expect("collected before");
        u16::try_from(index + 1).expect("few constants")
    }

    fn instructions(&self, method: &MethodSymbol) -> Vec<Instruction> {
        let one = |code: &Code| match code {
            Code::Is(opcode, operands) => Instruction::new(*opcode, operands.clone()),
            Code::To(opcode, symbol) => Instruction::new(*opcode, Operands::Constant(self.index(*symbol))),
            Code::Interface(class, nargs, token) => Instruction::new(
                Opcode::Invokeinterface,
                Operands::Interface {
                    nargs: *nargs,
                    constant: self.index(Symbol::Class(ClassName::Own(class))),
                    token: *token,
                },
            ),
        };
        method.code.iter().map(one).collect()
    }

    fn code(&self, method: &MethodSymbol) -> Result<Vec<u8>> {
        Ok(encode(&self.instructions(method))?)
    }

    fn class(&self, index: usize) -> ClassInfo {
        let class = &self.wallet.classes[index];
        let mut virtuals: Vec<(u8, u16)> = self
            .wallet
            .methods
            .iter()
            .zip(&self.method_offsets)
            .filter(|(method, _)| method.class == class.name)
            .filter_map(|(method, offset)| Some((method.token?, *offset)))
            .collect();
        virtuals.sort_unstable();
        let shareable = class
            .interfaces
            .iter()
            .any(|(interface, _)| *interface == SHAREABLE);
        ClassInfo {
            flags: if shareable {
                ClassFlags::SHAREABLE
            } else {
                ClassFlags(0)
            },
            super_class: Some(self.class_ref(class.superclass)),
            declared_instance_size: u8::try_from(
                self.wallet
                    .fields
                    .iter()
                    .filter(|field| field.class == class.name)
                    .count(),
            )
            .expect("few fields"),
            first_reference_token: class.references.map(|(first, _)| first),
            reference_count: class.references.map_or(0, |(_, count)| count),
            public_methods: MethodTable {
                base: virtuals.first().map_or(0, |(token, _)| *token),
                methods: virtuals.iter().map(|(_, offset)| Some(*offset)).collect(),
            },
            interfaces: class
                .interfaces
                .iter()
                .map(|(interface, methods)| ImplementedInterface {
                    interface: self.class_ref(*interface),
                    methods: methods.clone(),
                })
                .collect(),
            ..ClassInfo::default()
        }
    }

    fn cap(&self) -> Result<Cap> {
        let wallet = self.wallet;
        let version = |(aid, version): &(&[u8], PackageVersion)| -> Result<PackageInfo> {
            Ok(PackageInfo {
                version: *version,
                aid: Aid::new(aid)?,
            })
        };
        Ok(Cap {
            header: HeaderComponent {
                format: FormatVersion::V2_1,
                flags: wallet.flags,
                package: PackageInfo {
                    version: wallet.version,
                    aid: Aid::new(&wallet.aid)?,
                },
                package_name: String::new(),
            },
            imports: ImportComponent {
                packages: wallet.imports.iter().map(version).collect::<Result<_>>()?,
            },
            applets: Some(AppletComponent {
                applets: vec![Applet {
                    aid: Aid::new(&wallet.applet)?,
                    install_method_offset: self.method_offset("Wallet", "install"),
                }],
            }),
            classes: ClassComponent {
                signature_pool: TypeDescriptors::default(),
                interfaces: vec![InterfaceInfo {
                    flags: ClassFlags::INTERFACE | ClassFlags::SHAREABLE,
                    superinterfaces: vec![self.class_ref(SHAREABLE)],
                    remote_name: String::new(),
                }],
                classes: (0..wallet.classes.len()).map(|index| self.class(index)).collect(),
            },
            methods: self.methods()?,
            static_fields: StaticFieldComponent {
                reference_count: 1,
                array_inits: vec![ArrayInit {
                    element: ArrayInitType::Byte,
                    values: wallet.table.clone(),
                }],
                default_value_count: 0,
                non_default_values: wallet.limit.to_be_bytes().to_vec(),
            },
            exports: Some(ExportComponent {
                classes: vec![ClassExport::default()],
            }),
            constant_pool: ConstantPoolComponent {
                constants: self.constants.clone(),
            },
            descriptor: Some(self.descriptor()?),
            debug: None,
            static_resources: None,
            custom_components: Vec::new(),
        })
    }

    fn methods(&self) -> Result<MethodComponent> {
        let mut component = MethodComponent::default();
        for (method, offset) in self.wallet.methods.iter().zip(&self.method_offsets) {
            let instructions = self.instructions(method);
            let place = |index: usize| -> Result<u16> {
                let before: usize = instructions.iter().take(index).map(Instruction::octets).sum();
                Ok(offset + 2 + u16::try_from(before)?)
            };
            for catch in &method.catches {
                component.handlers.push(ExceptionHandler {
                    start_offset: place(catch.start)?,
                    active_length: place(catch.end)? - place(catch.start)?,
                    stop: true,
                    handler_offset: place(catch.handler)?,
                    catch_type_index: catch.class.map_or(0, |class| self.index(Symbol::Class(class))),
                });
            }
            component.methods.push(Method {
                header: MethodHeader {
                    max_stack: method.stack,
                    nargs: method.arguments,
                    max_locals: method.locals,
                    ..MethodHeader::default()
                },
                code: encode(&instructions)?,
            });
        }
        Ok(component)
    }

    fn descriptor(&self) -> Result<DescriptorComponent> {
        let interface = ClassDescriptor {
            token: 0,
            access: ClassAccess::PUBLIC | ClassAccess::INTERFACE | ClassAccess::ABSTRACT,
            this_class: ClassRef::Internal { offset: 0 },
            interfaces: vec![self.class_ref(SHAREABLE)],
            fields: Vec::new(),
            methods: vec![MethodDescriptor {
                access: MethodAccess::PUBLIC | MethodAccess::ABSTRACT,
                type_offset: self.type_offset(&[Type::Short])?,
                ..MethodDescriptor::default()
            }],
        };
        let mut classes = vec![interface];
        for class in &self.wallet.classes {
            classes.push(self.class_descriptor(class)?);
        }
        Ok(DescriptorComponent {
            classes,
            constant_types: vec![None; self.constants.len()],
            types: self.types.clone(),
        })
    }

    fn type_offset(&self, types: &[Type]) -> Result<u16> {
        let types = self.renumbered(types);
        let found = self.types.offsets().find(|(_, of)| of.0 == types);
        let (offset, _) = found.ok_or("the type was collected before")?;
        Ok(u16::try_from(2 + 2 * self.constants.len() + offset)?)
    }

    fn class_descriptor(&self, class: &ClassSymbol) -> Result<ClassDescriptor> {
        let this_class = self.class_ref(ClassName::Own(class.name));
        let mut fields = Vec::new();
        for field in self
            .wallet
            .fields
            .iter()
            .filter(|field| field.class == class.name)
        {
            fields.push(FieldDescriptor {
                token: self.field_token(field.class, field.name),
                access: field.access,
                location: FieldLocation::Instance {
                    class: this_class,
                    token: self.field_token(field.class, field.name),
                },
                field_type: FieldType::Primitive(field.primitive),
            });
        }
        if class.name == "Wallet" {
            let statics = [
                (
                    TABLE_OFFSET,
                    FieldType::Reference(self.type_offset(&[Type::ByteArray])?),
                ),
                (LIMIT_OFFSET, FieldType::Primitive(PrimitiveType::Short)),
            ];
            fields.extend(statics.map(|(offset, field_type)| FieldDescriptor {
                token: 0xFF,
                access: FieldAccess::STATIC | FieldAccess::PRIVATE,
                location: FieldLocation::Static(StaticRef::Internal { offset }),
                field_type,
            }));
        }
        let mut handler_index = 0;
        let mut methods = Vec::new();
        for (method, offset) in self.wallet.methods.iter().zip(&self.method_offsets) {
            let handler_count = u16::try_from(method.catches.len())?;
            if method.class == class.name {
                methods.push(MethodDescriptor {
                    token: method.token.unwrap_or(0xFF),
                    access: method.access,
                    method_offset: *offset,
                    type_offset: self.type_offset(&method.types)?,
                    bytecode_count: u16::try_from(self.code(method)?.len())?,
                    handler_count,
                    handler_index: if handler_count > 0 { handler_index } else { 0 },
                });
            }
            handler_index += handler_count;
        }
        Ok(ClassDescriptor {
            token: 0xFF,
            access: class.access,
            this_class,
            interfaces: class
                .interfaces
                .iter()
                .map(|(interface, _)| self.class_ref(*interface))
                .collect(),
            fields,
            methods,
        })
    }
}
