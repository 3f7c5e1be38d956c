package twofold.link;

import javacard.framework.Util;
import javacardx.crypto.Cipher;

/**
 * Builds response packets, the proof of receipt (TS 102 225 5.2, TS 31.115 5), in place:
 * 02 71 00, RPL (2), RHL (1), TAR (3), CNTR (5), PCNTR (1), status (1), CC (0 or 8), data, padding.
 * The caller writes the data first, where {@link #dataOffset} says. SPI2's transport bit is not looked at.
 */
public final class ResponsePacket {
    /** Response status codes (TS 102 225 5.2). */
    public static final byte STATUS_POR_OK = (byte) 0x00;
    public static final byte STATUS_CNTR_LOW = (byte) 0x02;
    public static final byte STATUS_CNTR_HIGH = (byte) 0x03;
    public static final byte STATUS_CNTR_BLOCKED = (byte) 0x04;
    public static final byte STATUS_UNIDENTIFIED = (byte) 0x06;

    /** UDHL, IEIa and IEIDLa, the three octets in front of RPL (TS 31.115 5). */
    public static final short HEADER_LENGTH = (short) 3;
    private static final short UDH_1_2 = (short) 0x0271;
    private static final byte UDH_3 = (byte) 0x00;

    private static final short OFF_RPL = (short) 3;
    private static final short OFF_RHL = (short) 5;
    private static final short OFF_TAR = (short) 6;
    private static final short OFF_CNTR = (short) 9;
    private static final short OFF_PCNTR = (short) 14;
    private static final short OFF_STATUS = (short) 15;
    private static final short OFF_CC = (short) 16;
    /** RHL counts from TAR to the end of the CC. */
    private static final short RHL_WITHOUT_CC = (short) 10;
    private static final short BLOCK = (short) 16;

    private static final byte SPI2_CIPHERED = (byte) 0x10;
    private static final byte SPI2_CC = (byte) 0x08;
    private static final byte SPI2_POR_MASK = (byte) 0x03;
    private static final byte SPI2_POR_ON_ERROR = (byte) 0x02;
    private static final byte SPI2_POR_ALWAYS = (byte) 0x01;

    private final KeySets keySets;
    private final Cmac cmac;
    private final Cipher cbc;

    ResponsePacket(KeySets keySets, Cmac cmac, Cipher cbc) {
        this.keySets = keySets;
        this.cmac = cmac;
        this.cbc = cbc;
    }

    /** SPI2 b2b1: does the sender of {@code command} want a response packet with this status? */
    static boolean isWanted(byte[] command, byte status) {
        byte por = (byte) (command[CommandPacket.OFF_SPI2] & SPI2_POR_MASK);
        return por == SPI2_POR_ALWAYS || (por == SPI2_POR_ON_ERROR && status != STATUS_POR_OK);
    }

    /** Where the additional response data starts, counted from the start of the response packet. */
    static short dataOffset(byte[] command) {
        return (short) (OFF_CC + ccLength(command));
    }

    /** Octets of additional data in a response packet of at most {@code room} octets. */
    static short dataRoom(byte[] command, short room) {
        short secured = (short) (room - OFF_CNTR);
        if (isCiphered(command)) {
            secured = (short) (secured & (short) -BLOCK);
        }
        return (short) (secured - (short) (dataOffset(command) - OFF_CNTR));
    }

    /**
     * Builds the packet around the data that is already in its place.
     *
     * @return the length of the packet, 02 71 00 included
     */
    short build(byte[] command, byte status, byte[] out, short offset, short dataLength) {
        short data = dataOffset(command);
        short length = (short) (data + dataLength);
        short padding = 0;
        if (isCiphered(command)) {
            padding = (short) ((short) (OFF_CNTR - length) & (short) (BLOCK - 1));
        }
        Util.arrayFillNonAtomic(out, (short) (offset + length), padding, (byte) 0);
        length = (short) (length + padding);
        Util.setShort(out, offset, UDH_1_2);
        out[(short) (offset + 2)] = UDH_3;
        Util.setShort(out, (short) (offset + OFF_RPL), (short) (length - OFF_RHL));
        out[(short) (offset + OFF_RHL)] = (byte) (RHL_WITHOUT_CC + ccLength(command));
        // TAR and CNTR stand side by side in both packets and are copied from the command.
        short copied = (short) (OFF_PCNTR - OFF_TAR);
        Util.arrayCopyNonAtomic(command, CommandPacket.OFF_TAR, out, (short) (offset + OFF_TAR), copied);
        out[(short) (offset + OFF_PCNTR)] = (byte) padding;
        out[(short) (offset + OFF_STATUS)] = status;
        protect(command, out, offset, data, length);
        return length;
    }

    private void protect(byte[] command, byte[] out, short offset, short data, short length) {
        KeySet keys = keySets.current();
        if (ccLength(command) != 0) {
            // TS 31.115 5: the CC covers the three octets in front of RPL too.
            cmac.init(keys.kid());
            cmac.update(out, offset, OFF_CC);
            cmac.update(out, (short) (offset + data), (short) (length - data));
            cmac.finish();
            cmac.copy(out, (short) (offset + OFF_CC), CommandPacket.CC_LENGTH);
        }
        if (isCiphered(command)) {
            short start = (short) (offset + OFF_CNTR);
            cbc.init(keys.kic(), Cipher.MODE_ENCRYPT);
            cbc.doFinal(out, start, (short) (length - OFF_CNTR), out, start);
        }
    }

    private static boolean isCiphered(byte[] command) {
        return (byte) (command[CommandPacket.OFF_SPI2] & SPI2_CIPHERED) != 0;
    }

    private static short ccLength(byte[] command) {
        return (byte) (command[CommandPacket.OFF_SPI2] & SPI2_CC) != 0 ? CommandPacket.CC_LENGTH : (short) 0;
    }
}
