package ai.rails.app.journey;

import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

import static java.nio.charset.StandardCharsets.UTF_16BE;
import static java.nio.charset.StandardCharsets.UTF_16LE;
import static java.nio.charset.StandardCharsets.UTF_8;

/// A word that no text has by chance, and the forms in which it may have been written down.
///
/// @param name what it stands for
/// @param word lower-case letters, so that no redaction takes it for a number or a key
record Canary(String name, String word) {
  private static final SecureRandom RANDOM = new SecureRandom();
  private static final int LETTERS = 16;

  /// The bytes of a word in one encoding.
  ///
  /// @param bytes as ISO-8859-1 characters
  record Form(String name, String bytes) {}

  static Canary of(String name) {
    StringBuilder word = new StringBuilder("zq");
    RANDOM.ints(LETTERS, 'a', 'z' + 1).forEach(word::appendCodePoint);
    return new Canary(name, word.toString());
  }

  List<Form> forms() {
    List<Form> forms = new ArrayList<>();
    byte[] plain = word.getBytes(UTF_8);
    forms.add(new Form("text", word));
    forms.add(new Form("upper-case", word.toUpperCase(Locale.ROOT)));
    forms.add(new Form("utf-16le", latin(word.getBytes(UTF_16LE))));
    forms.add(new Form("utf-16be", latin(word.getBytes(UTF_16BE))));
    forms.add(new Form("hex", HexFormat.of().formatHex(plain)));
    forms.add(new Form("upper-hex", HexFormat.of().withUpperCase().formatHex(plain)));
    forms.add(new Form("json-escaped", each("\\u%04x")));
    forms.add(new Form("upper-json-escaped", each("\\u%04X")));
    forms.add(new Form("percent-encoded", each("%%%02X")));
    for (int i = 0; i < 3; i++) {
      String once = base64(plain, i);
      forms.add(new Form("base64-" + i, once));
      for (int j = 0; j < 3; j++) {
        forms.add(new Form("base64-%s-%s".formatted(i, j), base64(once.getBytes(UTF_8), j)));
      }
    }
    return List.copyOf(forms);
  }

  /// What of Base64 is the same whatever stands before and after.
  ///
  /// @param before how many bytes of a group of three stand before
  private static String base64(byte[] bytes, int before) {
    byte[] shifted = new byte[before + bytes.length];
    System.arraycopy(bytes, 0, shifted, before, bytes.length);
    String all = Base64.getEncoder().withoutPadding().encodeToString(shifted);
    return all.substring((before * 8 + 5) / 6, shifted.length * 8 / 6);
  }

  private String each(String format) {
    return word.chars().mapToObj(format::formatted).collect(Collectors.joining());
  }

  private static String latin(byte[] bytes) {
    return new String(bytes, java.nio.charset.StandardCharsets.ISO_8859_1);
  }
}
