package twofold.link;

import javacard.framework.JCSystem;

/**
 * Writes the response to a script (TS 102 226 5.2.2): AB L 80 01 n {23 L R-APDU}* [90 01 xx], in at most the given
 * room. From the first R-APDU on that finds no room they are left out; n counts them all the same.
 */
final class ResponseScript {
    private static final byte TAG_RESPONSES = (byte) 0xAB;
    private static final byte TAG_EXECUTED = (byte) 0x80;
    private static final byte TAG_RESPONSE = (byte) 0x23;
    private static final byte TAG_BAD_FORMAT = (byte) 0x90;

    /** AB L 80 01 n. */
    private static final short HEADER = (short) 5;
    private static final short TLV_HEADER = (short) 2;
    private static final short BAD_FORMAT_LENGTH = (short) 3;

    private static final short START = (short) 0;
    private static final short LIMIT = (short) 1;
    private static final short END = (short) 2;
    private static final short LAST = (short) 3;
    private static final short EXECUTED = (short) 4;
    private static final short CUT = (short) 5;
    private static final short FIELDS = (short) 6;

    /** CLEAR_ON_RESET: start, limit, end so far, start of the last R-APDU, commands executed, 1 once one is left out. */
    private final short[] state;

    ResponseScript() {
        state = JCSystem.makeTransientShortArray(FIELDS, JCSystem.CLEAR_ON_RESET);
    }

    /** Starts a response of at most {@code room} octets at {@code offset}. */
    void start(short offset, short room) {
        state[START] = offset;
        state[LIMIT] = (short) (offset + room);
        state[END] = (short) (offset + HEADER);
        state[LAST] = state[END];
        state[EXECUTED] = (short) 0;
        state[CUT] = (short) 0;
    }

    /** Where the next R-APDU is to be written; beyond the room when there is none. */
    short next() {
        return (short) (state[END] + TLV_HEADER);
    }

    /** Octets that the next R-APDU may take. */
    short room() {
        return (short) (state[LIMIT] - next());
    }

    /** Counts an executed command, and keeps the R-APDU written at next if it fits. */
    void add(byte[] answer, short length) {
        state[EXECUTED]++;
        if (state[CUT] != 0 || length > room()) {
            state[CUT] = (short) 1;
            return;
        }
        short at = state[END];
        answer[at] = TAG_RESPONSE;
        answer[(short) (at + 1)] = (byte) length;
        state[LAST] = at;
        state[END] = (short) ((short) (at + TLV_HEADER) + length);
    }

    /** Reports a badly coded script; where there is no room, in the place of the last R-APDU. */
    void addBadFormat(byte[] answer, short code) {
        if ((short) (state[END] + BAD_FORMAT_LENGTH) > state[LIMIT]) {
            state[END] = state[LAST];
        }
        state[END] = writeOctet(answer, state[END], TAG_BAD_FORMAT, (byte) code);
    }

    /** Writes AB L 80 01 n in front; returns the length of the response. */
    short finish(byte[] answer) {
        short start = state[START];
        short length = (short) (state[END] - start);
        answer[start] = TAG_RESPONSES;
        answer[(short) (start + 1)] = (byte) (length - TLV_HEADER);
        writeOctet(answer, (short) (start + TLV_HEADER), TAG_EXECUTED, (byte) state[EXECUTED]);
        return length;
    }

    private static short writeOctet(byte[] answer, short at, byte tag, byte value) {
        answer[at] = tag;
        answer[(short) (at + 1)] = (byte) 1;
        answer[(short) (at + 2)] = value;
        return (short) (at + 3);
    }
}
