package library;

import javacard.framework.ISOException;

/** A library class: others extend it, use its fields and static members. */
public abstract class Base {
    public static final short VERSION = 0x0102;
    public static short shared;
    protected static byte[] cache;
    private static short hidden = 4;
    public byte visible;
    protected short inherited;
    protected Object object;
    private Object secret;
    short packaged;

    protected Base(short inherited) {
        this.inherited = inherited;
        secret = this;
    }

    public Base() {
        this((short) 1);
    }

    public static short twice(short x) {
        return (short) (x + x + hidden);
    }

    protected static void fail(short reason) {
        ISOException.throwIt(reason);
    }

    public abstract short value();

    protected short hook() {
        return inherited;
    }

    short internal() {
        return secret == null ? packaged : hook();
    }

    public final boolean isBase() {
        return internal() == VERSION;
    }
}
