import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Loads the applets' class files, each of them rewritten so that its writes are seen. */
final class AppletLoader extends ClassLoader {
    private final Path folder;

    AppletLoader(Path folder) {
        super("applets", AppletLoader.class.getClassLoader());
        this.folder = folder;
    }

    @Override
    protected Class<?> findClass(String name) throws ClassNotFoundException {
        Path file = folder.resolve(name.replace('.', '/') + ".class");
        if (!Files.isRegularFile(file)) {
            throw new ClassNotFoundException(name);
        }
        try {
            byte[] rewritten = ClassRewriter.rewrite(Files.readAllBytes(file));
            return defineClass(name, rewritten, 0, rewritten.length);
        } catch (IOException e) {
            throw new ClassNotFoundException(name, e);
        }
    }
}
