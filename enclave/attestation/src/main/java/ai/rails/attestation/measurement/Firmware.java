package ai.rails.attestation.measurement;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.List;

import ai.rails.attestation.format.Bytes;
import ai.rails.attestation.format.LittleEndian;
import ai.rails.attestation.format.Malformed;

/// A virtual firmware for TDX guests (TDVF): its metadata tell the host which pages it must add to
/// the guest and which of them to measure, and so what MRTD is.
///
/// @param image the file as it is
/// @param sections in the order of the metadata, which is the order of measurement
public record Firmware(Bytes image, List<Section> sections) {
  private static final int MOST_BYTES = 64 * 1024 * 1024;
  private static final int MOST_SECTIONS = 64;
  private static final long MOST_PAGES = 16 * 1024;
  private static final int GUID_BYTES = 16;
  private static final int TABLE_END = 32;
  private static final int ENTRY_BYTES = GUID_BYTES + Short.BYTES;
  private static final int PAGE_BYTES = 4096;
  private static final int CHUNK_BYTES = 256;
  private static final int BUFFER_BYTES = 128;
  private static final int ADDRESS_OFFSET = 16;

  /// 96b582de-1fb2-45f7-baea-a366c55a082d, as it lies in the file.
  private static final String TABLE = "de82b596b21ff745baeaa366c55a082d";

  /// e47a6535-984a-4798-865e-4685a7bf8ec2, as it lies in the file.
  private static final String METADATA = "35657ae44a989847865e4685a7bf8ec2";

  /// `TDVF`.
  private static final long SIGNATURE = 0x4656_4454L;

  public Firmware {
    sections = List.copyOf(sections);
  }

  /// What the host puts into the guest's memory.
  ///
  /// @param offset in the file, of `bytes` bytes
  /// @param address guest physical, of `memory` bytes
  /// @param type 0 code, 1 variables, 2 hand-off block, 3 temporary memory; others are rare
  public record Section(
      long offset, long bytes, long address, long memory, long type, long attributes) {
    private static final int MEASURED = 1;
    private static final int ADDED_LATER = 2;

    /// Whether content counts, not only place and size.
    boolean isMeasured() {
      return (attributes & MEASURED) != 0;
    }

    /// Whether the guest itself takes these pages when it runs.
    boolean isAddedLater() {
      return (attributes & ADDED_LATER) != 0;
    }
  }

  /// @throws Malformed if the file names no TDX metadata, or they contradict it
  public static Firmware of(Bytes image) throws Malformed {
    if (image.length() > MOST_BYTES) {
      throw new Malformed("a firmware of %d bytes".formatted(image.length()));
    }
    long back = new LittleEndian(entry(image, METADATA)).u32();
    if (back > image.length()) {
      throw new Malformed("TDX metadata before the firmware's first byte");
    }
    int at = (int) (image.length() - back);
    var reader = new LittleEndian(image.slice(at, image.length() - at));
    if (reader.u32() != SIGNATURE) {
      throw new Malformed("no TDVF descriptor where the firmware's table says");
    }
    reader.u32();
    long version = reader.u32();
    long count = reader.u32();
    if (version != 1 || count < 1 || count > MOST_SECTIONS) {
      throw new Malformed("TDVF version %d with %d sections".formatted(version, count));
    }
    List<Section> sections = new ArrayList<>();
    long pages = 0;
    for (int i = 0; i < count; i++) {
      var section =
          new Section(
              reader.u32(), reader.u32(), reader.u64(), reader.u64(), reader.u32(), reader.u32());
      check(section, image);
      pages += section.isAddedLater() ? 0 : section.memory() / PAGE_BYTES;
      if (pages > MOST_PAGES) {
        throw new Malformed("more than %d pages at launch".formatted(MOST_PAGES));
      }
      sections.add(section);
    }
    return new Firmware(image, sections);
  }

  /// MRTD of a guest that is launched with this firmware: TDH.MEM.PAGE.ADD of every page, followed
  /// by TDH.MR.EXTEND of its sixteen chunks where the section is measured, as Linux's KVM does it.
  public Bytes mrTd() {
    MessageDigest sha384 = Bytes.digest("SHA-384");
    for (Section section : sections) {
      if (section.isAddedLater()) {
        continue;
      }
      for (long page = 0; page < section.memory(); page += PAGE_BYTES) {
        sha384.update(buffer("MEM.PAGE.ADD", section.address() + page));
        for (int at = 0; section.isMeasured() && at < PAGE_BYTES; at += CHUNK_BYTES) {
          sha384.update(buffer("MR.EXTEND", section.address() + page + at));
          image.updateInto(sha384, (int) (section.offset() + page) + at, CHUNK_BYTES);
        }
      }
    }
    return Bytes.copyOf(sha384.digest());
  }

  private static ByteBuffer buffer(String leaf, long address) {
    return ByteBuffer.allocate(BUFFER_BYTES)
        .order(ByteOrder.LITTLE_ENDIAN)
        .put(0, leaf.getBytes(StandardCharsets.US_ASCII))
        .putLong(ADDRESS_OFFSET, address);
  }

  private static void check(Section section, Bytes image) throws Malformed {
    if (section.address() % PAGE_BYTES != 0
        || section.memory() % PAGE_BYTES != 0
        || section.memory() < 0) {
      throw new Malformed("a section of firmware that is not whole pages");
    }
    if (section.offset() + section.bytes() > image.length()) {
      throw new Malformed("a section of firmware that ends behind the file");
    }
    if (section.isMeasured() && section.bytes() != section.memory()) {
      throw new Malformed("a measured section of firmware that is not as long as its memory");
    }
  }

  /// The table ends 32 bytes before the firmware does and is read backwards: data, length of the
  /// whole entry, name. Its own entry comes last and gives the length of all.
  private static Bytes entry(Bytes image, String name) throws Malformed {
    int end = image.length() - TABLE_END - ENTRY_BYTES;
    if (end < 0 || !image.slice(end + Short.BYTES, GUID_BYTES).hex().equals(TABLE)) {
      throw new Malformed("no table of names at the firmware's end");
    }
    int start = end + ENTRY_BYTES - length(image, end);
    while (start >= 0 && end - ENTRY_BYTES >= start) {
      int at = end - ENTRY_BYTES;
      int length = length(image, at);
      if (length < ENTRY_BYTES || end - length < start) {
        break;
      }
      if (image.slice(at + Short.BYTES, GUID_BYTES).hex().equals(name)) {
        return image.slice(end - length, length - ENTRY_BYTES);
      }
      end -= length;
    }
    throw new Malformed("a firmware without TDX metadata");
  }

  private static int length(Bytes image, int at) {
    return image.at(at) | image.at(at + 1) << Byte.SIZE;
  }
}
