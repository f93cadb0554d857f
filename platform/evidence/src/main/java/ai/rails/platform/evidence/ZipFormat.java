package ai.rails.platform.evidence;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/// The records of the one form of zip archive that a bundle has. Writer and reader share them: a
/// reader makes the record that must be there and compares, so not one byte is left to choose.
final class ZipFormat {
  /// Largest file, in bytes: below what would need another form of record.
  static final long FILE_BYTES_MAX = (1L << 31) - 1;

  static final int LOCAL_BYTES = 30;
  static final int CENTRAL_BYTES = 46;
  static final int END_BYTES = 22;
  static final int END64_BYTES = 56;
  static final int LOCATOR_BYTES = 20;
  static final int LOCAL_MARK = 0x04034b50;
  static final int CENTRAL_MARK = 0x02014b50;
  static final int END_MARK = 0x06054b50;

  private static final int END64_MARK = 0x06064b50;
  private static final int LOCATOR_MARK = 0x07064b50;
  private static final int LOCAL_VERSION = 10;
  private static final int VERSION_64 = 45;

  /// 1 January 1980, the first day that the format knows.
  private static final int DATE = (1 << 5) | 1;

  private static final int EXTRA_64 = 1;
  private static final int EXTRA_64_BYTES = 12;
  private static final long MAX_32 = 0xFFFF_FFFFL;
  private static final int MAX_16 = 0xFFFF;

  private ZipFormat() {}

  static byte[] local(byte[] name, long size, int crc) {
    byte[] bytes = new byte[LOCAL_BYTES + name.length];
    buffer(bytes)
        .putInt(LOCAL_MARK)
        .putShort((short) LOCAL_VERSION)
        .putShort((short) 0) // flags
        .putShort((short) 0) // stored
        .putShort((short) 0) // midnight
        .putShort((short) DATE)
        .putInt(crc)
        .putInt((int) size)
        .putInt((int) size)
        .putShort((short) name.length)
        .putShort((short) 0) // extra
        .put(name);
    return bytes;
  }

  /// @param offset of the local record; from 4 GiB on it moves to an extra field
  static byte[] central(byte[] name, long size, int crc, long offset) {
    boolean far = offset >= MAX_32;
    byte[] bytes = new byte[CENTRAL_BYTES + name.length + (far ? EXTRA_64_BYTES : 0)];
    ByteBuffer record =
        buffer(bytes)
            .putInt(CENTRAL_MARK)
            .putShort((short) (far ? VERSION_64 : LOCAL_VERSION))
            .putShort((short) (far ? VERSION_64 : LOCAL_VERSION))
            .putShort((short) 0) // flags
            .putShort((short) 0) // stored
            .putShort((short) 0) // midnight
            .putShort((short) DATE)
            .putInt(crc)
            .putInt((int) size)
            .putInt((int) size)
            .putShort((short) name.length)
            .putShort((short) (far ? EXTRA_64_BYTES : 0))
            .putShort((short) 0) // comment
            .putShort((short) 0) // disk
            .putShort((short) 0) // internal attributes
            .putInt(0) // external attributes
            .putInt((int) Math.min(offset, MAX_32))
            .put(name);
    if (far) {
      record.putShort((short) EXTRA_64).putShort((short) Long.BYTES).putLong(offset);
    }
    return bytes;
  }

  /// What ends an archive: more records when there are many files or bytes.
  static byte[] end(long files, long directoryBytes, long directoryOffset) {
    boolean large = files >= MAX_16 || directoryBytes >= MAX_32 || directoryOffset >= MAX_32;
    byte[] bytes = new byte[END_BYTES + (large ? END64_BYTES + LOCATOR_BYTES : 0)];
    ByteBuffer end = buffer(bytes);
    if (large) {
      end.putInt(END64_MARK)
          .putLong(END64_BYTES - Integer.BYTES - Long.BYTES)
          .putShort((short) VERSION_64)
          .putShort((short) VERSION_64)
          .putInt(0)
          .putInt(0)
          .putLong(files)
          .putLong(files)
          .putLong(directoryBytes)
          .putLong(directoryOffset)
          .putInt(LOCATOR_MARK)
          .putInt(0)
          .putLong(directoryOffset + directoryBytes)
          .putInt(1);
    }
    end.putInt(END_MARK)
        .putShort((short) 0)
        .putShort((short) 0)
        .putShort((short) Math.min(files, MAX_16))
        .putShort((short) Math.min(files, MAX_16))
        .putInt((int) Math.min(directoryBytes, MAX_32))
        .putInt((int) Math.min(directoryOffset, MAX_32))
        .putShort((short) 0);
    return bytes;
  }

  private static ByteBuffer buffer(byte[] bytes) {
    return ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
  }
}
