package remote;

import java.rmi.Remote;
import java.rmi.RemoteException;
import javacard.framework.UserException;

/** Every kind of parameter and result. */
public interface Purse extends Remote {
    short balance() throws RemoteException;

    void credit(short amount, byte pin) throws RemoteException, UserException;

    byte[] read(byte[] from, short[] places, boolean[] flags) throws RemoteException;

    boolean isOpen(boolean now) throws java.io.IOException;
}
