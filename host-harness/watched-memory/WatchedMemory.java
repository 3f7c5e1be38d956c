import com.licel.jcardsim.base.Simulator;
import com.licel.jcardsim.base.SimulatorRuntime;
import com.licel.jcardsim.base.TransientMemory;
import java.lang.reflect.Field;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import javacard.framework.Applet;

/** The memory of a card on which each persistent write is seen: transactions that can be undone, cuts of power. */
final class WatchedMemory extends CardMemory {
    private final Simulator simulator;
    private final AppletLoader loader;
    private final PersistentMemory memory = new PersistentMemory();
    private SavedMemory saved;
    /** jCardSim's lists of transient arrays, and how long they were when the memory was saved. */
    private final List<ArrayList<?>> transientArrays = new ArrayList<>();
    private final List<Integer> savedSizes = new ArrayList<>();

    WatchedMemory(Simulator simulator, Path... applets) throws ReflectiveOperationException {
        this.simulator = simulator;
        loader = new AppletLoader(applets);
        WatchedCalls.memory = memory;
        Object runtime = value(Simulator.class, "runtime", simulator);
        Object transientMemory = value(SimulatorRuntime.class, "transientMemory", runtime);
        for (String kind : new String[] {"clearOnReset", "clearOnDeselect"}) {
            transientArrays.add((ArrayList<?>) value(TransientMemory.class, kind, transientMemory));
        }
    }

    @Override
    Class<? extends Applet> load(String className) throws ClassNotFoundException {
        return loader.loadClass(className).asSubclass(Applet.class);
    }

    @Override
    void installing(String instanceAid) {
        saved = null;
        memory.startInstallation(instanceAid);
    }

    @Override
    void installed() {
        abortOpenTransaction();
        memory.endInstallation();
    }

    @Override
    void deleted(String instanceAid) {
        saved = null;
        memory.remove(instanceAid);
    }

    @Override
    boolean isPowered() {
        return memory.isPowered();
    }

    /** JCRE 7.6.1: a transaction that is open when an applet returns is aborted. */
    @Override
    void commandEnded() {
        abortOpenTransaction();
    }

    @Override
    void reset() {
        memory.reset();
    }

    @Override
    String report() {
        StringBuilder report = new StringBuilder(" largest=" + memory.largestEver());
        memory.octets().forEach((instance, octets) -> report.append(" " + instance + "=" + octets));
        memory.lateAllocations().forEach(place -> report.append(" late=" + place));
        return report.toString();
    }

    @Override
    String execute(String[] words) {
        String line = String.join(" ", words);
        if (line.matches("cut [0-9]{1,9}")) {
            memory.cutBefore(Integer.parseInt(words[1]));
        } else if (line.equals("count")) {
            memory.count();
        } else if (line.equals("power")) {
            String outcome = memory.wasCut() ? "cut" : "whole";
            return String.format("ok %d %s %d %d %d",
                    memory.writes(), outcome, memory.largest(), memory.steps(), memory.ciphered());
        } else if (line.matches("find ([0-9a-f]{2})+")) {
            List<String> places = new MemorySearch(memory).find(HexFormat.of().parseHex(words[1]));
            return String.join(" ", "ok", String.join(" ", places)).strip();
        } else if (line.equals("save")) {
            save();
        } else if (line.equals("restore")) {
            restore();
        } else {
            return null;
        }
        return "ok";
    }

    private void save() {
        saved = new SavedMemory(memory);
        savedSizes.clear();
        transientArrays.forEach(list -> savedSizes.add(list.size()));
    }

    private void restore() {
        if (saved == null) {
            throw new IllegalStateException("nothing is saved since the last installation or deletion");
        }
        memory.reset();
        saved.restore();
        simulator.reset();
        // jCardSim notes a new array with each use of a key and never forgets it: each reset would take longer.
        for (int i = 0; i < savedSizes.size(); i++) {
            ArrayList<?> list = transientArrays.get(i);
            list.subList(savedSizes.get(i), list.size()).clear();
        }
    }

    private void abortOpenTransaction() {
        if (memory.isTransactionOpen()) {
            WatchedCalls.abortTransaction();
        }
    }

    private static Object value(Class<?> owner, String field, Object object) throws ReflectiveOperationException {
        Field accessible = owner.getDeclaredField(field);
        accessible.setAccessible(true);
        return accessible.get(object);
    }
}
