//! Instruction selection: Java instructions → Java Card instructions whose branches and constants are still symbols.

mod families;
mod locals;
mod numbers;
mod objects;
mod this_puts;
mod words;

use cap_format::bytecode::{CheckedType, ElementType, Opcode, Operands, StackEffect, StackType};

use crate::class_model::{Class, Code, Instruction, Literal, MemberName, Method, Type};
use crate::finding::Rule;
use crate::flow::{Flow, State, Value};
use crate::hierarchy::ClassId;
use crate::input::{CodeStyle, IntSupport};
use crate::narrow::{Width, Widths};
use crate::report::{Place, Report};
use crate::resolve::{PoolKey, Resolver};
use locals::LocalMap;
use this_puts::ThisPuts;

/// An operand, with symbols where numbers are not known yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Operand {
    Ready(Operands),
    /// A branch to a Java instruction.
    Branch(usize),
    /// The branches of a switch; its opcode says the form.
    Switch {
        default: usize,
        cases: Vec<(i32, usize)>,
    },
    /// A constant; of a field access of one octet it decides over the form.
    Constant(PoolKey),
    Interface {
        nargs: u8,
        class: PoolKey,
        token: u8,
    },
    TypeCheck {
        kind: CheckedType,
        class: Option<PoolKey>,
    },
}

/// An instruction of the card with symbolic operands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Op {
    pub(crate) opcode: Opcode,
    pub(crate) operand: Operand,
    /// In [`CodeStyle::Classic`] the class by which Java names the member.
    pub(crate) named: Option<ClassId>,
}

/// A guarded range, in indexes of [`Body::ops`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct GuardedRange {
    pub(crate) start: usize,
    pub(crate) end: usize,
    /// The Java instruction at which the handler begins.
    pub(crate) target: usize,
    /// `None` catches everything.
    pub(crate) catch_type: Option<PoolKey>,
}

/// The selected code of a method.
#[derive(Debug, Default)]
pub(crate) struct Body {
    pub(crate) ops: Vec<Op>,
    /// For each Java instruction the op with which it begins.
    pub(crate) starts: Vec<usize>,
    pub(crate) handlers: Vec<GuardedRange>,
    pub(crate) max_stack: usize,
    /// Words of the parameters, `this` included.
    pub(crate) nargs: usize,
    /// Words of the other local variables.
    pub(crate) max_locals: usize,
}

impl Body {
    /// The constants of the instructions in the order of their use.
    pub(crate) fn keys_of_code(&self) -> impl Iterator<Item = (PoolKey, Option<ClassId>)> + '_ {
        self.ops.iter().filter_map(|op| match op.operand {
            Operand::Constant(key) | Operand::Interface { class: key, .. } => Some((key, op.named)),
            Operand::TypeCheck { class, .. } => class.map(|key| (key, op.named)),
            _ => None,
        })
    }

    /// The classes that handlers catch.
    pub(crate) fn keys_of_handlers(&self) -> impl Iterator<Item = (PoolKey, Option<ClassId>)> + '_ {
        self.handlers
            .iter()
            .filter_map(|handler| handler.catch_type)
            .map(|key| (key, None))
    }

    /// Whether an instruction works on int.
    pub(crate) fn uses_int(&self) -> bool {
        self.ops
            .iter()
            .any(|op| match (op.opcode.stack_effect(), &op.operand) {
                (StackEffect::Values { pops, pushes }, _)
                    if pops.iter().chain(pushes).any(|kind| *kind == StackType::Int) =>
                {
                    true
                }
                (_, Operand::Ready(Operands::Element(ElementType::Int))) => true,
                (
                    _,
                    Operand::TypeCheck {
                        kind: CheckedType::PrimitiveArray(ElementType::Int),
                        ..
                    },
                ) => true,
                _ => matches!(op.opcode, Opcode::Iinc | Opcode::IincW),
            })
    }
}

/// What selection looks at.
pub(crate) struct Context<'a> {
    pub(crate) resolver: Resolver<'a>,
    pub(crate) class: &'a Class,
    pub(crate) method: &'a Method,
    pub(crate) code: &'a Code,
    pub(crate) flow: &'a Flow,
    pub(crate) widths: &'a Widths,
    pub(crate) style: CodeStyle,
    pub(crate) int: IntSupport,
}

/// Selects instructions for a whole method. What cannot be selected is reported, and the body is of no use.
pub(crate) fn select(context: &Context<'_>, report: &mut Report) -> Body {
    let locals = LocalMap::new(context);
    let targets = branch_targets(context.code);
    let this_is_fixed = this_is_fixed(context);
    let mut selection = Selection {
        context,
        this_puts: match (this_is_fixed, context.style) {
            (true, CodeStyle::Smallest) => this_puts::find(context, &targets),
            _ => ThisPuts::default(),
        },
        targets,
        this_is_fixed,
        body: Body {
            nargs: locals.nargs(),
            max_locals: locals.others(),
            ..Body::default()
        },
        locals,
        report,
        index: 0,
        skip_until: 0,
    };
    selection.run();
    selection.guard();
    selection.body
}

pub(crate) struct Selection<'a, 'r> {
    context: &'a Context<'a>,
    /// Whether a branch or a handler leads to each instruction, or a guarded range begins or ends there.
    targets: Vec<bool>,
    /// Whether local variable 0 is `this` everywhere.
    this_is_fixed: bool,
    /// Which assignments to fields of `this` need no reference on the stack.
    this_puts: ThisPuts,
    locals: LocalMap,
    body: Body,
    report: &'r mut Report,
    /// The Java instruction at hand.
    index: usize,
    /// Java instructions below this one are already covered by an op.
    skip_until: usize,
}

fn branch_targets(code: &Code) -> Vec<bool> {
    let mut targets = vec![false; code.instructions.len() + 1];
    let branches = code.instructions.iter().flat_map(Instruction::targets);
    let guarded = code
        .handlers
        .iter()
        .flat_map(|handler| [handler.start, handler.end, handler.target]);
    for target in branches.chain(guarded) {
        targets[target] = true;
    }
    targets
}

/// In an instance method that never stores to local variable 0.
fn this_is_fixed(context: &Context<'_>) -> bool {
    !context.method.is_static()
        && !context
            .code
            .instructions
            .iter()
            .any(|instruction| matches!(instruction, Instruction::Store(_, 0)))
}

impl<'a> Selection<'a, '_> {
    fn run(&mut self) {
        let Context { code, flow, .. } = self.context;
        // What no path reaches is left out.
        flow.walk(code, |index, state| {
            self.index = index;
            self.body.starts.resize(index + 1, self.body.ops.len());
            if index >= self.skip_until && !self.select_increment(state) {
                self.measure(state, 0);
                self.select_one(state);
            }
        });
        self.body
            .starts
            .resize(code.instructions.len(), self.body.ops.len());
    }

    fn guard(&mut self) {
        for handler in &self.context.code.handlers {
            let at = |index: usize| {
                self.body
                    .starts
                    .get(index)
                    .copied()
                    .unwrap_or(self.body.ops.len())
            };
            let (start, end) = (at(handler.start), at(handler.end));
            if start == end || !self.context.flow.is_reached(handler.target) {
                continue;
            }
            self.index = handler.target;
            let catch_type = handler.catch_type.as_ref();
            let catch_type = catch_type.and_then(|name| self.class_key(&Type::Class(name.clone())));
            self.body.handlers.push(GuardedRange {
                start,
                end,
                target: handler.target,
                catch_type,
            });
        }
    }

    fn place(&self) -> Place<'a> {
        Place::instruction(self.context.class, self.context.method, self.index)
    }

    fn next(&self, distance: usize) -> Option<&'a Instruction> {
        let index = self.index + distance;
        let is_joined = (self.index + 1..=index).any(|index| self.targets.get(index) == Some(&true));
        self.context.code.instructions.get(index).filter(|_| !is_joined)
    }

    fn plain(&mut self, opcode: Opcode) {
        self.push(opcode, Operand::Ready(Operands::None));
    }

    fn push(&mut self, opcode: Opcode, operand: Operand) {
        self.body.ops.push(Op {
            opcode,
            operand,
            named: None,
        });
    }

    /// An instruction on a field or method.
    fn push_member(&mut self, opcode: Opcode, key: PoolKey, name: &MemberName) {
        let named = match (self.context.style, &name.class) {
            (CodeStyle::Classic, Type::Class(class)) => self.context.resolver.class(class).ok(),
            _ => None,
        };
        self.body.ops.push(Op {
            opcode,
            operand: Operand::Constant(key),
            named,
        });
    }

    /// Words of the stack before an instruction.
    fn words(&self, state: &State) -> usize {
        let words: usize = state.stack.iter().map(|value| self.value_words(*value)).sum();
        words - self.this_puts.saved_before(self.index).min(words)
    }

    fn value_words(&self, value: Value) -> usize {
        self.value_width(value).words()
    }

    fn value_width(&self, value: Value) -> Width {
        match value {
            Value::Int(value) => self.context.widths.of(self.context.flow, value.node),
            _ => Width::Short,
        }
    }

    fn operand_width(&self, state: &State, depth: usize) -> Width {
        state
            .operand(depth)
            .map_or(Width::Short, |value| self.value_width(value))
    }

    /// Notes that so many words above those of the state are on the stack at some time.
    fn measure(&mut self, state: &State, extra: usize) {
        self.body.max_stack = self.body.max_stack.max(self.words(state) + extra);
    }

    fn select_one(&mut self, state: &State) {
        let instruction = &self.context.code.instructions[self.index];
        match instruction {
            Instruction::Nop => {}
            Instruction::Constant(Literal::Int(value)) => self.constant(*value, self.result_width()),
            Instruction::Null => self.plain(Opcode::AconstNull),
            Instruction::Load(kind, slot) => self.load(*kind, *slot, state),
            Instruction::Store(kind, slot) => self.store(*kind, *slot, state),
            Instruction::Increment(slot, by) => self.increment(*slot, *by, state),
            Instruction::ArrayLoad(element) => self.array_load(*element, state),
            Instruction::ArrayStore(element) => self.array_store(*element, state),
            Instruction::Shuffle(shuffle) => self.shuffle(*shuffle, state),
            Instruction::Binary(_) | Instruction::Negate => self.operation(instruction, state),
            Instruction::IntToByte => self.truncate_to_byte(state),
            Instruction::IntToShort => {
                self.shorten_top(state);
                self.convert_result(Width::Short, state);
            }
            Instruction::IfZero(comparison, target) => self.if_zero(*comparison, *target, state),
            Instruction::IfCompare(comparison, target) => self.if_compare(*comparison, *target, state),
            Instruction::IfNull(target) => self.push(Opcode::Ifnull, Operand::Branch(*target)),
            Instruction::IfNonNull(target) => self.push(Opcode::Ifnonnull, Operand::Branch(*target)),
            Instruction::IfSame(target) => self.push(Opcode::IfAcmpeq, Operand::Branch(*target)),
            Instruction::IfNotSame(target) => self.push(Opcode::IfAcmpne, Operand::Branch(*target)),
            Instruction::Goto(target) => self.push(Opcode::Goto, Operand::Branch(*target)),
            Instruction::JumpSubroutine(target) => self.push(Opcode::Jsr, Operand::Branch(*target)),
            Instruction::ReturnFromSubroutine(slot) => {
                let local = self.locals.place(*slot, Width::Short);
                self.push(Opcode::Ret, Operand::Ready(Operands::Local(local)));
            }
            Instruction::Switch(switch) => self.switch(switch, state),
            Instruction::Return(kind) => self.leave(*kind, state),
            Instruction::Field(access, name, kind) => self.field(*access, name, kind, state),
            Instruction::Invoke(kind, name, called) => self.invoke(*kind, name, called, state),
            Instruction::New(kind) => self.with_class(Opcode::New, kind),
            Instruction::NewArray(element) => self.new_array(element, state),
            Instruction::ArrayLength => {
                self.plain(Opcode::Arraylength);
                self.convert_result(Width::Short, state);
            }
            Instruction::Throw => self.plain(Opcode::Athrow),
            Instruction::CheckCast(kind) => self.type_check(Opcode::Checkcast, kind),
            Instruction::InstanceOf(kind) => {
                self.type_check(Opcode::Instanceof, kind);
                self.convert_result(Width::Short, state);
            }
            // Refused before: the Java Card language has none of these.
            Instruction::Constant(Literal::Foreign(_))
            | Instruction::NewMultiArray
            | Instruction::Monitor
            | Instruction::InvokeDynamic
            | Instruction::Foreign(_) => {}
        }
    }

    /// The width of the value that the instruction at hand makes.
    fn result_width(&self) -> Width {
        self.context.widths.of(self.context.flow, self.index)
    }

    /// Turns the result of the instruction into the width its users want.
    fn convert_result(&mut self, made: Width, state: &State) {
        match (made, self.result_width()) {
            (Width::Short, Width::Int) => self.plain(Opcode::S2i),
            (Width::Int, Width::Short) => {
                self.measure(state, 2);
                self.plain(Opcode::I2s);
            }
            _ => {}
        }
        self.measure(state, 2 * usize::from(self.result_width() == Width::Int));
    }

    /// Makes a short of the top of the stack when it is an int.
    fn shorten_top(&mut self, state: &State) {
        if self.operand_width(state, 0) == Width::Int {
            self.plain(Opcode::I2s);
        }
    }

    /// An operand below the top must be a short; conversions reach the top only.
    fn require_short(&mut self, state: &State, depth: usize) {
        if self.operand_width(state, depth) == Width::Int {
            self.report.add(
                Rule::IntNotSupported,
                self.place(),
                "a value that is used as int and as short at once",
                "assign it to a variable of type short first",
            );
        }
    }
}
