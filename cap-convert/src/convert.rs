//! The stages one after another.

use std::collections::HashSet;
use std::panic::resume_unwind;
use std::thread;

use cap_format::export_file::ExportFile;
use cap_format::version::FormatVersion;

use crate::class_model::{Class, Code, Instruction, Method, package_of, read_class};
use crate::emit::{Converted, Package, emit};
use crate::finding::{Finding, Rule};
use crate::flow::{Flow, analyze};
use crate::hierarchy::{ClassId, Program};
use crate::input::{Input, IntSupport, PackageDescription, with_dots, with_slashes};
use crate::narrow::{Widths, check};
use crate::nests;
use crate::remote;
use crate::report::{Place, Report};
use crate::resolve::Resolver;
use crate::select::{Body, Context, select};
use crate::static_init::initial_values;
use crate::subset::check_class;
use crate::tokens::{self, Layout, PackageKind};

/// Most classes of a package: class tokens have eight bits (JCVM §2.2.4.1).
const MAX_CLASSES: usize = 255;

/// Converts the classes of a package.
///
/// # Errors
/// Every mistake that was found, by file and line. There is no result then.
pub fn convert(input: &Input<'_>) -> Result<Converted, Vec<Finding>> {
    let mut report = Report::default();
    let converted = convert_reporting(input, &mut report);
    match converted {
        Some(converted) if report.is_empty() => Ok(converted),
        _ => Err(report.into_findings()),
    }
}

fn convert_reporting(input: &Input<'_>, report: &mut Report) -> Option<Converted> {
    let description = input.package;
    check_format(description, report);
    let classes = read_classes(input, report);
    if !report.is_empty() {
        return None;
    }
    for class in &classes {
        check_class(class, description.int, report);
    }
    let exports = choose_exports(input, report);
    let mut program = Program::new(classes, exports);
    check_supertypes(&program, report);
    remote::check(&program, report);
    if report.findings_of(&[Rule::Unresolved, Rule::Inheritance, Rule::ForeignClass]) {
        return None;
    }
    nests::open(&mut program, report);
    let layouts = tokens::assign(&program, kind_of(description), description.style, report);
    let remote = remote::classes(&program, &layouts, report);
    let bodies = select_all(&program, &layouts, description, report);
    let initial = program
        .classes
        .iter()
        .map(|class| initial_values(class, report))
        .collect();
    if !report.is_empty() {
        return None;
    }
    let package = Package {
        program: &program,
        layouts: &layouts,
        description,
        uses_int: uses_int(&program, &bodies),
        bodies,
        initial,
        remote,
    };
    emit(&package, report)
}

fn kind_of(description: &PackageDescription) -> PackageKind {
    match description.applets.is_empty() {
        true => PackageKind::Library,
        false => PackageKind::Applets,
    }
}

/// Format 2.3 needs tables that only its own converters make (JCVM 3.1 §6.9).
fn check_format(description: &PackageDescription, report: &mut Report) {
    if description.format == FormatVersion::V2_3 {
        let construct = "the CAP format 2.3";
        report.add(
            Rule::Description,
            Place::PACKAGE,
            construct,
            "use 2.1, which every card takes, or 2.2",
        );
    }
}

fn read_classes(input: &Input<'_>, report: &mut Report) -> Vec<Class> {
    let wanted = with_slashes(&input.package.name);
    let mut classes: Vec<Class> = Vec::new();
    let mut names = HashSet::new();
    for file in input.classes {
        match read_class(file.bytes) {
            Err(error) => {
                let construct = format!("{}: {error}", file.name);
                report.add(
                    Rule::ClassFile,
                    Place::PACKAGE,
                    construct,
                    "compile it again with javac",
                );
            }
            Ok(class) if package_of(&class.name) != wanted => {
                let construct = format!("the class is in the package {}", with_dots(class.package()));
                let instead = format!("leave it out, or move it to {}", with_dots(&input.package.name));
                report.add(Rule::ForeignClass, Place::class(&class), construct, instead);
            }
            Ok(class) if !names.insert(class.name.clone()) => {
                let construct = "a second class of this name";
                report.add(
                    Rule::ClassFile,
                    Place::class(&class),
                    construct,
                    "give each class once",
                );
            }
            Ok(class) => classes.push(class),
        }
    }
    let count = classes.len();
    if count == 0 && report.is_empty() {
        let construct = format!("no class of the package {}", with_dots(&input.package.name));
        report.add(
            Rule::Description,
            Place::PACKAGE,
            construct,
            "give its class files",
        );
    }
    if count > MAX_CLASSES {
        let construct = format!("{count} classes");
        report.add(
            Rule::Limit,
            Place::PACKAGE,
            construct,
            "use at most 255 in a package",
        );
    }
    classes
}

/// One export file for each package: the version that the description asks for, or the newest.
fn choose_exports<'a>(input: &Input<'a>, report: &mut Report) -> Vec<&'a ExportFile> {
    let own = with_slashes(&input.package.name);
    let mut chosen: Vec<&ExportFile> = Vec::new();
    for export in input.exports.iter().filter(|export| export.package.name != own) {
        let request = input
            .package
            .imports
            .iter()
            .find(|request| with_slashes(&request.package) == export.package.name);
        let version = export.package.info.version;
        if request
            .and_then(|request| request.version)
            .is_some_and(|wanted| wanted != version)
        {
            continue;
        }
        match chosen
            .iter_mut()
            .find(|known| known.package.name == export.package.name)
        {
            Some(known) if known.package.info.version < version => *known = export,
            Some(_) => {}
            None => chosen.push(export),
        }
    }
    for request in &input.package.imports {
        let name = with_slashes(&request.package);
        if !chosen.iter().any(|export| export.package.name == name) {
            let version = request
                .version
                .map_or(String::new(), |version| format!(" in version {version}"));
            let construct = format!("no export file of {}{version}", with_dots(&request.package));
            report.add(
                Rule::Import,
                Place::PACKAGE,
                construct,
                "give the export file, or name a version that is there",
            );
        }
    }
    chosen
}

/// Superclasses and interfaces are known and of the right kind, and no class is above itself.
fn check_supertypes(program: &Program<'_>, report: &mut Report) {
    for (index, class) in program.classes.iter().enumerate() {
        let place = Place::class(class);
        let supers = class.super_name.iter().map(|name| (name, false));
        let interfaces = class.interfaces.iter().map(|name| (name, true));
        for (name, must_be_interface) in supers.chain(interfaces) {
            match program.find(name) {
                None => report.add(
                    Rule::Unresolved,
                    place,
                    format!("the superclass or interface {}", with_dots(name)),
                    "give the export file of its package, or use a class of the Java Card API",
                ),
                Some(above) if program.is_interface(above) != must_be_interface => report.add(
                    Rule::Inheritance,
                    place,
                    format!(
                        "{} is extended or implemented and is not of that kind",
                        with_dots(name)
                    ),
                    "compile all classes of the package again",
                ),
                Some(_) => {}
            }
        }
        let id = ClassId::Own(index);
        let is_circle = program.is_above_itself(id);
        if is_circle || class.super_name.is_none() {
            report.add(
                Rule::Inheritance,
                place,
                "a class without a superclass, or above itself",
                "compile it again",
            );
        }
    }
}

/// The code of all methods; `None` for those without.
fn select_all(
    program: &Program<'_>,
    layouts: &[Layout],
    description: &PackageDescription,
    report: &mut Report,
) -> Vec<Vec<Option<Body>>> {
    let classes = program.classes.iter().enumerate();
    let methods = classes.flat_map(|(from, class)| class.methods.iter().map(move |method| (from, method)));
    let methods: Vec<(usize, &Method)> = methods.collect();
    let select = |methods: &[(usize, &Method)]| {
        let mut report = Report::default();
        let bodies = methods.iter().map(|(from, method)| {
            let resolver = Resolver {
                program,
                layouts,
                from: *from,
            };
            let class = &program.classes[*from];
            select_method(resolver, class, method, description, &mut report)
        });
        let bodies: Vec<Option<Body>> = bodies.collect();
        (bodies, report)
    };
    let (first, second) = methods.split_at(half(&methods));
    // Methods do not depend on each other, so that a second thread can do half of them.
    let (first, second) = thread::scope(|scope| {
        let second = (!second.is_empty()).then(|| scope.spawn(|| select(second)));
        let first = select(first);
        let second = second.map(|thread| thread.join().unwrap_or_else(|panic| resume_unwind(panic)));
        (first, second.unwrap_or_default())
    });
    report.absorb(first.1);
    report.absorb(second.1);
    let mut bodies = first.0.into_iter().chain(second.0);
    let classes = program.classes.iter();
    classes
        .map(|class| bodies.by_ref().take(class.methods.len()).collect())
        .collect()
}

/// Instructions from which on half of them take longer than a thread takes to start.
const LARGE: usize = 4000;

/// How many methods are half of the instructions; all when there are few.
fn half(methods: &[(usize, &Method)]) -> usize {
    let size =
        |(_, method): &(usize, &Method)| method.code.as_ref().map_or(0, |code| code.instructions.len());
    let all: usize = methods.iter().map(size).sum();
    if all < LARGE {
        return methods.len();
    }
    let mut before = 0;
    let rest = methods.iter().skip_while(|method| {
        before += size(method);
        before * 2 < all
    });
    methods.len() - rest.skip(1).count()
}

fn select_method(
    resolver: Resolver<'_>,
    class: &Class,
    method: &Method,
    description: &PackageDescription,
    report: &mut Report,
) -> Option<Body> {
    let code = method.code.as_ref().filter(|_| !method.is_class_initializer());
    let Some(code) = code else {
        if !method.is_abstract() && !method.is_class_initializer() {
            let construct = "a method without code that is not abstract";
            report.add(
                Rule::BadCode,
                Place::method(class, method),
                construct,
                "write its body in Java",
            );
        }
        return None;
    };
    // What the language does not have was reported; nothing can be said about the values behind it.
    if code.instructions.iter().any(Instruction::is_foreign)
        || method.kind.types().any(|kind| kind.java_slots() > 1)
    {
        return None;
    }
    let flow = match analyze(method, code) {
        Ok(flow) => flow,
        Err(error) => {
            let place = Place::instruction(class, method, error.index);
            report.add(Rule::BadCode, place, error.what, "compile it again with javac");
            return None;
        }
    };
    let widths = widths(class, method, code, &flow, description.int, report);
    let context = Context {
        resolver,
        class,
        method,
        code,
        flow: &flow,
        widths: &widths,
        style: description.style,
        int: description.int,
    };
    Some(select(&context, report))
}

/// All shorts, or what the analysis says where int is allowed.
fn widths(
    class: &Class,
    method: &Method,
    code: &Code,
    flow: &Flow,
    int: IntSupport,
    report: &mut Report,
) -> Widths {
    match int {
        IntSupport::Refused => {
            check(class, method, code, flow, report);
            Widths::all_short()
        }
        IntSupport::Allowed => Widths::decide(method, code, flow),
    }
}

/// Whether the package needs a card with int (JCVM §6.4).
fn uses_int(program: &Program<'_>, bodies: &[Vec<Option<Body>>]) -> bool {
    let in_types = program.classes.iter().any(|class| {
        let fields = class
            .fields
            .iter()
            .filter(|field| field.compile_time_constant().is_none());
        let mut kinds = fields
            .map(|field| &field.kind)
            .chain(class.methods.iter().flat_map(|method| method.kind.types()));
        kinds.any(crate::class_model::Type::needs_int)
    });
    in_types || bodies.iter().flatten().flatten().any(Body::uses_int)
}
