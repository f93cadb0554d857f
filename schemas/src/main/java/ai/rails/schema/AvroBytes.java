package ai.rails.schema;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

import org.apache.avro.AvroRuntimeException;
import org.apache.avro.Schema;
import org.apache.avro.SchemaNormalization;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.GenericDatumReader;
import org.apache.avro.generic.GenericDatumWriter;
import org.apache.avro.generic.GenericRecord;
import org.apache.avro.io.BinaryDecoder;
import org.apache.avro.io.BinaryEncoder;
import org.apache.avro.io.DecoderFactory;
import org.apache.avro.io.EncoderFactory;

/// Avro's single-object encoding: `C3 01`, the CRC-64-AVRO of the writer's schema (8 bytes, little
/// endian), the body. Stateless.
final class AvroBytes {
  private static final int FRAME = 10;
  private static final byte MARK = (byte) 0xC3;
  private static final byte VERSION = 1;

  /// With the fast reader, whose plans are cached by schema; the other caches by thread, which
  /// virtual threads defeat.
  private static final GenericData DATA = new GenericData().setFastReaderEnabled(true);

  private AvroBytes() {}

  static long fingerprint(Schema schema) {
    return SchemaNormalization.parsingFingerprint64(schema);
  }

  /// @throws Malformed if the bytes are not framed so, or longer than `bytesMax`
  static long fingerprint(byte[] bytes, int bytesMax) {
    if (bytes.length > bytesMax) {
      throw new Malformed("%d bytes; at most %d are allowed".formatted(bytes.length, bytesMax));
    }
    if (bytes.length < FRAME || bytes[0] != MARK || bytes[1] != VERSION) {
      throw new Malformed("not an Avro single object: it does not start with C3 01");
    }
    return ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).getLong(2);
  }

  /// @throws Malformed if the result would be longer than `bytesMax`
  static byte[] write(GenericRecord datum, long fingerprint, int bytesMax) {
    var out = new ByteArrayOutputStream(512);
    out.write(MARK);
    out.write(VERSION);
    out.writeBytes(
        ByteBuffer.allocate(Long.BYTES)
            .order(ByteOrder.LITTLE_ENDIAN)
            .putLong(fingerprint)
            .array());
    BinaryEncoder encoder = EncoderFactory.get().binaryEncoder(out, null);
    try {
      new GenericDatumWriter<GenericRecord>(datum.getSchema(), DATA).write(datum, encoder);
      encoder.flush();
    } catch (IOException e) {
      throw new IllegalStateException("writing to memory failed", e);
    }
    if (out.size() > bytesMax) {
      throw new Malformed(
          "%s needs %d bytes; at most %d are allowed"
              .formatted(datum.getSchema().getFullName(), out.size(), bytesMax));
    }
    return out.toByteArray();
  }

  /// Reads the whole body; bytes that follow it are refused.
  static GenericRecord read(byte[] bytes, Schema writer, Schema reader) {
    if (BodyCheck.remainingAfter(writer, bytes, FRAME) != 0) {
      throw new Malformed("bytes follow the body of " + writer.getFullName());
    }
    return readChecked(bytes, writer, reader);
  }

  /// Reads the members that `writer` has and ignores what follows the last of them.
  static GenericRecord readStart(byte[] bytes, Schema writer, Schema reader) {
    BodyCheck.remainingAfter(writer, bytes, FRAME);
    return readChecked(bytes, writer, reader);
  }

  private static GenericRecord readChecked(byte[] bytes, Schema writer, Schema reader) {
    BinaryDecoder decoder =
        DecoderFactory.get().binaryDecoder(bytes, FRAME, bytes.length - FRAME, null);
    try {
      return new GenericDatumReader<GenericRecord>(writer, reader, DATA)
          .read(new GenericData.Record(reader), decoder);
    } catch (IOException | AvroRuntimeException e) {
      throw new Malformed("the body is no " + writer.getFullName(), e);
    }
  }
}
