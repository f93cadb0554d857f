package ai.rails.app;

import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Set;
import java.util.function.Function;

import ai.rails.app.embedded.Unavailable;
import ai.rails.app.evidence.EvidenceCommand;
import ai.rails.platform.config.Settings;
import ai.rails.platform.evidence.EvidenceKey;
import ai.rails.platform.evidence.Producer;
import ai.rails.platform.http.DevelopmentIssuer;
import ai.rails.platform.http.Role;
import ai.rails.platform.timestamp.HttpAuthority;
import ai.rails.platform.witness.Way;
import ai.rails.projection.ReadSide;
import ai.rails.projection.access.HttpAccessNotes;
import ai.rails.projection.checkpoint.PolicyFile;
import ai.rails.projection.evidence.SignedBundles;
import ai.rails.schema.EventCodec;

/// What the read side needs to give evidence: key, policy, time stamps, and the way to the ledger.
final class ReadEvidence implements AutoCloseable {
  private static final Duration TOKEN = Duration.ofMinutes(5);
  private static final String READER = "svc-projection";

  private final HttpAccessNotes notes;
  private final ReadSide.Evidence evidence;

  private ReadEvidence(HttpAccessNotes notes, ReadSide.Evidence evidence) {
    this.notes = notes;
    this.evidence = evidence;
  }

  /// @param ways how the time stamp authority is reached
  static ReadEvidence open(
      Settings settings, DevelopmentIssuer issuer, Function<URI, Way> ways, InstantSource clock) {
    PolicyFile policy = new PolicyFile(settings.text("evidence.policy.file").map(Path::of));
    var notes =
        new HttpAccessNotes(
            URI.create(settings.required("command.url")), tenant -> token(issuer, tenant), clock);
    var scratch = settings.path("evidence.scratch.dir");
    EvidenceKey key = EvidenceFiles.key(settings.path("evidence.key.file"));
    var bundles =
        new SignedBundles(
            new EventCodec(),
            EvidenceCommand.DOCUMENTS,
            key,
            settings.text("tsa.url").map(url -> stamps(URI.create(url), ways, settings)),
            policy,
            new Producer(
                settings.text("evidence.organization", settings.required("cell.domain")),
                "AI Rails",
                VersionCommand.VERSION,
                "none: not run from an image"),
            scratch);
    return new ReadEvidence(
        notes,
        new ReadSide.Evidence(
            policy, notes, bundles, scratch.resolve("bundles"), EvidenceFiles.publicKey(key)));
  }

  ReadSide.Evidence evidence() {
    return evidence;
  }

  private static SignedBundles.Stamps stamps(URI url, Function<URI, Way> ways, Settings settings) {
    Path chain = settings.path("tsa.chain.file");
    try {
      return new SignedBundles.Stamps(
          new HttpAuthority(url, ways.apply(url), new SecureRandom()),
          Files.readString(chain, StandardCharsets.US_ASCII));
    } catch (IOException e) {
      throw new Unavailable(
          "the time stamp authority's chain %s can not be read".formatted(chain), e);
    }
  }

  private static String token(DevelopmentIssuer issuer, String tenant) {
    try {
      return issuer.issue(tenant, READER, Set.of(Role.SERVICE), TOKEN);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("the development issuer can not sign", e);
    }
  }

  @Override
  public void close() {
    notes.close();
  }
}
