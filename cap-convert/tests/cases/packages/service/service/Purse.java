package service;

import javacard.framework.Shareable;

/** For other packages. */
public interface Purse extends Shareable {
    short balance();
}
