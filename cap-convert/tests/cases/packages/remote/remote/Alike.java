package remote;

import java.rmi.Remote;
import java.rmi.RemoteException;

/** Methods with one hash, when nothing is put before their names. */
public interface Alike extends Remote {
    short m60() throws RemoteException;

    short m142() throws RemoteException;
}
