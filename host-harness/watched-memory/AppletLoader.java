import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** Loads the applets' class files, each of them rewritten so that its writes are seen. */
final class AppletLoader extends ClassLoader {
    /** Rewritten class files of the last folder, which does not change: several cards one after the other load them. */
    private static final Map<Path, byte[]> REWRITTEN = new ConcurrentHashMap<>();

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
            byte[] rewritten = rewritten(found);
            return defineClass(name, rewritten, 0, rewritten.length);
        } catch (IOException e) {
            throw new ClassNotFoundException(name, e);
        }
    }

    private byte[] rewritten(Path file) throws IOException {
        byte[] known = REWRITTEN.get(file);
        if (known != null) {
            return known;
        }
        byte[] rewritten = ClassRewriter.rewrite(Files.readAllBytes(file));
        if (file.startsWith(folders[folders.length - 1])) {
            REWRITTEN.put(file, rewritten);
        }
        return rewritten;
    }
}
