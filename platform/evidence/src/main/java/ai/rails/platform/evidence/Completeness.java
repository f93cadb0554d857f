package ai.rails.platform.evidence;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

import ai.rails.domain.EntryType;
import ai.rails.domain.checkpoint.Checkpoint;
import ai.rails.domain.checkpoint.Note;
import ai.rails.domain.ledger.ChainCheck;
import ai.rails.domain.ledger.Leaf;
import ai.rails.domain.ledger.LedgerHead;
import ai.rails.domain.ledger.LogEvent.EpochOpened;
import ai.rails.domain.ledger.Merkle;
import ai.rails.domain.ledger.Origin;
import ai.rails.domain.ledger.RunCheck;
import ai.rails.domain.ledger.Sha256;
import ai.rails.schema.EventCodec;

/// Whether a bundle has everything that it is evidence of. Takes entries that are in the log, in
/// order.
sealed interface Completeness {
  void accept(Leaf leaf, byte[] bytes);

  /// @return in a sentence, what is complete
  /// @throws Refused saying what is missing
  String conclude(Findings findings);

  /// How many entries the run has, if this is about a run and it is over.
  Optional<Long> runCount();

  static Completeness of(
      Scope scope, Bundle bundle, EntriesCheck entries, Checkpoint checkpoint, Origin origin) {
    return switch (scope) {
      case Scope.OfRun of -> new OfRun(of.run(), bundle, entries, checkpoint, origin);
      case Scope.OfApproval of -> new OfRun(of.run(), bundle, entries, checkpoint, origin);
      case Scope.OfPeriod of -> new OfPeriod(of, bundle, entries, checkpoint);
      case Scope.OfWorkspace _ -> new OfWorkspace(bundle, checkpoint, origin);
    };
  }

  /// A run: numbered from 0, the last entry says how many. One that has not ended is complete up to
  /// the checkpoint if the leaves from its last entry to the checkpoint are there and none is its.
  final class OfRun implements Completeness {
    private final String run;
    private final RunCheck check;
    private final Neighbours neighbours;
    private final Checkpoint checkpoint;
    private Optional<Leaf> last = Optional.empty();
    private byte[] lastBytes = {};
    private long others;

    OfRun(String run, Bundle bundle, EntriesCheck entries, Checkpoint checkpoint, Origin origin) {
      this.run = run;
      this.check = RunCheck.of(origin, run);
      this.neighbours = new Neighbours(bundle, entries);
      this.checkpoint = checkpoint;
    }

    @Override
    public void accept(Leaf leaf, byte[] bytes) {
      if (!isOfRun(leaf)) {
        others += AttestationCheck.tellsOfAWorker(leaf) ? 0 : 1;
        return;
      }
      check.accept(leaf, bytes);
      last = Optional.of(leaf);
      lastBytes = bytes;
    }

    @Override
    public String conclude(Findings findings) {
      Leaf end =
          last.orElseThrow(() -> new Refused(BagNames.ENTRIES, "no entry belongs to run " + run));
      if (others > 0) {
        findings.notVerified(
            "that the %d entries which do not belong to the run are all that concern it"
                .formatted(others));
      }
      if (check.unnumbered() > 0) {
        findings.notVerified(
            "that the %d entries which came after the run's end are all that came"
                .formatted(check.unnumbered()));
      }
      if (check.count().isPresent()) {
        String whole =
            "all %d entries of the run, from its trigger to its end".formatted(check.count().get());
        return neighbours.none() && end.seq() < checkpoint.size()
            ? toTheEnd(whole, findings)
            : toTheCheckpoint(whole, end);
      }
      requireUpToCheckpoint(end);
      return "the run had not ended; all %d entries up to the checkpoint"
          .formatted(check.entries());
    }

    @Override
    public Optional<Long> runCount() {
      return check.count();
    }

    /// Earlier releases gave no leaves behind the end of a run.
    private String toTheEnd(String whole, Findings findings) {
      findings.notVerified("whether further entries came after the run's end");
      return check.late() == 0
          ? whole
          : "%s, and %d that came after it".formatted(whole, check.late());
    }

    private String toTheCheckpoint(String whole, Leaf end) {
      requireUpToCheckpoint(end);
      return check.late() == 0
          ? whole + "; none came after it up to the checkpoint"
          : "%s, and all %d that came after it up to the checkpoint".formatted(whole, check.late());
    }

    private void requireUpToCheckpoint(Leaf end) {
      Neighbours.Following following = neighbours.after(end, lastBytes);
      Refused.unless(
          following.lastSeq() == checkpoint.size(),
          BagNames.ENTRIES,
          "the run's last entry here is %d%s: the leaves up to the checkpoint, %d, would show which"
              .formatted(
                  end.seq(),
                  check.count().isPresent()
                      ? ", and others may have come after it"
                      : " and does not end the run; its end was cut off, or it has not ended",
                  checkpoint.size()));
      following
          .leaves()
          .forEach(leaf ->
              Refused.unless(
                  !isOfRun(leaf),
                  EntriesCheck.where(leaf),
                  "it belongs to the run, and the bundle does not have it"));
    }

    private boolean isOfRun(Leaf leaf) {
      return leaf.run().filter(part -> part.run().equals(run)).isPresent();
    }
  }

  /// A time: positions without gaps, and the leaves at both sides lie outside of it.
  final class OfPeriod implements Completeness {
    private final Scope.OfPeriod scope;
    private final Neighbours neighbours;
    private final Checkpoint checkpoint;
    private Optional<Leaf> last = Optional.empty();
    private byte[] lastBytes = {};

    OfPeriod(Scope.OfPeriod scope, Bundle bundle, EntriesCheck entries, Checkpoint checkpoint) {
      this.scope = scope;
      this.neighbours = new Neighbours(bundle, entries);
      this.checkpoint = checkpoint;
    }

    @Override
    public void accept(Leaf leaf, byte[] bytes) {
      String where = EntriesCheck.where(leaf);
      Refused.unless(
          leaf.time() >= scope.from() && leaf.time() < scope.to(),
          where,
          "it was not recorded in the period");
      if (last.isPresent()) {
        Refused.unless(
            leaf.seq() == last.get().seq() + 1,
            where,
            "entry %d is missing before it".formatted(last.get().seq() + 1));
        Refused.unless(
            leaf.prev().equals(Sha256.ofLeaf(lastBytes)), where, "prev is not the entry before");
      } else if (leaf.seq() > 1) {
        Leaf before = neighbours.before(leaf);
        Refused.unless(
            before.time() < scope.from(),
            EntriesCheck.where(before),
            "it was recorded in the period, and the bundle does not have it");
      }
      last = Optional.of(leaf);
      lastBytes = bytes;
    }

    @Override
    public String conclude(Findings findings) {
      Leaf end = last.orElseThrow(() -> new Refused(BagNames.ENTRIES, "there is no entry"));
      if (end.seq() < checkpoint.size()) {
        Neighbours.Following following = neighbours.after(end, lastBytes);
        Leaf next =
            following.leaves().stream()
                .findFirst()
                .orElseThrow(
                    () -> new Refused(BagNames.AFTER, "the leaf after the last entry is missing"));
        Refused.unless(
            next.time() >= scope.to(),
            EntriesCheck.where(next),
            "it was recorded in the period, and the bundle does not have it");
        return "all entries of the period, and the leaves at both sides lie outside of it";
      }
      findings.notVerified("that nothing was recorded in the period after the checkpoint");
      return "all entries of the period up to the checkpoint";
    }

    @Override
    public Optional<Long> runCount() {
      return Optional.empty();
    }
  }

  /// A log: every leaf from the first to the checkpoint's last, giving its root and its tiles.
  final class OfWorkspace implements Completeness {
    private final Bundle bundle;
    private final Checkpoint checkpoint;
    private final Origin origin;
    private final ChainCheck chain;
    private final LogFiles log;
    private final List<String> openings = new ArrayList<>();

    OfWorkspace(Bundle bundle, Checkpoint checkpoint, Origin origin) {
      this.bundle = bundle;
      this.origin = origin;
      this.checkpoint = checkpoint;
      this.chain = new ChainCheck(origin);
      this.log =
          new LogFiles((path, bytes) ->
              Refused.unless(
                  bundle.same(BagNames.LOG + path, bytes),
                  BagNames.LOG + path,
                  "it does not follow from the entries"));
    }

    @Override
    public void accept(Leaf leaf, byte[] bytes) {
      chain.accept(bytes);
      if (leaf.eventType().equals(EntryType.LEDGER_EPOCH_OPENED.name())) {
        openings.add(leaf.eventId());
      }
      try {
        log.append(bytes);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    @Override
    public String conclude(Findings findings) {
      Refused.unless(
          log.size() == checkpoint.size(),
          BagNames.ENTRIES,
          "there are %d entries, and the checkpoint is of %d"
              .formatted(log.size(), checkpoint.size()));
      Refused.unless(
          Merkle.equal(log.root(), checkpoint.root()),
          BagNames.ENTRIES,
          "the entries do not give the root of the checkpoint");
      try {
        log.finish();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
      return "all %d entries of the log%s; %d runs had not ended"
          .formatted(log.size(), bound(), chain.openRuns());
    }

    /// That a log of a later epoch begins with the head that the act which opened it names.
    private String bound() {
      if (origin.epoch() == 1) {
        return "";
      }
      EventCodec events = new EventCodec();
      for (String id : openings) {
        byte[] bytes = bundle.read(BagNames.event(id), EventCodec.BYTES_MAX);
        if (events.decode(bytes).event() instanceof EpochOpened opened
            && opened.epoch() == origin.epoch()) {
          Note last = Note.parse(opened.lastCheckpoint().getBytes(StandardCharsets.UTF_8));
          Refused.unless(
              chain.began().equals(LedgerHead.opened(origin, last.text()).hash()),
              "entry 1",
              "the log is not bound to the head that its epoch was opened with");
          Checkpoint head = Checkpoint.parse(last.text());
          return ", which was opened after the %d of %s".formatted(head.size(), head.origin());
        }
      }
      throw new Refused(BagNames.ENTRIES, "no entry opened epoch %d".formatted(origin.epoch()));
    }

    @Override
    public Optional<Long> runCount() {
      return Optional.empty();
    }
  }
}
