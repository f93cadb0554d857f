package ai.rails.attestation.measurement;

import java.util.List;
import java.util.Optional;

import ai.rails.attestation.Guest;
import ai.rails.attestation.format.Bytes;
import ai.rails.attestation.tdx.EventLog;

/// What a guest of these files measures: MRTD out of the firmware, and the registers of one boot
/// with what each of its events stands for.
///
/// @param registers RTMR0 to RTMR3 by the event log
/// @param events of RTMR1 to RTMR3, in order. RTMR0 is the machine's: memory, ACPI tables, Secure
///   Boot variables and boot order
public record Measured(Bytes mrTd, List<Bytes> registers, List<Explained> events) {
  public Measured {
    registers = List.copyOf(registers);
    events = List.copyOf(events);
  }

  /// @param by the file or step that it stands for; empty if none of the files explains it
  public record Explained(int register, Bytes digest, Optional<String> by) {}

  /// @param log not trusted: what it says counts once an accepted quote has these registers
  public static Measured of(Firmware firmware, BootParts parts, EventLog log) {
    return new Measured(
        firmware.mrTd(),
        log.replay(),
        log.events().stream()
            .filter(event -> event.register() > 0)
            .map(event -> new Explained(event.register(), event.digest(), parts.explain(event)))
            .toList());
  }

  /// Whether nothing ran that the files do not explain.
  public boolean isExplained() {
    return events.stream().allMatch(event -> event.by().isPresent());
  }

  /// The name that policy lists.
  public String image() {
    return Guest.tdxImage(mrTd, registers);
  }
}
