package ai.rails.platform.evidence;

import java.io.IOException;
import java.nio.charset.Charset;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/// Checks any bag in a directory (BagIt 0.93 to 1.0, RFC 8493): complete, valid, and nothing in it
/// that no manifest lists. Nothing is fetched: a file that lies elsewhere makes a bag incomplete.
public final class BagDirectory {
  /// What is wrong, and what is merely odd.
  public record Report(List<String> problems, List<String> warnings) {
    public Report {
      problems = List.copyOf(problems);
      warnings = List.copyOf(warnings);
    }
  }

  private static final int DEPTH = 64;
  private static final Pattern MANIFEST = Pattern.compile("manifest-([A-Za-z0-9-]+)\\.txt");
  private static final Pattern TAG_MANIFEST = Pattern.compile("tagmanifest-([A-Za-z0-9-]+)\\.txt");
  private static final Pattern FETCH = Pattern.compile("(\\S+)[ \\t]+(\\d+|-)[ \\t]+(.+)");

  private final Path bag;
  private final List<String> problems = new ArrayList<>();
  private final Set<String> warnings = new LinkedHashSet<>();

  private BagDirectory(Path bag) {
    this.bag = bag;
  }

  /// @throws IOException if the directory can not be read
  public static Report check(Path bag) throws IOException {
    var directory = new BagDirectory(bag);
    try {
      directory.check();
    } catch (BagText.Unreadable unreadable) {
      directory.problems.add(unreadable.getMessage());
    }
    return new Report(directory.problems, List.copyOf(directory.warnings));
  }

  private void check() throws IOException {
    BagText.Declaration declaration = BagText.declaration(bag.resolve("bagit.txt"));
    if (!Files.isDirectory(bag.resolve("data"))) {
      problems.add("there is no directory data/");
      return;
    }
    payload(declaration);
    for (BagManifest manifest : manifests(TAG_MANIFEST, declaration)) {
      for (BagManifest.Line line : manifest.lines()) {
        file(manifest, line, false);
      }
    }
    info("bag-info.txt", declaration.charset());
    info("package-info.txt", declaration.charset());
  }

  private void payload(BagText.Declaration declaration) throws IOException {
    List<BagManifest> manifests = manifests(MANIFEST, declaration);
    if (manifests.isEmpty()) {
      problems.add("there is no payload manifest");
    }
    Set<Path> anywhere = new TreeSet<>();
    var each = new ArrayList<Set<Path>>();
    for (BagManifest manifest : manifests) {
      Set<Path> listed = new TreeSet<>();
      for (BagManifest.Line line : manifest.lines()) {
        file(manifest, line, true).ifPresent(listed::add);
      }
      anywhere.addAll(listed);
      each.add(listed);
    }
    fetch(declaration);
    try (Stream<Path> files = Files.walk(bag.resolve("data"), DEPTH)) {
      for (Path file : files.filter(f -> !Files.isDirectory(f)).sorted().toList()) {
        if (!Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)) {
          problems.add("%s is no regular file".formatted(name(file)));
        }
        boolean everywhere = each.stream().allMatch(listed -> listed.contains(file));
        if (!anywhere.contains(file)) {
          problems.add("%s is in no manifest".formatted(name(file)));
        } else if (!everywhere && declaration.strict()) {
          problems.add("%s is not in every manifest".formatted(name(file)));
        }
      }
    }
  }

  private List<BagManifest> manifests(Pattern names, BagText.Declaration declaration)
      throws IOException {
    var manifests = new ArrayList<BagManifest>();
    try (Stream<Path> files = Files.list(bag)) {
      for (Path file : files.filter(Files::isRegularFile).sorted().toList()) {
        var name = names.matcher(String.valueOf(file.getFileName()));
        if (name.matches()) {
          BagManifest manifest = BagManifest.read(file, name.group(1), declaration);
          problems.addAll(manifest.problems());
          warnings.addAll(manifest.warnings());
          manifests.add(manifest);
        }
      }
    }
    return manifests;
  }

  /// @return the file that the line stands for, if it is there
  private Optional<Path> file(BagManifest manifest, BagManifest.Line line, boolean payload)
      throws IOException {
    String name = line.name();
    if (!inside(name) || (payload && !name.startsWith("data/"))) {
      problems.add("%s lists %s, which lies outside".formatted(manifest.name(), name));
      return Optional.empty();
    }
    Optional<Path> found = BagFiles.find(bag, name, warnings);
    if (found.isEmpty()) {
      problems.add("%s lists %s, which is missing".formatted(manifest.name(), name));
    } else if (!manifest.digest(found.get()).equals(line.digest())) {
      problems.add("%s: %s is another one than listed".formatted(manifest.name(), name));
    }
    return found;
  }

  private void fetch(BagText.Declaration declaration) throws IOException {
    Path file = bag.resolve("fetch.txt");
    if (!Files.isRegularFile(file)) {
      return;
    }
    for (String line : BagText.lines(file, declaration.charset())) {
      if (line.isBlank()) {
        continue;
      }
      var parts = FETCH.matcher(line);
      if (!parts.matches()) {
        problems.add("fetch.txt has a line that is no URL, length and name");
        continue;
      }
      String name = BagText.decoded(parts.group(3));
      if (!inside(name) || !name.startsWith("data/")) {
        problems.add("fetch.txt names %s, which lies outside of data/".formatted(name));
      } else if (BagFiles.find(bag, name, warnings).isEmpty()) {
        problems.add("%s was not fetched; nothing is fetched here".formatted(name));
      }
    }
  }

  /// The metadata must be readable, and the payload's size must be what it says.
  private void info(String name, Charset charset) throws IOException {
    Path file = bag.resolve(name);
    if (!Files.isRegularFile(file)) {
      return;
    }
    for (String line : BagText.lines(file, charset)) {
      boolean continued = line.startsWith(" ") || line.startsWith("\t");
      if (!line.isBlank() && !continued && line.indexOf(':') < 1) {
        problems.add("%s has a line without a label".formatted(name));
      }
      if (line.startsWith("Payload-Oxum:")) {
        oxum(line.substring("Payload-Oxum:".length()).strip());
      }
    }
  }

  private void oxum(String said) throws IOException {
    long bytes = 0;
    long count = 0;
    try (Stream<Path> files = Files.walk(bag.resolve("data"), DEPTH)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        bytes += Files.size(file);
        count++;
      }
    }
    String found = bytes + "." + count;
    if (!found.equals(said)) {
      problems.add(
          "the payload is %s bytes and files, Payload-Oxum says %s".formatted(found, said));
    }
  }

  /// A name that can only mean a place in the bag, on any system.
  private static boolean inside(String name) {
    boolean odd =
        name.isEmpty()
            || name.startsWith("/")
            || name.startsWith("~")
            || name.startsWith("\\")
            || name.indexOf('\0') >= 0
            || name.matches("[A-Za-z]:.*");
    return !odd && !("/" + name + "/").contains("/../");
  }

  private String name(Path file) {
    return bag.relativize(file).toString();
  }
}
