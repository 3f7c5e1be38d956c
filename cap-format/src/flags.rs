//! Sets of flags, as the tables of the specification list them.

/// A set of flags with named members; bits without a name are kept as they are.
macro_rules! flags {
    ($(#[$doc:meta])* $name:ident($int:ty) { $($(#[$flag_doc:meta])* $flag:ident = $value:literal, $word:literal;)* }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
        pub struct $name(pub $int);

        impl $name {
            $($(#[$flag_doc])* pub const $flag: Self = Self($value);)*
            const NAMES: &'static [(Self, &'static str)] = &[$((Self::$flag, $word)),*];

            /// True when all flags of `other` are in the set.
            pub fn contains(self, other: Self) -> bool {
                self.0 & other.0 == other.0
            }

            /// The names of the flags that are set, in the order of the specification.
            pub fn names(self) -> impl Iterator<Item = &'static str> {
                Self::NAMES.iter().filter(move |(flag, _)| self.contains(*flag)).map(|(_, name)| *name)
            }
        }

        impl std::ops::BitOr for $name {
            type Output = Self;
            fn bitor(self, other: Self) -> Self {
                Self(self.0 | other.0)
            }
        }

        impl std::ops::BitOrAssign for $name {
            fn bitor_assign(&mut self, other: Self) {
                self.0 |= other.0;
            }
        }

        impl FromIterator<$name> for $name {
            fn from_iter<I: IntoIterator<Item = $name>>(flags: I) -> Self {
                flags.into_iter().fold(Self::default(), |all, flag| all | flag)
            }
        }

        impl std::fmt::Debug for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                write!(f, "{}({:#x}", stringify!($name), self.0)?;
                self.names().try_for_each(|name| write!(f, " {name}"))?;
                f.write_str(")")
            }
        }
    };
}

pub(crate) use flags;
