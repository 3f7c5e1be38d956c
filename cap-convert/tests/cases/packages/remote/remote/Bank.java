package remote;

import java.rmi.Remote;

/** Below a remote class, with two more remote interfaces. */
public class Bank extends SimplePurse implements Account, Meter {
    public Purse other(byte number) {
        return this;
    }

    public Remote any() {
        return this;
    }

    public void reset() {
        lock();
    }
}
