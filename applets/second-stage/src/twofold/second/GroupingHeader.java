package twofold.second;

import javacard.framework.JCSystem;
import javacard.framework.Util;

/** The header of a data grouping, which comes octet by octet: DGI (2), length (1, or FF and 2). */
final class GroupingHeader {
    private static final short SHORT_FORM = (short) 3;
    private static final short LONG_FORM = (short) 5;
    private static final byte LONG_LENGTH = (byte) 0xFF;
    private static final short OFF_LENGTH = (short) 2;
    private static final short OFF_LONG_LENGTH = (short) 3;
    private static final short OFF_COUNT = (short) 5;
    private static final short STATE_LENGTH = (short) 6;

    /** CLEAR_ON_RESET: the header as far as it came, and how many octets that are. */
    private final byte[] state;

    GroupingHeader() {
        state = JCSystem.makeTransientByteArray(STATE_LENGTH, JCSystem.CLEAR_ON_RESET);
    }

    /** The next octet starts a header. */
    void clear() {
        state[OFF_COUNT] = (byte) 0;
    }

    /** Takes an octet of a header that is not whole. */
    void add(byte octet) {
        state[state[OFF_COUNT]] = octet;
        state[OFF_COUNT]++;
    }

    /** True when some octets of a header came. */
    boolean isBegun() {
        return state[OFF_COUNT] != 0;
    }

    boolean isWhole() {
        short count = state[OFF_COUNT];
        return count >= SHORT_FORM && count == (isLong() ? LONG_FORM : SHORT_FORM);
    }

    /** The tag of a whole header. */
    short tag() {
        return Util.getShort(state, (short) 0);
    }

    /** Octets of the value, by a whole header; negative for more than 32767. */
    short length() {
        return isLong() ? Util.getShort(state, OFF_LONG_LENGTH) : (short) (state[OFF_LENGTH] & 0xFF);
    }

    private boolean isLong() {
        return state[OFF_LENGTH] == LONG_LENGTH;
    }
}
