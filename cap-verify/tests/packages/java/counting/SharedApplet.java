package counting;

import javacard.framework.APDU;
import javacard.framework.Applet;
import javacard.framework.MultiSelectable;

/** A class that could be an applet beside the other one, if that could be selected twice too. */
public class SharedApplet extends Applet implements MultiSelectable {
    protected SharedApplet() {
        register();
    }

    public static void install(byte[] parameters, short offset, byte length) {
        new SharedApplet();
    }

    public boolean select(boolean again) {
        return true;
    }

    public void deselect(boolean still) {
    }

    public void process(APDU apdu) {
    }
}
