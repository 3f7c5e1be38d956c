import java.nio.file.Path;

/**
 * One change of one source file.
 *
 * @param file the source file
 * @param line line of the change, from 1
 * @param source the text of that line
 * @param operator name of the kind of change
 * @param start first character that is replaced
 * @param end the character behind the last one that is replaced
 * @param replacement what stands there instead
 * @param original the expression or statement around the change, in one line
 * @param changed the same with the change
 * @param isConstant true for the value of a constant, which the compiler copies into other classes
 */
record Mutant(
        Path file,
        long line,
        String source,
        String operator,
        int start,
        int end,
        String replacement,
        String original,
        String changed,
        boolean isConstant) {

    /** The source text with the change made. */
    String apply(String source) {
        return source.substring(0, start) + replacement + source.substring(end);
    }
}
