package remote;

import java.rmi.Remote;
import java.rmi.RemoteException;

/** A remote interface below another, whose results can be called again. */
public interface Account extends Purse {
    Purse other(byte number) throws RemoteException;

    Remote any() throws Exception;
}
