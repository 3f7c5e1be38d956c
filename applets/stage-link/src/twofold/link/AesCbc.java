package twofold.link;

import javacard.security.CryptoException;
import javacardx.crypto.Cipher;

/** AES in CBC mode without padding, for a stage that also works while another applet is selected: called through the link, or by a toolkit framework. */
final class AesCbc {
    private final Cipher cipher;

    /** Allocates the cipher; only at install. */
    AesCbc() {
        Cipher found;
        try {
            // JC API, Cipher.getInstance: with external access the cipher's own memory is not CLEAR_ON_DESELECT.
            found = Cipher.getInstance(Cipher.ALG_AES_BLOCK_128_CBC_NOPAD, true);
        } catch (CryptoException e) {
            // The card has no such ciphers; those that it has may do.
            found = Cipher.getInstance(Cipher.ALG_AES_BLOCK_128_CBC_NOPAD, false);
        }
        cipher = found;
    }

    Cipher cipher() {
        return cipher;
    }
}
