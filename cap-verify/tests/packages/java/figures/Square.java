package figures;

import javacard.framework.CardRuntimeException;

public class Square extends Figure implements Counter {
    private byte[] used;

    public Square() {
        super((short) 4);
    }

    public short area() {
        return sides;
    }

    protected short grow(short by) {
        return super.grow(by);
    }

    short inPackage(short value) {
        return value;
    }

    public short count(byte[] key, short offset) {
        try {
            used = key;
            return key[offset];
        } catch (CardRuntimeException failure) {
            return failure.getReason();
        }
    }
}
