package twofold.link;

import javacard.security.AESKey;
import javacard.security.CryptoException;
import javacard.security.KeyBuilder;

/**
 * Numbered places for AES keys of 16, 24 or 32 octets. A value goes in and is never read. Each place owns a key
 * object of each length, for nothing can be allocated after installation.
 */
public final class AesKeyBank {
    /** The longest value, in octets. */
    public static final short LONGEST = (short) 32;

    private static final short SHORTEST = (short) 16;
    private static final short LENGTH_STEP = (short) 8;
    private static final short LENGTHS = (short) 3;
    private static final short BITS_PER_OCTET = (short) 8;

    /** LENGTHS keys for each place; null where the card has no AES of that length. */
    private final AESKey[] keys;
    /** Octets of the value in each place; 0 for an empty one. */
    private final byte[] lengths;

    /** Makes {@code places} empty places, numbered from 0; only at install. */
    public AesKeyBank(short places) {
        lengths = new byte[places];
        keys = new AESKey[(short) (places * LENGTHS)];
        for (short place = 0; place < places; place++) {
            for (short length = SHORTEST; length <= LONGEST; length = (short) (length + LENGTH_STEP)) {
                AESKey key;
                try {
                    key = (AESKey) KeyBuilder.buildKey(KeyBuilder.TYPE_AES, (short) (length * BITS_PER_OCTET), false);
                } catch (CryptoException e) {
                    // The card has no AES with keys of this length: takes() will refuse them.
                    key = null;
                }
                keys[index(place, length)] = key;
            }
        }
    }

    /** How many places there are. */
    public short places() {
        return (short) lengths.length;
    }

    /** Octets of the value in a place; 0 when it is empty. */
    public short length(short place) {
        return lengths[place];
    }

    /** True for 16, and for 24 and 32 where the card offers AES of that length. */
    public boolean takes(short length) {
        return length >= SHORTEST && length <= LONGEST && (short) (length & (short) (LENGTH_STEP - 1)) == 0
            && keys[index((short) 0, length)] != null;
    }

    /** The key in a place that is not empty. */
    public AESKey key(short place) {
        return keys[index(place, lengths[place])];
    }

    /** Octets that {@link #set} changes: the value, its length, and a value of another length that it clears. */
    public short changedOctets(short place, short length) {
        short old = lengths[place];
        return (short) ((short) (length + 1) + (old == length ? (short) 0 : old));
    }

    /** Puts a value of a length that {@link #takes} into a place. */
    public void set(short place, byte[] value, short offset, short length) {
        short old = lengths[place];
        if (old != 0 && old != length) {
            keys[index(place, old)].clearKey();
        }
        keys[index(place, length)].setKey(value, offset);
        lengths[place] = (byte) length;
    }

    /** Empties a place. */
    public void clear(short place) {
        if (lengths[place] != 0) {
            key(place).clearKey();
            lengths[place] = (byte) 0;
        }
    }

    private static short index(short place, short length) {
        return (short) ((short) (place * LENGTHS) + (short) ((short) (length - SHORTEST) >> 3));
    }
}
