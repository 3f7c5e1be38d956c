import org.objectweb.asm.ClassReader;
import org.objectweb.asm.ClassVisitor;
import org.objectweb.asm.ClassWriter;
import org.objectweb.asm.MethodVisitor;
import org.objectweb.asm.Opcodes;

/** Rewrites a class file of an applet: whatever writes to memory or allocates goes through {@link WatchedCalls}. */
final class ClassRewriter extends ClassVisitor {
    private String className;

    private ClassRewriter(ClassVisitor next) {
        super(Opcodes.ASM9, next);
    }

    static byte[] rewrite(byte[] classFile) {
        ClassWriter writer = new ClassWriter(ClassWriter.COMPUTE_MAXS);
        // No instruction is added that branches or leaves anything on the stack, so the stack map frames stay true.
        new ClassReader(classFile).accept(new ClassRewriter(writer), 0);
        return writer.toByteArray();
    }

    @Override
    public void visit(int version, int access, String name, String signature, String superName, String[] interfaces) {
        className = name;
        super.visit(version, access, name, signature, superName, interfaces);
    }

    @Override
    public MethodVisitor visitMethod(int access, String name, String descriptor, String signature, String[] exceptions) {
        MethodVisitor next = super.visitMethod(access, name, descriptor, signature, exceptions);
        return new MethodRewriter(next, className, name);
    }
}
