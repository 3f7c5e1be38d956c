import com.sun.source.tree.AssignmentTree;
import com.sun.source.tree.BinaryTree;
import com.sun.source.tree.CaseTree;
import com.sun.source.tree.ClassTree;
import com.sun.source.tree.CompilationUnitTree;
import com.sun.source.tree.CompoundAssignmentTree;
import com.sun.source.tree.ConditionalExpressionTree;
import com.sun.source.tree.DoWhileLoopTree;
import com.sun.source.tree.ExpressionStatementTree;
import com.sun.source.tree.ExpressionTree;
import com.sun.source.tree.ForLoopTree;
import com.sun.source.tree.IfTree;
import com.sun.source.tree.LambdaExpressionTree;
import com.sun.source.tree.LiteralTree;
import com.sun.source.tree.MethodInvocationTree;
import com.sun.source.tree.MethodTree;
import com.sun.source.tree.ParenthesizedTree;
import com.sun.source.tree.ReturnTree;
import com.sun.source.tree.SwitchTree;
import com.sun.source.tree.Tree;
import com.sun.source.tree.UnaryTree;
import com.sun.source.tree.VariableTree;
import com.sun.source.tree.WhileLoopTree;
import com.sun.source.util.SourcePositions;
import com.sun.source.util.TreeScanner;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import javax.lang.model.element.Modifier;

/**
 * Finds the changes of one source file, in the order of its text. The operators:
 *
 * <pre>
 *   negate      &lt; to &gt;=, == to !=, and the other way round       boundary    &lt; to &lt;=, &gt; to &gt;=, and back
 *   logic       &amp;&amp; to ||, and back                             condition   a condition that is no comparison, negated
 *   arithmetic  + to -, * to /, ++ to --, and back           bitwise     &amp; to |, | to &amp;, ^ to &amp;
 *   shift       &lt;&lt; to &gt;&gt;, and back                             compound    |= &amp;= ^= += -= to =
 *   number      a literal one more, one less                 length      of a copy, comparison or fill: one more, one less
 *   return      true to false and back; a number to 0        check       an if without else is left out
 *   throw       a throwIt is left out                        call        any other call statement is left out
 *   assignment  an assignment is left out                    case        a case of a switch is left out
 * </pre>
 */
final class MutantFinder extends TreeScanner<Void, Void> {
    private static final Map<Tree.Kind, String> SYMBOLS = Map.ofEntries(
            Map.entry(Tree.Kind.LESS_THAN, "<"),
            Map.entry(Tree.Kind.LESS_THAN_EQUAL, "<="),
            Map.entry(Tree.Kind.GREATER_THAN, ">"),
            Map.entry(Tree.Kind.GREATER_THAN_EQUAL, ">="),
            Map.entry(Tree.Kind.EQUAL_TO, "=="),
            Map.entry(Tree.Kind.NOT_EQUAL_TO, "!="),
            Map.entry(Tree.Kind.CONDITIONAL_AND, "&&"),
            Map.entry(Tree.Kind.CONDITIONAL_OR, "||"),
            Map.entry(Tree.Kind.PLUS, "+"),
            Map.entry(Tree.Kind.MINUS, "-"),
            Map.entry(Tree.Kind.MULTIPLY, "*"),
            Map.entry(Tree.Kind.DIVIDE, "/"),
            Map.entry(Tree.Kind.REMAINDER, "%"),
            Map.entry(Tree.Kind.AND, "&"),
            Map.entry(Tree.Kind.OR, "|"),
            Map.entry(Tree.Kind.XOR, "^"),
            Map.entry(Tree.Kind.LEFT_SHIFT, "<<"),
            Map.entry(Tree.Kind.RIGHT_SHIFT, ">>"));

    private static final Map<String, String> NEGATED =
            Map.of("<", ">=", ">=", "<", ">", "<=", "<=", ">", "==", "!=", "!=", "==");
    private static final Map<String, String> BOUNDARY = Map.of("<", "<=", "<=", "<", ">", ">=", ">=", ">");
    private static final Map<String, String> LOGIC = Map.of("&&", "||", "||", "&&");
    private static final Map<String, String> ARITHMETIC = Map.of("+", "-", "-", "+", "*", "/", "/", "*", "%", "*");
    private static final Map<String, String> BITWISE = Map.of("&", "|", "|", "&", "^", "&");
    private static final Map<String, String> SHIFT = Map.of("<<", ">>", ">>", "<<");
    /** The replacements of each operator for binary operations, in the order in which the mutants are listed. */
    private static final List<Map.Entry<String, Map<String, String>>> OF_BINARY = List.of(
            Map.entry("negate", NEGATED),
            Map.entry("boundary", BOUNDARY),
            Map.entry("logic", LOGIC),
            Map.entry("arithmetic", ARITHMETIC),
            Map.entry("bitwise", BITWISE),
            Map.entry("shift", SHIFT));

    /** API methods that take a length, and how many arguments stand behind it. */
    private static final Map<String, Integer> BEHIND_LENGTH = Map.of(
            "arrayCopy", 0, "arrayCopyNonAtomic", 0, "arrayCompare", 0, "arrayFillNonAtomic", 1);
    private static final Set<String> NUMBERS = Set.of("byte", "short", "int");
    private static final int INCREMENT_LENGTH = 2;

    private final Path file;
    private final String source;
    private final CompilationUnitTree unit;
    private final SourcePositions positions;
    private final List<Mutant> found = new ArrayList<>();
    private String returnType = "";
    private boolean inInterface;
    private boolean inConstant;

    private MutantFinder(Path file, CompilationUnitTree unit, SourcePositions positions) throws IOException {
        this.file = file;
        this.unit = unit;
        this.positions = positions;
        source = unit.getSourceFile().getCharContent(true).toString();
    }

    static List<Mutant> find(Path file, CompilationUnitTree unit, SourcePositions positions) throws IOException {
        MutantFinder finder = new MutantFinder(file, unit, positions);
        finder.scan(unit, null);
        return finder.found;
    }

    /** The fields of an interface are constants. */
    @Override
    public Void visitClass(ClassTree type, Void unused) {
        inInterface = type.getKind() == Tree.Kind.INTERFACE;
        return super.visitClass(type, unused);
    }

    @Override
    public Void visitMethod(MethodTree method, Void unused) {
        returnType = method.getReturnType() == null ? "" : method.getReturnType().toString();
        return super.visitMethod(method, unused);
    }

    @Override
    public Void visitVariable(VariableTree variable, Void unused) {
        Set<Modifier> modifiers = variable.getModifiers().getFlags();
        inConstant = inInterface || modifiers.contains(Modifier.STATIC) && modifiers.contains(Modifier.FINAL);
        super.visitVariable(variable, unused);
        inConstant = false;
        return null;
    }

    @Override
    public Void visitBinary(BinaryTree binary, Void unused) {
        String symbol = SYMBOLS.get(binary.getKind());
        if (symbol != null) {
            int at = source.indexOf(symbol, end(binary.getLeftOperand()));
            for (Map.Entry<String, Map<String, String>> operator : OF_BINARY) {
                String replacement = operator.getValue().get(symbol);
                if (replacement != null) {
                    add(operator.getKey(), binary, at, at + symbol.length(), replacement);
                }
            }
        }
        return super.visitBinary(binary, unused);
    }

    @Override
    public Void visitUnary(UnaryTree unary, Void unused) {
        int start = start(unary);
        switch (unary.getKind()) {
            case LOGICAL_COMPLEMENT -> add("condition", unary, start, start + 1, "");
            case POSTFIX_INCREMENT -> add("arithmetic", unary, end(unary) - INCREMENT_LENGTH, end(unary), "--");
            case POSTFIX_DECREMENT -> add("arithmetic", unary, end(unary) - INCREMENT_LENGTH, end(unary), "++");
            case UNARY_MINUS -> {
                // A negative literal is one number.
                if (!(unary.getExpression() instanceof LiteralTree)) {
                    add("arithmetic", unary, start, start + 1, "");
                }
            }
            default -> { }
        }
        return super.visitUnary(unary, unused);
    }

    @Override
    public Void visitCompoundAssignment(CompoundAssignmentTree assignment, Void unused) {
        int at = source.indexOf('=', end(assignment.getVariable()));
        int operatorAt = end(assignment.getVariable());
        while (Character.isWhitespace(source.charAt(operatorAt))) {
            operatorAt++;
        }
        add("compound", assignment, operatorAt, at, "");
        return super.visitCompoundAssignment(assignment, unused);
    }

    @Override
    public Void visitLiteral(LiteralTree literal, Void unused) {
        if (literal.getKind() == Tree.Kind.INT_LITERAL) {
            int value = (Integer) literal.getValue();
            int start = start(literal);
            String text = source.substring(start, end(literal));
            add("number", literal, start, end(literal), number(value + 1, text));
            add("number", literal, start, end(literal), number(value - 1, text));
        }
        return null;
    }

    /** The value as the literal writes its own: hexadecimal with as many digits, or decimal. */
    private static String number(int value, String literal) {
        return literal.startsWith("0x") && value >= 0
                ? String.format("0x%0" + (literal.length() - "0x".length()) + "X", value)
                : Integer.toString(value);
    }

    @Override
    public Void visitIf(IfTree branch, Void unused) {
        negate(branch.getCondition());
        if (branch.getElseStatement() == null) {
            add("check", branch, start(branch), end(branch), "{ }");
        }
        return super.visitIf(branch, unused);
    }

    @Override
    public Void visitWhileLoop(WhileLoopTree loop, Void unused) {
        negate(loop.getCondition());
        return super.visitWhileLoop(loop, unused);
    }

    @Override
    public Void visitDoWhileLoop(DoWhileLoopTree loop, Void unused) {
        negate(loop.getCondition());
        return super.visitDoWhileLoop(loop, unused);
    }

    @Override
    public Void visitForLoop(ForLoopTree loop, Void unused) {
        if (loop.getCondition() != null) {
            negate(loop.getCondition());
        }
        return super.visitForLoop(loop, unused);
    }

    @Override
    public Void visitConditionalExpression(ConditionalExpressionTree conditional, Void unused) {
        negate(conditional.getCondition());
        return super.visitConditionalExpression(conditional, unused);
    }

    /** Comparisons and complements are changed where they stand. */
    private void negate(ExpressionTree condition) {
        ExpressionTree inner = condition;
        while (inner instanceof ParenthesizedTree parenthesized) {
            inner = parenthesized.getExpression();
        }
        boolean isComparison = inner instanceof BinaryTree && NEGATED.containsKey(SYMBOLS.get(inner.getKind()));
        if (!isComparison && inner.getKind() != Tree.Kind.LOGICAL_COMPLEMENT) {
            add("condition", inner, start(inner), end(inner), "!(" + text(inner) + ")");
        }
    }

    @Override
    public Void visitReturn(ReturnTree result, Void unused) {
        ExpressionTree expression = result.getExpression();
        if (expression != null && returnType.equals("boolean")) {
            if (expression.getKind() == Tree.Kind.BOOLEAN_LITERAL) {
                boolean value = (Boolean) ((LiteralTree) expression).getValue();
                add("return", result, start(expression), end(expression), Boolean.toString(!value));
            } else {
                negate(expression);
            }
        } else if (expression != null && NUMBERS.contains(returnType) && !isZero(expression)) {
            String zero = returnType.equals("int") ? "0" : "(" + returnType + ") 0";
            add("return", result, start(expression), end(expression), zero);
        }
        return super.visitReturn(result, unused);
    }

    private boolean isZero(ExpressionTree expression) {
        return text(expression).matches("(\\((byte|short)\\) )?(0|0x00)");
    }

    @Override
    public Void visitExpressionStatement(ExpressionStatementTree statement, Void unused) {
        ExpressionTree expression = statement.getExpression();
        if (expression instanceof MethodInvocationTree call) {
            String method = call.getMethodSelect().toString();
            if (!method.equals("super") && !method.equals("this")) {
                remove(method.endsWith("throwIt") ? "throw" : "call", statement);
            }
        } else if (expression instanceof AssignmentTree || expression instanceof CompoundAssignmentTree
                || expression instanceof UnaryTree) {
            remove("assignment", statement);
        }
        return super.visitExpressionStatement(statement, unused);
    }

    private void remove(String operator, Tree statement) {
        add(operator, statement, start(statement), end(statement), ";");
    }

    @Override
    public Void visitMethodInvocation(MethodInvocationTree call, Void unused) {
        String name = call.getMethodSelect().toString();
        Integer behind = BEHIND_LENGTH.get(name.substring(name.lastIndexOf('.') + 1));
        List<? extends ExpressionTree> arguments = call.getArguments();
        if (behind != null && name.startsWith("Util.")) {
            ExpressionTree length = arguments.get(arguments.size() - 1 - behind);
            add("length", call, start(length), end(length), "(short) (" + text(length) + " + 1)");
            add("length", call, start(length), end(length), "(short) (" + text(length) + " - 1)");
        }
        return super.visitMethodInvocation(call, unused);
    }

    @Override
    public Void visitSwitch(SwitchTree choice, Void unused) {
        CaseTree before = null;
        for (CaseTree label : choice.getCases()) {
            boolean sharesStatements = before != null && before.getStatements().isEmpty();
            int end = sharesStatements ? source.indexOf(':', start(label)) + 1 : end(label);
            add("case", label, start(label), end, "");
            before = label;
        }
        return super.visitSwitch(choice, unused);
    }

    @Override
    public Void visitLambdaExpression(LambdaExpressionTree lambda, Void unused) {
        throw new IllegalStateException(file + " has a lambda expression, which Java Card does not have");
    }

    private void add(String operator, Tree around, int start, int end, String replacement) {
        int first = start(around);
        String original = source.substring(first, end(around));
        String changed = source.substring(first, start) + replacement + source.substring(end, end(around));
        long line = unit.getLineMap().getLineNumber(start);
        String text = source.substring((int) unit.getLineMap().getStartPosition(line)).lines().findFirst().orElse("");
        found.add(new Mutant(
                file, line, text.strip(), operator, start, end, replacement,
                oneLine(original), oneLine(changed), inConstant));
    }

    private static String oneLine(String text) {
        return text.replaceAll("\\s+", " ").strip();
    }

    private String text(Tree tree) {
        return source.substring(start(tree), end(tree));
    }

    private int start(Tree tree) {
        return (int) positions.getStartPosition(unit, tree);
    }

    private int end(Tree tree) {
        return (int) positions.getEndPosition(unit, tree);
    }
}
