import java.util.Set;
import org.objectweb.asm.Label;
import org.objectweb.asm.MethodVisitor;
import org.objectweb.asm.Opcodes;
import org.objectweb.asm.Type;

/**
 * Rewrites a method. What it does not know how to watch it refuses, so that no write can go unseen: int, char and long
 * memory, OwnerPIN, keys other than AES.
 */
final class MethodRewriter extends MethodVisitor {
    private static final String CALLS = Type.getInternalName(WatchedCalls.class);
    private static final String ALLOCATING = "allocating";

    private static final String SYSTEM = "javacard/framework/JCSystem";
    private static final String UTIL = "javacard/framework/Util";
    private static final String OWNER_PIN = "javacard/framework/OwnerPIN";
    private static final String KEY_BUILDER = "javacard/security/KeyBuilder";
    private static final String KEYS = "javacard/security/";
    private static final String AES_KEY = "javacard/security/AESKey";
    private static final String CIPHER = "javacardx/crypto/Cipher";
    private static final String CIPHER_DESCRIPTOR = "([BSS[BS)S";

    /** Static methods that {@link WatchedCalls} has under the same name and descriptor. */
    private static final Set<String> WATCHED_STATIC = Set.of(
            SYSTEM + ".makeTransientByteArray",
            SYSTEM + ".beginTransaction", SYSTEM + ".commitTransaction", SYSTEM + ".abortTransaction",
            UTIL + ".arrayCopy", UTIL + ".arrayCopyNonAtomic", UTIL + ".arrayFillNonAtomic", UTIL + ".setShort",
            KEY_BUILDER + ".buildKey");

    private final String className;
    private final String method;
    private final boolean isClassInitializer;
    /** In a constructor: objects that are made but not constructed, and whether super() or this() has been called. */
    private int unconstructed;
    private boolean isConstructed;

    MethodRewriter(MethodVisitor next, String className, String method) {
        super(Opcodes.ASM9, next);
        this.className = className;
        this.method = method;
        isClassInitializer = method.equals("<clinit>");
        isConstructed = !method.equals("<init>");
    }

    @Override
    public void visitInsn(int opcode) {
        switch (opcode) {
            case Opcodes.BASTORE -> call("storeOctet", "(Ljava/lang/Object;II)V");
            case Opcodes.SASTORE -> call("storeShort", "([SII)V");
            case Opcodes.AASTORE -> call("storeReference", "([Ljava/lang/Object;ILjava/lang/Object;)V");
            case Opcodes.CASTORE, Opcodes.IASTORE, Opcodes.LASTORE, Opcodes.FASTORE, Opcodes.DASTORE ->
                throw refusal("an array that Java Card does not have");
            default -> super.visitInsn(opcode);
        }
    }

    /** Jumps are counted as a measure of work. */
    @Override
    public void visitJumpInsn(int opcode, Label label) {
        call("step", "()V");
        super.visitJumpInsn(opcode, label);
    }

    @Override
    public void visitFieldInsn(int opcode, String owner, String name, String descriptor) {
        boolean isWrite = opcode == Opcodes.PUTFIELD || opcode == Opcodes.PUTSTATIC;
        if (isWrite && !"BZS[L".contains(descriptor.substring(0, 1))) {
            throw refusal("the field " + name + " of a type that Java Card does not have");
        }
        if (opcode == Opcodes.PUTFIELD && isConstructed) {
            // Object and value; the field is described behind them, and the object alone stays with the description.
            super.visitInsn(Opcodes.DUP2);
            super.visitInsn(Opcodes.POP);
            describeField(owner, name);
            call("writesField", "(Ljava/lang/Object;Ljava/lang/Class;Ljava/lang/String;)V");
        } else if (opcode == Opcodes.PUTSTATIC && !isClassInitializer) {
            super.visitInsn(Opcodes.ACONST_NULL);
            describeField(owner, name);
            call("writesField", "(Ljava/lang/Object;Ljava/lang/Class;Ljava/lang/String;)V");
        }
        super.visitFieldInsn(opcode, owner, name, descriptor);
    }

    @Override
    public void visitTypeInsn(int opcode, String type) {
        if (opcode == Opcodes.NEW) {
            unconstructed++;
            call(ALLOCATING, "()V");
        }
        super.visitTypeInsn(opcode, type);
        if (opcode == Opcodes.ANEWARRAY) {
            arrayCreated();
        }
    }

    @Override
    public void visitIntInsn(int opcode, int operand) {
        super.visitIntInsn(opcode, operand);
        if (opcode == Opcodes.NEWARRAY) {
            arrayCreated();
        }
    }

    @Override
    public void visitMultiANewArrayInsn(String descriptor, int dimensions) {
        throw refusal("an array of several dimensions");
    }

    @Override
    public void visitMethodInsn(int opcode, String owner, String name, String descriptor, boolean isInterface) {
        if (owner.equals(OWNER_PIN)) {
            throw refusal("an OwnerPIN");
        }
        if (opcode == Opcodes.INVOKESTATIC && WATCHED_STATIC.contains(owner + "." + name)) {
            call(name, descriptor);
        } else if (opcode == Opcodes.INVOKEINTERFACE && owner.startsWith(KEYS) && isKeyMethod(name)) {
            keyMethod(owner, name, descriptor);
        } else if (owner.equals(CIPHER) && descriptor.equals(CIPHER_DESCRIPTOR)) {
            call(name, "(Ljavacardx/crypto/Cipher;" + descriptor.substring(1));
        } else {
            if (opcode == Opcodes.INVOKESTATIC && (name.startsWith("makeTransient") || name.equals("getInstance"))) {
                call(ALLOCATING, "()V");
            }
            super.visitMethodInsn(opcode, owner, name, descriptor, isInterface);
            if (opcode == Opcodes.INVOKESPECIAL && name.equals("<init>")) {
                constructed(owner);
            }
        }
    }

    private static boolean isKeyMethod(String name) {
        return name.equals("setKey") || name.equals("clearKey") || name.equals("getKey");
    }

    /** clearKey is declared in Key and may be called through any interface below it. */
    private void keyMethod(String owner, String name, String descriptor) {
        boolean clears = name.equals("clearKey");
        if (!clears && !owner.equals(AES_KEY)) {
            throw refusal(name + " of " + owner);
        }
        call(name, "(L" + (clears ? "javacard/security/Key" : AES_KEY) + ";" + descriptor.substring(1));
    }

    /** In a constructor, the first construction that no NEW stands before is that of the object itself. */
    private void constructed(String owner) {
        if (unconstructed > 0) {
            unconstructed--;
        } else if (!isConstructed) {
            isConstructed = true;
            if (!owner.equals(className)) {
                super.visitVarInsn(Opcodes.ALOAD, 0);
                call("objectCreated", "(Ljava/lang/Object;)V");
            }
        }
    }

    private void arrayCreated() {
        super.visitInsn(Opcodes.DUP);
        call(isClassInitializer ? "classArrayCreated" : "arrayCreated", "(Ljava/lang/Object;)V");
    }

    private void describeField(String owner, String name) {
        super.visitLdcInsn(Type.getObjectType(owner));
        super.visitLdcInsn(name);
    }

    private void call(String name, String descriptor) {
        super.visitMethodInsn(Opcodes.INVOKESTATIC, CALLS, name, descriptor, false);
    }

    private IllegalStateException refusal(String what) {
        return new IllegalStateException(
                className + "." + method + " uses " + what + ", which the watched memory does not know");
    }
}
