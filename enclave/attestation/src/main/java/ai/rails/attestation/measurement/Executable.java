package ai.rails.attestation.measurement;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

import ai.rails.attestation.format.Bytes;
import ai.rails.attestation.format.LittleEndian;
import ai.rails.attestation.format.Malformed;

/// An EFI executable (PE32+): a kernel, a boot loader, or a unified kernel image with all that is
/// booted in sections.
///
/// @param sections in the order of the headers
public record Executable(Bytes file, List<Section> sections, Layout layout) {
  private static final int MOST_BYTES = 512 * 1024 * 1024;
  private static final int MOST_SECTIONS = 96;
  private static final int HEADER_POINTER = 0x3C;
  private static final long SIGNATURE = 0x4550L;
  private static final int PE32_PLUS = 0x20B;
  private static final int NAME_BYTES = 8;
  private static final int SECTION_REST = 16;
  private static final int ALIGNMENT = 8;
  private static final int CHECKSUM = 64;
  private static final int DIRECTORIES = 112;
  private static final int SECURITY = 4;
  private static final int DIRECTORY_BYTES = 8;

  public Executable {
    sections = List.copyOf(sections);
  }

  /// @param offset in the file, where `raw` bytes lie, the first `content` of them meant
  public record Section(String name, long offset, long raw, long content) {}

  /// Where what a signature may change lies.
  ///
  /// @param checksum of the file, 4 bytes
  /// @param security the directory entry of the signatures, 8 bytes
  /// @param headers length of all headers
  /// @param signatures bytes at the file's end
  public record Layout(int checksum, int security, int headers, long signatures) {}

  /// @throws Malformed if it is no PE32+ file, or of a form that measuring programs read in
  ///   different ways
  public static Executable of(Bytes file) throws Malformed {
    if (file.length() > MOST_BYTES || file.length() % ALIGNMENT != 0) {
      throw new Malformed("an executable of %d bytes".formatted(file.length()));
    }
    var start = new LittleEndian(file);
    start.bytes(HEADER_POINTER);
    long header = start.u32();
    var reader = new LittleEndian(file);
    reader.bytes(header);
    if (reader.u32() != SIGNATURE) {
      throw new Malformed("no EFI executable");
    }
    reader.u16();
    int count = reader.u16();
    reader.bytes(12);
    int optional = reader.u16();
    reader.u16();
    int at = reader.position();
    Layout layout = layout(reader.part(optional), at);
    if (count < 1 || count > MOST_SECTIONS) {
      throw new Malformed("an executable with %d sections".formatted(count));
    }
    List<Section> sections = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      sections.add(section(reader));
    }
    var executable = new Executable(file, sections, layout);
    executable.check();
    return executable;
  }

  private static Layout layout(LittleEndian header, int at) throws Malformed {
    if (header.u16() != PE32_PLUS) {
      throw new Malformed("an executable that is not PE32+");
    }
    header.bytes(CHECKSUM - Integer.BYTES - Short.BYTES);
    int headers = (int) header.u32();
    header.bytes(DIRECTORIES - CHECKSUM + SECURITY * DIRECTORY_BYTES);
    header.u32();
    return new Layout(
        at + CHECKSUM, at + DIRECTORIES + SECURITY * DIRECTORY_BYTES, headers, header.u32());
  }

  private static Section section(LittleEndian reader) throws Malformed {
    String name =
        new String(reader.bytes(NAME_BYTES).toArray(), StandardCharsets.ISO_8859_1)
            .replace("\0", "");
    long content = reader.u32();
    reader.u32();
    long raw = reader.u32();
    long offset = reader.u32();
    reader.bytes(SECTION_REST);
    return new Section(name, offset, raw, Math.min(content, raw));
  }

  private void check() throws Malformed {
    if (layout.headers() < layout.security() + DIRECTORY_BYTES
        || layout.headers() > file.length()) {
      throw new Malformed("an executable whose headers take %d bytes".formatted(layout.headers()));
    }
    long end = layout.headers();
    for (Section section : inFile()) {
      if (section.offset() < end || section.offset() + section.raw() > file.length()) {
        throw new Malformed(
            "section %s overlaps or ends behind the file".formatted(section.name()));
      }
      end = section.offset() + section.raw();
    }
    if (end + layout.signatures() > file.length()) {
      throw new Malformed(
          "an executable with signatures of %d bytes".formatted(layout.signatures()));
    }
  }

  /// Those that have bytes in the file, in its order.
  private List<Section> inFile() {
    return sections.stream()
        .filter(section -> section.raw() > 0)
        .sorted(Comparator.comparingLong(Section::offset))
        .toList();
  }

  /// Authenticode's SHA-384, which firmware measures before it starts the file: without checksum
  /// and signatures.
  public Bytes digest() {
    MessageDigest sha384 = Bytes.digest("SHA-384");
    int afterChecksum = layout.checksum() + Integer.BYTES;
    int afterSecurity = layout.security() + DIRECTORY_BYTES;
    file.updateInto(sha384, 0, layout.checksum());
    file.updateInto(sha384, afterChecksum, layout.security() - afterChecksum);
    file.updateInto(sha384, afterSecurity, layout.headers() - afterSecurity);
    long hashed = layout.headers();
    for (Section section : inFile()) {
      file.updateInto(sha384, (int) section.offset(), (int) section.raw());
      hashed += section.raw();
    }
    long rest = file.length() - layout.signatures() - hashed;
    file.updateInto(sha384, (int) hashed, (int) rest);
    return Bytes.copyOf(sha384.digest());
  }

  /// What a section holds, without its padding.
  public Bytes content(Section section) {
    return file.slice((int) section.offset(), (int) section.content());
  }
}
