import java.lang.StackWalker.Option;
import java.lang.reflect.Array;
import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import javacard.security.AESKey;

/**
 * The persistent memory of a card: what is in it, the transaction under way, and the power.
 *
 * <p>Persistent are the arrays that applet code makes with new, the fields of its objects, and its AES keys; arrays of
 * makeTransient*, the APDU buffer and the install data are not, for no applet makes them with new. Transactions are those
 * of JCRE 2.2.1 chapter 7: writes between begin and commit are undone at an abort and at a cut of power, those of the
 * NonAtomic methods excepted.
 */
final class PersistentMemory {
    /** Octets of a short and of a reference. */
    static final int WORD = 2;

    private static final int NEVER = -1;
    private static final int BITS_PER_OCTET = 8;
    private static final String NOBODY = "";
    /** The owner of arrays that a class initializer makes: they are part of the load file, and no instance's. */
    private static final String CLASSES = "classes";

    /** What is watched, by identity, each with the instance that it belongs to. */
    private final Map<Object, String> arrays = new IdentityHashMap<>();
    private final Map<AESKey, String> keys = new IdentityHashMap<>();
    private final Map<Object, String> objects = new IdentityHashMap<>();
    /** Transient arrays of octets, which are only searched. */
    private final Map<byte[], String> transientArrays = new IdentityHashMap<>();
    private final Set<Class<?>> classes = new HashSet<>();
    private final Map<Class<?>, Map<String, Field>> fields = new HashMap<>();

    private String installing = NOBODY;
    private final Set<String> lateAllocations = new TreeSet<>();

    private boolean isPowered = true;
    private boolean wasCut;
    private boolean isCounting;
    private int writes;
    private int cutBefore = NEVER;
    private int steps;
    private int ciphered;

    private boolean isOpen;
    private final Deque<Runnable> undo = new ArrayDeque<>();
    private int changed;
    private int largest;
    private int largestEver;

    // --- what is in it ---

    boolean holds(Object array) {
        return arrays.containsKey(array);
    }

    void addArray(Object array) {
        arrays.put(array, installing);
    }

    void addClassArray(Object array) {
        arrays.put(array, CLASSES);
    }

    void addTransientArray(byte[] array) {
        transientArrays.put(array, installing);
    }

    void addKey(AESKey key) {
        keys.put(key, installing);
    }

    void addObject(Object object) {
        objects.put(object, installing);
        classes.add(object.getClass());
    }

    /** Something is allocated; after the installation that is noted, with the place. */
    void allocating() {
        if (installing.equals(NOBODY)) {
            lateAllocations.add(place());
        }
    }

    /** What is allocated from now on belongs to this instance. */
    void startInstallation(String instance) {
        installing = instance;
    }

    void endInstallation() {
        installing = NOBODY;
    }

    /** Forgets what belongs to an instance. */
    void remove(String instance) {
        arrays.values().removeIf(instance::equals);
        keys.values().removeIf(instance::equals);
        objects.values().removeIf(instance::equals);
        transientArrays.values().removeIf(instance::equals);
    }

    Set<Object> arrays() {
        return arrays.keySet();
    }

    Set<byte[]> transientArrays() {
        return transientArrays.keySet();
    }

    Set<AESKey> keys() {
        return keys.keySet();
    }

    Set<Object> objects() {
        return objects.keySet();
    }

    Set<Class<?>> classes() {
        return classes;
    }

    /** Octets in arrays and keys, by instance. */
    Map<String, Integer> octets() {
        Map<String, Integer> octets = new TreeMap<>();
        arrays.forEach((array, instance) -> octets.merge(instance, octetsOf(array), Integer::sum));
        keys.forEach((key, instance) -> octets.merge(instance, octetsOf(key), Integer::sum));
        octets.keySet().removeAll(Set.of(CLASSES, NOBODY));
        return octets;
    }

    /** Where something was allocated after an installation. */
    Set<String> lateAllocations() {
        return lateAllocations;
    }

    private static int octetsOf(Object array) {
        boolean isOctets = array instanceof byte[] || array instanceof boolean[];
        return Array.getLength(array) * (isOctets ? 1 : WORD);
    }

    private static int octetsOf(AESKey key) {
        return key.getSize() / BITS_PER_OCTET;
    }

    // --- writes ---

    /** A write that a transaction can undo comes: of so many octets, undone by {@code undoing}. */
    void write(int octets, Runnable undoing) {
        beforeWrite();
        changed = isOpen ? changed + octets : octets;
        noteSize();
        if (isOpen) {
            undo.push(undoing);
        }
    }

    void writeField(Object object, Class<?> owner, String name) {
        Field field = fields.computeIfAbsent(owner, any -> new HashMap<>()).computeIfAbsent(name, any -> find(owner, name));
        boolean isStatic = Modifier.isStatic(field.getModifiers());
        if (object == null && !isStatic) {
            return; // The write itself throws.
        }
        Object old = get(field, object);
        Class<?> type = field.getType();
        write(type == byte.class || type == boolean.class ? 1 : WORD, () -> set(field, object, old));
    }

    void writeKey(AESKey key) {
        if (!keys.containsKey(key)) {
            return;
        }
        byte[] old = value(key);
        write(octetsOf(key), () -> setValue(key, old));
    }

    /** How many of so many octets, each a write that no transaction undoes, the power lasts for. */
    short powerFor(short length) {
        if (!isPowered) {
            throw new PowerCut();
        }
        boolean lasts = cutBefore == NEVER || cutBefore >= writes + length;
        return lasts ? length : (short) (cutBefore - writes);
    }

    /** The first of so many octets were written; if they are not all, the power goes now. */
    void wrote(short written, short length) {
        writes += isCounting ? written : 0;
        if (written < length) {
            cut();
        }
    }

    /** For methods whose writes are not watched: their result must not go to persistent memory. */
    void refuse(Object array) {
        if (holds(array)) {
            throw new IllegalStateException("a result goes to persistent memory unwatched at " + place());
        }
    }

    private void beforeWrite() {
        if (!isPowered) {
            throw new PowerCut();
        }
        if (writes == cutBefore) {
            cut();
        }
        writes += isCounting ? 1 : 0;
    }

    // --- transactions ---

    void begin() {
        isOpen = true;
        changed = 0;
    }

    /** The commit is a write of its own: before it nothing has happened, behind it everything. */
    void commit() {
        if (isOpen) {
            beforeWrite();
        }
        undo.clear();
        isOpen = false;
    }

    /** Undoes what the open transaction did, the last write first. */
    void rollBack() {
        while (!undo.isEmpty()) {
            undo.pop().run();
        }
        isOpen = false;
    }

    boolean isTransactionOpen() {
        return isOpen;
    }

    private void noteSize() {
        if (installing.equals(NOBODY)) {
            largest = Math.max(largest, changed);
            largestEver = Math.max(largestEver, changed);
        }
    }

    // --- power ---

    /** Counts writes until the next reset. */
    void count() {
        cutBefore = NEVER;
        wasCut = false;
        writes = 0;
        largest = 0;
        steps = 0;
        ciphered = 0;
        isCounting = true;
    }

    /** Counts writes, and cuts the power before the one with this number, from 0. */
    void cutBefore(int write) {
        count();
        cutBefore = write;
    }

    boolean isPowered() {
        return isPowered;
    }

    /** True when the power went since the count began. */
    boolean wasCut() {
        return wasCut;
    }

    int writes() {
        return writes;
    }

    /** A jump is executed. */
    void step() {
        steps++;
    }

    /** So many octets are enciphered or deciphered. */
    void ciphers(int octets) {
        ciphered += octets;
    }

    int steps() {
        return steps;
    }

    int ciphered() {
        return ciphered;
    }

    int largest() {
        return largest;
    }

    int largestEver() {
        return largestEver;
    }

    /** The power is back; what a transaction left half done was undone when it went. */
    void reset() {
        rollBack();
        isPowered = true;
        isCounting = false;
        cutBefore = NEVER;
    }

    private void cut() {
        isPowered = false;
        wasCut = true;
        rollBack();
        throw new PowerCut();
    }

    // --- fields, keys, places ---

    private static Field find(Class<?> owner, String name) {
        try {
            Field field = owner.getDeclaredField(name);
            field.setAccessible(true);
            return field;
        } catch (NoSuchFieldException e) {
            throw new IllegalStateException(e);
        }
    }

    static Object get(Field field, Object object) {
        try {
            return field.get(object);
        } catch (IllegalAccessException e) {
            throw new IllegalStateException(e);
        }
    }

    static void set(Field field, Object object, Object value) {
        try {
            field.set(object, value);
        } catch (IllegalAccessException e) {
            throw new IllegalStateException(e);
        }
    }

    /** The value of a key, null when it has none. */
    static byte[] value(AESKey key) {
        if (!key.isInitialized()) {
            return null;
        }
        byte[] value = new byte[octetsOf(key)];
        key.getKey(value, (short) 0);
        return value;
    }

    static void setValue(AESKey key, byte[] value) {
        if (value == null) {
            key.clearKey();
        } else {
            key.setKey(value, (short) 0);
        }
    }

    /** The innermost place in applet code, as CLASS.METHOD:LINE. */
    private static String place() {
        StackWalker walker = StackWalker.getInstance(Option.RETAIN_CLASS_REFERENCE);
        return walker.walk(frames -> frames
                .filter(frame -> frame.getDeclaringClass().getClassLoader() instanceof AppletLoader)
                .map(frame -> frame.getClassName() + "." + frame.getMethodName() + ":" + frame.getLineNumber())
                .findFirst())
            .orElse("nowhere");
    }
}
