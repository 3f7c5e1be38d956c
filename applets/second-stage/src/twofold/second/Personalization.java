package twofold.second;

import javacard.framework.JCSystem;
import twofold.link.PinValue;

/**
 * Personalization of a service: INSTALL [for personalization] names it, STORE DATA brings data groupings: DGI (2),
 * length (1, or FF and 2), value. They may span commands and packets. The first octet of a value is the access rule
 * of the object, the rest its content.
 *
 * <p>The state is CLEAR_ON_RESET. Contents go to free arena blocks as they come; the objects that a command made whole
 * come to exist together, in the transaction of that command. A command that fails ends the personalization.
 */
final class Personalization {
    private static final byte P1_MORE = (byte) 0x00;
    private static final byte P1_LAST = (byte) 0x80;

    private static final short RULE_LENGTH = (short) 1;
    /** A value: the access rule and at least one octet. */
    private static final short MIN_VALUE = (short) 2;

    private static final short TARGET = (short) 0;
    private static final short NUMBER = (short) 1;
    private static final short OBJECT = (short) 2;
    private static final short TAIL = (short) 3;
    private static final short STORED = (short) 4;
    private static final short WHOLE = (short) 5;
    private static final short LAST_WHOLE = (short) 6;
    private static final short FIELDS = (short) 7;

    private final Arena arena;
    private final Registry registry;
    private final ServiceObjects objects;
    private final ServiceSelection selection;
    private final GroupingHeader header;
    /**
     * CLEAR_ON_RESET: the service (NONE: no personalization), next block number, object under way (NONE: a header
     * comes), its last block, its octets so far (-1 before its rule), list of objects made whole by this command.
     */
    private final short[] state;

    Personalization(Arena arena, Registry registry, ServiceObjects objects, ServiceSelection selection) {
        this.arena = arena;
        this.registry = registry;
        this.objects = objects;
        this.selection = selection;
        header = new GroupingHeader();
        state = JCSystem.makeTransientShortArray(FIELDS, JCSystem.CLEAR_ON_RESET);
    }

    /** Marks the blocks of objects under way. */
    void mark() {
        arena.markChain(state[OBJECT]);
        objects.markList(state[WHOLE]);
    }

    /** The service under personalization; NONE for none. */
    short target() {
        return state[TARGET];
    }

    /** Forgets the personalization under way; the objects that earlier commands made stay. */
    void drop() {
        for (short i = 0; i < FIELDS; i++) {
            state[i] = (short) 0;
        }
        header.clear();
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
        if (sw == CommandFields.SW_GOOD && last && (state[OBJECT] != Arena.NONE || header.isBegun())) {
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
                header.add(data[at]);
                at++;
                sw = header.isWhole() ? startObject() : sw;
            } else if (state[STORED] < 0) {
                sw = startContent(data[at]);
                at++;
            } else {
                short part = Arena.smaller((short) (end - at), missing());
                sw = extendContent(data, at, part);
                at = (short) (at + part);
            }
        }
        return sw;
    }

    private short startObject() {
        short tag = header.tag();
        short length = header.length();
        header.clear();
        if (ServiceObjects.isStageTag(tag) || (length >= 0 && length < MIN_VALUE)
                || (tag == ServicePin.TAG && length != (short) (RULE_LENGTH + PinValue.LENGTH))) {
            return CommandFields.SW_WRONG_DATA;
        }
        short size = (short) (length - RULE_LENGTH);
        // A length with the highest bit set is more than any arena has.
        if (length < 0 || size > (short) (arena.free() - ServiceObjects.HEADER)) {
            return CommandFields.SW_NO_MEMORY;
        }
        short object = arena.allocate();
        objects.prepare(object, tag, size);
        state[TAIL] = object;
        state[STORED] = (short) -1;
        state[OBJECT] = object;
        return CommandFields.SW_GOOD;
    }

    /** Takes the access rule; nobody may read a PIN. */
    private short startContent(byte rule) {
        short object = state[OBJECT];
        boolean isRule = rule >= ServiceObjects.RULE_PUBLIC && rule <= ServiceObjects.RULE_NEVER;
        if (!isRule || (isPin(object) && rule != ServiceObjects.RULE_NEVER)) {
            return CommandFields.SW_WRONG_DATA;
        }
        objects.setRule(object, rule);
        state[STORED] = (short) 0;
        return CommandFields.SW_GOOD;
    }

    private short extendContent(byte[] data, short offset, short length) {
        short object = state[OBJECT];
        short stored = state[STORED];
        short tail = arena.append(state[TAIL], (short) (ServiceObjects.HEADER + stored), data, offset, length);
        if (tail == Arena.NONE) {
            return CommandFields.SW_NO_MEMORY;
        }
        state[TAIL] = tail;
        state[STORED] = (short) (stored + length);
        if (missing() != 0) {
            return CommandFields.SW_GOOD;
        }
        if (isPin(object) && !PinValue.isWhole(arena.memory(), objects.contentAt(object))) {
            return CommandFields.SW_WRONG_DATA;
        }
        keepWhole(object);
        return CommandFields.SW_GOOD;
    }

    /** Octets of the content that have not come. */
    private short missing() {
        return (short) (objects.size(state[OBJECT]) - state[STORED]);
    }

    private boolean isPin(short object) {
        return objects.tag(object) == ServicePin.TAG;
    }

    /** Puts a whole object behind the others of this command. */
    private void keepWhole(short object) {
        if (state[WHOLE] == Arena.NONE) {
            state[WHOLE] = object;
        } else {
            objects.link(state[LAST_WHOLE], object);
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
            short following = objects.nextOf(object);
            objects.put(service, object);
            if (isPin(object)) {
                selection.takeBack(service);
            }
            object = following;
        }
        if (last) {
            registry.setLifeCycle(service, Registry.LIFE_PERSONALIZED);
        }
    }
}
