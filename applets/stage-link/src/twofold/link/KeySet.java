package twofold.link;

import javacard.security.AESKey;
import javacard.security.KeyBuilder;

/** A key set of AES-128 keys: KIc, KID and DEK under one key version number. The values never leave it. */
public final class KeySet {
    /** Octets of one key. */
    public static final short KEY_LENGTH = (short) 16;
    /** Octets of KIc, KID and DEK together. */
    public static final short LENGTH = (short) 48;

    private static final short BITS = KeyBuilder.LENGTH_AES_128;

    private final byte version;
    private final AESKey kic;
    private final AESKey kid;
    private final AESKey dek;

    /**
     * Takes the keys given at install.
     *
     * @param version key version number, 1 to 15
     * @param keys holds KIc, KID and DEK, 16 octets each
     */
    public KeySet(byte version, byte[] keys, short offset) {
        this.version = version;
        kic = (AESKey) KeyBuilder.buildKey(KeyBuilder.TYPE_AES, BITS, false);
        kid = (AESKey) KeyBuilder.buildKey(KeyBuilder.TYPE_AES, BITS, false);
        dek = (AESKey) KeyBuilder.buildKey(KeyBuilder.TYPE_AES, BITS, false);
        kic.setKey(keys, offset);
        kid.setKey(keys, (short) (offset + KEY_LENGTH));
        dek.setKey(keys, (short) (offset + 2 * KEY_LENGTH));
    }

    /** The key version number: the high nibble of KIc and KID (TS 102 225 5.1.2, 5.1.3). */
    public byte version() {
        return version;
    }

    /** The key that deciphers command packets and enciphers response packets. */
    public AESKey kic() {
        return kic;
    }

    /** The key of the cryptographic checksums. */
    public AESKey kid() {
        return kid;
    }

    /** The key that protects keys inside commands. */
    public AESKey dek() {
        return dek;
    }
}
