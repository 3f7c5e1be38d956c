package twofold.first;

import javacard.framework.ISO7816;
import javacard.framework.ISOException;
import javacard.framework.Util;

/**
 * Storage 1, phonebook: records of one length, coded like EF_ADN (TS 31.102 4.4.2.3) by the sender and not looked
 * into. An empty record is all FF. Writing methods run inside a transaction.
 */
final class Phonebook {
    /** A record and the record of the script change together: at most 256 octets. */
    static final short MAX_RECORD_LENGTH = (short) 240;
    /** One array holds all records. */
    static final short MAX_OCTETS = (short) 32767;
    /** Octets of the buffer that a search uses: header and data of the longest short command. */
    private static final short SEARCH_BUFFER = (short) 260;
    private static final short MAX_NUMBERS = (short) 255;

    private static final byte EMPTY = (byte) 0xFF;

    private final byte[] records;
    private final short recordLength;
    private final short count;

    Phonebook(short count, short recordLength) {
        this.count = count;
        this.recordLength = recordLength;
        records = new byte[(short) (count * recordLength)];
        Util.arrayFillNonAtomic(records, (short) 0, (short) records.length, EMPTY);
    }

    short count() {
        return count;
    }

    short recordLength() {
        return recordLength;
    }

    /** How many records are not empty. */
    short used() {
        short used = 0;
        for (short number = 1; number <= count; number++) {
            if (!isEmpty(number)) {
                used++;
            }
        }
        return used;
    }

    /** The number of the first empty record, or 0 when there is none. */
    short firstEmpty() {
        for (short number = 1; number <= count; number++) {
            if (isEmpty(number)) {
                return number;
            }
        }
        return 0;
    }

    /** Refuses with 6A83 a record that is not there. */
    void requireRecord(short number) {
        if (number == 0 || number > count) {
            ISOException.throwIt(ISO7816.SW_RECORD_NOT_FOUND);
        }
    }

    /** Copies a record; returns its length. */
    short read(short number, byte[] out, short offset) {
        Util.arrayCopyNonAtomic(records, start(number), out, offset, recordLength);
        return recordLength;
    }

    void write(short number, byte[] record, short offset) {
        Util.arrayCopy(record, offset, records, start(number), recordLength);
    }

    void erase(short number) {
        short end = (short) (start(number) + recordLength);
        for (short i = start(number); i < end; i++) {
            records[i] = EMPTY;
        }
    }

    /**
     * Looks for the records that contain a string, from a record that is there to the last one or back to the first.
     *
     * @param buffer at least 260 octets; holds the string, and takes the record numbers, an octet each, from its first
     *     octet on
     * @return how many were found; with a minus sign when there are more than fit beside the string
     */
    short search(short from, boolean backward, byte[] buffer, short offset, short length) {
        // The string makes room for the numbers.
        short string = (short) (SEARCH_BUFFER - length);
        Util.arrayCopyNonAtomic(buffer, offset, buffer, string, length);
        short limit = string < MAX_NUMBERS ? string : MAX_NUMBERS;
        short step = backward ? (short) -1 : (short) 1;
        short found = 0;
        for (short number = from; number > 0 && number <= count; number = (short) (number + step)) {
            if (contains(number, buffer, string, length)) {
                if (found == limit) {
                    return (short) -found;
                }
                buffer[found] = (byte) number;
                found++;
            }
        }
        return found;
    }

    private boolean contains(short number, byte[] string, short offset, short length) {
        short last = (short) ((short) (start(number) + recordLength) - length);
        for (short at = start(number); at <= last; at++) {
            if (Util.arrayCompare(records, at, string, offset, length) == 0) {
                return true;
            }
        }
        return false;
    }

    private boolean isEmpty(short number) {
        short end = (short) (start(number) + recordLength);
        for (short i = start(number); i < end; i++) {
            if (records[i] != EMPTY) {
                return false;
            }
        }
        return true;
    }

    private short start(short number) {
        return (short) ((short) (number - 1) * recordLength);
    }
}
