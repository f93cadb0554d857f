package ai.rails.enclave.classifier;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;

import static java.nio.charset.StandardCharsets.UTF_8;

/// The model's file: magic, version, labels with biases, sorted terms (front coded) with idf,
/// half-precision weights, SHA-256 of all before.
final class ModelFile {
  private static final int MAGIC = 0x4149_5243; // "AIRC"
  private static final int VERSION = 1;
  private static final int DIGEST_BYTES = 32;
  private static final int MOST_LABELS = 4_096;
  private static final int MOST_TERMS = 4_000_000;
  private static final int MOST_TERM_BYTES = 1_024;

  private ModelFile() {}

  static byte[] write(List<String> labels, Vocabulary vocabulary, Logistic logistic) {
    var buffer = new ByteArrayOutputStream();
    try (DataOutputStream out = new DataOutputStream(buffer)) {
      out.writeInt(MAGIC);
      out.writeShort(VERSION);
      out.writeInt(labels.size());
      for (int i = 0; i < labels.size(); i++) {
        out.writeUTF(labels.get(i));
        out.writeFloat(logistic.bias(i));
      }
      out.writeInt(vocabulary.size());
      byte[] before = {};
      for (int i = 0; i < vocabulary.size(); i++) {
        byte[] term = vocabulary.term(i).getBytes(UTF_8);
        int shared = shared(before, term);
        out.writeShort(shared);
        out.writeShort(term.length - shared);
        out.write(term, shared, term.length - shared);
        out.writeFloat(vocabulary.idf(i));
        before = term;
      }
      for (int i = 0; i < vocabulary.size() * labels.size(); i++) {
        out.writeShort(Float.floatToFloat16(logistic.weight(i)));
      }
      out.flush();
      out.write(sha256(buffer.toByteArray()));
    } catch (IOException e) {
      throw new UncheckedIOException("a buffer in memory cannot fail", e);
    }
    return buffer.toByteArray();
  }

  static Model read(byte[] bytes) {
    if (bytes.length <= DIGEST_BYTES) {
      throw new IllegalArgumentException("a model of " + bytes.length + " bytes is cut off");
    }
    byte[] body = Arrays.copyOf(bytes, bytes.length - DIGEST_BYTES);
    if (!MessageDigest.isEqual(
        sha256(body), Arrays.copyOfRange(bytes, body.length, bytes.length))) {
      throw new IllegalArgumentException(
          "the model's bytes do not match its SHA-256 digest: it was cut off or changed");
    }
    try (DataInputStream in = new DataInputStream(new ByteArrayInputStream(body))) {
      Model model = read(in);
      if (in.available() > 0) {
        throw new IllegalArgumentException(in.available() + " bytes follow the model's weights");
      }
      return model;
    } catch (IOException e) {
      throw new IllegalArgumentException("the model's counts do not fit its length", e);
    }
  }

  /// The digest at the end of a model's bytes, in hexadecimal.
  static String digest(byte[] bytes) {
    return HexFormat.of().formatHex(bytes, bytes.length - DIGEST_BYTES, bytes.length);
  }

  private static Model read(DataInputStream in) throws IOException {
    if (in.readInt() != MAGIC) {
      throw new IllegalArgumentException("this is no offline-classifier model");
    }
    int version = in.readUnsignedShort();
    if (version != VERSION) {
      throw new IllegalArgumentException(
          "the model has format version " + version + "; this program reads version " + VERSION);
    }
    int labelCount = count("labels", in.readInt(), MOST_LABELS);
    List<String> labels = new ArrayList<>();
    float[] bias = new float[labelCount];
    for (int i = 0; i < labelCount; i++) {
      labels.add(in.readUTF());
      bias[i] = in.readFloat();
    }
    int termCount = count("terms", in.readInt(), MOST_TERMS);
    List<String> terms = new ArrayList<>();
    float[] idf = new float[termCount];
    byte[] term = {};
    for (int i = 0; i < termCount; i++) {
      int shared = count("shared bytes", in.readUnsignedShort(), term.length);
      int added = count("term bytes", in.readUnsignedShort(), MOST_TERM_BYTES);
      term = Arrays.copyOf(term, shared + added);
      in.readFully(term, shared, added);
      terms.add(new String(term, UTF_8));
      idf[i] = in.readFloat();
    }
    if ((long) termCount * labelCount * Short.BYTES != in.available()) {
      throw new IllegalArgumentException(
          "the model has "
              + in.available()
              + " bytes of weights for "
              + termCount
              + " terms and "
              + labelCount
              + " labels");
    }
    float[] weights = new float[termCount * labelCount];
    for (int i = 0; i < weights.length; i++) {
      weights[i] = Float.float16ToFloat(in.readShort());
    }
    return new Model(labels, new Vocabulary(terms, idf), new Logistic(labelCount, weights, bias));
  }

  private static int count(String what, int count, int most) {
    if (count < 0 || count > most) {
      throw new IllegalArgumentException(
          "the model claims " + count + " " + what + "; at most " + most + " are read");
    }
    return count;
  }

  private static int shared(byte[] before, byte[] term) {
    int difference = Arrays.mismatch(before, term);
    return difference < 0 ? term.length : difference;
  }

  private static byte[] sha256(byte[] bytes) {
    try {
      return MessageDigest.getInstance("SHA-256").digest(bytes);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }
}
