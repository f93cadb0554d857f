package ai.rails.stream.signer;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.LongSupplier;

import ai.rails.platform.telemetry.Measure;

/// What signers have done since the process started. Written by their threads, read by anybody.
public final class SignerCounters {
  final LongAdder signedAdder = new LongAdder();
  final LongAdder cosignedAdder = new LongAdder();
  final LongAdder refusedAdder = new LongAdder();
  private final AtomicLong largest = new AtomicLong();
  private final AtomicLong cosignMillis = new AtomicLong();
  private volatile LongSupplier waiting = () -> 0;
  private volatile LongSupplier uncosigned = () -> 0;
  private volatile LongSupplier frozen = () -> 0;

  void signed(long size) {
    signedAdder.increment();
    largest.accumulateAndGet(size, Math::max);
  }

  void cosigned(Duration afterHead) {
    cosignedAdder.increment();
    cosignMillis.set(afterHead.toMillis());
  }

  void levels(LongSupplier newWaiting, LongSupplier newUncosigned, LongSupplier newFrozen) {
    waiting = newWaiting;
    uncosigned = newUncosigned;
    frozen = newFrozen;
  }

  long signed() {
    return signedAdder.sum();
  }

  long cosigned() {
    return cosignedAdder.sum();
  }

  long refused() {
    return refusedAdder.sum();
  }

  public List<Measure> measures() {
    return List.of(
        Measure.total("airails.signer.signed", "{checkpoint}", "Checkpoints signed.", this::signed),
        Measure.total(
            "airails.signer.cosigned",
            "{checkpoint}",
            "Checkpoints that the witnesses' quorum cosigned.",
            this::cosigned),
        Measure.total(
            "airails.signer.refused", "{head}", "Heads that were not signed.", this::refused),
        Measure.level("airails.signer.size", "{entry}", "The largest tree signed.", largest::get),
        Measure.level(
            "airails.signer.lag",
            "{log}",
            "Logs with a head that is not signed yet.",
            () -> waiting.getAsLong()),
        Measure.level(
            "airails.signer.uncosigned",
            "{log}",
            "Logs whose newest checkpoint lacks the quorum.",
            () -> uncosigned.getAsLong()),
        Measure.level(
            "airails.signer.frozen",
            "{log}",
            "Logs that are not signed any more until a person looks.",
            () -> frozen.getAsLong()),
        Measure.level(
            "airails.signer.cosign.time",
            "ms",
            "From the newest cosigned head's arrival to its quorum.",
            cosignMillis::get));
  }
}
