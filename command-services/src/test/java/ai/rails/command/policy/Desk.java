package ai.rails.command.policy;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

import ai.rails.domain.Actor;
import ai.rails.platform.opa.DecisionRequest;
import ai.rails.platform.opa.HighWater;

/// What owners say of one tool, `desk.send`, what is asked of it, and an OPA that answers.
final class Desk {
  static final List<String> WRONG_SETTINGS =
      List.of(
          "{}",
          "{\"limits\": [{\"tool\": \"desk\", \"action\": \"burn\", \"param\": \"amount\"}]}",
          "{\"groups\": [{\"name\": \"admin\", \"members\": [\"bea\"]}]}",
          "{\"groups\": [{\"name\": \"f\", \"members\": [\"a\"]}, {\"name\": \"f\", \"members\": [\"b\"]}]}",
          "{\"tiers\": [], \"rego\": \"allow := true\"}");

  private Desk() {}

  static String settings() {
    return """
    {"limits": [{"tool": "desk", "action": "send", "param": "amount", "max": 300, "optional": true}],
     "tiers": [{"tool": "desk", "action": "send", "param": "amount", "atLeast": 100,
                "role": "finance", "quorum": 2,
                "escalate": {"afterSeconds": 3600, "role": "board", "quorum": 2}}],
     "groups": [{"name": "board", "members": ["ben"]}, {"name": "finance", "members": ["fay"]}],
     "signedRisk": ["R4"], "maxPerHour": 30,
     "pauses": [{"scope": "workflow", "target": "other", "code": "freeze"}],
     "routing": {"fallback": true, "providers": [{"provider": "openai", "enabled": true,
       "models": ["gpt-4.1-2025-04-14"], "regions": ["eu"]}]},
     "templates": [{"name": "sends", "template": "money_movement", "actions": ["desk.send"],
       "param": "amount", "denyAbove": 200}]}\
    """;
  }

  static String exception(String approver) {
    return """
    {"name": "big", "tool": "desk", "action": "send", "environments": ["dev"],
     "workflows": ["desk"], "waives": "param.amount", "reason": "quarter-end",
     "approver": "%s", "until": "%s"}\
    """
        .formatted(approver, InstantSource.system().instant().plusSeconds(40));
  }

  /// @param later seconds that the question's clock is ahead; policy takes up to sixty
  static DecisionRequest question(int amount, int later, String digest, String artifact) {
    return new ToolActionInput(
            "dev",
            InstantSource.system().instant().plusSeconds(later),
            "t1",
            "c1",
            new Actor(Actor.Kind.WORKER, "w"),
            List.of(),
            Optional.of("requester"),
            new ToolActionInput.Version("desk", "1.0.0", artifact, "author"),
            new ToolActionInput.Position("run-1", "send", 1, List.of()),
            new ToolActionInput.Tool(
                "desk",
                "send",
                digest,
                "R1",
                "write",
                "K",
                amount == 0 ? Map.of() : Map.of("amount", amount),
                "sha256:" + "d".repeat(64),
                "desk.test",
                443),
            List.of(),
            new ToolActionInput.Funds("USD", 0, 0, 0, 1_000, Optional.empty()))
        .request();
  }

  static Process startOpa(Path data, OpaConfig config, String binary, int port) throws IOException {
    Path yaml = Files.writeString(data.resolve("opa.yaml"), config.yaml());
    Path authz = Files.write(data.resolve("authz.rego"), PlatformPolicy.systemAuthz());
    Path local = Files.writeString(data.resolve("local.json"), config.localData());
    List<String> command = new ArrayList<>(List.of(binary));
    command.addAll(OpaConfig.arguments("127.0.0.1:" + port, yaml, authz, local));
    return new ProcessBuilder(command)
        .redirectErrorStream(true)
        .redirectOutput(data.resolve("opa.log").toFile())
        .start();
  }

  static HighWater marks() {
    return new HighWater() {
      @Override
      public long get(String bundle) {
        return 0;
      }

      @Override
      public void advance(String bundle, long seq) {}
    };
  }

  static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }
}
