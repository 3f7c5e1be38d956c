package twofold.link;

import javacard.framework.ISO7816;
import javacard.framework.ISOException;
import javacard.framework.JCSystem;
import javacard.framework.Util;
import javacardx.crypto.Cipher;

/**
 * PUT KEY (GPCS 11.8, Amendment D 7.2): KIc, KID and DEK of a new version, or in the place of an old one. The keys go
 * to a set that is not in use; one transaction then takes it into use and the old one out of it.
 *
 * <p>Data: key version number (1), three times {88, L, key length (1), key under the DEK, 03, check value (3)}, and
 * perhaps 82 05 and the counter value (5) that counts as used. An L of whole blocks says that the key length is left out
 * (GPCS 11.8.2.3.2): the key has L octets.
 */
public final class PutKey {
    /** Several keys, the first of which has key identifier 1. */
    private static final byte P2_KEYS_FROM_ONE = (byte) 0x81;

    static final byte KEY_TYPE_AES = (byte) 0x88;
    private static final short CHECK_VALUE_LENGTH = (short) 3;
    /** The check value is AES of a block of these octets. */
    private static final byte CHECK_OCTET = (byte) 0x01;
    private static final short BLOCK_MASK = (short) 0x0F;

    private static final short OFF_P1 = (short) 2;
    private static final short OFF_P2 = (short) 3;
    private static final short OFF_DATA = (short) 5;
    /** In a key field: type, L, then L octets: key length, if it is there, and the ciphered key. */
    private static final short OFF_FIELD_LENGTH = (short) 1;
    private static final short OFF_FIELD = (short) 2;

    private static final short COUNTER_TAG_LENGTH = (short) 0x8205;
    private static final short COUNTER_FIELD_LENGTH = (short) 7;
    /** For the record of a new set: there is no counter value, it starts at 0. */
    private static final short NO_COUNTER = (short) -1;

    private static final short SW_REFERENCED_DATA_NOT_FOUND = (short) 0x6A88;
    /** GPCS 11.8.3.2. */
    private static final short SW_ALGORITHM_NOT_SUPPORTED = (short) 0x9484;
    private static final short SW_INVALID_CHECK_VALUE = (short) 0x9485;

    private final KeySets keys;
    private final Cmac cmac;
    private final Cipher cbc;

    /** Allocates a cipher; only at install. */
    public PutKey(KeySets keys, Cmac cmac) {
        this.keys = keys;
        this.cmac = cmac;
        cbc = new AesCbc().cipher();
    }

    /**
     * Executes the command and leaves a transaction open, as a {@link CommandHandler} does. The keys are deciphered in
     * place, under the DEK of the set that secured the script.
     *
     * @param command holds the command
     * @param offset where CLA is
     * @param dataLength Lc
     * @param answer takes key version number and check values
     * @return the length of the answer data, without a status word
     */
    public short execute(byte[] command, short offset, short dataLength, byte[] answer, short answerOffset) {
        short replaced = (short) (command[(short) (offset + OFF_P1)] & 0xFF);
        require(replaced <= KeySets.MAX_VERSION && command[(short) (offset + OFF_P2)] == P2_KEYS_FROM_ONE,
            ISO7816.SW_INCORRECT_P1P2);
        require(dataLength != 0, ISO7816.SW_WRONG_LENGTH);
        short data = (short) (offset + OFF_DATA);
        short end = (short) (data + dataLength);
        short counter = check(command, data, end);
        byte version = command[data];
        KeySet old = keys.find((byte) replaced);
        KeySet fresh = place(version, replaced, old);
        prepare(fresh, command, (short) (data + 1), answer, (short) (answerOffset + 1));
        answer[answerOffset] = version;
        fresh.record().start(command, counter < end ? (short) (counter + 2) : NO_COUNTER);
        JCSystem.beginTransaction();
        if (old != null) {
            old.retire();
        }
        fresh.use(version);
        return (short) (1 + (short) (KeySet.KEYS * CHECK_VALUE_LENGTH));
    }

    /** Checks the coding of the data; returns where the counter field is, or the end when there is none. */
    private short check(byte[] data, short start, short end) {
        short version = (short) (data[start] & 0xFF);
        requireData(version != 0 && version <= KeySets.MAX_VERSION);
        short at = (short) (start + 1);
        short keyLength = 0;
        for (short which = 0; which < KeySet.KEYS; which++) {
            short behind = checkField(data, at, end);
            short length = keyLength(data, at);
            requireData(which == 0 || length == keyLength);
            keyLength = length;
            at = behind;
        }
        requireData(at == end || ((short) (end - at) == COUNTER_FIELD_LENGTH
            && Util.getShort(data, at) == COUNTER_TAG_LENGTH));
        return at;
    }

    /** Checks one key field; returns what lies behind it. */
    private short checkField(byte[] data, short at, short end) {
        requireData((short) (end - at) > OFF_FIELD);
        short keyLength = keyLength(data, at);
        require(data[at] == KEY_TYPE_AES && keys.current().takes(keyLength), SW_ALGORITHM_NOT_SUPPORTED);
        short checkValue = checkValueAt(data, at);
        requireData(fieldLength(data, at) == (short) (checkValue - (short) (at + OFF_FIELD)));
        short behind = (short) ((short) (checkValue + 1) + CHECK_VALUE_LENGTH);
        requireData(behind <= end);
        requireData(data[checkValue] == (byte) CHECK_VALUE_LENGTH);
        return behind;
    }

    private static short fieldLength(byte[] data, short at) {
        return (short) (data[(short) (at + OFF_FIELD_LENGTH)] & 0xFF);
    }

    /** True for a key field without a key length. */
    private static boolean isBare(byte[] data, short at) {
        return (short) (fieldLength(data, at) & BLOCK_MASK) == 0;
    }

    private static short keyLength(byte[] data, short at) {
        return isBare(data, at) ? fieldLength(data, at) : data[(short) (at + OFF_FIELD)];
    }

    /** Where the ciphered key is. */
    private static short keyAt(byte[] data, short at) {
        return (short) ((short) (at + OFF_FIELD) + (isBare(data, at) ? (short) 0 : (short) 1));
    }

    /** Where the length of the check value is, behind a ciphered key of the right length. */
    private static short checkValueAt(byte[] data, short at) {
        return (short) (keyAt(data, at) + cipheredLength(keyLength(data, at)));
    }

    /** Finds a set that is not in use, after the checks of what is there. */
    private KeySet place(byte version, short replaced, KeySet old) {
        require(replaced == 0 || old != null, SW_REFERENCED_DATA_NOT_FOUND);
        KeySet same = keys.find(version);
        requireData(same == null || same == old);
        require(old != null || !keys.isFull(), ISO7816.SW_FILE_FULL);
        KeySet spare = keys.spare();
        require(spare != null, ISO7816.SW_CONDITIONS_NOT_SATISFIED);
        return spare;
    }

    /** Deciphers three keys into a set that is not in use, compares their check values, and writes those out. */
    private void prepare(KeySet fresh, byte[] data, short start, byte[] out, short outOffset) {
        short at = start;
        short to = outOffset;
        short difference = 0;
        for (short which = 0; which < KeySet.KEYS; which++) {
            short keyLength = keyLength(data, at);
            short ciphered = cipheredLength(keyLength);
            short key = keyAt(data, at);
            short checkValue = (short) (checkValueAt(data, at) + 1);
            // Amendment D 7.2: AES in CBC mode, IV 0.
            cbc.init(keys.current().dek(), Cipher.MODE_DECRYPT);
            cbc.doFinal(data, key, ciphered, data, key);
            fresh.put(which, data, key, keyLength);
            Util.arrayFillNonAtomic(data, key, ciphered, (byte) 0);
            cmac.encipherBlockOf(CHECK_OCTET, fresh.key(which));
            difference |= cmac.difference(data, checkValue, CHECK_VALUE_LENGTH);
            cmac.copy(out, to, CHECK_VALUE_LENGTH);
            to = (short) (to + CHECK_VALUE_LENGTH);
            at = (short) (checkValue + CHECK_VALUE_LENGTH);
        }
        require(difference == 0, SW_INVALID_CHECK_VALUE);
    }

    /** Octets of a key when it is filled up to whole cipher blocks. */
    private static short cipheredLength(short keyLength) {
        return (short) ((short) (keyLength + BLOCK_MASK) & (short) ~BLOCK_MASK);
    }

    private static void requireData(boolean condition) {
        require(condition, ISO7816.SW_WRONG_DATA);
    }

    private static void require(boolean condition, short sw) {
        if (!condition) {
            ISOException.throwIt(sw);
        }
    }
}
