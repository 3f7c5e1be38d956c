import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;

/** Calls every public static method of a class with samples of its parameter types, and prints a line for each call. */
public class Run {
    static final Object[] BYTES = { -128, -127, -9, -1, 0, 1, 2, 3, 5, 100, 127 };
    static final Object[] SHORTS = {
        -32768, -32767, -16385, -256, -129, -128, -127, -2, -1, 0, 1, 2, 3, 7, 16, 100, 127, 128, 255, 256, 1000, 16384, 32766, 32767
    };
    static final Object[] INTS = {
        -2147483648, -65537, -65536, -32769, -32768, -1, 0, 1, 2, 127, 254, 255, 256, 257, 32767, 32768, 65535, 70000, 0x12345, 2147483647
    };

    public static void main(String[] arguments) throws Exception {
        for (String name : arguments) {
            for (Method method : Class.forName(name).getDeclaredMethods()) {
                if (java.lang.reflect.Modifier.isPublic(method.getModifiers())) {
                    call(name, method, new Object[method.getParameterTypes().length], 0);
                }
            }
        }
    }

    static void call(String name, Method method, Object[] values, int filled) throws Exception {
        if (filled < values.length) {
            for (Object value : samples(method.getParameterTypes()[filled])) {
                values[filled] = value;
                call(name, method, values, filled + 1);
            }
            return;
        }
        StringBuilder line = new StringBuilder(name + "." + method.getName());
        for (Object value : values) {
            line.append(' ').append(number(value));
        }
        try {
            long result = number(method.invoke(null, values));
            line.append(" = ").append(result);
        } catch (InvocationTargetException thrown) {
            line.append(" ! ").append(thrown.getCause().getClass().getSimpleName());
        }
        System.out.println(line);
    }

    static Object[] samples(Class<?> type) {
        if (type == boolean.class) {
            return new Object[] { false, true };
        }
        Object[] numbers = type == byte.class ? BYTES : type == short.class ? SHORTS : INTS;
        Object[] values = new Object[numbers.length];
        for (int i = 0; i < values.length; i++) {
            int number = (Integer) numbers[i];
            values[i] = type == byte.class ? (Object) (byte) number : type == short.class ? (Object) (short) number : number;
        }
        return values;
    }

    static long number(Object value) {
        return value instanceof Boolean ? ((Boolean) value ? 1 : 0) : ((Number) value).longValue();
    }
}
