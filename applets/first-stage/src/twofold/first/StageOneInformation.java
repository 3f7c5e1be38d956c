package twofold.first;

import twofold.link.KeySet;
import twofold.link.ScriptRecord;
import twofold.link.StageInformation;

/** What GET DATA tells of the first stage. */
final class StageOneInformation extends StageInformation {
    private final Phonebook phonebook;
    private final AuthenticationValues values;

    StageOneInformation(KeySet keys, ScriptRecord record, Phonebook phonebook, AuthenticationValues values) {
        super(keys, record);
        this.phonebook = phonebook;
        this.values = values;
    }

    /** Records, records in use, record length, slots, slots in use; an octet each. */
    protected short writeStorage(byte[] out, short offset) {
        short at = offset;
        out[at++] = (byte) phonebook.count();
        out[at++] = (byte) phonebook.used();
        out[at++] = (byte) phonebook.recordLength();
        out[at++] = (byte) values.slots();
        out[at++] = (byte) values.used();
        return at;
    }
}
