package ai.rails.attestation.format;

/// Reads a structure front to back: unsigned little-endian numbers and byte strings. Lengths are
/// compared with what is left before anything is allocated. One reader, one thread.
public final class LittleEndian {
  private final Bytes source;
  private final int end;
  private int position;

  public LittleEndian(Bytes source) {
    this(source, 0, source.length());
  }

  private LittleEndian(Bytes source, int from, int end) {
    this.source = source;
    this.position = from;
    this.end = end;
  }

  public int u8() throws Malformed {
    require(1);
    return source.at(position++);
  }

  public int u16() throws Malformed {
    return (int) number(2);
  }

  /// 0 to 4294967295.
  public long u32() throws Malformed {
    return number(4);
  }

  /// All 64 bits; the highest is the sign of a Java long.
  public long u64() throws Malformed {
    return number(8);
  }

  public Bytes bytes(long length) throws Malformed {
    require(length);
    Bytes slice = source.slice(position, (int) length);
    position += (int) length;
    return slice;
  }

  /// The next bytes, which stay next.
  public Bytes peek(long length) throws Malformed {
    require(length);
    return source.slice(position, (int) length);
  }

  /// A reader of the next bytes alone; this one goes on after them.
  public LittleEndian part(long length) throws Malformed {
    require(length);
    var part = new LittleEndian(source, position, position + (int) length);
    position += (int) length;
    return part;
  }

  /// Bytes that must be zero.
  public void zeros(long length, String where) throws Malformed {
    if (!bytes(length).isZero()) {
      throw new Malformed(where + ": reserved bytes are not zero");
    }
  }

  public int position() {
    return position;
  }

  public int remaining() {
    return end - position;
  }

  public void finished(String what) throws Malformed {
    if (remaining() != 0) {
      throw new Malformed("%s: %d bytes are left over".formatted(what, remaining()));
    }
  }

  private long number(int width) throws Malformed {
    require(width);
    long value = 0;
    for (int i = width - 1; i >= 0; i--) {
      value = value << Byte.SIZE | source.at(position + i);
    }
    position += width;
    return value;
  }

  private void require(long length) throws Malformed {
    if (length < 0 || length > remaining()) {
      throw new Malformed(
          "truncated: %d bytes needed at offset %d, %d are left"
              .formatted(length, position, remaining()));
    }
  }
}
