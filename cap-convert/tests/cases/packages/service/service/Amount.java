package service;

/** Public, but not for other packages: they see shareable interfaces only. */
public interface Amount {
    short amount();
}
