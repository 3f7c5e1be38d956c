import javacard.framework.JCSystem;
import javacard.framework.Util;
import javacard.security.AESKey;
import javacard.security.CryptoException;
import javacard.security.Key;
import javacard.security.KeyBuilder;
import javacardx.crypto.Cipher;

/**
 * What the rewritten applets call in the place of instructions and API methods: the memory learns of each write before it
 * happens, and then it happens. Names and descriptors of API methods are the API's.
 */
public final class WatchedCalls {
    private static final int OCTET = 1;
    private static final int BITS_PER_OCTET = 8;

    /** The memory of the one card in this process; set before the first applet is loaded. */
    static PersistentMemory memory;

    private WatchedCalls() {
    }

    // --- instructions ---

    /** bastore is the instruction for both kinds of array. */
    public static void storeOctet(Object array, int index, int value) {
        if (array instanceof boolean[] booleans) {
            boolean old = booleans[index];
            if (memory.holds(array)) {
                memory.write(OCTET, () -> booleans[index] = old);
            }
            booleans[index] = (value & 1) != 0;
            return;
        }
        byte[] octets = (byte[]) array;
        byte old = octets[index];
        if (memory.holds(array)) {
            memory.write(OCTET, () -> octets[index] = old);
        }
        octets[index] = (byte) value;
    }

    public static void storeShort(short[] array, int index, int value) {
        short old = array[index];
        if (memory.holds(array)) {
            memory.write(PersistentMemory.WORD, () -> array[index] = old);
        }
        array[index] = (short) value;
    }

    public static void storeReference(Object[] array, int index, Object value) {
        Object old = array[index];
        if (memory.holds(array)) {
            memory.write(PersistentMemory.WORD, () -> array[index] = old);
        }
        array[index] = value;
    }

    /** A field is about to be written; {@code object} is null for a static one. */
    public static void writesField(Object object, Class<?> owner, String name) {
        memory.writeField(object, owner, name);
    }

    public static void step() {
        memory.step();
    }

    public static void allocating() {
        memory.allocating();
    }

    public static void objectCreated(Object object) {
        memory.addObject(object);
    }

    public static void arrayCreated(Object array) {
        memory.allocating();
        memory.addArray(array);
    }

    public static void classArrayCreated(Object array) {
        memory.addClassArray(array);
    }

    // --- javacard.framework.JCSystem ---

    public static byte[] makeTransientByteArray(short length, byte event) {
        memory.allocating();
        byte[] array = JCSystem.makeTransientByteArray(length, event);
        memory.addTransientArray(array);
        return array;
    }

    public static void beginTransaction() {
        JCSystem.beginTransaction();
        memory.begin();
    }

    public static void commitTransaction() {
        memory.commit();
        JCSystem.commitTransaction();
    }

    public static void abortTransaction() {
        memory.rollBack();
        JCSystem.abortTransaction();
    }

    // --- javacard.framework.Util ---

    public static short arrayCopy(byte[] from, short fromOffset, byte[] to, short toOffset, short length) {
        if (memory.holds(to) && length > 0) {
            byte[] old = new byte[length];
            System.arraycopy(to, toOffset, old, 0, length);
            memory.write(length, () -> System.arraycopy(old, 0, to, toOffset, length));
        }
        return Util.arrayCopy(from, fromOffset, to, toOffset, length);
    }

    public static short arrayCopyNonAtomic(byte[] from, short fromOffset, byte[] to, short toOffset, short length) {
        if (!memory.holds(to)) {
            return Util.arrayCopyNonAtomic(from, fromOffset, to, toOffset, length);
        }
        short written = memory.powerFor(length);
        short end = Util.arrayCopyNonAtomic(from, fromOffset, to, toOffset, written);
        memory.wrote(written, length);
        return end;
    }

    public static short arrayFillNonAtomic(byte[] array, short offset, short length, byte value) {
        if (!memory.holds(array)) {
            return Util.arrayFillNonAtomic(array, offset, length, value);
        }
        short written = memory.powerFor(length);
        short end = Util.arrayFillNonAtomic(array, offset, written, value);
        memory.wrote(written, length);
        return end;
    }

    public static short setShort(byte[] array, short offset, short value) {
        storeOctet(array, offset, value >> BITS_PER_OCTET);
        storeOctet(array, offset + 1, value);
        return (short) (offset + 2);
    }

    // --- javacard.security, javacardx.crypto ---

    public static Key buildKey(byte type, short bits, boolean encryption) throws CryptoException {
        memory.allocating();
        Key key = KeyBuilder.buildKey(type, bits, encryption);
        if (type == KeyBuilder.TYPE_AES) {
            memory.addKey((AESKey) key);
        }
        return key;
    }

    public static void setKey(AESKey key, byte[] value, short offset) throws CryptoException {
        memory.writeKey(key);
        key.setKey(value, offset);
    }

    public static void clearKey(Key key) {
        memory.writeKey((AESKey) key);
        key.clearKey();
    }

    public static byte getKey(AESKey key, byte[] out, short offset) {
        memory.refuse(out);
        return key.getKey(out, offset);
    }

    public static short doFinal(Cipher cipher, byte[] in, short inOffset, short length, byte[] out, short outOffset) {
        memory.refuse(out);
        memory.ciphers(length);
        return cipher.doFinal(in, inOffset, length, out, outOffset);
    }

    public static short update(Cipher cipher, byte[] in, short inOffset, short length, byte[] out, short outOffset) {
        memory.refuse(out);
        memory.ciphers(length);
        return cipher.update(in, inOffset, length, out, outOffset);
    }
}
