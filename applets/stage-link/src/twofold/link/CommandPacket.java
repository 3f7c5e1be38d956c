package twofold.link;

import javacard.framework.Util;
import javacardx.crypto.Cipher;

/**
 * Opens command packets in the SMS dialect (TS 102 225 5.1, TS 31.115 4): minimum security level, deciphering,
 * cryptographic checksum. One form only: KIc AES-CBC, KID AES-CMAC of 8 octets, both under the same key version
 * number. Which versions there are does not show. An array that holds a packet starts with CPL.
 */
public final class CommandPacket {
    /** The shortest packet: the header and one cipher block. */
    public static final short MIN_LENGTH = (short) 26;

    static final short OFF_CPL = (short) 0;
    static final short OFF_CHL = (short) 2;
    static final short OFF_SPI1 = (short) 3;
    static final short OFF_SPI2 = (short) 4;
    static final short OFF_KIC = (short) 5;
    static final short OFF_KID = (short) 6;
    /** Where the TAR is, 3 octets; it travels in clear. */
    public static final short OFF_TAR = (short) 7;
    static final short OFF_CNTR = (short) 10;
    static final short OFF_PCNTR = (short) 15;
    static final short OFF_CC = (short) 16;
    static final short OFF_DATA = (short) 24;

    /** Octets of a TAR. */
    public static final short TAR_LENGTH = (short) 3;
    static final short CC_LENGTH = (short) 8;

    /** CHL counts from SPI to the end of the CC: 13 + 8. */
    private static final byte CHL = (byte) 0x15;
    private static final short CPL_LENGTH = (short) 2;
    private static final short BLOCK_MASK = (short) 0x0F;

    /** SPI1 (TS 102 225 5.1.1): counter "higher" 10 or "one higher" 11, ciphering, CC. */
    private static final byte SPI1_MASK = (byte) 0x17;
    private static final byte SPI1_MINIMUM = (byte) 0x16;
    private static final byte SPI1_ONE_HIGHER = (byte) 0x08;
    /** SPI2: the low bit of the PoR's integrity field is set for RC and for DS, which are not offered. */
    private static final byte SPI2_RC_OR_DS = (byte) 0x04;
    private static final byte SPI2_POR_MASK = (byte) 0x03;
    /** TS 102 225 5.1.2, 5.1.3: AES in CBC mode, AES-CMAC. */
    private static final byte ALGORITHM_AES = (byte) 0x02;
    private static final byte KVN_MASK = (byte) 0x0F;

    private final KeySets keySets;
    private final byte[] tar;
    private final Cmac cmac;
    private final Cipher cbc;

    /** @param aid where the instance AID is in {@code parameters}, which holds the TAR */
    CommandPacket(KeySets keySets, byte[] parameters, short aid, Cmac cmac, Cipher cbc) {
        this.keySets = keySets;
        tar = new byte[TAR_LENGTH];
        short from = (short) (aid + InstallParameters.OFF_TAR_IN_AID);
        Util.arrayCopyNonAtomic(parameters, from, tar, (short) 0, TAR_LENGTH);
        this.cmac = cmac;
        this.cbc = cbc;
    }

    /**
     * Deciphers a packet in place and authenticates it.
     *
     * <p>Once the lengths are plausible, deciphering and checksum always run, so that neither the answer nor
     * its time tells which check failed.
     *
     * @return true when the packet is authentic and meets the minimum security level; the set of its keys is current
     *     then
     */
    boolean open(byte[] packet, short length) {
        if (!isWellFormed(packet, length)) {
            return false;
        }
        KeySet keys = keySets.choose((byte) ((byte) (packet[OFF_KIC] >> 4) & KVN_MASK));
        short difference = levelDifference(packet, keys);
        short ciphered = (short) (length - OFF_CNTR);
        // S420, S450: decipher in place; the array is transient memory.
        cbc.init(keys.kic(), Cipher.MODE_DECRYPT);
        cbc.doFinal(packet, OFF_CNTR, ciphered, packet, OFF_CNTR);
        // TS 102 225 5.1: the CC covers CPL to PCNTR and the secured data with its padding.
        cmac.init(keys.kid());
        cmac.update(packet, OFF_CPL, OFF_CC);
        cmac.update(packet, OFF_DATA, (short) (length - OFF_DATA));
        cmac.finish();
        difference |= cmac.difference(packet, OFF_CC, CC_LENGTH);
        short padding = (short) (packet[OFF_PCNTR] & 0xFF);
        if (padding > BLOCK_MASK || padding > (short) (length - OFF_DATA)) {
            difference |= 1;
        }
        return difference == 0;
    }

    /** True when only the stored counter + 1 is accepted (SPI1 b5b4 = 11). */
    static boolean wantsOneHigher(byte[] packet) {
        return (byte) (packet[OFF_SPI1] & SPI1_ONE_HIGHER) != 0;
    }

    /** Octets of the secured data of an opened packet, without padding. */
    static short dataLength(byte[] packet, short length) {
        return (short) ((short) (length - OFF_DATA) - (short) (packet[OFF_PCNTR] & 0xFF));
    }

    /** TS 102 225 5.1: CPL and CHL are exact, and the ciphered part is whole blocks. */
    private static boolean isWellFormed(byte[] packet, short length) {
        if (length < MIN_LENGTH || packet[OFF_CHL] != CHL) {
            return false;
        }
        short ciphered = (short) (length - OFF_CNTR);
        return Util.getShort(packet, OFF_CPL) == (short) (length - CPL_LENGTH) && (short) (ciphered & BLOCK_MASK) == 0;
    }

    /** The minimum security level, the key set and the TAR, field by field; 0 when all are right. */
    private short levelDifference(byte[] packet, KeySet keys) {
        byte key = (byte) ((byte) (keys.version() << 4) | ALGORITHM_AES);
        short difference = (short) ((byte) (packet[OFF_SPI1] & SPI1_MASK) ^ SPI1_MINIMUM);
        difference |= (short) (packet[OFF_SPI2] & SPI2_RC_OR_DS);
        // SPI2 b2b1 = 11 is reserved.
        if ((byte) (packet[OFF_SPI2] & SPI2_POR_MASK) == SPI2_POR_MASK) {
            difference |= 1;
        }
        difference |= (short) (packet[OFF_KIC] ^ key);
        difference |= (short) (packet[OFF_KID] ^ key);
        for (short i = 0; i < TAR_LENGTH; i++) {
            difference |= (short) (packet[(short) (OFF_TAR + i)] ^ tar[i]);
        }
        return difference;
    }
}
