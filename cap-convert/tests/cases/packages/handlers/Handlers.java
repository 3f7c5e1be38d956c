package handlers;

import javacard.framework.APDU;
import javacard.framework.Applet;

/** Handlers before anything else: the constants begin with the classes that are caught, and there are no instance fields. */
public class Handlers extends Applet {
    public static void install(byte[] parameters, short offset, byte length) {
        try {
            parameters[offset] = length;
        } catch (ArrayIndexOutOfBoundsException e) {
            parameters[0] = 1;
        } catch (NullPointerException e) {
            parameters[0] = 2;
        } finally {
            length = 0;
        }
        new Handlers().register();
    }

    private Handlers() {}

    public void process(APDU apdu) {}
}
