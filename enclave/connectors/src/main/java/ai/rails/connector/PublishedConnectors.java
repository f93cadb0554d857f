package ai.rails.connector;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

/// A directory of connectors that were published to an installation, beside those of its build.
///
/// * `publishers.txt`: a line `<key id> <raw Ed25519 public key, base64>` for each publisher;
/// * `digests.txt`: a line `<name>@<version> <digest>` for each that was published, append-only;
/// * `revoked.txt`: a line with a digest, or several, each of which runs nowhere any more;
/// * `<name>-<version>.json`: the signed manifests.
///
/// Lines that begin with `#` say nothing. One bad manifest refuses the directory: an installation
/// never runs with fewer connectors than it was told.
public final class PublishedConnectors {
  private static final String PUBLISHERS = "publishers.txt";
  private static final String DIGESTS = "digests.txt";
  private static final String REVOKED = "revoked.txt";
  private static final int MOST = 500;

  private final Path directory;

  /// @param directory need not exist: then nothing is published
  public PublishedConnectors(Path directory) {
    this.directory = directory;
  }

  /// This build's connectors and the published ones, without those that are revoked now or later.
  ///
  /// @throws IllegalArgumentException naming the file and why it is refused
  public Connectors load() {
    Collection<Connector> all = new ArrayList<>(Connectors.builtIn().all());
    Map<String, String> pinned = pinned();
    all.forEach(each -> pinned.put(each.toString(), each.digest()));
    for (Path file : manifests()) {
      all.add(check(file, bytes(file), pinned));
    }
    return new Connectors(all, this::revoked);
  }

  /// Takes a signed manifest into the directory.
  ///
  /// @throws IllegalArgumentException saying why it is refused
  public Connector publish(byte[] manifest) {
    Connector read = Connectors.read(manifest);
    Path file = directory.resolve(read.name() + "-" + read.version() + ".json");
    Map<String, String> pinned = pinned();
    Connectors.builtIn().all().forEach(each -> pinned.put(each.toString(), each.digest()));
    boolean known = pinned.containsKey(read.toString());
    pinned.putIfAbsent(read.toString(), read.digest());
    Connector checked = check(file, manifest, pinned);
    if (revoked().contains(checked.digest())) {
      throw new IllegalArgumentException("%s is revoked".formatted(checked));
    }
    if (!known) {
      append(DIGESTS, checked + " " + checked.digest());
    }
    write(file, manifest);
    return checked;
  }

  /// From now on believes this publisher.
  public void trust(String keyId, byte[] publicKey) {
    append(PUBLISHERS, keyId + " " + Base64.getEncoder().encodeToString(publicKey));
  }

  /// From now on nothing with this digest runs, also in processes that were started before.
  public void revoke(String digest) {
    append(REVOKED, digest);
  }

  private static Connector check(Path file, byte[] manifest, Map<String, String> pinned) {
    try {
      Connector read = Connectors.read(manifest);
      ManifestSignature.verify(manifest, read.digest(), publishers(file));
      String published = pinned.get(read.toString());
      if (published == null) {
        throw new IllegalArgumentException("it was never published here");
      }
      if (!published.equals(read.digest())) {
        throw new IllegalArgumentException(
            "it has drifted: %s was published as %s and this is %s; publish a new version"
                .formatted(read, published, read.digest()));
      }
      return read;
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(
          "connector %s is refused: %s".formatted(file.getFileName(), e.getMessage()), e);
    }
  }

  private static Map<String, byte[]> publishers(Path manifest) {
    Map<String, byte[]> keys = new LinkedHashMap<>();
    pairs(manifest.resolveSibling(PUBLISHERS))
        .forEach((id, key) -> keys.put(id, Base64.getDecoder().decode(key)));
    return keys;
  }

  private Map<String, String> pinned() {
    return pairs(directory.resolve(DIGESTS));
  }

  private Set<String> revoked() {
    return new HashSet<>(lines(directory.resolve(REVOKED)));
  }

  private List<Path> manifests() {
    if (!Files.isDirectory(directory)) {
      return List.of();
    }
    try (Stream<Path> files = Files.list(directory)) {
      List<Path> found = files.filter(each -> each.toString().endsWith(".json")).sorted().toList();
      if (found.size() > MOST) {
        throw new IllegalArgumentException(
            "%s has more than %d connectors".formatted(directory, MOST));
      }
      return found;
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read " + directory, e);
    }
  }

  private static Map<String, String> pairs(Path file) {
    Map<String, String> pairs = new LinkedHashMap<>();
    for (String line : lines(file)) {
      String[] parts = line.split(" +", 2);
      if (parts.length != 2 || pairs.putIfAbsent(parts[0], parts[1].strip()) != null) {
        throw new IllegalArgumentException(
            "%s has a line that is no pair, or a pair twice: %s"
                .formatted(file.getFileName(), line));
      }
    }
    return pairs;
  }

  private static List<String> lines(Path file) {
    if (!Files.exists(file)) {
      return List.of();
    }
    return new String(bytes(file), StandardCharsets.UTF_8)
        .lines()
        .map(String::strip)
        .filter(line -> !line.isEmpty() && !line.startsWith("#"))
        .toList();
  }

  private static byte[] bytes(Path file) {
    try {
      return Files.readAllBytes(file);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read " + file, e);
    }
  }

  private void append(String name, String line) {
    try {
      Files.createDirectories(directory);
      Files.writeString(
          directory.resolve(name),
          line + "\n",
          StandardOpenOption.CREATE,
          StandardOpenOption.APPEND);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot write %s in %s".formatted(name, directory), e);
    }
  }

  private static void write(Path file, byte[] bytes) {
    Path fresh = file.resolveSibling(file.getFileName() + ".part");
    try {
      Files.write(fresh, bytes);
      Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot write " + file, e);
    }
  }
}
