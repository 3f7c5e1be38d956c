package twofold.first;

import twofold.link.FailureCounts;
import twofold.link.KeySets;
import twofold.link.StageInformation;

/** What GET DATA tells of the first stage. */
final class StageOneInformation extends StageInformation {
    /** Language preference (ISO 7816-6). */
    static final short TAG_LANGUAGES = (short) 0x5F2D;

    private final Phonebook phonebook;
    private final AuthenticationValues values;
    private final LanguagePreferences languages;
    private final FailureCounts failures;
    private final CardholderVerification cardholder;

    StageOneInformation(KeySets keys, Phonebook phonebook, AuthenticationValues values, LanguagePreferences languages,
            FailureCounts failures, CardholderVerification cardholder) {
        super(keys);
        this.phonebook = phonebook;
        this.values = values;
        this.languages = languages;
        this.failures = failures;
        this.cardholder = cardholder;
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

    /** Messages refused (2), INTERNAL AUTHENTICATE refused (2), tries left for PIN (1) and PUK (1). */
    protected short writeFailures(byte[] out, short offset) {
        return cardholder.writeTries(out, failures.write(out, offset));
    }

    protected boolean hasOwn(short tag) {
        return tag == TAG_LANGUAGES && languages.isSet();
    }

    protected short writeOwn(short tag, byte[] out, short offset) {
        return languages.copy(out, offset);
    }
}
