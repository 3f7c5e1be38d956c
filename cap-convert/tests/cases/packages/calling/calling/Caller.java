package calling;

import java.rmi.Remote;
import java.rmi.RemoteException;
import remote.Purse;

/** Uses remote interfaces and implements none. */
public class Caller {
    public short balance(Purse purse) throws RemoteException {
        return purse.balance();
    }

    public boolean isRemote(Object object) {
        return object instanceof Remote;
    }
}
