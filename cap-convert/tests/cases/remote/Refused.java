package refused;

import java.rmi.Remote;
import java.rmi.RemoteException;
import javacard.framework.AppletEvent;
import javacard.framework.UserException;

/** What a remote interface may not have: the code behind a member is that of the mistake. */
public class Refused {
    public interface Exceptions extends Remote {
        void none(); // CC208 throws java.rmi.RemoteException

        void other() throws UserException; // CC208 throws java.rmi.RemoteException

        void same() throws UserException, RemoteException;

        void above() throws Exception;
    }

    public interface Above {
        void inherited(); // CC208 throws java.rmi.RemoteException
    }

    public interface Below extends Remote, Above {}

    public interface Imported extends Remote, AppletEvent {} // CC208 extend remote interfaces only

    interface Hidden extends Remote {} // CC209 public

    public interface Types extends Remote {
        void object(Object value) throws RemoteException; // CC210 pass boolean, byte, short

        void remote(Remote value) throws RemoteException; // CC210 pass boolean, byte, short

        void objects(Remote[] values) throws RemoteException; // CC210 pass boolean, byte, short

        Object anything() throws RemoteException; // CC210 a remote interface

        Offered implementation() throws RemoteException; // CC210 a remote interface

        Above interfaceOfCard() throws RemoteException; // CC210 a remote interface

        Types[] several() throws RemoteException; // CC210 a remote interface

        Types one() throws RemoteException;
    }

    public static class Offered implements Remote {
        /** Not a method of a remote interface. */
        public Object own(Object value) {
            return value;
        }
    }
}
