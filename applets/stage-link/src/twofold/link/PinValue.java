package twofold.link;

import javacard.framework.ISO7816;
import javacard.framework.ISOException;
import javacard.framework.Util;

/**
 * A PIN in an array: tries left (1), their limit (1), the PIN (8): 4 to 8 digits, then FF (TS 102 221 9.5.1). A try is
 * taken persistently before the comparison and given back after it, so that a cut of power never gives one more.
 */
public final class PinValue {
    /** Octets of the whole. */
    public static final short LENGTH = (short) 10;
    /** Octets of a PIN. */
    public static final short PIN_LENGTH = (short) 8;
    /** The most tries: the status word 63Cx has a nibble for them. */
    public static final short MAX_TRIES = (short) 15;

    /** Where the limit and the PIN are, behind the tries that are left. */
    public static final short OFF_LIMIT = (short) 1;
    /** Where the PIN is. */
    public static final short OFF_PIN = (short) 2;

    private static final short MIN_DIGITS = (short) 4;
    private static final byte FIRST_DIGIT = (byte) '0';
    private static final byte LAST_DIGIT = (byte) '9';
    private static final byte PADDING = (byte) 0xFF;

    private static final short SW_TRIES_LEFT = (short) 0x63C0;
    private static final short SW_BLOCKED = (short) 0x6983;

    private PinValue() {
    }

    /** True for 4 to 8 digits and FF behind them, 8 octets in all. */
    public static boolean isPin(byte[] data, short offset) {
        return digits(data, offset) >= MIN_DIGITS;
    }

    /** True for 8 digits, the form of a PUK. */
    public static boolean isPuk(byte[] data, short offset) {
        return digits(data, offset) == PIN_LENGTH;
    }

    /** True for a limit of 1 to 15 tries. */
    public static boolean isLimit(short tries) {
        return tries > 0 && tries <= MAX_TRIES;
    }

    /** True when LENGTH octets are a right whole: 1 to limit tries left, limit, PIN. */
    public static boolean isWhole(byte[] data, short offset) {
        short tries = data[offset];
        short limit = data[(short) (offset + OFF_LIMIT)];
        return isLimit(limit) && tries > 0 && tries <= limit && isPin(data, (short) (offset + OFF_PIN));
    }

    /** Tries left, 0 to 15. */
    public static short triesLeft(byte[] memory, short at) {
        return memory[at];
    }

    /**
     * Takes a try and compares in constant time; 63Cx when the PIN is wrong, 6983 when no try was left. When it is right the
     * caller gives the tries back, together with what the command changes.
     */
    public static void compare(byte[] memory, short at, byte[] pin, short offset) {
        short tries = requireTries(memory, at);
        tries--;
        memory[at] = (byte) tries;
        short difference = 0;
        for (short i = 0; i < PIN_LENGTH; i++) {
            difference |= (short) (memory[(short) ((short) (at + OFF_PIN) + i)] ^ pin[(short) (offset + i)]);
        }
        if (difference != 0) {
            ISOException.throwIt((short) (SW_TRIES_LEFT | tries));
        }
    }

    /** Gives all tries back. */
    public static void giveTriesBack(byte[] memory, short at) {
        memory[at] = memory[(short) (at + OFF_LIMIT)];
    }

    /** Stores a new PIN and gives all tries back; inside a transaction. */
    public static void set(byte[] memory, short at, byte[] pin, short offset) {
        Util.arrayCopy(pin, offset, memory, (short) (at + OFF_PIN), PIN_LENGTH);
        giveTriesBack(memory, at);
    }

    /** Answers a query: 63Cx with the tries left, or 6983. */
    public static void refuseQuery(byte[] memory, short at) {
        ISOException.throwIt((short) (SW_TRIES_LEFT | requireTries(memory, at)));
    }

    /** Refuses with 6A80 a new PIN of another form. */
    public static void requirePin(byte[] data, short offset) {
        if (!isPin(data, offset)) {
            ISOException.throwIt(ISO7816.SW_WRONG_DATA);
        }
    }

    private static short requireTries(byte[] memory, short at) {
        short tries = memory[at];
        if (tries == 0) {
            ISOException.throwIt(SW_BLOCKED);
        }
        return tries;
    }

    /** How many digits there are, if nothing but FF is behind them; -1 else. */
    private static short digits(byte[] data, short offset) {
        short digits = 0;
        while (digits < PIN_LENGTH && isDigit(data[(short) (offset + digits)])) {
            digits++;
        }
        for (short i = digits; i < PIN_LENGTH; i++) {
            if (data[(short) (offset + i)] != PADDING) {
                return (short) -1;
            }
        }
        return digits;
    }

    private static boolean isDigit(byte octet) {
        return octet >= FIRST_DIGIT && octet <= LAST_DIGIT;
    }
}
