package twofold.first;

import twofold.link.AesKeyBank;
import twofold.link.Cmac;

/** Storage 1, authentication values: AES keys in slots numbered from 1. A value is used for a MAC and never read. */
final class AuthenticationValues {
    /** The most slots an instance may have: the slots of a command are kept in the bits of a short. */
    static final short MAX_SLOTS = (short) 15;

    private final AesKeyBank bank;

    AuthenticationValues(short slots) {
        bank = new AesKeyBank(slots);
    }

    short slots() {
        return bank.places();
    }

    /** How many slots hold a value. */
    short used() {
        short used = 0;
        for (short slot = 1; slot <= slots(); slot++) {
            if (!isEmpty(slot)) {
                used++;
            }
        }
        return used;
    }

    boolean hasSlot(short slot) {
        return slot > 0 && slot <= slots();
    }

    boolean isEmpty(short slot) {
        return bank.length(place(slot)) == 0;
    }

    /** True for 16, and for 24 and 32 where the card offers AES of that length. */
    boolean takes(short length) {
        return bank.takes(length);
    }

    /** Octets that {@link #set} changes. */
    short changedOctets(short slot, short length) {
        return bank.changedOctets(place(slot), length);
    }

    /** Puts a value in a slot; inside a transaction, after takes and hasSlot. */
    void set(short slot, byte[] value, short offset, short length) {
        bank.set(place(slot), value, offset, length);
    }

    /** Ends with the AES-CMAC of {@code length} octets under the value in a slot that is not empty. */
    void mac(short slot, Cmac cmac, byte[] data, short offset, short length) {
        cmac.init(bank.key(place(slot)));
        cmac.update(data, offset, length);
        cmac.finish();
    }

    private static short place(short slot) {
        return (short) (slot - 1);
    }
}
