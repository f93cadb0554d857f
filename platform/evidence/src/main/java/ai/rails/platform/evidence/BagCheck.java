package ai.rails.platform.evidence;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Iterator;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/// Checks that a bundle is a valid bag: each file is listed, no listed file is missing or changed,
/// and nothing is there that is not listed.
final class BagCheck {
  private static final int TAG_BYTES_MAX = 4_096;
  private static final int LINE_MAX = 400;

  /// What may lie outside of the manifests: it is made after them.
  private static final Set<String> OUTSIDE =
      Set.of(
          BagNames.TAG_MANIFEST,
          BagNames.SIGSTORE,
          BagNames.EVIDENCE_STAMP,
          BagNames.CHECKPOINT_STAMP,
          BagNames.TRUST_LOG,
          BagNames.TRUST_POLICY,
          BagNames.TRUST_EVIDENCE,
          BagNames.TRUST_STAMPS);

  private final Bundle bundle;

  BagCheck(Bundle bundle) {
    this.bundle = bundle;
  }

  /// @return what was found, in a sentence
  /// @throws Refused at the first thing that is wrong
  String check() {
    String declaration = text(BagNames.BAGIT);
    Refused.unless(
        declaration.equals(Bag.DECLARATION),
        BagNames.BAGIT,
        "it does not declare a bag of version 1.0 in UTF-8");
    Bag.Payload info =
        Bag.parseInfo(text(BagNames.INFO))
            .orElseThrow(() -> new Refused(BagNames.INFO, "it is not in a bundle's form"));
    Refused.unless(
        info.id().equals(bundle.id()),
        BagNames.INFO,
        "it names bundle %s, and the directory bundle %s".formatted(info.id(), bundle.id()));
    tagManifest();
    payload(info);
    return "%d payload files, %d bytes".formatted(info.files(), info.octets());
  }

  private void tagManifest() {
    SortedMap<String, String> digests = new TreeMap<>();
    for (String path : new String[] {BagNames.BAGIT, BagNames.INFO, BagNames.MANIFEST}) {
      digests.put(
          path, bundle.sha256(path).orElseThrow(() -> new Refused(path, "the file is missing")));
    }
    byte[] expected = Bag.manifest(digests);
    Refused.unless(
        Arrays.equals(bundle.read(BagNames.TAG_MANIFEST, TAG_BYTES_MAX), expected),
        BagNames.TAG_MANIFEST,
        "it does not list bagit.txt, bag-info.txt and manifest-sha256.txt with their hashes");
  }

  /// Files and lines are both in order, so they are gone through side by side.
  private void payload(Bag.Payload info) {
    Iterator<byte[]> lines = bundle.lines(BagNames.MANIFEST, LINE_MAX);
    long octets = 0;
    long files = 0;
    for (int file = 0; file < bundle.files(); file++) {
      String path = bundle.path(file);
      if (!path.startsWith(BagNames.DATA)) {
        Refused.unless(isTag(path) || OUTSIDE.contains(path), path, "the file is in no manifest");
        continue;
      }
      Bag.Line line = lines.hasNext() ? line(lines.next()) : new Bag.Line("", "");
      int order = line.path().isEmpty() ? 1 : line.path().compareTo(path);
      Refused.unless(order >= 0, line.path(), "the manifest lists it, and it is missing");
      Refused.unless(order == 0, path, "the file is in no manifest");
      Refused.unless(
          bundle.sha256(file).equals(line.sha256()),
          path,
          "its SHA-256 is not that of the manifest");
      octets += bundle.size(file);
      files++;
    }
    if (lines.hasNext()) {
      throw new Refused(line(lines.next()).path(), "the manifest lists it, and it is missing");
    }
    Refused.unless(
        octets == info.octets() && files == info.files(),
        BagNames.INFO,
        "Payload-Oxum is not %d.%d".formatted(octets, files));
  }

  private static Bag.Line line(byte[] bytes) {
    return Bag.parse(new String(bytes, StandardCharsets.ISO_8859_1))
        .orElseThrow(() -> new Refused(BagNames.MANIFEST, "a line is not as sha256sum writes it"));
  }

  private String text(String path) {
    return new String(bundle.read(path, TAG_BYTES_MAX), StandardCharsets.UTF_8);
  }

  private static boolean isTag(String path) {
    return path.equals(BagNames.BAGIT)
        || path.equals(BagNames.INFO)
        || path.equals(BagNames.MANIFEST);
  }
}
