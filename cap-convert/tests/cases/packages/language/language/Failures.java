package language;

import javacard.framework.ISOException;
import javacard.framework.UserException;

/** Exceptions of all kinds: nested, rethrown, with finally, in loops, of own classes. */
class Failures extends RuntimeException {
    private static short depth;
    short reason;

    Failures(short reason) {
        this.reason = reason;
    }

    static void check(byte value) throws UserException {
        if (value < 0) {
            UserException.throwIt(value);
        }
        if (value == 0) {
            throw new Failures((short) 1);
        }
    }

    static short run(byte[] data) {
        short done = 0;
        for (short i = 0; i < data.length; i++) {
            try {
                check(data[i]);
                done++;
            } catch (UserException e) {
                if (e.getReason() == -1) {
                    break;
                }
                done += e.getReason();
                continue;
            } catch (Failures e) {
                done = e.reason;
            } finally {
                depth++;
            }
            if (done > 100) {
                return tail(data, done);
            }
        }
        return done;
    }

    private static short tail(byte[] data, short done) {
        try {
            try {
                return data[done];
            } finally {
                depth--;
                data[0] = 1;
            }
        } catch (ArrayIndexOutOfBoundsException e) {
            throw e;
        } catch (NullPointerException e) {
            ISOException.throwIt((short) 0x6F01);
            return -1;
        } catch (Throwable e) {
            throw new Failures((short) 3);
        } finally {
            depth = 0;
        }
    }
}
