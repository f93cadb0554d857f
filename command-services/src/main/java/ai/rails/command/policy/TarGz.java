package ai.rails.command.policy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.SortedMap;
import java.util.zip.GZIPOutputStream;

/// Packs files into a tarball whose bytes depend on nothing but the files: sorted, no owner, no
/// time.
final class TarGz {
  private static final int BLOCK = 512;
  private static final int MAX_NAME = 100;

  private TarGz() {}

  /// @throws IllegalArgumentException if a path is absolute, climbs or is longer than 100 bytes
  static byte[] pack(SortedMap<String, byte[]> files) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (GZIPOutputStream gzip = new GZIPOutputStream(bytes)) {
      for (var file : files.entrySet()) {
        gzip.write(header(file.getKey(), file.getValue().length));
        gzip.write(file.getValue());
        gzip.write(new byte[(BLOCK - file.getValue().length % BLOCK) % BLOCK]);
      }
      gzip.write(new byte[2 * BLOCK]);
    } catch (IOException e) {
      throw new UncheckedIOException("memory can not be written", e);
    }
    return bytes.toByteArray();
  }

  private static byte[] header(String path, int size) {
    byte[] name = path.getBytes(StandardCharsets.US_ASCII);
    if (name.length > MAX_NAME || path.startsWith("/") || path.contains("..")) {
      throw new IllegalArgumentException("not a path in a bundle: " + path);
    }
    byte[] header = new byte[BLOCK];
    System.arraycopy(name, 0, header, 0, name.length);
    put(header, 100, "0000644\0");
    put(header, 108, "0000000\0");
    put(header, 116, "0000000\0");
    put(header, 124, "%011o ".formatted(size));
    put(header, 136, "00000000000 ");
    put(header, 148, "        ");
    header[156] = '0';
    put(header, 257, "ustar\00000");
    put(header, 148, "%06o\0 ".formatted(checksum(header)));
    return header;
  }

  private static int checksum(byte[] header) {
    int sum = 0;
    for (byte b : header) {
      sum += b & 0xff;
    }
    return sum;
  }

  private static void put(byte[] header, int at, String text) {
    byte[] bytes = text.getBytes(StandardCharsets.US_ASCII);
    System.arraycopy(bytes, 0, header, at, bytes.length);
  }
}
