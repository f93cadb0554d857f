package ai.rails.projection.evidence;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Path;
import java.util.Optional;
import java.util.function.Supplier;

import ai.rails.domain.checkpoint.Checkpoint;
import ai.rails.domain.checkpoint.Note;
import ai.rails.domain.checkpoint.TlogPolicy;
import ai.rails.domain.checkpoint.VerifierKey;
import ai.rails.platform.evidence.BundleWriter;
import ai.rails.platform.evidence.DerivedFiles;
import ai.rails.platform.evidence.EvidenceSigner;
import ai.rails.platform.evidence.EvidenceSource;
import ai.rails.platform.evidence.Producer;
import ai.rails.platform.evidence.TrustCopies;
import ai.rails.platform.timestamp.TimestampAuthority;
import ai.rails.schema.EventCodec;

/// Makes bundles with the installation's key, time stamps and policy. Thread-safe.
public final class SignedBundles implements BundleMaker {
  private final EventCodec codec;
  private final DerivedFiles documents;
  private final EvidenceSigner signer;
  private final Optional<Stamps> stamps;
  private final Supplier<String> policy;
  private final Producer producer;
  private final Path scratch;

  /// @param chain the authority's certificates, PEM
  public record Stamps(TimestampAuthority authority, String chain) {}

  /// @param policy text of the cell's tlog-policy
  /// @param scratch an existing directory for temporary files
  public SignedBundles(
      EventCodec codec,
      DerivedFiles documents,
      EvidenceSigner signer,
      Optional<Stamps> stamps,
      Supplier<String> policy,
      Producer producer,
      Path scratch) {
    this.codec = codec;
    this.documents = documents;
    this.signer = signer;
    this.stamps = stamps;
    this.policy = policy;
    this.producer = producer;
    this.scratch = scratch;
  }

  @Override
  public Written make(EvidenceSource source, OutputStream out, Listener listener)
      throws IOException {
    Note note = source.checkpoint();
    String origin = Checkpoint.parse(note.text()).origin();
    TlogPolicy log = TlogPolicy.parse(policy.get()).forLog(origin);
    var copies =
        new TrustCopies(
            key(log, note, origin).toString(), log.text(), stamps.map(Stamps::chain).orElse(""));
    var writer =
        new BundleWriter(
            codec, documents, signer, stamps.map(Stamps::authority), copies, producer, scratch);
    BundleWriter.Written written =
        writer.write(source, out, (stage, done) -> listener.reached(stage.name(), done));
    return new Written(written.fileName(), written.manifestSha256(), written.entries());
  }

  /// The key that signed the checkpoint; a log may have had several.
  private static VerifierKey key(TlogPolicy log, Note note, String origin) throws IOException {
    return log.logs().stream()
        .map(TlogPolicy.Party::key)
        .filter(note::verified)
        .findFirst()
        .orElseThrow(() ->
            new IOException(
                "the policy names no key any more that signed the checkpoint of " + origin));
  }
}
