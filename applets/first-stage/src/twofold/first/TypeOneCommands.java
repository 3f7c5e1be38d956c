package twofold.first;

import javacard.framework.ISO7816;
import javacard.framework.ISOException;
import javacard.framework.JCSystem;
import javacard.framework.Util;
import twofold.link.CommandHandler;
import twofold.link.StageInformation;

/** S461: the commands of type-1 scripts, which change and read storage 1. */
final class TypeOneCommands implements CommandHandler {
    private static final byte CLA_ISO = (byte) 0x00;
    private static final byte CLA_GP = (byte) 0x80;

    private static final short CLA_INS_STORE_DATA = (short) 0x80E2;
    private static final short CLA_INS_GET_DATA = (short) 0x80CA;
    private static final short CLA_INS_APPEND_RECORD = (short) 0x00E2;
    private static final short CLA_INS_UPDATE_RECORD = (short) 0x00DC;
    private static final short CLA_INS_ERASE_RECORD = (short) 0x000C;

    private static final short P1P2_STORE_LAST = (short) 0x8000;
    private static final byte P2_RECORD_NUMBER = (byte) 0x04;

    /** DGI of an authentication value: slot (1) and value. */
    private static final short DGI_AUTHENTICATION_VALUE = (short) 0x0101;
    private static final short DGI_HEADER = (short) 3;
    private static final short DGI_LONG_HEADER = (short) 5;
    private static final short DGI_LONG_LENGTH = (short) 0xFF;

    /** A transaction changes at most 256 octets, and 8 of them are the record of the script. */
    private static final short MAX_CHANGED = (short) 248;

    static final short SW_REFERENCED_DATA_NOT_FOUND = (short) 0x6A88;

    private static final short OFF_P1P2 = (short) 2;
    private static final short OFF_DATA = (short) 5;
    private static final short SW_LENGTH = (short) 2;

    private final AuthenticationValues values;
    private final Phonebook phonebook;
    private final StageOneInformation information;

    TypeOneCommands(AuthenticationValues values, Phonebook phonebook, StageOneInformation information) {
        this.values = values;
        this.phonebook = phonebook;
        this.information = information;
    }

    public short execute(byte[] command, short offset, short dataLength, short ne,
            byte[] answer, short answerOffset, short room) {
        byte cla = command[offset];
        if (cla != CLA_ISO && cla != CLA_GP) {
            ISOException.throwIt(ISO7816.SW_CLA_NOT_SUPPORTED);
        }
        short p1p2 = Util.getShort(command, (short) (offset + OFF_P1P2));
        short body = (short) (offset + OFF_DATA);
        short length = 0;
        switch (Util.getShort(command, offset)) {
            case CLA_INS_STORE_DATA:
                storeData(p1p2, command, body, dataLength);
                break;
            case CLA_INS_APPEND_RECORD:
                appendRecord(p1p2, command, body, dataLength);
                break;
            case CLA_INS_UPDATE_RECORD:
                updateRecord(p1p2, command, body, dataLength);
                break;
            case CLA_INS_ERASE_RECORD:
                eraseRecord(p1p2, dataLength);
                break;
            case CLA_INS_GET_DATA:
                requireLength(dataLength == 0);
                require(StageInformation.has(p1p2), SW_REFERENCED_DATA_NOT_FOUND);
                length = (short) (information.write(p1p2, answer, answerOffset) - answerOffset);
                break;
            default:
                ISOException.throwIt(ISO7816.SW_INS_NOT_SUPPORTED);
        }
        Util.setShort(answer, (short) (answerOffset + length), ISO7816.SW_NO_ERROR);
        return (short) (length + SW_LENGTH);
    }

    private void storeData(short p1p2, byte[] command, short offset, short length) {
        requireP1P2(p1p2 == P1P2_STORE_LAST);
        requireLength(length != 0);
        short end = (short) (offset + length);
        checkGroupings(command, offset, end);
        JCSystem.beginTransaction();
        short at = offset;
        while (at < end) {
            short value = (short) (at + groupingHeader(command, at));
            short valueLength = groupingLength(command, at);
            short slot = (short) (command[value] & 0xFF);
            values.set(slot, command, (short) (value + 1), (short) (valueLength - 1));
            at = (short) (value + valueLength);
        }
    }

    /** Checks every data grouping before the first is written. */
    private void checkGroupings(byte[] command, short offset, short end) {
        short changed = 0;
        short slots = 0;
        short at = offset;
        while (at < end) {
            short value = checkGrouping(command, at, end);
            short slot = (short) (command[value] & 0xFF);
            short bit = (short) (1 << slot);
            // A slot named twice would make the result depend on the order.
            requireData((short) (slots & bit) == 0);
            slots |= bit;
            short valueLength = groupingLength(command, at);
            changed = (short) (changed + values.changedOctets(slot, (short) (valueLength - 1)));
            at = (short) (value + valueLength);
        }
        require(changed <= MAX_CHANGED, ISO7816.SW_FILE_FULL);
    }

    /** Checks one data grouping; returns where its value starts. */
    private short checkGrouping(byte[] command, short at, short end) {
        requireData((short) (end - at) >= DGI_HEADER);
        requireData(Util.getShort(command, at) == DGI_AUTHENTICATION_VALUE);
        short header = groupingHeader(command, at);
        requireData((short) (end - at) >= header);
        short valueLength = groupingLength(command, at);
        short value = (short) (at + header);
        requireData(valueLength > 0 && valueLength <= (short) (end - value));
        requireData(values.takes((short) (valueLength - 1)));
        require(values.hasSlot((short) (command[value] & 0xFF)), SW_REFERENCED_DATA_NOT_FOUND);
        return value;
    }

    private static short groupingHeader(byte[] command, short at) {
        short first = (short) (command[(short) (at + 2)] & 0xFF);
        return first == DGI_LONG_LENGTH ? DGI_LONG_HEADER : DGI_HEADER;
    }

    private static short groupingLength(byte[] command, short at) {
        short first = (short) (command[(short) (at + 2)] & 0xFF);
        return first == DGI_LONG_LENGTH ? Util.getShort(command, (short) (at + 3)) : first;
    }

    private void appendRecord(short p1p2, byte[] command, short offset, short length) {
        requireP1P2(p1p2 == 0);
        requireLength(length == phonebook.recordLength());
        short number = phonebook.firstEmpty();
        require(number != 0, ISO7816.SW_FILE_FULL);
        JCSystem.beginTransaction();
        phonebook.write(number, command, offset);
    }

    private void updateRecord(short p1p2, byte[] command, short offset, short length) {
        requireP1P2((byte) p1p2 == P2_RECORD_NUMBER);
        requireLength(length == phonebook.recordLength());
        short number = recordNumber(p1p2);
        JCSystem.beginTransaction();
        phonebook.write(number, command, offset);
    }

    private void eraseRecord(short p1p2, short length) {
        requireP1P2((byte) p1p2 == P2_RECORD_NUMBER);
        requireLength(length == 0);
        short number = recordNumber(p1p2);
        JCSystem.beginTransaction();
        phonebook.erase(number);
    }

    private short recordNumber(short p1p2) {
        short number = (short) ((short) (p1p2 >> 8) & 0xFF);
        phonebook.requireRecord(number);
        return number;
    }

    private static void requireP1P2(boolean condition) {
        require(condition, ISO7816.SW_INCORRECT_P1P2);
    }

    private static void requireLength(boolean condition) {
        require(condition, ISO7816.SW_WRONG_LENGTH);
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
