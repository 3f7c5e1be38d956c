package twofold.link;

import javacard.framework.JCSystem;
import javacard.framework.Util;
import javacard.security.AESKey;
import javacardx.crypto.Cipher;

/**
 * AES-CMAC (NIST SP 800-38B, RFC 4493), computed from AES in CBC mode, the mode that the packets need anyway: the Java Card API knows CMAC only from
 * 3.0.5 on. The subkeys are derived when they are needed, so that nothing derived from a key stays in memory.
 */
public final class Cmac {
    /** Octets of a whole MAC. */
    public static final short LENGTH = (short) 16;

    private static final short OFF_SUBKEY = (short) 16;
    private static final short OFF_POSITION = (short) 32;
    private static final short STATE_LENGTH = (short) 33;

    /** SP 800-38B 5.3: the constant R128, and the first padding octet of section 6.2. */
    private static final byte R128 = (byte) 0x87;
    private static final byte PADDING = (byte) 0x80;

    /** Always one whole block with an IV of 0, which each doFinal brings back (JC API, Cipher.doFinal): as in ECB mode, which not every card has. */
    private final Cipher cipher;
    /** CLEAR_ON_RESET: chaining value, subkey, octets already mixed into the chaining value. */
    private final byte[] state;

    /** Allocates the cipher and 33 octets of transient memory; only at install. */
    public Cmac() {
        cipher = new AesCbc().cipher();
        state = JCSystem.makeTransientByteArray(STATE_LENGTH, JCSystem.CLEAR_ON_RESET);
    }

    /** Starts a MAC under {@code key}. */
    public void init(AESKey key) {
        cipher.init(key, Cipher.MODE_ENCRYPT);
        Util.arrayFillNonAtomic(state, (short) 0, STATE_LENGTH, (byte) 0);
    }

    /** Adds {@code length} octets to the message. */
    public void update(byte[] data, short offset, short length) {
        short end = (short) (offset + length);
        short position = state[OFF_POSITION];
        for (short i = offset; i < end; i++) {
            // The last block waits for a subkey: a full one is enciphered only when more follows.
            if (position == LENGTH) {
                cipher.doFinal(state, (short) 0, LENGTH, state, (short) 0);
                position = (short) 0;
            }
            state[position] ^= data[i];
            position++;
        }
        state[OFF_POSITION] = (byte) position;
    }

    /** Ends the message; the MAC can be compared or copied from now on. */
    public void finish() {
        short position = state[OFF_POSITION];
        // SP 800-38B 6.1: L = E(0), K1 = 2L, K2 = 4L. The subkey's octets are 0 but between here and the end.
        cipher.doFinal(state, OFF_SUBKEY, LENGTH, state, OFF_SUBKEY);
        doubleSubkey();
        if (position < LENGTH) {
            doubleSubkey();
            state[position] ^= PADDING;
        }
        for (short i = 0; i < LENGTH; i++) {
            state[i] ^= state[(short) (OFF_SUBKEY + i)];
        }
        cipher.doFinal(state, (short) 0, LENGTH, state, (short) 0);
        Util.arrayFillNonAtomic(state, OFF_SUBKEY, LENGTH, (byte) 0);
    }

    /**
     * Compares the first octets of the MAC in constant time.
     *
     * @return 0 when they are equal, anything else when not
     */
    public short difference(byte[] expected, short offset, short length) {
        short difference = 0;
        for (short i = 0; i < length; i++) {
            difference |= (short) (state[i] ^ expected[(short) (offset + i)]);
        }
        return difference;
    }

    /** Copies the first {@code length} octets of the MAC. */
    public void copy(byte[] out, short offset, short length) {
        Util.arrayCopyNonAtomic(state, (short) 0, out, offset, length);
    }

    /** Enciphers one block of equal octets; the result can be compared or copied like a MAC. */
    void encipherBlockOf(byte octet, AESKey key) {
        cipher.init(key, Cipher.MODE_ENCRYPT);
        Util.arrayFillNonAtomic(state, (short) 0, LENGTH, octet);
        cipher.doFinal(state, (short) 0, LENGTH, state, (short) 0);
    }

    /** Multiplies the subkey by x in the field of SP 800-38B 5.3. */
    private void doubleSubkey() {
        short carry = 0;
        for (short i = (short) (STATE_LENGTH - 2); i >= OFF_SUBKEY; i--) {
            short octet = (short) (state[i] & 0xFF);
            state[i] = (byte) ((short) (octet << 1) | carry);
            carry = (short) (octet >> 7);
        }
        // Without a branch, for the carry is a bit of the key.
        state[(short) (STATE_LENGTH - 2)] ^= (byte) ((short) -carry & R128);
    }
}
