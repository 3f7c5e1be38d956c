package twofold.second;

import javacard.framework.JCSystem;
import twofold.link.PinValue;

/** The PIN of the selected service: VERIFY PIN and CHANGE PIN at the interface. */
final class ServicePin {
    /** The object that is the PIN of its service: tries left (1), limit (1), PIN (8). */
    static final short TAG = (short) 0xDF10;

    private static final byte P1_PIN = (byte) 0x00;
    /** ISO 7816-4 11.6.1: reference data 1 of the application. */
    private static final byte P2_SERVICE_PIN = (byte) 0x81;
    private static final short CHANGE_LENGTH = (short) (2 * PinValue.PIN_LENGTH);

    private final byte[] memory;
    private final ServiceObjects objects;
    private final ServiceSelection selection;

    ServicePin(Arena arena, ServiceObjects objects, ServiceSelection selection) {
        memory = arena.memory();
        this.objects = objects;
        this.selection = selection;
    }

    /** VERIFY PIN: the PIN, or nothing to ask how many tries are left. */
    void verify(byte p1, byte p2, byte[] data, short offset, short length) {
        checkReference(p1, p2);
        CommandFields.requireLength(length == 0 || length == PinValue.PIN_LENGTH);
        short pin = find();
        if (length != 0) {
            compare(pin, data, offset);
            PinValue.giveTriesBack(memory, pin);
            selection.verify();
        } else if (!selection.isVerified()) {
            PinValue.refuseQuery(memory, pin);
        }
    }

    /** CHANGE PIN: the old PIN, and the new one behind it. */
    void change(byte p1, byte p2, byte[] data, short offset, short length) {
        checkReference(p1, p2);
        CommandFields.requireLength(length == CHANGE_LENGTH);
        short pin = find();
        short newPin = (short) (offset + PinValue.PIN_LENGTH);
        CommandFields.requireData(PinValue.isPin(data, newPin));
        compare(pin, data, offset);
        JCSystem.beginTransaction();
        PinValue.set(memory, pin, data, newPin);
        JCSystem.commitTransaction();
        selection.verify();
    }

    private static void checkReference(byte p1, byte p2) {
        CommandFields.requireP1P2(p1 == P1_PIN);
        CommandFields.requireFound(p2 == P2_SERVICE_PIN);
    }

    /** Where the PIN of the selected service is in the arena's memory. */
    private short find() {
        short object = objects.find(selection.usable(), TAG);
        CommandFields.requireFound(object != Arena.NONE);
        return objects.contentAt(object);
    }

    /** Compares the PIN; the verification is gone until the command has succeeded. */
    private void compare(short pin, byte[] data, short offset) {
        selection.takeBack(selection.service());
        PinValue.compare(memory, pin, data, offset);
    }
}
