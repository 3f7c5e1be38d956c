package refused;

/** What the Java language has and the Java Card language has not. */
class Language {
    static byte[] made = new byte[4];
    static short counted = count(); // CC401 constant
    private static final Object LOCK = null;

    static short count() {
        return 3;
    }

    static void characters(byte[] x) {
        char c = 'a';
        x[0] = (byte) (c + x[1]);
        c += x[0]; // CC201 byte or short
    }

    static short longs(short a) {
        long b = a; // CC201 short
        b *= 3; // CC201 short // CC206 short
        return (short) b; // CC201 short
    }

    static boolean floats(short a) {
        float b = a; // CC201 short
        double c = 1.5; // CC206 short // CC201 short
        return b < c; // CC201 short
    }

    static Object text() {
        return "text"; // CC206 byte array
    }

    static void locked(Object x) {
        synchronized (x) { // CC202 take it away
            made[0] = 1;
        } // CC202 take it away
    }

    static synchronized void synchronizedMethod() {
        made[0] = 2; // CC202 keyword
    }

    static short[][] grid() {
        return new short[2][3]; // CC201 one array
    }

    interface Action {
        void act();
    }

    static Action lambda() {
        return () -> made[0]++; // CC204 class with a method
    }

    static void assertion(short a) {
        assert a > 0; // CC205 throw
    }
}
