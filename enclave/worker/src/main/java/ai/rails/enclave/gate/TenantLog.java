package ai.rails.enclave.gate;

import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import ai.rails.domain.EntryType;
import ai.rails.domain.checkpoint.Checkpoint;
import ai.rails.domain.checkpoint.Note;
import ai.rails.domain.checkpoint.TlogPolicy;
import ai.rails.domain.ledger.CompactRange;
import ai.rails.domain.ledger.Leaf;
import ai.rails.domain.ledger.Merkle;
import ai.rails.domain.ledger.Origin;
import ai.rails.domain.ledger.Sha256;
import ai.rails.schema.EventCodec;
import ai.rails.schema.Recorded;
import ai.rails.schema.worker.WorkerProtocol.LogPage;

/// The tenant's own log, followed from its first entry. Whoever serves it is not believed: every
/// leaf is hashed, and what came counts only when the leaves together give the root of a checkpoint
/// that the log's key signed and enough witnesses cosigned, not long ago. So nobody can leave out a
/// removal, or show this worker a passkey that is not in the log for everybody.
///
/// Between two calls it keeps a few hashes and the passkeys. Thread-safe; one thread reads at a
/// time.
public final class TenantLog {
  private static final Logger LOG = LoggerFactory.getLogger(TenantLog.class);
  private static final EventCodec EVENTS = new EventCodec();

  /// A log of so many pages is not read in one go: a step's time would be over.
  private static final int PAGES_MAX = 4_000;

  /// How far witnesses' clocks may be ahead of this one.
  private static final Duration SKEW = Duration.ofMinutes(5);

  private static final Set<String> ABOUT_PASSKEYS =
      Set.of(
          EntryType.PASSKEY_REGISTERED.name(),
          EntryType.PASSKEY_DECISIONED.name(),
          EntryType.PASSKEY_REMOVED.name());

  private final Source source;
  private final Trust trust;
  private final ReentrantLock reading = new ReentrantLock();
  // Guarded by reading.
  private Read proved;

  /// Gives pages.
  @FunctionalInterface
  public interface Source {
    /// @param from position, from 1
    /// @throws ApprovalRefused if there is none now
    LogPage page(long from) throws InterruptedException;
  }

  /// Whom this worker believes: not the control plane.
  ///
  /// @param origin of the tenant's log in its first epoch
  /// @param policy the keys that sign the cell's logs, and which witnesses are enough; an
  ///   [UncheckedIOException] says that it can not be read now
  /// @param age how old the witnesses' word may be
  /// @param twoPersons whether a passkey counts only when another person has accepted it
  public record Trust(
      Origin origin,
      Supplier<TlogPolicy> policy,
      Duration age,
      boolean twoPersons,
      InstantSource clock) {}

  /// As far as the log was read.
  private record Read(Origin origin, CompactRange range, Passkeys passkeys) {}

  private record Head(Origin origin, Checkpoint checkpoint) {}

  public TenantLog(Source source, Trust trust) {
    this.source = source;
    this.trust = trust;
    this.proved = begin(trust.origin());
  }

  private Read begin(Origin origin) {
    return new Read(origin, CompactRange.empty(0), new Passkeys(trust.twoPersons()));
  }

  /// The passkeys as the newest cosigned checkpoint has them. The answer is the caller's own.
  ///
  /// @throws ApprovalRefused with `PASSKEY_LOG_UNPROVED` if what is served is not what witnesses
  ///   have seen; with `PASSKEY_LOG_STALE` if they have not said lately what is newest; with
  ///   `PASSKEY_LOG_BEHIND` if the entries have not come yet; with `PASSKEY_LOG_UNREADABLE` if
  ///   something that is read failed
  Passkeys passkeys() throws InterruptedException {
    reading.lockInterruptibly();
    try {
      return read();
    } catch (IllegalArgumentException e) {
      throw unproved(String.valueOf(e.getMessage()));
    } catch (UncheckedIOException e) {
      throw ApprovalRefused.forNow("PASSKEY_LOG_UNREADABLE", String.valueOf(e.getMessage()));
    } finally {
      reading.unlock();
    }
  }

  private Passkeys read() throws InterruptedException {
    Read draft = new Read(proved.origin(), proved.range(), proved.passkeys().copy());
    for (int pages = 0; pages < PAGES_MAX; pages++) {
      LogPage page = source.page(draft.range().to() + 1);
      Head head = believed(page.checkpoint());
      if (head.origin().epoch() > draft.origin().epoch()) {
        LOG.warn("the tenant's log goes on in another epoch log={}", head.origin());
        draft = begin(head.origin());
        continue;
      }
      long size = head.checkpoint().size();
      if (head.origin().epoch() < draft.origin().epoch() || size < proved(draft)) {
        throw ApprovalRefused.forNow(
            "PASSKEY_LOG_BEHIND", "the log that is served ends before what was read of it");
      }
      draft = with(draft, page, size);
      if (draft.range().to() == size) {
        if (!Merkle.equal(draft.range().root(), head.checkpoint().root())) {
          throw unproved("the entries do not give the root that witnesses cosigned");
        }
        proved = draft;
        return draft.passkeys().copy();
      }
      if (page.leaves().isEmpty()) {
        throw ApprovalRefused.forNow(
            "PASSKEY_LOG_BEHIND",
            "entries up to %d are cosigned, and %d have come".formatted(size, draft.range().to()));
      }
    }
    throw ApprovalRefused.forNow("PASSKEY_LOG_BEHIND", "the tenant's log is too long to read now");
  }

  private long proved(Read draft) {
    return draft.origin().equals(proved.origin()) ? proved.range().to() : 0;
  }

  private Head believed(String text) {
    Note note = Note.parse(text.getBytes(StandardCharsets.UTF_8));
    Checkpoint checkpoint = Checkpoint.parse(note.text());
    Origin origin =
        Origin.parse(checkpoint.origin())
            .filter(trust.origin()::sameWorkspace)
            .orElseThrow(() -> unproved("the checkpoint is of the log " + checkpoint.origin()));
    TlogPolicy policy = trust.policy().get().forLog(checkpoint.origin());
    if (!policy.judge(note).accepted()) {
      throw unproved("the checkpoint is not signed by the log's key and enough witnesses");
    }
    long now = trust.clock().instant().getEpochSecond();
    if (!policy.quorumWithin(note, now - trust.age().toSeconds(), now + SKEW.toSeconds())) {
      throw ApprovalRefused.forNow(
          "PASSKEY_LOG_STALE",
          "no quorum of witnesses has said within %s that %d entries are the newest"
              .formatted(trust.age(), checkpoint.size()));
    }
    return new Head(origin, checkpoint);
  }

  /// What a page adds, up to the checkpoint's end.
  private static Read with(Read draft, LogPage page, long size) {
    CompactRange range = draft.range();
    for (String each : page.leaves()) {
      if (range.to() == size) {
        break;
      }
      byte[] bytes = Base64.getDecoder().decode(each);
      Leaf leaf = Leaf.parse(bytes);
      if (leaf.seq() != range.to() + 1 || !leaf.log().equals(draft.origin().toString())) {
        throw unproved("leaf %d is not the next one of its log".formatted(leaf.seq()));
      }
      if (ABOUT_PASSKEYS.contains(leaf.eventType())) {
        draft.passkeys().apply(event(draft.origin(), leaf, page.events()).event());
      }
      range = range.and(CompactRange.of(range.to(), range.to() + 1, List.of(Merkle.leaf(bytes))));
    }
    return new Read(draft.origin(), range, draft.passkeys());
  }

  private static Recorded event(Origin origin, Leaf leaf, Map<String, String> events) {
    String sent = events.get(String.valueOf(leaf.seq()));
    if (sent == null) {
      throw unproved("entry %d was left out".formatted(leaf.seq()));
    }
    byte[] bytes = Base64.getDecoder().decode(sent);
    if (!Sha256.hex(bytes).equals(leaf.eventSha256())) {
      throw unproved("entry %d is not the one of its leaf".formatted(leaf.seq()));
    }
    Recorded recorded = EVENTS.decode(bytes);
    if (!recorded.header().tenant().equals(origin.tenant())
        || !recorded.header().workspace().equals(origin.workspace())) {
      throw unproved("entry %d is of another tenant".formatted(leaf.seq()));
    }
    return recorded;
  }

  private static ApprovalRefused unproved(String why) {
    LOG.error("the tenant's log is not believed reason={}", why);
    return ApprovalRefused.forGood("PASSKEY_LOG_UNPROVED", why);
  }
}
