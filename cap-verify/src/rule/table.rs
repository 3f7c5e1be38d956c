//! One row for each rule.

macro_rules! rules {
    ($($name:ident = $code:literal, $section:literal, $what:literal, $why:literal;)+) => {
        /// A rule of the verifier; its code stays the same over releases.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum Rule {
            $(#[doc = $what] $name,)+
        }

        impl Rule {
            /// Every rule, by its code.
            pub const ALL: &'static [Self] = &[$(Self::$name),+];

            /// The stable code, as `CV501`.
            pub fn code(self) -> &'static str {
                match self { $(Self::$name => $code,)+ }
            }

            /// The section it comes from; `JCVM` is the Java Card Virtual Machine Specification 3.0.5.
            pub fn section(self) -> &'static str {
                match self { $(Self::$name => $section,)+ }
            }

            /// What a file must keep to, in a sentence.
            pub fn what(self) -> &'static str {
                match self { $(Self::$name => $what,)+ }
            }

            /// What could happen on a card otherwise, and what to do about a file that breaks the rule.
            pub fn why(self) -> &'static str {
                match self { $(Self::$name => $why,)+ }
            }
        }
    };
}

// Name = code, section, what, why.
rules! {
    // --- Structure: what reading the octets finds ---
    Container = "CV101", "JCVM §6.2", "The file is a ZIP archive with the components of one package, or a load file.",
        "A card gets the components of one package, in one order. Make the file anew with a converter.";
    ComponentMissing = "CV102", "JCVM §6.2", "Every component that a package must have is there, once.",
        "A card that waits for a component that does not come keeps a half loaded package. Make the file anew with a converter.";
    Extent = "CV103", "JCVM §6.2", "A component ends where its structure ends.",
        "A component that is too short makes a card read what stands behind it; octets that are left over can hide code. Make the file anew.";
    FieldValue = "CV104", "JCVM ch. 6", "A field holds a value that the specification allows there.",
        "A card trusts the values that have no meaning. Make the file anew with a converter.";
    Limit = "CV105", "JCVM §2.2.4", "Nothing is more numerous or larger than the format can say or the virtual machine can hold.",
        "A count that wraps around makes a card reserve too little. Divide the package.";
    DirectorySize = "CV106", "JCVM §6.5", "The Directory component says how large the other components are and how many imports and applets there are.",
        "A card reserves memory by the Directory before it sees the rest. Make the file anew with a converter.";
    ReferenceLocation = "CV107", "JCVM §6.12", "The RefLocation component lists every constant pool index in the code, and nothing else.",
        "A card that links at loading replaces what stands at these places: one too many changes an instruction, one too few leaves a number that the card takes for a linked reference. Make the file anew with a converter.";
    MethodExtent = "CV108", "JCVM §6.10, §6.14.3", "The Method component consists of the methods that the other components name, each as long as the Descriptor says.",
        "Code between methods, or a call into the middle of one, runs what no verifier has seen. Make the file anew with a converter.";
    Instruction = "CV109", "JCVM §7.2, §7.5", "Code is a sequence of whole instructions of the Java Card virtual machine.",
        "What a card does with an unknown or reserved opcode is up to the card. Make the file anew with a converter.";
    AidLength = "CV110", "JCVM §4.2", "An AID has 5 to 16 octets.",
        "A card copies an AID into 16 octets. Give the package or applet an AID of 5 to 16 octets.";
    Name = "CV111", "JCVM §6.4", "A name is text in UTF-8.",
        "Names are shown to people and put into files. Make the file anew with a converter.";
    StaticImage = "CV112", "JCVM §6.11", "The static field image is as large as its parts together: references, zeros, values.",
        "A card reserves the image by its size and fills it by its parts. Make the file anew with a converter.";
    Format = "CV113", "JCVM §6.4", "The file is of format 2.1, 2.2 or 2.3 in its compact form, and has only what its format knows.",
        "Another format has other fields at the same places. Convert for a format that the card takes.";

    // --- Package: header, imports, applets, Descriptor, exports ---
    HeaderFlags = "CV201", "JCVM §6.4", "The flags of the header are those that the specification names, and say whether there are an Applet and an Export component.",
        "A card decides by the flags which components it waits for. Make the file anew with a converter.";
    ImportTwice = "CV202", "JCVM §6.7", "A package is imported once.",
        "Two tokens for one package make two types of one class. Make the file anew with a converter.";
    ImportSelf = "CV203", "JCVM §6.7", "A package does not import itself.",
        "Its own classes would be known in two ways, the second one without checks. Make the file anew with a converter.";
    ExportFileMissing = "CV204", "JCVM §4.1.2", "The export file of every imported package is given.",
        "Without it nothing is known of what the package calls there. Give the export file of that AID and major version.";
    ExportFileVersion = "CV205", "JCVM §4.5.2", "The export file of an import has the same major version, and at least the minor version that the import asks for.",
        "A token may mean another thing in another major version, and nothing in an older one. Give the export file that the package was converted with.";
    ExportFileNames = "CV206", "JCVM §4.1.2", "Export files of two imports are of packages with different names.",
        "Classes of other packages are told apart by their names. Give the right export files.";
    AppletAid = "CV207", "JCVM §4.2.1", "The AID of an applet begins with the RID (the first five octets) of the AID of its package.",
        "The owner of an RID vouches for what is under it; a card refuses an applet under the RID of others. Give the applet an AID under the RID of the package.";
    AppletAidTwice = "CV208", "JCVM §6.6", "The applets of a package have different AIDs, none that of the package.",
        "An AID selects one applet, and names one thing on a card. Give each applet its own AID.";
    AppletCount = "CV209", "JCVM §6.6", "The Applet component lists an applet.",
        "A package without applets is a library, and has no Applet component. Make the file anew with a converter.";
    AppletInstall = "CV210", "JCVM §6.6", "The install method of an applet is a public static method install(byte[], short, byte) without result, of a class that extends javacard.framework.Applet.",
        "The card calls it with these arguments; a method of another type takes them for something else. Make the file anew with a converter.";
    AppletSelection = "CV211", "JCRE §4.3", "All applets of a package implement javacard.framework.MultiSelectable, or none.",
        "The objects of one package are in one context: a card that selects an applet twice must ask all of them. Implement it in every applet, or move applets to another package.";

    DescriptorMissing = "CV220", "JCVM §6.14", "There is a Descriptor component.",
        "It says of which types fields and methods are: without it a package cannot be verified. Verify the CAP file instead of a load file without the Descriptor.";
    ClassListed = "CV221", "JCVM §6.14.1", "The Descriptor lists every class and interface of the Class component once, and no other.",
        "What is not listed cannot be verified. Make the file anew with a converter.";
    ClassAccess = "CV222", "JCVM §6.14.1", "The flags of a class go together, an interface is abstract, and they say the same of interfaces as the Class component.",
        "A verifier and a card that take different things for an interface check different things. Make the file anew with a converter.";
    ClassInterfaces = "CV223", "JCVM §6.14.1", "The Descriptor lists the interfaces of a class that the Class component lists, and none for an interface.",
        "A verifier that believes one list and a card that believes the other differ in what a class can be taken for. Make the file anew with a converter.";
    ClassToken = "CV224", "JCVM §4.3.7.2", "Public classes have different tokens, other classes have none.",
        "Other packages name a class by its token. Make the file anew with a converter.";

    FieldAccess = "CV230", "JCVM §6.14.2", "The flags of a field go together: at most one of public, protected and private; a static final field of a primitive type is a constant and not listed.",
        "Flags that contradict each other leave open who may use the field. Make the file anew with a converter.";
    FieldLocation = "CV231", "JCVM §6.14.2", "A field of a class is described as a field of this class, with one token.",
        "A field that two classes claim can have two types. Make the file anew with a converter.";
    FieldToken = "CV232", "JCVM §4.3.7.3, §4.3.7.4", "The fields of a class have tokens that follow each other from 0 on: instance fields, of which an int takes two and those that other packages see come first; and static fields that other packages see.",
        "Two fields at one place make a number of a reference; another order hides fields from other packages. Make the file anew with a converter.";
    FieldType = "CV233", "JCVM §6.14.2, §6.14.4", "The type of a field is a primitive type, or one class or array type of the list of types.",
        "A card trusts the type. Make the file anew with a converter.";
    InstanceSize = "CV234", "JCVM §6.9.2.3", "The size of the instances of a class is that of the fields it declares.",
        "A field behind the end of an object lies in another object. Make the file anew with a converter.";
    ReferenceFields = "CV235", "JCVM §6.9.2.3", "The Class component says which instance fields are references: they follow each other.",
        "A card that looks for objects in use takes these fields for references, and all others for numbers. Make the file anew with a converter.";
    StaticLocation = "CV236", "JCVM §6.11, §6.14.2", "A static field lies in the part of the static field image that is for its type, and ends there.",
        "A reference among the numbers can be made of any number. Make the file anew with a converter.";
    StaticPlaces = "CV237", "JCVM §6.11", "The static fields fill the static field image, none over another.",
        "Two fields at one place make a number of a reference; what belongs to no field is never looked at. Make the file anew with a converter.";
    ArrayInitType = "CV238", "JCVM §6.11", "An initialized array belongs to a static field that is an array of its type.",
        "The card makes an array of the type of the values, and code takes it for one of the type of the field. Make the file anew with a converter.";
    ArrayInitSize = "CV239", "JCVM §6.11", "The values of an initialized array are whole elements.",
        "The card makes as many elements as fit into the octets. Make the file anew with a converter.";

    MethodListed = "CV240", "JCVM §6.14.3", "The Descriptor lists every method of the Method component once, and no other.",
        "A method that two classes claim can have two types, and one that none claims is never verified. Make the file anew with a converter.";
    MethodAccess = "CV241", "JCVM §6.14.3", "The flags of a method go together: one visibility, a constructor is neither static nor final nor abstract, an abstract method neither static nor final nor private.",
        "Flags that contradict each other leave open who may call the method, and how. Make the file anew with a converter.";
    MethodAbstract = "CV242", "JCVM §6.10.2, §6.14.3", "The header of a method says that it is abstract exactly when the Descriptor does, and its class is abstract then.",
        "A call of a method without code runs the octets behind it. Make the file anew with a converter.";
    MethodArguments = "CV243", "JCVM §6.10.2", "The header of a method counts the words of its parameters, and one for `this`.",
        "A card takes so many words from the stack of the caller. Make the file anew with a converter.";
    MethodType = "CV244", "JCVM §6.14.3, §6.14.4", "The type of a method is parameters other than void, and a result; a constructor has none.",
        "Without it nobody knows what a call takes and gives. Make the file anew with a converter.";
    MethodToken = "CV245", "JCVM §4.3.7.5, §4.3.7.6", "A virtual method has a token that fits its visibility, different from those of the other methods of its class; static methods and constructors that other packages see are numbered from 0 on; a private method has none.",
        "Calls find a method by its token. Make the file anew with a converter.";
    HandlerRange = "CV246", "JCVM §6.14.3", "Every exception handler belongs to one method, and the handlers of a method stand together.",
        "A handler that belongs to no method is never verified, but a card may use it. Make the file anew with a converter.";
    InterfaceMember = "CV247", "JCVM §6.14.3", "A method of an interface is public and abstract and has no code; an interface has no instance fields.",
        "An interface has no objects of its own. Make the file anew with a converter.";
    HandlerOrder = "CV248", "JCVM §6.10.1", "Exception handlers stand in the order of the code that they lead to.",
        "A card takes the first handler that fits: in another order it is not the one that was meant. Make the file anew with a converter.";

    ConstantTypes = "CV250", "JCVM §6.14.4", "The Descriptor gives a type for every constant that is a field or method, and none for a class.",
        "The type says what an instruction finds on the stack. Make the file anew with a converter.";
    TypeOffset = "CV251", "JCVM §6.14.4", "The place of a type is the beginning of a type in the list of types, and no type of the list is empty.",
        "Octets in the middle of a type read as another type. Make the file anew with a converter.";

    ExportedClass = "CV260", "JCVM §6.13", "The Export component lists public classes and interfaces by token, each once.",
        "Other packages get what stands there for the token. Make the file anew with a converter.";
    ExportedMember = "CV261", "JCVM §6.13", "An exported class lists its public and protected static fields, and its static methods and constructors, by token.",
        "Other packages reach a field or method by the place in this list. Make the file anew with a converter.";
    AppletExports = "CV262", "JCVM §6.13", "A package with applets exports shareable interfaces only.",
        "The firewall lets other packages call a shareable interface and nothing else. Make a library of what others shall use.";
    OwnExportFile = "CV263", "JCVM ch. 5", "The export file that was made with the CAP file says the same.",
        "Other packages are converted with the export file and linked with the CAP file: where they differ, a token means another thing. Convert again, and give both files to others.";

    // --- References: what the constant pool refers to ---
    ClassReference = "CV301", "JCVM §6.8.1", "A reference to a class leads to a class or interface of this package, or of an imported package by its token.",
        "A card that follows it elsewhere reads octets as a class. Make the file anew; for an imported class, give the export file of the right version.";
    InstanceFieldReference = "CV302", "JCVM §6.8.2", "A reference to an instance field names a class and the token of a field that this class declares.",
        "A field that the class does not have lies in another object. Make the file anew; for an imported class, give the export file of the right version.";
    VirtualMethodReference = "CV303", "JCVM §6.8.2", "A reference to a virtual method names a class that declares the method, and its token there; methods that only a package sees are of this package.",
        "A token without method makes a card call what stands behind the table. Make the file anew; for an imported class, give the export file of the right version.";
    SuperMethodReference = "CV304", "JCVM §6.8.2", "A reference to a method of the superclass names a class of this package and the token of a method that its superclass has, with code.",
        "A token without method makes a card call what stands behind the table. Make the file anew with a converter.";
    StaticFieldReference = "CV305", "JCVM §6.8.3", "A reference to a static field leads to the beginning of a static field of this package, or to one of an imported class by its token.",
        "A reference into the middle of fields reads numbers as references. Make the file anew; for an imported class, give the export file of the right version.";
    StaticMethodReference = "CV306", "JCVM §6.8.3", "A reference to a static method leads to a static method, constructor or private method of this package, or to a static method or constructor of an imported class by its token.",
        "A virtual method that is called without choosing by object can run on an object of another class. Make the file anew; for an imported class, give the export file of the right version.";
    ConstantType = "CV307", "JCVM §6.14.4", "The type that the Descriptor gives for a constant is the type of what it refers to.",
        "A verifier that believes the Descriptor would let pass what the card does with the true type. Make the file anew; for an imported class, give the export file of the right version.";

    // --- Classes and interfaces ---
    Root = "CV401", "JCVM §6.9.2.3", "Every class has a superclass, but java.lang.Object.",
        "Every object has the methods of java.lang.Object. Make the file anew with a converter.";
    Superclass = "CV402", "JCVM §6.9.2.3", "A superclass is a class, not an interface, and not final.",
        "A card looks for inherited fields and methods there. Make the file anew with a converter.";
    ClassOrder = "CV403", "JCVM §6.9", "A superclass and a superinterface stand before what inherits from them.",
        "A class that inherits from itself makes a card search forever. Make the file anew with a converter.";
    Interface = "CV404", "JCVM §6.9.2", "What a class implements, and what an interface extends, is an interface, and listed once.",
        "A card looks for the methods of interfaces there. Make the file anew with a converter.";
    InterfaceClosure = "CV405", "JCVM §6.9.2", "A class lists the superinterfaces of the interfaces it lists; an interface lists those above its superinterfaces.",
        "A card does not follow interfaces further: a call through an interface that is not listed finds no method. Make the file anew with a converter.";
    ShareableFlag = "CV406", "JCVM §6.9.2.1", "The flag shareable stands with interfaces that extend javacard.framework.Shareable and with classes that implement one, and nowhere else.",
        "The firewall lets other packages call objects of such classes. Make the file anew with a converter.";
    RemoteFlag = "CV407", "JCVM §6.9.2.1", "The flag remote stands with interfaces that extend java.rmi.Remote and with classes that implement one, and nowhere else.",
        "Remote objects can be called from outside of the card. Make the file anew with a converter.";
    RemoteMethod = "CV408", "JCVM §6.9.2.5", "What a class offers outside of the card are the methods of the remote interfaces that it implements, each once, with its type, by ascending hashes.",
        "The card calls the method with arguments that come from outside. Make the file anew with a converter.";
    RemoteTypes = "CV409", "JCRE §8.1", "A remote interface is public; remote methods take numbers and arrays of numbers, and give these, nothing, or a remote interface.",
        "References come from outside of the card only as remote objects; what else is taken for one was never one. Change the interface.";
    PublicTable = "CV410", "JCVM §6.9.2.3", "The table of public virtual methods begins not behind the methods that the superclass has, and ends not before them.",
        "A token between two tables finds no method. Make the file anew with a converter.";
    PackageTable = "CV411", "JCVM §6.9.2.3", "The table of package-visible virtual methods begins not behind the methods that the superclass has, and ends not before them.",
        "A token between two tables finds no method. Make the file anew with a converter.";
    TableEntry = "CV412", "JCVM §6.9.2.3", "An entry of a method table is the virtual method with its token that the class declares, or else the one that it inherits; FFFF stands for one that another package has.",
        "A call runs the method that stands in the table, and takes it for the one with the token. Make the file anew with a converter.";
    MethodNotInTable = "CV413", "JCVM §6.9.2.3", "Every virtual method of a class stands in its method table, at its token.",
        "A subclass and a caller would see another method than the one that runs. Make the file anew with a converter.";
    OverrideType = "CV414", "JCVM §2.2.1.3", "A method that overrides another one has its parameters and result.",
        "A caller passes what the method above takes. Make the file anew with a converter.";
    OverrideFinal = "CV415", "JCVM §6.14.3", "A final method is not overridden.",
        "Others rely on what a final method does. Remove the method, or `final` above.";
    OverrideAccess = "CV416", "JCVM §6.14.3", "A method that overrides another one is not less visible.",
        "Who can call the one above can call this one. Make the method as visible as the one above.";
    AbstractEntry = "CV417", "JCVM §6.9.2.3", "A class with objects has code for all its methods.",
        "A call of a method without code runs the octets behind it. Implement the method, or make the class abstract.";
    InterfaceTable = "CV420", "JCVM §6.9.2.4", "A class says for every method of an interface which of its public virtual methods it is.",
        "A call through the interface runs what stands behind the table. Make the file anew with a converter.";
    InterfaceMethod = "CV421", "JCVM §6.9.2.4", "The method of a class that stands for a method of an interface is public and has its parameters and result.",
        "A caller passes what the method of the interface takes. Make the file anew with a converter.";
    InterfaceInheritance = "CV422", "JCVM §4.3.7.7", "An interface has the methods of its superinterfaces too, and their tokens are those from 0 on, each once.",
        "A call through the interface finds a method by its token. Make the file anew with a converter.";
    TokenMapping = "CV423", "JCVM 3.1 §6.10.2.3", "A class of format 2.3 says for every virtual method of its superclass which token it has in the class, in the order of the tokens.",
        "A card follows a call from one class to the other by these tokens. Make the file anew with a converter.";

    // --- Code ---
    BranchTarget = "CV501", "JCVM §7.5", "A branch leads to the beginning of an instruction of the same method.",
        "A branch into the middle of an instruction runs code that nobody has seen. Make the file anew from source.";
    CodeEnd = "CV502", "JCVM §7.5", "No path runs past the last instruction of a method.",
        "A card would run what stands behind the method as if it were code. Make the file anew from source.";
    SwitchKeys = "CV504", "JCVM §7.5.50, §7.5.94", "The keys of a lookup switch ascend, each once.",
        "A card may search them by halves, and misses keys that are out of order. Make the file anew from source.";
    HandlerBounds = "CV505", "JCVM §6.10.1", "An exception handler guards whole instructions of one method and begins with an instruction of it.",
        "A card that catches an exception would go on with octets that are no instruction. Make the file anew from source.";
    StopBit = "CV506", "JCVM §6.10.1", "An exception handler has the stop bit exactly when no handler that follows guards a part of its range.",
        "A card that stops too early misses the handler that was meant; one that goes on loses time, or takes the handler of another method. Make the file anew with a converter.";
    CatchType = "CV507", "JCVM §6.10.1", "An exception handler is for every exception, or for a class of java/lang/Throwable or below, which does not stand at place 0.",
        "Nothing else is ever thrown, and a card that compares the class may read what is none. Make the file anew from source.";
    ConstantKind = "CV508", "JCVM §6.8, §7.5", "The constant that an instruction refers to is of a kind that the instruction takes.",
        "A card reads the octets of a constant without asking for its kind. Make the file anew from source.";
    StackOverflow = "CV509", "JCVM §6.10.2", "The operand stack never has more words than the header of the method says.",
        "A card reserves these words only: one more overwrites what belongs to others. Make the file anew from source.";
    StackUnderflow = "CV510", "JCVM §7.5", "An instruction finds as many words on the operand stack as it takes.",
        "Below the operand stack lie local variables and what the machine needs to return. Make the file anew from source.";
    StackMerge = "CV511", "JCVM §7.5", "Where paths meet, the operand stack has the same depth and the same kinds of values on all of them.",
        "An instruction that finds a number on one path and a reference on the other makes references out of numbers. Make the file anew from source.";
    LocalRange = "CV512", "JCVM §6.10.2", "An instruction uses local variables that the header of the method counts.",
        "Behind the local variables lies what the machine needs to return. Make the file anew from source.";
    LocalKind = "CV513", "JCVM §7.5", "A local variable is read as the kind of value that every path has stored in it.",
        "A local variable that is read as another kind makes references out of numbers, or shows what an earlier call has left. Make the file anew from source.";
    OperandKind = "CV514", "JCVM §7.5", "An instruction finds values of the kinds that it takes: shorts, ints, references.",
        "A number that is taken for a reference reaches any memory of the card. Make the file anew from source.";
    SplitInt = "CV515", "JCVM §3.1, §7.5", "The two words of an int are moved together.",
        "Half of an int beside another word makes a value that nobody has computed. Make the file anew from source.";
    WordCounts = "CV516", "JCVM §7.5.18, §7.5.108", "`dup_x` has m of 1 to 4 and n of 0 or m to m + 4, `swap_x` has m and n of 1 or 2; in a package without int m is 1 or 2 and n 0 or m to m + 2, and both are 1.",
        "Cards do different things with other numbers. Make the file anew from source.";
    UninitializedObject = "CV517", "JCVM §7.5", "An object is not used before its constructor has been called.",
        "Its fields have no values yet, and checks that its constructor makes have not been made. Make the file anew from source.";
    ConstructorCall = "CV518", "JCVM §7.5.55", "A constructor is called on an object of exactly its class that `new` has made, or by a constructor of its class or the class below on `this`; once.",
        "A constructor that runs on another object writes fields that the object does not have. Make the file anew from source.";
    ConstructorReturn = "CV519", "JCVM §7.5.80", "A constructor returns when it has called a constructor of its superclass, or another one of its class, on every path.",
        "An object would leave whose superclass has not set it up. Make the file anew from source.";
    ReturnType = "CV520", "JCVM §7.5.7, §7.5.99", "A method returns a value of the type that the Descriptor says, with the instruction for it.",
        "The caller takes what is there for the type that was promised. Make the file anew from source.";
    ArgumentType = "CV521", "JCVM §7.5.54 to §7.5.57", "Every argument of a call is of the type of the parameter.",
        "The method that is called trusts its arguments. Make the file anew from source.";
    ReceiverType = "CV522", "JCVM §7.5.54, §7.5.57", "A method is called on an object of its class or below; a method of an interface on an object that implements the interface.",
        "A card finds the method by a number in the table of the object's class, whatever stands there. Make the file anew from source.";
    CallKind = "CV523", "JCVM §7.5.55 to §7.5.57", "Each kind of method is called with the instruction for it, and what is called has code.",
        "A method that is found another way runs without the object, or not the one that was meant. Make the file anew from source.";
    InterfaceCall = "CV524", "JCVM §7.5.54", "`invokeinterface` names a method of the interface, and as many words of arguments as its type has.",
        "A card looks for the object below as many words as the instruction says. Make the file anew from source.";
    FieldKind = "CV525", "JCVM §7.5.20, §7.5.75", "A field is read and written with the instruction for its type.",
        "A field that is written as another type overwrites its neighbors or becomes a reference. Make the file anew from source.";
    FieldObject = "CV526", "JCVM §7.5.20, §7.5.75", "A field is used of an object of its class or below.",
        "In an object of another class something else stands at this place. Make the file anew from source.";
    AssignedValue = "CV527", "JCVM §7.5.75, §7.5.78", "A field is assigned a value of its type.",
        "Whoever reads the field trusts its type. Make the file anew from source.";
    FinalField = "CV528", "JCVM §6.11, §6.14.2", "A final field is assigned by code of its own class only, and a static one by none: its value stands in the image.",
        "Others rely on its value. Make the file anew from source.";
    MemberAccess = "CV529", "JCVM §6.14.2, §6.14.3", "A method uses members that its class may use: private ones of its class, package-visible ones of its package, protected ones of its superclasses.",
        "What a class hides is part of its defense. Make the file anew from source.";
    ProtectedAccess = "CV530", "JCVM §6.14.2, §6.14.3", "A protected member of another package is used of objects of the own class or below.",
        "Objects of other subclasses have kept it for themselves. Make the file anew from source.";
    ArrayType = "CV531", "JCVM §7.5.1, §7.5.12", "An instruction for arrays finds an array of the elements that it is for.",
        "With another size of elements, or an object in place of an array, the check of the length is worth nothing. Make the file anew from source.";
    ThisForm = "CV532", "JCVM §7.5.21, §7.5.76", "An instruction that uses a field of `this` finds an object in local variable 0.",
        "A card takes what is there for an object. Make the file anew from source.";
    CheckedType = "CV533", "JCVM §7.5.16, §7.5.53", "`checkcast` and `instanceof` with a primitive type have the constant pool index 0.",
        "Cards do different things with another index. Make the file anew from source.";
    AbstractNew = "CV534", "JCVM §7.5.70", "`new` makes instances of classes that are neither interfaces nor abstract.",
        "An abstract class has methods without code. Make the file anew from source.";
    ThrownType = "CV535", "JCVM §7.5.11", "`athrow` throws objects of java/lang/Throwable or below.",
        "A handler takes what it catches for a Throwable. Make the file anew from source.";
    Subroutine = "CV536", "JCVM §7.5.69, §7.5.79", "A return address is made by `jsr`, stored by `astore` and used once by `ret`; a subroutine is not called again before it has returned.",
        "A return address that was made from a number goes anywhere. Make the file anew from source.";
    IntInstruction = "CV537", "JCVM §2.2.3.1, §6.4", "Instructions for int stand only in packages whose header has the flag int.",
        "A card without int takes a package that does not have the flag, and then meets instructions that it does not know. Convert with int, or use short.";
    TooComplex = "CV538", "our own", "The verifier can follow every path within its bounds.",
        "What is not verified cannot be trusted; no compiler makes such code. Simplify the method.";

    // --- Environment: the subset of the language, kinds of packages, the card ---
    IntFlag = "CV601", "JCVM §2.2.3.1, §6.4", "A package that uses int says so in its header.",
        "A card without int refuses a package that says so, and runs others: their ints become numbers of half the size. Convert with support for int, or use short.";
    LibraryArray = "CV602", "JCVM §2.2.4.6", "A package without applets has no initialized static arrays.",
        "The array would have no owner: the firewall does not know who may use it. Make the array in a method.";
    CardPackage = "CV603", "JCVM §4.5.2", "The card has every imported package, in a version that serves.",
        "The card refuses to load the package. Convert for an older version of the API, or without the package.";
    CardInt = "CV604", "JCVM §2.2.3.1", "A package that uses int is for a card with int.",
        "The card refuses to load the package. Use short.";

    // --- Debug: what a debugger is told; no card sees it ---
    DebugNames = "CV701", "JCVM §6.15.2, §6.15.3, §6.15.4", "Names and types in the Debug component have the form that class files give them.",
        "A debugger takes one thing for another. Make the file anew from source; the load file for a card does not have the component.";
    DebugClasses = "CV702", "JCVM §6.15.2", "The Debug component describes every class and interface once, with its flags, superclass and all of its interfaces.",
        "A debugger shows another class than the one that runs. Make the file anew from source.";
    DebugFields = "CV703", "JCVM §6.15.3", "The Debug component describes every field of the Descriptor once, with its flags and type, and besides only constants.",
        "A debugger shows the value of another field. Make the file anew from source.";
    DebugMethods = "CV704", "JCVM §6.15.4", "The Debug component describes every method of a class once, with its place, sizes, flags and types.",
        "A debugger shows another method than the one that runs. Make the file anew from source.";
    DebugVariables = "CV705", "JCVM §6.15.4", "A variable lies in the frame of its method and is valid within its code, one at a time in one place.",
        "A debugger shows the value of another variable, or reads outside of the frame. Make the file anew from source.";
    DebugLines = "CV706", "JCVM §6.15.4", "The instructions of a line are in the code of the method.",
        "A debugger stops at another place. Make the file anew from source.";
    DebugExport = "CV707", "JCVM §6.15, ch. 5", "What is exported has the names of the export file.",
        "A debugger shows other names than those that others build on. Make both files anew from source.";
}
