package ai.rails.simulator;

import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.concurrent.atomic.AtomicReference;

import ai.rails.attestation.format.Bytes;

/// A trust domain that is none: gives quotes over its present measurements through the same files
/// as the kernel. Safe from any thread.
public final class SimulatedTd {
  private final QuotingEnclave enclave;
  private final AtomicReference<Td> td;
  private final Path reports;

  /// @param platform the machine that it runs on
  /// @param launched what it is at first
  public SimulatedTd(Platform platform, Td launched, SecureRandom random) {
    this.enclave = new QuotingEnclave(platform, random);
    this.td = new AtomicReference<>(launched);
    this.reports = new ReportFileSystem(new Reports(this::quote)).getPath("/");
  }

  /// In place of the kernel's directory of reports.
  public Path reports() {
    return reports;
  }

  /// Measures something into a register, 0 to 3.
  public void extend(int register, Bytes digest) {
    td.updateAndGet(before -> before.extend(register, digest));
  }

  /// Becomes another TD, to see evidence refused.
  public void become(Td other) {
    td.set(other);
  }

  private Bytes quote(Bytes reportData) {
    return enclave.quote(td.get(), reportData);
  }
}
