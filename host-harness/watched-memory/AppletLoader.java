import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;

/** Loads the applets' class files, each of them rewritten so that its writes are seen. */
final class AppletLoader extends ClassLoader {
    private final Path[] folders;

    /** Takes a class from the first of the folders that has it. */
    AppletLoader(Path... folders) {
        super("applets", AppletLoader.class.getClassLoader());
        this.folders = folders;
    }

    @Override
    protected Class<?> findClass(String name) throws ClassNotFoundException {
        String file = name.replace('.', '/') + ".class";
        Path found = Arrays.stream(folders)
                .map(folder -> folder.resolve(file))
                .filter(Files::isRegularFile)
                .findFirst()
                .orElseThrow(() -> new ClassNotFoundException(name));
        try {
            byte[] rewritten = ClassRewriter.rewrite(Files.readAllBytes(found));
            return defineClass(name, rewritten, 0, rewritten.length);
        } catch (IOException e) {
            throw new ClassNotFoundException(name, e);
        }
    }
}
