package ai.rails.attestation.evidence;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.SeekableByteChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;

import ai.rails.attestation.Evidence;
import ai.rails.attestation.format.Bytes;
import ai.rails.attestation.format.Malformed;
import ai.rails.attestation.tdx.Padding;
import ai.rails.attestation.verdict.Tee;

/// Reads evidence from the kernel's configfs-tsm (Linux 6.7 and later): a directory a request, the
/// report data written once, the report read back, the directory removed. A second writer shows in
/// the generation; then the answer is dropped and asked again in another directory. Safe from any
/// thread.
public final class KernelReports implements EvidenceSource {
  /// Where the kernel offers reports, once configfs is mounted.
  public static final Path CONFIGFS = Path.of("/sys/kernel/config/tsm/report");

  private static final int MOST_BYTES = 64 * 1024;
  private static final int ATTEMPTS = 5;
  private static final Duration PAUSE = Duration.ofMillis(40);

  /// The kernel's words for EBUSY, EAGAIN, EINTR and ETIMEDOUT: worth another attempt.
  private static final Set<String> PASSING =
      Set.of(
          "Device or resource busy",
          "Resource temporarily unavailable",
          "Interrupted system call",
          "Connection timed out");

  private final Path reports;
  private final Supplier<String> names;

  /// One answer, and whether it is this request's.
  private record Answer(Gathered gathered, boolean own) {}

  /// @param reports [#CONFIGFS]; another directory for whoever offers the same files
  /// @param names of directories: unpredictable, and never the same twice
  public KernelReports(Path reports, Supplier<String> names) {
    this.reports = reports;
    this.names = names;
  }

  @Override
  public Gathered gather(Bytes reportData) throws EvidenceUnavailable {
    if (reportData.length() != REPORT_DATA_BYTES) {
      throw new IllegalArgumentException("report data has 64 bytes");
    }
    IOException last = new IOException("another process wrote between");
    for (int attempt = 1; attempt <= ATTEMPTS; attempt++) {
      try {
        Answer answer = ask(reportData);
        if (answer.own()) {
          return answer.gathered();
        }
      } catch (NoSuchFileException e) {
        throw new EvidenceUnavailable(
            "no report of the kernel at %s: is configfs mounted, and is this a confidential guest?"
                .formatted(e.getFile()),
            e);
      } catch (IOException e) {
        if (!isPassing(e)) {
          throw new EvidenceUnavailable("the kernel refuses a report: " + e.getMessage(), e);
        }
        last = e;
      }
      LockSupport.parkNanos(PAUSE.multipliedBy(attempt).toNanos());
    }
    throw new EvidenceUnavailable(
        "no report after %d attempts: %s".formatted(ATTEMPTS, last.getMessage()), last);
  }

  private Answer ask(Bytes reportData) throws IOException, EvidenceUnavailable {
    Path request = Files.createDirectory(reports.resolve(names.get()));
    try {
      Tee tee = tee(text(request.resolve("provider")));
      long before = generation(request);
      write(request.resolve("inblob"), reportData);
      Bytes report = bytes(request.resolve("outblob"));
      Optional<Bytes> certificates =
          tee == Tee.SEV_SNP ? certificates(request.resolve("auxblob")) : Optional.empty();
      boolean own = generation(request) == before + 1;
      if (report.length() == 0) {
        throw new EvidenceUnavailable(
            "the kernel gives an empty report: the host's quoting service is missing or too old");
      }
      return new Answer(new Gathered(evidence(tee, report), certificates), own);
    } finally {
      Files.delete(request);
    }
  }

  private static Evidence evidence(Tee tee, Bytes report) throws EvidenceUnavailable {
    try {
      return new Evidence(tee, tee == Tee.TDX ? Padding.removed(report) : report);
    } catch (Malformed e) {
      throw new EvidenceUnavailable("the kernel gives no TDX quote: " + e.getMessage(), e);
    }
  }

  private static Tee tee(String provider) throws EvidenceUnavailable {
    return switch (provider) {
      case "tdx_guest" -> Tee.TDX;
      case "sev_guest" -> Tee.SEV_SNP;
      default ->
          throw new EvidenceUnavailable("a provider of reports that is not known: " + provider);
    };
  }

  private static long generation(Path request) throws IOException {
    String text = text(request.resolve("generation"));
    try {
      return Long.parseLong(text);
    } catch (NumberFormatException e) {
      throw new IOException("a generation that is no number", e);
    }
  }

  private static String text(Path file) throws IOException {
    return new String(bytes(file).toArray(), StandardCharsets.US_ASCII).strip();
  }

  /// The size that the file system tells means nothing here.
  private static Bytes bytes(Path file) throws IOException {
    try (InputStream in = Files.newInputStream(file)) {
      byte[] content = in.readNBytes(MOST_BYTES + 1);
      if (content.length > MOST_BYTES) {
        throw new IOException("more than %d bytes in %s".formatted(MOST_BYTES, file));
      }
      return Bytes.copyOf(content);
    }
  }

  private static Optional<Bytes> certificates(Path file) throws IOException {
    try {
      return Optional.of(bytes(file)).filter(table -> table.length() > 0);
    } catch (NoSuchFileException e) {
      return Optional.empty();
    }
  }

  /// In one write: the kernel takes each as a request.
  private static void write(Path file, Bytes content) throws IOException {
    try (SeekableByteChannel channel = Files.newByteChannel(file, StandardOpenOption.WRITE)) {
      int written = channel.write(ByteBuffer.wrap(content.toArray()));
      if (written != content.length()) {
        throw new IOException(
            "the kernel took %d of %d bytes".formatted(written, content.length()));
      }
    }
  }

  private static boolean isPassing(IOException problem) {
    String message = problem.getMessage();
    return problem instanceof FileAlreadyExistsException
        || (message != null && PASSING.stream().anyMatch(message::contains));
  }
}
