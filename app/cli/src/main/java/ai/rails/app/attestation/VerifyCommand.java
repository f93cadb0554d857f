package ai.rails.app.attestation;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;

import com.fasterxml.jackson.databind.node.ObjectNode;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

import ai.rails.app.verb.Exit;
import ai.rails.app.verb.OutputFormat;
import ai.rails.app.verb.Palette;
import ai.rails.attestation.Evidence;
import ai.rails.attestation.TrustRoots;
import ai.rails.attestation.Verifier;
import ai.rails.attestation.format.Bytes;
import ai.rails.attestation.format.Malformed;
import ai.rails.attestation.tdx.EventLog;
import ai.rails.attestation.verdict.Claims;
import ai.rails.attestation.verdict.Tee;
import ai.rails.attestation.verdict.Verdict;

/// `rails attestation verify`: the verdict on each file. Exit code 0 when all are accepted, 1 when
/// one is refused, 2 for usage.
@Command(
    name = "verify",
    description = "Say whether evidence is genuine, what was measured, and how current it is.",
    footer = {
      "",
      "ACCEPTED means genuine. Whether the measurement is the right one is for you to compare.",
      "Collateral for TDX: tcb_info.json, tcb_info_issuer_chain.pem, qe_identity.json,",
      "qe_identity_issuer_chain.pem, pck_crl.der, root_ca_crl.der. For SEV-SNP: the VCEK or VLEK",
      "and the ASK or ASVK certificate under any name, and crl.der if there is one."
    },
    mixinStandardHelpOptions = true)
final class VerifyCommand implements Callable<Integer> {
  @Parameters(arity = "1..*", paramLabel = "FILE", description = "Quotes or reports, binary.")
  private List<Path> files = List.of();

  @Option(
      names = "--collateral",
      paramLabel = "DIR",
      required = true,
      description = "What the vendor publishes for this platform.")
  private Path collateral = Path.of("");

  @Option(
      names = "--roots",
      paramLabel = "DIR",
      description = "Trust these root certificates alone (default: those of Intel and AMD).")
  private @Nullable Path roots;

  @Option(
      names = "--at",
      paramLabel = "TIME",
      description = "The verdict as of then, such as 2026-03-01T12:00:00Z (default: now).")
  private @Nullable Instant at;

  @Option(
      names = "--tee",
      paramLabel = "KIND",
      description = "tdx or sev_snp (default: by the first bytes).")
  private @Nullable Tee tee;

  @Option(
      names = "--event-log",
      paramLabel = "FILE",
      description = "TDX: replay this CCEL event log and compare it with the RTMRs.")
  private @Nullable Path eventLog;

  @Option(names = "-o", paramLabel = "FORMAT", description = "text or json.")
  private OutputFormat format = OutputFormat.TEXT;

  @Spec private CommandSpec spec = CommandSpec.create();

  /// What is known of one file.
  private record Answer(Path file, Verdict verdict, Optional<List<Integer>> differences) {
    boolean isGood() {
      return verdict instanceof Verdict.Accepted
          && differences.map(List::isEmpty).orElse(Boolean.TRUE);
    }
  }

  @Override
  public Integer call() {
    Instant time = at == null ? Instant.now() : at;
    boolean good = true;
    for (Path file : files) {
      Answer answer = answer(file, time);
      print(answer);
      good &= answer.isGood();
    }
    return good ? Exit.OK : Exit.FAILED;
  }

  private Answer answer(Path file, Instant time) {
    try {
      byte[] content = CollateralFiles.bytes(file).toArray();
      Evidence evidence =
          tee == null ? Evidence.detect(content) : new Evidence(tee, Bytes.copyOf(content));
      TrustRoots trusted = roots == null ? TrustRoots.vendors() : CollateralFiles.roots(roots);
      Verdict verdict =
          Verifier.verify(
              evidence, CollateralFiles.read(evidence.tee(), collateral), trusted, time);
      return new Answer(file, verdict, differences(verdict));
    } catch (NoSuchFileException e) {
      throw usage("no file " + e.getFile());
    } catch (IOException | Malformed e) {
      throw usage(String.valueOf(e.getMessage()));
    }
  }

  /// The registers that the event log does not explain; nothing without a log.
  private Optional<List<Integer>> differences(Verdict verdict) throws IOException, Malformed {
    if (eventLog == null) {
      return Optional.empty();
    }
    EventLog log = EventLog.of(Bytes.copyOf(Files.readAllBytes(eventLog)));
    return verdict
            instanceof
            Verdict.Accepted(
                Tee _,
                Claims.Tdx claims,
                var _,
                var _,
                var _,
                var _,
                var _,
                var _,
                var _)
        ? Optional.of(log.differences(claims.report()))
        : Optional.empty();
  }

  private void print(Answer answer) {
    PrintWriter out = spec.commandLine().getOut();
    switch (format) {
      case JSON -> out.println(json(answer));
      case TEXT -> {
        out.println(
            VerdictText.of(
                answer.file().toString(),
                answer.verdict(),
                new Palette(spec.commandLine().getColorScheme().ansi())));
        answer.differences().ifPresent(registers -> out.println(text(registers)));
      }
    }
  }

  private static ObjectNode json(Answer answer) {
    ObjectNode json = VerdictJson.of(answer.verdict());
    json.put("file", answer.file().toString());
    answer
        .differences()
        .ifPresent(registers -> {
          json.put("eventLogMatches", registers.isEmpty());
          registers.forEach(json.withArray("eventLogDiffersIn")::add);
        });
    return json;
  }

  private static String text(List<Integer> registers) {
    return registers.isEmpty()
        ? "The event log gives exactly RTMR0 to RTMR3."
        : "The event log does not give RTMR " + registers;
  }

  private ParameterException usage(String problem) {
    return new CommandLine.ParameterException(spec.commandLine(), problem);
  }
}
