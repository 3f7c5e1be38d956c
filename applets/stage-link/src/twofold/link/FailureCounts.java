package twofold.link;

import javacard.framework.JCSystem;
import javacard.framework.Util;

/** Counts of what was refused since the last reset; transient, for a stranger's messages must not wear the memory out. */
public final class FailureCounts {
    private static final short HIGHEST = (short) 0xFFFF;

    /** CLEAR_ON_RESET. */
    private final short[] counts;

    /** Makes {@code kinds} counts, numbered from 0; only at install. */
    public FailureCounts(short kinds) {
        counts = JCSystem.makeTransientShortArray(kinds, JCSystem.CLEAR_ON_RESET);
    }

    /** Counts one more failure; a count stops at FFFF. */
    public void add(short kind) {
        if (counts[kind] != HIGHEST) {
            counts[kind]++;
        }
    }

    /** Writes all counts, two octets each; returns what lies behind them. */
    public short write(byte[] out, short offset) {
        short at = offset;
        for (short kind = 0; kind < (short) counts.length; kind++) {
            at = Util.setShort(out, at, counts[kind]);
        }
        return at;
    }
}
