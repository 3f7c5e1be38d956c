import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;

/**
 * Lists the mutants of the applets and compiles those that are asked for.
 *
 * <pre>
 *   Mutants CLASS-PATH CLASS-FOLDER SOURCE-FOLDER...
 * </pre>
 *
 * <p>Standard output begins with a line a mutant, a JSON object, and an empty line. Then each line of standard input is
 * the number of a mutant, from 0, and is answered with one line: {@code compiled FOLDER} (of the class files that differ),
 * {@code same} when none differs, or {@code refused MESSAGE} when it does not compile.
 */
final class Mutants {
    private Mutants() {
    }

    public static void main(String[] arguments) throws IOException {
        PrintStream out = new PrintStream(System.out, false, StandardCharsets.UTF_8);
        List<Path> classPath =
                Arrays.stream(arguments[0].split(File.pathSeparator)).map(Path::of).toList();
        Path folder = Path.of(arguments[1]);
        List<Path> sources = Arrays.stream(arguments).skip(2).map(Path::of).toList();
        Sources compiled = new Sources(classPath, folder.resolve("unchanged"), sources);
        List<Mutant> mutants = compiled.mutants();
        mutants.forEach(mutant -> out.println(json(mutant)));
        out.println();
        out.flush();
        BufferedReader numbers = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        for (String number = numbers.readLine(); number != null; number = numbers.readLine()) {
            out.println(compile(compiled, mutants.get(Integer.parseInt(number)), folder.resolve(number)));
            out.flush();
        }
    }

    private static String compile(Sources sources, Mutant mutant, Path folder) throws IOException {
        try {
            return sources.compile(mutant, folder) == 0 ? "same" : "compiled " + folder;
        } catch (IllegalArgumentException e) {
            return "refused " + e.getMessage().replaceAll("\\R", " ");
        }
    }

    private static String json(Mutant mutant) {
        return "{\"file\":" + quoted(mutant.file().toString())
                + ",\"line\":" + mutant.line()
                + ",\"source\":" + quoted(mutant.source())
                + ",\"operator\":" + quoted(mutant.operator())
                + ",\"original\":" + quoted(mutant.original())
                + ",\"changed\":" + quoted(mutant.changed())
                + "}";
    }

    private static String quoted(String text) {
        return '"' + text.replace("\\", "\\\\").replace("\"", "\\\"") + '"';
    }
}
