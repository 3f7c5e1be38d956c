package twofold.second;

import javacard.framework.ISO7816;
import javacard.framework.ISOException;
import javacard.framework.Util;
import twofold.link.CommandHandler;
import twofold.link.DeleteKey;
import twofold.link.PutKey;

/** S460: the commands of type-2 scripts, which change and read storage 2. */
final class TypeTwoCommands implements CommandHandler {
    private static final byte CLA_GP = (byte) 0x80;
    private static final byte INS_PUT_KEY = (byte) 0xD8;
    private static final byte INS_STORE_DATA = (byte) 0xE2;
    private static final byte INS_DELETE = (byte) 0xE4;
    private static final byte INS_INSTALL = (byte) 0xE6;
    private static final byte INS_LOAD = (byte) 0xE8;
    private static final byte INS_SET_STATUS = (byte) 0xF0;

    private static final short OFF_INS = (short) 1;
    private static final short OFF_P1 = (short) 2;
    private static final short OFF_P2 = (short) 3;
    private static final short OFF_DATA = (short) 5;

    private final InstallCommand install;
    private final LoadSession loading;
    private final Personalization personalization;
    private final DeleteCommand deletion;
    private final SetStatusCommand locking;
    private final PutKey putKey;
    private final DeleteKey deleteKey;
    private final ReadCommands reading;

    TypeTwoCommands(InstallCommand install, LoadSession loading, Personalization personalization,
            DeleteCommand deletion, SetStatusCommand locking, PutKey putKey, DeleteKey deleteKey,
            ReadCommands reading) {
        this.install = install;
        this.loading = loading;
        this.personalization = personalization;
        this.deletion = deletion;
        this.locking = locking;
        this.putKey = putKey;
        this.deleteKey = deleteKey;
        this.reading = reading;
    }

    public short execute(byte[] command, short offset, short dataLength, short ne,
            byte[] answer, short answerOffset, short room) {
        if (command[offset] != CLA_GP) {
            ISOException.throwIt(ISO7816.SW_CLA_NOT_SUPPORTED);
        }
        byte p1 = command[(short) (offset + OFF_P1)];
        byte p2 = command[(short) (offset + OFF_P2)];
        short data = (short) (offset + OFF_DATA);
        short end = answerOffset;
        short sw = ISO7816.SW_NO_ERROR;
        switch (command[(short) (offset + OFF_INS)]) {
            case INS_PUT_KEY:
                end = (short) (end + putKey.execute(command, offset, dataLength, answer, answerOffset));
                break;
            case INS_STORE_DATA:
                personalization.store(p1, (short) (p2 & 0xFF), command, data, dataLength);
                break;
            case INS_DELETE:
                delete(command, offset, dataLength);
                break;
            case INS_INSTALL:
                install.execute(p1, p2, command, data, dataLength);
                break;
            case INS_LOAD:
                sw = loading.load(p1, (short) (p2 & 0xFF), command, data, dataLength);
                break;
            case INS_SET_STATUS:
                locking.execute(p1, p2, command, data, dataLength);
                break;
            default:
                return reading.execute(command, offset, dataLength, ne, true, answer, answerOffset, room);
        }
        return (short) (Util.setShort(answer, end, sw) - answerOffset);
    }

    /** DELETE of a key version, or of what the registry has. */
    private void delete(byte[] command, short offset, short dataLength) {
        if (DeleteKey.isMeant(command, offset, dataLength)) {
            deleteKey.execute(command, offset, dataLength);
        } else {
            byte p1 = command[(short) (offset + OFF_P1)];
            byte p2 = command[(short) (offset + OFF_P2)];
            deletion.execute(p1, p2, command, (short) (offset + OFF_DATA), dataLength);
        }
    }
}
