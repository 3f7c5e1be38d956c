package counting;

import figures.Counter;
import figures.Shape;
import javacard.framework.AID;
import javacard.framework.APDU;
import javacard.framework.Applet;
import javacard.framework.ISO7816;
import javacard.framework.ISOException;
import javacard.framework.Shareable;
import javacard.framework.Util;

/** An applet with initialized static fields, calls of every kind and an exception handler. */
public class CountApplet extends Applet implements Resettable {
    private static final byte[] TABLE = {1, 2, 3};
    private static short[] numbers = {10, -20};
    private static short start = 5;
    private static short calls;

    private Box box;
    private Counter peer;
    private short count;

    protected CountApplet() {
        box = new Box();
        peer = box;
        register();
    }

    public static void install(byte[] parameters, short offset, byte length) {
        new CountApplet();
    }

    public boolean select() {
        calls = 0;
        return super.select();
    }

    public void process(APDU apdu) {
        byte[] buffer = apdu.getBuffer();
        Marked marked = box;
        try {
            buffer[0] = marked.mark();
            buffer[1] = (byte) peer.count(TABLE, (short) 0);
            Shape shape = box.larger(box);
            Util.setShort(buffer, (short) 2, (short) (shape.area() + numbers[0] + start));
            calls += box.wide(box);
        } catch (ArithmeticException failure) {
            ISOException.throwIt(ISO7816.SW_UNKNOWN);
        }
    }

    public Shareable getShareableInterfaceObject(AID client, byte parameter) {
        return this;
    }

    public short count(byte[] key, short offset) {
        count++;
        return count;
    }

    public void reset(Resettable other) {
        count = 0;
    }
}
