package service;

import javacard.framework.AID;
import javacard.framework.APDU;
import javacard.framework.Applet;
import javacard.framework.Shareable;

/** Offers a purse to other applets. */
public class PurseApplet extends Applet implements Purse, Amount {
    public static void install(byte[] parameters, short offset, byte length) {
        new PurseApplet().register();
    }

    public void process(APDU apdu) {
    }

    public Shareable getShareableInterfaceObject(AID client, byte parameter) {
        return this;
    }

    public short balance() {
        return amount();
    }

    public short amount() {
        return 5;
    }
}
