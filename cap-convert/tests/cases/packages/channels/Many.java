package channels;

import javacard.framework.APDU;
import javacard.framework.Applet;
import javacard.framework.MultiSelectable;

/** An applet that can be selected on several channels at a time. */
public class Many extends Applet implements MultiSelectable {
    public static void install(byte[] parameters, short offset, byte length) {
        new Many().register();
    }

    public boolean select(boolean isActive) {
        return true;
    }

    public void deselect(boolean isActive) {}

    public void process(APDU apdu) {}
}
