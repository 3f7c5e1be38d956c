package exact;

/** Numbers that only a card with int computes, to the same result. */
public class Wide {
    public static short average(short a, short b) { return (short) ((a + b) / 2); }
    public static short shifted(short a, short b) { return (short) ((a + b) >> 1); }
    public static boolean compare(short a, short b) { return a + b > 0; }
    public static boolean compareNegated(short a) { return -a < 0; }
    public static int add(int a, int b) { return a + b * 3 - (a ^ b); }
    public static int mixed(int a, short b) { return a * b + (b << 8) - (byte) a; }
    public static int divide(int a, short b) { return b == 0 ? 0 : a / b + a % b; }
    public static int shifts(int a, byte b) { return (a << b) ^ (a >> b) ^ (a >>> (b + 3)) ^ (b >>> 5); }
    public static short narrow(int a) { return (short) (a + 1); }
    public static byte narrowByte(int a) { return (byte) (a * 3); }
    public static short half(int a) { return (short) (a >> 16); }
    public static boolean comparisons(int a, int b) { return a > b || a == 0x12345 || b < 0 || a != b && a >= 70000; }
    public static int loop(short a) {
        int sum = 0;
        for (int i = 0; i < 300; i++) {
            sum += i * a;
        }
        return sum;
    }
    public static int variables(short a, int b, byte c) {
        int x = a;
        short y = (short) b;
        x += c;
        x *= 1000;
        y++;
        int z = y;
        return x ^ z;
    }
    public static int arrays(int a, byte b) {
        int[] numbers = new int[3];
        numbers[b & 1] = a;
        numbers[2] += numbers[b & 1] * 2;
        numbers[0]++;
        return numbers[0] - numbers[2] + numbers.length;
    }
    public static short switches(int a) {
        switch (a) {
            case 70000: return 1;
            case -1: return 2;
            case 0: return 3;
            default: return 4;
        }
    }
    public static short tableSwitch(int a) {
        switch (a) {
            case 254: return 1;
            case 255: return 2;
            case 256: return 3;
            case 257: return 4;
            default: return 5;
        }
    }
    private static int pick(short a, int b, byte c, int d) { return a + b * c - d; }
    public static int calls(short a, int b) { return pick(a, b, (byte) a, a) + pick((short) (a + 1), a * 2, (byte) 3, b); }
    public static int duplicates(int a) { int b, c; b = c = a + 1; int[] x = { 1, 2 }; x[0] = x[1] = b; return b + c * x[0]++ + ++x[1]; }
    public static int conditional(short a, int b) { return a > 0 ? a : b; }
    public static short conditionalCast(short a, int b) { return (short) (a > 0 ? a : b); }
    public static int constants(byte a) { return a == 0 ? 0x7FFFFFFF : a == 1 ? -129 : a == 2 ? 32768 : a == 3 ? 5 : -1; }
    public static int complement(int a) { return ~a - -a; }
    public static int unsigned(short a) { return a & 0xFFFF; }
    public static int sumOfShorts(short a, short b) { return a + b; }
    public static short reused(short a) { { int x = a * 70000; a = (short) (x >> 7); } { short y = (short) (a + 1); a = y; } return a; }
}
