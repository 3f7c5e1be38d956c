package twofold.link;

import javacard.framework.ISO7816;
import javacard.framework.ISOException;
import javacard.framework.JCSystem;
import javacard.framework.Util;

/**
 * Runs command scripts in the expanded format (TS 102 226 5.2.1): AA L {22 L C-APDU}* or AE 80 {...} 00 00. Each
 * command and its entry in the record are one transaction. A script stops at the first status word that is not
 * 90xx, 62xx or 63xx.
 */
public final class Script implements SecuredDataHandler {
    private static final byte TAG_COMMANDS_DEFINITE = (byte) 0xAA;
    private static final byte TAG_COMMANDS_INDEFINITE = (byte) 0xAE;
    private static final byte TAG_COMMAND = (byte) 0x22;
    private static final byte LENGTH_INDEFINITE = (byte) 0x80;

    /** Bad format codes (TS 102 226 5.2.2). The results of BerLength are the last two with a minus sign. */
    private static final short FORMAT_GOOD = (short) 0;
    private static final short FORMAT_UNKNOWN_TAG = (short) 1;
    private static final short FORMAT_WRONG_LENGTH = (short) 2;
    private static final short FORMAT_LENGTH_NOT_FOUND = (short) 3;

    private static final short SW_LENGTH = (short) 2;

    private static final short APDU_HEADER = (short) 4;
    private static final short OFF_DATA = (short) 5;
    private static final short NE_MAX = (short) 256;

    private static final short SW_CLASS_MASK = (short) 0xFF00;
    private static final short SW_CLASS_NORMAL = (short) 0x9000;
    private static final short SW_CLASS_WARNING = (short) 0x6200;
    private static final short SW_CLASS_WARNING_CHANGED = (short) 0x6300;

    private final CommandHandler handler;
    private final KeySets keys;
    private final ResponseScript response;

    /** Runs scripts with the commands of a stage, and notes them in the record of the current set; only at install. */
    public Script(CommandHandler handler, KeySets keys) {
        this.handler = handler;
        this.keys = keys;
        response = new ResponseScript();
    }

    /** Runs a script; NOT_UNDERSTOOD when the secured data is no script. */
    public short execute(byte[] packet, short offset, short length, byte[] answer, short answerOffset, short room) {
        boolean definite = packet[offset] == TAG_COMMANDS_DEFINITE;
        if (!definite && packet[offset] != TAG_COMMANDS_INDEFINITE) {
            return NOT_UNDERSTOOD;
        }
        response.start(answerOffset, room);
        short end = (short) (offset + length);
        short at = body(packet, offset, end, definite);
        short format = at < 0 ? (short) -at : FORMAT_GOOD;
        while (format == FORMAT_GOOD && !isEnd(packet, at, end, definite)) {
            format = commandFormat(packet, at, end);
            if (format == FORMAT_GOOD) {
                short lengthAt = (short) (at + 1);
                short command = BerLength.valueOffset(packet, lengthAt, end);
                short commandLength = BerLength.length(packet, lengthAt);
                if (!goesOn(run(packet, command, commandLength, answer))) {
                    return response.finish(answer);
                }
                at = (short) (command + commandLength);
            }
        }
        if (format == FORMAT_GOOD) {
            format = endFormat(at, end, definite);
        }
        if (format != FORMAT_GOOD) {
            response.addBadFormat(answer, format);
        }
        return response.finish(answer);
    }

    /** Where the first command is, or a negated bad format code. */
    private static short body(byte[] packet, short offset, short end, boolean definite) {
        short lengthAt = (short) (offset + 1);
        if (definite) {
            short value = BerLength.valueOffset(packet, lengthAt, end);
            if (value >= 0 && (short) (value + BerLength.length(packet, lengthAt)) != end) {
                return (short) -FORMAT_WRONG_LENGTH;
            }
            return value;
        }
        if (lengthAt >= end || packet[lengthAt] != LENGTH_INDEFINITE) {
            return (short) -FORMAT_LENGTH_NOT_FOUND;
        }
        return (short) (lengthAt + 1);
    }

    /** True at the end of the script: no octets left, or the end-of-contents octets 00 00. */
    private static boolean isEnd(byte[] packet, short at, short end, boolean definite) {
        if (at == end) {
            return true;
        }
        return !definite && (short) (end - at) >= 2 && Util.getShort(packet, at) == 0;
    }

    /** An indefinite script must end with 00 00 and nothing behind it. */
    private static short endFormat(short at, short end, boolean definite) {
        return definite || (short) (at + 2) == end ? FORMAT_GOOD : FORMAT_WRONG_LENGTH;
    }

    private static short commandFormat(byte[] packet, short at, short end) {
        if (packet[at] != TAG_COMMAND) {
            return FORMAT_UNKNOWN_TAG;
        }
        short value = BerLength.valueOffset(packet, (short) (at + 1), end);
        return value < 0 ? (short) -value : FORMAT_GOOD;
    }

    /** Runs one command, with its entry in the record and in the response; returns its status word. */
    private short run(byte[] packet, short command, short length, byte[] answer) {
        short at = response.next();
        short room = response.room();
        if (room < CommandHandler.MIN_ROOM) {
            // The command is executed, though its R-APDU may be left out.
            room = CommandHandler.MIN_ROOM;
        }
        short responseLength = SW_LENGTH;
        short sw;
        try {
            responseLength = dispatch(packet, command, length, answer, at, room);
            sw = Util.getShort(answer, (short) ((short) (at + responseLength) - SW_LENGTH));
            commit(sw);
        } catch (ISOException e) {
            sw = e.getReason();
            responseLength = fail(sw, answer, at);
        } catch (Exception e) {
            sw = ISO7816.SW_UNKNOWN;
            responseLength = fail(sw, answer, at);
        }
        response.add(answer, responseLength);
        return sw;
    }

    /** Undoes what a command did, notes its failure, and writes its R-APDU; returns the length of that. */
    private short fail(short sw, byte[] answer, short at) {
        if (JCSystem.getTransactionDepth() != 0) {
            JCSystem.abortTransaction();
        }
        commit(sw);
        Util.setShort(answer, at, sw);
        return SW_LENGTH;
    }

    /** Splits a C-APDU of ISO 7816-3 cases 1 to 4, short lengths only, and has it executed. */
    private short dispatch(byte[] packet, short command, short length, byte[] answer, short offset, short room) {
        short dataLength = 0;
        short ne = CommandHandler.NE_ABSENT;
        if (length > OFF_DATA) {
            dataLength = (short) (packet[(short) (command + APDU_HEADER)] & 0xFF);
        }
        short withoutLe = dataLength == 0 ? APDU_HEADER : (short) (OFF_DATA + dataLength);
        if (length == (short) (withoutLe + 1)) {
            ne = (short) (packet[(short) (command + withoutLe)] & 0xFF);
            ne = ne == 0 ? NE_MAX : ne;
        } else if (length != withoutLe) {
            ISOException.throwIt(ISO7816.SW_WRONG_LENGTH);
        }
        return handler.execute(packet, command, dataLength, ne, answer, offset, room);
    }

    private void commit(short sw) {
        if (JCSystem.getTransactionDepth() == 0) {
            JCSystem.beginTransaction();
        }
        keys.current().record().commandDone(sw);
        JCSystem.commitTransaction();
    }

    private static boolean goesOn(short sw) {
        short swClass = (short) (sw & SW_CLASS_MASK);
        return swClass == SW_CLASS_NORMAL || swClass == SW_CLASS_WARNING || swClass == SW_CLASS_WARNING_CHANGED;
    }
}
