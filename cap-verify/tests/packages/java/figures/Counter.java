package figures;

import javacard.framework.Shareable;

public interface Counter extends Shareable {
    short count(byte[] key, short offset);
}
