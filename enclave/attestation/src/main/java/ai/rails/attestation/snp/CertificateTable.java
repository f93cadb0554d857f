package ai.rails.attestation.snp;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

import ai.rails.attestation.collateral.Collateral;
import ai.rails.attestation.format.Bytes;
import ai.rails.attestation.format.Malformed;

/// The certificates that a SEV-SNP host hands its guest beside a report: entries of a GUID, an
/// offset and a length, ended by zeros. Nothing in it is trusted before a verification.
public final class CertificateTable {
  private static final int MOST_BYTES = 64 * 1024;
  private static final int ENTRY_BYTES = 24;
  private static final int MOST_ENTRIES = 16;
  private static final UUID VCEK = UUID.fromString("63da758d-e664-4564-adc5-f4b93be8accd");
  private static final UUID VLEK = UUID.fromString("a8074bc2-a25a-483e-aae6-39c045a0b8a1");
  private static final UUID ASK = UUID.fromString("4ab7b379-bbac-4fe4-a02f-05aef327c782");
  private static final UUID CRL = UUID.fromString("92f81bc3-5811-4d3d-97ff-d19f88dc67ea");

  private CertificateTable() {}

  /// Endorsement key and signing key of the table, and AMD's revocation list where there is one.
  ///
  /// @throws Malformed unless both certificates are there
  public static Collateral.Snp collateral(Bytes table) throws Malformed {
    Map<UUID, Bytes> entries = entries(table);
    return new Collateral.Snp(
        required(
            Optional.ofNullable(entries.get(VCEK)).or(() -> at(entries, VLEK)), "VCEK or VLEK"),
        required(at(entries, ASK), "ASK or ASVK"),
        at(entries, CRL));
  }

  private static Optional<Bytes> at(Map<UUID, Bytes> entries, UUID id) {
    return Optional.ofNullable(entries.get(id));
  }

  private static Bytes required(Optional<Bytes> part, String name) throws Malformed {
    if (part.isEmpty()) {
      throw new Malformed("the host's certificate table has no " + name);
    }
    return part.get();
  }

  private static Map<UUID, Bytes> entries(Bytes table) throws Malformed {
    if (table.length() > MOST_BYTES) {
      throw new Malformed("a certificate table of more than %d bytes".formatted(MOST_BYTES));
    }
    ByteBuffer bytes = ByteBuffer.wrap(table.toArray()).order(ByteOrder.LITTLE_ENDIAN);
    Map<UUID, Bytes> entries = new HashMap<>();
    for (int at = 0; at + ENTRY_BYTES <= table.length() && entries.size() <= MOST_ENTRIES; ) {
      long offset = Integer.toUnsignedLong(bytes.getInt(at + 16));
      long length = Integer.toUnsignedLong(bytes.getInt(at + 20));
      if (length == 0) {
        return entries;
      }
      if (offset + length > table.length()) {
        throw new Malformed("a certificate that lies outside of its table");
      }
      Bytes content = table.slice((int) offset, (int) length);
      ByteBuffer id = ByteBuffer.wrap(table.slice(at, 16).toArray());
      entries.put(new UUID(id.getLong(0), id.getLong(8)), content);
      // Some hosts write the GUID's first three parts little-endian.
      entries.put(mixed(id), content);
      at += ENTRY_BYTES;
    }
    return entries;
  }

  private static UUID mixed(ByteBuffer id) {
    ByteBuffer little = id.duplicate().order(ByteOrder.LITTLE_ENDIAN);
    long most =
        Integer.toUnsignedLong(little.getInt(0)) << 32
            | Short.toUnsignedLong(little.getShort(4)) << 16
            | Short.toUnsignedLong(little.getShort(6));
    return new UUID(most, id.duplicate().getLong(8));
  }
}
