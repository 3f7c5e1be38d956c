package language;

import javacard.framework.AID;
import javacard.framework.APDU;
import javacard.framework.Applet;
import javacard.framework.CardRuntimeException;
import javacard.framework.ISO7816;
import javacard.framework.ISOException;
import javacard.framework.JCSystem;
import javacard.framework.Shareable;
import javacard.framework.Util;

/** One of everything in the language: the classes beside it, initialized static fields, casts to arrays, a long method. */
public final class LanguageApplet extends Applet implements Counter {
    static final byte INS_COUNT = (byte) 0x10;
    static final short LARGE = (short) 0x8000;
    private static final short GREETING_LENGTH = 6;
    private static final byte[] GREETING = { 'h', 'e', 'l', 'l', 'o', (byte) 0x80 };
    private static short[] numbers = { 1, -1, LARGE, 0x7FFF, GREETING_LENGTH };
    private static boolean[] flags = { true, false, true };
    static byte[] zeros = new byte[3];
    static Object nothing = null;
    static Object[] unset;
    private static short started = 5, later;
    private static byte small = -3;
    private static boolean ready = true, unready;

    static short negative = (short) -LARGE;

    private final Node[] nodes = new Node[4];
    private final Shape shape = new Square((short) 3);
    private byte[] buffer = new byte[10];
    protected short counted;
    byte b;
    boolean z;

    private LanguageApplet() {
        nodes[0] = new Node((short) 7, null);
        nodes[1] = new Node((short) 8, nodes[0]);
        b = 1;
        z = !z;
        counted = (short) (shape.area() + started);
    }

    public static void install(byte[] parameters, short offset, byte length) {
        new LanguageApplet().register(parameters, (short) (offset + 1), parameters[offset]);
    }

    public boolean select() {
        return super.select() || ready;
    }

    public Shareable getShareableInterfaceObject(AID client, byte parameter) {
        return parameter == 0 ? this : super.getShareableInterfaceObject(client, parameter);
    }

    public short count() {
        return ++counted;
    }

    public void reset(short value) {
        counted = value;
    }

    public void process(APDU apdu) {
        if (selectingApplet()) {
            return;
        }
        byte[] data = apdu.getBuffer();
        switch (data[ISO7816.OFFSET_INS]) {
            case INS_COUNT:
                Util.setShort(data, (short) 0, count());
                break;
            case (byte) 0x20:
                copy(data, apdu);
                break;
            case (byte) 0x21:
                Failures.run(data);
                break;
            case (byte) 0x90:
                casts(data);
                break;
            default:
                ISOException.throwIt(ISO7816.SW_INS_NOT_SUPPORTED);
        }
    }

    private void copy(byte[] data, APDU apdu) {
        short received = apdu.setIncomingAndReceive();
        try {
            JCSystem.beginTransaction();
            for (short i = 0; i < received; i++) {
                if (i == (short) buffer.length) {
                    continue;
                }
                buffer[i] ^= data[(short) (ISO7816.OFFSET_CDATA + i)];
                later += buffer[i] & 0xFF;
            }
        } catch (ArrayIndexOutOfBoundsException e) {
            ISOException.throwIt((short) (ISO7816.SW_WRONG_LENGTH + small));
        } catch (CardRuntimeException e) {
            ISOException.throwIt(e.getReason());
        } finally {
            JCSystem.commitTransaction();
        }
    }

    private static Object choose(byte[] data) {
        return data[0] == 0 ? (Object) data : data[0] == 1 ? (Object) numbers : unset;
    }

    private void casts(byte[] data) {
        Object any = choose(data);
        if (any instanceof byte[]) {
            data = (byte[]) any;
        } else if (any instanceof short[]) {
            numbers = (short[]) any;
        } else if (any instanceof boolean[]) {
            flags = (boolean[]) any;
        } else if (any instanceof Node[]) {
            nodes[2] = ((Node[]) any)[0];
        } else if (any instanceof Object[]) {
            unset = (Object[]) any;
        } else if (any instanceof Counter) {
            ((Counter) any).reset(negative);
        } else if (!(any instanceof Node) && any != nothing) {
            unready = any.equals(this);
        }
        nodes[(byte) (data[1] & 3)] = nodes[1].next();
        unready |= flags[0] & zeros.length == 3;
        Util.arrayCopyNonAtomic(GREETING, (short) 0, data, (short) 0, (short) GREETING.length);
    }
}
