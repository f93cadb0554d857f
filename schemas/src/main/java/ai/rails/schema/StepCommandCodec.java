package ai.rails.schema;

/// Step commands as Avro single-object bytes. Thread-safe.
public final class StepCommandCodec {
  /// Largest encoding, in bytes; ids alone stay far below.
  static final int BYTES_MAX = 4_096;

  private final SingleObject<StepCommand> commands =
      SingleObject.of(StepCommand.class, "step", BYTES_MAX);

  public byte[] encode(StepCommand command) {
    return commands.encode(command);
  }

  /// @throws Malformed if the bytes are no step command of a released schema
  public StepCommand decode(byte[] bytes) {
    return commands.decode(bytes);
  }
}
