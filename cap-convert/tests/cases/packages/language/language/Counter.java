package language;

import javacard.framework.Shareable;

/** What other applets may call. */
public interface Counter extends Shareable {
    short count();

    void reset(short value);
}
