package refused;

/** Expressions that 16 bits cannot compute exactly. Each line that is refused says the code, and a part of the advice. */
public class Overflow {
    static short s;
    static byte b;

    static short average(short a, short b) {
        return (short) ((a + b) / 2); // CC302 (short) (a + b)
    }

    static short remainder(short a, short b) {
        return (short) ((a * b) % 10); // CC302 (short) (a * b)
    }

    static short right(short a, short b) {
        return (short) ((a - b) >> 1); // CC302 (short) (a - b)
    }

    static short rightUnsigned(short a) {
        return (short) ((a << 1) >>> 2); // CC302 (short) (a << 1)
    }

    static short divisor(short a, short b) {
        return (short) (a / (b + 1)); // CC302 (short) (b + 1)
    }

    static boolean less(short a, short b) {
        return a + b < 10; // CC302 (short) (a + b)
    }

    static boolean lessOtherSide(short a, short b) {
        return 10 < a - b; // CC302 (short) (a - b)
    }

    static boolean equal(short a, short b) {
        return a + 1 == b; // CC302 (short) (a + 1)
    }

    static boolean unsigned(short a, short b) {
        return (a & 0xFFFF) < (b & 0xFFFF); // CC302 (short)
    }

    static boolean constant(short a) {
        return a < 0x8000; // CC302 (short) 32768
    }

    static boolean equalConstant(short a) {
        return a == 0xFFFF; // CC302 (short) 65535
    }

    static boolean negated(short a) {
        return -a > 0; // CC302 (short) (-a)
    }

    static boolean quotient(short a, short b) {
        return a / b > 0; // CC302 (short) (a / b)
    }

    static boolean shiftedUnsigned(short a) {
        return a >>> 4 == 5; // CC302 (short) (a >>> 4)
    }

    static short switchOnSum(short a, short b) {
        switch (a + b) { // CC302 (short) (a + b)
            case 1:
                return 1;
            default:
                return 0;
        }
    }

    static byte index(byte[] x, short a) {
        return x[a + 1]; // CC303 (short) (a + 1)
    }

    static void storeAt(byte[] x, short a) {
        x[a - 1] = 0; // CC303 (short) (a - 1)
    }

    static byte[] size(short a) {
        return new byte[a + 1]; // CC303 (short) (a + 1)
    }

    static byte[] largeSize() {
        return new byte[0x8000]; // CC303 (short) 32768
    }

    static short divideTwice(short a, short b) {
        return (short) (a * b / 2 / 3); // CC302 (short) (a * b)
    }

    static short sumOfQuotients(short a, short b) {
        return (short) ((a + b) / 2 + (a - b) % 3); // CC302 (short) (a + b) // CC302 (short) (a - b)
    }

    static short nested(short[] x, short a) {
        return (short) ((x[a] + x[0]) / x[1]); // CC302 (short) (x[a] + x[0])
    }

    static short fields() {
        return (short) ((s + b) / 2); // CC302 (short) (Overflow.s + Overflow.b)
    }

    static short conditional(short a, short b) {
        return (short) ((a > b ? a + b : a) / 2); // CC302 (short)
    }

    static short shiftedPair(short x, short y) {
        return (short) (((x & 0xFF) << 8 | (y & 0xFF)) >> 4); // CC302 (short) (((x & 255) << 8) | (y & 255))
    }

    static short shiftedPairUnsigned(short x, short y) {
        return (short) (((x & 0xFF) << 8 | (y & 0xFF)) >>> 4); // CC302 (short)
    }

    static short thirdOfPair(short a, short b) {
        return (short) (((a << 8) | (b & 0xFF)) / 3); // CC302 (short)
    }

    static short intVariable(short a) {
        short sum = 0;
        for (int i = 0; i < a; i++) { // CC301 declare i as short
            sum += a;
        }
        return sum;
    }

    static short intVariableSum(short a, short b) {
        int sum = a + b;
        return (short) (sum / 2); // CC302 (short) sum
    }

    static int result(short a) {
        return a; // CC301 use short
    }

    static short parameter(int a) {
        return (short) a; // CC301 use short
    }
}
