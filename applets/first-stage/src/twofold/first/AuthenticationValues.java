package twofold.first;

import javacard.security.AESKey;
import javacard.security.CryptoException;
import javacard.security.KeyBuilder;
import twofold.link.Cmac;

/**
 * Storage 1, authentication values: AES keys of 16, 24 or 32 octets in numbered slots. A value is used for a MAC and
 * never read. Each slot owns a key object of each length, for nothing can be allocated later.
 */
final class AuthenticationValues {
    /** The most slots an instance may have: the slots of a command are kept in the bits of a short. */
    static final short MAX_SLOTS = (short) 15;

    private static final short LENGTHS = (short) 3;
    private static final short LENGTH_STEP = (short) 8;
    private static final short SHORTEST = (short) 16;
    private static final short LONGEST = (short) 32;
    private static final short BITS_PER_OCTET = (short) 8;

    /** LENGTHS keys for each slot; null where the card has no AES of that length. */
    private final AESKey[] keys;
    /** The length of the value in each slot; 0 for an empty one. */
    private final byte[] lengths;

    AuthenticationValues(short slots) {
        lengths = new byte[slots];
        keys = new AESKey[(short) (slots * LENGTHS)];
        for (short slot = 1; slot <= slots; slot++) {
            for (short length = SHORTEST; length <= LONGEST; length = (short) (length + LENGTH_STEP)) {
                AESKey key;
                try {
                    key = (AESKey) KeyBuilder.buildKey(KeyBuilder.TYPE_AES, (short) (length * BITS_PER_OCTET), false);
                } catch (CryptoException e) {
                    // The card has no AES with keys of this length: takes() will refuse them.
                    key = null;
                }
                keys[index(slot, length)] = key;
            }
        }
    }

    short slots() {
        return (short) lengths.length;
    }

    /** How many slots hold a value. */
    short used() {
        short used = 0;
        for (short i = 0; i < (short) lengths.length; i++) {
            if (lengths[i] != 0) {
                used++;
            }
        }
        return used;
    }

    boolean hasSlot(short slot) {
        return slot > 0 && slot <= (short) lengths.length;
    }

    boolean isEmpty(short slot) {
        return lengths[(short) (slot - 1)] == 0;
    }

    /** True for 16, and for 24 and 32 where the card offers AES of that length. */
    boolean takes(short length) {
        return length >= SHORTEST && length <= LONGEST && (short) (length & (short) (LENGTH_STEP - 1)) == 0
            && keys[index((short) 1, length)] != null;
    }

    /** Octets that {@link #set} changes: the value, its length, and a value of another length that it clears. */
    short changedOctets(short slot, short length) {
        short old = lengths[(short) (slot - 1)];
        return (short) ((short) (length + 1) + (old == length ? (short) 0 : old));
    }

    /** Puts a value in a slot; inside a transaction, after takes and hasSlot. */
    void set(short slot, byte[] value, short offset, short length) {
        short old = lengths[(short) (slot - 1)];
        if (old != 0 && old != length) {
            keys[index(slot, old)].clearKey();
        }
        keys[index(slot, length)].setKey(value, offset);
        lengths[(short) (slot - 1)] = (byte) length;
    }

    /** Ends with the AES-CMAC of {@code length} octets under the value in a slot that is not empty. */
    void mac(short slot, Cmac cmac, byte[] data, short offset, short length) {
        cmac.init(keys[index(slot, lengths[(short) (slot - 1)])]);
        cmac.update(data, offset, length);
        cmac.finish();
    }

    private static short index(short slot, short length) {
        short kind = (short) ((short) (length - SHORTEST) >> 3);
        return (short) ((short) ((short) (slot - 1) * LENGTHS) + kind);
    }
}
