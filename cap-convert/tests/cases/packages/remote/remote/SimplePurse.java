package remote;

import javacard.framework.service.CardRemoteObject;

/** Implements a remote interface and another one. */
public class SimplePurse extends CardRemoteObject implements Purse, Lockable {
    private short amount;

    public void lock() {
        amount = 0;
    }

    public short balance() {
        return amount;
    }

    public void credit(short more, byte pin) {
        amount += more;
    }

    public byte[] read(byte[] from, short[] places, boolean[] flags) {
        return from;
    }

    public boolean isOpen(boolean now) {
        return now;
    }
}
