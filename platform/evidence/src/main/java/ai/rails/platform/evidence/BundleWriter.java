package ai.rails.platform.evidence;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

import ai.rails.domain.checkpoint.Checkpoint;
import ai.rails.domain.checkpoint.TlogPolicy;
import ai.rails.platform.timestamp.TimestampAuthority;
import ai.rails.schema.EventCodec;

/// Writes evidence bundles: a BagIt 1.0 bag in a zip archive of stored files, with a signed
/// statement over it. The same source gives the same `data/` and manifests, byte for byte; only
/// signatures and time stamps differ.
///
/// Files are gathered on disk first, because the signature over all of them stands in front; memory
/// does not grow with the number of entries, but by eight bytes for each file. Thread-safe, one
/// thread for each bundle.
public final class BundleWriter {
  private final EventCodec codec;
  private final DerivedFiles derived;
  private final EvidenceSigner signer;
  private final Optional<TimestampAuthority> authority;
  private final TrustCopies trust;
  private final Producer producer;
  private final Path scratch;

  /// @param authority asked twice for each bundle, if there is one
  /// @param scratch an existing directory for temporary files, as large as the bundle
  public BundleWriter(
      EventCodec codec,
      DerivedFiles derived,
      EvidenceSigner signer,
      Optional<TimestampAuthority> authority,
      TrustCopies trust,
      Producer producer,
      Path scratch) {
    this.codec = codec;
    this.derived = derived;
    this.signer = signer;
    this.authority = authority;
    this.trust = trust;
    this.producer = producer;
    this.scratch = scratch;
  }

  /// What was written.
  ///
  /// @param fileName that the archive should have
  /// @param bytes of the archive
  /// @param entries of the ledger in it
  /// @param manifestSha256 of `manifest-sha256.txt`: the same for the same contents
  public record Written(
      String id, String fileName, long bytes, long entries, String manifestSha256) {}

  /// Writes nothing to `out` before everything is gathered and signed.
  ///
  /// @throws IOException if the time stamp authority does not answer, or a disk or `out` fails
  /// @throws IllegalArgumentException if the source contradicts itself
  public Written write(EvidenceSource source, OutputStream out, Progress progress)
      throws IOException {
    Checkpoint checkpoint = Checkpoint.parse(source.checkpoint().text());
    String directory = BundleId.directory(source.scope(), checkpoint.size());
    try (Spool spool = new Spool(scratch)) {
      var ledgerFiles = new LedgerFiles(codec, source, spool);
      Statement.Ledger ledger = ledgerFiles.write(progress);
      Map<String, byte[]> documents = derived.files(source.scope(), checkpoint, source::entries);
      for (var document : documents.entrySet()) {
        if (!document.getKey().startsWith(BagNames.DATA)) {
          throw new IllegalArgumentException(
              "%s is a document outside of data/".formatted(document.getKey()));
        }
        spool.put(document.getKey(), document.getValue());
      }
      progress.reached(Progress.Stage.DOCUMENTS, documents.size());
      String manifest = tags(source, spool, ledgerFiles.lastTime());
      attest(source, ledger, spool, progress);
      long bytes = archive(directory, spool, out, progress);
      return new Written(
          directory.substring("evidence-".length()),
          directory + ".zip",
          bytes,
          ledger.entries(),
          manifest);
    }
  }

  /// BagIt's own files. @return SHA-256 of the manifest
  private String tags(EvidenceSource source, Spool spool, long lastTime) throws IOException {
    long payloadBytes = spool.bytes();
    int payloadFiles = spool.size();
    try (OutputStream manifest = spool.open(BagNames.MANIFEST)) {
      spool.inOrder((file, _) -> manifest.write(Bag.line(file.name(), file.sha256())));
    }
    SortedMap<String, byte[]> tags = new TreeMap<>();
    tags.put(BagNames.BAGIT, Bag.DECLARATION.getBytes(StandardCharsets.US_ASCII));
    tags.put(
        BagNames.INFO,
        Bag.info(
            BundleId.of(source.scope(), Checkpoint.parse(source.checkpoint().text()).size()),
            baggingDate(source, lastTime),
            payloadBytes,
            payloadFiles,
            producer));
    for (var tag : tags.entrySet()) {
      spool.put(tag.getKey(), tag.getValue());
    }
    var digests = new TreeMap<String, String>();
    spool.inOrder((file, _) -> {
      if (!file.name().startsWith(BagNames.DATA)) {
        digests.put(file.name(), file.sha256());
      }
    });
    spool.put(BagNames.TAG_MANIFEST, Bag.manifest(digests));
    return digests.getOrDefault(BagNames.MANIFEST, "");
  }

  /// The day of the checkpoint, not of the writing: writing again gives the same.
  private LocalDate baggingDate(EvidenceSource source, long lastTime) {
    Instant at =
        TlogPolicy.parse(trust.policy())
            .judge(source.checkpoint())
            .newest()
            .map(Instant::ofEpochSecond)
            .orElse(Instant.ofEpochMilli(lastTime));
    return LocalDate.ofInstant(at, ZoneOffset.UTC);
  }

  private void attest(
      EvidenceSource source, Statement.Ledger ledger, Spool spool, Progress progress)
      throws IOException {
    spool.put(BagNames.TRUST_LOG, (trust.logKey() + "\n").getBytes(StandardCharsets.UTF_8));
    spool.put(BagNames.TRUST_POLICY, trust.policy().getBytes(StandardCharsets.UTF_8));
    spool.put(
        BagNames.TRUST_EVIDENCE,
        PublicKeys.pem(signer.publicKey()).getBytes(StandardCharsets.US_ASCII));
    List<String> stamps = new ArrayList<>();
    if (authority.isPresent()) {
      spool.put(BagNames.TRUST_STAMPS, trust.stampChain().getBytes(StandardCharsets.US_ASCII));
      spool.put(BagNames.CHECKPOINT_STAMP, authority.get().stamp(source.checkpoint().bytes()));
      stamps.add(BagNames.CHECKPOINT_STAMP);
      stamps.add(BagNames.EVIDENCE_STAMP);
      progress.reached(Progress.Stage.SIGNING, 1);
    }
    var statement =
        new Statement(
            BundleId.of(source.scope(), ledger.size()),
            source.scope(),
            ledger,
            producer,
            stamps,
            subjects(spool));
    SigstoreBundle signed = SigstoreBundle.sign(statement.json(), signer);
    spool.put(BagNames.SIGSTORE, signed.json());
    if (authority.isPresent()) {
      spool.put(BagNames.EVIDENCE_STAMP, authority.get().stamp(signed.signature()));
    }
    progress.reached(Progress.Stage.SIGNING, 2);
  }

  private static SortedMap<String, String> subjects(Spool spool) throws IOException {
    boolean all = spool.size() <= Statement.SUBJECTS_MAX;
    var subjects = new TreeMap<String, String>();
    spool.inOrder((file, _) -> {
      if (all || !file.name().startsWith(BagNames.DATA)) {
        subjects.put(file.name(), file.sha256());
      }
    });
    return subjects;
  }

  private long archive(String directory, Spool spool, OutputStream out, Progress progress)
      throws IOException {
    Path central = Files.createTempFile(scratch, "directory", ".spool");
    try {
      var zip = new ZipWriter(out, central);
      byte[] buffer = new byte[1 << 16];
      long[] written = new long[1];
      spool.inOrder((file, content) -> {
        zip.file(directory + "/" + file.name(), file.size(), file.crc());
        written[0] += copy(content, zip, buffer);
        progress.reached(Progress.Stage.WRITING, written[0]);
      });
      return zip.finish();
    } finally {
      Files.deleteIfExists(central);
    }
  }

  private static long copy(InputStream content, ZipWriter zip, byte[] buffer) throws IOException {
    long copied = 0;
    for (int read = content.read(buffer); read >= 0; read = content.read(buffer)) {
      zip.content(buffer, read);
      copied += read;
    }
    return copied;
  }
}
