package exact;

/** Expressions of int that a card computes with 16 bits, to the same result for all operands. */
public class Narrow {
    // Chains of operators whose low 16 bits follow from those of the operands, then a cast.
    public static short add(short a, short b) { return (short) (a + b); }
    public static short subtract(short a, short b) { return (short) (a - b); }
    public static short multiply(short a, short b) { return (short) (a * b); }
    public static short chain(short a, short b) { return (short) (a + b - a * b + 3); }
    public static short deepChain(short a, short b) { return (short) ((a + b) * (a - b) + (a * a - b * b)); }
    public static short negate(short a) { return (short) -a; }
    public static short negateSum(short a, short b) { return (short) -(a + b); }
    public static byte addBytes(byte a, byte b) { return (byte) (a + b); }
    public static byte castTwice(short a, short b) { return (byte) (short) (a + b); }
    public static short signOfByte(short a) { return (short) (byte) a; }
    public static short lowByte(short a) { return (short) (a & 0xFF); }
    public static short highByte(short a) { return (short) ((a >> 8) & 0xFF); }
    public static short join(byte a, byte b) { return (short) ((a << 8) | (b & 0xFF)); }
    public static short joinXor(byte a, byte b) { return (short) ((a << 8) ^ (b & 0xFF)); }
    public static short shiftedSum(short a, short b) { return (short) ((a + b) << 3); }
    public static short shiftBy(short a, byte b) { return (short) (a << b); }
    public static short shiftBySum(short a, short b) { return (short) (a << (a + b)); }
    public static short shiftFar(short a) { return (short) (a << 17); }
    public static short complement(short a) { return (short) ~a; }
    public static short masks(short a, short b) { return (short) ((a & 0x7FFF) | (b & 0x8000)); }
    public static short largeMask(short a) { return (short) (a & 0xFFFF); }
    public static short largeConstant(short a) { return (short) (a + 0x8000); }
    public static short hugeConstant(short a) { return (short) (a * 0x12345 + 0x54321); }
    public static short xorLarge(short a) { return (short) (a ^ 0xFF00); }

    // Values that fit in 16 bits whatever their operands are.
    public static short byteSum(byte a, byte b) { return (short) ((a + b) / 2); }
    public static short byteProduct(byte a, byte b) { return (short) ((a * b) >> 3); }
    public static short byteDifference(byte a, byte b) { return (short) ((a - b) % 7); }
    public static short unsignedSum(byte a, byte b) { return (short) (((a & 0xFF) + (b & 0xFF)) / 3); }
    public static boolean compareByteSums(byte a, byte b) { return a + b > b - a; }
    public static boolean compareUnsigned(byte a, byte b) { return (a & 0xFF) < (b & 0xFF); }
    public static short remainder(short a, short b) { return (short) (a % (short) (b | 1)); }
    public static short divide(short a, short b) { return (short) (a / (short) (b | 1)); }
    public static short divideByConstant(short a) { return (short) (a / 10 * 3); }
    public static boolean divideAndCompare(short a) { return a / 3 > a % 5; }
    public static short castInside(short a, short b) { return (short) ((short) (a + b) / 2); }
    public static short castBeforeShift(short a, short b) { return (short) ((short) (a * b) >> 4); }
    public static short right(short a) { return (short) (a >> 3); }
    public static short rightBy(short a, byte b) { return (short) (a >> b); }
    public static short rightUnsigned(short a) { return (short) (a >>> 4); }
    public static short rightUnsignedFar(short a) { return (short) (a >>> 20); }
    public static short rightUnsignedBy(short a, byte b) { return (short) (a >>> b); }
    public static byte rightUnsignedByte(byte a) { return (byte) (a >>> 2); }
    public static short rightUnsignedMask(short a) { return (short) ((a >>> 8) & 0xFF); }
    public static boolean rightUnsignedFits(short a) { return (a >>> 17) > 16000; }
    public static short rightUnsignedPositive(short a) { return (short) (((a & 0x7FFF) >>> 3) / 5); }

    // Equality, where the low 16 bits decide.
    public static boolean zeroMask(short a) { return (a & 0x8000) == 0; }
    public static boolean equalUnsigned(short a) { return (a & 0xFFFF) == 0x8001; }
    public static boolean differenceIsZero(short a, short b) { return a - b == 0; }
    public static boolean differenceIsNotZero(short a, short b) { return (a - b) != 0; }
    public static boolean bytesEqual(byte a, byte b) { return (a & 0xFF) == (b & 0xFF); }

    // Variables, compound assignments, increments.
    public static short increments(short a) { a++; a += 7; --a; a -= 100; a += 1000; return a; }
    public static byte incrementByte(byte a) { a++; a += 100; a -= 3; return a; }
    public static short compound(short a, short b) { a *= b; a <<= 2; a |= b; a ^= 0x55; a &= 0x7FFF; a >>= 1; return a; }
    public static short compoundDivide(short a, byte b) { a /= (byte) (b | 1); a %= 17; a >>>= 3; return a; }
    public static short postfix(short a) { short b = a++; return (short) (a + (b--) + b); }
    public static short loop(byte a) {
        short sum = 0;
        for (short i = 0; i < 20; i++) {
            sum += (short) (i * a);
            if (sum > 500) {
                break;
            }
        }
        return sum;
    }
    public static short conditional(short a, short b) { return (short) (a > b ? a + 1 : b - 1); }
    public static short conditionalBoth(short a, byte b) { return (short) ((a > b ? a & 0x7F : b) / 3); }
    public static boolean and(boolean a, boolean b) { return a & b | !a ^ b; }
    public static boolean shortCircuit(short a, short b) { return a > 0 && b < a || a == b; }

    // Arrays: the index fits.
    public static short arrays(byte a, byte b) {
        byte[] bytes = new byte[4];
        short[] shorts = new short[(short) (3 + 1)];
        bytes[a & 3] = (byte) (b + 1);
        shorts[(short) (b & 1) + 2] = (short) (a * b);
        bytes[a & 3] += b;
        shorts[b & 1]++;
        boolean[] flags = { true, false, a == b };
        return (short) (bytes[a & 3] + shorts[2] + shorts[3] + (flags[2] ? bytes.length : 7) + shorts[b & 1]);
    }
    public static short outside(byte a) {
        byte[] bytes = new byte[8];
        return bytes[a];
    }
    public static short negativeSize(byte a) { return (short) new short[a].length; }
    public static short lengths(byte a) { byte[] bytes = new byte[a & 0x3F]; return (short) (bytes.length - 1); }

    // Switches.
    public static short table(short a) {
        switch (a) {
            case 0: return 10;
            case 1: return 11;
            case 2: a++;
            case 3: return (short) (a + 5);
            default: return -1;
        }
    }
    public static short lookup(short a) {
        switch (a) {
            case -32768: return 1;
            case -1: return 2;
            case 100: return 3;
            case 32767: return 4;
            default: return 5;
        }
    }
    public static short unsignedSwitch(byte a) {
        switch (a & 0xFF) {
            case 0x80: return 1;
            case 0xFF: return 2;
            case 0x7F: return 3;
            default: return 4;
        }
    }

    // Calls.
    private static short twice(short a) { return (short) (a + a); }
    public static short calls(short a, short b) { return (short) (twice(a) - twice((short) (b + 1))); }
    public static byte recursive(byte a) { return a <= 0 ? 0 : (byte) (1 + recursive((byte) (a - 9))); }

    // The dividend -32768 and the divisor -1: Java's 32768 comes back as -32768 by the cast.
    public static short smallestDivided(short a, short b) { return (short) (a / b); }
    public static short remainderByAny(short a, short b) { return (short) (a % b); }
}
