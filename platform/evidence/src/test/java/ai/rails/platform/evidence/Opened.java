package ai.rails.platform.evidence;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.UnaryOperator;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;

import ai.rails.domain.ledger.Sha256;

/// A bundle taken apart, to be put together again otherwise: by somebody who can only write files,
/// or by an insider who can sign too.
record Opened(String directory, SortedMap<String, byte[]> files) {
  static Opened of(byte[] zip) {
    var files = new TreeMap<String, byte[]>();
    String directory = "";
    try (var in = new ZipInputStream(new ByteArrayInputStream(zip))) {
      for (ZipEntry entry = in.getNextEntry(); entry != null; entry = in.getNextEntry()) {
        int slash = entry.getName().indexOf('/');
        directory = entry.getName().substring(0, slash);
        files.put(entry.getName().substring(slash + 1), in.readAllBytes());
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return new Opened(directory, files);
  }

  Opened with(String path, byte[] bytes) {
    var changed = new TreeMap<>(files);
    changed.put(path, bytes);
    return new Opened(directory, changed);
  }

  Opened with(String path, String text) {
    return with(path, text.getBytes(StandardCharsets.UTF_8));
  }

  Opened without(String path) {
    var changed = new TreeMap<>(files);
    if (changed.remove(path) == null) {
      throw new IllegalArgumentException("there is no " + path);
    }
    return new Opened(directory, changed);
  }

  byte[] file(String path) {
    return files.getOrDefault(path, new byte[0]);
  }

  String text(String path) {
    return new String(file(path), StandardCharsets.UTF_8);
  }

  /// The first file under a prefix.
  String first(String prefix) {
    return files.tailMap(prefix).firstKey();
  }

  /// The manifests made again, as anybody can.
  Opened listed() {
    var payload = new TreeMap<String, String>();
    long octets = 0;
    for (Map.Entry<String, byte[]> file : files.entrySet()) {
      if (file.getKey().startsWith("data/")) {
        payload.put(file.getKey(), Sha256.hex(file.getValue()));
        octets += file.getValue().length;
      }
    }
    Opened listed =
        with(BagNames.MANIFEST, Bag.manifest(payload))
            .with(
                BagNames.INFO,
                text(BagNames.INFO)
                    .replaceFirst(
                        "Payload-Oxum: .*",
                        "Payload-Oxum: %d.%d".formatted(octets, payload.size())));
    var tags = new TreeMap<String, String>();
    for (String tag : new String[] {BagNames.BAGIT, BagNames.INFO, BagNames.MANIFEST}) {
      tags.put(tag, Sha256.hex(listed.file(tag)));
    }
    return listed.with(BagNames.TAG_MANIFEST, Bag.manifest(tags));
  }

  /// The statement made and signed again, as only an insider can.
  Opened signed(EvidenceSigner signer, UnaryOperator<Statement> change) {
    Statement old = Statement.parse(SigstoreBundle.parse(file(BagNames.SIGSTORE)).payload());
    var subjects = new TreeMap<String, String>();
    files.forEach((path, bytes) -> {
      if (!path.equals(BagNames.SIGSTORE) && !path.equals(BagNames.EVIDENCE_STAMP)) {
        subjects.put(path, Sha256.hex(bytes));
      }
    });
    Statement said =
        change.apply(
            new Statement(
                old.bundle(), old.scope(), old.ledger(), old.producer(), old.stamps(), subjects));
    return with(BagNames.SIGSTORE, SigstoreBundle.sign(said.json(), signer).json());
  }

  Opened signed(EvidenceSigner signer) {
    return signed(signer, UnaryOperator.identity());
  }

  byte[] zip() {
    try {
      Path central = Files.createTempFile("central", ".spool");
      try {
        var out = new ByteArrayOutputStream();
        var zip = new ZipWriter(out, central);
        for (Map.Entry<String, byte[]> file : files.entrySet()) {
          var crc = new CRC32();
          crc.update(file.getValue());
          zip.file(directory + "/" + file.getKey(), file.getValue().length, (int) crc.getValue());
          zip.content(file.getValue(), file.getValue().length);
        }
        zip.finish();
        return out.toByteArray();
      } finally {
        Files.delete(central);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
