package ai.rails.attestation.tdx;

import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.List;

import ai.rails.attestation.format.Bytes;
import ai.rails.attestation.format.LittleEndian;
import ai.rails.attestation.format.Malformed;
import ai.rails.attestation.verdict.TdReport;

/// A confidential computing event log (CCEL, TCG crypto-agile form): what firmware and boot loader
/// say they measured. It is not signed; it is worth something once its replay gives the registers
/// of an accepted quote.
///
/// @param events in order, without those that extend nothing
public record EventLog(List<Event> events) {
  private static final int MOST_BYTES = 4 * 1024 * 1024;
  private static final int MOST_EVENTS = 16 * 1024;
  private static final int MOST_DIGESTS = 8;
  private static final int REGISTERS = 4;
  private static final int SHA_384 = 0x000C;
  private static final int SHA_384_BYTES = 48;
  private static final int SHA_1_BYTES = 20;
  private static final int SPECIFICATION_BYTES = 24;
  private static final long NO_ACTION = 3;
  private static final long MRTD = 0;
  private static final long END = 0xFFFF_FFFFL;

  public EventLog {
    events = List.copyOf(events);
  }

  /// One measured event.
  ///
  /// @param register 0 to 3
  /// @param type of the TCG
  /// @param data describes the event; only some types' digests cover it
  public record Event(int register, long type, Bytes digest, Bytes data) {}

  /// What an algorithm's digests take, by the log's first record.
  private record Algorithm(int id, int bytes) {}

  public static EventLog of(Bytes log) throws Malformed {
    if (log.length() > MOST_BYTES) {
      throw new Malformed("an event log of %d bytes".formatted(log.length()));
    }
    var reader = new LittleEndian(log);
    List<Algorithm> algorithms = specification(reader);
    List<Event> events = new ArrayList<>();
    for (int count = 0; reader.remaining() >= Integer.BYTES; count++) {
      if (count == MOST_EVENTS) {
        throw new Malformed("more than %d events".formatted(MOST_EVENTS));
      }
      long index = reader.u32();
      if (index == END || (index == 0 && isPadding(reader))) {
        break;
      }
      long type = reader.u32();
      Bytes digest = digest(reader, algorithms);
      Bytes data = reader.bytes(reader.u32());
      if (index > REGISTERS) {
        throw new Malformed("an event for register index %d".formatted(index));
      }
      if (type != NO_ACTION && index != MRTD) {
        events.add(new Event((int) index - 1, type, digest, data));
      }
    }
    return new EventLog(events);
  }

  /// The four registers after all events.
  public List<Bytes> replay() {
    List<Bytes> registers = new ArrayList<>();
    for (int i = 0; i < REGISTERS; i++) {
      registers.add(Bytes.copyOf(new byte[SHA_384_BYTES]));
    }
    MessageDigest sha384 = Bytes.digest("SHA-384");
    for (Event event : events) {
      registers.get(event.register()).updateInto(sha384);
      event.digest().updateInto(sha384);
      registers.set(event.register(), Bytes.copyOf(sha384.digest()));
    }
    return List.copyOf(registers);
  }

  /// The registers, 0 to 3, that the replay does not give.
  public List<Integer> differences(TdReport report) {
    List<Bytes> replayed = replay();
    List<Integer> different = new ArrayList<>();
    for (int i = 0; i < REGISTERS; i++) {
      if (!replayed.get(i).equals(report.rtMr().get(i))) {
        different.add(i);
      }
    }
    return List.copyOf(different);
  }

  private static List<Algorithm> specification(LittleEndian reader) throws Malformed {
    reader.u32();
    if (reader.u32() != NO_ACTION) {
      throw new Malformed("the event log does not begin with its specification");
    }
    reader.bytes(SHA_1_BYTES);
    LittleEndian event = reader.part(reader.u32());
    event.bytes(SPECIFICATION_BYTES);
    long count = event.u32();
    if (count < 1 || count > MOST_DIGESTS) {
      throw new Malformed("an event log with %d algorithms".formatted(count));
    }
    List<Algorithm> algorithms = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      algorithms.add(new Algorithm(event.u16(), event.u16()));
    }
    if (!algorithms.contains(new Algorithm(SHA_384, SHA_384_BYTES))) {
      throw new Malformed("an event log without SHA-384");
    }
    return algorithms;
  }

  private static Bytes digest(LittleEndian reader, List<Algorithm> algorithms) throws Malformed {
    long count = reader.u32();
    if (count > MOST_DIGESTS) {
      throw new Malformed("an event with %d digests".formatted(count));
    }
    Bytes found = Bytes.copyOf(new byte[0]);
    for (int i = 0; i < count; i++) {
      int id = reader.u16();
      int bytes =
          algorithms.stream()
              .filter(each -> each.id() == id)
              .findFirst()
              .orElseThrow(() -> new Malformed("an event with an unlisted algorithm"))
              .bytes();
      Bytes digest = reader.bytes(bytes);
      found = id == SHA_384 ? digest : found;
    }
    if (found.length() == 0) {
      throw new Malformed("an event without a SHA-384 digest");
    }
    return found;
  }

  /// A record of zeros ends the log too: the table is larger than what was written to it.
  private static boolean isPadding(LittleEndian reader) throws Malformed {
    if (reader.remaining() < 2 * Integer.BYTES) {
      return true;
    }
    return reader.peek(2 * Integer.BYTES).isZero();
  }
}
