package twofold.second;

import javacard.framework.ISO7816;
import javacard.framework.ISOException;
import javacard.framework.JCSystem;
import javacard.framework.Util;

/**
 * What the interface shows of the registry: GET STATUS, the selection of a service, and its public objects. A method
 * that answers with data writes the response APDU, status word included, and returns its length.
 */
final class ServiceAccess {
    /** More data is there than was asked for, or fits. */
    static final short SW_MORE_DATA = (short) 0x6310;

    private static final short SELECTED = (short) 0;
    private static final short NEXT = (short) 1;
    private static final short FIELDS = (short) 2;

    private static final byte P1_SERVICES = Registry.KIND_SERVICE;
    private static final byte P1_LOAD_FILES = Registry.KIND_LOAD_FILE;
    private static final byte P1_BOTH = (byte) 0x60;
    private static final byte P2_FIRST = (byte) 0x02;
    private static final byte P2_NEXT = (byte) 0x03;
    /** The search criterion: every AID. */
    private static final short ANY_AID = (short) 0x4F00;
    private static final short ANY_AID_LENGTH = (short) 2;

    /** GPCS 11.4.3.1: E3 { 4F AID, 9F70 life cycle, C4 load file AID }. */
    private static final byte TAG_ENTRY = (byte) 0xE3;
    private static final byte TAG_AID = (byte) 0x4F;
    private static final short TAG_LIFE_CYCLE = (short) 0x9F70;
    private static final byte TAG_LOAD_FILE = (byte) 0xC4;
    private static final short TLV_HEADER = (short) 2;
    private static final short LIFE_CYCLE_LENGTH = (short) 4;

    /** The offset data object of ISO 7816-4 7.2: 54 02 and the offset. */
    private static final short TAG_OFFSET = (short) 0x5402;
    private static final short OFFSET_LENGTH = (short) 4;

    private static final short SW_LENGTH = (short) 2;

    private final Arena arena;
    private final Registry registry;
    /** CLEAR_ON_RESET: the selected service, and the entry that GET STATUS [next] starts with; NONE for none. */
    private final short[] state;

    ServiceAccess(Arena arena, Registry registry) {
        this.arena = arena;
        this.registry = registry;
        state = JCSystem.makeTransientShortArray(FIELDS, JCSystem.CLEAR_ON_RESET);
    }

    /** No service is selected any more; the applet was selected. */
    void reset() {
        state[SELECTED] = Arena.NONE;
        state[NEXT] = Arena.NONE;
    }

    /** Selects the service with this AID; the selection stays as it was when there is none. */
    void select(byte[] aid, short offset, short length) {
        CommandFields.requireLength(CommandFields.isAidLength(length));
        short service = registry.find(Registry.KIND_SERVICE, aid, offset, length);
        if (service == Arena.NONE || registry.lifeCycle(service) < Registry.LIFE_SELECTABLE) {
            ISOException.throwIt(ISO7816.SW_FILE_NOT_FOUND);
        }
        state[SELECTED] = service;
    }

    /**
     * GET STATUS (GPCS 11.4).
     *
     * @param withLoadFiles adds the load file AID to services; false at the interface, which shows names only
     */
    short status(byte p1, byte p2, byte[] data, short offset, short length, boolean withLoadFiles,
            byte[] out, short start, short room) {
        CommandFields.requireP1P2(p1 == P1_SERVICES || p1 == P1_LOAD_FILES || p1 == P1_BOTH);
        CommandFields.requireP1P2(p2 == P2_FIRST || p2 == P2_NEXT);
        CommandFields.requireLength(length == ANY_AID_LENGTH);
        CommandFields.requireData(Util.getShort(data, offset) == ANY_AID);
        short entry = p2 == P2_FIRST ? registry.first() : state[NEXT];
        CommandFields.requireState(p2 == P2_FIRST || entry != Arena.NONE);
        state[NEXT] = Arena.NONE;
        short limit = (short) ((short) (start + room) - SW_LENGTH);
        short at = start;
        entry = matching(entry, p1);
        CommandFields.requireFound(entry != Arena.NONE);
        while (entry != Arena.NONE) {
            boolean withLoadFile = withLoadFiles && registry.kind(entry) == Registry.KIND_SERVICE;
            if ((short) (at + entryLength(entry, withLoadFile)) > limit) {
                state[NEXT] = entry;
                return finish(out, start, at, SW_MORE_DATA);
            }
            at = writeEntry(entry, withLoadFile, out, at);
            entry = matching(registry.nextOf(entry), p1);
        }
        return finish(out, start, at, ISO7816.SW_NO_ERROR);
    }

    /** GET DATA with an even INS: an object of the selected service, from its first octet on. */
    short object(short tag, short ne, byte[] out, short start, short room) {
        return objectFrom(tag, (short) 0, ne, out, start, room);
    }

    /** GET DATA with an odd INS: the same, from the offset that the data field 54 02 offset (2) names. */
    short objectFromOffset(short tag, byte[] data, short offset, short length, short ne,
            byte[] out, short start, short room) {
        CommandFields.requireLength(length == OFFSET_LENGTH);
        CommandFields.requireData(Util.getShort(data, offset) == TAG_OFFSET);
        return objectFrom(tag, Util.getShort(data, (short) (offset + 2)), ne, out, start, room);
    }

    private short objectFrom(short tag, short from, short ne, byte[] out, short start, short room) {
        CommandFields.requireState(state[SELECTED] != Arena.NONE);
        short object = registry.findObject(state[SELECTED], tag);
        CommandFields.requireFound(object != Arena.NONE);
        if (registry.getOctet(object, Registry.OFF_RULE) != Personalization.RULE_PUBLIC) {
            ISOException.throwIt(ISO7816.SW_SECURITY_STATUS_NOT_SATISFIED);
        }
        short left = (short) (registry.get(object, Registry.OFF_SIZE) - from);
        if (from < 0 || left < 0) {
            ISOException.throwIt(ISO7816.SW_WRONG_P1P2);
        }
        short part = Arena.smaller(left, Arena.smaller(ne, (short) (room - SW_LENGTH)));
        arena.read(registry.get(object, Registry.OFF_HEAD), from, out, start, part);
        return finish(out, start, (short) (start + part), part < left ? SW_MORE_DATA : ISO7816.SW_NO_ERROR);
    }

    /** The entry itself or the next one of a kind that P1 names. */
    private short matching(short entry, byte p1) {
        short found = entry;
        while (found != Arena.NONE && (byte) (registry.kind(found) & p1) == 0) {
            found = registry.nextOf(found);
        }
        return found;
    }

    private short entryLength(short entry, boolean withLoadFile) {
        short length = (short) ((short) (TLV_HEADER + LIFE_CYCLE_LENGTH) + aidObjectLength(entry));
        if (withLoadFile) {
            length = (short) (length + aidObjectLength(registry.get(entry, Registry.OFF_LOAD_FILE)));
        }
        return length;
    }

    private short aidObjectLength(short entry) {
        return (short) (TLV_HEADER + registry.aidLength(entry));
    }

    private short writeEntry(short entry, boolean withLoadFile, byte[] out, short start) {
        short at = start;
        out[at++] = TAG_ENTRY;
        out[at++] = (byte) (entryLength(entry, withLoadFile) - TLV_HEADER);
        at = writeAid(TAG_AID, entry, out, at);
        at = Util.setShort(out, at, TAG_LIFE_CYCLE);
        out[at++] = (byte) 1;
        out[at++] = registry.lifeCycle(entry);
        return withLoadFile ? writeAid(TAG_LOAD_FILE, registry.get(entry, Registry.OFF_LOAD_FILE), out, at) : at;
    }

    private short writeAid(byte tag, short entry, byte[] out, short at) {
        out[at] = tag;
        return registry.copyAid(entry, out, (short) (at + 1));
    }

    private static short finish(byte[] out, short start, short end, short sw) {
        return (short) (Util.setShort(out, end, sw) - start);
    }
}
