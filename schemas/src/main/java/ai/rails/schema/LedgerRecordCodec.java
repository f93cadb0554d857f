package ai.rails.schema;

/// Ledger records as Avro single-object bytes. Thread-safe.
public final class LedgerRecordCodec {
  /// Largest encoding, in bytes: the largest event, the largest leaf (8,192) and the frame.
  static final int BYTES_MAX = EventCodec.BYTES_MAX + 8_192 + 64;

  private final SingleObject<LedgerRecord> records =
      SingleObject.of(LedgerRecord.class, "ledger", BYTES_MAX);

  public byte[] encode(LedgerRecord record) {
    return records.encode(record);
  }

  /// @throws Malformed if the bytes are no ledger record of a released schema
  public LedgerRecord decode(byte[] bytes) {
    return records.decode(bytes);
  }
}
