package ai.rails.platform.evidence;

import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;

import ai.rails.domain.checkpoint.Checkpoint;
import ai.rails.domain.checkpoint.Note;
import ai.rails.domain.ledger.Origin;
import ai.rails.domain.worker.WorkerEvent;
import ai.rails.schema.EventCodec;

/// One bundle's way through all checks. A check that fails does not stop those that can still be
/// made. One thread, once.
final class Examination {
  private static final int NOTE_BYTES_MAX = 1 << 16;
  private static final int ADD_CHECKPOINT_BYTES_MAX = 1 << 17;

  private final Bundle bundle;
  private final EventCodec codec;
  private final DerivedFiles derived;
  private final Findings findings = new Findings();
  private final TrustCheck trust;
  private final SortedSet<String> attestation = new TreeSet<>();
  private boolean attested;

  Examination(Bundle bundle, Trust trust, EventCodec codec, DerivedFiles derived) {
    this.bundle = bundle;
    this.codec = codec;
    this.derived = derived;
    this.trust = new TrustCheck(bundle, trust, findings);
  }

  /// A checkpoint that was read; who signed it is another question.
  private record Head(Note note, Checkpoint checkpoint, Origin origin) {}

  Verdict verdict() {
    findings.pass(Check.ARCHIVE, "%d files, every byte accounted for".formatted(bundle.files()));
    findings
        .make(Check.MANIFESTS, () -> new BagCheck(bundle).check())
        .ifPresent(detail -> findings.pass(Check.MANIFESTS, detail));
    Optional<SigstoreBundle> signed = trust.signature();
    Optional<Head> head = findings.make(Check.LOG, this::head);
    Optional<Statement> statement = signed.flatMap(this::statement);
    if (statement.isPresent() && head.isPresent()) {
      contents(statement.get(), head.get());
    } else {
      String why = "not looked at: statement or checkpoint cannot be read";
      findings.unknown(Check.ENTRIES, why);
      findings.unknown(Check.COMPLETE, why);
      findings.unknown(Check.DOCUMENTS, why);
    }
    Optional<Long> cosigned = head.flatMap(found -> trust.log(found.note));
    if (statement.isPresent() && signed.isPresent() && head.isPresent()) {
      trust.time(statement.get(), signed.get(), head.get().note);
    } else {
      findings.unknown(Check.TIME, "not looked at: statement or checkpoint cannot be read");
    }
    limits();
    return findings.verdict(statement.flatMap(said -> signed.map(by -> about(said, by, cosigned))));
  }

  private Head head() {
    Note note = Note.parse(bundle.read(BagNames.CHECKPOINT, NOTE_BYTES_MAX));
    Checkpoint checkpoint = Checkpoint.parse(note.text());
    Refused.unless(
        checkpoint.extensions().isEmpty(), BagNames.CHECKPOINT, "the checkpoint has extensions");
    return new Head(note, checkpoint, Origins.parse(checkpoint.origin()));
  }

  private Optional<Statement> statement(SigstoreBundle signed) {
    return findings.make(
        Check.STATEMENT,
        () -> {
          Statement statement = Statement.parse(signed.payload());
          Refused.unless(
              statement.bundle().equals(bundle.id())
                  && BundleId.of(statement.scope(), statement.ledger().size()).equals(bundle.id()),
              BagNames.SIGSTORE,
              "the statement is about bundle " + statement.bundle());
          subjects(statement);
          findings.pass(
              Check.STATEMENT,
              "about %d files, by %s %s"
                  .formatted(
                      statement.subjects().size(),
                      statement.producer().name(),
                      statement.producer().version()));
          return statement;
        });
  }

  private void subjects(Statement statement) {
    int outside = bundle.has(BagNames.EVIDENCE_STAMP) ? 2 : 1;
    boolean all = bundle.files() - outside <= Statement.SUBJECTS_MAX;
    int named = 0;
    for (int file = 0; file < bundle.files(); file++) {
      String path = bundle.path(file);
      boolean made = path.equals(BagNames.SIGSTORE) || path.equals(BagNames.EVIDENCE_STAMP);
      if (made || (!all && path.startsWith(BagNames.DATA))) {
        continue;
      }
      String digest = statement.subjects().getOrDefault(path, "");
      Refused.unless(!digest.isEmpty(), path, "the statement does not name the file");
      Refused.unless(
          digest.equals(bundle.sha256(file)), path, "its SHA-256 is not that of the statement");
      named++;
    }
    Refused.unless(
        named == statement.subjects().size(),
        BagNames.SIGSTORE,
        "the statement names files that the bundle does not have");
  }

  private void contents(Statement statement, Head head) {
    var entries = new EntriesCheck(bundle, head.note, head.checkpoint, head.origin, codec);
    var complete =
        new CompletenessCheck(
            Completeness.of(statement.scope(), bundle, entries, head.checkpoint, head.origin));
    boolean ofRun =
        statement.scope() instanceof Scope.OfRun || statement.scope() instanceof Scope.OfApproval;
    var workers = new AttestationCheck();
    var passkeys = new PasskeyCheck();
    var corrections = new CorrectionCheck();
    List<Refused> wrong = new ArrayList<>();
    boolean proofs = !(statement.scope() instanceof Scope.OfWorkspace);
    Optional<Long> count =
        findings.make(
            Check.ENTRIES,
            () -> {
              agrees(statement, head);
              long found =
                  entries.check(
                      proofs,
                      (leaf, bytes, event) -> {
                        complete.accept(leaf, bytes);
                        passkeys.accept(leaf, event);
                        corrections.accept(leaf, event);
                        if (ofRun && wrong.isEmpty()) {
                          refusal(() -> workers.accept(leaf, event)).ifPresent(wrong::add);
                        }
                        if (event.event() instanceof WorkerEvent.AttestationVerified verified) {
                          attestation.add(verified.verdict());
                        }
                      });
              complete.agrees(statement.ledger(), found);
              return found;
            });
    count.ifPresent(found ->
        findings.pass(
            Check.ENTRIES,
            "%d entries in the log of %d, each event hashed, decoded and compared"
                .formatted(found, head.checkpoint.size())));
    if (ofRun && count.isPresent()) {
      attestation(workers, wrong);
    }
    if (count.isPresent()) {
      passkeys.conclude(findings);
      corrections.conclude(findings);
    }
    since(head);
    complete.conclude(count.isPresent(), findings);
    if (count.isPresent()) {
      documents(statement, head, entries);
    } else {
      findings.unknown(Check.DOCUMENTS, "not looked at: the entries they follow from are wrong");
    }
  }

  /// What workers say of themselves is looked at apart: entries may be genuine and evidence not.
  private static Optional<Refused> refusal(Runnable step) {
    try {
      step.run();
      return Optional.empty();
    } catch (Refused e) {
      return Optional.of(e);
    }
  }

  private void attestation(AttestationCheck workers, List<Refused> wrong) {
    if (!wrong.isEmpty()) {
      findings.fail(Check.ATTESTATION, wrong.getFirst().where(), wrong.getFirst().reason());
      return;
    }
    findings
        .make(Check.ATTESTATION, () -> workers.conclude(findings))
        .flatMap(found -> found)
        .ifPresent(detail -> {
          attested = true;
          findings.pass(Check.ATTESTATION, detail);
        });
  }

  private static void agrees(Statement statement, Head head) {
    Statement.Ledger said = statement.ledger();
    Refused.unless(
        said.origin().equals(head.checkpoint.origin())
            && said.size() == head.checkpoint.size()
            && said.root().equals(Base64.getEncoder().encodeToString(head.checkpoint.root())),
        BagNames.CHECKPOINT,
        "the statement is about another checkpoint");
    Refused.unless(
        statement.scope().tenant().equals(head.origin.tenant())
            && statement.scope().workspace().equals(head.origin.workspace()),
        BagNames.CHECKPOINT,
        "the statement is about another workspace than the checkpoint");
  }

  private void since(Head head) {
    if (!bundle.has(BagNames.SINCE) && !bundle.has(BagNames.ADD_CHECKPOINT)) {
      return;
    }
    findings
        .make(
            Check.SINCE,
            () -> {
              Note old = Note.parse(bundle.read(BagNames.SINCE, NOTE_BYTES_MAX));
              byte[] body = bundle.read(BagNames.ADD_CHECKPOINT, ADD_CHECKPOINT_BYTES_MAX);
              return SinceCheck.check(old, body, head.note, trust);
            })
        .ifPresent(detail -> findings.pass(Check.SINCE, detail));
  }

  private void documents(Statement statement, Head head, EntriesCheck entries) {
    findings
        .make(
            Check.DOCUMENTS,
            () -> {
              Map<String, byte[]> files =
                  derived.files(statement.scope(), head.checkpoint, entries::entries);
              files.forEach((path, expected) ->
                  Refused.unless(
                      bundle.same(path, expected),
                      path,
                      "the document does not follow from the entries"));
              if (statement.scope() instanceof Scope.OfWorkspace) {
                Refused.unless(
                    bundle.same(BagNames.LOG_CHECKPOINT, head.note.bytes()),
                    BagNames.LOG_CHECKPOINT,
                    "it is another checkpoint than data/ledger/checkpoint");
              }
              bundle
                  .unaccounted()
                  .ifPresent(path -> {
                    throw new Refused(path, "the file does not follow from any entry");
                  });
              return files.size();
            })
        .ifPresent(count ->
            findings.pass(
                Check.DOCUMENTS,
                "%d documents made again from the entries and compared".formatted(count)));
  }

  /// What a verdict does not say, said.
  private void limits() {
    if (attested) {
      findings.notVerified(
          "what hardware can not keep from its owner: whoever has an interposer on its memory bus");
    } else if (attestation.isEmpty()) {
      findings.notVerified(
          "on what hardware workers ran: the bundle has no attestation of a worker");
    } else if (attestation.contains("DEVELOPMENT")) {
      findings.warn(
          "ATTESTATION IS DEVELOPMENT: no hardware vouches for the workers; nothing was proved"
              + " about where content was processed");
    }
    findings.notVerified(
        "that events tell the truth about the world: they tell what the platform saw and did");
    findings.notVerified("sealed content: events name its hashes, and the bundle does not have it");
  }

  private static Verdict.About about(
      Statement statement, SigstoreBundle signed, Optional<Long> cosigned) {
    Map<String, Object> scope = new LinkedHashMap<>(statement.scopeTree());
    return new Verdict.About(
        statement.bundle(),
        scope,
        statement.ledger().origin(),
        statement.ledger().size(),
        statement.ledger().entries(),
        signed.keyId(),
        cosigned);
  }
}
