import com.sun.source.tree.CompilationUnitTree;
import com.sun.source.util.JavacTask;
import com.sun.source.util.Trees;
import java.io.ByteArrayOutputStream;
import java.io.File;
import java.io.IOException;
import java.io.OutputStream;
import java.io.Writer;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import javax.tools.DiagnosticCollector;
import javax.tools.FileObject;
import javax.tools.ForwardingJavaFileManager;
import javax.tools.JavaCompiler;
import javax.tools.JavaFileManager;
import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import javax.tools.StandardJavaFileManager;
import javax.tools.StandardLocation;
import javax.tools.ToolProvider;

/** The source files of the applets, and the compiler for them and for changes of them. */
final class Sources {
    /** As the harness compiles the applets. */
    private static final List<String> OPTIONS =
            List.of("-source", "8", "-target", "8", "-Xlint:-options", "-g", "-proc:none");

    private final JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
    private final StandardJavaFileManager files =
            compiler.getStandardFileManager(null, null, StandardCharsets.UTF_8);
    /** Source text by file, in the order of the folders given, then of the names. */
    private final Map<Path, String> texts;
    /** Class files of the unchanged sources, by class name. */
    private final Map<String, byte[]> unchanged;

    /** Reads and compiles the sources below {@code folders}; their class files are put below {@code classes}. */
    Sources(List<Path> classPath, Path classes, List<Path> folders) throws IOException {
        texts = new LinkedHashMap<>();
        for (Path folder : folders) {
            for (Path file : javaFiles(folder)) {
                texts.put(file, Files.readString(file));
            }
        }
        files.setLocationFromPaths(StandardLocation.CLASS_PATH, classPath);
        unchanged = compile(texts);
        write(unchanged, classes);
        List<Path> withClasses = new ArrayList<>(classPath);
        withClasses.add(classes);
        files.setLocationFromPaths(StandardLocation.CLASS_PATH, withClasses);
    }

    private static List<Path> javaFiles(Path folder) throws IOException {
        try (Stream<Path> all = Files.walk(folder)) {
            return all.filter(file -> file.toString().endsWith(".java")).sorted().toList();
        }
    }

    List<Mutant> mutants() throws IOException {
        List<JavaFileObject> units = new ArrayList<>();
        Map<URI, Path> byUri = new HashMap<>();
        texts.forEach((file, text) -> {
            units.add(new SourceText(file, text));
            byUri.put(file.toUri(), file);
        });
        JavacTask task = (JavacTask) compiler.getTask(null, files, null, OPTIONS, null, units);
        List<Mutant> mutants = new ArrayList<>();
        Trees trees = Trees.instance(task);
        for (CompilationUnitTree unit : task.parse()) {
            Path file = byUri.get(unit.getSourceFile().toUri());
            mutants.addAll(MutantFinder.find(file, unit, trees.getSourcePositions()));
        }
        return mutants;
    }

    /**
     * Compiles a mutant; the classes that differ from the unchanged ones are put below {@code folder}.
     *
     * @return how many classes differ
     * @throws IllegalArgumentException when it does not compile
     */
    int compile(Mutant mutant, Path folder) throws IOException {
        String changed = mutant.apply(texts.get(mutant.file()));
        Map<Path, String> toCompile = mutant.isConstant() ? new HashMap<>(texts) : new HashMap<>();
        toCompile.put(mutant.file(), changed);
        Map<String, byte[]> classes = compile(toCompile);
        classes.entrySet().removeIf(entry -> Arrays.equals(entry.getValue(), unchanged.get(entry.getKey())));
        write(classes, folder);
        return classes.size();
    }

    private Map<String, byte[]> compile(Map<Path, String> sources) {
        List<JavaFileObject> units = new ArrayList<>();
        sources.forEach((file, text) -> units.add(new SourceText(file, text)));
        ClassFiles classFiles = new ClassFiles(files);
        DiagnosticCollector<JavaFileObject> messages = new DiagnosticCollector<>();
        if (!compiler.getTask(Writer.nullWriter(), classFiles, messages, OPTIONS, null, units).call()) {
            throw new IllegalArgumentException(messages.getDiagnostics().toString());
        }
        return classFiles.octets();
    }

    private static void write(Map<String, byte[]> classes, Path folder) throws IOException {
        for (Map.Entry<String, byte[]> entry : classes.entrySet()) {
            Path file = folder.resolve(entry.getKey().replace('.', File.separatorChar) + ".class");
            Files.createDirectories(file.getParent());
            Files.write(file, entry.getValue());
        }
    }

    private static final class SourceText extends SimpleJavaFileObject {
        private final String text;

        SourceText(Path file, String text) {
            super(file.toUri(), Kind.SOURCE);
            this.text = text;
        }

        @Override
        public CharSequence getCharContent(boolean ignoreEncodingErrors) {
            return text;
        }
    }

    /** Keeps the class files of a compilation in memory. */
    private static final class ClassFiles extends ForwardingJavaFileManager<JavaFileManager> {
        private final Map<String, ByteArrayOutputStream> classes = new TreeMap<>();

        ClassFiles(JavaFileManager files) {
            super(files);
        }

        @Override
        public JavaFileObject getJavaFileForOutput(
                Location location, String className, JavaFileObject.Kind kind, FileObject sibling) {
            ByteArrayOutputStream octets = new ByteArrayOutputStream();
            classes.put(className, octets);
            return new SimpleJavaFileObject(URI.create("memory:///" + className), kind) {
                @Override
                public OutputStream openOutputStream() {
                    return octets;
                }
            };
        }

        Map<String, byte[]> octets() {
            Map<String, byte[]> octets = new HashMap<>();
            classes.forEach((name, stream) -> octets.put(name, stream.toByteArray()));
            return octets;
        }
    }
}
