import java.lang.reflect.Array;
import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.util.ArrayList;
import java.util.List;
import javacard.security.AESKey;

/** The contents of a persistent memory at one moment: arrays, fields of objects, static fields, keys. */
final class SavedMemory {
    private final List<Runnable> restoring = new ArrayList<>();

    SavedMemory(PersistentMemory memory) {
        memory.arrays().forEach(this::saveArray);
        memory.keys().forEach(this::saveKey);
        memory.objects().forEach(object -> saveFields(object.getClass(), object));
        memory.classes().forEach(type -> saveFields(type, null));
    }

    void restore() {
        restoring.forEach(Runnable::run);
    }

    private void saveArray(Object array) {
        int length = Array.getLength(array);
        Object copy = Array.newInstance(array.getClass().getComponentType(), length);
        System.arraycopy(array, 0, copy, 0, length);
        restoring.add(() -> System.arraycopy(copy, 0, array, 0, length));
    }

    private void saveKey(AESKey key) {
        byte[] value = PersistentMemory.value(key);
        restoring.add(() -> PersistentMemory.setValue(key, value));
    }

    /** The fields of an object, or the static ones of its class; what is final cannot change. */
    private void saveFields(Class<?> leaf, Object object) {
        for (Class<?> type = leaf; type.getClassLoader() instanceof AppletLoader; type = type.getSuperclass()) {
            for (Field field : type.getDeclaredFields()) {
                boolean isStatic = Modifier.isStatic(field.getModifiers());
                if (isStatic == (object == null) && !Modifier.isFinal(field.getModifiers())) {
                    field.setAccessible(true);
                    Object value = PersistentMemory.get(field, object);
                    restoring.add(() -> PersistentMemory.set(field, object, value));
                }
            }
        }
    }
}
