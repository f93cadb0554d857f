package ai.rails.app.bench;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.HexFormat;

import dev.dbos.transact.DBOS;
import dev.dbos.transact.workflow.Workflow;

import ai.rails.app.embedded.Unavailable;
import ai.rails.enclave.classifier.Classification;
import ai.rails.enclave.classifier.Model;

import static java.nio.charset.StandardCharsets.UTF_8;

/// The flagship's steps as a DBOS workflow: each is durable, none is governed. It calls no policy,
/// seals nothing, keeps no ledger, and its worker is this process.
final class DurableTriage implements Triage {
  static final String APPROVAL = "approval";
  static final String APPROVE = "APPROVE";

  private static final Duration PATIENCE = Duration.ofMinutes(2);

  private final DBOS dbos;
  private final Desk desk;
  private final Model model;
  private final Marks marks;

  DurableTriage(DBOS dbos, Desk desk, Model model, Marks marks) {
    this.dbos = dbos;
    this.desk = desk;
    this.model = model;
    this.marks = marks;
  }

  @Override
  @Workflow(name = "triage")
  public String triage(String sysId) {
    String run = String.valueOf(DBOS.workflowId());
    Marks.Run times = marks.of(run);
    String text = dbos.runStep(() -> desk.read(sysId), "fetch");
    String category = dbos.runStep(() -> classify(text, times), "classify");
    String checked = dbos.runStep(() -> check(category), "check");
    times.asked(); // outside of a step: a mark of the benchmark, not of the workflow
    String verdict = dbos.<String>recv(APPROVAL, PATIENCE).orElse("EXPIRED");
    if (!verdict.equals(APPROVE)) {
      throw new Unavailable("run %s was not approved: %s".formatted(run, verdict));
    }
    dbos.runStep(() -> desk.write(sysId, checked, run), "write");
    times.written();
    return dbos.runStep(() -> receipt(run, sysId, checked), "receipt");
  }

  private String classify(String text, Marks.Run times) {
    long began = System.nanoTime();
    Classification said = model.classify(text);
    times.modelTook(System.nanoTime() - began);
    return said.label();
  }

  private String check(String category) {
    if (!model.labels().contains(category)) {
      throw new Unavailable("the model said " + category + ", which is none of its labels");
    }
    return category;
  }

  private static String receipt(String run, String sysId, String category) {
    try {
      byte[] facts = String.join("|", run, sysId, category).getBytes(UTF_8);
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(facts));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }
}
