package ai.rails.projection.http;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.zip.GZIPOutputStream;

import ai.rails.platform.http.Answer;
import ai.rails.platform.http.Request;

/// One file of the console, compressed once. Immutable.
final class ConsoleFile {
  private static final int WORTH_COMPRESSING = 1_024;

  private final String type;
  private final byte[] plain;
  private final byte[] zipped;
  private final String tag;

  private ConsoleFile(String type, byte[] plain, byte[] zipped, String tag) {
    this.type = type;
    this.plain = plain;
    this.zipped = zipped;
    this.tag = tag;
  }

  /// @param bytes belong to the file from now on
  static ConsoleFile of(String type, byte[] bytes) {
    boolean text = type.startsWith("text/") || type.endsWith("json") || type.contains("svg");
    byte[] zipped = text && bytes.length > WORTH_COMPRESSING ? zip(bytes) : new byte[0];
    return new ConsoleFile(type, bytes, zipped, tag(bytes));
  }

  Answer answer(Request request) {
    boolean zips =
        zipped.length > 0
            && request
                .header("Accept-Encoding")
                .filter(names -> names.contains("gzip"))
                .isPresent();
    Answer answer =
        Answer.bytes(200, type, zips ? zipped : plain).header("Vary", "Accept-Encoding");
    return zips ? answer.header("Content-Encoding", "gzip").etag(tag + "-gzip") : answer.etag(tag);
  }

  private static byte[] zip(byte[] bytes) {
    var out = new ByteArrayOutputStream();
    try (var gzip = new GZIPOutputStream(out)) {
      gzip.write(bytes);
    } catch (IOException e) {
      throw new UncheckedIOException("memory does not fail", e);
    }
    return out.toByteArray();
  }

  private static String tag(byte[] bytes) {
    try {
      byte[] hash = MessageDigest.getInstance("SHA-256").digest(bytes);
      return HexFormat.of().formatHex(Arrays.copyOf(hash, 16));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }
}
