package ai.rails.app.journey;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;
import java.util.zip.ZipInputStream;

import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.record.internal.FileRecords;
import org.apache.kafka.common.record.internal.Record;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

/// Looks for canaries in bytes: as they are, in what is gzip anywhere in them, in zip entries and
/// in the records of Kafka's segments, whatever their compression. One thread.
final class Search {
  private static final int CHUNK = 1 << 20;
  private static final int OVERLAP = 512;
  private static final int MOST_INFLATED = 16 << 20;
  private static final int MOST_NESTED = 3;
  private static final Pattern SEGMENT = Pattern.compile("\\d{20}\\.log");

  private final Wanted[][] byBeginning = new Wanted[1 << 16][];
  private final TreeSet<Hit> hits = new TreeSet<>();
  private long bytes;

  @SuppressWarnings("ArrayRecordComponent") // never compared
  private record Wanted(Canary canary, String form, byte[] bytes) {}

  /// Where a canary was found.
  record Hit(String canary, String where, String form) implements Comparable<Hit> {
    @Override
    public int compareTo(Hit other) {
      return toString().compareTo(other.toString());
    }
  }

  /// Bytes that can be read from any place on.
  @FunctionalInterface
  private interface Source {
    InputStream from(long offset) throws IOException;
  }

  Search(Canary... canaries) {
    for (Canary canary : canaries) {
      for (Canary.Form form : canary.forms()) {
        byte[] wanted = form.bytes().getBytes(ISO_8859_1);
        int beginning = (wanted[0] & 0xff) << 8 | wanted[1] & 0xff;
        Wanted[] known = byBeginning[beginning];
        int count = known == null ? 0 : known.length;
        Wanted[] more = known == null ? new Wanted[1] : Arrays.copyOf(known, count + 1);
        more[count] = new Wanted(canary, form.name(), wanted);
        byBeginning[beginning] = more;
      }
    }
  }

  /// The places in which a canary was found.
  List<Hit> of(Canary canary) {
    return hits.stream().filter(hit -> hit.canary().equals(canary.name())).toList();
  }

  long bytes() {
    return bytes;
  }

  /// All files below a directory, and their names.
  ///
  /// @param where how the directory is named in a hit
  void directory(String where, Path directory) throws IOException {
    try (Stream<Path> found = Files.walk(directory)) {
      for (Path file : found.toList()) {
        if (Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)) {
          file(where + "/" + directory.relativize(file), file);
        }
      }
    }
  }

  /// @param where how the file is named in a hit
  void file(String where, Path file) {
    bytes(where + " (its name)", file.getFileName().toString().getBytes(UTF_8), 0);
    try {
      scan(where, offset -> opened(file, offset), 0);
      if (SEGMENT.matcher(file.getFileName().toString()).matches()) {
        segment(where, file);
      }
      if (where.endsWith(".zip")) {
        entries(where, file);
      }
    } catch (java.nio.file.NoSuchFileException _) {
      // The system that wrote it has taken it away meanwhile.
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static InputStream opened(Path file, long offset) throws IOException {
    return Channels.newInputStream(FileChannel.open(file).position(offset));
  }

  private void segment(String where, Path file) throws IOException {
    FileRecords records = FileRecords.open(file.toFile(), false);
    try {
      for (Record each : records.records()) {
        String place = where + " record " + each.offset();
        buffer(place, each.key());
        buffer(place, each.value());
        for (Header header : each.headers()) {
          bytes(place, header.key().getBytes(UTF_8), 0);
          if (header.value() != null) {
            bytes(place, header.value(), 0);
          }
        }
      }
    } finally {
      // Its close would cut the file, which is another process's.
      records.closeHandlers();
    }
  }

  private void buffer(String where, @org.jspecify.annotations.Nullable ByteBuffer buffer) {
    if (buffer != null) {
      byte[] copy = new byte[buffer.remaining()];
      buffer.duplicate().get(copy);
      bytes(where, copy, 0);
    }
  }

  private void entries(String where, Path file) throws IOException {
    try (var zip = new ZipInputStream(Files.newInputStream(file))) {
      for (var entry = zip.getNextEntry(); entry != null; entry = zip.getNextEntry()) {
        bytes(where + "!" + entry.getName(), zip.readNBytes(MOST_INFLATED), 0);
      }
    }
  }

  private void bytes(String where, byte[] content, int nested) {
    try {
      scan(
          where,
          offset -> new ByteArrayInputStream(content, (int) offset, content.length - (int) offset),
          nested);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void scan(String where, Source source, int nested) throws IOException {
    byte[] chunk = new byte[CHUNK + OVERLAP];
    Set<Long> compressed = new TreeSet<>();
    try (InputStream in = source.from(0)) {
      int kept = 0;
      long start = 0;
      for (int read = in.readNBytes(chunk, 0, CHUNK);
          read > 0;
          read = in.readNBytes(chunk, kept, CHUNK)) {
        bytes += read;
        int length = kept + read;
        look(where, chunk, length, start, compressed);
        int keep = Math.min(OVERLAP, length);
        System.arraycopy(chunk, length - keep, chunk, 0, keep);
        start += length - keep;
        kept = keep;
      }
    }
    if (nested < MOST_NESTED) {
      for (long offset : compressed) {
        inflate(where, source, offset, nested);
      }
    }
  }

  private void look(String where, byte[] chunk, int length, long start, Set<Long> compressed) {
    for (int i = 0; i + 1 < length; i++) {
      int beginning = (chunk[i] & 0xff) << 8 | chunk[i + 1] & 0xff;
      Wanted[] candidates = byBeginning[beginning];
      if (candidates != null) {
        for (Wanted wanted : candidates) {
          int end = i + wanted.bytes().length;
          if (end <= length
              && Arrays.equals(chunk, i, end, wanted.bytes(), 0, wanted.bytes().length)) {
            hits.add(new Hit(wanted.canary().name(), where, wanted.form()));
          }
        }
      } else if (beginning == 0x1f8b && i + 2 < length && chunk[i + 2] == 8) {
        compressed.add(start + i);
      }
    }
  }

  /// What begins like gzip is read as far as it is.
  private void inflate(String where, Source source, long offset, int nested) throws IOException {
    var out = new java.io.ByteArrayOutputStream();
    try (InputStream in = new GZIPInputStream(source.from(offset))) {
      byte[] part = new byte[8192];
      for (int read = in.read(part); read > 0 && out.size() < MOST_INFLATED; read = in.read(part)) {
        out.write(part, 0, read);
      }
    } catch (java.util.zip.ZipException | java.io.EOFException _) {
      // Only the beginning was gzip, or nothing was.
    }
    if (out.size() > 0) {
      bytes(where + " (gzip at %s)".formatted(offset), out.toByteArray(), nested + 1);
    }
  }
}
