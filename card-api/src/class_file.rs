//! A writer of class files (JVM ch. 4), as small as stubs need it.

use std::collections::BTreeMap;

/// Access flags (JVM tables 4.1, 4.5 and 4.6).
pub(crate) mod access {
    pub(crate) const PUBLIC: u16 = 0x0001;
    pub(crate) const PRIVATE: u16 = 0x0002;
    pub(crate) const PROTECTED: u16 = 0x0004;
    pub(crate) const STATIC: u16 = 0x0008;
    pub(crate) const FINAL: u16 = 0x0010;
    /// `invokespecial` looks for a method in the superclasses; all compilers set it for classes.
    pub(crate) const SUPER: u16 = 0x0020;
    pub(crate) const INTERFACE: u16 = 0x0200;
    pub(crate) const ABSTRACT: u16 = 0x0400;
    pub(crate) const ANNOTATION: u16 = 0x2000;
}

/// 46.0, of JDK 1.2: also the converters of Java Card 2.2.1 read it.
const VERSION: [u16; 2] = [0, 46];

/// A field or a method.
#[derive(Debug)]
pub(crate) struct MemberInfo<'a> {
    pub(crate) access: u16,
    pub(crate) name: &'a str,
    pub(crate) descriptor: &'a str,
    pub(crate) attribute: Attribute<'a>,
}

/// What a member says beside its name and type.
#[derive(Debug)]
pub(crate) enum Attribute<'a> {
    /// Nothing: a field that is not a constant.
    None,
    /// The value of a compile-time constant (JVM §4.7.2).
    ConstantValue(i32),
    /// A method without code, and the checked exceptions it declares (JVM §4.7.5).
    Exceptions(&'a [String]),
    /// The same with code that throws null.
    CodeAndExceptions(&'a [String]),
}

/// A class, an interface or an annotation.
#[derive(Debug)]
pub(crate) struct ClassInfo<'a> {
    pub(crate) access: u16,
    pub(crate) name: &'a str,
    pub(crate) superclass: Option<&'a str>,
    pub(crate) interfaces: Vec<&'a str>,
    pub(crate) fields: Vec<MemberInfo<'a>>,
    pub(crate) methods: Vec<MemberInfo<'a>>,
    /// The nested classes it is or names, for `InnerClasses`: their flags and names.
    pub(crate) nested: Vec<(u16, &'a str)>,
}

impl ClassInfo<'_> {
    /// The class file.
    pub(crate) fn to_bytes(&self) -> Vec<u8> {
        let mut pool = Pool::default();
        let mut body = Vec::new();
        put(&mut body, self.access);
        put(&mut body, pool.class(self.name));
        put(&mut body, self.superclass.map_or(0, |name| pool.class(name)));
        put_count(&mut body, self.interfaces.len());
        for name in &self.interfaces {
            put(&mut body, pool.class(name));
        }
        for members in [&self.fields, &self.methods] {
            put_count(&mut body, members.len());
            members
                .iter()
                .for_each(|member| member.write(&mut pool, &mut body));
        }
        self.write_nested(&mut pool, &mut body);
        let mut file = vec![0xCA, 0xFE, 0xBA, 0xBE];
        VERSION.iter().for_each(|part| put(&mut file, *part));
        put(&mut file, pool.count);
        file.extend(pool.entries);
        file.extend(body);
        file
    }

    /// The attributes of the class: `InnerClasses` (JVM §4.7.6) or none.
    fn write_nested(&self, pool: &mut Pool, out: &mut Vec<u8>) {
        if self.nested.is_empty() {
            return put(out, 0);
        }
        put(out, 1);
        let mut info = Vec::new();
        put_count(&mut info, self.nested.len());
        for (access, name) in &self.nested {
            let (outer, simple) = name.rsplit_once('$').unwrap_or(("", name));
            put(&mut info, pool.class(name));
            put(&mut info, pool.class(outer));
            put(&mut info, pool.utf8(simple));
            put(&mut info, *access);
        }
        put_attribute(pool, out, "InnerClasses", &info);
    }
}

impl MemberInfo<'_> {
    fn write(&self, pool: &mut Pool, out: &mut Vec<u8>) {
        put(out, self.access);
        put(out, pool.utf8(self.name));
        put(out, pool.utf8(self.descriptor));
        let mut attributes = Vec::new();
        let mut count = 0;
        if let Attribute::ConstantValue(value) = self.attribute {
            let mut info = Vec::new();
            put(&mut info, pool.integer(value));
            put_attribute(pool, &mut attributes, "ConstantValue", &info);
            count += 1;
        }
        if let Attribute::CodeAndExceptions(_) = self.attribute {
            let info = self.code();
            put_attribute(pool, &mut attributes, "Code", &info);
            count += 1;
        }
        if let Attribute::Exceptions(names) | Attribute::CodeAndExceptions(names) = self.attribute
            && !names.is_empty()
        {
            let mut info = Vec::new();
            put_count(&mut info, names.len());
            names.iter().for_each(|name| put(&mut info, pool.class(name)));
            put_attribute(pool, &mut attributes, "Exceptions", &info);
            count += 1;
        }
        put(out, count);
        out.extend(attributes);
    }

    /// `aconst_null; athrow` (JVM §4.7.3). Stubs are compiled against and never run.
    fn code(&self) -> Vec<u8> {
        let this = u16::from(self.access & access::STATIC == 0);
        let mut info = Vec::new();
        put(&mut info, 1);
        put(&mut info, this + parameters(self.descriptor));
        info.extend([0, 0, 0, 2, 0x01, 0xBF]);
        info.extend([0; 4]);
        info
    }
}

/// How many parameters a method has; each takes one local variable, for cards have no long and no double.
fn parameters(descriptor: &str) -> u16 {
    let types = descriptor.split(')').next().unwrap_or_default();
    let mut count = 0;
    let mut in_class = false;
    for letter in types.chars() {
        match letter {
            ';' => in_class = false,
            _ if in_class => {}
            'L' => (in_class, count) = (true, count + 1),
            'Z' | 'B' | 'S' | 'I' => count += 1,
            _ => {}
        }
    }
    count
}

/// The constant pool (JVM §4.4), each entry once.
#[derive(Debug)]
struct Pool {
    entries: Vec<u8>,
    known: BTreeMap<Vec<u8>, u16>,
    /// One more than there are entries.
    count: u16,
}

impl Default for Pool {
    fn default() -> Self {
        Self {
            entries: Vec::new(),
            known: BTreeMap::new(),
            count: 1,
        }
    }
}

impl Pool {
    fn entry(&mut self, entry: Vec<u8>) -> u16 {
        if let Some(index) = self.known.get(&entry) {
            return *index;
        }
        let index = self.count;
        self.count = self.count.saturating_add(1);
        self.entries.extend(&entry);
        self.known.insert(entry, index);
        index
    }

    fn utf8(&mut self, text: &str) -> u16 {
        let mut entry = vec![1];
        put_count(&mut entry, text.len());
        entry.extend(text.as_bytes());
        self.entry(entry)
    }

    fn integer(&mut self, value: i32) -> u16 {
        let mut entry = vec![3];
        entry.extend(value.to_be_bytes());
        self.entry(entry)
    }

    fn class(&mut self, name: &str) -> u16 {
        let mut entry = vec![7];
        put(&mut entry, self.utf8(name));
        self.entry(entry)
    }
}

fn put_attribute(pool: &mut Pool, out: &mut Vec<u8>, name: &str, info: &[u8]) {
    put(out, pool.utf8(name));
    let length = u32::try_from(info.len()).unwrap_or(u32::MAX);
    out.extend(length.to_be_bytes());
    out.extend(info);
}

fn put(out: &mut Vec<u8>, value: u16) {
    out.extend(value.to_be_bytes());
}

/// A number of things; a table has far fewer lines than would not fit.
fn put_count(out: &mut Vec<u8>, count: usize) {
    put(out, u16::try_from(count).unwrap_or(u16::MAX));
}
