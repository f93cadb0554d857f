package ai.rails.command.policy;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Map;
import java.util.TreeMap;
import java.util.zip.GZIPInputStream;

/// Reads a tarball back.
final class Tar {
  private Tar() {}

  static Map<String, byte[]> unpack(byte[] archive) throws IOException {
    byte[] tar;
    try (GZIPInputStream gzip = new GZIPInputStream(new ByteArrayInputStream(archive))) {
      tar = gzip.readAllBytes();
    }
    Map<String, byte[]> files = new TreeMap<>();
    int at = 0;
    while (tar[at] != 0) {
      String name = new String(tar, at, 100, StandardCharsets.US_ASCII).replace("\0", "");
      int size = Integer.parseInt(new String(tar, at + 124, 11, StandardCharsets.US_ASCII), 8);
      files.put(name, Arrays.copyOfRange(tar, at + 512, at + 512 + size));
      at += 512 + (size + 511) / 512 * 512;
    }
    return files;
  }
}
