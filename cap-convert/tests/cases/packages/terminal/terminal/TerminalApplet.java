package terminal;

import javacard.framework.APDU;
import javacard.framework.Applet;
import javacard.framework.service.Dispatcher;
import javacard.framework.service.RMIService;

/** Offers a wallet. */
public class TerminalApplet extends Applet {
    private final Dispatcher dispatcher;

    private TerminalApplet() {
        dispatcher = new Dispatcher((short) 1);
        dispatcher.addService(new RMIService(new Wallet()), Dispatcher.PROCESS_COMMAND);
        register();
    }

    public static void install(byte[] parameters, short offset, byte length) {
        new TerminalApplet();
    }

    public void process(APDU apdu) {
        dispatcher.process(apdu);
    }
}
