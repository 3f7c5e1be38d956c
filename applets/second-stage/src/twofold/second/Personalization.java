package twofold.second;

import javacard.framework.JCSystem;
import javacard.framework.Util;
import twofold.link.StageInformation;

/**
 * Personalization of a service: INSTALL [for personalization] names it, STORE DATA brings data groupings: DGI (2),
 * length (1, or FF and 2), value. They may span commands and packets. The first octet of a value is the access rule
 * of the object, the rest its content.
 *
 * <p>The state is CLEAR_ON_RESET. Contents go to free arena blocks as they come; the objects that a command made whole
 * come to exist together, in the transaction of that command. A command that fails ends the personalization.
 */
final class Personalization implements ArenaRoots {
    /** Access rules of objects. */
    static final byte RULE_PUBLIC = (byte) 0x00;
    static final byte RULE_PIN = (byte) 0x01;
    static final byte RULE_NEVER = (byte) 0x02;

    private static final byte P1_MORE = (byte) 0x00;
    private static final byte P1_LAST = (byte) 0x80;

    private static final short HEADER = (short) 3;
    private static final short LONG_HEADER = (short) 5;
    private static final byte LONG_LENGTH = (byte) 0xFF;
    private static final short OFF_LENGTH = (short) 2;
    private static final short OFF_LONG_LENGTH = (short) 3;
    /** A value: the access rule and at least one octet. */
    private static final short MIN_VALUE = (short) 2;

    private static final short TARGET = (short) 0;
    private static final short NUMBER = (short) 1;
    private static final short HEADER_COUNT = (short) 2;
    private static final short OBJECT = (short) 3;
    private static final short TAIL = (short) 4;
    private static final short STORED = (short) 5;
    private static final short WHOLE = (short) 6;
    private static final short LAST_WHOLE = (short) 7;
    private static final short FIELDS = (short) 8;

    private final Arena arena;
    private final Registry registry;
    /**
     * CLEAR_ON_RESET: the service (NONE: no personalization), next block number, header octets so far, object under way
     * (NONE: a header comes), its last block, its octets so far, list of objects made whole by this command.
     */
    private final short[] state;
    /** CLEAR_ON_RESET: the header of a data grouping, as far as it came. */
    private final byte[] header;

    Personalization(Arena arena, Registry registry) {
        this.arena = arena;
        this.registry = registry;
        state = JCSystem.makeTransientShortArray(FIELDS, JCSystem.CLEAR_ON_RESET);
        header = JCSystem.makeTransientByteArray(LONG_HEADER, JCSystem.CLEAR_ON_RESET);
    }

    /** Marks the blocks of objects under way. */
    public void mark() {
        short object = state[OBJECT];
        if (object != Arena.NONE) {
            arena.markChain(object);
            arena.markChain(registry.get(object, Registry.OFF_HEAD));
        }
        registry.markObjects(state[WHOLE]);
    }

    /** Forgets the personalization under way; the objects that earlier commands made stay. */
    void drop() {
        for (short i = 0; i < FIELDS; i++) {
            state[i] = (short) 0;
        }
        arena.forgetMarks();
    }

    /** Starts the personalization of a service. */
    void start(short service) {
        drop();
        state[TARGET] = service;
    }

    /** STORE DATA: one block of data groupings. */
    void store(byte p1, short number, byte[] data, short offset, short length) {
        CommandFields.requireP1P2(p1 == P1_MORE || p1 == P1_LAST);
        CommandFields.requireLength(length != 0);
        CommandFields.requireState(state[TARGET] != Arena.NONE && state[NUMBER] == number);
        short sw = take(data, offset, (short) (offset + length));
        boolean last = p1 == P1_LAST;
        if (sw == CommandFields.SW_GOOD && last && (state[OBJECT] != Arena.NONE || state[HEADER_COUNT] != 0)) {
            sw = CommandFields.SW_WRONG_DATA;
        }
        if (sw != CommandFields.SW_GOOD) {
            drop();
            CommandFields.refuse(sw);
        }
        state[NUMBER]++;
        commit(last);
    }

    /** Takes the octets of a block; returns SW_GOOD or why it fails. */
    private short take(byte[] data, short offset, short end) {
        short at = offset;
        short sw = CommandFields.SW_GOOD;
        while (at < end && sw == CommandFields.SW_GOOD) {
            if (state[OBJECT] == Arena.NONE) {
                header[state[HEADER_COUNT]] = data[at];
                state[HEADER_COUNT]++;
                at++;
                sw = isHeaderWhole() ? startObject() : sw;
            } else {
                short part = Arena.smaller((short) (end - at), missing());
                sw = extendObject(data, at, part);
                at = (short) (at + part);
            }
        }
        return sw;
    }

    private boolean isHeaderWhole() {
        short count = state[HEADER_COUNT];
        return count >= HEADER && count == (header[OFF_LENGTH] == LONG_LENGTH ? LONG_HEADER : HEADER);
    }

    private short startObject() {
        state[HEADER_COUNT] = (short) 0;
        short tag = Util.getShort(header, (short) 0);
        short length = (short) (header[OFF_LENGTH] & 0xFF);
        if (header[OFF_LENGTH] == LONG_LENGTH) {
            length = Util.getShort(header, OFF_LONG_LENGTH);
        }
        if (StageInformation.has(tag) || (length >= 0 && length < MIN_VALUE)) {
            return CommandFields.SW_WRONG_DATA;
        }
        // A length with the highest bit set is more than any arena has.
        if (length < 0 || (short) (length - 1) > (short) (arena.free() - Arena.BLOCK)) {
            return CommandFields.SW_NO_MEMORY;
        }
        short object = arena.allocate();
        short head = arena.allocate();
        registry.clear(object);
        registry.set(object, Registry.OFF_TAG, tag);
        registry.set(object, Registry.OFF_SIZE, (short) (length - 1));
        registry.set(object, Registry.OFF_HEAD, head);
        state[TAIL] = head;
        state[STORED] = (short) -1;
        state[OBJECT] = object;
        return CommandFields.SW_GOOD;
    }

    /** Octets of the value that have not come; the access rule is one of them. */
    private short missing() {
        return (short) (registry.get(state[OBJECT], Registry.OFF_SIZE) - state[STORED]);
    }

    private short extendObject(byte[] data, short offset, short length) {
        short object = state[OBJECT];
        short at = offset;
        short left = length;
        if (state[STORED] < 0) {
            byte rule = data[at];
            if (rule < RULE_PUBLIC || rule > RULE_NEVER) {
                return CommandFields.SW_WRONG_DATA;
            }
            registry.setOctet(object, Registry.OFF_RULE, rule);
            state[STORED] = (short) 0;
            at++;
            left--;
        }
        short tail = arena.append(state[TAIL], state[STORED], data, at, left);
        if (tail == Arena.NONE) {
            return CommandFields.SW_NO_MEMORY;
        }
        state[TAIL] = tail;
        state[STORED] = (short) (state[STORED] + left);
        if (missing() == 0) {
            keepWhole(object);
        }
        return CommandFields.SW_GOOD;
    }

    /** Puts a whole object behind the others of this command. */
    private void keepWhole(short object) {
        if (state[WHOLE] == Arena.NONE) {
            state[WHOLE] = object;
        } else {
            registry.link(state[LAST_WHOLE], object);
        }
        state[LAST_WHOLE] = object;
        state[OBJECT] = Arena.NONE;
    }

    /** Makes the whole objects exist, and the service personalized at the end; the transaction stays open. */
    private void commit(boolean last) {
        short service = state[TARGET];
        short object = state[WHOLE];
        state[WHOLE] = Arena.NONE;
        if (last) {
            state[TARGET] = Arena.NONE;
        }
        // The objects may take the place of others, whose blocks are free then.
        arena.forgetMarks();
        JCSystem.beginTransaction();
        while (object != Arena.NONE) {
            short next = registry.nextOf(object);
            registry.putObject(service, object);
            object = next;
        }
        if (last) {
            registry.setLifeCycle(service, Registry.LIFE_PERSONALIZED);
        }
    }
}
