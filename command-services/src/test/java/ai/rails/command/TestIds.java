package ai.rails.command;

import java.util.UUID;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;

/// UUIDs of version 7 that count up: computable, unique in a test run.
public final class TestIds implements Supplier<UUID> {
  private static final AtomicLong SOURCES = new AtomicLong(1);

  private final AtomicLong next = new AtomicLong(1);
  private final long source = SOURCES.getAndIncrement();

  @Override
  public UUID get() {
    long n = next.getAndIncrement();
    return new UUID((n << 16) | 0x7000 | (source & 0xfff), 0x8000_0000_0000_0000L | source);
  }
}
