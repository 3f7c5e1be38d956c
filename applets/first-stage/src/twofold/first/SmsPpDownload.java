package twofold.first;

import javacard.framework.JCSystem;
import javacard.framework.Util;
import twofold.link.BerLength;

/**
 * Reads the ENVELOPE (SMS-PP DOWNLOAD) data of TS 31.111 7.1.1, the SMS-DELIVER TPDU in it (TS 23.040 9.2.2.1) and
 * the user data header (TS 23.040 9.2.3.24). Each length is checked before it is used.
 */
final class SmsPpDownload {
    private static final byte TAG_SMS_PP_DOWNLOAD = (byte) 0xD1;
    /** COMPREHENSION-TLV tags without the comprehension bit (TS 101 220 7.1.1). */
    private static final byte TAG_DEVICE_IDENTITIES = (byte) 0x02;
    private static final byte TAG_SMS_TPDU = (byte) 0x0B;
    private static final byte COMPREHENSION_MASK = (byte) 0x7F;
    /** Source network 83, destination UICC 81 (TS 102 223 8.7). */
    private static final short NETWORK_TO_UICC = (short) 0x8381;
    private static final short DEVICE_IDENTITIES_LENGTH = (short) 2;

    /** TP-MTI and TP-UDHI of the first octet: SMS-DELIVER with a user data header. */
    private static final byte MTI_UDHI_MASK = (byte) 0x43;
    private static final byte DELIVER_WITH_HEADER = (byte) 0x40;
    /** TP-OA: at most 20 semi-octets; its length octet and type of address come on top. */
    private static final short MAX_DIGITS = (short) 20;
    /** TP-PID, TP-DCS and TP-SCTS, between TP-OA and TP-UDL. */
    private static final short PID_DCS_SCTS_LENGTH = (short) 9;
    private static final short MAX_USER_DATA = (short) 140;

    private static final byte IEI_CONCATENATED_8 = (byte) 0x00;
    private static final byte IEI_CONCATENATED_16 = (byte) 0x08;
    /** TS 31.115 4: a command packet starts in this segment. */
    private static final byte IEI_COMMAND_PACKET = (byte) 0x70;
    private static final short LENGTH_CONCATENATED_8 = (short) 3;
    private static final short LENGTH_CONCATENATED_16 = (short) 4;

    private static final short ORIGINATOR = (short) 0;
    private static final short ORIGINATOR_LENGTH = (short) 1;
    private static final short DATA = (short) 2;
    private static final short DATA_LENGTH = (short) 3;
    private static final short REFERENCE = (short) 4;
    private static final short WIDTH = (short) 5;
    private static final short TOTAL = (short) 6;
    private static final short SEQUENCE = (short) 7;
    private static final short FIELDS = (short) 8;

    /** CLEAR_ON_RESET: what the last message held. Transient, for a forged message must not write persistently. */
    private final short[] found;

    SmsPpDownload() {
        found = JCSystem.makeTransientShortArray(FIELDS, JCSystem.CLEAR_ON_RESET);
    }

    /** Reads {@code length} octets; false when they are not a segment of a command packet. */
    boolean parse(byte[] data, short offset, short length) {
        short end = (short) (offset + length);
        // Where there is no octet there is no length either.
        if (data[offset] != TAG_SMS_PP_DOWNLOAD) {
            return false;
        }
        short lengthAt = (short) (offset + 1);
        short value = BerLength.valueOffset(data, lengthAt, end);
        if (value < 0 || (short) (value + BerLength.length(data, lengthAt)) != end) {
            return false;
        }
        return parseObjects(data, value, end);
    }

    /** Where TP-OA starts, with its length octet. */
    short originator() {
        return found[ORIGINATOR];
    }

    /** Octets of TP-OA: length octet, type of address, digits. */
    short originatorLength() {
        return found[ORIGINATOR_LENGTH];
    }

    /** Where the octets of the segment start, behind the user data header. */
    short data() {
        return found[DATA];
    }

    /** Octets of the segment, 1 to 137. */
    short dataLength() {
        return found[DATA_LENGTH];
    }

    /** The reference of a concatenated message, as a bit pattern. */
    short reference() {
        return found[REFERENCE];
    }

    /** Octets of the reference: 1 or 2; 0 for a single message. */
    byte width() {
        return (byte) found[WIDTH];
    }

    /** Segments of the message, 1 to 255. */
    short total() {
        return found[TOTAL];
    }

    /** The place of this segment, 1 to total. */
    short sequence() {
        return found[SEQUENCE];
    }

    private boolean parseObjects(byte[] data, short start, short end) {
        boolean identified = false;
        short tpdu = 0;
        short tpduEnd = 0;
        short at = start;
        while (at < end) {
            byte tag = (byte) (data[at] & COMPREHENSION_MASK);
            short lengthAt = (short) (at + 1);
            short value = BerLength.valueOffset(data, lengthAt, end);
            if (value < 0) {
                return false;
            }
            short length = BerLength.length(data, lengthAt);
            if (tag == TAG_DEVICE_IDENTITIES) {
                identified = length == DEVICE_IDENTITIES_LENGTH && Util.getShort(data, value) == NETWORK_TO_UICC;
            } else if (tag == TAG_SMS_TPDU) {
                tpdu = value;
                tpduEnd = (short) (value + length);
            }
            at = (short) (value + length);
        }
        return identified && parseTpdu(data, tpdu, tpduEnd);
    }

    private boolean parseTpdu(byte[] data, short tpdu, short end) {
        short originator = (short) (tpdu + 1);
        if (originator >= end || (byte) (data[tpdu] & MTI_UDHI_MASK) != DELIVER_WITH_HEADER) {
            return false;
        }
        short digits = (short) (data[originator] & 0xFF);
        if (digits > MAX_DIGITS) {
            return false;
        }
        short originatorLength = (short) (2 + (short) ((short) (digits + 1) >> 1));
        short userDataLengthAt = (short) ((short) (originator + originatorLength) + PID_DCS_SCTS_LENGTH);
        short userData = (short) (userDataLengthAt + 1);
        if (userData >= end) {
            return false;
        }
        // TS 23.040 9.2.3.16: with 8-bit data TP-UDL counts octets.
        short userDataLength = (short) (data[userDataLengthAt] & 0xFF);
        if (userDataLength > MAX_USER_DATA || userDataLength != (short) (end - userData)) {
            return false;
        }
        found[ORIGINATOR] = originator;
        found[ORIGINATOR_LENGTH] = originatorLength;
        return parseUserData(data, userData, end);
    }

    private boolean parseUserData(byte[] data, short userData, short end) {
        short header = (short) (userData + 1);
        short segment = (short) (header + (short) (data[userData] & 0xFF));
        if (segment >= end) {
            return false;
        }
        found[DATA] = segment;
        found[DATA_LENGTH] = (short) (end - segment);
        found[REFERENCE] = (short) 0;
        found[WIDTH] = (short) 0;
        found[TOTAL] = (short) 1;
        found[SEQUENCE] = (short) 1;
        return parseHeader(data, header, segment);
    }

    private boolean parseHeader(byte[] data, short header, short end) {
        boolean commandPacket = false;
        short at = header;
        while (at < end) {
            short value = (short) (at + 2);
            // The octets of the segment follow, so there is an octet even where the element breaks off; then nothing is left for its value.
            short length = (short) (data[(short) (at + 1)] & 0xFF);
            if (length > (short) (end - value)) {
                return false;
            }
            byte identifier = data[at];
            if (identifier == IEI_COMMAND_PACKET) {
                commandPacket = true;
            } else if (identifier == IEI_CONCATENATED_8 && length == LENGTH_CONCATENATED_8) {
                setSegment(data, (short) (value + 1), (short) (data[value] & 0xFF), (short) 1);
            } else if (identifier == IEI_CONCATENATED_16 && length == LENGTH_CONCATENATED_16) {
                setSegment(data, (short) (value + 2), Util.getShort(data, value), (short) 2);
            }
            at = (short) (value + length);
        }
        // TS 31.115 4: only the first segment tells that a command packet starts.
        return commandPacket || found[SEQUENCE] != 1;
    }

    private void setSegment(byte[] data, short at, short reference, short width) {
        found[REFERENCE] = reference;
        found[WIDTH] = width;
        found[TOTAL] = (short) (data[at] & 0xFF);
        found[SEQUENCE] = (short) (data[(short) (at + 1)] & 0xFF);
    }
}
