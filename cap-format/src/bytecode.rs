//! The table of all instructions (JCVM ch. 7), and the types that follow from it.
//!
//! One row per instruction. [`Opcode`] has a variant for each, so that code which must know every instruction matches on it
//! and does not compile when one is missing. [`decode()`], [`encode()`] and [`disassemble()`] are driven by the rows.

pub(crate) mod decode;
mod disassemble;
mod encode;
mod instruction;

pub use decode::{decode, decode_at};
pub use disassemble::{Line, disassemble};
pub use encode::encode;
pub use instruction::{CheckedType, ElementType, Instruction, LookupSwitch, Operands, TableSwitch};

use std::fmt;

use crate::component::constant_pool::ConstantTag;
use crate::component::constant_pool::ConstantTag::{
    Classref, InstanceFieldref, StaticFieldref, StaticMethodref, SuperMethodref, VirtualMethodref,
};

/// The kind of a value on the operand stack or in a local variable.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum StackType {
    /// `short`, and `boolean` and `byte` extended to it: one word.
    Short,
    /// `int`: two words.
    Int,
    /// A reference: one word.
    Reference,
    /// What `astore` takes and `jsr` leaves: a reference or a return address, one word.
    ReferenceOrAddress,
}

impl StackType {
    /// Words of a value.
    pub fn words(self) -> u16 {
        if self == Self::Int { 2 } else { 1 }
    }
}

/// What an instruction does to the operand stack.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StackEffect {
    /// Takes and leaves values of these types; the last one is on top.
    Values {
        /// What it takes.
        pops: &'static [StackType],
        /// What it leaves.
        pushes: &'static [StackType],
    },
    /// Takes and leaves words of any type: `pop`, `pop2`, `dup`, `dup2`, `dup_x`, `swap_x`.
    Words,
    /// Takes the arguments of a method and leaves its result.
    Method,
}

/// Which operands an instruction has, and how they are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Layout {
    /// None.
    Plain,
    /// None: the value that is pushed belongs to the opcode.
    Value(i8),
    /// None: the local variable belongs to the opcode.
    ImpliedLocal(u8),
    /// A value of one octet, signed.
    Immediate1,
    /// A value of two octets, signed.
    Immediate2,
    /// A value of four octets, signed.
    Immediate4,
    /// A local variable.
    Local,
    /// A local variable and what is added to it, one octet, signed.
    Increment1,
    /// A local variable and what is added to it, two octets, signed.
    Increment2,
    /// A branch of one octet, signed.
    Branch1,
    /// A branch of two octets, signed.
    Branch2,
    /// Two numbers of words in one octet.
    Words,
    /// A constant pool index of one octet; the constant has one of these tags.
    Constant1(&'static [ConstantTag]),
    /// A constant pool index of two octets; the constant has one of these tags.
    Constant2(&'static [ConstantTag]),
    /// `invokeinterface`: words of arguments, constant pool index of the interface, token of its method.
    Interface,
    /// `newarray`: the type of the elements.
    Element,
    /// `checkcast`, `instanceof`: the kind of type, a constant pool index.
    TypeCheck,
    /// Default, lowest and highest key of two octets, a branch for each key.
    TableSwitch2,
    /// Default, lowest and highest key of four octets, a branch for each key.
    TableSwitch4,
    /// Default, count, pairs of a key of two octets and a branch.
    LookupSwitch2,
    /// Default, count, pairs of a key of four octets and a branch.
    LookupSwitch4,
}

/// Where control goes after an instruction.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Flow {
    /// To the next instruction.
    Next,
    /// To the next instruction or to the branch.
    Conditional,
    /// To the branch.
    Jump,
    /// To the branch, and by `ret` to the next instruction.
    Subroutine,
    /// To one of the branches of a switch.
    Switch,
    /// To the instruction after a `jsr`.
    ReturnFromSubroutine,
    /// Out of the method with its result.
    Return,
    /// To an exception handler.
    Throw,
}

macro_rules! stack_type {
    (S) => {
        StackType::Short
    };
    (I) => {
        StackType::Int
    };
    (R) => {
        StackType::Reference
    };
    (A) => {
        StackType::ReferenceOrAddress
    };
}

macro_rules! stack_effect {
    ([$($pop:ident)*] => [$($push:ident)*]) => {
        StackEffect::Values { pops: &[$(stack_type!($pop)),*], pushes: &[$(stack_type!($push)),*] }
    };
    (words) => { StackEffect::Words };
    (method) => { StackEffect::Method };
}

/// Makes [`Opcode`] from the rows. `S` is a short, `I` an int, `R` a reference, `A` a reference or return address.
macro_rules! instructions {
    ($($opcode:literal $name:ident $mnemonic:literal $section:literal $layout:ident $(($parameter:expr))?
        $([$($pop:ident)*] => [$($push:ident)*])? $($special:ident)?;)*) => {
        /// The instructions of a CAP file, with their opcodes.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Opcode {
            $(#[doc = concat!("`", $mnemonic, "` (JCVM §7.5.", stringify!($section), ").")] $name = $opcode,)*
        }

        impl Opcode {
            /// All instructions, by opcode.
            pub const ALL: &'static [Self] = &[$(Self::$name),*];

            /// The instruction with this opcode.
            #[inline]
            pub fn from_u8(opcode: u8) -> Option<Self> {
                match opcode {
                    $($opcode => Some(Self::$name),)*
                    _ => None,
                }
            }

            /// Its name in the specification.
            pub fn mnemonic(self) -> &'static str {
                match self { $(Self::$name => $mnemonic,)* }
            }

            /// The n of JCVM §7.5.n, which describes it.
            pub fn section(self) -> u8 {
                match self { $(Self::$name => $section,)* }
            }

            /// Its operands.
            #[inline]
            pub fn layout(self) -> Layout {
                match self { $(Self::$name => Layout::$layout $(($parameter))?,)* }
            }

            /// What it does to the operand stack.
            #[inline]
            pub fn stack_effect(self) -> StackEffect {
                match self {
                    $(Self::$name => stack_effect!($([$($pop)*] => [$($push)*])? $($special)?),)*
                }
            }
        }
    };
}

instructions! {
    // opcode, variant, mnemonic, n of JCVM §7.5.n, operands, stack effect
    0x00 Nop             "nop"              72 Plain                            [] => [];
    0x01 AconstNull      "aconst_null"       3 Plain                            [] => [R];
    0x02 SconstM1        "sconst_m1"        87 Value(-1)                        [] => [S];
    0x03 Sconst0         "sconst_0"         87 Value(0)                         [] => [S];
    0x04 Sconst1         "sconst_1"         87 Value(1)                         [] => [S];
    0x05 Sconst2         "sconst_2"         87 Value(2)                         [] => [S];
    0x06 Sconst3         "sconst_3"         87 Value(3)                         [] => [S];
    0x07 Sconst4         "sconst_4"         87 Value(4)                         [] => [S];
    0x08 Sconst5         "sconst_5"         87 Value(5)                         [] => [S];
    0x09 IconstM1        "iconst_m1"        33 Value(-1)                        [] => [I];
    0x0A Iconst0         "iconst_0"         33 Value(0)                         [] => [I];
    0x0B Iconst1         "iconst_1"         33 Value(1)                         [] => [I];
    0x0C Iconst2         "iconst_2"         33 Value(2)                         [] => [I];
    0x0D Iconst3         "iconst_3"         33 Value(3)                         [] => [I];
    0x0E Iconst4         "iconst_4"         33 Value(4)                         [] => [I];
    0x0F Iconst5         "iconst_5"         33 Value(5)                         [] => [I];
    0x10 Bspush          "bspush"           15 Immediate1                       [] => [S];
    0x11 Sspush          "sspush"          102 Immediate2                       [] => [S];
    0x12 Bipush          "bipush"           14 Immediate1                       [] => [I];
    0x13 Sipush          "sipush"           91 Immediate2                       [] => [I];
    0x14 Iipush          "iipush"           47 Immediate4                       [] => [I];
    0x15 Aload           "aload"             4 Local                            [] => [R];
    0x16 Sload           "sload"            92 Local                            [] => [S];
    0x17 Iload           "iload"            48 Local                            [] => [I];
    0x18 Aload0          "aload_0"           5 ImpliedLocal(0)                  [] => [R];
    0x19 Aload1          "aload_1"           5 ImpliedLocal(1)                  [] => [R];
    0x1A Aload2          "aload_2"           5 ImpliedLocal(2)                  [] => [R];
    0x1B Aload3          "aload_3"           5 ImpliedLocal(3)                  [] => [R];
    0x1C Sload0          "sload_0"          93 ImpliedLocal(0)                  [] => [S];
    0x1D Sload1          "sload_1"          93 ImpliedLocal(1)                  [] => [S];
    0x1E Sload2          "sload_2"          93 ImpliedLocal(2)                  [] => [S];
    0x1F Sload3          "sload_3"          93 ImpliedLocal(3)                  [] => [S];
    0x20 Iload0          "iload_0"          49 ImpliedLocal(0)                  [] => [I];
    0x21 Iload1          "iload_1"          49 ImpliedLocal(1)                  [] => [I];
    0x22 Iload2          "iload_2"          49 ImpliedLocal(2)                  [] => [I];
    0x23 Iload3          "iload_3"          49 ImpliedLocal(3)                  [] => [I];
    0x24 Aaload          "aaload"            1 Plain                            [R S] => [R];
    0x25 Baload          "baload"           12 Plain                            [R S] => [S];
    0x26 Saload          "saload"           84 Plain                            [R S] => [S];
    0x27 Iaload          "iaload"           29 Plain                            [R S] => [I];
    0x28 Astore          "astore"            9 Local                            [A] => [];
    0x29 Sstore          "sstore"          103 Local                            [S] => [];
    0x2A Istore          "istore"           63 Local                            [I] => [];
    0x2B Astore0         "astore_0"         10 ImpliedLocal(0)                  [A] => [];
    0x2C Astore1         "astore_1"         10 ImpliedLocal(1)                  [A] => [];
    0x2D Astore2         "astore_2"         10 ImpliedLocal(2)                  [A] => [];
    0x2E Astore3         "astore_3"         10 ImpliedLocal(3)                  [A] => [];
    0x2F Sstore0         "sstore_0"        104 ImpliedLocal(0)                  [S] => [];
    0x30 Sstore1         "sstore_1"        104 ImpliedLocal(1)                  [S] => [];
    0x31 Sstore2         "sstore_2"        104 ImpliedLocal(2)                  [S] => [];
    0x32 Sstore3         "sstore_3"        104 ImpliedLocal(3)                  [S] => [];
    0x33 Istore0         "istore_0"         64 ImpliedLocal(0)                  [I] => [];
    0x34 Istore1         "istore_1"         64 ImpliedLocal(1)                  [I] => [];
    0x35 Istore2         "istore_2"         64 ImpliedLocal(2)                  [I] => [];
    0x36 Istore3         "istore_3"         64 ImpliedLocal(3)                  [I] => [];
    0x37 Aastore         "aastore"           2 Plain                            [R S R] => [];
    0x38 Bastore         "bastore"          13 Plain                            [R S S] => [];
    0x39 Sastore         "sastore"          86 Plain                            [R S S] => [];
    0x3A Iastore         "iastore"          31 Plain                            [R S I] => [];
    0x3B Pop             "pop"              73 Plain                            words;
    0x3C Pop2            "pop2"             74 Plain                            words;
    0x3D Dup             "dup"              17 Plain                            words;
    0x3E Dup2            "dup2"             19 Plain                            words;
    0x3F DupX            "dup_x"            18 Words                            words;
    0x40 SwapX           "swap_x"          108 Words                            words;
    0x41 Sadd            "sadd"             83 Plain                            [S S] => [S];
    0x42 Iadd            "iadd"             28 Plain                            [I I] => [I];
    0x43 Ssub            "ssub"            105 Plain                            [S S] => [S];
    0x44 Isub            "isub"             65 Plain                            [I I] => [I];
    0x45 Smul            "smul"             95 Plain                            [S S] => [S];
    0x46 Imul            "imul"             51 Plain                            [I I] => [I];
    0x47 Sdiv            "sdiv"             88 Plain                            [S S] => [S];
    0x48 Idiv            "idiv"             34 Plain                            [I I] => [I];
    0x49 Srem            "srem"             98 Plain                            [S S] => [S];
    0x4A Irem            "irem"             59 Plain                            [I I] => [I];
    0x4B Sneg            "sneg"             96 Plain                            [S] => [S];
    0x4C Ineg            "ineg"             52 Plain                            [I] => [I];
    0x4D Sshl            "sshl"            100 Plain                            [S S] => [S];
    0x4E Ishl            "ishl"             61 Plain                            [I I] => [I];
    0x4F Sshr            "sshr"            101 Plain                            [S S] => [S];
    0x50 Ishr            "ishr"             62 Plain                            [I I] => [I];
    0x51 Sushr           "sushr"           107 Plain                            [S S] => [S];
    0x52 Iushr           "iushr"            67 Plain                            [I I] => [I];
    0x53 Sand            "sand"             85 Plain                            [S S] => [S];
    0x54 Iand            "iand"             30 Plain                            [I I] => [I];
    0x55 Sor             "sor"              97 Plain                            [S S] => [S];
    0x56 Ior             "ior"              58 Plain                            [I I] => [I];
    0x57 Sxor            "sxor"            109 Plain                            [S S] => [S];
    0x58 Ixor            "ixor"             68 Plain                            [I I] => [I];
    0x59 Sinc            "sinc"             89 Increment1                       [] => [];
    0x5A Iinc            "iinc"             45 Increment1                       [] => [];
    0x5B S2b             "s2b"              81 Plain                            [S] => [S];
    0x5C S2i             "s2i"              82 Plain                            [S] => [I];
    0x5D I2b             "i2b"              26 Plain                            [I] => [S];
    0x5E I2s             "i2s"              27 Plain                            [I] => [S];
    0x5F Icmp            "icmp"             32 Plain                            [I I] => [S];
    0x60 Ifeq            "ifeq"             39 Branch1                          [S] => [];
    0x61 Ifne            "ifne"             39 Branch1                          [S] => [];
    0x62 Iflt            "iflt"             39 Branch1                          [S] => [];
    0x63 Ifge            "ifge"             39 Branch1                          [S] => [];
    0x64 Ifgt            "ifgt"             39 Branch1                          [S] => [];
    0x65 Ifle            "ifle"             39 Branch1                          [S] => [];
    0x66 Ifnull          "ifnull"           43 Branch1                          [R] => [];
    0x67 Ifnonnull       "ifnonnull"        41 Branch1                          [R] => [];
    0x68 IfAcmpeq        "if_acmpeq"        35 Branch1                          [R R] => [];
    0x69 IfAcmpne        "if_acmpne"        35 Branch1                          [R R] => [];
    0x6A IfScmpeq        "if_scmpeq"        37 Branch1                          [S S] => [];
    0x6B IfScmpne        "if_scmpne"        37 Branch1                          [S S] => [];
    0x6C IfScmplt        "if_scmplt"        37 Branch1                          [S S] => [];
    0x6D IfScmpge        "if_scmpge"        37 Branch1                          [S S] => [];
    0x6E IfScmpgt        "if_scmpgt"        37 Branch1                          [S S] => [];
    0x6F IfScmple        "if_scmple"        37 Branch1                          [S S] => [];
    0x70 Goto            "goto"             24 Branch1                          [] => [];
    0x71 Jsr             "jsr"              69 Branch2                          [] => [A];
    0x72 Ret             "ret"              79 Local                            [] => [];
    0x73 Stableswitch    "stableswitch"    106 TableSwitch2                     [S] => [];
    0x74 Itableswitch    "itableswitch"     66 TableSwitch4                     [I] => [];
    0x75 Slookupswitch   "slookupswitch"    94 LookupSwitch2                    [S] => [];
    0x76 Ilookupswitch   "ilookupswitch"    50 LookupSwitch4                    [I] => [];
    0x77 Areturn         "areturn"           7 Plain                            [R] => [];
    0x78 Sreturn         "sreturn"          99 Plain                            [S] => [];
    0x79 Ireturn         "ireturn"          60 Plain                            [I] => [];
    0x7A Return          "return"           80 Plain                            [] => [];
    0x7B GetstaticA      "getstatic_a"      23 Constant2(&[StaticFieldref])     [] => [R];
    0x7C GetstaticB      "getstatic_b"      23 Constant2(&[StaticFieldref])     [] => [S];
    0x7D GetstaticS      "getstatic_s"      23 Constant2(&[StaticFieldref])     [] => [S];
    0x7E GetstaticI      "getstatic_i"      23 Constant2(&[StaticFieldref])     [] => [I];
    0x7F PutstaticA      "putstatic_a"      78 Constant2(&[StaticFieldref])     [R] => [];
    0x80 PutstaticB      "putstatic_b"      78 Constant2(&[StaticFieldref])     [S] => [];
    0x81 PutstaticS      "putstatic_s"      78 Constant2(&[StaticFieldref])     [S] => [];
    0x82 PutstaticI      "putstatic_i"      78 Constant2(&[StaticFieldref])     [I] => [];
    0x83 GetfieldA       "getfield_a"       20 Constant1(&[InstanceFieldref])   [R] => [R];
    0x84 GetfieldB       "getfield_b"       20 Constant1(&[InstanceFieldref])   [R] => [S];
    0x85 GetfieldS       "getfield_s"       20 Constant1(&[InstanceFieldref])   [R] => [S];
    0x86 GetfieldI       "getfield_i"       20 Constant1(&[InstanceFieldref])   [R] => [I];
    0x87 PutfieldA       "putfield_a"       75 Constant1(&[InstanceFieldref])   [R R] => [];
    0x88 PutfieldB       "putfield_b"       75 Constant1(&[InstanceFieldref])   [R S] => [];
    0x89 PutfieldS       "putfield_s"       75 Constant1(&[InstanceFieldref])   [R S] => [];
    0x8A PutfieldI       "putfield_i"       75 Constant1(&[InstanceFieldref])   [R I] => [];
    0x8B Invokevirtual   "invokevirtual"    57 Constant2(&[VirtualMethodref])   method;
    0x8C Invokespecial   "invokespecial"    55 Constant2(&[StaticMethodref, SuperMethodref]) method;
    0x8D Invokestatic    "invokestatic"     56 Constant2(&[StaticMethodref])    method;
    0x8E Invokeinterface "invokeinterface"  54 Interface                        method;
    0x8F New             "new"              70 Constant2(&[Classref])           [] => [R];
    0x90 Newarray        "newarray"         71 Element                          [S] => [R];
    0x91 Anewarray       "anewarray"         6 Constant2(&[Classref])           [S] => [R];
    0x92 Arraylength     "arraylength"       8 Plain                            [R] => [S];
    0x93 Athrow          "athrow"           11 Plain                            [R] => [];
    0x94 Checkcast       "checkcast"        16 TypeCheck                        [R] => [R];
    0x95 Instanceof      "instanceof"       53 TypeCheck                        [R] => [S];
    0x96 SincW           "sinc_w"           90 Increment2                       [] => [];
    0x97 IincW           "iinc_w"           46 Increment2                       [] => [];
    0x98 IfeqW           "ifeq_w"           40 Branch2                          [S] => [];
    0x99 IfneW           "ifne_w"           40 Branch2                          [S] => [];
    0x9A IfltW           "iflt_w"           40 Branch2                          [S] => [];
    0x9B IfgeW           "ifge_w"           40 Branch2                          [S] => [];
    0x9C IfgtW           "ifgt_w"           40 Branch2                          [S] => [];
    0x9D IfleW           "ifle_w"           40 Branch2                          [S] => [];
    0x9E IfnullW         "ifnull_w"         44 Branch2                          [R] => [];
    0x9F IfnonnullW      "ifnonnull_w"      42 Branch2                          [R] => [];
    0xA0 IfAcmpeqW       "if_acmpeq_w"      36 Branch2                          [R R] => [];
    0xA1 IfAcmpneW       "if_acmpne_w"      36 Branch2                          [R R] => [];
    0xA2 IfScmpeqW       "if_scmpeq_w"      38 Branch2                          [S S] => [];
    0xA3 IfScmpneW       "if_scmpne_w"      38 Branch2                          [S S] => [];
    0xA4 IfScmpltW       "if_scmplt_w"      38 Branch2                          [S S] => [];
    0xA5 IfScmpgeW       "if_scmpge_w"      38 Branch2                          [S S] => [];
    0xA6 IfScmpgtW       "if_scmpgt_w"      38 Branch2                          [S S] => [];
    0xA7 IfScmpleW       "if_scmple_w"      38 Branch2                          [S S] => [];
    0xA8 GotoW           "goto_w"           25 Branch2                          [] => [];
    0xA9 GetfieldAW      "getfield_a_w"     22 Constant2(&[InstanceFieldref])   [R] => [R];
    0xAA GetfieldBW      "getfield_b_w"     22 Constant2(&[InstanceFieldref])   [R] => [S];
    0xAB GetfieldSW      "getfield_s_w"     22 Constant2(&[InstanceFieldref])   [R] => [S];
    0xAC GetfieldIW      "getfield_i_w"     22 Constant2(&[InstanceFieldref])   [R] => [I];
    0xAD GetfieldAThis   "getfield_a_this"  21 Constant1(&[InstanceFieldref])   [] => [R];
    0xAE GetfieldBThis   "getfield_b_this"  21 Constant1(&[InstanceFieldref])   [] => [S];
    0xAF GetfieldSThis   "getfield_s_this"  21 Constant1(&[InstanceFieldref])   [] => [S];
    0xB0 GetfieldIThis   "getfield_i_this"  21 Constant1(&[InstanceFieldref])   [] => [I];
    0xB1 PutfieldAW      "putfield_a_w"     77 Constant2(&[InstanceFieldref])   [R R] => [];
    0xB2 PutfieldBW      "putfield_b_w"     77 Constant2(&[InstanceFieldref])   [R S] => [];
    0xB3 PutfieldSW      "putfield_s_w"     77 Constant2(&[InstanceFieldref])   [R S] => [];
    0xB4 PutfieldIW      "putfield_i_w"     77 Constant2(&[InstanceFieldref])   [R I] => [];
    0xB5 PutfieldAThis   "putfield_a_this"  76 Constant1(&[InstanceFieldref])   [R] => [];
    0xB6 PutfieldBThis   "putfield_b_this"  76 Constant1(&[InstanceFieldref])   [S] => [];
    0xB7 PutfieldSThis   "putfield_s_this"  76 Constant1(&[InstanceFieldref])   [S] => [];
    0xB8 PutfieldIThis   "putfield_i_this"  76 Constant1(&[InstanceFieldref])   [I] => [];
}

impl Opcode {
    /// The octet.
    pub fn octet(self) -> u8 {
        self as u8
    }

    /// The tags one of which the constant of its operand has; empty when it has no such operand.
    pub fn constant_tags(self) -> &'static [ConstantTag] {
        match self.layout() {
            Layout::Constant1(tags) | Layout::Constant2(tags) => tags,
            Layout::Interface | Layout::TypeCheck => &[Classref],
            _ => &[],
        }
    }

    /// Where control goes after it.
    #[inline]
    pub fn flow(self) -> Flow {
        match self {
            Self::Goto | Self::GotoW => Flow::Jump,
            Self::Jsr => Flow::Subroutine,
            Self::Ret => Flow::ReturnFromSubroutine,
            Self::Athrow => Flow::Throw,
            Self::Areturn | Self::Sreturn | Self::Ireturn | Self::Return => Flow::Return,
            _ => match self.layout() {
                Layout::Branch1 | Layout::Branch2 => Flow::Conditional,
                Layout::TableSwitch2
                | Layout::TableSwitch4
                | Layout::LookupSwitch2
                | Layout::LookupSwitch4 => Flow::Switch,
                _ => Flow::Next,
            },
        }
    }

    /// The same instruction with the longer operand (`goto` → `goto_w`, `sinc` → `sinc_w`, `getfield_a` → `getfield_a_w`), if
    /// there is one.
    pub fn wide(self) -> Option<Self> {
        let longer = matches!(
            self.layout(),
            Layout::Branch1 | Layout::Increment1 | Layout::Constant1(_)
        );
        let wide = |opcode: &&Self| opcode.mnemonic().strip_suffix("_w") == Some(self.mnemonic());
        longer.then(|| Self::ALL.iter().find(wide).copied()).flatten()
    }
}

impl fmt::Display for Opcode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.mnemonic())
    }
}
