package twofold.second;

import javacard.framework.ISO7816;
import javacard.framework.ISOException;
import javacard.framework.Util;

/**
 * GET DATA of the objects of the selected service: the response APDU with as much of an object as fits. A PIN that was
 * verified at the interface opens nothing to a script: whoever sends one is not the cardholder.
 */
final class ObjectReader {
    /** The offset data object of ISO 7816-4 7.2: 54 02 and the offset. */
    private static final short TAG_OFFSET = (short) 0x5402;
    private static final short OFFSET_LENGTH = (short) 4;
    private static final short SW_LENGTH = (short) 2;

    private final Arena arena;
    private final ServiceObjects objects;
    private final ServiceSelection selection;

    ObjectReader(Arena arena, ServiceObjects objects, ServiceSelection selection) {
        this.arena = arena;
        this.objects = objects;
        this.selection = selection;
    }

    /** With an even INS: the object from its first octet on. */
    short read(short tag, short ne, boolean inScript, byte[] out, short start, short room) {
        return readFrom(tag, (short) 0, ne, inScript, out, start, room);
    }

    /** With an odd INS: the same, from the offset that the data field 54 02 offset (2) names. */
    short readFromOffset(short tag, byte[] data, short offset, short length, short ne, boolean inScript,
            byte[] out, short start, short room) {
        CommandFields.requireLength(length == OFFSET_LENGTH);
        CommandFields.requireData(Util.getShort(data, offset) == TAG_OFFSET);
        return readFrom(tag, Util.getShort(data, (short) (offset + 2)), ne, inScript, out, start, room);
    }

    private short readFrom(short tag, short from, short ne, boolean inScript, byte[] out, short start, short room) {
        short object = objects.find(selection.usable(), tag);
        CommandFields.requireFound(object != Arena.NONE);
        if (!isReadable(objects.rule(object), inScript)) {
            ISOException.throwIt(ISO7816.SW_SECURITY_STATUS_NOT_SATISFIED);
        }
        short left = (short) (objects.size(object) - from);
        if (from < 0 || left < 0) {
            ISOException.throwIt(ISO7816.SW_WRONG_P1P2);
        }
        short part = Arena.smaller(left, Arena.smaller(ne, (short) (room - SW_LENGTH)));
        arena.read(object, (short) (ServiceObjects.HEADER + from), out, start, part);
        short sw = part < left ? CommandFields.SW_MORE_DATA : CommandFields.SW_GOOD;
        return (short) (Util.setShort(out, (short) (start + part), sw) - start);
    }

    private boolean isReadable(byte rule, boolean inScript) {
        return rule == ServiceObjects.RULE_PUBLIC
            || (rule == ServiceObjects.RULE_PIN && !inScript && selection.isVerified());
    }
}
