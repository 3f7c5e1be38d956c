package remote;

import java.rmi.Remote;
import java.rmi.RemoteException;

/** Has a method of {@link Purse} too. */
public interface Meter extends Remote {
    short balance() throws RemoteException;

    void reset() throws RemoteException;
}
