package twofold.link;

import javacard.security.AESKey;

/**
 * One version of a stage's keys: KIc, KID and DEK, AES keys of one length, and the record of the packets that came
 * under them. The values never leave it. A set of version 0 is not in use.
 */
public final class KeySet {
    /** Octets of KIc, KID and DEK together as they are given at install: AES-128. */
    public static final short INSTALL_LENGTH = (short) 48;

    static final short KIC = (short) 0;
    static final short KID = (short) 1;
    static final short DEK = (short) 2;
    static final short KEYS = (short) 3;

    private static final byte NOT_IN_USE = (byte) 0;

    private final AesKeyBank bank;
    private final ScriptRecord record;
    private byte version;

    KeySet() {
        bank = new AesKeyBank(KEYS);
        record = new ScriptRecord();
    }

    /** The key version number, 1 to 15: the high nibble of KIc and KID (TS 102 225 5.1.2, 5.1.3). */
    public byte version() {
        return version;
    }

    /** The key that deciphers command packets and enciphers response packets. */
    public AESKey kic() {
        return bank.key(KIC);
    }

    /** The key of the cryptographic checksums. */
    public AESKey kid() {
        return bank.key(KID);
    }

    /** The key that protects keys inside commands. */
    public AESKey dek() {
        return bank.key(DEK);
    }

    /** Counter and outcome of the last packet accepted under this version. */
    public ScriptRecord record() {
        return record;
    }

    boolean isInUse() {
        return version != NOT_IN_USE;
    }

    /** Octets of each key. */
    short keyLength() {
        return bank.length(KIC);
    }

    boolean takes(short keyLength) {
        return bank.takes(keyLength);
    }

    /** Puts one key into a set that is not in use. */
    void put(short which, byte[] value, short offset, short length) {
        bank.set(which, value, offset, length);
    }

    AESKey key(short which) {
        return bank.key(which);
    }

    /** Takes a whole set into use; what stands in it counts from here on. */
    void use(byte keyVersion) {
        version = keyVersion;
    }

    /** Takes a set out of use; its keys stay until {@link #wipe}. */
    void retire() {
        version = NOT_IN_USE;
    }

    /** Clears the keys of a set that is not in use. */
    void wipe() {
        for (short which = KIC; which < KEYS; which++) {
            bank.clear(which);
        }
    }
}
