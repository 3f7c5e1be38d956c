//! Differences of fields and methods.

use crate::compare::code::{Code, lines};
use crate::compare::graph::Item;
use crate::compare::{Difference, Pair, Subject, change, or_none};
use crate::package::{ClassTarget, Field, FieldPlace, Method, Package, initial_value};

pub(super) fn fields(pair: &Pair<'_>) -> Vec<Difference> {
    let mut all = Vec::new();
    for index in 0..pair.packages[0].fields.len() {
        match pair.second_of(Item::Field(index)) {
            Some(second) => all.extend(changed_field(pair, [index, second])),
            None => all.push(only_field(&pair.shown[0], index, "only in the first")),
        }
    }
    let second = 0..pair.packages[1].fields.len();
    let new = second.filter(|index| !pair.is_in_first(Item::Field(*index)));
    all.extend(new.map(|index| only_field(&pair.shown[1], index, "only in the second")));
    all
}

fn only_field(package: &Package, index: usize, what: &str) -> Difference {
    Difference::new(Subject::Field, package.field_name(index), what)
}

/// Rows of differences of one thing: what, with the name that decides, with the name that is shown.
struct Rows {
    subject: Subject,
    name: String,
    all: Vec<Difference>,
}

impl Rows {
    fn row(&mut self, what: &str, keyed: [String; 2], shown: [String; 2]) {
        if keyed[0] != keyed[1] {
            let [first, second] = shown;
            let what = format!("{what} {}", change(first, second));
            self.all.push(Difference::new(self.subject, &self.name, what));
        }
    }

    fn plain(&mut self, what: &str, values: [String; 2]) {
        self.row(what, values.clone(), values);
    }
}

fn changed_field(pair: &Pair<'_>, indices: [usize; 2]) -> Vec<Difference> {
    let fields = [0, 1].map(|side| pair.packages[side].fields.get(indices[side]));
    let [Some(first), Some(second)] = fields else {
        return Vec::new();
    };
    let fields = [first, second];
    let mut rows = Rows {
        subject: Subject::Field,
        name: pair.shown[0].field_name(indices[0]),
        all: Vec::new(),
    };
    if first.name.is_known && second.name.is_known {
        rows.plain("name", fields.map(|field| field.name.text.clone()));
    }
    let by = |packages: &[Package; 2], of: &dyn Fn(&Package, &Field) -> String| {
        [of(&packages[0], first), of(&packages[1], second)]
    };
    let class = |package: &Package, field: &Field| class_name(package, field.class);
    rows.row("class", by(&pair.keyed, &class), by(&pair.shown, &class));
    let of_type =
        |package: &Package, field: &Field| or_none(field.field_type.as_ref().map(|of| package.type_name(of)));
    rows.row("type", by(&pair.keyed, &of_type), by(&pair.shown, &of_type));
    rows.plain(
        "flags",
        fields.map(|field| words(field.access.iter().flat_map(|access| access.names()))),
    );
    let kind = |field: &Field| match field.place {
        FieldPlace::Image(_) => "static".to_owned(),
        FieldPlace::Instance(_) => "of instances".to_owned(),
    };
    rows.plain("kind", fields.map(kind));
    let value = |package: &Package, field: &Field| initial_value(package, field);
    rows.row("initial value", by(&pair.keyed, &value), by(&pair.shown, &value));
    if [0, 1]
        .iter()
        .any(|side| is_visible(pair.packages[*side], fields[*side]))
    {
        rows.plain("token", fields.map(|field| or_none(field.token)));
    }
    rows.all
}

/// Whether other packages may refer to a field by its token.
fn is_visible(package: &Package, field: &Field) -> bool {
    let class = field.class.and_then(|class| package.classes.get(class));
    let is_public = field.access.is_none_or(|access| access.0 & 0x05 != 0);
    class.is_some_and(|class| class.token.is_some()) && is_public
}

fn words<'a>(words: impl Iterator<Item = &'a str>) -> String {
    words.collect::<Vec<_>>().join(" ")
}

fn class_name(package: &Package, class: Option<usize>) -> String {
    or_none(class.map(|class| package.class_name(ClassTarget::Own(class))))
}

pub(super) fn methods(pair: &Pair<'_>) -> Vec<Difference> {
    let mut all = Vec::new();
    for index in 0..pair.packages[0].methods.len() {
        match pair.second_of(Item::Method(index)) {
            Some(second) => all.extend(changed_method(pair, [index, second])),
            None => all.push(only_method(&pair.shown[0], index, "only in the first")),
        }
    }
    let second = 0..pair.packages[1].methods.len();
    let new = second.filter(|index| !pair.is_in_first(Item::Method(*index)));
    all.extend(new.map(|index| only_method(&pair.shown[1], index, "only in the second")));
    all
}

fn only_method(package: &Package, index: usize, what: &str) -> Difference {
    let octets = package.methods.get(index).map_or(0, Method::octets);
    let what = match octets {
        0 => what.to_owned(),
        octets => format!("{what}, {octets} octets"),
    };
    Difference::new(Subject::Method, package.method_name(index), what)
}

fn changed_method(pair: &Pair<'_>, indices: [usize; 2]) -> Vec<Difference> {
    let methods = [0, 1].map(|side| pair.packages[side].methods.get(indices[side]));
    let [Some(first), Some(second)] = methods else {
        return Vec::new();
    };
    let methods = [first, second];
    let mut rows = Rows {
        subject: Subject::Method,
        name: pair.shown[0].method_name(indices[0]),
        all: Vec::new(),
    };
    if first.name.is_known && second.name.is_known {
        rows.plain("name", methods.map(|method| method.name.text.clone()));
    }
    let by = |packages: &[Package; 2], of: &dyn Fn(&Package, &Method) -> String| {
        [of(&packages[0], first), of(&packages[1], second)]
    };
    let class = |package: &Package, method: &Method| class_name(package, method.class);
    rows.row("class", by(&pair.keyed, &class), by(&pair.shown, &class));
    let types = |package: &Package, method: &Method| {
        let signature = method.signature.as_ref();
        or_none(signature.map(|of| format!("{} {}", package.type_name(&of.result), package.parameters(of))))
    };
    rows.row("types", by(&pair.keyed, &types), by(&pair.shown, &types));
    rows.plain(
        "flags",
        methods.map(|method| words(method.access.iter().flat_map(|access| access.names()))),
    );
    let header = |of: fn(&Method) -> u8| methods.map(|method| of(method).to_string());
    rows.plain("stack words", header(|method| method.header.max_stack));
    rows.plain("argument words", header(|method| method.header.nargs));
    rows.plain("local words", header(|method| method.header.max_locals));
    rows.plain(
        "abstract",
        methods.map(|method| (method.header.flags.0 & 0x4 != 0).to_string()),
    );
    if [0, 1]
        .iter()
        .any(|side| is_exported(pair.packages[*side], methods[*side]))
    {
        rows.plain("token", methods.map(|method| or_none(method.token)));
    }
    let code = |packages: &[Package; 2]| [lines(&packages[0], first), lines(&packages[1], second)];
    let code = Code {
        keyed: code(&pair.keyed),
        shown: code(&pair.shown),
    };
    if let Some(diff) = code.diff() {
        let name = rows.name.clone();
        let mut difference = Difference::new(Subject::Method, name, "code");
        difference.diff = diff;
        rows.all.push(difference);
    }
    rows.all
}

/// Whether other packages may refer to a method by its token.
fn is_exported(package: &Package, method: &Method) -> bool {
    let class = method.class.and_then(|class| package.classes.get(class));
    class.is_some_and(|class| class.token.is_some())
        && method
            .token
            .is_some_and(|token| token & 0x80 == 0 || method.offset.is_none())
}
