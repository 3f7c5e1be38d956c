package twofold.first;

import javacard.framework.ISO7816;
import javacard.framework.ISOException;
import javacard.framework.JCSystem;
import javacard.framework.Util;
import twofold.link.CommandHandler;
import twofold.link.DeleteKey;
import twofold.link.PutKey;

/** S461: the commands of type-1 scripts, which change and read storage 1. */
final class TypeOneCommands implements CommandHandler {
    private static final byte CLA_ISO = (byte) 0x00;
    private static final byte CLA_GP = (byte) 0x80;

    private static final short CLA_INS_STORE_DATA = (short) 0x80E2;
    private static final short CLA_INS_PUT_KEY = (short) 0x80D8;
    private static final short CLA_INS_DELETE = (short) 0x80E4;
    private static final short CLA_INS_GET_DATA = (short) 0x80CA;
    private static final short CLA_INS_APPEND_RECORD = (short) 0x00E2;
    private static final short CLA_INS_UPDATE_RECORD = (short) 0x00DC;
    private static final short CLA_INS_ERASE_RECORD = (short) 0x000C;

    private static final byte P2_RECORD_NUMBER = (byte) 0x04;

    static final short SW_REFERENCED_DATA_NOT_FOUND = (short) 0x6A88;

    private static final short OFF_P1P2 = (short) 2;
    private static final short OFF_DATA = (short) 5;
    private static final short SW_LENGTH = (short) 2;

    private final StoreData storing;
    private final Phonebook phonebook;
    private final PutKey putKey;
    private final DeleteKey deleteKey;
    private final StageOneInformation information;

    TypeOneCommands(StoreData storing, Phonebook phonebook, PutKey putKey, DeleteKey deleteKey,
            StageOneInformation information) {
        this.storing = storing;
        this.phonebook = phonebook;
        this.putKey = putKey;
        this.deleteKey = deleteKey;
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
                storing.execute(p1p2, command, body, dataLength);
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
            case CLA_INS_PUT_KEY:
                length = putKey.execute(command, offset, dataLength, answer, answerOffset);
                break;
            case CLA_INS_DELETE:
                deleteKey.execute(command, offset, dataLength);
                break;
            case CLA_INS_GET_DATA:
                requireLength(dataLength == 0);
                require(information.has(p1p2), SW_REFERENCED_DATA_NOT_FOUND);
                length = (short) (information.write(p1p2, answer, answerOffset) - answerOffset);
                break;
            default:
                ISOException.throwIt(ISO7816.SW_INS_NOT_SUPPORTED);
        }
        Util.setShort(answer, (short) (answerOffset + length), ISO7816.SW_NO_ERROR);
        return (short) (length + SW_LENGTH);
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

    private static void require(boolean condition, short sw) {
        if (!condition) {
            ISOException.throwIt(sw);
        }
    }
}
