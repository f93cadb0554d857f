package ai.rails.schema;

import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;

import org.apache.avro.Schema;

/// Walks an Avro body before it is read: every length must lie within the bytes there are. Avro's
/// own decoder allocates what a length says before it looks, so a damaged length could ask for two
/// gigabytes. Knows the Avro types that our schemas use.
final class BodyCheck {
  private final ByteBuffer in;

  private BodyCheck(ByteBuffer in) {
    this.in = in;
  }

  /// @return how many bytes follow the datum
  /// @throws Malformed if the bytes are no datum of the schema
  static int remainingAfter(Schema schema, byte[] bytes, int offset) {
    ByteBuffer in = ByteBuffer.wrap(bytes, offset, bytes.length - offset);
    try {
      new BodyCheck(in).walk(schema);
    } catch (BufferUnderflowException e) {
      throw new Malformed("the body of %s is cut off".formatted(schema.getFullName()), e);
    }
    return in.remaining();
  }

  private void walk(Schema schema) {
    switch (schema.getType()) {
      case RECORD -> schema.getFields().forEach(field -> walk(field.schema()));
      case STRING, BYTES -> skip(number());
      case INT -> requireInt(number());
      case LONG -> number();
      case BOOLEAN -> require(in.get() >>> 1 == 0, "a boolean is neither 0 nor 1");
      case NULL -> {}
      case UNION -> union(schema);
      case ARRAY -> blocks(schema.getElementType(), false);
      case MAP -> blocks(schema.getValueType(), true);
      default -> throw new IllegalStateException("our schemas have no " + schema.getType());
    }
  }

  private void union(Schema schema) {
    long branch = number();
    require(branch >= 0 && branch < schema.getTypes().size(), "a union has no such branch");
    walk(schema.getTypes().get((int) branch));
  }

  /// Our writer gives no block sizes, so counts are never negative.
  private void blocks(Schema item, boolean keyed) {
    for (long count = number(); count != 0; count = number()) {
      require(count > 0 && count <= in.remaining(), "a collection has more items than bytes");
      for (long i = 0; i < count; i++) {
        if (keyed) {
          skip(number());
        }
        walk(item);
      }
    }
  }

  private void skip(long length) {
    require(length >= 0 && length <= in.remaining(), "a length lies outside the bytes");
    in.position(in.position() + (int) length);
  }

  private long number() {
    long value = 0;
    for (int shift = 0; shift < 64; shift += 7) {
      byte next = in.get();
      value |= (next & 0x7FL) << shift;
      if (next >= 0) {
        return (value >>> 1) ^ -(value & 1);
      }
    }
    throw new Malformed("a number has more than ten bytes");
  }

  private static void requireInt(long value) {
    require(value == (int) value, "a number does not fit 32 bits");
  }

  private static void require(boolean holds, String rule) {
    if (!holds) {
      throw new Malformed(rule);
    }
  }
}
