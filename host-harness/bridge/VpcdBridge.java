import com.licel.jcardsim.base.LoadFile;
import com.licel.jcardsim.base.Simulator;
import com.licel.jcardsim.base.SimulatorRuntime;
import com.licel.jcardsim.base.TransientMemory;
import java.io.BufferedReader;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.io.PrintStream;
import java.lang.reflect.Array;
import java.lang.reflect.Field;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.Map;
import java.util.Set;
import javacard.framework.AID;
import javacard.framework.Applet;
import javacard.framework.CardRuntimeException;
import jdk.net.ExtendedSocketOptions;

/**
 * A jCardSim card behind the vpcd protocol: the card is the TCP client, the reader (the vpcd driver in pcscd, or the
 * harness itself) listens.
 *
 * <p>The control channel is standard input and output, one line a message, because it carries keys and the argument
 * list of a process is public:
 *
 * <pre>
 *   install CLASS INSTANCE-AID BARRAY    (hexadecimal)   answered: ok | error TEXT
 *   delete INSTANCE-AID                                  answered: ok | error TEXT
 *   memory                                               answered: ok OCTETS of transient memory in use
 *   quit, or end of input                                the process ends
 * </pre>
 *
 * <p>Its first line out is {@code connected LOCAL-PORT} or {@code error TEXT}.
 *
 * <p>Arguments: host and port of the reader; for a card with watched memory (host-harness/watched-memory/) also the class
 * of that memory and the folder of the applets' class files. Such a card knows more lines, and is as mute as a card
 * without power from a cut to the next reset; the frame that vpcd waits for says 6F00 then. A write is one array element,
 * one field, one octet of a copy or fill that is not atomic, one atomic copy, one key, one commit.
 *
 * <pre>
 *   count       writes are counted from now to the next reset        answered: ok
 *   cut N       the same, and the power goes just before write N,    answered: ok
 *               counted from 0
 *   power       what came of it                                      answered: ok WRITES whole|cut OCTETS STEPS CIPHERED
 *               OCTETS: the most that one transaction changed
 *   save        keeps the persistent memory, once                    answered: ok
 *   restore     puts back what was saved, and resets the card        answered: ok
 *   find OCTETS where the applets' memory has these octets           answered: ok {array=FIELD+OFFSET | key=FIELD+OFFSET}
 *   fresh F     a new card with nothing installed; the class files   answered: ok
 *               in folder F (its name in hexadecimal) come before
 *               those of the applets
 *   memory      answered: ok TRANSIENT largest=OCTETS {INSTANCE-AID=PERSISTENT-OCTETS} {late=PLACE}
 *               largest: as OCTETS above, but since the start; PLACE: where an applet allocated after its installation
 * </pre>
 *
 * <p>Frame of vpcd, both ways: length in 2 octets, big-endian, then the payload. A payload of one octet is a control
 * code; anything else is a command APDU, answered with the response APDU.
 */
public final class VpcdBridge {
    private static final int CONTROL_POWER_OFF = 0x00;
    private static final int CONTROL_POWER_ON = 0x01;
    private static final int CONTROL_RESET = 0x02;
    private static final int CONTROL_GET_ATR = 0x04;

    private static final byte[] SW_WRONG_LENGTH = {0x67, 0x00};
    private static final byte[] SW_UNKNOWN = {0x6F, 0x00};

    /** Direct convention, T=1, no historical octets (ISO/IEC 7816-3 §8.2). */
    private static final byte[] ATR = HexFormat.of().parseHex("3B80800101");

    private static final int HEADER_LENGTH = 4;
    private static final int LENGTH_MAX = 0xFFFF;
    /** The length argument of {@code Applet.install} is a signed byte. */
    private static final int INSTALL_DATA_MAX = 127;

    private static final long CONNECT_DEADLINE_NANOS = 10_000_000_000L;
    private static final long CONNECT_PAUSE_MILLIS = 2;

    private final String[] arguments;
    private Simulator simulator = new Simulator();
    private CardMemory memory;
    private final Set<String> instances = new HashSet<>();
    /** The class of each AID that was ever installed. */
    private final Map<String, String> loaded = new HashMap<>();
    private final PrintStream answers = new PrintStream(System.out, true, StandardCharsets.UTF_8);

    private VpcdBridge(String[] arguments) throws ReflectiveOperationException {
        this.arguments = arguments;
        memory = arguments.length == 2 ? new CardMemory() : watchedMemory(Path.of(arguments[3]));
    }

    private CardMemory watchedMemory(Path... applets) throws ReflectiveOperationException {
        Class<?> watched = Class.forName(arguments[2]);
        return (CardMemory) watched.getDeclaredConstructor(Simulator.class, Path[].class).newInstance(simulator, applets);
    }

    public static void main(String[] arguments) throws Exception {
        // Anything the applets or jCardSim print must not get into the control channel.
        VpcdBridge bridge = new VpcdBridge(arguments);
        System.setOut(System.err);
        Socket reader;
        try {
            reader = connect(new InetSocketAddress(arguments[0], Integer.parseInt(arguments[1])));
        } catch (IOException e) {
            bridge.answers.println("error no reader at " + arguments[0] + ":" + arguments[1] + ": " + e.getMessage());
            return;
        }
        bridge.answers.println("connected " + reader.getLocalPort());
        Thread card = new Thread(() -> bridge.serveReader(reader), "card");
        card.setDaemon(true);
        card.start();
        bridge.serveControl();
        Runtime.getRuntime().halt(0);
    }

    /** The reader may still be starting, so the connection is tried until a deadline. */
    private static Socket connect(InetSocketAddress address) throws IOException, InterruptedException {
        long deadline = System.nanoTime() + CONNECT_DEADLINE_NANOS;
        while (true) {
            Socket socket = new Socket();
            try {
                socket.connect(address);
                socket.setTcpNoDelay(true);
                return socket;
            } catch (IOException e) {
                socket.close();
                if (System.nanoTime() > deadline) {
                    throw e;
                }
                Thread.sleep(CONNECT_PAUSE_MILLIS);
            }
        }
    }

    private void serveControl() throws IOException {
        BufferedReader lines = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        for (String line = lines.readLine(); line != null; line = lines.readLine()) {
            String[] words = line.trim().split(" +");
            if (words[0].equals("quit")) {
                return;
            }
            answers.println(execute(words));
        }
    }

    /** Control lines and commands come on two threads, but the card does one thing at a time. */
    private synchronized String execute(String[] words) {
        try {
            if (words[0].equals("install") && words.length == 4) {
                install(words[1], words[2], words[3]);
            } else if (words[0].equals("delete") && words.length == 2) {
                delete(words[1]);
            } else if (words[0].equals("memory") && words.length == 1) {
                return "ok " + transientOctets() + memory.report();
            } else if (words[0].equals("fresh") && words.length == 2 && arguments.length > 2) {
                replaceCard(Path.of(new String(HexFormat.of().parseHex(words[1]), StandardCharsets.UTF_8)));
            } else {
                String answer = memory.execute(words);
                return answer != null ? answer : "error unknown control command " + words[0];
            }
            return "ok";
        } catch (Throwable e) {
            return "error " + describe(e);
        }
    }

    private void install(String className, String instanceAid, String data) throws ReflectiveOperationException {
        byte[] bArray = HexFormat.of().parseHex(data);
        if (bArray.length > INSTALL_DATA_MAX) {
            throw new IllegalArgumentException(
                    "install data has " + bArray.length + " octets, at most " + INSTALL_DATA_MAX + " are possible");
        }
        Class<? extends Applet> applet = memory.load(className);
        // jCardSim would replace the instance without a word.
        if (instances.contains(instanceAid)) {
            throw new IllegalStateException("an instance with this AID exists");
        }
        load(instanceAid, className, applet);
        memory.installing(instanceAid);
        try {
            simulator.createApplet(aid(instanceAid), bArray, (short) 0, (byte) bArray.length);
        } catch (RuntimeException e) {
            memory.deleted(instanceAid);
            throw e;
        } finally {
            memory.installed();
        }
        instances.add(instanceAid);
        Arrays.fill(bArray, (byte) 0);
    }

    /** jCardSim loads a class per AID, once: it stays loaded when the instance is deleted or was never made. */
    private void load(String instanceAid, String className, Class<? extends Applet> applet)
            throws ReflectiveOperationException {
        String before = loaded.put(instanceAid, className);
        if (before == null) {
            simulator.loadApplet(aid(instanceAid), applet);
        } else if (!before.equals(className)) {
            SimulatorRuntime runtime = (SimulatorRuntime) value(Simulator.class, "runtime", simulator);
            AID file = (AID) ((Map<?, ?>) value(SimulatorRuntime.class, "generatedLoadFileAIDs", runtime)).get(aid(instanceAid));
            @SuppressWarnings("unchecked")
            Map<AID, LoadFile> files = (Map<AID, LoadFile>) value(SimulatorRuntime.class, "loadFiles", runtime);
            files.put(file, new LoadFile(file, file, applet));
        }
    }

    private void delete(String instanceAid) {
        if (!instances.remove(instanceAid)) {
            throw new IllegalStateException("no instance with this AID exists");
        }
        simulator.deleteApplet(aid(instanceAid));
        memory.deleted(instanceAid);
    }

    private void replaceCard(Path changed) throws ReflectiveOperationException {
        simulator = new Simulator(new SimulatorRuntime());
        memory = watchedMemory(changed, Path.of(arguments[3]));
        instances.clear();
        loaded.clear();
    }

    /** jCardSim reports 32,767 octets free whatever is taken, so the arrays it keeps are counted; a reference takes 2. */
    private int transientOctets() throws ReflectiveOperationException {
        Object memory = value(Simulator.class, "runtime", simulator);
        memory = value(SimulatorRuntime.class, "transientMemory", memory);
        int octets = 0;
        for (String kind : new String[] {"clearOnReset", "clearOnDeselect"}) {
            for (Object array : (Iterable<?>) value(TransientMemory.class, kind, memory)) {
                int size = array instanceof byte[] || array instanceof boolean[] ? 1 : 2;
                octets += size * Array.getLength(array);
            }
        }
        return octets;
    }

    private static Object value(Class<?> owner, String field, Object object) throws ReflectiveOperationException {
        Field accessible = owner.getDeclaredField(field);
        accessible.setAccessible(true);
        return accessible.get(object);
    }

    private static AID aid(String hexadecimal) {
        byte[] octets = HexFormat.of().parseHex(hexadecimal);
        return new AID(octets, (short) 0, (byte) octets.length);
    }

    /** One line: the whole stack goes to standard error, which the harness keeps as the log. */
    private static String describe(Throwable e) {
        e.printStackTrace();
        String text = e.getClass().getName();
        if (e instanceof CardRuntimeException reason) {
            text += String.format(" reason %04X", reason.getReason() & 0xFFFF);
        }
        if (e.getMessage() != null) {
            text += ": " + e.getMessage();
        }
        return text.replaceAll("\\R", " ");
    }

    /** Runs until the reader closes the connection; a card without a reader has no use. */
    private void serveReader(Socket reader) {
        try (reader) {
            DataInputStream in = new DataInputStream(reader.getInputStream());
            OutputStream out = reader.getOutputStream();
            while (true) {
                byte[] payload = readFrame(reader, in);
                byte[] answer = payload.length == 1 ? control(payload[0] & 0xFF) : process(payload);
                if (answer != null) {
                    writeFrame(out, answer);
                }
            }
        } catch (IOException e) {
            System.err.println("the reader ended the connection: " + e);
            Runtime.getRuntime().halt(1);
        }
    }

    /**
     * vpcd writes length and payload separately and waits in between for our acknowledgement (Nagle's algorithm), which
     * the kernel would delay by 40 ms. Linux forgets the option at each read, hence twice.
     */
    private static byte[] readFrame(Socket reader, DataInputStream in) throws IOException {
        reader.setOption(ExtendedSocketOptions.TCP_QUICKACK, true);
        byte[] payload = new byte[in.readUnsignedShort()];
        reader.setOption(ExtendedSocketOptions.TCP_QUICKACK, true);
        in.readFully(payload);
        return payload;
    }

    private static void writeFrame(OutputStream out, byte[] payload) throws IOException {
        byte[] frame = new byte[2 + payload.length];
        frame[0] = (byte) (payload.length >> 8);
        frame[1] = (byte) payload.length;
        System.arraycopy(payload, 0, frame, 2, payload.length);
        out.write(frame);
    }

    /** Power off, power on and reset get no answer. */
    private byte[] control(int code) {
        switch (code) {
            case CONTROL_GET_ATR:
                return ATR;
            case CONTROL_POWER_ON, CONTROL_RESET:
                resetCard();
                return null;
            case CONTROL_POWER_OFF:
            default:
                return null;
        }
    }

    private synchronized void resetCard() {
        try {
            simulator.reset();
            memory.reset();
        } catch (Throwable e) {
            e.printStackTrace();
        }
    }

    /** Whatever an applet or jCardSim throws, the reader gets an answer: without one it would wait for ever. */
    private synchronized byte[] process(byte[] command) {
        if (!memory.isPowered()) {
            return SW_UNKNOWN;
        }
        if (!isWellFormed(command)) {
            return SW_WRONG_LENGTH;
        }
        try {
            byte[] response = simulator.transmitCommand(withoutLeAfterLongData(command));
            memory.commandEnded();
            return response == null || response.length < 2 || response.length > LENGTH_MAX ? SW_UNKNOWN : response;
        } catch (Throwable e) {
            e.printStackTrace();
            return SW_UNKNOWN;
        }
    }

    /** The seven forms of a command APDU (ISO/IEC 7816-3 §12.1.3): header, then Lc and data or not, then Le or not. */
    private static boolean isWellFormed(byte[] command) {
        int body = command.length - HEADER_LENGTH;
        if (body <= 1) {
            return body >= 0;
        }
        int first = command[HEADER_LENGTH] & 0xFF;
        if (first != 0) {
            return body == 1 + first || body == 2 + first;
        }
        if (body < 3) {
            return false;
        }
        int extended = (command[HEADER_LENGTH + 1] & 0xFF) << 8 | command[HEADER_LENGTH + 2] & 0xFF;
        return body == 3 || extended != 0 && (body == 3 + extended || body == 5 + extended);
    }

    /**
     * Deviation: jCardSim answers 6F00 to a short case 4 command with 255 octets of data, before the applet sees it. It
     * never enforces Le, so the same command without Le gives the answer that a card would give.
     */
    private static byte[] withoutLeAfterLongData(byte[] command) {
        boolean shortCase4 = command.length == HEADER_LENGTH + 2 + 0xFF && command[HEADER_LENGTH] == (byte) 0xFF;
        return shortCase4 ? Arrays.copyOf(command, command.length - 1) : command;
    }
}
