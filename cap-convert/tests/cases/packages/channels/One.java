package channels;

import javacard.framework.APDU;
import javacard.framework.Applet;

/** An applet that can be selected once at a time. */
public class One extends Applet {
    public static void install(byte[] parameters, short offset, byte length) {
        new One().register();
    }

    public void process(APDU apdu) {}
}
