package ai.rails.attestation.measurement;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;

import ai.rails.attestation.format.Bytes;

/// An EFI executable with sections that a test names.
final class SmallKernel {
  private static final int HEADER = 0x80;
  private static final int OPTIONAL = HEADER + 24;
  private static final int OPTIONAL_BYTES = 240;
  static final int HEADERS = 0x400;
  static final int CHECKSUM = OPTIONAL + 64;
  static final int SECURITY = OPTIONAL + 112 + 4 * 8;
  private static final int ALIGNMENT = 0x200;
  private final Map<String, byte[]> sections = new LinkedHashMap<>();

  SmallKernel with(String name, byte[] content) {
    sections.put(name, content);
    return this;
  }

  SmallKernel with(String name, String content) {
    return with(name, content.getBytes(StandardCharsets.UTF_8));
  }

  Bytes bytes() {
    int total = HEADERS + sections.values().stream().mapToInt(SmallKernel::padded).sum();
    ByteBuffer file = ByteBuffer.allocate(total).order(ByteOrder.LITTLE_ENDIAN);
    file.put(0, new byte[] {'M', 'Z'}).putInt(0x3C, HEADER).putInt(HEADER, 0x4550);
    file.putShort(HEADER + 6, (short) sections.size());
    file.putShort(HEADER + 20, (short) OPTIONAL_BYTES);
    file.putShort(OPTIONAL, (short) 0x20B).putInt(OPTIONAL + 60, HEADERS);
    file.putInt(OPTIONAL + 108, 16);
    int at = OPTIONAL + OPTIONAL_BYTES;
    int offset = HEADERS;
    for (Map.Entry<String, byte[]> each : sections.entrySet()) {
      file.put(at, Arrays.copyOf(each.getKey().getBytes(StandardCharsets.US_ASCII), 8));
      file.putInt(at + 8, each.getValue().length).putInt(at + 12, offset);
      file.putInt(at + 16, padded(each.getValue())).putInt(at + 20, offset);
      file.put(offset, each.getValue());
      offset += padded(each.getValue());
      at += 40;
    }
    return Bytes.copyOf(file.array());
  }

  private static int padded(byte[] content) {
    return (content.length + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
  }
}
