package twofold.first;

import javacard.framework.ISO7816;
import javacard.framework.ISOException;
import javacard.framework.Util;
import twofold.link.Cmac;
import twofold.link.FailureCounts;

/**
 * The commands at the interface of the first stage. The command lies in a buffer that also takes the response, status word
 * included, from its first octet on. Checks come in one order: CLA, INS, P1-P2, Lc, data, state.
 */
final class InterfaceCommands {
    private static final byte CLA_ISO = (byte) 0x00;
    private static final byte CLA_GP = (byte) 0x80;

    private static final short CLA_INS_ENVELOPE = (short) 0x80C2;
    private static final short CLA_INS_ENVELOPE_PROPRIETARY = (short) 0x80D0;
    private static final short CLA_INS_VERIFY_PIN = (short) 0x0020;
    private static final short CLA_INS_CHANGE_PIN = (short) 0x0024;
    private static final short CLA_INS_UNBLOCK_PIN = (short) 0x002C;
    private static final short CLA_INS_READ_RECORD = (short) 0x00B2;
    private static final short CLA_INS_SEARCH_RECORD = (short) 0x00A2;
    private static final short CLA_INS_INTERNAL_AUTHENTICATE = (short) 0x0088;
    private static final short CLA_INS_GET_DATA = (short) 0x80CA;

    /** TS 102 221 9.5.1: PIN of application 1. */
    private static final short KEY_REFERENCE_PIN = (short) 0x01;
    /** P2 of record commands: P1 is a record number; SEARCH RECORD goes forward or backward from it. */
    private static final short P2_RECORD_NUMBER = (short) 0x04;
    private static final short P2_BACKWARD = (short) 0x05;

    private static final short SW_LENGTH = (short) 2;
    private static final short SW_NONE_FOUND = (short) 0x6282;
    private static final short SW_MORE_FOUND = (short) 0x6310;

    private final StageOne stage;
    private final Phonebook phonebook;
    private final AuthenticationValues values;
    private final Cmac cmac;
    private final CardholderVerification cardholder;
    private final StageOneInformation information;
    private final FailureCounts failures;

    InterfaceCommands(StageOne stage, Phonebook phonebook, AuthenticationValues values, Cmac cmac,
            CardholderVerification cardholder, StageOneInformation information, FailureCounts failures) {
        this.stage = stage;
        this.phonebook = phonebook;
        this.values = values;
        this.cmac = cmac;
        this.cardholder = cardholder;
        this.information = information;
        this.failures = failures;
    }

    /** True for a command (CLA without its channel bits, INS) that may come with a data field. */
    static boolean hasData(short command) {
        return command == CLA_INS_ENVELOPE || command == CLA_INS_ENVELOPE_PROPRIETARY
            || command == CLA_INS_VERIFY_PIN || command == CLA_INS_CHANGE_PIN || command == CLA_INS_UNBLOCK_PIN
            || command == CLA_INS_SEARCH_RECORD || command == CLA_INS_INTERNAL_AUTHENTICATE;
    }

    /**
     * Executes a command.
     *
     * @param command CLA without its channel bits, and INS
     * @param buffer holds the command; takes the response
     * @param length Lc
     * @return the length of the response, status word included
     */
    short execute(short command, byte[] buffer, short length) {
        short p1 = (short) (buffer[ISO7816.OFFSET_P1] & 0xFF);
        short p2 = (short) (buffer[ISO7816.OFFSET_P2] & 0xFF);
        short data = ISO7816.OFFSET_CDATA;
        short answered = 0;
        switch (command) {
            case CLA_INS_ENVELOPE:
            case CLA_INS_ENVELOPE_PROPRIETARY:
                requireP1P2(p1 == 0 && p2 == 0);
                answered = stage.envelope(buffer, data, length);
                break;
            case CLA_INS_VERIFY_PIN:
                requirePin(p1, p2);
                cardholder.verify(buffer, data, length);
                break;
            case CLA_INS_CHANGE_PIN:
                requirePin(p1, p2);
                cardholder.change(buffer, data, length);
                break;
            case CLA_INS_UNBLOCK_PIN:
                requirePin(p1, p2);
                cardholder.unblock(buffer, data, length);
                break;
            case CLA_INS_READ_RECORD:
                requireP1P2(p2 == P2_RECORD_NUMBER);
                answered = readRecord(p1, buffer);
                break;
            case CLA_INS_SEARCH_RECORD:
                requireP1P2(p2 == P2_RECORD_NUMBER || p2 == P2_BACKWARD);
                return searchRecord(p1, p2 == P2_BACKWARD, buffer, length);
            case CLA_INS_INTERNAL_AUTHENTICATE:
                requireP1P2(p1 == 0 && values.hasSlot(p2));
                answered = authenticate(p2, buffer, length);
                break;
            case CLA_INS_GET_DATA:
                answered = getData(Util.getShort(buffer, ISO7816.OFFSET_P1), buffer);
                break;
            default:
                refuse(command);
        }
        return finish(buffer, answered, ISO7816.SW_NO_ERROR);
    }

    private static void refuse(short command) {
        byte cla = (byte) (command >> 8);
        boolean known = cla == CLA_ISO || cla == CLA_GP;
        ISOException.throwIt(known ? ISO7816.SW_INS_NOT_SUPPORTED : ISO7816.SW_CLA_NOT_SUPPORTED);
    }

    private short readRecord(short number, byte[] buffer) {
        cardholder.require();
        phonebook.requireRecord(number);
        return phonebook.read(number, buffer, (short) 0);
    }

    /** SEARCH RECORD (TS 102 221 11.1.7), simple search: the string may stand anywhere in a record. */
    private short searchRecord(short from, boolean backward, byte[] buffer, short length) {
        require(length > 0 && length <= phonebook.recordLength(), ISO7816.SW_WRONG_LENGTH);
        cardholder.require();
        phonebook.requireRecord(from);
        short found = phonebook.search(from, backward, buffer, ISO7816.OFFSET_CDATA, length);
        if (found < 0) {
            return finish(buffer, (short) -found, SW_MORE_FOUND);
        }
        return finish(buffer, found, found == 0 ? SW_NONE_FOUND : ISO7816.SW_NO_ERROR);
    }

    /** INTERNAL AUTHENTICATE (ISO 7816-4 11.5.2): AES-CMAC of a challenge under the value in a slot. */
    private short authenticate(short slot, byte[] buffer, short length) {
        require(length == Cmac.LENGTH, ISO7816.SW_WRONG_LENGTH);
        if (!cardholder.isVerified() || values.isEmpty(slot)) {
            failures.add(StageOne.AUTHENTICATIONS_REFUSED);
            cardholder.require();
            ISOException.throwIt(TypeOneCommands.SW_REFERENCED_DATA_NOT_FOUND);
        }
        values.mac(slot, cmac, buffer, ISO7816.OFFSET_CDATA, Cmac.LENGTH);
        cmac.copy(buffer, (short) 0, Cmac.LENGTH);
        return Cmac.LENGTH;
    }

    private short getData(short tag, byte[] buffer) {
        require(information.has(tag), TypeOneCommands.SW_REFERENCED_DATA_NOT_FOUND);
        return information.write(tag, buffer, (short) 0);
    }

    private static short finish(byte[] buffer, short length, short sw) {
        Util.setShort(buffer, length, sw);
        return (short) (length + SW_LENGTH);
    }

    private static void requirePin(short p1, short p2) {
        requireP1P2(p1 == 0);
        require(p2 == KEY_REFERENCE_PIN, TypeOneCommands.SW_REFERENCED_DATA_NOT_FOUND);
    }

    private static void requireP1P2(boolean condition) {
        require(condition, ISO7816.SW_INCORRECT_P1P2);
    }

    private static void require(boolean condition, short sw) {
        if (!condition) {
            ISOException.throwIt(sw);
        }
    }
}
