package ai.rails.app.ledger;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;

import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

import ai.rails.app.embedded.Unavailable;
import ai.rails.app.http.Api;
import ai.rails.app.verb.Caller;
import ai.rails.app.verb.Client;
import ai.rails.app.verb.Exit;
import ai.rails.app.verb.Facts;
import ai.rails.app.verb.Persona;
import ai.rails.domain.checkpoint.Checkpoint;
import ai.rails.domain.checkpoint.TlogPolicy;
import ai.rails.domain.checkpoint.TlogProof;
import ai.rails.domain.ledger.Merkle;

/// `rails ledger prove`: 0 if the entry is in the log that witnesses saw, else 1.
@Command(
    name = "prove",
    description = "Prove that an entry is in the log, and check the proof here.",
    mixinStandardHelpOptions = true)
public final class ProveCommand implements Callable<Integer> {
  @Mixin private Caller caller = new Caller();
  @Mixin private PolicyOption policy = new PolicyOption();

  @Parameters(index = "0", paramLabel = "SEQ", description = "The entry's position.")
  private long seq;

  @Option(
      names = "--out",
      paramLabel = "FILE",
      description = "Where to write the proof (C2SP tlog-proof@v1).")
  private @Nullable Path out;

  @Override
  public Integer call() {
    Client client = caller.as(Persona.AUDITOR);
    Optional<TlogPolicy> believed = policy.policy(caller);
    String path = "/v1/ledgers/%s/entries/%d".formatted(Client.encoded(client.workspace()), seq);
    byte[] bytes = client.bytes(path + "/proof");
    String leaf = client.get(path).path("leaf").asText();
    TlogProof proof = TlogProof.parse(bytes);
    Checkpoint checkpoint = Checkpoint.parse(proof.checkpoint().text());
    boolean included =
        proof.index() == seq - 1
            && proof.includes(Merkle.leaf(leaf.getBytes(StandardCharsets.UTF_8)));
    Optional<TlogPolicy.Judgement> judgement =
        believed.map(p -> p.forLog(checkpoint.origin()).judge(proof.checkpoint()));
    boolean accepted = judgement.map(TlogPolicy.Judgement::accepted).orElse(true);
    save(bytes);
    Map<String, Object> told = new LinkedHashMap<>();
    told.put("seq", seq);
    told.put("included", included);
    told.put("treeSize", checkpoint.size());
    told.put("origin", checkpoint.origin());
    told.put("signatures", judgement.isEmpty() ? "NOT_CHECKED" : accepted ? "ACCEPTED" : "REFUSED");
    told.put("witnesses", judgement.map(j -> String.join(", ", j.cosigned())).orElse(""));
    told.put("proof", new String(bytes, StandardCharsets.UTF_8));
    caller.show(
        Api.JSON.valueToTree(told),
        shown ->
            new Facts()
                .add("entry", "%d, %s".formatted(seq, included ? "PROVED" : "NOT PROVED"))
                .add("log", checkpoint.origin())
                .add("checkpoint", "%d entries".formatted(checkpoint.size()))
                .add("signatures", shown.path("signatures").asText())
                .add("witnesses", shown.path("witnesses").asText())
                .add("proof", out == null ? "" : out.toString())
                .text());
    return included && accepted ? Exit.OK : Exit.FAILED;
  }

  private void save(byte[] proof) {
    if (out != null) {
      try {
        Files.write(out, proof);
      } catch (IOException e) {
        throw new Unavailable("%s can not be written".formatted(out), e);
      }
    }
  }
}
