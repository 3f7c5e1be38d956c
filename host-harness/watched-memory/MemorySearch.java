import java.lang.reflect.Field;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import javacard.security.AESKey;

/** Looks for octets in the memory of the applets: persistent and transient arrays of octets, and keys. */
final class MemorySearch {
    private static final String KEY = "key";
    private static final String ARRAY = "array";

    private final PersistentMemory memory;
    /** The field that each array or key hangs at, or the array that hangs there. */
    private final Map<Object, String> names = new IdentityHashMap<>();

    MemorySearch(PersistentMemory memory) {
        this.memory = memory;
        memory.objects().forEach(object -> nameFields(object.getClass(), object));
    }

    /** Where the octets begin, each as {@code array=FIELD+OFFSET} or {@code key=FIELD+OFFSET}; no field has a name twice in a class. */
    List<String> find(byte[] octets) {
        List<String> places = new ArrayList<>();
        for (Object array : memory.arrays()) {
            if (array instanceof byte[] bytes) {
                find(octets, bytes, ARRAY, array, places);
            }
        }
        memory.transientArrays().forEach(array -> find(octets, array, ARRAY, array, places));
        for (AESKey key : memory.keys()) {
            byte[] value = PersistentMemory.value(key);
            if (value != null) {
                find(octets, value, KEY, key, places);
            }
        }
        return places;
    }

    private void find(byte[] octets, byte[] in, String kind, Object holder, List<String> places) {
        for (int at = 0; at + octets.length <= in.length; at++) {
            if (startsWith(in, at, octets)) {
                places.add(kind + "=" + names.getOrDefault(holder, "?") + "+" + at);
            }
        }
    }

    private static boolean startsWith(byte[] in, int at, byte[] octets) {
        for (int i = 0; i < octets.length; i++) {
            if (in[at + i] != octets[i]) {
                return false;
            }
        }
        return true;
    }

    private void nameFields(Class<?> leaf, Object object) {
        for (Class<?> type = leaf; type.getClassLoader() instanceof AppletLoader; type = type.getSuperclass()) {
            for (Field field : type.getDeclaredFields()) {
                if (!field.getType().isPrimitive()) {
                    field.setAccessible(true);
                    name(PersistentMemory.get(field, object), type.getSimpleName() + "." + field.getName());
                }
            }
        }
    }

    private void name(Object value, String name) {
        if (value instanceof Object[] elements) {
            for (int i = 0; i < elements.length; i++) {
                name(elements[i], name + "[" + i + "]");
            }
        } else if (value != null) {
            names.putIfAbsent(value, name);
        }
    }
}
