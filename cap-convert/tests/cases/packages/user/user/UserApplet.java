package user;

import javacard.framework.APDU;
import javacard.framework.Applet;
import library.Base;
import library.Task;
import library.TaskList;

/** An applet on the library of another package. */
public class UserApplet extends Applet {
    private final Mine mine = new Mine();

    public static void install(byte[] parameters, short offset, byte length) {
        new UserApplet().register();
    }

    public void process(APDU apdu) {
        if (mine.isBase() || mine.run(mine) == Task.DONE) {
            Base.shared = mine.value();
        }
        Task next = mine.next();
        if (next instanceof TaskList && next.run(null) == 0) {
            ((TaskList) next).next();
        }
    }
}

/** Extends a class of the library: inherited fields and methods, protected ones and static ones. */
class Mine extends Base implements TaskList {
    private short own;
    private Mine other;

    Mine() {
        super((short) 3);
        other = this;
        visible = 4;
    }

    public short value() {
        own++;
        return (short) (twice(inherited) + shared + VERSION + other.own);
    }

    protected short hook() {
        if (cache == null) {
            fail((short) 0x6F02);
        }
        return (short) (super.hook() + visible);
    }

    public byte run(Base base) {
        object = base;
        return (byte) base.value();
    }

    public Task next() {
        return other;
    }
}
