package terminal;

import remote.SimplePurse;

/** Below a remote class of another package. */
class Wallet extends SimplePurse {
    public short balance() {
        return 7;
    }
}
