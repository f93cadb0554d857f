package ai.rails.platform.evidence;

import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.Stream;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import ai.rails.domain.checkpoint.Note;
import ai.rails.domain.checkpoint.TlogPolicy;
import ai.rails.domain.ledger.NodeHashes;
import ai.rails.domain.ledger.Sha256;

import static org.assertj.core.api.Assertions.assertThat;

/// What somebody can do who holds the key that signs bundles, but not the log's and not the
/// witness's.
final class InsiderTest {
  @TempDir private Path scratch;

  private SyntheticLog log = new SyntheticLog();
  private Bench bench = Bench.over(log, Path.of("."));

  @BeforeEach
  void aLog() {
    log = new SyntheticLog().whole(2, 3).whole(1, 6).begin(3).step(3, 1);
    bench = Bench.over(log, scratch);
  }

  private void assertRefused(byte[] bundle, Check check, String reason) {
    assertRefused(bundle, bench.trust(), check, reason);
  }

  private void assertRefused(byte[] bundle, Trust trust, Check check, String reason) {
    Verdict verdict = bench.verify(bundle, trust);
    assertThat(verdict.verified()).isFalse();
    assertThat(verdict.failures())
        .as("%s", verdict.failures())
        .anySatisfy(failure -> {
          assertThat(failure.check()).isEqualTo(check);
          assertThat(failure.reason()).contains(reason);
        });
  }

  private Opened ofRun(int run) {
    return Opened.of(bench.write(log.ofRun(run)));
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 3})
  void leavesAnEntryOfTheRunOut(int entry) {
    List<EvidenceEntry> some = new ArrayList<>(log.ofRun(1).list());
    some.remove(entry);

    assertRefused(
        bench.write(log.ofRun(1).with(some)),
        Check.COMPLETE,
        "number %d is missing".formatted(entry));
  }

  @Test
  void cutsTheEndOfTheRunOff() {
    List<EvidenceEntry> some = log.ofRun(1).list().subList(0, 4);

    assertRefused(bench.write(log.ofRun(1).with(some)), Check.COMPLETE, "its end was cut off");
    assertRefused(
        bench.write(log.ofRun(1).with(some).between(List.of(), log.leaves(7, log.entries.size()))),
        Check.COMPLETE,
        "it belongs to the run, and the bundle does not have it");
  }

  @Test
  void takesAnEntryOfAnotherRunInstead() {
    List<EvidenceEntry> some = new ArrayList<>(log.ofRun(1).list());
    some.set(0, log.ofRun(2).list().getFirst());

    assertRefused(bench.write(log.ofRun(1).with(some)), Check.COMPLETE, "number 0 is missing");
  }

  @Test
  void changesAnEvent() {
    Opened opened = ofRun(1);
    String event = opened.first(BagNames.EVENTS);
    byte[] changed = opened.file(event).clone();
    changed[changed.length - 1] ^= 1;

    assertRefused(
        opened.with(event, changed).listed().signed(bench.key()).zip(),
        Check.ENTRIES,
        "the event is not the one that entry 4 commits to");
  }

  @Test
  void changesALeafAndItsEvent() {
    Opened opened = ofRun(1);
    String event = opened.first(BagNames.EVENTS);
    byte[] changed = opened.file(event).clone();
    changed[changed.length - 1] ^= 1;
    String entries =
        opened.text(BagNames.ENTRIES).replace(Sha256.hex(opened.file(event)), Sha256.hex(changed));

    assertRefused(
        opened
            .with(event, changed)
            .with(BagNames.ENTRIES, entries)
            .listed()
            .signed(bench.key())
            .zip(),
        Check.ENTRIES,
        "the proof does not lead from the entry to the root");
  }

  @Test
  void leavesASchemaOut() {
    Opened opened = ofRun(1);
    String schema = opened.first(BagNames.SCHEMAS);

    assertRefused(
        opened.without(schema).listed().signed(bench.key()).zip(),
        Check.ENTRIES,
        "the file is missing");
    assertRefused(
        opened.with(schema, "\"null\"").listed().signed(bench.key()).zip(),
        Check.ENTRIES,
        "the schema does not have the fingerprint");
  }

  @Test
  void addsAnEventThatNoEntryCommitsTo() {
    Opened other = ofRun(2);
    String event = other.first(BagNames.EVENTS);

    assertRefused(
        ofRun(1).with(event, other.file(event)).listed().signed(bench.key()).zip(),
        Check.DOCUMENTS,
        "the file does not follow from any entry");
  }

  @Test
  void writesADocumentThatDoesNotFollow() {
    Opened opened = Opened.of(bench.write(log.ofRun(1), Bench.DOCUMENTS));
    byte[] forged = opened.with("data/summary.json", "{}").listed().signed(bench.key()).zip();

    Verdict verdict = bench.verify(forged, bench.trust(), Bench.DOCUMENTS);

    assertThat(verdict.failures())
        .singleElement()
        .hasToString("documents: data/summary.json: the document does not follow from the entries");
  }

  @Test
  void showsACheckpointThatIsOlderThanTheRun() {
    Opened opened = ofRun(1);
    Note older = log.checkpoint(5);
    Opened stale = opened.with(BagNames.CHECKPOINT, older.bytes()).listed();

    assertRefused(
        stale.signed(bench.key()).zip(),
        Check.ENTRIES,
        "the statement is about another checkpoint");
    assertRefused(
        stale
            .signed(
                bench.key(),
                said ->
                    new Statement(
                        said.bundle(),
                        said.scope(),
                        new Statement.Ledger(
                            said.ledger().origin(),
                            5,
                            older.text().split("\n", -1)[2],
                            said.ledger().firstSeq(),
                            said.ledger().lastSeq(),
                            said.ledger().entries(),
                            said.ledger().runCount()),
                        said.producer(),
                        said.stamps(),
                        said.subjects()))
            .zip(),
        Check.ENTRIES,
        "the proof is against another checkpoint");
  }

  @Test
  void makesAForkOfHisOwn() {
    var fork = new SyntheticLog().whole(1, 3);
    byte[] bundle = new Bench(fork, bench.key(), Optional.empty(), scratch).write(fork.ofRun(1));

    assertRefused(bundle, Check.LOG, "the log's trusted key did not sign");
    assertRefused(bundle, Check.WITNESSES, "the policy's quorum is missing");
  }

  @Test
  void goesWithoutTheWitness() {
    SyntheticLog.Source source = log.ofRun(1);
    Note alone =
        new Note(source.checkpoint().text(), List.of(source.checkpoint().signatures().getFirst()));
    var unseen =
        new SyntheticLog.Source(log, source.scope(), alone, source.list(), List.of(), List.of());

    assertRefused(bench.write(unseen), Check.WITNESSES, "the policy's quorum is missing");
  }

  @Test
  void aBundleIsJudgedByTheAuditorsKeysOnly() {
    byte[] bundle = bench.write(log.ofRun(1));

    Verdict unknown = bench.verify(bundle, Trust.NONE);

    assertThat(unknown.failures()).isEmpty();
    assertThat(unknown.verified()).isFalse();
    assertThat(unknown.outcome(Check.Group.ASSURANCE)).isEqualTo(Verdict.Outcome.UNKNOWN);
    assertThat(unknown.notVerified())
        .anyMatch(line -> line.contains("the keys were taken from the bundle itself"));
    var stranger = EvidenceKey.generate(new SecureRandom()).publicKey();
    assertRefused(
        bundle,
        new Trust(
            Optional.of(TlogPolicy.parse(log.policy())), List.of(), List.of(stranger), List.of()),
        Check.SIGNATURE,
        "which is not a trusted one");
  }

  @Test
  void aRunThatHasNotEndedIsCompleteUpToTheCheckpoint() {
    log.step(2, 9);
    SyntheticLog.Source open = log.ofRun(3);

    byte[] bundle = bench.write(open.between(List.of(), log.leaves(11, log.entries.size())));

    Verdict verdict = bench.verify(bundle);
    assertThat(verdict.verified()).as("%s", verdict.tree()).isTrue();
    assertThat(verdict.checks())
        .anyMatch(check -> check.detail().contains("the run had not ended"));
  }

  @Test
  void aPeriodNeedsTheLeavesAtItsSides() {
    var scope =
        new Scope.OfPeriod("acme", "ops", SyntheticLog.START + 3_000, SyntheticLog.START + 6_000);
    SyntheticLog.Source source = log.source(scope, log.entries.size());
    List<byte[]> before = log.leaves(1, 2);
    List<byte[]> after = log.leaves(5, 6);

    assertThat(bench.verify(bench.write(source.between(before, after))).verified()).isTrue();
    assertRefused(
        bench.write(source.between(List.of(), after)), Check.COMPLETE, "the file is missing");
    assertRefused(
        bench.write(source.between(before, List.of())),
        Check.COMPLETE,
        "the leaf after the last entry is missing");
    assertRefused(
        bench.write(source.with(source.list().subList(0, 2)).between(before, log.leaves(4, 5))),
        Check.COMPLETE,
        "it was recorded in the period, and the bundle does not have it");
    assertRefused(
        bench.write(
            source
                .with(List.of(source.list().get(0), source.list().get(2)))
                .between(before, after)),
        Check.COMPLETE,
        "entry 4 is missing");
  }

  @Test
  void aWorkspaceIsItsWholeLog() {
    IntStream.range(10, 110).forEach(run -> log.whole(run, 6));
    var scope = new Scope.OfWorkspace("acme", "ops");
    SyntheticLog.Source source = log.source(scope, log.entries.size());

    byte[] bundle = bench.write(source);

    Verdict verdict = bench.verify(bundle);
    assertThat(verdict.verified()).as("%s", verdict.tree()).isTrue();
    Opened opened = Opened.of(bundle);
    String tile = opened.first(BagNames.LOG + "tile/0/");
    byte[] changed = opened.file(tile).clone();
    changed[0] ^= 1;
    assertRefused(
        opened.with(tile, changed).listed().signed(bench.key()).zip(),
        Check.COMPLETE,
        "it does not follow from the entries");
    String lines = opened.text(BagNames.ENTRIES);
    String event = "data/events/01900000-0000-7000-9000-%012d.avro".formatted(log.entries.size());
    assertRefused(
        opened
            .with(
                BagNames.ENTRIES,
                lines.substring(0, lines.lastIndexOf('\n', lines.length() - 2) + 1))
            .without(event)
            .listed()
            .signed(
                bench.key(),
                said ->
                    new Statement(
                        said.bundle(),
                        said.scope(),
                        new Statement.Ledger(
                            said.ledger().origin(),
                            said.ledger().size(),
                            said.ledger().root(),
                            1,
                            said.ledger().lastSeq() - 1,
                            said.ledger().entries() - 1,
                            Optional.empty()),
                        said.producer(),
                        said.stamps(),
                        said.subjects()))
            .zip(),
        Check.COMPLETE,
        "and the checkpoint is of");
  }

  @Test
  void anEarlierCheckpointIsItsBeginning() {
    SyntheticLog.Source source = log.ofRun(1);
    EvidenceSource since = new Since(source, log.checkpoint(4));

    Verdict verdict = bench.verify(bench.write(since));

    assertThat(verdict.verified()).as("%s", verdict.tree()).isTrue();
    assertThat(verdict.checks()).anyMatch(check -> check.check() == Check.SINCE);
    Opened opened = Opened.of(bench.write(since));
    assertRefused(
        opened.with(BagNames.SINCE, log.checkpoint(3).bytes()).listed().signed(bench.key()).zip(),
        Check.SINCE,
        "it is not the request");
  }

  @Test
  void theSameSourceGivesTheSamePayload() {
    Opened one = Opened.of(bench.stamped().write(log.ofRun(1), Bench.DOCUMENTS));
    Opened two = Opened.of(bench.stamped().write(log.ofRun(1), Bench.DOCUMENTS));

    assertThat(two.files().keySet()).isEqualTo(one.files().keySet());
    one.files()
        .forEach((path, bytes) -> {
          if (!path.startsWith("attestations/")) {
            assertThat(two.file(path)).as(path).isEqualTo(bytes);
          }
        });
  }

  private record Since(SyntheticLog.Source source, Note earlier) implements EvidenceSource {
    @Override
    public Scope scope() {
      return source.scope();
    }

    @Override
    public Note checkpoint() {
      return source.checkpoint();
    }

    @Override
    public Stream<EvidenceEntry> entries() {
      return source.entries();
    }

    @Override
    public NodeHashes nodes() {
      return source.nodes();
    }

    @Override
    public Optional<Note> since() {
      return Optional.of(earlier);
    }
  }
}
